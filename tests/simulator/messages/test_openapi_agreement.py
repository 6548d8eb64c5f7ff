"""Tests that our tables agree with LINE's own description of its API, where it lies beside the repository."""

import json
from functools import cache
from typing import Any

import pytest

from line_simulator.messages import actions, flex, objects, templates
from line_simulator.messages.schema import Required, Shape
from line_simulator.messages.validation import find_message_problems
from line_simulator.richmenus import schema as richmenus
from tests.line_openapi import OPENAPI, validator
from tests.simulator.builders import PICTURE, box, bubble, buttons, in_bubble, text
from tests.simulator.builders import flex as flex_message
from tests.simulator.messages import test_flex_limits, test_message_limits

pytestmark = pytest.mark.skipif(not OPENAPI.exists(), reason="LINE's OpenAPI description is not here")

SHAPES: dict[str, Any] = {
    "TextMessage": objects.MESSAGE.shapes["text"],
    "TextMessageV2": objects.MESSAGE.shapes["textV2"],
    "StickerMessage": objects.MESSAGE.shapes["sticker"],
    "ImageMessage": objects.MESSAGE.shapes["image"],
    "VideoMessage": objects.MESSAGE.shapes["video"],
    "AudioMessage": objects.MESSAGE.shapes["audio"],
    "LocationMessage": objects.MESSAGE.shapes["location"],
    "ImagemapMessage": objects.MESSAGE.shapes["imagemap"],
    "TemplateMessage": objects.MESSAGE.shapes["template"],
    "FlexMessage": objects.MESSAGE.shapes["flex"],
    "CouponMessage": objects.MESSAGE.shapes["coupon"],
    "Sender": objects.SENDER,
    "Emoji": objects.EMOJI,
    "ImagemapVideo": objects.IMAGEMAP_VIDEO,
    "ReplyMessageRequest": objects.REQUESTS["reply"],
    "PushMessageRequest": objects.REQUESTS["push"],
    "MulticastRequest": objects.REQUESTS["multicast"],
    "NarrowcastRequest": objects.REQUESTS["narrowcast"],
    "BroadcastRequest": objects.REQUESTS["broadcast"],
    "ButtonsTemplate": templates.BUTTONS,
    "ConfirmTemplate": templates.CONFIRM,
    "CarouselTemplate": templates.CAROUSEL,
    "CarouselColumn": templates.COLUMN,
    "ImageCarouselTemplate": templates.IMAGE_CAROUSEL,
    "ImageCarouselColumn": templates.IMAGE_COLUMN,
    "FlexBubble": flex.BUBBLE,
    "FlexCarousel": flex.CAROUSEL,
    "FlexBox": flex.BOX,
    "FlexButton": flex.COMPONENTS["button"],
    "FlexImage": flex.COMPONENTS["image"],
    "FlexIcon": flex.COMPONENTS["icon"],
    "FlexText": flex.COMPONENTS["text"],
    "FlexSeparator": flex.COMPONENTS["separator"],
    "FlexFiller": flex.COMPONENTS["filler"],
    "FlexSpan": flex.SPAN.shapes["span"],
    "FlexVideo": flex.VIDEO,
    "FlexBlockStyle": flex.BLOCK_STYLE,
    "FlexBoxLinearGradient": flex.GRADIENT.shapes["linearGradient"],
    "PostbackAction": actions.QUICK_REPLY_ACTION.shapes["postback"],
    "MessageAction": actions.QUICK_REPLY_ACTION.shapes["message"],
    "URIAction": actions.QUICK_REPLY_ACTION.shapes["uri"],
    "DatetimePickerAction": actions.QUICK_REPLY_ACTION.shapes["datetimepicker"],
    "ClipboardAction": actions.QUICK_REPLY_ACTION.shapes["clipboard"],
    "CameraAction": actions.QUICK_REPLY_ACTION.shapes["camera"],
    "RichMenuSwitchAction": actions.RICH_MENU_ACTION.shapes["richmenuswitch"],
    "RichMenuRequest": richmenus.RICH_MENU,
    "RichMenuBounds": richmenus.BOUNDS,
    "RichMenuBatchRequest": richmenus.BATCH,
    "RichMenuBulkLinkRequest": richmenus.BULK_LINK,
    "CreateRichMenuAliasRequest": richmenus.NEW_ALIAS,
}


