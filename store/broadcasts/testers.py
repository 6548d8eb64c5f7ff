"""Colleagues who get test messages on their own LINE: invited with a code, linked when they type it in the chat."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import outbox
from store.broadcast_models import Broadcast, Tester
from store.clock import now
from store.models import Resident
from store.staff_models import Staff

CODE_LASTS = timedelta(days=1)


def invite(session: Session, name: str, by: Staff) -> Tester:
    """`code` is what the colleague types in the chat within a day."""
    code = f"ทดสอบ{secrets.randbelow(10**6):06d}"
    tester = Tester(
        name=name.strip()[:120],
        code=code,
        code_until=now() + CODE_LASTS,
        invited_by_id=by.id,
        created_at=now(),
    )
    session.add(tester)
    session.flush()
    return tester


def link(session: Session, resident: Resident, typed: str) -> Tester | None:
    """Whose code this is, linked from now on; None for any other words and for a code too old."""
    lasts = Tester.code_until.between(now(), now() + CODE_LASTS)
    query = select(Tester).where(Tester.code == "".join(typed.split()), lasts)
    tester = session.scalars(query.with_for_update()).one_or_none()
    if tester is None:
        return None
    if (
        before := session.scalars(select(Tester).where(Tester.resident_id == resident.id)).one_or_none()
    ) is not None:
        session.delete(before)
        session.flush()
    tester.resident_id, tester.code, tester.code_until = resident.id, None, None
    return tester


def remove(session: Session, tester: Tester) -> None:
    session.delete(tester)


def list_testers(session: Session) -> list[Tester]:
    return list(session.scalars(select(Tester).order_by(Tester.name, Tester.id)))


def send_test(session: Session, broadcast: Broadcast, tester: Tester, *, part: str = "message") -> None:
    """As the residents would see it, by push, marked as a test. It costs one message."""
    resident = session.get_one(Resident, tester.resident_id)
    content: dict[str, Any] | None = broadcast.content if part == "message" else broadcast.closing
    corrected = session.get(Broadcast, broadcast.corrects_id or 0) if part == "message" else None
    details = {
        "broadcast_id": broadcast.id,
        "content": content,
        "title": broadcast.title,
        "corrects": corrected.title if corrected else "",
    }
    outbox.put_notice(session, resident, "broadcast_test", details)
