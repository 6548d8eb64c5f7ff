"""Builds the forms on the page of a case, one for each action that its status and the person's role allow."""

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage

from staff_console import words
from staff_console.forms import LONGEST_NOTE, clean_note, new_form_token, whole_or_400
from store.cases.models import Case
from store.cases.workflows import RULES, Action, Rule, Status, Who, allowed
from store.errors import Refusal
from store.municipality.agencies import names_an_agency
from store.staff.models import Staff

MAX_PHOTOS = 5
# Together with the numbers of a full page of cases, the note still fits a LINE message.
LONGEST_BULK_NOTE = 1000
_TAKE_PHOTOS = frozenset({Action.ASK, Action.FINISH, Action.TELL})
# The most likely next action stands first, and its form is open.
_NEXT_STEP = {
    Status.SUBMITTED: Action.ACCEPT,
    Status.REOPENED: Action.ACCEPT,
    Status.RECEIVED: Action.START,
    Status.NEED_INFO: Action.TELL,
    Status.IN_PROGRESS: Action.FINISH,
    Status.FORWARDED_OUT: Action.TELL,
}


class BadForm(Refusal):
    """Says that a field of the form is not valid; `reason` is a key of words.REFUSALS."""


@dataclass(frozen=True)
class ActionForm:
    action: Action
    label: str
    button: str
    note_label: str
    needs_note: bool
    takes_photos: bool
    tells: bool
    is_next: bool
    phrases: tuple[str, ...]
    token: str


@dataclass(frozen=True)
class ActionInput:
    """Holds the form that staff submitted for one action. `assignee` is a staff id, or None for nobody."""

    action: Action
    note: str
    agency: str
    seen_version: int
    assignee: int | None
    photos: list[FileStorage]

    def words(self) -> str:
        """Returns the note as it is stored and sent; for FORWARD, the name of the agency stands on a line before it."""
        return f"ถึง {self.agency}\n{self.note}" if self.action is Action.FORWARD else self.note


def forms_for(case: Case, person: Staff) -> list[ActionForm]:
    """Returns the forms of the actions that this person may do now, except ASSIGN, the likely next step first."""
    status = Status(case.status)
    rows = [row for row in allowed(status, Who(person.role)) if row.action is not Action.ASSIGN]
    forms = [_form(row, is_next=row.action is _NEXT_STEP.get(status)) for row in rows]
    return sorted(forms, key=lambda form: not form.is_next)


def may_assign(case: Case, person: Staff) -> bool:
    return any(row.action is Action.ASSIGN for row in allowed(Status(case.status), Who(person.role)))


def _form(row: Rule, *, is_next: bool) -> ActionForm:
    return ActionForm(
        action=row.action,
        label=words.EVENTS[row.action],
        button=words.BUTTONS[row.action],
        note_label=words.NOTE_LABELS.get(row.action, ""),
        needs_note=row.needs_note,
        takes_photos=row.action in _TAKE_PHOTOS,
        tells=row.notice is not None,
        is_next=is_next,
        phrases=words.PHRASES.get(row.action, ()),
        token=new_form_token(),
    )


def may_ever(person: Staff, action: Action) -> bool:
    """Says whether this person's role may do the action to a case in any status at all."""
    return any(row.action is action and Who(person.role) in row.who for row in RULES)


def tells(action: Action) -> bool:
    """Says whether the action sends a notice to the resident."""
    return any(row.action is action and row.notice is not None for row in RULES)


def needs_note(action: Action) -> bool:
    return any(row.action is action and row.needs_note for row in RULES)


def read_form(action: Action) -> ActionInput:
    """Returns the submitted form; answers 400 for a `seen_version` or `assignee` that is no number."""
    return ActionInput(
        action=action,
        note=clean_note(request.form.get("note", "")),
        agency=" ".join(clean_note(request.form.get("agency", "")).split()),
        seen_version=whole_or_400("seen_version"),
        assignee=whole_or_400("assignee") if request.form.get("assignee") else None,
        photos=[photo for photo in request.files.getlist("photos") if photo.filename],
    )


def check_form(asked: ActionInput) -> None:
    """Raises BadForm for a field that the sender can correct."""
    if len(asked.note) > LONGEST_NOTE:
        raise BadForm("note_long")
    if len(asked.photos) > MAX_PHOTOS:
        raise BadForm("too_many")
    if asked.action is Action.FORWARD and not names_an_agency(asked.agency):
        raise BadForm("agency_missing")
    if needs_note(asked.action) and not asked.note and not asked.photos:
        raise BadForm("note_missing")
