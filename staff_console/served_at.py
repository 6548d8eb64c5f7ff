"""Reads from SERVED_AT the hosts that gunicorn binds. Only deploy/gunicorn.conf.py sets this variable."""

from collections.abc import Mapping
from typing import Final

from store.settings import is_this_machine

SERVED_AT: Final = "SERVED_AT"


def hosts_for_others(environ: Mapping[str, str]) -> list[str]:
    """Returns the bound hosts that other machines can reach.

    The list is empty for a Unix socket, and under a server that does not set SERVED_AT.
    """
    return [host for host in environ.get(SERVED_AT, "").split(",") if host and not is_this_machine(host)]
