"""Sends supervisors a one-time button in LINE, with which they confirm an emergency without signing in.

A button serves one supervisor, one broadcast as it was when the button was sent, and one press within ten minutes. The
signature of LINE's webhook proves whose LINE account pressed it.
"""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.audit.log import Subject, write_down
from store.broadcasts import approval
from store.broadcasts.emergency import confirmers
from store.broadcasts.models import Broadcast, ConfirmButton, Tester
from store.broadcasts.transitions import ActRefused, digest_of
from store.clock import now
from store.errors import NotFound
from store.messaging import outbox
from store.residents.models import Resident

BUTTON_LASTS = timedelta(minutes=10)
NOTE = "ยืนยันด้วยปุ่มใน LINE ของตน"


def ask(session: Session, broadcast: Broadcast, *, to_whom: str) -> int:
    """Queues a button for every supervisor who may confirm and has linked their LINE; returns how many.

    `to_whom` is the audience in words. Each button is a message that LINE bills.
    """
    asked, digest = 0, digest_of(session, broadcast)
    for each in confirmers(session, broadcast):
        if each.tester is None:
            continue
        resident = session.get_one(Resident, each.tester.resident_id)
        token = secrets.token_urlsafe(24)
        session.add(
            ConfirmButton(
                token_hash=_hash(token),
                broadcast_id=broadcast.id,
                staff_id=each.person.id,
                digest=digest,
                until=now() + BUTTON_LASTS,
            )
        )
        details = {
            "token": token,
            "broadcast_id": broadcast.id,
            "title": broadcast.title,
            "content": broadcast.content,
            "by": broadcast.author.full_name,
            "how": broadcast.purpose,
            "to_whom": to_whom,
            "most": broadcast.most_messages,
        }
        outbox.put_notice(session, resident, "emergency_confirm", details)
        asked += 1
    session.flush()
    return asked


def confirm(session: Session, resident: Resident, token: str) -> Broadcast:
    """Approves the broadcast in the name of the supervisor whose LINE this is; raises ActRefused with the reason.

    Any press by its owner uses the button up. The refusal of a button that exists is written to the audit log.
    """
    query = select(ConfirmButton).where(ConfirmButton.token_hash == _hash(token))
    button = session.scalars(query.with_for_update(of=ConfirmButton)).one_or_none()
    if button is None:
        raise ActRefused("no_button")
    try:
        return _confirm(session, button, resident)
    except ActRefused as refused:
        write_down(
            session,
            "refused",
            staff_id=button.staff_id,
            about=Subject("broadcast", button.broadcast_id),
            details={"act": "confirm", "reason": refused.reason},
        )
        raise


def _confirm(session: Session, button: ConfirmButton, resident: Resident) -> Broadcast:
    linked = select(Tester.id).where(Tester.staff_id == button.staff_id, Tester.resident_id == resident.id)
    if session.scalar(linked) is None:
        raise ActRefused("not_your_button")
    if button.used_at is not None:
        raise ActRefused("button_used")
    button.used_at = now()
    # A clock that was set back must not make a button last longer.
    if not now() < button.until <= now() + BUTTON_LASTS:
        raise ActRefused("button_late")
    if not button.staff.active:
        raise ActRefused("not_your_role")
    try:
        broadcast = approval.lock(session, button.broadcast_id, by=button.staff)
    except NotFound as error:  # They have another role since.
        raise ActRefused("not_your_role") from error
    if broadcast.template_id is None:
        raise ActRefused("wrong_status")
    approval.approve(session, broadcast, button.staff, read_digest=button.digest, note=NOTE)
    return broadcast


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
