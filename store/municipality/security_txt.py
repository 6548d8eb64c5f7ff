"""Writes security.txt, which says where to report a vulnerability: https://www.rfc-editor.org/rfc/rfc9116"""

from datetime import UTC, datetime, timedelta

from store.municipality.profile import Security

PATH = "/.well-known/security.txt"
# The RFC recommends less than a year. It is counted from the start of the process, which shows that the site is
# maintained.
GOOD_FOR = timedelta(days=180)


def security_txt(security: Security, started_at: datetime, address: str) -> str | None:
    """Returns the file's text, or None without a contact. `address` is that of the site, or "" where it is unknown."""
    if not security.contact:
        return None
    expires = (started_at + GOOD_FOR).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [f"Contact: {security.contact}", f"Expires: {expires}", "Preferred-Languages: th, en"]
    lines += [f"Canonical: {address}{PATH}"] if address.startswith("https://") else []
    lines += [f"Policy: {security.policy}"] if security.policy else []
    return "\n".join(lines) + "\n"
