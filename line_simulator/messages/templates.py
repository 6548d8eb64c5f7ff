"""Describes LINE's template messages: buttons, confirm, carousel and image carousel."""

from collections.abc import Iterator
from typing import Any

from line_simulator.messages.actions import DEFAULT_ACTION, IMAGE_CAROUSEL_ACTION, TEMPLATE_ACTION
from line_simulator.messages.counting import count_graphemes
from line_simulator.messages.schema import (
    Fields,
    ObjectRule,
    Problem,
    Required,
    Shape,
    Tagged,
    items,
    join,
    matches,
    one_of,
    text,
    url,
)

BACKGROUND = matches(r"#[0-9a-fA-F]{6}", meaning="a #RRGGBB colour")
IMAGE_STYLE: Fields = {
    "imageAspectRatio": one_of("rectangle", "square"),
    "imageSize": one_of("cover", "contain"),
}


def _shorter_beside_an_image(maximum: int) -> ObjectRule:
    """Returns a rule for the text: LINE allows fewer characters when the card has an image or a title."""

    def rule(value: dict[str, Any], path: str) -> Iterator[Problem]:
        crowded = "thumbnailImageUrl" in value or "title" in value
        if crowded and count_graphemes(value["text"]) > maximum:
            yield Problem(join(path, "text"), f"Length must be between 1 and {maximum}")

    return rule


def _columns_are_alike(template: dict[str, Any], path: str) -> Iterator[Problem]:
    columns = template["columns"]
    for name in ("thumbnailImageUrl", "title"):
        if len({name in column for column in columns}) > 1:
            yield Problem(join(path, "columns"), f"All columns or none must have {name}")
    if len({len(column["actions"]) for column in columns}) > 1:
        yield Problem(join(path, "columns"), "Every column must have the same number of actions")


CARD: Fields = {
    "thumbnailImageUrl": url(),
    "imageBackgroundColor": BACKGROUND,
    "title": text(40, count=count_graphemes),
    "defaultAction": DEFAULT_ACTION,
}
BUTTONS = Shape(
    {
        **CARD,
        **IMAGE_STYLE,
        "text": Required(text(160, count=count_graphemes)),
        "actions": Required(items(TEMPLATE_ACTION, minimum=1, maximum=4)),
    },
    (_shorter_beside_an_image(60),),
)
CONFIRM = Shape(
    {
        "text": Required(text(240, count=count_graphemes)),
        "actions": Required(items(TEMPLATE_ACTION, minimum=2, maximum=2)),
    }
)
COLUMN = Shape(
    {
        **CARD,
        "text": Required(text(120, count=count_graphemes)),
        "actions": Required(items(TEMPLATE_ACTION, minimum=1, maximum=3)),
    },
    (_shorter_beside_an_image(60),),
)
CAROUSEL = Shape(
    {**IMAGE_STYLE, "columns": Required(items(COLUMN, minimum=1, maximum=10))},
    (_columns_are_alike,),
)
IMAGE_COLUMN = Shape({"imageUrl": Required(url()), "action": Required(IMAGE_CAROUSEL_ACTION)})
IMAGE_CAROUSEL = Shape({"columns": Required(items(IMAGE_COLUMN, minimum=1, maximum=10))})

TEMPLATE = Tagged(
    {"buttons": BUTTONS, "confirm": CONFIRM, "carousel": CAROUSEL, "image_carousel": IMAGE_CAROUSEL}
)
