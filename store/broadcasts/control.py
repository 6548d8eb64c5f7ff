"""Pauses, resumes, cancels and ends the sending of a broadcast.

Whoever sends a broadcast or stops it first locks its mailings with `hold`, so only one of them acts at a time.
"""

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from store.broadcasts.models import Broadcast, Chunk, ChunkState, Mailing, MailingPart, MailingState
from store.broadcasts.transitions import ActRefused
from store.clock import now


def hold(session: Session, broadcast_id: int) -> list[Mailing]:
    """Returns the broadcast's mailings as they are now, locked until this transaction ends.

    They are locked in the order of their ids, so that two transactions cannot wait for each other.
    """
    query = select(Mailing).where(Mailing.broadcast_id == broadcast_id).order_by(Mailing.id)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def begun(session: Session, broadcast: Broadcast) -> bool:
    """Says whether LINE may have received anything of the broadcast."""
    # A chunk of residents who were left out is `sent` without a try: LINE received nothing of it.
    tried = (
        select(Chunk.id)
        .join(Mailing)
        .where(Mailing.broadcast_id == broadcast.id, Chunk.first_tried_at.is_not(None))
    )
    return bool(session.scalar(select(exists(tried))))


def refuse_if_begun(session: Session, broadcast: Broadcast) -> None:
    hold(session, broadcast.id)
    if begun(session, broadcast):
        raise ActRefused("already_going_out")


def remove(session: Session, broadcast: Broadcast) -> None:
    """Deletes the mailings of the broadcast with their chunks; the caller has checked that nothing was sent."""
    ids = select(Mailing.id).where(Mailing.broadcast_id == broadcast.id)
    session.execute(delete(Chunk).where(Chunk.mailing_id.in_(ids)))
    session.execute(delete(Mailing).where(Mailing.broadcast_id == broadcast.id))
    session.expire(broadcast, ["mailings"])


def cancel(session: Session, broadcast: Broadcast) -> bool:
    """Cancels the chunks that were not tried yet; returns whether LINE has certainly received nothing.

    If it may have received something, the closing message is not cancelled. A chunk that was tried without a clear
    answer stays ready: only the same request under the same retry key shows whether LINE accepted it.
    """
    mailings = hold(session, broadcast.id)
    nothing_out = not begun(session, broadcast)
    for mailing in mailings:
        if mailing.state == MailingState.DONE or (mailing.part == MailingPart.CLOSING and not nothing_out):
            continue
        cancel_untold(session, mailing)
    return nothing_out


def end_message(session: Session, closing: Mailing) -> None:
    """Cancels the chunks of the message that were not tried yet, because its closing message is due."""
    for mailing in closing.broadcast.mailings:
        if mailing.part == MailingPart.MESSAGE and mailing.state not in (
            MailingState.DONE,
            MailingState.CANCELLED,
        ):
            cancel_untold(session, mailing)


def cancel_untold(session: Session, mailing: Mailing) -> None:
    session.execute(
        update(Chunk)
        .where(
            Chunk.mailing_id == mailing.id, Chunk.state == ChunkState.READY, Chunk.first_tried_at.is_(None)
        )
        .values(state=ChunkState.CANCELLED)
    )
    in_doubt = session.scalar(
        select(func.count()).where(Chunk.mailing_id == mailing.id, Chunk.state == ChunkState.READY)
    )
    mailing.state = MailingState.SENDING if in_doubt else MailingState.CANCELLED
    mailing.ended_at = None if in_doubt else now()
    session.flush()


def pause(session: Session, broadcast: Broadcast) -> None:
    found = [
        m for m in hold(session, broadcast.id) if m.state in (MailingState.WAITING, MailingState.SENDING)
    ]
    if not found:
        raise ActRefused("nothing_to_pause")
    for mailing in found:
        mailing.state = MailingState.PAUSED


def resume(session: Session, broadcast: Broadcast) -> None:
    """Resumes every mailing that was paused or stopped, with the chunks that are still ready."""
    found = [m for m in hold(session, broadcast.id) if m.state in (MailingState.PAUSED, MailingState.STOPPED)]
    if not found:
        raise ActRefused("nothing_to_resume")
    for mailing in found:
        mailing.state, mailing.reason = (
            (MailingState.SENDING if mailing.started_at else MailingState.WAITING),
            None,
        )
