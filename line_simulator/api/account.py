"""Answers the account endpoints: profiles, followers, loading animation, read marks, webhook address, link tokens."""

from datetime import UTC, datetime

from line_simulator.api.calls import ApiCall, ApiResponse, Endpoint, require_user_id
from line_simulator.channel.limits import LOADING, SIXTY_AN_HOUR, WEBHOOK_SETTING
from line_simulator.messages.schema import Required, Shape, one_of, text, url
from line_simulator.messages.validation import require
from line_simulator.refusals import Refusal

WEBHOOK = "/v2/bot/channel/webhook"
MAX_FOLLOWERS = 1000
LOADING_REQUEST = Shape({"chatId": Required(text(33)), "loadingSeconds": one_of(*range(5, 61, 5))})
READ_REQUEST = Shape({"markAsReadToken": Required(text(500))})
WEBHOOK_REQUEST = Shape({"endpoint": Required(url(500))})
TEST_REQUEST = Shape({"endpoint": url(500)})


def _show_profile(call: ApiCall, user_id: str) -> ApiResponse:
    require_user_id(user_id)
    resident = call.sim.residents.get(user_id)
    known = resident and not resident.blocked and (resident.friend or resident.wrote_at is not None)
    if not resident or not known or call.faults.get("profile_404"):
        raise Refusal(404, "Not found")
    return ApiResponse({"userId": user_id, "displayName": resident.name, "language": "th"})


def _list_followers(call: ApiCall) -> ApiResponse:
    if not call.sim.verified:
        raise Refusal(403, "Access to this API is not available for your account")
    limit = _read_number(call, "limit", default=300)
    start = _read_number(call, "start", default=0)
    if not 1 <= limit <= MAX_FOLLOWERS:
        raise Refusal(400, "The value for the 'limit' parameter is invalid")
    friends = [each.id for each in call.sim.residents.values() if each.friend and not each.blocked]
    page = friends[start : start + limit]
    more = start + limit < len(friends)
    return ApiResponse({"userIds": page, **({"next": str(start + limit)} if more else {})})


def _read_number(call: ApiCall, name: str, *, default: int) -> int:
    value = call.query.get(name, str(default))
    if not value.isdecimal():
        raise Refusal(400, f"The value for the '{name}' parameter is invalid")
    return int(value)


def _show_bot(call: ApiCall) -> ApiResponse:
    return ApiResponse(call.sim.bot_info())


def _start_loading(call: ApiCall) -> ApiResponse:
    body = call.json()
    require(LOADING_REQUEST, body)
    require_user_id(body["chatId"])
    call.sim.stream.publish("loading", resident=body["chatId"], seconds=body.get("loadingSeconds", 20))
    return ApiResponse({}, 202)


def _mark_as_read(call: ApiCall) -> ApiResponse:
    body = call.json()
    require(READ_REQUEST, body)
    for resident in call.sim.residents.values():
        if resident.chat.mark_read_up_to(body["markAsReadToken"]):
            call.sim.stream.publish("changed", resident=resident.id)
            return ApiResponse()
    raise Refusal(400, "Invalid mark as read token")


def _show_webhook(call: ApiCall) -> ApiResponse:
    if not call.sim.channel.webhook_url:
        raise Refusal(404, "The webhook endpoint is not set")
    return ApiResponse({"endpoint": call.sim.channel.webhook_url, "active": True})


def _set_webhook(call: ApiCall) -> ApiResponse:
    body = call.json()
    require(WEBHOOK_REQUEST, body)
    call.sim.channel.webhook_url = body["endpoint"]
    return ApiResponse()


def _test_webhook(call: ApiCall) -> ApiResponse:
    body = call.json() if call.raw else {}
    require(TEST_REQUEST, body)
    moment = datetime.fromtimestamp(call.sim.clock(), UTC).isoformat(timespec="milliseconds")
    return ApiResponse(
        {**call.sim.webhooks.verify(body.get("endpoint")), "timestamp": moment.replace("+00:00", "Z")}
    )


def _issue_link_token(call: ApiCall, user_id: str) -> ApiResponse:
    require_user_id(user_id)
    if user_id not in call.sim.residents:
        raise Refusal(404, "Not found")
    return ApiResponse({"linkToken": call.sim.ids.new_token()})


ENDPOINTS = (
    Endpoint("GET", "/v2/bot/profile/<user_id>", _show_profile, faults=("profile_404",)),
    Endpoint("GET", "/v2/bot/followers/ids", _list_followers),
    Endpoint("GET", "/v2/bot/info", _show_bot),
    Endpoint("POST", "/v2/bot/chat/loading/start", _start_loading, rate=LOADING),
    Endpoint("POST", "/v2/bot/chat/markAsRead", _mark_as_read),
    Endpoint("GET", f"{WEBHOOK}/endpoint", _show_webhook, rate=WEBHOOK_SETTING),
    Endpoint("PUT", f"{WEBHOOK}/endpoint", _set_webhook, rate=WEBHOOK_SETTING),
    Endpoint("POST", f"{WEBHOOK}/test", _test_webhook, rate=SIXTY_AN_HOUR, locked=False),
    Endpoint("POST", "/v2/bot/user/<user_id>/linkToken", _issue_link_token),
)
