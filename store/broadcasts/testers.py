"""Links accounts of staff with their owners' own LINE, for test messages and confirmations of emergencies.

The owner types in the chat a code that only their own session shows.
"""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.broadcasts.models import Broadcast, Tester
from store.broadcasts.transitions import ActRefused
from store.clock import now
from store.messaging import outbox
from store.residents.models import Resident
from store.staff.models import Staff

CODE_LASTS = timedelta(minutes=30)


def invite(session: Session, person: Staff) -> Tester:
    """Creates the `code` that this person types in the chat from their own LINE, within half an hour.

    It removes any earlier link of their account.
    """
    session.execute(delete(Tester).where(Tester.staff_id == person.id))
    tester = Tester(
        name=person.full_name,
        code=f"ทดสอบ{secrets.randbelow(10**6):06d}",
        code_until=now() + CODE_LASTS,
        invited_by_id=person.id,
        staff_id=person.id,
        created_at=now(),
    )
    session.add(tester)
    session.flush()
    return tester


def link(session: Session, resident: Resident, typed: str) -> Tester | None:
    """Links this resident to the account whose code they typed, and removes their earlier link.

    Returns None for any other words and for an expired code.
    """
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
    tester.resident_id = resident.id
    tester.code = None
    tester.code_until = None
    return tester


def remove(session: Session, tester: Tester) -> None:
    session.delete(tester)


def list_testers(session: Session) -> list[Tester]:
    return list(session.scalars(select(Tester).order_by(Tester.name, Tester.id)))


def linked_testers(session: Session) -> list[Tester]:
    """Returns the links to which a test can go: colleagues with an open account who linked their LINE themselves."""
    query = select(Tester).join(Staff, Staff.id == Tester.staff_id)
    query = query.where(Tester.resident_id.is_not(None), Staff.active)
    return list(session.scalars(query.order_by(Tester.name, Tester.id)))


def send_test(session: Session, broadcast: Broadcast, tester: Tester, *, part: str = "message") -> None:
    """Queues the message, or its closing message for `part` "closing", as residents would see it, marked as a test.

    LINE bills one message. Raises ActRefused("no_tester") if the link has no open account: unapproved words reach
    colleagues only.
    """
    if tester not in linked_testers(session):
        raise ActRefused("no_tester")
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
