"""Plans and records the sending of approved broadcasts; `bot.line.multicast` calls LINE.

A mailing is the sending of a message or of a closing message. Its recipients are divided into chunks: up to 500
residents who are sent one request, under a retry key of its own.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from store.broadcasts import control
from store.broadcasts.audience import still_reachable
from store.broadcasts.models import (
    AudienceSnapshot,
    Broadcast,
    Chunk,
    ChunkState,
    Mailing,
    MailingPart,
    MailingState,
)
from store.broadcasts.transitions import BroadcastStatus, closing_of, content_of, digest_of
from store.clock import now
from store.database.advisory_locks import lock_senders
from store.line.limits import MULTICAST_RECIPIENTS
from store.residents.models import Resident

# One resident whom LINE does not know is normal; several, and no accepted request, mean that the message is at fault.
HOPELESS_AFTER = 3


def prepare(session: Session, broadcast: Broadcast) -> None:
    """Creates the mailings of the broadcast and their chunks, in the transaction of its approval."""
    snapshot = session.get_one(AudienceSnapshot, broadcast.id)
    to_friends = broadcast.audience["who"] == "friends"
    closing = closing_of(broadcast)
    if content_of(broadcast).parts:
        _make(
            session,
            broadcast,
            MailingPart.MESSAGE,
            broadcast.send_at or now(),
            snapshot.residents,
            to_friends=to_friends,
        )
    if closing and closing.parts and broadcast.ends_at:
        _make(
            session,
            broadcast,
            MailingPart.CLOSING,
            broadcast.ends_at,
            snapshot.residents,
            to_friends=to_friends,
        )


def _make(
    session: Session,
    broadcast: Broadcast,
    part: MailingPart,
    due_at: datetime,
    residents: Sequence[int],
    *,
    to_friends: bool,
) -> None:
    mailing = Mailing(broadcast_id=broadcast.id, part=part, state=MailingState.WAITING, due_at=due_at)
    session.add(mailing)
    session.flush()
    groups: list[list[int] | None] = (
        [None]
        if to_friends
        else [
            list(residents[i : i + MULTICAST_RECIPIENTS])
            for i in range(0, len(residents), MULTICAST_RECIPIENTS)
        ]
    )
    session.add_all(_new_chunk(mailing.id, group) for group in groups)
    session.flush()


def _new_chunk(mailing_id: int, residents: list[int] | None) -> Chunk:
    return Chunk(
        mailing_id=mailing_id,
        residents=residents,
        retry_key=str(uuid.uuid4()),
        state=ChunkState.READY,
        tries=0,
        next_try_at=now(),
    )


def is_due(session: Session) -> bool:
    """Says whether a chunk of any broadcast is due. It takes no lock and is cheap enough to call every second."""
    return session.scalar(_due()) is not None


def _due() -> Select[int]:
    """Selects the id of the broadcast to send next: urgent ones first, then the one that has been due for longest."""
    return (
        select(Broadcast.id)
        .join(Mailing)
        .join(Chunk)
        .where(
            Chunk.state == ChunkState.READY,
            Chunk.next_try_at <= now(),
            Mailing.state.in_((MailingState.WAITING, MailingState.SENDING)),
            Mailing.due_at <= now(),
        )
        .order_by(Broadcast.topic.is_not(None), Mailing.due_at, Chunk.id)
        .limit(1)
    )


def claim(session: Session, *, most: int = 1) -> list[Chunk]:
    """Returns the due chunks to send next, at most `most` and all of one mailing, or none if no chunk is due.

    The mailings of their broadcast stay locked until this transaction ends. A mailing whose approval does not hold any
    more is stopped with the reason. Only one process claims at a time: two could spend the same messages of the month.
    """
    lock_senders(session, ["mailings"])
    broadcast_id = session.scalar(_due())
    if broadcast_id is None:
        return []
    for mailing in control.hold(session, broadcast_id):
        if mailing.state in (MailingState.WAITING, MailingState.SENDING) and mailing.due_at <= now():
            if why := _why_not(session, mailing):
                stop(mailing, why)
            elif chunks := _next_chunks(session, mailing, most):
                return chunks
    session.flush()
    return claim(session, most=most)


def _next_chunks(session: Session, mailing: Mailing, most: int) -> list[Chunk]:
    """Returns the due chunks of the mailing, at most `most`.

    Until LINE has accepted a request of the mailing it returns one only, so that a bad message is not sent repeatedly.
    """
    query = select(Chunk).where(
        Chunk.mailing_id == mailing.id, Chunk.state == ChunkState.READY, Chunk.next_try_at <= now()
    )
    called = (Chunk.state == ChunkState.SENT, Chunk.first_tried_at.is_not(None))
    taken = select(Chunk.id).where(Chunk.mailing_id == mailing.id, *called).limit(1)
    most = most if session.scalar(taken) else 1
    chunks = list(session.scalars(query.order_by(Chunk.id).limit(most)))
    if chunks and mailing.state == MailingState.WAITING:
        mailing.state = MailingState.SENDING
        if mailing.part == MailingPart.CLOSING:
            control.end_message(session, mailing)
    return chunks


def take_up_again(session: Session, chunk_ids: Collection[int]) -> dict[int, Chunk]:
    """Returns the chunks by their ids, read again after LINE was called.

    All belong to one broadcast, whose mailings stay locked until this transaction ends.
    """
    of_chunks = select(Mailing.broadcast_id).join(Chunk).where(Chunk.id.in_(chunk_ids)).distinct()
    control.hold(session, session.scalars(of_chunks).one())
    return {chunk.id: chunk for chunk in session.scalars(select(Chunk).where(Chunk.id.in_(chunk_ids)))}


def recipients(session: Session, chunk: Chunk) -> dict[int, str]:
    """Maps the residents whom the chunk can reach now to their LINE user ids, in order of their ids.

    Left out are those who blocked us or opted out since the broadcast was submitted, and for a closing message those to
    whom the message was not sent. An urgent broadcast also reaches residents who opted out.
    """
    broadcast = chunk.mailing.broadcast
    found = still_reachable(session, chunk.residents or [], broadcast.topic)
    if chunk.mailing.part == MailingPart.MESSAGE:
        return found
    told = _told(session, broadcast)
    return {resident: name for resident, name in found.items() if resident in told}


def _told(session: Session, broadcast: Broadcast) -> set[int]:
    """Returns the ids of residents to whom the message was sent, also by requests that LINE has not answered."""
    sent = (
        select(Chunk.residents)
        .join(Mailing)
        .where(
            Mailing.broadcast_id == broadcast.id,
            Mailing.part == MailingPart.MESSAGE,
            Chunk.state.in_((ChunkState.READY, ChunkState.SENT)),
            Chunk.first_tried_at.is_not(None),
        )
    )
    return {resident for residents in session.scalars(sent) for resident in residents or ()}


def count_friends(session: Session) -> int:
    """Counts the known residents whom a broadcast to all friends reaches.

    LINE reports only a day later how many friends it really reached.
    """
    return session.execute(select(func.count()).where(Resident.blocked_at.is_(None))).scalar_one()


def count_under_way(session: Session) -> int:
    """Counts the residents in requests whose outcome is unknown: LINE may bill them, and no count includes them yet."""
    query = (
        select(func.sum(Chunk.told))
        .join(Mailing)
        .where(
            Mailing.state.in_((MailingState.WAITING, MailingState.SENDING)),
            Chunk.state == ChunkState.READY,
            Chunk.first_tried_at.is_not(None),
        )
    )
    return session.execute(query).scalar_one() or 0


def _why_not(session: Session, mailing: Mailing) -> str:
    """Returns the reason why the mailing must not be sent now, or "" if it may."""
    broadcast = mailing.broadcast
    if broadcast.status != BroadcastStatus.APPROVED and not (
        mailing.part == MailingPart.CLOSING and broadcast.status == BroadcastStatus.CANCELLED
    ):
        return "not approved"
    if broadcast.approver_id is None or broadcast.approver_id in broadcast.writers:
        return "not approved by another person"
    if digest_of(session, broadcast) != broadcast.digest:
        return "changed after approval"
    if mailing.part == MailingPart.MESSAGE and broadcast.ends_at is not None and now() >= broadcast.ends_at:
        return "over already"
    late = broadcast.valid_until is not None and now() > broadcast.valid_until
    if late and mailing.part == MailingPart.MESSAGE and mailing.started_at is None:
        return "approval ran out"
    return ""


def stop(mailing: Mailing, why: str) -> None:
    """Stops the mailing until somebody resumes it; `why` is the reason, such as "quota"."""
    mailing.state, mailing.why = MailingState.STOPPED, why


def freeze(chunk: Chunk, body: str, told: int | None, *, again_in: timedelta) -> None:
    """Records a try before LINE is called: the body, which is the same on every try, and its number of recipients.

    `again_in` is how long no other thread may try the chunk.
    """
    chunk.first_tried_at = chunk.first_tried_at or now()
    chunk.mailing.started_at = chunk.mailing.started_at or now()
    chunk.body, chunk.told = body, told
    chunk.tries += 1
    chunk.next_try_at = now() + again_in


def settle(chunk: Chunk, state: ChunkState, *, error: str = "", request_id: str | None = None) -> None:
    """Sets the final state of a chunk, sent or dead, and deletes its body.

    The caller then calls `finish_if_over`, which ends the mailing after its last chunk.
    """
    chunk.state = state
    chunk.error = error or None
    chunk.line_request_id = request_id
    chunk.body = None
    if state == ChunkState.SENT:
        chunk.sent_at = now()


def finish_if_over(session: Session, mailing: Mailing) -> None:
    """Ends the mailing if none of its chunks is ready any more.

    It locks the mailings before it looks. Otherwise two senders that settle the last two chunks at the same time would
    each still see the other's chunk as ready, and neither would end the mailing.
    """
    session.flush()
    control.hold(session, mailing.broadcast_id)
    left = select(Chunk.id).where(Chunk.mailing_id == mailing.id, Chunk.state == ChunkState.READY)
    # Also when somebody paused it while the last request was in progress.
    if mailing.state not in (MailingState.DONE, MailingState.CANCELLED) and not session.scalar(
        select(exists(left))
    ):
        mailing.state = MailingState.DONE
        mailing.why = None
        mailing.ended_at = now()


def release(chunk: Chunk, *, again_in: timedelta) -> None:
    """Makes a chunk that LINE certainly did not accept as if it had not been tried: it gets a new retry key.

    On the next try its recipients are determined again.
    """
    chunk.retry_key = str(uuid.uuid4())
    chunk.body = None
    chunk.told = None
    chunk.first_tried_at = None
    chunk.next_try_at = now() + again_in


def divide(session: Session, chunk: Chunk, at: int) -> None:
    """Moves the residents of the chunk from index `at` on into a new chunk."""
    residents = chunk.residents or []
    session.add(_new_chunk(chunk.mailing_id, residents[at:]))
    chunk.residents = residents[:at]


def keep_up_to(session: Session, chunk: Chunk, resident_id: int) -> None:
    """Keeps the residents up to this one in the chunk; those after them wait in a new chunk."""
    at = (chunk.residents or []).index(resident_id) + 1
    if at < len(chunk.residents or []):
        divide(session, chunk, at)


def leave_out(session: Session, chunk: Chunk, reachable: Collection[int]) -> None:
    """Moves the residents of the chunk who cannot be reached into a chunk of their own, for which LINE is never called.

    Its state is `sent` at once, so that nobody waits for it. A chunk that was tried holds its recipients and nobody
    else, and whoever was left out gets no closing message, even if they can be reached again by then.
    """
    unreachable = [resident for resident in chunk.residents or () if resident not in reachable]
    if unreachable:
        chunk.residents = list(reachable)
        left_out = _new_chunk(chunk.mailing_id, unreachable)
        left_out.told = 0
        settle(left_out, ChunkState.SENT)
        session.add(left_out)


def split(session: Session, chunk: Chunk, error: str) -> None:
    """Divides a chunk that LINE refused into halves, which are sent separately, to find the resident at fault.

    A refused chunk of one resident is dead. The mailing is stopped when several are dead and none was accepted.
    """
    count = len(chunk.residents or ())
    if count > 1:
        divide(session, chunk, count // 2)
        release(chunk, again_in=timedelta(0))
        return
    settle(chunk, ChunkState.DEAD, error=error)
    session.flush()
    if _is_hopeless(session, chunk.mailing):
        stop(chunk.mailing, "refused by LINE")


def _is_hopeless(session: Session, mailing: Mailing) -> bool:
    query = select(Chunk.state, func.count()).where(Chunk.mailing_id == mailing.id, Chunk.told > 0)
    chunks = dict(session.execute(query.group_by(Chunk.state)).all())
    return ChunkState.SENT not in chunks and chunks.get(ChunkState.DEAD, 0) >= HOPELESS_AFTER
