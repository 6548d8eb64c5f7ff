"""Reads the audience of a broadcast from a form.

An uploaded list of phone numbers and tracking codes is not stored, only the residents that were found by it.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from staff_console.access.rate_limits import LISTS, count
from staff_console.broadcasts.parts import Problems, lines
from staff_console.broadcasts.wording import AUDIENCES
from staff_console.context import context, me
from store.audit.log import write_down
from store.broadcasts.audience import BadAudience, read_audience
from store.broadcasts.imported_list import find_listed
from store.cases.queue import find_by_number
from store.database.encryption import CannotDecrypt
from store.staff.rate_limits import LimitReached

LARGEST_LIST = 2 * 1024 * 1024
MAX_CASES = 200  # named in wording.py
TOO_MANY_LISTS = "too_many_lists"
ABOUT = "console.audience"
# These audiences name single cases or residents. The form carries them encrypted in a hidden field; this maps each to
# the key under which they are listed there.
_KEPT = {"cases": "values", "list": "residents"}


@dataclass
class Chosen:
    """Holds the audience chosen in the form.

    `who` is a key of AUDIENCES. `values` maps such a key to the checkboxes that are ticked for it. `cases` is the text
    of the field for case numbers. `kept` is the audience, as data, of the cases or residents found so far. `missing`
    are the rows of a list for which nobody was found, each with its number; None if this request read no list.
    """

    who: str = "everyone"
    values: dict[str, list[str]] = field(default_factory=dict)
    cases: str = ""
    kept: dict[str, Any] = field(default_factory=dict)
    missing: Sequence[tuple[int, str]] | None = None

    @property
    def encrypted(self) -> str:
        """Returns `kept` encrypted, for a hidden field of the form; empty if nothing is kept.

        Only a form of the same person can be decrypted again.
        """
        if not self.kept:
            return ""
        encrypted = context().database.cipher.encrypt_value(self.kept, ABOUT, _of_me())
        return base64.urlsafe_b64encode(encrypted).decode()

    @property
    def count_kept(self) -> int:
        return len(self.kept.get(_KEPT[self.who], ())) if self.kept.get("who") == self.who else 0

    def as_data(self) -> dict[str, Any]:
        if self.who in _KEPT:
            return self.kept if self.kept.get("who") == self.who else {"who": self.who}
        values = self.values.get(self.who, [])
        return {"who": self.who, "values": values} if values else {"who": self.who}


def _of_me() -> bytes:
    return f"staff {me().id}".encode()


def read_chosen() -> Chosen:
    """Returns the audience as submitted in the form; it does not look up cases or residents yet."""
    form = request.form
    who = form.get("audience.who", "")
    return Chosen(
        who=who if who in AUDIENCES else "everyone",
        values={
            key: form.getlist(f"audience.{key}")[:200] for key in ("moo", "community", "topic", "service")
        },
        cases=lines("audience.cases"),
        kept=_opened(form.get("audience.kept", "")),
    )


def _opened(encrypted: str) -> dict[str, Any]:
    """Returns the decrypted value of the hidden field; empty if it does not decrypt for this person."""
    try:
        opened = base64.urlsafe_b64decode(encrypted.encode())
        kept = context().database.cipher.decrypt_value(opened, ABOUT, _of_me())
    except (CannotDecrypt, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def chosen_of(audience: Mapping[str, Any]) -> Chosen:
    """Returns the form fields for a stored audience, to edit it."""
    who = audience["who"]
    if who in _KEPT:
        return Chosen(who, kept=dict(audience))
    return Chosen(who, {who: list(audience.get("values", ()))})


def look_up(session: Session, chosen: Chosen) -> Problems:
    """Puts the typed cases, or the residents found by the attached list, into `chosen`; returns the problems."""
    problems: Problems = {}
    if chosen.who == "list":
        problems = _import(session, chosen)
    elif chosen.who == "cases" and chosen.cases:
        problems = _find_cases(session, chosen)
    if problems:
        return problems
    try:
        read_audience(chosen.as_data())
    except BadAudience as error:
        return {"audience": error.reason}
    return {}


def status_of(problems: Problems) -> int:
    """Returns the HTTP status of a page with these problems: 200 for none, 429 for too many lists, else 400."""
    if not problems:
        return 200
    return 429 if TOO_MANY_LISTS in problems.values() else 400


def _import(session: Session, chosen: Chosen) -> Problems:
    sent = request.files.get("audience.file")
    if sent is None or not sent.filename:
        return {}
    try:
        with context().database.transaction() as counting:
            count(counting, LISTS)
    except LimitReached:
        return {"audience": TOO_MANY_LISTS}
    text = _decoded(sent.read(LARGEST_LIST + 1))
    if text is None:
        return {"audience": "unreadable_list"}
    try:
        found = find_listed(session, text.splitlines(), by=me())
    except BadAudience as error:
        return {"audience": error.reason}
    chosen.kept = {"who": "list", "residents": list(found.residents)}
    chosen.missing = found.missing
    with context().database.transaction() as writing:
        counts = {"residents": len(found.residents), "rows_of_nobody": len(found.missing)}
        write_down(writing, "list_lookup", staff_id=me().id, details=counts)
    return {}


def _decoded(data: bytes) -> str | None:
    """Decodes UTF-8 or cp874, which Excel writes in Thai; returns None for other bytes or a file that is too large."""
    if len(data) > LARGEST_LIST or b"\0" in data:
        return None
    for encoding in ("utf-8-sig", "cp874"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _find_cases(session: Session, chosen: Chosen) -> Problems:
    """Puts the typed cases into `chosen`. A case that this person may not see counts as unknown."""
    typed = [number for number in re.split(r"[\s,;]+", chosen.cases) if number]
    if len(typed) > MAX_CASES:
        return {"audience": "too_many_cases"}
    ids = []
    for number in typed:
        found = find_by_number(session, me(), number).cases
        if len(found) != 1:
            return {"audience": "unknown_cases"}
        ids.append(str(found[0].id))
    chosen.kept = {"who": "cases", "values": sorted(set(ids), key=int)}
    return {}
