"""Configures gunicorn for web and console alike. The Procfile adds address, processes, threads and application."""

import os
from typing import Any

worker_class = "deploy.buffering_worker.BufferingWorker"
# Waiting connections occupy no thread. At this many, the one with the earliest deadline is closed for a new one.
worker_connections = 500
# Longer than in the proxy (see nginx.conf), which must close first: only the proxy knows that it is about to send.
keepalive = 15
control_socket_disable = True
# A response goes through the worker's buffer, never from file to socket in a thread.
sendfile = False
# TRUSTED_PROXIES decides in the applications which proxies are trusted, for all headers alike.
forwarded_allow_ips = ""
forwarder_headers = ""


def on_starting(server: Any) -> None:
    """Passes the addresses to the applications in SERVED_AT; without https the console starts for this machine only."""
    hosts = [address[0] for address in server.cfg.address if isinstance(address, tuple)]
    os.environ["SERVED_AT"] = ",".join(hosts)
