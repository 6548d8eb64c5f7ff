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
    StopReason,
)
from store.broadcasts.transitions import BroadcastStatus, closing_of, content_of, digest_of
from store.clock import now
from store.database.advisory_locks import lock_senders
from store.line.limits import MULTICAST_RECIPIENTS
from store.messaging.outcomes import Effect, Fact, SendResult, find_rule, wait_after
from store.messaging.states import Reason, Receipt, SentBy
from store.residents.models import Channel, Contact

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
            if reason := _why_not(session, mailing):
                stop(mailing, reason)
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
    """Returns the ids of residents to whom the message was sent, also by requests that LINE never answered."""
    sent = (
        select(Chunk.residents)
        .join(Mailing)
        .where(
            Mailing.broadcast_id == broadcast.id,
            Mailing.part == MailingPart.MESSAGE,
            Chunk.state.in_((ChunkState.READY, ChunkState.SENT, ChunkState.DEAD)),
            # A dead chunk was given up without a clear answer, or refused: then LINE has nothing of it.
            Chunk.receipt != Receipt.NONE,
        )
    )
    return {resident for residents in session.scalars(sent) for resident in residents or ()}


def count_friends(session: Session) -> int:
    """Counts the known residents whom a broadcast to all friends reaches.

    LINE reports only a day later how many friends it really reached.
    """
    return session.execute(
        select(func.count()).where(Contact.channel == Channel.LINE, Contact.blocked_at.is_(None))
    ).scalar_one()


def count_under_way(session: Session) -> int:
    """Counts the residents in requests whose outcome is unknown, also of broadcasts that were paused or stopped since.

    LINE may bill them, and no count includes them yet; after a day LINE's own count does.
    """
    query = select(func.sum(Chunk.told)).where(
        Chunk.state == ChunkState.READY, Chunk.first_tried_at > now() - timedelta(days=1)
    )
    return session.execute(query).scalar_one() or 0


def _why_not(session: Session, mailing: Mailing) -> StopReason | None:
    """Returns the reason why the mailing must not be sent now, or None if it may."""
    broadcast = mailing.broadcast
    if broadcast.status != BroadcastStatus.APPROVED and not (
        mailing.part == MailingPart.CLOSING and broadcast.status == BroadcastStatus.CANCELLED
    ):
        return StopReason.NOT_APPROVED
    if broadcast.approver_id is None or broadcast.approver_id in broadcast.writers:
        return StopReason.NOT_BY_ANOTHER
    if digest_of(session, broadcast) != broadcast.digest:
        return StopReason.CHANGED
    if mailing.part == MailingPart.MESSAGE and broadcast.ends_at is not None and now() >= broadcast.ends_at:
        return StopReason.OVER
    late = broadcast.valid_until is not None and now() > broadcast.valid_until
    if late and mailing.part == MailingPart.MESSAGE and mailing.started_at is None:
        return StopReason.APPROVAL_EXPIRED
    return None


def stop(mailing: Mailing, reason: StopReason) -> None:
    """Stops the mailing until somebody resumes it."""
    mailing.state, mailing.reason = MailingState.STOPPED, reason


def freeze(chunk: Chunk, body: str, told: int | None, *, again_in: timedelta) -> None:
    """Records a try before LINE is called: the body, which is the same on every try, and its number of recipients.

    `again_in` is how long no other thread may try the chunk.
    """
    chunk.first_tried_at = chunk.first_tried_at or now()
    chunk.mailing.started_at = chunk.mailing.started_at or now()
    chunk.body, chunk.told = body, told
    chunk.receipt, chunk.reason, chunk.error = Receipt.UNKNOWN, None, None
    chunk.tries += 1
    chunk.next_try_at = now() + again_in


def record(session: Session, chunk: Chunk, before: Receipt, result: SendResult) -> None:
    """Does with a chunk what `store.messaging.outcomes` says after this result of a try.

    `before` says whether LINE may have had the request before the try. The caller then calls `finish_if_over`, which
    ends the mailing after its last chunk.
    """
    several = {Fact.HOLDS_SEVERAL} if len(chunk.residents or ()) > 1 else set[Fact]()
    rule = find_rule(result.outcome, SentBy.PUSH, before, several)
    chunk.receipt = rule.receipt or before
    chunk.reason, chunk.error = rule.reason, result.detail[:200] or None
    if rule.reason is Reason.NO_QUOTA:
        stop(chunk.mailing, StopReason.NO_QUOTA)
    match rule.effect:
        case Effect.END_SENT:
            end(chunk, ChunkState.SENT, request_id=result.request_id)
        case Effect.END_DEAD:
            end(chunk, ChunkState.DEAD)
            session.flush()
            if rule.reason is Reason.REFUSED and chunk.residents and _is_hopeless(session, chunk.mailing):
                stop(chunk.mailing, StopReason.REFUSED)
        case Effect.DIVIDE:
            divide(session, chunk, len(chunk.residents or ()) // 2)
            _release(chunk)
        case Effect.RELEASE:
            _release(chunk)
        case _:
            # The bytes and the key stay, even if the mailing is stopped meanwhile.
            chunk.next_try_at = now() + wait_after(result.outcome, SentBy.PUSH, chunk.tries)


def end(chunk: Chunk, state: ChunkState, *, request_id: str | None = None) -> None:
    """Sets the final state of a chunk and deletes its body."""
    chunk.state, chunk.line_request_id, chunk.body = state, request_id, None
    if state is ChunkState.SENT:
        chunk.sent_at = now()


def _release(chunk: Chunk) -> None:
    """Makes a chunk as if it had not been tried: it is due now, with a new retry key.

    On the next try its recipients are determined again.
    """
    chunk.retry_key = str(uuid.uuid4())
    chunk.body = None
    chunk.told = None
    chunk.first_tried_at = None
    chunk.next_try_at = now()


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
        mailing.reason = None
        mailing.ended_at = now()


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
        end(left_out, ChunkState.SENT)
        session.add(left_out)


def give_up(chunk: Chunk, reason: Reason) -> None:
    """Ends a chunk as dead for another reason than an answer of LINE."""
    chunk.reason = reason
    end(chunk, ChunkState.DEAD)


def _is_hopeless(session: Session, mailing: Mailing) -> bool:
    """Says whether several residents' chunks are dead and LINE accepted none, so that the message is at fault."""
    query = select(Chunk.state, func.count()).where(Chunk.mailing_id == mailing.id, Chunk.told > 0)
    chunks = dict(session.execute(query.group_by(Chunk.state)).all())
    return ChunkState.SENT not in chunks and chunks.get(ChunkState.DEAD, 0) >= HOPELESS_AFTER
