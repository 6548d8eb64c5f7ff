"""Keeps requests about staff accounts, which a second person must confirm, and links to set a password.

Opening an account, giving a role or a department, reopening an account and resetting a password each need two people.
Where a password has to be set, its owner needs two things: the code, which the requester was shown, and the link, which
the confirmer was shown. So neither of the two can sign in as the owner alone. Nothing here commits, except
`set_first_password`.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.audit.log import Subject, write_down
from store.clock import now
from store.database.encryption import DatabaseCipher
from store.database.engine import Database
from store.errors import Refusal
from store.municipality.profile import Municipality
from store.staff import accounts
from store.staff.accounts import FIRST_SECRET_LASTS, NEW_POWER_WAITS, BadAccount, NewStaff
from store.staff.models import AccountRequest, Staff
from store.staff.passwords import Passwords
from store.staff.permissions import Role
from store.staff.sessions import end_sessions_of
from store.staff.sign_ins import username_of
from store.workflow.approvals import Chain, Decider, has_lapsed

# An older request cannot be confirmed: what was true when it was made may have changed.
REQUEST_LASTS: Final = timedelta(days=7)
WITH_LINK: Final = frozenset({"open", "reset"})
MAX_WRONG_CODES = 5
CODE_DIGITS = 8
# Supervisors and admins confirm, but neither the requester nor the owner of the account.
CONFIRMATION: Final = Chain(
    (frozenset(accounts.APPROVING),),
    BadAccount,
    wrong_role="own_request",
    own="own_request",
    too_new="too_new",
)


class BadLink(Refusal):
    """Says that a link does not work; `reason` is link_gone (used, expired, replaced or never given) or wrong_code."""


def ask_to_open(
    session: Session, municipality: Municipality, cipher: DatabaseCipher, new: NewStaff, *, by: Staff
) -> str:
    """Requests a new account; returns the code for the owner. Raises BadAccount with the reason. `new` has no
    password.
    """
    accounts.check_new(session, municipality, new)
    request = AccountRequest(
        kind="open",
        username=username_of(new.username),
        full_name=new.full_name.strip(),
        role=Role(new.role),
        department=new.department or None,
    )
    return _ask(session, cipher, request, by)


def ask_for_role(
    session: Session,
    municipality: Municipality,
    person: Staff,
    role: str,
    department: str | None,
    *,
    by: Staff,
) -> None:
    """Requests another role or department for this person; raises BadAccount if it is the requester."""
    if person.id == by.id:
        raise BadAccount("own_role")
    accounts.check_role(municipality, role, department)
    request = _about(person, "role")
    request.role, request.department = Role(role), department or None
    _ask(session, None, request, by)


def ask_for_reset(session: Session, cipher: DatabaseCipher, person: Staff, *, by: Staff) -> str:
    """Requests a password reset; returns the code for the owner. A closed account must be reopened first."""
    if not person.active:
        raise BadAccount("is_closed")
    return _ask(session, cipher, _about(person, "reset"), by)


def ask_to_reopen(session: Session, person: Staff, *, by: Staff) -> None:
    if person.active:
        raise BadAccount("is_open")
    _ask(session, None, _about(person, "reopen"), by)


def list_waiting(session: Session) -> list[AccountRequest]:
    """Lists the waiting requests, the oldest first, without those that are too old to be confirmed."""
    query = select(AccountRequest).where(
        AccountRequest.state == "waiting", AccountRequest.asked_at > now() - REQUEST_LASTS
    )
    return list(session.scalars(query.order_by(AccountRequest.asked_at, AccountRequest.id)))


def namesakes(session: Session, request: AccountRequest) -> list[Staff]:
    """Returns accounts, also closed ones, of people with the name on a request for a new account, ignoring titles."""
    if request.kind != "open":
        return []
    wanted = accounts.bare_name(request.full_name)
    return [
        person for person in accounts.list_staff(session) if accounts.bare_name(person.full_name) == wanted
    ]


def confirmers(session: Session, request: AccountRequest) -> list[Staff]:
    """Returns the people who may confirm: neither the requester nor the account's owner."""
    concerned = _concerned(request)
    people = accounts.approvers(session)
    return [person for person in people if not CONFIRMATION.why_not(Decider(person), concerned)]


def lock(session: Session, request_id: int) -> AccountRequest | None:
    """Returns the request, locked until the transaction ends, so that it is decided once."""
    query = select(AccountRequest).where(AccountRequest.id == request_id).with_for_update(of=AccountRequest)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def confirm(
    session: Session, municipality: Municipality, passwords: Passwords, request: AccountRequest, *, by: Staff
) -> str | None:
    """Carries out the request. Returns the secret of the link for the owner where a password has to be set; else None.

    Raises BadAccount: request_gone, request_stale, own_request or too_new, or the reason why the change is not possible
    any more, such as last_admin.
    """
    _check_waiting(request)
    by = session.get_one(Staff, by.id, populate_existing=True)
    _check_confirmer(request, by)
    asker = request.asked_by
    if not asker.active or asker.role != Role.ADMIN:
        raise BadAccount("request_stale")
    person = _carry_out(session, municipality, passwords, request)
    request.state = "confirmed"
    request.decided_by_id = by.id
    request.decided_at = now()
    accounts.audit(
        session,
        ACTS[request.kind],
        person,
        by,
        change=(_former_power(request), accounts.power_of(person)),
        details={"request": request.id, "asked_by": asker.id, "confirmed_by": by.id},
    )
    return _give_link(request) if request.kind in WITH_LINK else None


