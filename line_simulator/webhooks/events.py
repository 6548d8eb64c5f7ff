"""Builds webhook events with LINE's own fields, in LINE's order."""

import base64
import hashlib
import hmac
import json
import re
from typing import Any

Event = dict[str, Any]


def write_event(
    kind: str, payload: Event, *, event_id: str, at_ms: int, user_id: str, reply_token: str | None
) -> Event:
    """Returns an event. A field without a value is left out, never null: an unfollow event has no `replyToken`."""
    event: Event = {
        "type": kind,
        **payload,
        "webhookEventId": event_id,
        "deliveryContext": {"isRedelivery": False},
        "timestamp": at_ms,
        "source": {"type": "user", "userId": user_id},
    }
    if reply_token:
        event["replyToken"] = reply_token
    event["mode"] = "active"
    return event


def as_redelivery(event: Event) -> Event:
    return {**event, "deliveryContext": {"isRedelivery": True}}


def write_body(destination: str, events: list[Event]) -> bytes:
    """Returns the body of a webhook request. LINE sends Thai as UTF-8 and emoji as \\uXXXX pairs."""
    body = {"destination": destination, "events": events}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r"[\U00010000-\U0010FFFF]", _escape, text).encode()


def _escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex().upper()}" for i in range(0, len(units), 2))


def sign(secret: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def write_headers(secret: str, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "LineBotWebhook/2.0",
        "x-line-signature": sign(secret, body),
    }
