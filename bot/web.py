"""Receives LINE's webhook: checks the signature, stores the events durably, and answers 200.

Nothing else happens in the request.
"""

import base64
import hashlib
import hmac
import json
import os
import re
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from bot.line.events import occurred_at, whose
from bot.metrics import install_monitor
from bot.settings import BotSettings
from bot.web_context import WebContext, web_context
from store.database.encryption import WrongDataKey
from store.database.engine import Database
from store.database.storable_text import is_keepable, without_nul
from store.logs import note_municipality
from store.messaging import inbox
from store.messaging.group_commit import GroupCommit, NotCommitted
from store.operations.data_keys import open_database
from store.operations.metrics import open_registry
from store.operations.readiness import Readiness
from store.settings import refusing_in_one_line

# The largest body that is accepted; LINE's own are far smaller.
MAX_BYTES = 2 * 1024 * 1024
# LINE waits two seconds for the answer. A request waits for another that commits its events, then for the database.
QUEUE_SECONDS, PATIENCE_SECONDS = 0.5, 1.0
# LINE's events are six levels deep; an event that is much deeper could not be serialised again.
MAX_LEVELS = 30
_EVENT_ID = re.compile(r"[\x21-\x7e]{1,64}")


def create_app(settings: BotSettings | None = None) -> Flask:
    """Returns the WSGI application; reads the environment only when no settings are given."""
    if settings is None:
        with refusing_in_one_line():
            return create_app(BotSettings.from_environment(os.environ))
    database = open_database(settings.store, patience=PATIENCE_SECONDS)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES
    proxies = settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    name = settings.store.name
    intake = GroupCommit(database, patience=QUEUE_SECONDS)
    registry = open_registry(database, name)
    app.extensions["webhook"] = WebContext(settings, database, intake, Readiness(database), registry)
    app.before_request(lambda: note_municipality(name))
    app.before_request(refuse_unkeepable)
    app.add_url_rule("/line/webhook", view_func=receive, methods=["POST"])
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    install_monitor(app)
    return app


def refuse_unkeepable() -> Response | None:
    """Refuses an address with a character, such as U+0000, that a database column cannot hold; else returns None.

    In the body of a webhook such characters are removed instead.
    """
    values = (value for pair in request.args.items(multi=True) for value in pair)
    if is_keepable(request.path) and all(map(is_keepable, values)):
        return None
    return Response("ที่อยู่นี้มีอักขระที่ระบบอ่านไม่ได้ กรุณาเปิดลิงก์ใหม่อีกครั้งค่ะ", 400, mimetype="text/plain")


def receive() -> Response:
    body = request.get_data(cache=False)
    context = web_context()
    if not is_signed(body, request.headers.get("x-line-signature", ""), context.settings.channel_secrets):
        abort(400, "bad signature")
    try:
        context.intake.keep([_arrival(event, context.database) for event in _events(body)])
    except (NotCommitted, WrongDataKey, SQLAlchemyError, TimeoutError):
        # Not kept, so not acknowledged: LINE delivers the body again.
        abort(503, "try again")
    return Response("OK", mimetype="text/plain")


def is_signed(body: bytes, signature: str, secrets: tuple[str, ...]) -> bool:
    """Says whether the signature of the raw bytes was made with one of the secrets.

    See https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/.
    """
    given = signature.encode("utf-8", "replace")
    return any(
        hmac.compare_digest(base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)), given)
        for secret in secrets
    )


def _events(body: bytes) -> list[dict[str, Any]]:
    """Returns the events of a signed body; [] for a body that has none or is not as LINE writes it."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if b"\\u0000" in body:
        content = without_nul(content)
    events = content.get("events") if isinstance(content, dict) else None
    if not isinstance(events, list):
        return []
    return [event for event in events if isinstance(event, dict) and _is_shallow(event, MAX_LEVELS)]


def _is_shallow(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in inner)


def _arrival(event: dict[str, Any], database: Database) -> inbox.Arrival:
    event_id = event.get("webhookEventId")
    if not isinstance(event_id, str) or not _EVENT_ID.fullmatch(event_id):
        # Without an id of LINE's, the same content is the same event.
        event_id = database.cipher.fingerprint(json.dumps(event, sort_keys=True))
    owner = whose(event) or event_id
    return inbox.Arrival(event_id, database.cipher.fingerprint(owner), occurred_at(event), event)


def healthz() -> Response:
    return jsonify(alive=True)


def readyz() -> tuple[Response, int]:
    ready, report = web_context().readiness.report()
    return jsonify(report), 200 if ready else 503
