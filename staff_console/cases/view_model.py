"""Builds frozen values for the page of a case. Phone and ID numbers are masked here, not in the templates."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from staff_console import words
from staff_console.cases.file_names import name_for
from store import thai
from store.cases.models import Case, CaseEvent
from store.cases.workflows import Action
from store.files.models import File
from store.messaging.models import OutboxRow
from store.messaging.states import MessageKind
from store.residents.contacts import contact_for_notices
from store.residents.masking import numbers_masked
from store.residents.models import Resident
from store.services.kinds import kind_called

_CLOSED_ANSWERS = [{"question": "คำตอบ", "kind": "text", "answer": words.CLOSED, "value": None}]
_CLOSED_PERSON = {"name": words.CLOSED, "phone": words.CLOSED}


@dataclass(frozen=True)
class FileShown:
    """Describes a photo or document. `state` says in words why it cannot be opened; it is empty if it can."""

    token: str
    name: str
    is_photo: bool
    state: str


@dataclass(frozen=True)
class PlaceShown:
    """Holds coordinates in degrees, as text with six decimals, so that a template does not round them."""

    latitude: str
    longitude: str


@dataclass(frozen=True)
class AnswerShown:
    question: str
    text: str
    is_masked: bool
    place: PlaceShown | None
    files: list[FileShown]


@dataclass(frozen=True)
class EventShown:
    label: str
    who: str
    note: str
    event: CaseEvent
    files: list[FileShown]


@dataclass(frozen=True)
class NoticeShown:
    label: str
    state: str
    tone: str
    row: OutboxRow


@dataclass(frozen=True)
class ResidentShown:
    name: str
    phone: str
    channel: str
    is_masked: bool
    unreachable_because: str


@dataclass(frozen=True)
class CaseShown:
    case: Case
    answers: list[AnswerShown]
    loose_files: list[FileShown]
    events: list[EventShown]
    notices: list[NoticeShown]
    resident: ResidentShown
    comment: str | None
    has_masked: bool = field(default=False)


class NumberMask:
    """Masks phone and ID numbers in text, unless `unmasked`; `has_hidden` says whether any text was changed."""

    def __init__(self, *, unmasked: bool) -> None:
        self.unmasked, self.has_hidden = unmasked, False

    def __call__(self, text: str) -> str:
        shown = text if self.unmasked else numbers_masked(text)
        self.has_hidden = self.has_hidden or shown != text
        return shown


def show_case(session: Session, case: Case, *, unmasked: bool) -> CaseShown:
    known, said = {file.token: file for file in case.files}, NumberMask(unmasked=unmasked)
    answers = [_answer(row, known, said) for row in case.value_or("answers", _CLOSED_ANSWERS)]
    resident = _resident(case.resident, case.channel, said)
    comment, events = case.value_or("comment", words.CLOSED), _events(session, case, said)
    shown = {file.token for answer in answers for file in answer.files}
    return CaseShown(
        case=case,
        answers=answers,
        loose_files=[_file(file, said) for file in _sent_at_first(session, case) if file.token not in shown],
        events=events,
        notices=_notices(session, case),
        resident=resident,
        comment=comment and said(comment),
        has_masked=said.has_hidden or resident.is_masked or any(answer.is_masked for answer in answers),
    )


def _answer(row: dict[str, Any], known: dict[str, File], said: NumberMask) -> AnswerShown:
    kind, value = kind_called(row["kind"]), row["value"]
    masked = None if said.unmasked or not value else kind.mask(value)
    text = said(row["answer"]) if masked is None else masked
    return AnswerShown(
        question=row["question"],
        text=text,
        is_masked=text != row["answer"],
        place=_place(kind.position(value)),
        files=[_file(known[token], said) for token in kind.tokens(value) if token in known],
    )


def _place(position: tuple[float, float] | None) -> PlaceShown | None:
    if position is None:
        return None
    latitude, longitude = position
    return PlaceShown(f"{latitude:.6f}", f"{longitude:.6f}")


def _file(file: File, said: NumberMask) -> FileShown:
    state = words.FILE_STATES.get(file.state, "")
    if file.reason in words.FILE_REASONS:
        state = f"{state}: {words.FILE_REASONS[file.reason]}"
    is_photo = file.kind == "photo" if state else file.mime == "image/jpeg"
    name = name_for(file.mime or "", file.value_or("name", None), file.id)
    return FileShown(file.token, said(name), is_photo, state)


def _sent_at_first(session: Session, case: Case) -> list[File]:
    """Returns the files that the resident sent before they submitted the case, not those of later messages."""
    first = select(CaseEvent.id).where(CaseEvent.case_id == case.id, CaseEvent.action == "submit")
    submitted = set(session.scalars(first))
    return [file for file in case.files if file.event_id is None or file.event_id in submitted]


def _events(session: Session, case: Case, said: NumberMask) -> list[EventShown]:
    query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id.desc())
    found = session.scalars(query.options(selectinload(CaseEvent.files)))
    return [
        EventShown(
            label=_label(event),
            who=event.staff.full_name if event.staff else "ผู้แจ้ง",
            note=said(event.value_or("note", words.CLOSED)),
            event=event,
            # The files of the submission are shown beside their questions.
            files=[] if event.action == "submit" else [_file(file, said) for file in event.files],
        )
        for event in found
    ]


def _label(event: CaseEvent) -> str:
    """Returns the label of a timeline entry. A rating with a comment has another label than one without."""
    if event.action == Action.RATE and event.value_or("note", words.CLOSED):
        return words.COMMENTED
    return words.EVENTS.get(event.action, event.action)


def _notices(session: Session, case: Case) -> list[NoticeShown]:
    query = select(OutboxRow).where(OutboxRow.case_id == case.id, OutboxRow.kind == MessageKind.NOTICE)
    return [
        NoticeShown(words.NOTICES.get(row.notice or "", "ข้อความ"), *words.DELIVERIES[row.state], row)
        for row in session.scalars(query.order_by(OutboxRow.id.desc()))
    ]


def why_unreachable(resident: Resident) -> str:
    """Returns in words why the resident cannot get messages in LINE; empty if they can."""
    contact = contact_for_notices(resident)
    if contact is not None and contact.blocked_at is not None:
        return words.BLOCKED
    return words.NO_ADDRESS if contact is None or contact.value_or("address", None) is None else ""


def _resident(resident: Resident, channel: str, said: NumberMask) -> ResidentShown:
    person = resident.value_or("person", _CLOSED_PERSON) or {}
    phone, is_masked = _phone(str(person.get("phone") or ""), unmasked=said.unmasked)
    return ResidentShown(
        name=said(str(person.get("name") or "")),
        phone=phone,
        channel=words.CHANNELS.get(channel, channel),
        is_masked=is_masked,
        unreachable_because=why_unreachable(resident),
    )


def _phone(phone: str, *, unmasked: bool) -> tuple[str, bool]:
    """Returns the phone number as the page shows it, and whether it is masked."""
    if phone == words.CLOSED:
        return phone, False
    digits = "".join(sign for sign in phone if sign.isdigit())
    if unmasked or not digits:
        return thai.phone_shown(digits), False
    return thai.phone_masked(digits), True
