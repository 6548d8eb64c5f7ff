"""Serves the routes under /_sim that the chat page uses: residents, their actions, the log and the switches."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from line_simulator.faults import SWITCHES, Switch
from line_simulator.page import panel_actions
from line_simulator.page.language import page_language
from line_simulator.refusals import ActionNotAllowed, Refusal
from line_simulator.residents import Resident
from line_simulator.residents.contents import draw_preview
from line_simulator.simulator import Simulator
from line_simulator.words import word

Route = Callable[..., ResponseReturnValue]


def add_addresses(app: Flask) -> None:
    for method, rule, _ in ROUTES:
        app.add_url_rule(f"/_sim/{rule}", f"{method} {rule}", methods=[method])


def add_views(app: Flask, sim: Simulator) -> None:
    app.view_functions |= {f"{method} {rule}": partial(view, sim) for method, rule, view in ROUTES}
    app.register_error_handler(ActionNotAllowed, partial(_explain, sim))
    app.register_error_handler(Refusal, _explain_refusal)


class NotFound(ActionNotAllowed):
    """Says that a request names a resident or an action that does not exist."""


def _explain(sim: Simulator, refused: ActionNotAllowed) -> ResponseReturnValue:
    status = HTTPStatus.NOT_FOUND if isinstance(refused, NotFound) else HTTPStatus.CONFLICT
    return jsonify(error=refused.reason(page_language(sim))), status


def _explain_refusal(refusal: Refusal) -> ResponseReturnValue:
    return jsonify(error=refusal.body["message"]), refusal.status


def describe(resident: Resident) -> dict[str, Any]:
    return {
        "id": resident.id,
        "name": resident.name,
        "friend": resident.friend,
        "blocked": resident.blocked,
        "unread": resident.chat.unread,
        "rich_menu": _describe_menu(resident),
        "color": resident.color,
    }


def _describe_menu(resident: Resident) -> dict[str, Any] | None:
    menu = resident.rich_menu
    if menu is None:
        return None
    shown = {name: menu[name] for name in ("size", "chatBarText", "selected", "areas")}
    return {"id": menu["richMenuId"], "image_url": f"/_sim/richmenu/{menu['richMenuId']}/image", **shown}


def _show_state(sim: Simulator) -> ResponseReturnValue:
    with sim.lock:
        info = sim.bot_info()
        account = {
            "displayName": info["displayName"],
            "basicId": info["basicId"],
            "pictureUrl": None,
            "webhook_url": sim.channel.webhook_url,
        }
        return jsonify(
            account=account,
            residents=[describe(resident) for resident in sim.residents.values()],
            faults=sim.faults.values(),
            quota={"limit": sim.quota.limit, "used": sim.quota.used},
            clock=sim.now_ms(),
            last_event=sim.stream.last,
        )


def _add_resident(sim: Simulator) -> ResponseReturnValue:
    name = str(_read_json().get("name", "")).strip()
    if not name:
        raise ActionNotAllowed("no_name")
    with sim.lock:
        return jsonify(describe(sim.add_resident(name))), 201


def _list_bubbles(sim: Simulator, resident_id: str) -> ResponseReturnValue:
    after = request.args.get("after", default=0, type=int)
    with sim.lock:
        resident = _get_resident(sim, resident_id)
        resident.reads()
        fresh = [bubble for bubble in resident.chat.bubbles if bubble.seq > after]
        return jsonify(messages=[resident.chat.as_json(bubble) for bubble in fresh])


def _perform_action(sim: Simulator, resident_id: str, action: str) -> ResponseReturnValue:
    with sim.lock:
        resident = _get_resident(sim, resident_id)
        if action not in panel_actions.ACTIONS:
            raise NotFound("unknown_action")
        panel_actions.ACTIONS[action](resident)
        # A script finds the answer to this action by its reply token.
        return jsonify(ok=True, reply_token=resident.last_reply_token)


def _stream(sim: Simulator) -> ResponseReturnValue:
    # Events between a page's first request and its subscription must reach it too.
    last = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    events = sim.stream.listen(int(last) if last.isdecimal() else None)
    response = Response(events, mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    return response


def _show_content(sim: Simulator, message_id: str) -> ResponseReturnValue:
    content = sim.contents.get(message_id)
    if "preview" in request.args and content.kind in {"image", "video"}:
        return Response(draw_preview(content), content_type="image/jpeg")
    return Response(content.data, content_type=content.content_type)


def _show_menu_image(sim: Simulator, menu_id: str) -> ResponseReturnValue:
    picture = sim.menus.get_with_image(menu_id).image
    return Response(picture.data, content_type=picture.content_type) if picture else ("", 404)


def _show_log(sim: Simulator) -> ResponseReturnValue:
    with sim.lock:
        return jsonify(entries=sim.log.after(request.args.get("after", default=0, type=int)))


def _show_faults(sim: Simulator) -> ResponseReturnValue:
    return jsonify(
        faults=sim.faults.values(),
        switches=[_describe_switch(switch, page_language(sim)) for switch in SWITCHES],
    )


def _describe_switch(switch: Switch, language: str) -> dict[str, Any]:
    return {**vars(switch), "label": word(language, f"fault.{switch.name}")}


def _turn_faults(sim: Simulator) -> ResponseReturnValue:
    sim.faults.turn(**_read_json())
    if not sim.faults["webhook_down"]:
        sim.webhooks.retry_now()
    return jsonify(ok=True, faults=sim.faults.values())


def _set_webhook(sim: Simulator) -> ResponseReturnValue:
    address = str(_read_json().get("url", ""))
    if not address.startswith(("http://", "https://")):
        raise ActionNotAllowed("webhook_address")
    sim.channel.webhook_url = address
    return jsonify(ok=True)


def _verify_webhook(sim: Simulator) -> ResponseReturnValue:
    return jsonify(sim.webhooks.verify())


def _set_quota(sim: Simulator) -> ResponseReturnValue:
    wanted = _read_json()
    limit = wanted.get("limit", sim.quota.limit)
    with sim.lock:
        sim.quota.set(
            limit=None if limit is None else int(limit), used=int(wanted.get("used", sim.quota.used))
        )
    return jsonify(ok=True)


def _send_raw(sim: Simulator) -> ResponseReturnValue:
    return jsonify(ok=True, status=sim.send_raw(request.get_data()))


def _read_json() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _get_resident(sim: Simulator, resident_id: str) -> Resident:
    if resident_id not in sim.residents:
        raise NotFound("unknown_resident")
    return sim.residents[resident_id]


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "state", _show_state),
    ("POST", "residents", _add_resident),
    ("GET", "residents/<resident_id>/messages", _list_bubbles),
    ("POST", "residents/<resident_id>/<action>", _perform_action),
    ("GET", "stream", _stream),
    ("GET", "content/<message_id>", _show_content),
    ("GET", "richmenu/<menu_id>/image", _show_menu_image),
    ("GET", "log", _show_log),
    ("GET", "faults", _show_faults),
    ("POST", "faults", _turn_faults),
    ("POST", "webhook", _set_webhook),
    ("POST", "webhook/verify", _verify_webhook),
    ("POST", "quota", _set_quota),
    ("POST", "raw", _send_raw),
)
