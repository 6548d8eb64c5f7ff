"""Answers the messaging endpoints: reply, push, multicast, narrowcast, broadcast, validation, quota, statistics."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from line_simulator.api import sending
from line_simulator.api.calls import ApiCall, ApiResponse, Endpoint
from line_simulator.channel.limits import MULTICAST, ORDINARY, SIXTY_AN_HOUR, Rate
from line_simulator.messages.validation import require_request
from line_simulator.refusals import Refusal

Send = Callable[[Any, dict[str, Any]], dict[str, Any]]
BASE = "/v2/bot/message"


def _send(kind: str, send: Send, call: ApiCall) -> ApiResponse:
    body = call.json()
    require_request(kind, body)
    if kind == "reply" and call.faults.get("reply_token_expired"):
        raise Refusal(400, "Invalid reply token")
    return ApiResponse(send(call.sim, body), 202 if kind == "narrowcast" else 200)


def _endpoint(kind: str, send: Send, rate: Rate = ORDINARY) -> Endpoint:
    return Endpoint(
        "POST",
        f"{BASE}/{kind}",
        partial(_send, kind, send),
        rate=rate,
        retries=kind != "reply",
        faults=("reply_token_expired",) if kind == "reply" else (),
    )


def _validate(call: ApiCall) -> ApiResponse:
    require_request("validate", call.json())
    return ApiResponse()


def _show_quota(call: ApiCall) -> ApiResponse:
    limit = call.sim.quota.limit
    return ApiResponse({"type": "none"} if limit is None else {"type": "limited", "value": limit})


def _show_consumption(call: ApiCall) -> ApiResponse:
    return ApiResponse({"totalUsage": call.sim.quota.used})


def _show_sent(kind: str, call: ApiCall) -> ApiResponse:
    day = call.query.get("date", "")
    if not re.fullmatch(r"\d{8}", day):
        raise Refusal(400, "The value for the 'date' parameter is invalid")
    sent = call.sim.quota.sent_on(kind, day)
    return ApiResponse({"status": "unready"} if sent is None else {"status": "ready", "success": sent})


def _show_narrowcast_progress(call: ApiCall) -> ApiResponse:
    """Answers that the narrowcast has succeeded; the simulator sends it within the request."""
    if not call.query.get("requestId"):
        raise Refusal(400, "The value for the 'requestId' parameter is invalid")
    return ApiResponse({"phase": "succeeded"})


def _count_units(call: ApiCall) -> ApiResponse:
    return ApiResponse({"numOfCustomAggregationUnits": len(call.sim.aggregation_units)})


def _list_units(call: ApiCall) -> ApiResponse:
    return ApiResponse({"customAggregationUnits": sorted(call.sim.aggregation_units)})


ENDPOINTS = (
    _endpoint("reply", sending.reply),
    _endpoint("push", sending.push),
    _endpoint("multicast", sending.multicast, MULTICAST),
    _endpoint("narrowcast", sending.narrowcast, SIXTY_AN_HOUR),
    _endpoint("broadcast", sending.broadcast, SIXTY_AN_HOUR),
    *(
        Endpoint("POST", f"{BASE}/validate/{kind}", _validate)
        for kind in ("reply", "push", "multicast", "narrowcast", "broadcast")
    ),
    Endpoint("GET", f"{BASE}/quota", _show_quota),
    Endpoint("GET", f"{BASE}/quota/consumption", _show_consumption),
    *(
        Endpoint("GET", f"{BASE}/delivery/{kind}", partial(_show_sent, kind))
        for kind in ("reply", "push", "multicast", "broadcast")
    ),
    Endpoint("GET", f"{BASE}/progress/narrowcast", _show_narrowcast_progress),
    Endpoint("GET", f"{BASE}/aggregation/info", _count_units),
    Endpoint("GET", f"{BASE}/aggregation/list", _list_units),
)
