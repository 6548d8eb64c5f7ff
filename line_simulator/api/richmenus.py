"""Answers the rich menu endpoints: create, upload an image, set the default, link, alias, batch."""

from datetime import UTC, datetime

from line_simulator.api.calls import ApiCall, ApiResponse, Endpoint, require_user_id
from line_simulator.channel.limits import MENU_BATCH, MENU_CHANGE, MENU_LIST
from line_simulator.messages.validation import require
from line_simulator.refusals import Refusal
from line_simulator.richmenus.images import read_picture
from line_simulator.richmenus.schema import BATCH, BULK_LINK, BULK_UNLINK, CHANGED_ALIAS, NEW_ALIAS
from line_simulator.richmenus.validation import require_rich_menu

MENU = "/v2/bot/richmenu"
ONE = f"{MENU}/<menu_id>"
ALIAS = f"{MENU}/alias"
EVERYONE = "/v2/bot/user/all/richmenu"
PERSON = "/v2/bot/user/<user_id>/richmenu"


def _create(call: ApiCall) -> ApiResponse:
    body = call.json()
    require_rich_menu(body)
    return ApiResponse({"richMenuId": call.sim.menus.create(body).id})


def _validate(call: ApiCall) -> ApiResponse:
    require_rich_menu(call.json())
    return ApiResponse()


def _list(call: ApiCall) -> ApiResponse:
    return ApiResponse({"richmenus": [menu.as_json() for menu in call.sim.menus.menus.values()]})


def _show(call: ApiCall, menu_id: str) -> ApiResponse:
    return ApiResponse(call.sim.menus.get(menu_id).as_json())


def _delete(call: ApiCall, menu_id: str) -> ApiResponse:
    call.sim.menus.delete(menu_id)
    return _changed(call)


def _upload(call: ApiCall, menu_id: str) -> ApiResponse:
    call.sim.menus.get(menu_id)
    call.sim.menus.set_image(menu_id, read_picture(call.raw, call.content_type))
    return _changed(call)


def _download(call: ApiCall, menu_id: str) -> ApiResponse:
    picture = call.sim.menus.get(menu_id).image
    if picture is None:
        raise Refusal(404, "The richmenu has no image")
    return ApiResponse(picture.data, headers={"Content-Type": picture.content_type})


def _set_default(call: ApiCall, menu_id: str) -> ApiResponse:
    call.sim.menus.default_id = call.sim.menus.get_with_image(menu_id).id
    return _changed(call)


def _show_default(call: ApiCall) -> ApiResponse:
    if call.sim.menus.default_id is None:
        raise Refusal(404, "no default richmenu")
    return ApiResponse({"richMenuId": call.sim.menus.default_id})


def _clear_default(call: ApiCall) -> ApiResponse:
    call.sim.menus.default_id = None
    return _changed(call)


def _link(call: ApiCall, user_id: str, menu_id: str) -> ApiResponse:
    require_user_id(user_id)
    menu = call.sim.menus.get_with_image(menu_id)
    _link_if_friend(call, user_id, menu.id)
    return _changed(call)


def _show_linked(call: ApiCall, user_id: str) -> ApiResponse:
    require_user_id(user_id)
    if user_id not in call.sim.menus.linked:
        raise Refusal(404, "the user has no richmenu")
    return ApiResponse({"richMenuId": call.sim.menus.linked[user_id]})


def _unlink(call: ApiCall, user_id: str) -> ApiResponse:
    require_user_id(user_id)
    call.sim.menus.linked.pop(user_id, None)
    return _changed(call)


def _bulk_link(call: ApiCall) -> ApiResponse:
    body = call.json()
    require(BULK_LINK, body)
    menu = call.sim.menus.get_with_image(body["richMenuId"])
    for user_id in body["userIds"]:
        _link_if_friend(call, user_id, menu.id)
    return _changed(call, status=202)


def _bulk_unlink(call: ApiCall) -> ApiResponse:
    body = call.json()
    require(BULK_UNLINK, body)
    for user_id in body["userIds"]:
        call.sim.menus.linked.pop(user_id, None)
    return _changed(call, status=202)


