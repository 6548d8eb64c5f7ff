"""Sends one message to the residents of many cases.

One person may reach five residents within 24 hours this way; a message beyond that waits until another supervisor
releases it. Messages to a single case are not counted here: see store.cases.repeated_messages. Nothing here commits.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.audit.log import Subject, write_down
from store.cases.actions import Actor, lock_case, tell_many
from store.cases.models import BulkMessage, Case
from store.cases.workflows import Who
from store.clock import CLOCKS_DIFFER, now
from store.errors import NotFound, Refusal
from store.municipality.profile import Municipality
from store.staff.models import Staff
from store.staff.permissions import Permission, allows, permitted, roles_with
from store.workflow import approvals
from store.workflow.approvals import Chain, Decider

MAX_ALONE = 5
WINDOW = timedelta(days=1)


class BulkRefused(Refusal):
    """Says that the message cannot be released or refused now.

    `reason` is not_your_role, own_message, account_too_new, decided, stale, lapsed, author_gone or unseen_cases.
    """


RELEASE: Final = Chain((roles_with(Permission.BULK_RELEASE),), BulkRefused, own="own_message")


def hold(session: Session, author: Staff) -> None:
    """Locks the author's row until the transaction ends, so that two messages at the same moment are both counted."""
    session.get_one(Staff, author.id, with_for_update={"of": Staff})


def fits_alone(session: Session, author: Staff, cases: Sequence[Case], told: Collection[int] = ()) -> bool:
    """Says whether the author's messages of the last 24 hours, with this one, reach at most five residents.

    Messages that another supervisor released are not counted. `told` are the ids of residents to whom the author sent
    the same words case by case: see store.cases.repeated_messages.
    """
    sent = select(BulkMessage.residents).where(
        BulkMessage.author_id == author.id,
        BulkMessage.state == "sent",
        BulkMessage.approver_id.is_(None),
        BulkMessage.created_at.between(now() - WINDOW, now() + CLOCKS_DIFFER),
    )
    reached = {resident for residents in session.scalars(sent) for resident in residents}
    return len(reached | set(told) | {case.resident_id for case in cases}) <= MAX_ALONE


def send_alone(
    session: Session, municipality: Municipality, author: Staff, cases: Sequence[Case], note: str
) -> list[Case]:
    """Sends the message at once. The caller has locked the cases and the author, and `fits_alone` was True.

    Returns the cases whose status no longer allows a message; their residents were not notified.
    """
    message = _message(author, cases, note)
    session.add(message)
    session.flush()
    return _send(session, municipality, message, author, cases, note)


def ask(session: Session, author: Staff, cases: Sequence[Case], note: str) -> BulkMessage:
    """Keeps the message until another supervisor releases or refuses it, for seven days at most."""
    message = _message(author, cases, note)
    session.add(message)
    session.flush()
    _write_down(session, "tell_many_asked", author, message)
    return message


def digest_of(message: BulkMessage) -> str:
    """Returns the SHA-256, in hexadecimal, of the message's words, cases and residents.

    `release` compares it with the digest of what the supervisor read.
    """
    return approvals.digest_of([message.note, message.cases, message.residents])


def find(session: Session, person: Staff, message_id: int) -> BulkMessage:
    """Returns the message; raises NotFound for one that this person may not see, or that does not exist."""
    seen = permitted(person, Permission.BULK_READ, BulkMessage)
    message = session.scalars(select(BulkMessage).where(BulkMessage.id == message_id, seen)).one_or_none()
    if message is None:
        raise NotFound
    return message


def lock(session: Session, message_id: int, *, by: Staff, permission: Permission) -> BulkMessage:
    """Returns the message, locked until the transaction ends; raises NotFound if this person may not do it."""
    query = select(BulkMessage).where(BulkMessage.id == message_id).with_for_update(of=BulkMessage)
    message = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if message is None or not allows(by, permission, message):
        raise NotFound
    return message


def lock_cases(session: Session, message: BulkMessage, *, by: Staff) -> list[Case]:
    """Returns all cases of the message, locked; raises BulkRefused unless this person may act on every one of them."""
    try:
        return [lock_case(session, case_id, by=by) for case_id in message.cases]
    except NotFound as error:
        raise BulkRefused("unseen_cases") from error


def release(
    session: Session,
    municipality: Municipality,
    message: BulkMessage,
    by: Staff,
    cases: Sequence[Case],
    *,
    read_digest: str,
    unreachable: Collection[Case] = (),
) -> list[Case]:
    """Sends a waiting message in its author's name. `cases` are all cases of the message, locked.

    `unreachable` cases are not notified. Returns the cases whose status no longer allows a message. Raises BulkRefused
    if `by` may not decide, if the message is not the one with `read_digest`, or if its author is no longer an officer
    or supervisor.
    """
    _check_decision(message, by)
    digest = digest_of(message) if [case.id for case in cases] == message.cases else ""
    approval = RELEASE.approve(Decider(by), {message.author_id}, digest=digest, read_digest=read_digest)
    if not message.author.active or message.author.role not in ("officer", "supervisor"):
        raise BulkRefused("author_gone")
    message.approver_id, message.decided_at = approval.person_id, approval.at
    _write_down(session, "tell_many_released", by, message)
    told = [case for case in cases if case not in unreachable]
    return _send(session, municipality, message, message.author, told, message.note or "")


def refuse(session: Session, message: BulkMessage, by: Staff) -> None:
    """Refuses the message as a supervisor, or withdraws it as its author."""
    if by.id != message.author_id:
        _check_decision(message, by)
    else:
        _check_waiting(message)
    message.state = "refused"
    message.decided_at = now()
    message.note = None
    _write_down(session, "tell_many_refused", by, message)


def _check_decision(message: BulkMessage, by: Staff) -> None:
    RELEASE.check(Decider(by), {message.author_id})
    _check_waiting(message)


def _check_waiting(message: BulkMessage) -> None:
    if message.lapsed:
        raise BulkRefused("lapsed")
    if message.state != "waiting":
        raise BulkRefused("decided")


def _message(author: Staff, cases: Sequence[Case], note: str) -> BulkMessage:
    return BulkMessage(
        note=note,
        cases=[case.id for case in cases],
        residents=sorted({case.resident_id for case in cases}),
        state="waiting",
        author_id=author.id,
        created_at=now(),
    )


def _send(
    session: Session,
    municipality: Municipality,
    message: BulkMessage,
    author: Staff,
    cases: Sequence[Case],
    note: str,
) -> list[Case]:
    """Sends the words. From now on the cases keep them; this table deletes its copy."""
    refused = tell_many(session, municipality, cases, Actor(Who(author.role), author.id), note)
    told = [case for case in cases if case not in refused]
    message.state, message.note = "sent", None
    message.residents = sorted({case.resident_id for case in told})
    _write_down(session, "tell_many", author, message, told=len(told))
    return refused


def _write_down(session: Session, act: str, by: Staff, message: BulkMessage, **counts: int) -> None:
    details = {"cases": len(message.cases), **counts}
    write_down(session, act, staff_id=by.id, about=Subject("bulk_message", message.id), details=details)
