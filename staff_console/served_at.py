"""Where this process is served, as the server tells it: no setting; only deploy/gunicorn.conf.py writes it."""

from collections.abc import Mapping
from typing import Final

from store.settings import is_this_machine

SERVED_AT: Final = "SERVED_AT"


def hosts_for_others(environ: Mapping[str, str]) -> list[str]:
    """The hosts it is bound to that other machines reach; a socket file has none, and another server tells none."""
    return [host for host in environ.get(SERVED_AT, "").split(",") if host and not is_this_machine(host)]
