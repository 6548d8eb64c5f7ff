"""Keeps a form that was submitted after the session had ended, or with the CSRF token of an earlier session.

Hidden fields carry the form through the sign-in page to a page that shows what was typed and has a button to send the
form again. This needs no scripts and works in several tabs. Only forms from our own pages are kept: otherwise a page of
another site could put words into a form and have an officer send them. Photos are not kept.
"""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from flask import current_app, render_template, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from staff_console.access.addresses import safe_next
from staff_console.access.permissions import NEVER_KEPT, PUBLIC

# The sign-in form, which carries the kept form, may have 64 kB in all.
MAX_BYTES: Final = 48_000


@dataclass(frozen=True)
class KeptForm:
    """Holds a submitted form.

    `path` is the address it is sent to, `back` the page it came from, and `fields` its names and values without the
    CSRF token. `had_files` says that files were attached, which are not kept.
    """

    path: str
    back: str
    fields: list[tuple[str, str]]
    had_files: bool

    @property
    def words(self) -> list[str]:
        """Returns the values that a person seems to have typed: those with a space or a character outside ASCII."""
        return [value for _, value in self.fields if not value.isascii() or " " in value.strip()]

    def packed(self) -> str:
        return json.dumps([self.path, self.back, self.fields, self.had_files], ensure_ascii=False)


def keep() -> KeptForm | None:
    """Returns the form of this request if one of our pages sent it, it is small enough and may be kept; else None."""
    if request.method != "POST" or not _is_ours() or not _may_be_kept(request.path):
        return None
    try:
        fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        had_files = any(file.filename for file in request.files.values())
    except RequestEntityTooLarge:
        return None
    kept = KeptForm(request.full_path.rstrip("?"), path_of_referrer(), fields, had_files)
    return kept if len(kept.packed().encode()) <= MAX_BYTES else None


def unpack(packed: str) -> KeptForm | None:
    """Returns the form from the hidden field of the sign-in page; None if the field holds no form that may be kept."""
    try:
        path, back, fields, had_files = json.loads(packed)
        fields = [(str(name), str(value)) for name, value in fields]
    except (ValueError, TypeError):
        return None
    if not isinstance(path, str) or not isinstance(back, str) or safe_next(path) is None:
        return None
    return KeptForm(path, back, fields, bool(had_files)) if _may_be_kept(urlsplit(path).path) else None


def show_kept(kept: KeptForm) -> str:
    """Returns the page with what was typed and a button to send it again. The page reads nothing from the database."""
    return render_template(
        "access/kept_form.html", kept=kept, back=safe_next(kept.back) or url_for("queue.show")
    )


def path_of_referrer() -> str:
    """Returns path and query of the console's page from which the form came; empty for another site or no Referer."""
    where = _split(request.referrer or "")
    if where.netloc != request.host:
        return ""
    return f"{where.path}?{where.query}" if where.query else where.path


def _is_ours() -> bool:
    """Says whether a page of this console sent the form, by the Origin header or, without it, by Referer.

    The browser writes Origin, and the scripts of a page cannot change it (Fetch Standard, 3.2).
    """
    sent_from = request.headers.get("Origin") or request.referrer or ""
    return _split(sent_from).netloc == request.host


def _split(address: str) -> SplitResult:
    """Returns the parts of an address; all are empty if it is not a valid address."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _may_be_kept(path: str) -> bool:
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return False
    return endpoint not in PUBLIC | NEVER_KEPT
