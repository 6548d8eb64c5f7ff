"""Reads where the server says it serves this process. That is no setting: only deploy/gunicorn.conf.py writes it."""

from collections.abc import Mapping
from typing import Final

from store.settings import is_this_machine

SERVED_AT: Final = "SERVED_AT"


def hosts_for_others(environ: Mapping[str, str]) -> list[str]:
    """Returns the hosts it is bound to that other machines reach: none for a socket file or under another server."""
    return [host for host in environ.get(SERVED_AT, "").split(",") if host and not is_this_machine(host)]
