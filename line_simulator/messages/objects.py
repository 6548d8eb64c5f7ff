"""Describes every message object that the account may send, and the bodies of the sending requests."""

import re
from collections.abc import Iterator
from typing import Any

from line_simulator.messages.actions import QUICK_REPLY_ACTION, openable
from line_simulator.messages.counting import count_utf16
from line_simulator.messages.flex import CONTAINER
from line_simulator.messages.schema import (
    Fields,
    Problem,
    Required,
    Shape,
    Tagged,
    any_object,
    boolean,
    integer,
    items,
    join,
    matches,
    number,
    one_of,
    text,
    url,
)
from line_simulator.messages.stickers import is_sendable
from line_simulator.messages.templates import TEMPLATE

ALT_TEXT = Required(text(1500))
DIGITS = Required(matches(r"\d{1,20}", meaning="digits"))
PIXEL = integer(0, 2**31 - 1)


def _name_is_not_line(sender: dict[str, Any], path: str) -> Iterator[Problem]:
    if "LINE" in sender.get("name", ""):
        yield Problem(join(path, "name"), "May not contain the word LINE")


SENDER = Shape({"name": text(20), "iconUrl": url()}, (_name_is_not_line,))
QUICK_REPLY_ITEM = Tagged({"action": Shape({"imageUrl": url(), "action": Required(QUICK_REPLY_ACTION)})})
COMMON: Fields = {
    "quickReply": Shape({"items": Required(items(QUICK_REPLY_ITEM, minimum=1, maximum=13))}),
    "sender": SENDER,
}


def _emojis_sit_on_dollars(message: dict[str, Any], path: str) -> Iterator[Problem]:
    units = message["text"].encode("utf-16-le", "surrogatepass")
    for position, emoji in enumerate(message.get("emojis", [])):
        start = emoji["index"] * 2
        if units[start : start + 2] != "$".encode("utf-16-le"):
            yield Problem(f"{path}.emojis[{position}].index", "Must point at a $ in the text")


EMOJI = Shape({"index": Required(PIXEL), "productId": Required(text(50)), "emojiId": Required(text(10))})
MENTIONEE = Tagged({"user": Shape({"userId": Required(text(33))}), "all": Shape({})})
SUBSTITUTION = Tagged(
    {
        "mention": Shape({"mentionee": Required(MENTIONEE)}),
        "emoji": Shape({"productId": Required(text(50)), "emojiId": Required(text(10))}),
    }
)


def _substitutions(value: Any, path: str) -> Iterator[Problem]:
    yield from any_object(value, path)
    if not isinstance(value, dict):
        return
    kinds = [item.get("type") for item in value.values() if isinstance(item, dict)]
    if len(value) > 100 or kinds.count("mention") > 20 or kinds.count("emoji") > 20:
        yield Problem(path, "Size must be at most 100, with at most 20 mentions and 20 emojis")
    for name, item in value.items():
        if not re.fullmatch(r"[0-9A-Za-z_]{1,20}", name):
            yield Problem(join(path, name), "Must be 1-20 characters of 0-9, A-Z, a-z and _")
        yield from SUBSTITUTION(item, join(path, name))


def _placeholders_are_filled(message: dict[str, Any], path: str) -> Iterator[Problem]:
    bare = message["text"].replace("{{", "").replace("}}", "")
    named = set(re.findall(r"\{([0-9A-Za-z_]{1,20})\}", bare))
    if re.search(r"[{}]", re.sub(r"\{[0-9A-Za-z_]{1,20}\}", "", bare)):
        yield Problem(join(path, "text"), "Braces that are not a placeholder must be doubled")
    for name in sorted(named - set(message.get("substitution", {}))):
        yield Problem(join(path, "substitution"), f"Has nothing for {{{name}}}")


def _sticker_may_be_sent(message: dict[str, Any], path: str) -> Iterator[Problem]:
    if not is_sendable(message["packageId"], message["stickerId"]):
        yield Problem(join(path, "stickerId"), "Not a sticker that the Messaging API may send")


