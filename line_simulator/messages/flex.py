"""Describes LINE's Flex messages: containers, components and their limits."""

import json
from collections.abc import Iterator
from typing import Any

from line_simulator.messages.actions import FLEX_AREA_ACTION, FLEX_BUTTON_ACTION
from line_simulator.messages.schema import (
    Check,
    Fields,
    ObjectRule,
    Problem,
    Required,
    Shape,
    Tagged,
    boolean,
    either,
    integer,
    items,
    join,
    lazy,
    matches,
    one_of,
    text,
    url,
)

PIXELS = matches(r"\d+(\.\d+)?px", meaning="a number of px")
PERCENT = matches(r"\d+(\.\d+)?%", meaning="a percentage")
SIGNED = matches(r"-?\d+(\.\d+)?(px|%)", meaning="a number of px or %")
COLOR = matches(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})", meaning="a #RRGGBB or #RRGGBBAA colour")
TEXT_SIZES = ("xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl")


def _size(*words: str, units: tuple[Check, ...] = (PIXELS,)) -> Check:
    return either(one_of(*words), *units, meaning=f"one of [{', '.join(words)}] or a measure")


GAP = _size("none", "xs", "sm", "md", "lg", "xl", "xxl")
PADDING = _size("none", "xs", "sm", "md", "lg", "xl", "xxl", units=(PIXELS, PERCENT))
OFFSET = _size("none", "xs", "sm", "md", "lg", "xl", "xxl", units=(SIGNED,))
LENGTH = either(PIXELS, PERCENT, meaning="a number of px or %")
TEXT_SIZE = _size(*TEXT_SIZES)
FLEX = integer(0, 2**31 - 1)


def _aspect_ratio(value: Any, path: str) -> Iterator[Problem]:
    problems = list(matches(r"[1-9]\d*(\.\d+)?:[1-9]\d*(\.\d+)?", meaning="{width}:{height}")(value, path))
    yield from problems
    if not problems:
        width, height = (float(part) for part in value.split(":"))
        if max(width, height) > 100_000 or height > 3 * width:
            yield Problem(path, "Must be at most 100000 and no taller than three times its width")


POSITIONING: Fields = {
    "margin": GAP,
    "position": one_of("relative", "absolute"),
    "offsetTop": OFFSET,
    "offsetBottom": OFFSET,
    "offsetStart": OFFSET,
    "offsetEnd": OFFSET,
}
ALIGNMENT: Fields = {
    "align": one_of("start", "end", "center"),
    "gravity": one_of("top", "bottom", "center"),
}
TEXT_STYLE: Fields = {
    "size": TEXT_SIZE,
    "color": COLOR,
    "weight": one_of("regular", "bold"),
    "style": one_of("normal", "italic"),
    "decoration": one_of("none", "underline", "line-through"),
}
GRADIENT = Tagged(
    {
        "linearGradient": Shape(
            {
                "angle": Required(matches(r"\d+(\.\d+)?deg", meaning="an angle in deg")),
                "startColor": Required(COLOR),
                "endColor": Required(COLOR),
                "centerColor": COLOR,
                "centerPosition": PERCENT,
            }
        )
    }
)


def _text_or_spans(value: dict[str, Any], path: str) -> Iterator[Problem]:
    if "text" not in value and not value.get("contents"):
        yield Problem(join(path, "text"), "Must specify text or contents")


def _fits_its_layout(box: dict[str, Any], path: str) -> Iterator[Problem]:
    allowed = (
        {"icon", "text", "filler"}
        if box["layout"] == "baseline"
        else {"box", "button", "image", "text", "separator", "filler"}
    )
    for index, component in enumerate(box["contents"]):
        if component["type"] not in allowed:
            yield Problem(f"{path}.contents[{index}].type", f"Not allowed in a {box['layout']} box")