def refuse(session: Session, request: AccountRequest, *, by: Staff) -> None:
    """Ends a request: the requester withdraws it, or a supervisor or admin refuses it, but not the account's owner."""
    _check_waiting(request)
    if by.id != request.asked_by_id and (by.role not in accounts.APPROVING or by.id == request.staff_id):
        raise BadAccount("own_request")
    request.state = "refused"
    request.decided_by_id = by.id
    request.decided_at = now()
    request.code_hash = None
    write_down(
        session,
        "refuse_account",
        staff_id=by.id,
        about=Subject("request", request.id),
        details={"kind": request.kind},
    )


def find_by_link(session: Session, secret: str, *, locked: bool = False) -> tuple[AccountRequest, Staff]:
    """Returns the request of a valid link, and its account; raises BadLink if there is none.

    `locked` locks the request until the transaction ends, so that wrong codes at the same moment are all counted.
    """
    query = select(AccountRequest).where(AccountRequest.link_hash == _hash(secret))
    query = query.with_for_update(of=AccountRequest) if locked else query
    request = session.scalars(query).one_or_none()
    person = session.get(Staff, request.staff_id) if request is not None and request.staff_id else None
    if request is None or person is None or not person.active:
        raise BadLink("link_gone")
    if request.link_until is None or request.link_until <= now() or request.wrong_codes >= MAX_WRONG_CODES:
        raise BadLink("link_gone")
    return request, person


def set_first_password(
    database: Database,
    municipality: Municipality,
    passwords: Passwords,
    secret: str,
    code: str,
    password: str,
) -> Staff:
    """Sets the password, which uses up the link; five wrong codes void it. Raises BadLink or BadPassword. Commits."""
    with database.transaction() as session:
        request, person = find_by_link(session, secret, locked=True)
        if request.code_hash == _fingerprint(database.cipher, code):
            accounts.set_password(session, municipality, passwords, person, password)
            accounts.unlock_account(session, database.cipher, person, by=None)
            accounts.audit(session, "first_password", person, person)
            return person
        request.wrong_codes += 1
        accounts.audit(session, "first_password_refused", person, None)
    raise BadLink("wrong_code")


def _former_power(request: AccountRequest) -> str | None:
    return f"{request.was_role} {request.was_department or '-'}" if request.was_role else None


ACTS: Final = {
    "open": "add_staff",
    "role": "change_role",
    "reset": "reset_password",
    "reopen": "reopen_account",
}


def _ask(session: Session, cipher: DatabaseCipher | None, request: AccountRequest, by: Staff) -> str:
    same = [waiting for waiting in list_waiting(session) if _is_same(waiting, request)]
    if same:
        raise BadAccount("already_asked")
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    request.state = "waiting"
    request.asked_by_id = by.id
    request.asked_at = now()
    request.code_hash = _fingerprint(cipher, code) if cipher else None
    session.add(request)
    session.flush()
    write_down(
        session,
        "ask_account",
        staff_id=by.id,
        about=Subject("request", request.id),
        change=(_former_power(request), f"{request.role} {request.department or '-'}"),
        details={"kind": request.kind, "staff": request.staff_id},
    )
    return code


def _is_same(one: AccountRequest, other: AccountRequest) -> bool:
    return one.kind == other.kind and one.username == other.username


def _about(person: Staff, kind: str) -> AccountRequest:
    return AccountRequest(
        kind=kind,
        staff_id=person.id,
        username=person.username,
        full_name=person.full_name,
        role=person.role,
        department=person.department,
        was_role=person.role,
        was_department=person.department,
    )


def _check_waiting(request: AccountRequest) -> None:
    if request.state != "waiting" or has_lapsed(request.asked_at, REQUEST_LASTS):
        raise BadAccount("request_gone")


def _check_confirmer(request: AccountRequest, by: Staff) -> None:
    CONFIRMATION.check(Decider(by), _concerned(request))


def _concerned(request: AccountRequest) -> set[int]:
    """Returns the ids of the requester and, if there is one already, of the account's owner."""
    return {person for person in (request.asked_by_id, request.staff_id) if person is not None}


def _carry_out(
    session: Session, municipality: Municipality, passwords: Passwords, request: AccountRequest
) -> Staff:
    if request.kind == "open":
        new = NewStaff(request.username, request.full_name, request.role, request.department)
        later = now() + NEW_POWER_WAITS
        person = accounts.open_account(session, municipality, passwords, new, approves_from=later)
        request.staff_id = person.id
        return person
    person = session.get_one(Staff, request.staff_id, with_for_update=True, populate_existing=True)
    if (person.role, person.department) != (request.was_role, request.was_department):
        raise BadAccount("request_stale")
    if request.kind == "role":
        accounts.change_role(session, municipality, person, request.role, request.department)
    elif request.kind == "reset":
        if not person.active:
            raise BadAccount("is_closed")
        accounts.take_password_away(session, passwords, person)
    else:
        accounts.reopen_account(person)
        end_sessions_of(session, person)
    return person


def _give_link(request: AccountRequest) -> str:
    """Returns the secret of a new link. Earlier links of the account ended with its password."""
    secret = secrets.token_urlsafe(32)
    request.link_hash, request.link_until = _hash(secret), now() + FIRST_SECRET_LASTS
    return secret


def _hash(secret: str) -> str:
    """Returns the SHA-256 of the secret, in hexadecimal; 256 random bits need no slower or keyed hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _fingerprint(cipher: DatabaseCipher, code: str) -> str:
    """Returns a keyed hash of the code, because somebody who steals the database could find eight digits by trying."""
    return cipher.fingerprint(f"first password {''.join(filter(str.isdigit, code))}")
