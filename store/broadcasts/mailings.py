"""The sending of approved broadcasts: frozen chunks of residents, each told once under a retry key of its own."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from store.broadcast_models import AudienceSnapshot, Broadcast, Chunk, Mailing
from store.broadcasts.audience import still_reachable
from store.broadcasts.life import Refused, Status, closing_of, content_of, digest_of
from store.clock import now
from store.models import Resident

# https://developers.line.biz/en/reference/messaging-api/#send-multicast-message
MOST_RESIDENTS = 500
# LINE remembers a retry key for 24 hours; after that the same key would send the message again.
LAST_TRY_AFTER = timedelta(hours=23)


def prepare(session: Session, broadcast: Broadcast) -> None:
    """Called with the approval, in its transaction: from now on the mailings say what is still to be sent."""
    snapshot = session.get_one(AudienceSnapshot, broadcast.id)
    to_friends = broadcast.audience["who"] == "friends"
    closing = closing_of(broadcast)
    if content_of(broadcast).parts:
        _make(
            session,
            broadcast,
            "message",
            broadcast.send_at or now(),
            snapshot.residents,
            to_friends=to_friends,
        )
    if closing and closing.parts and broadcast.ends_at:
        _make(session, broadcast, "closing", broadcast.ends_at, snapshot.residents, to_friends=to_friends)


def _make(
    session: Session,
    broadcast: Broadcast,
    part: str,
    due_at: datetime,
    residents: Sequence[int],
    *,
    to_friends: bool,
) -> None:
    mailing = Mailing(broadcast_id=broadcast.id, part=part, state="waiting", due_at=due_at)
    session.add(mailing)
    session.flush()
    groups: list[list[int] | None] = (
        [None]
        if to_friends
        else [list(residents[i : i + MOST_RESIDENTS]) for i in range(0, len(residents), MOST_RESIDENTS)]
    )
    session.add_all(_new_chunk(mailing.id, group) for group in groups)
    session.flush()


def _new_chunk(mailing_id: int, residents: list[int] | None) -> Chunk:
    return Chunk(
        mailing_id=mailing_id,
        residents=residents,
        retry_key=str(uuid.uuid4()),
        state="ready",
        tries=0,
        next_try_at=now(),
    )


def claim(session: Session) -> Chunk | None:
    """The next chunk to send, locked for this transaction, of a mailing whose approval still holds.

    Where the approval does not hold any more the mailing is stopped with the reason, and nothing of it goes out.
    """
    query = (
        select(Chunk)
        .join(Mailing)
        .where(
            Chunk.state == "ready",
            Chunk.next_try_at <= now(),
            Mailing.state.in_(("waiting", "sending")),
            Mailing.due_at <= now(),
        )
        .order_by(Mailing.due_at, Chunk.id)
        .limit(1)
        .with_for_update(of=Chunk, skip_locked=True)
    )
    chunk = session.scalars(query).one_or_none()
    if chunk is None:
        return None
    mailing = chunk.mailing
    if why := _why_not(session, mailing):
        stop(mailing, why)
        return claim(session)
    if mailing.state == "waiting":
        mailing.state, mailing.started_at = "sending", mailing.started_at or now()
        if mailing.part == "closing":
            _end_message(session, mailing)
    return chunk


def _end_message(session: Session, closing: Mailing) -> None:
    """Who has not heard of it by its end never will."""
    for mailing in closing.broadcast.mailings:
        if mailing.part == "message" and mailing.state not in ("done", "cancelled"):
            _cancel_untold(session, mailing)


def recipients(session: Session, chunk: Chunk) -> list[Resident]:
    """Who the request names: of the frozen chunk, those who neither blocked us nor opted out since.

    A closing message goes only to those who were told what it closes.
    """
    broadcast = chunk.mailing.broadcast
    found = still_reachable(session, chunk.residents or [], broadcast.topic)
    if chunk.mailing.part == "message":
        return found
    told = _told(session, broadcast)
    return [resident for resident in found if resident.id in told]


def _told(session: Session, broadcast: Broadcast) -> set[int]:
    sent = (
        select(Chunk.residents)
        .join(Mailing)
        .where(
            Mailing.broadcast_id == broadcast.id, Mailing.part == "message", Chunk.first_tried_at.is_not(None)
        )
    )
    return {resident for residents in session.scalars(sent) for resident in residents or ()}


def _why_not(session: Session, mailing: Mailing) -> str:
    broadcast = mailing.broadcast
    if broadcast.status != Status.APPROVED and not (
        mailing.part == "closing" and broadcast.status == Status.CANCELLED
    ):
        return "not approved"
    if broadcast.approver_id in (None, broadcast.author_id, broadcast.editor_id):
        return "not approved by another person"
    if digest_of(session, broadcast) != broadcast.digest:
        return "changed after approval"
    if mailing.part == "message" and broadcast.ends_at is not None and now() >= broadcast.ends_at:
        return "over already"
    late = broadcast.valid_until is not None and now() > broadcast.valid_until
    if late and mailing.part == "message" and mailing.started_at is None:
        return "approval ran out"
    return ""


def stop(mailing: Mailing, why: str) -> None:
    """Nothing more goes out until somebody resumes it; who is left is told by left()."""
    mailing.state, mailing.why = "stopped", why


def freeze(chunk: Chunk, body: str, told: int | None, *, again_in: timedelta) -> None:
    """Before the first call: exactly what is sent and to whom, the same bytes on every try."""
    chunk.first_tried_at = chunk.first_tried_at or now()
    chunk.body, chunk.told = body, told
    chunk.tries += 1
    chunk.next_try_at = now() + again_in


def settle(
    session: Session, chunk: Chunk, state: str, *, error: str = "", request_id: str | None = None
) -> None:
    """Gives the chunk its end and, if it was the last, the mailing too. `state`: sent, dead or cancelled."""
    chunk.state, chunk.error, chunk.line_request_id, chunk.body = state, error or None, request_id, None
    if state == "sent":
        chunk.sent_at = now()
    session.flush()
    finish_if_over(session, chunk.mailing)


def finish_if_over(session: Session, mailing: Mailing) -> None:
    """Held first: two senders with the last two chunks would each think that the other is still at it."""
    session.scalars(_locked(Mailing.id == mailing.id)).one()
    left = select(Chunk.id).where(Chunk.mailing_id == mailing.id, Chunk.state == "ready")
    if mailing.state in ("waiting", "sending") and not session.scalar(select(exists(left))):
        mailing.state, mailing.ended_at = "done", now()


def _locked(which: ColumnElement[bool]) -> Select[Mailing]:
    """Read anew, and held."""
    rows = select(Mailing).where(which).order_by(Mailing.id)
    return rows.with_for_update().execution_options(populate_existing=True)


def release(chunk: Chunk, *, again_in: timedelta) -> None:
    """LINE certainly did not take it: another key, and again who can be reached by then."""
    chunk.retry_key, chunk.body, chunk.told, chunk.first_tried_at = str(uuid.uuid4()), None, None, None
    chunk.next_try_at = now() + again_in


def split(session: Session, chunk: Chunk, error: str) -> None:
    """LINE refused all because of one: the halves go alone, and at the end only the one it cannot take is left."""
    residents = chunk.residents or []
    if len(residents) < 2:
        settle(session, chunk, "dead", error=error)
        return
    middle = len(residents) // 2
    session.add(_new_chunk(chunk.mailing_id, residents[middle:]))
    chunk.residents = residents[:middle]
    release(chunk, again_in=timedelta(0))


def begun(session: Session, broadcast: Broadcast) -> bool:
    """Whether LINE may have heard anything of it."""
    tried = (
        select(Chunk.id)
        .join(Mailing)
        .where(
            Mailing.broadcast_id == broadcast.id,
            (Chunk.first_tried_at.is_not(None)) | (Chunk.state == "sent"),
        )
    )
    return bool(session.scalar(select(exists(tried))))


def refuse_if_begun(session: Session, broadcast: Broadcast) -> None:
    _hold(session, broadcast)
    if begun(session, broadcast):
        raise Refused("already_going_out")


def _hold(session: Session, broadcast: Broadcast) -> list[Mailing]:
    """The mailings, with their chunks held so that no sender takes one up meanwhile."""
    of_broadcast = select(Mailing.id).where(Mailing.broadcast_id == broadcast.id)
    ready = select(Chunk.id).where(Chunk.mailing_id.in_(of_broadcast), Chunk.state == "ready")
    # Chunks first, as the sender does: who locks in another order may wait for each other for ever.
    session.scalars(ready.order_by(Chunk.id).with_for_update()).all()
    return list(session.scalars(_locked(Mailing.broadcast_id == broadcast.id)))


def remove(session: Session, broadcast: Broadcast) -> None:
    """Of a broadcast of which nothing went out."""
    ids = select(Mailing.id).where(Mailing.broadcast_id == broadcast.id)
    session.execute(delete(Chunk).where(Chunk.mailing_id.in_(ids)))
    session.execute(delete(Mailing).where(Mailing.broadcast_id == broadcast.id))
    session.expire(broadcast, ["mailings"])


def cancel(session: Session, broadcast: Broadcast) -> bool:
    """What nobody was told is never told. True if nothing had gone out: then the closing message goes nowhere either.

    A request in doubt stays ready: LINE is asked again under the same key, and only thereby do we learn who knows.
    """
    mailings = _hold(session, broadcast)
    nothing_out = not begun(session, broadcast)
    for mailing in mailings:
        if mailing.state == "done" or (mailing.part == "closing" and not nothing_out):
            continue
        _cancel_untold(session, mailing)
    return nothing_out


def _cancel_untold(session: Session, mailing: Mailing) -> None:
    session.execute(
        update(Chunk)
        .where(Chunk.mailing_id == mailing.id, Chunk.state == "ready", Chunk.first_tried_at.is_(None))
        .values(state="cancelled")
    )
    in_doubt = session.scalar(
        select(func.count()).where(Chunk.mailing_id == mailing.id, Chunk.state == "ready")
    )
    mailing.state = "sending" if in_doubt else "cancelled"
    mailing.ended_at = None if in_doubt else now()
    session.flush()


def pause(session: Session, broadcast: Broadcast) -> None:
    found = [m for m in _hold(session, broadcast) if m.state in ("waiting", "sending")]
    if not found:
        raise Refused("nothing_to_pause")
    for mailing in found:
        mailing.state = "paused"


def resume(session: Session, broadcast: Broadcast) -> None:
    """Goes on where it stopped: with those who were not told yet."""
    found = [m for m in _hold(session, broadcast) if m.state in ("paused", "stopped")]
    if not found:
        raise Refused("nothing_to_resume")
    for mailing in found:
        mailing.state, mailing.why = ("sending" if mailing.started_at else "waiting"), None
