"""Turns replies into LINE messages within LINE's limits: plain dictionaries, which are stored and sent as they are."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from bot.line import call_cards, cards
from bot.line.events import tap_data
from bot.replies import (
    Album,
    Button,
    Call,
    CallCard,
    Camera,
    CaseCard,
    CaseCards,
    ChoiceCard,
    DayPicker,
    NoticeCard,
    Picture,
    PinDrop,
    Quick,
    Ready,
    Receipt,
    Reply,
    Say,
    ServiceMenu,
    Summary,
    TopicCard,
)
from store.line.limits import (
    ALT_UNITS,
    LABEL_CHARACTERS,
    MESSAGES_IN_A_REQUEST,
    QUICK_REPLIES,
    TEXT_UNITS,
    cut,
    cut_units,
)
from store.line_breaks import unbroken

Message = dict[str, Any]


def render(replies: Sequence[Reply]) -> list[Message]:
    """Returns at most five messages. If there are more, adjacent texts are joined, and then the first ones dropped."""
    messages = [_message(reply) for reply in replies]
    while len(messages) > MESSAGES_IN_A_REQUEST and (pair := _two_texts(messages)) is not None:
        first, second = messages[pair], messages[pair + 1]
        joined = {**second, "text": cut_units(f"{first['text']}\n\n{second['text']}", TEXT_UNITS)}
        messages[pair : pair + 2] = [joined]
    return messages[-MESSAGES_IN_A_REQUEST:]


def request_body(**parts: Any) -> str:
    """Returns the JSON of a request to LINE, with Thai as it is.

    Half an emoji (a lone surrogate), which a faulty phone sent and we quote, becomes "?": UTF-8 cannot express it.
    """
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()


def _two_texts(messages: Sequence[Message]) -> int | None:
    for i in range(len(messages) - 1):
        if messages[i]["type"] == messages[i + 1]["type"] == "text":
            return i
    return None


def _message(reply: Reply) -> Message:
    message = _RENDERERS[type(reply)](reply)
    quick = getattr(reply, "quick", ())
    if quick:
        message["quickReply"] = {"items": [_quick(item) for item in quick[:QUICK_REPLIES]]}
    return message


def _say(reply: Say) -> Message:
    return {"type": "text", "text": cut_units(unbroken(reply.text), TEXT_UNITS) or "-"}


def _picture(reply: Picture) -> Message:
    return {
        "type": "image",
        "originalContentUrl": reply.address,
        "previewImageUrl": reply.small_address,
    }


def _flex(alt: str, contents: dict[str, Any]) -> Message:
    return {"type": "flex", "altText": cut_units(alt, ALT_UNITS) or "-", "contents": contents}


_RENDERERS: dict[type, Callable[[Any], Message]] = {
    Say: _say,
    Picture: _picture,
    ServiceMenu: lambda r: _flex(r.text, cards.service_menu(r.services, r.text)),
    ChoiceCard: lambda r: _flex(r.text, cards.choice_card(r)),
    Summary: lambda r: _flex(r.alt, cards.summary(r)),
    CallCard: lambda r: _flex(r.alt, call_cards.call_card(r)),
    Receipt: lambda r: _flex(r.alt, cards.receipt(r)),
    CaseCard: lambda r: _flex(r.alt, cards.case_card(r)),
    CaseCards: lambda r: _flex(r.alt, cards.case_cards(r.cards)),
    NoticeCard: lambda r: _flex(r.alt, cards.notice_card(r)),
    TopicCard: lambda r: _flex(f"{r.title}: {r.text}", cards.topic_card(r)),
    Ready: lambda r: dict(r.message),
}


def _quick(item: Quick) -> Message:
    return {"type": "action", "action": _quick_action(item)}


def _quick_action(item: Quick) -> Message:
    label = cut(item.who if isinstance(item, Call) else item.label, LABEL_CHARACTERS)
    match item:
        case Camera():
            return {"type": "camera", "label": label}
        case Album():
            return {"type": "cameraRoll", "label": label}
        case Call():
            return {"type": "uri", "label": label, "uri": item.uri}
        case PinDrop():
            return {"type": "location", "label": label}
        case DayPicker():
            return {
                "type": "datetimepicker",
                "label": label,
                "data": tap_data(item.do, **item.about),
                "mode": "date",
                "initial": item.initial,
                "min": item.earliest,
                "max": item.latest,
            }
        case Button():
            return {
                "type": "postback",
                "label": label,
                "data": tap_data(item.do, **item.about),
                "displayText": item.says or item.label,
            }
