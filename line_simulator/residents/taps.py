"""Performs a tapped action as LINE does: a message, a postback, another rich menu, or nothing."""

import re
from typing import Any

from line_simulator.messages.actions import MOMENTS
from line_simulator.refusals import ActionNotAllowed
from line_simulator.residents.protocols import TappingResident

Json = dict[str, Any]
# The phone does these by itself: it opens an address, a camera or a map; the platform hears nothing yet.
ON_THE_PHONE = {"uri", "clipboard", "camera", "cameraRoll", "location"}


def perform(resident: TappingResident, action: Json, params: dict[str, str]) -> None:
    kind = action.get("type")
    if kind in ON_THE_PHONE:
        return
    moment = _read_moment(action, params) if kind == "datetimepicker" else {}
    _use_quick_reply(resident, action)
    match kind:
        case "message":
            resident.says(action["text"])
        case "postback":
            _post_back(resident, action)
        case "datetimepicker":
            _emit(resident, action, moment)
        case "richmenuswitch":
            _switch_menu(resident, action)
        case _:
            raise ActionNotAllowed("unknown_button")


def _post_back(resident: TappingResident, action: Json) -> None:
    resident.record_writing()
    if "text" in action:
        # The deprecated `text` sends a message of the resident, which has its own webhook event.
        resident.says(action["text"])
    elif "displayText" in action:
        resident.shows("resident", {"type": "text", "text": action["displayText"]})
    _emit(resident, action, {})


def _switch_menu(resident: TappingResident, action: Json) -> None:
    params = resident.simulator.menus.switch(resident.id, action["richMenuAliasId"])
    resident.simulator.stream.publish("changed", resident=resident.id)
    _emit(resident, action, params)


def _emit(resident: TappingResident, action: Json, params: dict[str, str]) -> None:
    postback: Json = {"data": action.get("data", "")}
    if params:
        postback["params"] = params
    resident.emit("postback", {"postback": postback})


def _read_moment(action: Json, params: dict[str, str]) -> dict[str, str]:
    mode = action["mode"]
    moment = params.get(mode) or params.get("moment") or ""
    if not re.fullmatch(MOMENTS[mode], moment):
        raise ActionNotAllowed("no_moment", mode=mode)
    moment = moment.upper()
    if moment < action.get("min", moment).upper() or moment > action.get("max", moment).upper():
        raise ActionNotAllowed("moment_out_of_range")
    return {mode: moment}


def _use_quick_reply(resident: TappingResident, action: Json) -> None:
    if action in resident.chat.live_quick_replies:
        resident.chat.quick_reply_used = True
        resident.simulator.stream.publish("changed", resident=resident.id)
