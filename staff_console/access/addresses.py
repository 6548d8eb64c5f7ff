"""Checks that an address to which a browser is sent on is a path of this console."""

from urllib.parse import urlsplit


def safe_next(wanted: str | None) -> str | None:
    """Returns `wanted` if it is a path of this console, else None.

    Otherwise a link to the sign-in page could send people on to another site. The sign-in and sign-out pages also
    give None.
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/sign-")):
        return None
    if "\\" in wanted or not wanted.isprintable() or len(wanted) > 500:
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted
