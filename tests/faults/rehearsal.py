"""Does once in the zygote what its children then need not do: loads, configures and compiles everything."""

import base64
import hashlib
import hmac
import json
import logging
import time
from typing import Any

from sqlalchemy import Engine, select

from bot.context import open_app_context
from bot.line.delivery import Sender
from bot.line.messaging_api import LineClient
from bot.worker.content_fetcher import Fetcher
from bot.worker.inbox_worker import Worker
from bot.worker.schedule import tidy_up
from deploy.web import create_app
from store.cases.actions import Actor, act, hold_case
from store.cases.models import Case
from store.cases.workflows import Action, Who
from store.database import engine
from store.database.engine import Database
from tests.faults.lives import SECRET, Order, bot_settings

RESIDENT = f"U{'0' * 32}"
# A whole report of a street light; `1` is the first conversation of an empty database.
SAID: tuple[dict[str, Any], ...] = (
    {"type": "follow", "follow": {"isUnblocked": False}},
    {"type": "message", "message": {"type": "text", "id": "1", "text": "ไฟถนนดับ"}},
    {"type": "postback", "postback": {"data": "do=answer&c=1&q=danger&v=no"}},
    {"type": "message", "message": {"type": "location", "id": "2", "latitude": 16.4, "longitude": 102.8}},
    {"type": "message", "message": {"type": "image", "id": "3", "contentProvider": {"type": "line"}}},
    {"type": "message", "message": {"type": "text", "id": "4", "text": "สมศรี ใจดี"}},
    {"type": "message", "message": {"type": "text", "id": "5", "text": "0812345678"}},
    {"type": "postback", "postback": {"data": "do=send&c=1"}},
    {"type": "postback", "postback": {"data": "do=send&c=1"}},
    {"type": "unsend", "unsend": {"messageId": "3"}},
)


def share_engines() -> None:
    """Shares compiled statements between databases of the same kind; connections are never shared."""
    make = engine._engine
    patterns: dict[str, Engine] = {}

    def shared(url: str, patience: float) -> Engine:
        made = make(url, patience)
        pattern = patterns.setdefault(made.dialect.name, made)
        made.dialect, made._compiled_cache = pattern.dialect, pattern._compiled_cache
        return made

    engine._engine = shared


def rehearse(order: Order) -> None:
    """Runs everything once without sending: LINE cannot be reached. All connections are closed again."""
    logging.disable(logging.CRITICAL)
    settings = bot_settings({**order, "line_url": "http://127.0.0.1:1"})
    web, database, app = create_app(settings), Database(settings.store), open_app_context(settings)
    line = LineClient(settings.line_api_url, settings.line_api_data_url, settings.access_token)
    sender, fetcher = Sender(database, app, settings, line), Fetcher(database, app, line)
    for number, said in enumerate(SAID):
        body = _body(said, number)
        signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
        web.test_client().post("/line/webhook", data=body, headers={"x-line-signature": signature})
        Worker(database, app).work_once()
    with database.transaction() as session:
        case = hold_case(session, session.scalars(select(Case.id)).one())
        act(session, app.municipality, case, Action.ACCEPT, Actor(Who.SUPERVISOR))
    for step in (sender.deliver_once, fetcher.fetch_once):
        while step():
            pass
    tidy_up(database, app.media)
    database.close()
    web.extensions["webhook"].database.close()
    logging.disable(logging.NOTSET)


def _body(said: dict[str, Any], number: int) -> bytes:
    event = {
        **said,
        "webhookEventId": f"R{number:025d}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": int(time.time() * 1000) + number,
        "source": {"type": "user", "userId": RESIDENT},
        "replyToken": f"{number:032x}",
        "mode": "active",
    }
    return json.dumps({"destination": RESIDENT, "events": [event]}).encode()
