"""Makes signed webhooks as LINE sends them, ready to be written to a socket."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

SECRET = "the-channel-secret-of-the-benchmark"
TOKEN = "a-channel-access-token"
_DESTINATION = "U8e742f61d673b39c7fff3cecb7536ef0"


def text(words: str) -> dict[str, Any]:
    quote = "s1ocJHkCclM_0g6UZgCRpMSve75gPl0mYznEjEuz5EU6ITvLZoIZduI8DvGM4DYr2vUN7Eo4hRQt1symPRUxEo2lv"
    message = {"type": "text", "id": "589301234569113521", "quoteToken": quote, "text": words}
    return {"type": "message", "message": message}


def pin(title: str) -> dict[str, Any]:
    place = {"title": title, "address": "หมู่ 4", "latitude": 16.4322, "longitude": 102.8236}
    return {"type": "message", "message": {"type": "location", "id": "589301234569113522", **place}}


def tap(data: str) -> dict[str, Any]:
    return {"type": "postback", "postback": {"data": data}}


def webhook(what: dict[str, Any], *, number: str, resident: int) -> bytes:
    """Returns one request with one event. `number` makes event and reply token different from all others of a run."""
    event = {
        **what,
        "webhookEventId": f"01M7VBENCH{number}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": f"U{resident:032x}"},
        "replyToken": number,
        "mode": "active",
    }
    body = json.dumps({"destination": _DESTINATION, "events": [event]}, ensure_ascii=False).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    head = (
        "POST /line/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: LineBotWebhook/2.0\r\n"
        "Content-Type: application/json; charset=utf-8\r\n"
        f"x-line-signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