def _label_fits(value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, str) or count_utf16(value) > 100:
        yield Problem(path, "Length must be between 0 and 100")


AREA = Required(
    Shape({name: Required(PIXEL) for name in ("x", "y", "width", "height")}),
)
IMAGEMAP_ACTION = Tagged(
    {
        "uri": Shape({"linkUri": Required(openable()), "label": _label_fits, "area": AREA}),
        "message": Shape({"text": Required(text(400)), "label": _label_fits, "area": AREA}),
        "clipboard": Shape({"clipboardText": Required(text(1000)), "label": _label_fits, "area": AREA}),
    }
)
IMAGEMAP_VIDEO = Shape(
    {
        "originalContentUrl": Required(url()),
        "previewImageUrl": Required(url()),
        "area": AREA,
        "externalLink": Shape({"linkUri": Required(openable()), "label": Required(text(30))}),
    }
)

MESSAGES: dict[str, Shape] = {
    "text": Shape(
        {
            "text": Required(text(5000)),
            "emojis": items(EMOJI, minimum=0, maximum=20),
            "quoteToken": text(500),
        },
        (_emojis_sit_on_dollars,),
    ),
    "textV2": Shape(
        {"text": Required(text(5000)), "substitution": _substitutions, "quoteToken": text(500)},
        (_placeholders_are_filled,),
    ),
    "sticker": Shape(
        {"packageId": DIGITS, "stickerId": DIGITS, "quoteToken": text(500)}, (_sticker_may_be_sent,)
    ),
    "image": Shape({"originalContentUrl": Required(url()), "previewImageUrl": Required(url())}),
    "video": Shape(
        {
            "originalContentUrl": Required(url()),
            "previewImageUrl": Required(url()),
            "trackingId": matches(
                r"[a-zA-Z0-9\-.=,+*()%$&;:@{}!?<>\[\]]{1,100}", meaning="a tracking id of up to 100"
            ),
        }
    ),
    "audio": Shape({"originalContentUrl": Required(url()), "duration": Required(integer(1, 2**31 - 1))}),
    "location": Shape(
        {
            "title": Required(text(100)),
            "address": Required(text(100)),
            "latitude": Required(number(-90, 90)),
            "longitude": Required(number(-180, 180)),
        }
    ),
    "imagemap": Shape(
        {
            "baseUrl": Required(url()),
            "altText": ALT_TEXT,
            "baseSize": Required(
                Shape({"width": Required(one_of(1040)), "height": Required(integer(1, 2**31 - 1))})
            ),
            "video": IMAGEMAP_VIDEO,
            "actions": Required(items(IMAGEMAP_ACTION, minimum=0, maximum=50)),
        }
    ),
    "template": Shape({"altText": ALT_TEXT, "template": Required(TEMPLATE)}),
    "flex": Shape({"altText": ALT_TEXT, "contents": Required(CONTAINER)}),
    "coupon": Shape({"couponId": Required(text(100)), "deliveryTag": text(30)}),
}
MESSAGE = Tagged({kind: shape.extended(COMMON) for kind, shape in MESSAGES.items()})
FIVE_MESSAGES = Required(items(MESSAGE, minimum=1, maximum=5))

UNITS = items(
    matches(r"[a-zA-Z0-9_]{1,30}", meaning="1-30 characters of a-z, A-Z, 0-9 and _"), minimum=0, maximum=1
)
SEND: Fields = {"messages": FIVE_MESSAGES, "notificationDisabled": boolean}
REQUESTS: dict[str, Shape] = {
    "reply": Shape({**SEND, "replyToken": Required(text(200))}),
    "push": Shape({**SEND, "to": Required(text(33)), "customAggregationUnits": UNITS}),
    "multicast": Shape(
        {**SEND, "to": Required(items(text(100), minimum=1, maximum=500)), "customAggregationUnits": UNITS}
    ),
    "narrowcast": Shape({**SEND, "recipient": any_object, "filter": any_object, "limit": any_object}),
    "broadcast": Shape(SEND),
    "validate": Shape({"messages": FIVE_MESSAGES}),
}
