"""Builds the parts that every card has, in one style, as the Flex JSON that LINE takes.

https://developers.line.biz/en/reference/messaging-api/#flex-message
"""

from collections.abc import Sequence
from typing import Any

from store.line_breaks import unbroken

INK, GREY, LINE_GREY, PAPER = "#17332E", "#5B6B68", "#DCE5E2", "#FFFFFF"
GREEN, PALE = "#00695C", "#EAF4F1"
RED = "#B3261E"
# Header, text and buttons of a card are aligned: this is LINE's own padding of a body.
EDGE = "20px"

Box = dict[str, Any]


def text(words: str, **looks: Any) -> Box:
    """Returns a text component in which dates, times and units stay on one line; "-" if there are no words."""
    return {"type": "text", "text": unbroken(words) or "-", "wrap": True, "color": INK, **looks}


def separator() -> Box:
    return {"type": "separator", "margin": "sm", "color": LINE_GREY}


def header(title: str, subtitle: str = "", *, colour: str = GREEN) -> Box:
    contents = [text(title, size="lg", weight="bold", color=PAPER)]
    if subtitle:
        contents.append(text(subtitle, size="sm", color=PAPER))
    return {
        "type": "box",
        "layout": "vertical",
        "backgroundColor": colour,
        "paddingAll": "14px",
        "paddingStart": EDGE,
        "paddingEnd": EDGE,
        "contents": contents,
    }


def bubble(top: Box, body: list[Box], footer: Sequence[Box] = ()) -> Box:
    card: Box = {
        "type": "bubble",
        "size": "mega",
        "header": top,
        "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": body},
    }
    if footer:
        card["footer"] = {
            "type": "box",
            "layout": "vertical",
            "spacing": "md",
            "paddingAll": EDGE,
            "paddingTop": "0px",
            "contents": list(footer),
        }
    return card
