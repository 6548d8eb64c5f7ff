"""Lists broadcasts by their status and the progress of their sending, and what waits for one member of staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session, selectinload

from store.broadcasts.approval import why_too_late
from store.broadcasts.emergency import to_review
from store.broadcasts.models import (
    Broadcast,
    Chunk,
    ChunkState,
    EmergencyTemplate,
    Mailing,
    MailingPart,
    MailingState,
)
from store.broadcasts.transitions import APPROVAL, BroadcastStatus
from store.cases.models import BulkMessage, Case
from store.staff.models import Staff
from store.staff.permissions import Permission, has, permitted
from store.workflow.approvals import Decider

PER_PAGE = 30


class Pile(StrEnum):
    ALL = "all"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    GOING = "going"
    SENT = "sent"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class BroadcastRow:
    """Holds a row of the list. `told` counts residents for whom LINE accepted the message."""

    broadcast: Broadcast
    stage: str
    told: int


@dataclass(frozen=True)
class BroadcastPage:
    rows: list[BroadcastRow]
    number: int
    has_next: bool


@dataclass(frozen=True)
class WaitingForStaff:
    """Lists what one person has to do.

    `approve` are broadcasts to approve, `review` emergencies to review, `mend` their own broadcasts that were returned,
    `templates` emergency templates to approve, and `bulk` bulk messages to approve.
    """

    approve: list[Broadcast]
    review: list[Broadcast]
    mend: list[Broadcast]
    templates: list[EmergencyTemplate]
    bulk: list[BulkMessage]

    @property
    def count(self) -> int:
        return len(self.approve) + len(self.review) + len(self.mend) + len(self.templates) + len(self.bulk)

    def __bool__(self) -> bool:
        return self.count > 0


def stage_of(broadcast: Broadcast) -> str:
    """Returns the broadcast's status, or a finer stage of it.

    A submitted broadcast is `lapsed` when it is too late to approve it, and an emergency that waits for a supervisor is
    `unconfirmed`. An approved one has the state of its message: waiting, sending, paused, stopped, sent, `cut` if the
    rest of the message was cancelled, or `menu` if it has no message.
    """
    if broadcast.status == BroadcastStatus.SUBMITTED and why_too_late(broadcast):
        return "lapsed"
    if broadcast.status == BroadcastStatus.SUBMITTED and broadcast.template_id is not None:
        return "unconfirmed"
    if broadcast.status != BroadcastStatus.APPROVED:
        return broadcast.status
    message = next((mailing for mailing in broadcast.mailings if mailing.part == MailingPart.MESSAGE), None)
    if message is None:
        return "menu"
    return {"done": "sent", "cancelled": "cut"}.get(message.state, message.state)


def list_broadcasts(session: Session, person: Staff, pile: Pile, *, page: int = 1) -> BroadcastPage:
    """Returns one page of 30 broadcasts of this pile, the newest first."""
    page = max(page, 1)
    query = select(Broadcast).where(_seen(person), _in_pile(pile)).order_by(Broadcast.id.desc())
    query = query.options(selectinload(Broadcast.mailings))
    found = list(session.scalars(query.offset((page - 1) * PER_PAGE).limit(PER_PAGE + 1)))
    return BroadcastPage(_rows(session, found[:PER_PAGE]), page, len(found) > PER_PAGE)


def count_piles(session: Session, person: Staff) -> dict[Pile, int]:
    counting = select(func.count()).select_from(Broadcast).where(_seen(person))
    return {pile: session.execute(counting.where(_in_pile(pile))).scalar_one() for pile in Pile}


def _seen(person: Staff) -> ColumnElement[bool]:
    return permitted(person, Permission.BROADCASTS_READ, Broadcast)


def waiting_for(session: Session, person: Staff) -> WaitingForStaff:
    mine = (Broadcast.author_id == person.id) | (Broadcast.editor_id == person.id)
    returned = (
        select(Broadcast).where(Broadcast.status == BroadcastStatus.RETURNED, mine).order_by(Broadcast.id)
    )
    mend = list(session.scalars(returned))
    if not has(person.role, Permission.BULK_RELEASE):
        return WaitingForStaff([], [], mend, [], [])
    review = [found for found in to_review(session) if person.id not in found.writers]
    if not person.may_approve:
        return WaitingForStaff([], review, mend, [], [])
    submitted = select(Broadcast).where(_seen(person), Broadcast.status == BroadcastStatus.SUBMITTED)
    others = (
        found
        for found in session.scalars(submitted.order_by(Broadcast.id))
        if not APPROVAL.why_not(Decider(person), found.writers)
    )
    approve = [found for found in others if not why_too_late(found)]
    templates = select(EmergencyTemplate).where(
        EmergencyTemplate.approved_at.is_(None),
        EmergencyTemplate.retired_at.is_(None),
        EmergencyTemplate.author_id != person.id,
    )
    return WaitingForStaff(
        approve, review, mend, list(session.scalars(templates)), _bulk_for(session, person)
    )


def _bulk_for(session: Session, person: Staff) -> list[BulkMessage]:
    """Returns the bulk messages by others that wait for approval, if this person may see all their cases."""
    query = select(BulkMessage).where(BulkMessage.state == "waiting", BulkMessage.author_id != person.id)
    messages = [found for found in session.scalars(query.order_by(BulkMessage.id)) if not found.lapsed]
    ids = {case_id for message in messages for case_id in message.cases}
    seen = permitted(person, Permission.CASES_READ, Case)
    visible = set(session.scalars(select(Case.id).where(Case.id.in_(ids), seen)))
    return [message for message in messages if visible.issuperset(message.cases)]


def corrections_of(session: Session, broadcast: Broadcast) -> list[Broadcast]:
    query = select(Broadcast).where(Broadcast.corrects_id == broadcast.id).order_by(Broadcast.id)
    return list(session.scalars(query))


def _rows(session: Session, broadcasts: Sequence[Broadcast]) -> list[BroadcastRow]:
    told = (
        select(Mailing.broadcast_id, func.sum(Chunk.told))
        .join(Chunk, Chunk.mailing_id == Mailing.id)
        .where(
            Mailing.broadcast_id.in_([broadcast.id for broadcast in broadcasts]),
            Mailing.part == MailingPart.MESSAGE,
            Chunk.state == ChunkState.SENT,
        )
        .group_by(Mailing.broadcast_id)
    )
    counts = dict(session.execute(told).all())
    return [BroadcastRow(found, stage_of(found), counts.get(found.id) or 0) for found in broadcasts]


def _in_pile(pile: Pile) -> ColumnElement[bool]:
    if pile is Pile.ALL:
        return true()
    if pile not in (Pile.GOING, Pile.SENT):
        return Broadcast.status == str(pile)
    going = (
        select(Mailing.id)
        .where(
            Mailing.broadcast_id == Broadcast.id,
            Mailing.part == MailingPart.MESSAGE,
            Mailing.state.not_in((MailingState.DONE, MailingState.CANCELLED)),
        )
        .exists()
    )
    return (Broadcast.status == BroadcastStatus.APPROVED) & (going if pile is Pile.GOING else ~going)