SPAN = Tagged({"span": Shape({"text": text(2000, minimum=0), **TEXT_STYLE})})
COMPONENTS: dict[str, Check] = {
    "box": lazy(lambda: BOX),
    "button": Shape(
        {
            **POSITIONING,
            "action": Required(FLEX_BUTTON_ACTION),
            "flex": FLEX,
            "height": one_of("sm", "md"),
            "style": one_of("primary", "secondary", "link"),
            "color": COLOR,
            "gravity": ALIGNMENT["gravity"],
            "adjustMode": one_of("shrink-to-fit"),
            "scaling": boolean,
        }
    ),
    "image": Shape(
        {
            **POSITIONING,
            **ALIGNMENT,
            "url": Required(url()),
            "flex": FLEX,
            "size": _size(*TEXT_SIZES, "full", units=(PIXELS, PERCENT)),
            "aspectRatio": _aspect_ratio,
            "aspectMode": one_of("cover", "fit"),
            "backgroundColor": COLOR,
            "action": FLEX_AREA_ACTION,
            "animated": boolean,
        }
    ),
    "icon": Shape(
        {
            **POSITIONING,
            "url": Required(url()),
            "size": TEXT_SIZE,
            "aspectRatio": _aspect_ratio,
            "scaling": boolean,
        }
    ),
    "text": Shape(
        {
            **POSITIONING,
            **ALIGNMENT,
            **TEXT_STYLE,
            "text": text(10_000),
            "contents": items(SPAN, minimum=0, maximum=1000),
            "adjustMode": one_of("shrink-to-fit"),
            "flex": FLEX,
            "wrap": boolean,
            "lineSpacing": PIXELS,
            "maxLines": integer(0, 2**31 - 1),
            "action": FLEX_AREA_ACTION,
            "scaling": boolean,
        },
        (_text_or_spans,),
    ),
    "separator": Shape({"margin": GAP, "color": COLOR}),
    "filler": Shape({"flex": FLEX}),
}
COMPONENT = Tagged(COMPONENTS)
BOX: Shape = Shape(
    {
        **POSITIONING,
        "layout": Required(one_of("horizontal", "vertical", "baseline")),
        "contents": Required(items(COMPONENT, minimum=0, maximum=1000)),
        "backgroundColor": COLOR,
        "borderColor": COLOR,
        "borderWidth": _size("none", "light", "normal", "medium", "semi-bold", "bold"),
        "cornerRadius": _size("none", "xs", "sm", "md", "lg", "xl", "xxl"),
        "width": LENGTH,
        "maxWidth": LENGTH,
        "height": LENGTH,
        "maxHeight": LENGTH,
        "flex": FLEX,
        "spacing": GAP,
        "paddingAll": PADDING,
        "paddingTop": PADDING,
        "paddingBottom": PADDING,
        "paddingStart": PADDING,
        "paddingEnd": PADDING,
        "action": FLEX_AREA_ACTION,
        "justifyContent": one_of(
            "flex-start", "center", "flex-end", "space-between", "space-around", "space-evenly"
        ),
        "alignItems": one_of("flex-start", "center", "flex-end"),
        "background": GRADIENT,
    },
    (_fits_its_layout,),
)
ONLY_BOX = Tagged({"box": BOX})
VIDEO = Shape(
    {
        "url": Required(url()),
        "previewUrl": Required(url()),
        "altContent": Required(Tagged({"box": BOX, "image": COMPONENTS["image"]})),
        "aspectRatio": _aspect_ratio,
        "action": FLEX_BUTTON_ACTION,
    }
)
BLOCK_STYLE = Shape({"backgroundColor": COLOR, "separator": boolean, "separatorColor": COLOR})


def _smaller_than(maximum: int) -> ObjectRule:
    """Returns a rule for the size in KB. LINE does not document how it measures Thai, so the longer form
    (\\uXXXX) must fit."""

    def rule(value: dict[str, Any], path: str) -> Iterator[Problem]:
        if len(json.dumps(value, separators=(",", ":"))) > maximum * 1024:
            yield Problem(path, f"Must be smaller than {maximum} KB")

    return rule


def _video_needs_a_wide_bubble(bubble: dict[str, Any], path: str) -> Iterator[Problem]:
    hero = bubble.get("hero", {}).get("type")
    if hero == "video" and bubble.get("size", "mega") not in {"kilo", "mega", "giga"}:
        yield Problem(join(path, "size"), "A video needs a kilo, mega or giga bubble")


def _bubbles_agree(carousel: dict[str, Any], path: str) -> Iterator[Problem]:
    bubbles = carousel["contents"]
    if len({bubble.get("size", "mega") for bubble in bubbles}) > 1:
        yield Problem(join(path, "contents"), "Every bubble must have the same size")
    for index, bubble in enumerate(bubbles):
        if bubble.get("hero", {}).get("type") == "video":
            yield Problem(f"{path}.contents[{index}].hero", "A video is not allowed in a carousel")


BUBBLE = Shape(
    {
        "size": one_of("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
        "direction": one_of("ltr", "rtl"),
        "header": ONLY_BOX,
        "hero": Tagged({"box": BOX, "image": COMPONENTS["image"], "video": VIDEO}),
        "body": ONLY_BOX,
        "footer": ONLY_BOX,
        "styles": Shape(dict.fromkeys(("header", "hero", "body", "footer"), BLOCK_STYLE)),
        "action": FLEX_AREA_ACTION,
    },
    (_smaller_than(30), _video_needs_a_wide_bubble),
)
CAROUSEL = Shape(
    {"contents": Required(items(Tagged({"bubble": BUBBLE}), minimum=1, maximum=12))},
    (_smaller_than(50), _bubbles_agree),
)
CONTAINER = Tagged({"bubble": BUBBLE, "carousel": CAROUSEL})
