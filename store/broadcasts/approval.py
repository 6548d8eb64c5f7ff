"""Takes a broadcast from its draft to its approval or cancellation.

Each act checks whether this person may do it now, and is recorded in the broadcast's history. Nothing here commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.audit import log
from store.broadcasts import control, mailings
from store.broadcasts.audience import Audience, reach, read_audience
from store.broadcasts.content import CardPart, TextPart, read_content
from store.broadcasts.models import AudienceSnapshot, Broadcast, BroadcastAct
from store.broadcasts.transitions import (
    APPROVAL,
    Act,
    ActRefused,
    BroadcastStatus,
    check_act,
    closing_of,
    content_of,
    digest_of,
)
from store.broadcasts.uploads import pictures_of, unknown_pictures
from store.clock import now
from store.errors import NotFound
from store.staff.models import Staff
from store.staff.permissions import Permission, allows, permitted
from store.workflow.approvals import Decider

# What has not begun to go out for so long after its submission or planned time must be approved again.
VALID_FOR = timedelta(days=7)
# An emergency must be confirmed within this time, because later it may not be true any more.
CONFIRM_WITHIN = timedelta(hours=1)
URGENT = frozenset({"warning"})
CATEGORIES = ("announcement", "warning", "event", "tax")


@dataclass(frozen=True)
class BroadcastDraft:
    """Holds what the author writes. `topic` None makes it urgent: it also goes to residents who opted out of news."""

    title: str
    category: str
    purpose: str
    content: dict[str, Any]
    audience: dict[str, Any]
    topic: str | None = None
    closing: dict[str, Any] | None = None
    menu: str | None = None
    send_at: datetime | None = None
    ends_at: datetime | None = None
    corrects_id: int | None = None


def write_draft(session: Session, draft: BroadcastDraft, by: Staff) -> Broadcast:
    """Creates a broadcast; raises BadContent, BadAudience or ActRefused with what must be corrected."""
    broadcast = Broadcast(
        author_id=by.id, written_by=(), created_at=now(), status=BroadcastStatus.DRAFT, version=1
    )
    check_act(None, Act.WRITE, by)
    _fill_in(broadcast, draft, by)
    session.add(broadcast)
    session.flush()
    write_down(session, broadcast, "write", by)
    return broadcast


def find(session: Session, person: Staff, broadcast_id: int) -> Broadcast:
    """Returns the broadcast; raises NotFound for one that this person may not see, or that does not exist."""
    seen = permitted(person, Permission.BROADCASTS_READ, Broadcast)
    found = session.scalars(select(Broadcast).where(Broadcast.id == broadcast_id, seen)).one_or_none()
    if found is None:
        raise NotFound
    return found


def lock(session: Session, broadcast_id: int, *, by: Staff, seen_version: int | None = None) -> Broadcast:
    """Returns the broadcast, locked until this transaction ends.

    Whether this person may act on it is asked about the locked row: raises NotFound if they may not. Raises
    ActRefused("stale") if `seen_version` is given and is not its version any more.
    """
    broadcast = session.scalars(
        select(Broadcast)
        .where(Broadcast.id == broadcast_id)
        .with_for_update(of=Broadcast)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if broadcast is None or not allows(by, Permission.BROADCASTS_ACT, broadcast):
        raise NotFound
    if seen_version is not None and broadcast.version != seen_version:
        raise ActRefused("stale")
    return broadcast


def edit(session: Session, broadcast: Broadcast, draft: BroadcastDraft, by: Staff) -> None:
    """Saves changes and makes the broadcast a draft again; an approval is void.

    Raises ActRefused once LINE may have received any of it: then only a new broadcast can correct it.
    """
    check_act(broadcast, Act.EDIT, by)
    control.refuse_if_begun(session, broadcast)
    voided = broadcast.status == BroadcastStatus.APPROVED
    control.remove(session, broadcast)
    _fill_in(broadcast, draft, by)
    _to_draft(session, broadcast)
    write_down(session, broadcast, "void" if voided else "edit", by)


def submit(session: Session, broadcast: Broadcast, by: Staff) -> None:
    """Submits the broadcast for approval and stores its audience and its highest cost, which are approved with it.

    Raises ActRefused if it is incomplete or too late. For a broadcast to all friends the cost counts the residents we
    know, because LINE does not say beforehand how many friends there are.
    """
    check_act(broadcast, Act.SUBMIT, by)
    # The `valid_until` of a broadcast that was returned long ago is over; it gets a new one below.
    broadcast.valid_until = None
    _check_times(broadcast)
    if unknown_pictures(session, pictures_of(broadcast.content, broadcast.closing)):
        raise ActRefused("picture_gone")
    audience = read_audience(broadcast.audience)
    _check_complete(broadcast, audience)
    found = reach(session, audience, broadcast.topic)
    if not found.residents and audience.who != "friends" and content_of(broadcast).parts:
        raise ActRefused("nobody_to_tell")
    session.execute(delete(AudienceSnapshot).where(AudienceSnapshot.broadcast_id == broadcast.id))
    session.add(AudienceSnapshot(broadcast_id=broadcast.id, residents=list(found.residents)))
    broadcast.most_messages = len(found.residents) * requests_of(broadcast)
    begin = max(broadcast.send_at or now(), now())
    broadcast.valid_until = min(broadcast.ends_at or begin + VALID_FOR, begin + VALID_FOR)
    broadcast.status = BroadcastStatus.SUBMITTED
    _changed(session, broadcast)
    write_down(session, broadcast, "submit", by, digest=digest_of(session, broadcast))


def take_back(session: Session, broadcast: Broadcast, by: Staff) -> None:
    check_act(broadcast, Act.TAKE_BACK, by)
    _to_draft(session, broadcast)
    write_down(session, broadcast, "take_back", by)


def return_(session: Session, broadcast: Broadcast, by: Staff, note: str) -> None:
    check_act(broadcast, Act.RETURN, by, has_note=bool(note.strip()))
    broadcast.status, broadcast.template_id = BroadcastStatus.RETURNED, None
    _changed(session, broadcast)
    write_down(session, broadcast, "return", by, note=note)


def approve(session: Session, broadcast: Broadcast, by: Staff, *, read_digest: str, note: str = "") -> None:
    """Approves the broadcast and prepares its sending.

    `read_digest` is the digest of what the supervisor read; raises ActRefused("stale") if it is another one now.
    """
    check_act(broadcast, Act.APPROVE, by)
    APPROVAL.check(Decider(by), broadcast.writers)
    _check_times(broadcast)
    digest = digest_of(session, broadcast)
    approval = APPROVAL.approve(Decider(by), broadcast.writers, digest=digest, read_digest=read_digest)
    broadcast.status, broadcast.digest = BroadcastStatus.APPROVED, approval.digest
    broadcast.approver_id, broadcast.approved_at = approval.person_id, approval.at
    _changed(session, broadcast)
    write_down(session, broadcast, "approve", by, note=note, digest=read_digest)
    mailings.prepare(session, broadcast)


def why_too_late(broadcast: Broadcast) -> str:
    """Returns the reason why a submitted broadcast can no longer be approved, or "" while it can."""
    if broadcast.template_id and broadcast.created_at + CONFIRM_WITHIN <= now():
        return "too_late_to_confirm"
    return "too_late" if broadcast.valid_until and broadcast.valid_until <= now() else ""


def cancel(session: Session, broadcast: Broadcast, by: Staff, note: str) -> None:
    """Cancels everything that LINE has not received.

    If LINE may have received some of it, the broadcast stays approved: its closing message still goes to the residents
    to whom the message was sent.
    """
    check_act(broadcast, Act.CANCEL, by, has_note=bool(note.strip()))
    if control.cancel(session, broadcast):
        broadcast.status = BroadcastStatus.CANCELLED
    _changed(session, broadcast)
    write_down(session, broadcast, "cancel", by, note=note)


def pause(session: Session, broadcast: Broadcast, by: Staff) -> None:
    check_act(broadcast, Act.PAUSE, by)
    control.pause(session, broadcast)
    write_down(session, broadcast, "pause", by)


def resume(session: Session, broadcast: Broadcast, by: Staff) -> None:
    check_act(broadcast, Act.RESUME, by)
    control.resume(session, broadcast)
    write_down(session, broadcast, "resume", by)


def write_down(
    session: Session,
    broadcast: Broadcast,
    act: str,
    by: Staff | None,
    *,
    note: str = "",
    digest: str | None = None,
) -> BroadcastAct:
    """Adds an entry to the history and one to the audit log, which names it and holds none of its words."""
    row = BroadcastAct(
        broadcast_id=broadcast.id,
        at=now(),
        act=act,
        staff_id=by.id if by else None,
        note=note.strip(),
        digest=digest,
    )
    session.add(row)
    session.flush()
    log.write_down(
        session,
        f"broadcast_{act}",
        staff_id=row.staff_id,
        about=log.Subject("broadcast", broadcast.id),
        change=(None, digest),
        details={"entry": row.id, "version": broadcast.version},
    )
    return row


def _fill_in(broadcast: Broadcast, draft: BroadcastDraft, by: Staff) -> None:
    if not draft.title.strip() or not draft.purpose.strip():
        raise ActRefused("needs_title_and_purpose")
    if draft.category not in CATEGORIES:
        raise ActRefused("wrong_category")
    if draft.topic is None and draft.category not in URGENT:
        raise ActRefused("needs_topic")
    read_content(draft.content)
    if draft.closing:
        read_content(draft.closing)
    read_audience(draft.audience)
    broadcast.title, broadcast.category = draft.title.strip()[:120], draft.category
    broadcast.purpose, broadcast.topic = draft.purpose.strip(), draft.topic
    broadcast.content = draft.content
    broadcast.closing = draft.closing
    broadcast.audience = draft.audience
    broadcast.menu = draft.menu
    broadcast.send_at = draft.send_at
    broadcast.ends_at = draft.ends_at
    broadcast.corrects_id, broadcast.editor_id = draft.corrects_id, by.id
    broadcast.written_by = (*broadcast.written_by, by.id)


def _to_draft(session: Session, broadcast: Broadcast) -> None:
    session.execute(delete(AudienceSnapshot).where(AudienceSnapshot.broadcast_id == broadcast.id))
    broadcast.status = BroadcastStatus.DRAFT
    broadcast.digest = None
    broadcast.most_messages = None
    broadcast.approver_id = None
    broadcast.approved_at = None
    broadcast.valid_until = None
    # An emergency that is rewritten becomes an ordinary broadcast, which need not be confirmed within an hour.
    broadcast.template_id = None
    _changed(session, broadcast)


def _changed(session: Session, broadcast: Broadcast) -> None:
    broadcast.version += 1
    session.flush()


def requests_of(broadcast: Broadcast) -> int:
    """Counts the billed messages that each resident gets: the message and, if there is one, its closing message."""
    closing = closing_of(broadcast)
    return bool(content_of(broadcast).parts) + bool(closing and closing.parts)


def _check_complete(broadcast: Broadcast, audience: Audience) -> None:
    """Raises ActRefused with the reason if something is missing or does not fit.

    A message with an end needs a closing message; a closing message needs a message and an end; a menu needs an end; a
    correction begins with text or a card. LINE's own broadcast to all friends must be urgent, because it also reaches
    those who opted out.
    """
    if not content_of(broadcast).parts and not broadcast.menu:
        raise ActRefused("says_nothing")
    if broadcast.ends_at and content_of(broadcast).parts and not _has_closing(broadcast):
        raise ActRefused("needs_closing")
    first = next(iter(content_of(broadcast).parts), None)
    if broadcast.corrects_id and not isinstance(first, TextPart | CardPart):
        raise ActRefused("correction_needs_words")
    if (_has_closing(broadcast) or broadcast.menu) and not broadcast.ends_at:
        raise ActRefused("needs_end")
    if _has_closing(broadcast) and not content_of(broadcast).parts:
        raise ActRefused("closes_nothing")
    if audience.who == "friends" and broadcast.topic is not None:
        raise ActRefused("friends_only_urgent")


def _has_closing(broadcast: Broadcast) -> bool:
    closing = closing_of(broadcast)
    return bool(closing and closing.parts)


def _check_times(broadcast: Broadcast) -> None:
    if broadcast.ends_at and broadcast.ends_at <= max(broadcast.send_at or now(), now()):
        raise ActRefused("ends_before_it_begins")
    if reason := why_too_late(broadcast):
        raise ActRefused(reason)