def _create_alias(call: ApiCall) -> ApiResponse:
    body = call.json()
    require(NEW_ALIAS, body)
    call.sim.menus.create_alias(body["richMenuAliasId"], body["richMenuId"])
    return ApiResponse()


def _change_alias(call: ApiCall, alias_id: str) -> ApiResponse:
    body = call.json()
    require(CHANGED_ALIAS, body)
    call.sim.menus.change_alias(alias_id, body["richMenuId"])
    return ApiResponse()


def _show_alias(call: ApiCall, alias_id: str) -> ApiResponse:
    return ApiResponse({**call.sim.menus.get_alias(alias_id)})


def _delete_alias(call: ApiCall, alias_id: str) -> ApiResponse:
    call.sim.menus.delete_alias(alias_id)
    return ApiResponse()


def _list_aliases(call: ApiCall) -> ApiResponse:
    return ApiResponse({"aliases": [call.sim.menus.get_alias(alias) for alias in call.sim.menus.aliases]})


def _run_batch(call: ApiCall) -> ApiResponse:
    body = call.json()
    require(BATCH, body)
    call.sim.menus.accept_batch(call.request_id, body["operations"])
    return _changed(call, status=202)


def _validate_batch(call: ApiCall) -> ApiResponse:
    require(BATCH, call.json())
    return ApiResponse()


def _show_batch(call: ApiCall) -> ApiResponse:
    request_id = call.query.get("requestId")
    if not request_id:
        raise Refusal(400, "The value for the 'requestId' parameter is invalid")
    call.sim.menus.run_due_batches()
    batch = call.sim.menus.batches.get(request_id)
    if batch is None:
        raise Refusal(404, "The batch request was not found")
    accepted = {"acceptedTime": _format_time(batch.accepted_at)}
    if not batch.is_done:
        return ApiResponse({"phase": "ongoing", **accepted})
    return ApiResponse({"phase": "succeeded", **accepted, "completedTime": _format_time(batch.completes_at)})


def _format_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _link_if_friend(call: ApiCall, user_id: str, menu_id: str) -> None:
    """Links the menu to a friend. LINE answers 200 for strangers and blockers too, and links nothing."""
    resident = call.sim.residents.get(user_id)
    if resident and resident.friend and not resident.blocked:
        call.sim.menus.linked[user_id] = menu_id


def _changed(call: ApiCall, status: int = 200) -> ApiResponse:
    for user_id in call.sim.residents:
        call.sim.stream.publish("changed", resident=user_id)
    return ApiResponse({}, status)


ENDPOINTS = (
    Endpoint("POST", MENU, _create, rate=MENU_CHANGE),
    Endpoint("POST", f"{MENU}/validate", _validate),
    Endpoint("GET", f"{MENU}/list", _list, rate=MENU_LIST),
    Endpoint("GET", ONE, _show),
    Endpoint("DELETE", ONE, _delete, rate=MENU_CHANGE),
    Endpoint("POST", f"{ONE}/content", _upload),
    Endpoint("GET", f"{ONE}/content", _download),
    Endpoint("POST", f"{EVERYONE}/<menu_id>", _set_default),
    Endpoint("GET", EVERYONE, _show_default),
    Endpoint("DELETE", EVERYONE, _clear_default),
    Endpoint("POST", f"{PERSON}/<menu_id>", _link),
    Endpoint("GET", PERSON, _show_linked),
    Endpoint("DELETE", PERSON, _unlink),
    Endpoint("POST", f"{MENU}/bulk/link", _bulk_link),
    Endpoint("POST", f"{MENU}/bulk/unlink", _bulk_unlink),
    Endpoint("POST", ALIAS, _create_alias),
    Endpoint("GET", f"{ALIAS}/list", _list_aliases),
    Endpoint("POST", f"{ALIAS}/<alias_id>", _change_alias),
    Endpoint("GET", f"{ALIAS}/<alias_id>", _show_alias),
    Endpoint("DELETE", f"{ALIAS}/<alias_id>", _delete_alias, rate=MENU_CHANGE),
    Endpoint("POST", f"{MENU}/batch", _run_batch, rate=MENU_BATCH),
    Endpoint("POST", f"{MENU}/validate/batch", _validate_batch),
    Endpoint("GET", f"{MENU}/progress/batch", _show_batch, rate=MENU_CHANGE),
)
