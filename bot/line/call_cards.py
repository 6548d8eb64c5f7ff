"""Builds the red cards that answer an emergency; each phone number on them is a large button that dials.

https://developers.line.biz/en/reference/messaging-api/#uri-action - `tel:` opens the phone with the number in it.
"""

from collections.abc import Sequence

from bot.replies import Call, CallCard
from store.line.flex import PAPER, RED, Box, bubble, header, text
from store.line.limits import CARD_LABEL_CHARACTERS, cut


def call_card(card: CallCard) -> Box:
    words = [text(card.text, size="md")] if card.text else []
    return bubble(header(card.title, colour=RED), [*words, *call_boxes(card.calls)])


def call_boxes(calls: Sequence[Call]) -> list[Box]:
    return [_call_box(call) for call in calls]


def _call_box(call: Call) -> Box:
    return {
        "type": "box",
        "layout": "vertical",
        "paddingAll": "10px",
        "paddingStart": "14px",
        "cornerRadius": "10px",
        "margin": "md",
        "backgroundColor": RED,
        "action": {
            "type": "uri",
            "label": cut(call.dial or f"{call.number} {call.who}", CARD_LABEL_CHARACTERS),
            "uri": call.uri,
        },
        "contents": [
            text(call.who, size="sm", color=PAPER),
            text(call.number, size="xl", weight="bold", color=PAPER),
        ],
    }
