"""Configures every web server process alike. The Procfile adds address, threads and application."""

import os
from typing import Any

worker_class = "deploy.buffering_worker.BufferingWorker"
# Waiting connections cost no thread. At this many, one that makes no progress is cut for a new one.
worker_connections = 500
# Longer than the proxy in front keeps its own (see nginx.conf): who closes first must not do it in mid-request.
keepalive = 15
control_socket_disable = True
# A response goes through the worker's buffer, never from file to socket in a thread.
sendfile = False
# Whom to believe is decided by TRUSTED_PROXIES in the applications, for all headers alike.
forwarded_allow_ips = ""
forwarder_headers = ""


def on_starting(server: Any) -> None:
    """Tells the applications where they are served; the console does not start for others without https."""
    hosts = [address[0] for address in server.cfg.address if isinstance(address, tuple)]
    os.environ["SERVED_AT"] = ",".join(hosts)
