"""What stands in a sending's way: a pause, a cancellation, an edit, its end. Senders and stoppers take turns."""

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from store.broadcasts.models import Broadcast, Chunk, Mailing
from store.broadcasts.transitions import Refused
from store.clock import now


def hold(session: Session, broadcast_id: int) -> list[Mailing]:
    """Its mailings as they are now, until this transaction ends; always in the same order, so that nobody waits for
    somebody who waits for them."""
    query = select(Mailing).where(Mailing.broadcast_id == broadcast_id).order_by(Mailing.id)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


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
    hold(session, broadcast.id)
    if begun(session, broadcast):
        raise Refused("already_going_out")


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
    mailings = hold(session, broadcast.id)
    nothing_out = not begun(session, broadcast)
    for mailing in mailings:
        if mailing.state == "done" or (mailing.part == "closing" and not nothing_out):
            continue
        cancel_untold(session, mailing)
    return nothing_out


def end_message(session: Session, closing: Mailing) -> None:
    """Who has not heard of it by its end never will."""
    for mailing in closing.broadcast.mailings:
        if mailing.part == "message" and mailing.state not in ("done", "cancelled"):
            cancel_untold(session, mailing)


def cancel_untold(session: Session, mailing: Mailing) -> None:
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
    found = [m for m in hold(session, broadcast.id) if m.state in ("waiting", "sending")]
    if not found:
        raise Refused("nothing_to_pause")
    for mailing in found:
        mailing.state = "paused"


def resume(session: Session, broadcast: Broadcast) -> None:
    """Goes on where it stopped: with those who were not told yet."""
    found = [m for m in hold(session, broadcast.id) if m.state in ("paused", "stopped")]
    if not found:
        raise Refused("nothing_to_resume")
    for mailing in found:
        mailing.state, mailing.why = ("sending" if mailing.started_at else "waiting"), None
