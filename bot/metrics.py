"""Serves the figures of the web process at /metrics, and logs its failures without personal data."""

import logging

from flask import Flask, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from bot.web_context import web_context
from store.logs import failure_fields, set_up_logs
from store.operations.metrics import CONTENT_TYPE, exposition, is_bearer, is_this_machine

log = logging.getLogger(__name__)

# With one of these headers, a proxy of this machine forwards the request of a client that may be elsewhere.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def install_monitor(app: Flask) -> None:
    set_up_logs()
    app.add_url_rule("/metrics", view_func=metrics)
    app.register_error_handler(Exception, show_failure)


def metrics() -> Response:
    if not _may_see():
        abort(404)
    return Response(exposition(web_context().registry), content_type=CONTENT_TYPE)


def _may_see() -> bool:
    """Says whether the client may see the figures: if it sends METRICS_TOKEN or, without one, is this machine.

    A request that a proxy on this machine forwards also seems to come from this machine, so one with a proxy's headers
    is refused. A proxy that adds no headers cannot be noticed: behind such a proxy a token is needed.
    """
    settings = web_context().settings
    if settings.metrics_token:
        return is_bearer(request.headers.get("Authorization", ""), settings.metrics_token)
    was_forwarded = any(name in request.headers for name in _FORWARDED)
    return is_this_machine(request.remote_addr) and not was_forwarded


def show_failure(error: Exception) -> ResponseReturnValue | HTTPException:
    """Logs the failure without the error's text, which can quote a resident and which Flask would log."""
    log.error("failure", extra={"endpoint": request.endpoint, **failure_fields(error)})
    return current_app.handle_http_exception(InternalServerError())
