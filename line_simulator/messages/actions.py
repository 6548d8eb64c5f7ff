"""Describes LINE's action objects, and which of them messages and rich menus may hold. Imagemaps have their own."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from line_simulator.messages.counting import count_graphemes
from line_simulator.messages.schema import (
    Check,
    Problem,
    Required,
    Shape,
    Tagged,
    is_encoded,
    join,
    matches,
    one_of,
    text,
)

DATA = Required(text(300, minimum=0))
SHOWN = text(300, count=count_graphemes)
ALIAS_ID = matches(r"[a-z0-9_-]{1,32}", meaning="1-32 characters of a-z, 0-9, _ and -")

MOMENTS = {
    "date": r"(19\d\d|20\d\d|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
    "time": r"([01]\d|2[0-3]):[0-5]\d",
    # The reference writes the separator as "t" or "T".
    "datetime": r"(19\d\d|20\d\d|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d",
}


def label(maximum: int) -> Check:
    return text(maximum, count=count_graphemes)


def _display_text_without_text(action: dict[str, Any], path: str) -> Iterator[Problem]:
    if "displayText" in action and "text" in action:
        yield Problem(join(path, "displayText"), "Cannot be used together with text")


def _fill_in_text_needs_the_keyboard(action: dict[str, Any], path: str) -> Iterator[Problem]:
    if "fillInText" in action and action.get("inputOption") != "openKeyboard":
        yield Problem(join(path, "fillInText"), "Needs inputOption openKeyboard")


def _moments_fit_the_mode(action: dict[str, Any], path: str) -> Iterator[Problem]:
    pattern = MOMENTS[action["mode"]]
    given = [name for name in ("min", "initial", "max") if name in action]
    wrong = [name for name in given if not re.fullmatch(pattern, action[name])]
    for name in wrong:
        yield Problem(join(path, name), f"Must be a {action['mode']}")
    values = [action[name].upper() for name in given]
    if not wrong and values != sorted(values):
        yield Problem(join(path, "min"), "Must be in the order min, initial, max")
    if not wrong and "min" in action and action["min"] == action.get("max"):
        yield Problem(join(path, "min"), "Must be before max")


def openable(maximum: int = 1000) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not 1 <= len(value) <= maximum:
            yield Problem(path, f"Length must be between 1 and {maximum}")
        elif urlsplit(value).scheme not in {"http", "https", "line", "tel"}:
            yield Problem(path, "Invalid action URI: scheme must be http, https, line or tel")
        elif not is_encoded(value):
            yield Problem(path, "Invalid action URI: must be percent-encoded")

    return check


EVERYWHERE: dict[str, Shape] = {
    "postback": Shape(
        {
            "data": DATA,
            "displayText": SHOWN,
            "text": SHOWN,
            "inputOption": one_of("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"),
            "fillInText": SHOWN,
        },
        (_display_text_without_text, _fill_in_text_needs_the_keyboard),
    ),
    "message": Shape({"text": Required(SHOWN)}),
    "uri": Shape({"uri": Required(openable()), "altUri": Shape({"desktop": Required(openable())})}),
    "datetimepicker": Shape(
        {
            "data": DATA,
            "mode": Required(one_of("date", "time", "datetime")),
            "initial": text(16),
            "max": text(16),
            "min": text(16),
        },
        (_moments_fit_the_mode,),
    ),
    "clipboard": Shape({"clipboardText": Required(text(1000))}),
}
IN_QUICK_REPLIES: dict[str, Shape] = {name: Shape({}) for name in ("camera", "cameraRoll", "location")}
IN_RICH_MENUS: dict[str, Shape] = {
    "richmenuswitch": Shape({"richMenuAliasId": Required(ALIAS_ID), "data": DATA}),
}


def _action(label_field: Check | Required, extra: dict[str, Shape] | None = None) -> Tagged:
    shapes = {**EVERYWHERE, **(extra or {})}
    return Tagged({kind: shape.extended({"label": label_field}) for kind, shape in shapes.items()})


TEMPLATE_ACTION = _action(Required(label(20)))
DEFAULT_ACTION = _action(label(20))
IMAGE_CAROUSEL_ACTION = _action(label(12))
QUICK_REPLY_ACTION = _action(Required(label(20)), IN_QUICK_REPLIES)
RICH_MENU_ACTION = _action(label(20), IN_RICH_MENUS)
FLEX_BUTTON_ACTION = _action(Required(label(40)))
FLEX_AREA_ACTION = _action(label(40))