@cache
def load() -> dict[str, Any]:
    schemas: dict[str, Any] = json.loads(OPENAPI.read_text())["components"]["schemas"]
    return schemas


def collect(name: str) -> tuple[set[str], set[str]]:
    """Returns all properties of a schema and its parents, and those that must be there."""
    schema = load()[name]
    fields, needed = set(schema.get("properties", {})), set(schema.get("required", []))
    for part in schema.get("allOf", []):
        if "$ref" in part:
            more = collect(part["$ref"].rsplit("/", 1)[-1])
        else:
            more = set(part.get("properties", {})), set(part.get("required", []))
        fields, needed = fields | more[0], needed | more[1]
    return fields - {"type"}, needed - {"type"}


@pytest.mark.parametrize("name", SHAPES)
def test_a_table_has_exactly_the_fields_that_line_describes(name):
    shape: Shape = SHAPES[name]
    fields, needed = collect(name)
    assert set(shape.fields) == fields
    assert needed <= {field for field, spec in shape.fields.items() if isinstance(spec, Required)}


EXAMPLES = {**test_message_limits.FITS_AND_DOES_NOT, **test_flex_limits.FITS_AND_DOES_NOT}


@pytest.mark.parametrize("claim", EXAMPLES)
def test_what_we_accept_lines_schema_accepts(claim):
    fits, _ = EXAMPLES[claim]
    assert list(validator("Message.any").iter_errors(fits)) == []


REFUSED_BY_LINE = {
    "a type that does not exist": {"type": "poem", "text": "ก"},
    "a number for a text": text(1),  # type: ignore[arg-type]
    "an emoji at half a letter": text("$", emojis=[{"index": 0.5, "productId": "1", "emojiId": "1"}]),
    "a picture without a preview": {"type": "image", "originalContentUrl": PICTURE},
    "a place without coordinates": {"type": "location", "title": "ก", "address": "ก"},
    "a template without its text": {**buttons(), "template": {"type": "buttons", "actions": []}},
    "an action of no kind": buttons(actions=[{"type": "dance", "label": "ก"}]),
    "long data": buttons(actions=[{"type": "postback", "label": "ก", "data": "a" * 301}]),
    "a picker without its mode's name": buttons(
        actions=[{"type": "datetimepicker", "label": "ก", "data": "a", "mode": "week"}]
    ),
    "fourteen quick replies": text(
        quickReply={"items": [{"type": "action", "action": {"type": "camera", "label": "ก"}}] * 14}
    ),
    "a long sender": text(sender={"name": "ก" * 21}),
    "flex of no kind": flex_message({"type": "page"}),
    "a layout of no kind": in_bubble(box(layout="grid")),
    "a bubble of no size": flex_message(bubble(size="tera")),
    "a component of no kind": in_bubble({"type": "table"}),
    "a weight of no kind": in_bubble({"type": "text", "text": "ก", "weight": "heavy"}),
    "a button's height in pixels": in_bubble(
        {"type": "button", "height": "40px", "action": {"type": "message", "label": "ก", "text": "ก"}}
    ),
    "wrap as a word": in_bubble({"type": "text", "text": "ก", "wrap": "yes"}),
    "a deep mistake": in_bubble(box(box(box({"type": "text", "text": "ก", "align": "left"})))),
}


@pytest.mark.parametrize("claim", REFUSED_BY_LINE)
def test_what_lines_schema_refuses_we_refuse(claim):
    message = REFUSED_BY_LINE[claim]
    assert list(validator("Message.any").iter_errors(message)) != []
    assert find_message_problems(message) != []
