"""Keeps forms that came when the session was over, or with the token of an earlier one: nothing typed is lost.

What was typed travels in hidden fields: through the page to sign in, then to a page that shows it and has a button to
send it again. So it works without scripts and in several tabs. Only what one of our own pages sent is kept: else
somebody's page elsewhere could lay words into an officer's hands and have them sent. Photos cannot travel so.
"""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from flask import current_app, render_template, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from staff_console.access.addresses import safe_next
from staff_console.access.permissions import NEVER_KEPT, PUBLIC

# A page to sign in takes 64 kB in all.
MAX_BYTES: Final = 48_000


@dataclass(frozen=True)
class KeptForm:
    """Holds a form: `path` is where it goes, `back` the page it came from, `fields` what it holds without the token."""

    path: str
    back: str
    fields: list[tuple[str, str]]
    had_files: bool

    @property
    def words(self) -> list[str]:
        """Returns the values that a person seems to have typed: no tokens, codes or numbers."""
        return [value for _, value in self.fields if not value.isascii() or " " in value.strip()]

    def packed(self) -> str:
        return json.dumps([self.path, self.back, self.fields, self.had_files], ensure_ascii=False)


def keep() -> KeptForm | None:
    """Returns the form of this request if one of our pages sent it and it is small enough; else None."""
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
    """Returns the form that the page to sign in carried along; None if it is not what we wrote there."""
    try:
        path, back, fields, had_files = json.loads(packed)
        fields = [(str(name), str(value)) for name, value in fields]
    except (ValueError, TypeError):
        return None
    if not isinstance(path, str) or not isinstance(back, str) or safe_next(path) is None:
        return None
    return KeptForm(path, back, fields, bool(had_files)) if _may_be_kept(urlsplit(path).path) else None


def show_kept(kept: KeptForm) -> str:
    """Shows the page with the words and the button. It needs no database, and names nobody."""
    return render_template(
        "access/kept_form.html", kept=kept, back=safe_next(kept.back) or url_for("queue.show")
    )


def path_of_referrer() -> str:
    """Returns the path of our page from which this form came, or an empty text."""
    where = _split(request.referrer or "")
    if where.netloc != request.host:
        return ""
    return f"{where.path}?{where.query}" if where.query else where.path


def _is_ours() -> bool:
    """Says whether our pages sent this form: browsers write Origin (Fetch Standard, 3.2); pages cannot change it."""
    sent_from = request.headers.get("Origin") or request.referrer or ""
    return _split(sent_from).netloc == request.host


def _split(address: str) -> SplitResult:
    """Returns the parts of an address, all empty if it is none."""
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
