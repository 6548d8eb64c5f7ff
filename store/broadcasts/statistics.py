"""Counts the progress and the results of a broadcast: recipients, presses of buttons, blocks and answers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from sqlalchemy import func, null, select
from sqlalchemy.orm import Session

from store.broadcasts.models import Broadcast, ButtonPress, Chunk, ChunkState, Mailing, MailingPart
from store.clock import now
from store.database.upsert import insert_into
from store.messaging.inbox import REMEMBER_EVENTS_FOR
from store.messaging.models import InboxEvent
from store.residents.models import Contact, Resident

AFTER = timedelta(days=1)
# LINE counts days in Japan's time, and reports a day on the next one.
LINES_TIME = timezone(timedelta(hours=9))
LINE_COUNTS_WITHIN = timedelta(days=3)


@dataclass(frozen=True)
class Progress:
    """Counts the residents of a mailing by outcome.

    `told`: LINE accepted the request. `left_out`: they blocked us or opted out since the submission, their LINE user id
    cannot be decrypted, or the message to which this is the closing message was not sent to them. `refused`: LINE
    refused the request or gave no clear answer. `left`: not over yet. `meant` is the sum of all, but a broadcast to
    all friends has only `told`.
    """

    meant: int
    told: int
    left_out: int
    refused: int
    left: int
    cancelled: int
    chunks: int
    chunks_over: int

    @property
    def share(self) -> float:
        return self.chunks_over / self.chunks if self.chunks else 1.0


@dataclass(frozen=True)
class Results:
    """Counts the reactions of the recipients.

    `presses` maps the number of each button to all its presses. `blocked` and `wrote` count residents who did so within
    24 hours after the sending began; whoever did both counts as blocked only. `wrote` is None after 30 days, because
    the events are deleted then.
    """

    presses: dict[int, int]
    blocked: int
    wrote: int | None


def progress_of(session: Session, mailing: Mailing) -> Progress:
    counts = dict.fromkeys(ChunkState, 0)
    told = left_out = over = chunks = 0
    query = select(Chunk.state, Chunk.told, Chunk.residents).where(Chunk.mailing_id == mailing.id)
    for state, named, residents in session.execute(query):
        counts[state] += len(residents or ())
        if state == ChunkState.SENT:
            told += named or 0
            left_out += max(len(residents or ()) - (named or 0), 0)
        chunks, over = chunks + 1, over + (state != ChunkState.READY)
    return Progress(
        meant=sum(counts.values()),
        told=told,
        left_out=left_out,
        refused=counts[ChunkState.DEAD],
        left=counts[ChunkState.READY],
        cancelled=counts[ChunkState.CANCELLED],
        chunks=chunks,
        chunks_over=over,
    )


def results_of(session: Session, broadcast: Broadcast) -> Results:
    presses = select(ButtonPress.button, ButtonPress.presses).where(ButtonPress.broadcast_id == broadcast.id)
    message = next((m for m in broadcast.mailings if m.part == MailingPart.MESSAGE), None)
    counted = dict(session.execute(presses).all())
    if message is None or message.started_at is None:
        return Results(counted, 0, 0)
    told, since = _told(session, message), message.started_at
    # Blocking us is an event, too.
    blocked = told & _blocked(session, since)
    is_known = now() - since < REMEMBER_EVENTS_FOR
    wrote = len(told & _writers(session, since) - blocked) if is_known else None
    return Results(counted, len(blocked), wrote)


def press(session: Session, broadcast_id: int, button: int) -> None:
    """Counts one press; it is not kept who pressed it."""
    row = insert_into(session, ButtonPress).values(broadcast_id=broadcast_id, button=button, presses=1)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["broadcast_id", "button"], set_={"presses": ButtonPress.presses + 1}
        )
    )


def was_sent(session: Session, broadcast_id: int) -> Broadcast | None:
    """Returns the broadcast if LINE accepted at least one of its requests, else None: until then its links do not
    work.
    """
    sent = (
        select(func.count())
        .select_from(Chunk)
        .join(Mailing)
        .where(
            Mailing.broadcast_id == broadcast_id,
            Chunk.state == ChunkState.SENT,
            # Where nobody was left to send to, no request was made.
            Chunk.first_tried_at.is_not(None),
        )
    )
    return session.get(Broadcast, broadcast_id) if session.scalar(sent) else None


def days_of_friends(session: Session) -> set[date]:
    """Returns the days, in LINE's time, of the last three on which a broadcast went to all friends."""
    return {_lines_day(chunk) for chunk in _to_friends(session)}


def count_friends(session: Session, day: date, count: int) -> None:
    """Stores LINE's count of recipients for that day's broadcasts to all friends, in place of the residents we know."""
    chunks = [chunk for chunk in _to_friends(session) if _lines_day(chunk) == day]
    for last in chunks[-1:]:
        last.told = max(count - sum(chunk.told or 0 for chunk in chunks[:-1]), 0)


def _to_friends(session: Session) -> list[Chunk]:
    query = select(Chunk).where(
        Chunk.residents.is_(null()),
        Chunk.state == ChunkState.SENT,
        Chunk.sent_at > now() - LINE_COUNTS_WITHIN,
    )
    return list(session.scalars(query.order_by(Chunk.sent_at)))


def _lines_day(chunk: Chunk) -> date:
    return (chunk.sent_at or now()).astimezone(LINES_TIME).date()


def _told(session: Session, mailing: Mailing) -> set[int]:
    """Returns the ids of the recipients. For a broadcast to all friends they are all residents known when it began."""
    if mailing.broadcast.audience["who"] == "friends":
        return set(session.scalars(select(Resident.id).where(Resident.created_at < mailing.started_at)))
    query = select(Chunk.residents).where(
        Chunk.mailing_id == mailing.id, Chunk.state == ChunkState.SENT, Chunk.first_tried_at.is_not(None)
    )
    return {resident for residents in session.scalars(query) for resident in residents or ()}


def _blocked(session: Session, since: datetime) -> set[int]:
    query = select(Contact.resident_id).where(Contact.blocked_at.between(since, since + AFTER))
    return set(session.scalars(query))


def _writers(session: Session, since: datetime) -> set[int]:
    query = (
        select(Contact.resident_id)
        .join(InboxEvent, InboxEvent.lane == Contact.key)
        .where(InboxEvent.arrived_at.between(since, since + AFTER))
    )
    return set(session.scalars(query.distinct()))
