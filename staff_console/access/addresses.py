"""Decides where somebody may be led after signing in."""

from urllib.parse import urlsplit


def safe_next(wanted: str | None) -> str | None:
    """Returns the address if it is inside this console, else None: a link must not lead elsewhere after sign-in."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/sign-")):
        return None
    if "\\" in wanted or not wanted.isprintable() or len(wanted) > 500:
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted
