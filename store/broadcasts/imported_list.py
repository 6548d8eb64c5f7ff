"""Finds the residents on a list that staff upload: a file of telephone numbers and tracking codes."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from store.broadcasts.audience import BadAudience
from store.cases.models import Case
from store.database.encryption import CannotDecrypt, StoredValue
from store.residents.models import Resident
from store.staff.models import Staff
from store.staff.permissions import Permission, permitted
from store.thai import arabic_digits

# The limit on rows of an uploaded file; more is a mistake or an attack.
MAX_ROWS = 20_000
_PHONE = re.compile(r"\+?[\d\s().-]+")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-\d{4}")
# Excel writes a number as 812345678.0
_DECIMALS = re.compile(r"\.0+$")


@dataclass(frozen=True)
class Imported:
    """Holds the ids of the residents that were found, in order.

    `missing` holds the rows for which no resident was found: each row's number, counted from 1, and its text.
    """

    residents: tuple[int, ...]
    missing: tuple[tuple[int, str], ...]


def find_listed(session: Session, rows: Iterable[str], *, by: Staff) -> Imported:
    """Finds the residents of each row by its first cell that is a known telephone number or tracking code.

    A resident without a case that this person may see is not found, exactly like an unknown number. Phones of residents
    are encrypted, so they are compared here and not in the database. Nothing of the rows is stored. Raises BadAudience
    for more than 20,000 rows.
    """
    wanted = [(number, row, _words(row)) for number, row in enumerate(rows, 1) if row.strip()]
    if len(wanted) > MAX_ROWS:
        raise BadAudience("too_many_rows")
    seen = permitted(by, Permission.CASES_READ, Case)
    known = {**_phones(session, seen), **_codes(session, {w for *_, ws in wanted for w in ws}, seen)}
    found, missing = set[int](), list[tuple[int, str]]()
    for number, row, words in wanted:
        residents = next((known[word] for word in words if word in known), None)
        if residents is None:
            missing.append((number, row.strip()))
        else:
            found |= residents
    return Imported(tuple(sorted(found)), tuple(missing))


def _phones(session: Session, seen: ColumnElement[bool]) -> dict[str, set[int]]:
    """Maps each telephone number to the residents who gave it; several may share one."""
    query = select(Resident.id, Resident.person, Resident.row_key)
    query = query.where(Resident.id.in_(select(Case.resident_id).where(seen)))
    opened = (
        (_phone_in(person, row_key), found) for found, person, row_key in session.execute(query) if person
    )
    known: dict[str, set[int]] = {}
    for phone, found in opened:
        if phone:
            known.setdefault(phone, set()).add(found)
    return known


def _codes(session: Session, words: set[str], seen: ColumnElement[bool]) -> dict[str, set[int]]:
    """Maps those of the words that are tracking codes to the residents of their cases.

    The words have no dashes; the codes in the database are found with and without them.
    """
    query = select(Case.tracking_code, Case.resident_id).where(seen)
    codes = sorted(words & {word for word in words if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{4,18}", word)})
    found: dict[str, set[int]] = {}
    for start in range(0, len(codes), 500):
        some = [form for code in codes[start : start + 500] for form in (code, _with_dashes(code))]
        rows = session.execute(query.where(Case.tracking_code.in_(some)))
        found.update((code.replace("-", ""), {resident}) for code, resident in rows)
    return found


def _with_dashes(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _phone_in(person: StoredValue, row_key: bytes) -> str:
    """Returns the resident's phone, or "" if there is none or it cannot be decrypted: others must still be found."""
    try:
        words = _words(str(person.read(row_key).get("phone", "")))
    except CannotDecrypt:
        return ""
    return words[0] if words else ""


def _words(row: str) -> Sequence[str]:
    """Returns the cells of a row that are not empty: phones as 0812345678, codes as TX70AB12CD34E."""
    return [word for cell in re.split(r"[,;\t]", row) if (word := _plain(cell))]


def _plain(cell: str) -> str:
    """Returns a cell in the one form in which cells are compared, however a person or Excel wrote it.

    Invisible characters and quotes are removed, and the sign that tells Excel that a cell is text: ="0812345678".
    """
    shown = (sign for sign in arabic_digits(cell) if unicodedata.category(sign) not in ("Cf", "Cc"))
    plain = "".join("-" if unicodedata.category(sign) == "Pd" else sign for sign in shown)
    plain = _DECIMALS.sub("", plain.strip(" =\"'\u2018\u2019\u201c\u201d"))
    if not _PHONE.fullmatch(plain) or _DATE.fullmatch(plain):
        return re.sub(r"[\s-]", "", plain).upper()
    digits = re.sub(r"^\+?66(?=\d{8,9}$)", "0", re.sub(r"[^\d+]", "", plain))
    # Excel drops the leading zero of a number: of nine or ten digits, eight or nine are left.
    return f"0{digits}" if re.fullmatch(r"[1-9]\d{7,8}", digits) else digits
