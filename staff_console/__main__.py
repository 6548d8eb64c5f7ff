"""Defines the console's commands, which open an account or set a password from a terminal on the server."""

import argparse
import os
import sys
from collections.abc import Sequence

from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from store.database.encryption import DatabaseCipher
from store.database.engine import Database
from store.municipality.profile import Municipality, MunicipalityError, read_municipality
from store.settings import SettingsError, StoreSettings
from store.staff.accounts import (
    BadAccount,
    NewStaff,
    add_staff,
    find_staff,
    reset_password,
    unlock_account,
)
from store.staff.models import ALL_DEPARTMENTS, Staff
from store.staff.passwords import BadPassword, Passwords
from store.staff.permissions import Role

BAD_INPUT = 2
REASONS = {
    "too_short": "the password is too short: at least 15 characters",
    "too_long": "the password is too long: at most 256 characters",
    "too_common": "the password is easy to guess: avoid names, the place and words that everybody uses",
    "username_shape": "NAME must be 2 to 60 letters, digits, dots, hyphens or @",
    "username_taken": "there is an account of this name already",
    "full_name_length": "--full-name must have 1 to 120 characters",
    "role_unknown": "the role must be one of: " + ", ".join(Role),
    "department_unknown": "the municipality's file has no department of this code",
    "department_missing": "say which cases the person sees: --department CODE, or --all-departments",
    "nobody": "there is no account of this name",
}


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        settings = StoreSettings.from_environment(os.environ)
        municipality = read_municipality(settings.municipality)
        return _run(asked, settings, municipality)
    except (BadAccount, BadPassword) as error:
        return _complain(REASONS[error.reason])
    except (SettingsError, MunicipalityError) as error:
        return _complain(str(error))
    except (OperationalError, ProgrammingError):
        return _complain("the database does not answer or has no tables yet: python -m store upgrade")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m staff_console")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add-staff", help="open an account")
    add.add_argument("name", metavar="NAME", help="the name to sign in with")
    add.add_argument("--role", required=True, choices=list(Role))
    sees = add.add_mutually_exclusive_group()
    sees.add_argument("--department", help="the code of the department whose cases the person sees")
    sees.add_argument(
        "--all-departments",
        dest="department",
        action="store_const",
        const=ALL_DEPARTMENTS,
        help="sees every case",
    )
    add.add_argument("--full-name", help="as residents and colleagues read it")
    reset = commands.add_parser("reset-password", help="set a password and end the person's sessions")
    reset.add_argument("name", metavar="NAME")
    for command in (add, reset):
        command.add_argument("--password-stdin", required=True, action="store_true")
        command.add_argument(
            "--initial", action="store_true", help="must be changed at the first sign-in, within 72 hours"
        )
    return parser


def _run(asked: argparse.Namespace, settings: StoreSettings, municipality: Municipality) -> int:
    password = sys.stdin.readline().rstrip("\r\n")
    database = Database(settings)
    try:
        with database.transaction() as session:
            person = _carry_out(session, database.cipher, asked, municipality, password)
    finally:
        database.close()
    closed = "" if person.active else "; the account is closed: an admin opens it on the page of accounts"
    print(f"{asked.command}: {asked.name}{closed}")
    return 0


def _carry_out(
    session: Session,
    cipher: DatabaseCipher,
    asked: argparse.Namespace,
    municipality: Municipality,
    password: str,
) -> Staff:
    passwords = Passwords()
    if asked.command == "add-staff":
        new = NewStaff(asked.name, asked.full_name or asked.name, asked.role, asked.department, password)
        return add_staff(session, municipality, passwords, new, initial=asked.initial)
    person = find_staff(session, asked.name)
    if person is None:
        raise BadAccount("nobody")
    reset_password(session, municipality, passwords, person, password, initial=asked.initial)
    unlock_account(session, cipher, person, by=None)
    return person


def _complain(text: str) -> int:
    print(text, file=sys.stderr)
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
