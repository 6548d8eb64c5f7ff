"""Lists the announcements that the public can look up: sent to all, to villages or communities, or about a topic.

Broadcasts to users of a service, to those who have certain cases, or to an imported list are not public.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from store.broadcasts.audience import Audience, read_audience
from store.broadcasts.content import BroadcastContent, CardButton
from store.broadcasts.models import Broadcast, BroadcastAct, Chunk, ChunkState, Mailing, MailingPart
from store.broadcasts.transitions import closing_of, content_of
from store.clock import now
from store.staff.models import Staff

PUBLIC = ("everyone", "friends", "moo", "community", "topic")


@dataclass(frozen=True)
class Announcement:
    """Describes one broadcast that was sent, as the public page shows it.

    `approved_by` is "" where the history has no approval of exactly this by the approver themselves.
    `closing` is None until LINE has accepted a request of the closing message. `stopped` says that somebody
    cancelled the broadcast before everybody was sent the message.
    `corrects` and `corrected_by` are the id and title of the announcement that it corrects and of those correcting it.
    """

    id: int
    title: str
    category: str
    urgent: bool
    content: BroadcastContent
    audience: Audience
    sent_at: datetime
    approved_by: str
    role: str
    department: str | None
    ends_at: datetime | None
    has_ended: bool
    stopped: bool
    closing: BroadcastContent | None
    corrects: tuple[int, str] | None
    corrected_by: tuple[tuple[int, str], ...]


def find_announcement(session: Session, broadcast_id: int) -> Announcement | None:
    row = session.execute(_published().where(Broadcast.id == broadcast_id)).unique().one_or_none()
    return _announcement(session, *row) if row else None


def list_announcements(session: Session, *, most: int, before: int | None = None) -> list[Announcement]:
    """Returns at most `most` announcements, the one sent last first.

    With `before`, the id of an announcement, only those sent earlier; none if that id is unknown.
    """
    query = _published().order_by(Mailing.started_at.desc(), Broadcast.id.desc()).limit(most)
    if before is not None:
        seen = select(Mailing.started_at).where(
            Mailing.broadcast_id == before, Mailing.part == MailingPart.MESSAGE
        )
        began = seen.scalar_subquery()
        as_early = and_(Mailing.started_at == began, Broadcast.id < before)
        query = query.where(or_(Mailing.started_at < began, as_early))
    return [_announcement(session, *row) for row in session.execute(query).unique()]


def buttons_of(broadcast: Broadcast) -> list[CardButton]:
    """Lists the buttons of the message, then those of its closing message: presses are counted by this index."""
    closing = closing_of(broadcast)
    return [*content_of(broadcast).buttons(), *(closing.buttons() if closing else [])]


def _published() -> Select[Broadcast, datetime | None]:
    """Selects the public broadcasts whose message LINE accepted for somebody, each with the moment when it began to go
    out.
    """
    return (
        select(Broadcast, Mailing.started_at)
        .join(Mailing)
        .where(
            Mailing.part == MailingPart.MESSAGE,
            Mailing.started_at.is_not(None),
            _was_told(),
            Broadcast.audience["who"].as_string().in_(PUBLIC),
        )
    )


def _was_told() -> ColumnElement[bool]:
    """Builds the condition that LINE accepted at least one request of the mailing of the enclosing query."""
    told = select(Chunk.id).where(
        Chunk.mailing_id == Mailing.id, Chunk.state == ChunkState.SENT, Chunk.first_tried_at.is_not(None)
    )
    return told.exists()


def _announcement(session: Session, broadcast: Broadcast, sent_at: datetime | None) -> Announcement:
    approver = _who_let_it_out(broadcast)
    return Announcement(
        id=broadcast.id,
        title=broadcast.title,
        category=broadcast.category,
        urgent=broadcast.topic is None,
        content=content_of(broadcast),
        audience=read_audience(broadcast.audience),
        sent_at=sent_at or broadcast.created_at,
        approved_by=approver.full_name if approver else "",
        role=approver.role if approver else "",
        department=approver.department if approver and not approver.sees_all else None,
        ends_at=broadcast.ends_at,
        has_ended=broadcast.ends_at is not None and broadcast.ends_at <= now(),
        stopped=_was_stopped(session, broadcast),
        closing=_closing_told(session, broadcast),
        corrects=_corrected(session, broadcast),
        corrected_by=_corrections(session, broadcast),
    )


def _who_let_it_out(broadcast: Broadcast) -> Staff | None:
    """Returns the approver if the history has their own approval of exactly this digest, else None."""
    own = (broadcast.approver_id, "approve", broadcast.digest)
    return (
        broadcast.approver if own in {(act.staff_id, act.act, act.digest) for act in broadcast.acts} else None
    )


def _was_stopped(session: Session, broadcast: Broadcast) -> bool:
    cancelled = select(BroadcastAct.id).where(
        BroadcastAct.broadcast_id == broadcast.id, BroadcastAct.act == "cancel"
    )
    never_sent = (
        select(Chunk.id)
        .join(Mailing)
        .where(
            Mailing.broadcast_id == broadcast.id,
            Mailing.part == MailingPart.MESSAGE,
            Chunk.state == ChunkState.CANCELLED,
        )
    )
    return bool(session.scalar(select(exists(cancelled) & exists(never_sent))))


def _closing_told(session: Session, broadcast: Broadcast) -> BroadcastContent | None:
    query = select(Mailing.id).where(
        Mailing.broadcast_id == broadcast.id, Mailing.part == MailingPart.CLOSING, _was_told()
    )
    return closing_of(broadcast) if session.scalars(query).first() else None


def _corrected(session: Session, broadcast: Broadcast) -> tuple[int, str] | None:
    if broadcast.corrects_id is None:
        return None
    row = session.execute(_published().where(Broadcast.id == broadcast.corrects_id)).unique().one_or_none()
    return (row[0].id, row[0].title) if row else None


def _corrections(session: Session, broadcast: Broadcast) -> tuple[tuple[int, str], ...]:
    query = _published().where(Broadcast.corrects_id == broadcast.id).order_by(Broadcast.id)
    return tuple((found.id, found.title) for found, _ in session.execute(query).unique())
