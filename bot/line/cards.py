"""Builds the contents of Flex messages, except emergency cards: cards in one calm style, in large type for old eyes.

LINE takes at most 30 KB for a card (LINE: bubble), so long texts are cut.
https://developers.line.biz/en/reference/messaging-api/#flex-message
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.line.call_cards import call_boxes
from bot.line.events import tap_data
from bot.replies import (
    Button,
    CaseCard,
    ChoiceCard,
    NoticeCard,
    Receipt,
    Summary,
    SummaryRow,
    TopicCard,
    TopicRow,
)
from store.line.flex import (
    GREEN,
    GREY,
    INK,
    LINE_GREY,
    PALE,
    PAPER,
    RED,
    Box,
    bubble,
    header,
    separator,
    text,
)
from store.line.limits import BUBBLE_BYTES, CAROUSEL_BYTES, cut_units, json_bytes
from store.services import Service

SERVICES_ON_A_CARD = 8
CASES_SIDE_BY_SIDE, STEPS_SIDE_BY_SIDE = 10, 2
# Lengths to which texts are cut, tried in this order until the card fits; in UTF-16 code units, of which a Thai
# consonant with its vowel and tone mark takes up to three.
LENGTHS = (320, 160, 80, 40, 20)
LONGEST_NOTE = 1800
_STYLES = ("primary", *["secondary"] * 5)
UNDOING = frozenset({"broken", "withdraw"})


def service_menu(services: Sequence[Service], text: str) -> Box:
    """Returns one card of buttons, or several cards side by side when there are many services."""
    chunks = [services[i : i + SERVICES_ON_A_CARD] for i in range(0, len(services), SERVICES_ON_A_CARD)]
    cards = [bubble(header(text), [_service_button(service) for service in chunk]) for chunk in chunks]
    return cards[0] if len(cards) == 1 else {"type": "carousel", "contents": cards}


def _fitting(build: Callable[[int], Box], most_bytes: int) -> Box:
    """Returns the card with texts cut to the first of LENGTHS with which it fits `most_bytes`; if none, to the last."""
    for longest in LENGTHS:
        card = build(longest)
        if json_bytes(card) <= most_bytes:
            break
    return card


def _service_button(service: Service) -> Box:
    action = _postback(Button(service.label, "open", {"s": service.name}, service.label))
    return {
        "type": "box",
        "layout": "horizontal",
        "spacing": "md",
        "paddingAll": "12px",
        "cornerRadius": "10px",
        "backgroundColor": PALE,
        "action": action,
        "contents": [
            text(service.icon, size="xl", flex=0),
            text(service.label, size="lg", weight="bold", gravity="center"),
        ],
    }


def choice_card(reply: ChoiceCard) -> Box:
    question, _, rest = reply.text.partition("\n")
    return bubble(header(question, rest), [_choice_button(button) for button in reply.choices])


def _choice_button(button: Button) -> Box:
    return {
        "type": "box",
        "layout": "vertical",
        "paddingAll": "12px",
        "cornerRadius": "10px",
        "backgroundColor": PALE,
        "action": _postback(button),
        "contents": [text(button.label, size="lg", weight="bold")],
    }


def summary(reply: Summary) -> Box:
    return _fitting(lambda longest: _summary(reply, longest), BUBBLE_BYTES)


def _summary(reply: Summary, longest: int) -> Box:
    rows = [text(reply.how, size="sm", color=GREY)]
    for row in reply.rows:
        rows += [_answer_row(row, longest), separator()]
    rows.append(text(reply.fee, size="sm", color=GREEN, weight="bold", margin="md"))
    footer = [_button(button, style) for button, style in zip(reply.buttons, _STYLES, strict=False)]
    return bubble(header(reply.title, reply.service_title), rows, footer)


def _answer_row(row: SummaryRow, longest: int) -> Box:
    words = [
        text(row.label, size="sm", color=GREY),
        text(cut_units(row.answer, longest), size="md", weight="bold"),
    ]
    action = _postback(row.button)
    return {"type": "box", "layout": "vertical", "paddingTop": "6px", "contents": words, "action": action}


def receipt(reply: Receipt) -> Box:
    """Returns the receipt of a case. If the case is urgent, phone numbers come first, and title and number are red."""
    top = header(reply.title, colour=RED) if reply.urgent else header(f"✅ {reply.title}")
    colour, calls = RED if reply.urgent else GREEN, call_boxes(reply.calls)
    body = [
        *(calls if reply.urgent else ()),
        text(reply.number, size="xxl", weight="bold", color=colour, align="center", margin="md"),
        text(reply.tracking, size="sm", color=GREY, align="center"),
        text(reply.service_title, size="md", align="center", margin="sm"),
        separator(),
        *(text(line, size="md", margin="md") for line in reply.lines),
        *(() if reply.urgent else calls),
        text(reply.fee, size="md", color=GREEN, weight="bold", margin="md"),
    ]
    return bubble(top, body, [_button(reply.button, "primary")])


def case_card(card: CaseCard) -> Box:
    return _fitting(lambda longest: _case(card, longest), BUBBLE_BYTES)


def _case(card: CaseCard, longest: int) -> Box:
    body = [
        _status_tag(card.status, card.colour),
        text(cut_units(card.summary, longest), size="md", color=GREY, margin="md"),
        *(_step(moment, cut_units(happened, longest)) for moment, happened in card.steps),
        *(text(line, size="sm", color=GREY, margin="md") for line in card.lines),
        *call_boxes(card.calls),
    ]
    return bubble(header(card.heading, card.title), body, _footer(card.buttons))


def case_cards(cards: Sequence[CaseCard]) -> Box:
    """Returns one card, or up to ten side by side, for which LINE's limit is 50 KB together.

    Cards side by side show only the last two steps and no phone numbers.
    """
    if len(cards) == 1:
        return case_card(cards[0])
    short = [
        replace(card, steps=card.steps[-STEPS_SIDE_BY_SIDE:], calls=()) for card in cards[:CASES_SIDE_BY_SIDE]
    ]

    def build(longest: int) -> Box:
        return {"type": "carousel", "contents": [_case(card, longest) for card in short]}

    return _fitting(build, CAROUSEL_BYTES)


def notice_card(card: NoticeCard) -> Box:
    top = header(card.heading, card.title, colour=card.colour)
    headline, _, rest = cut_units(card.text, LONGEST_NOTE).partition("\n")
    body = [text(headline, size="lg", weight="bold")]
    if rest:
        body.append(text(rest, size="md"))
    return bubble(top, body, _footer(card.buttons))


def topic_card(card: TopicCard) -> Box:
    body = [text(card.text, size="sm", color=GREY), *(_topic(row) for row in card.topics)]
    return bubble(header(card.title), body, [_button(button, "secondary") for button in card.buttons])


def _topic(row: TopicRow) -> Box:
    """Returns the row of a topic. The whole row is one button, easy to hit; its right end says what a tap does."""
    words = [
        text(row.name, size="md", weight="bold"),
        text(row.state, size="sm", color=GREEN if row.wanted else GREY),
    ]
    aim = {
        "type": "box",
        "layout": "vertical",
        "flex": 0,
        "width": "76px",
        "paddingAll": "8px",
        "cornerRadius": "8px",
        "backgroundColor": LINE_GREY if row.wanted else GREEN,
        "contents": [text(row.word, size="sm", align="center", color=INK if row.wanted else PAPER)],
    }
    return {
        "type": "box",
        "layout": "horizontal",
        "alignItems": "center",
        "spacing": "md",
        "paddingAll": "10px",
        "cornerRadius": "10px",
        "backgroundColor": PALE,
        "action": _postback(row.button),
        "contents": [{"type": "box", "layout": "vertical", "contents": words}, aim],
    }


def _footer(buttons: Sequence[Button]) -> list[Box]:
    """Returns the buttons. The first one, which most people press next, stands out unless it undoes something."""
    styles = list(_STYLES)
    if buttons and buttons[0].do in UNDOING:
        styles[0] = "secondary"
    return [_button(button, style) for button, style in zip(buttons, styles, strict=False)]


def _step(moment: str, happened: str) -> Box:
    """Returns one step of the timeline: a dot, what happened, and when."""
    words = [text(happened, size="md"), text(moment, size="sm", color=GREY)]
    return {
        "type": "box",
        "layout": "horizontal",
        "spacing": "md",
        "margin": "md",
        "contents": [_dot(), {"type": "box", "layout": "vertical", "contents": words}],
    }


def _dot() -> Box:
    """Returns a dot that stands at half the height of the first line beside it."""
    dot = {
        "type": "box",
        "layout": "vertical",
        "contents": [],
        "cornerRadius": "5px",
        "backgroundColor": GREEN,
    }
    return {
        "type": "box",
        "layout": "vertical",
        "flex": 0,
        "paddingTop": "8px",
        "contents": [{**dot, "width": "10px", "height": "10px"}],
    }


def _status_tag(status: str, colour: str) -> Box:
    return {
        "type": "box",
        "layout": "vertical",
        "backgroundColor": colour,
        "cornerRadius": "8px",
        "paddingAll": "6px",
        "contents": [text(status, size="md", weight="bold", color=PAPER, align="center")],
    }


def _button(button: Button, style: str) -> Box:
    looks = {
        "primary": {"color": GREEN, "height": "md"},
        "secondary": {"color": LINE_GREY, "height": "sm"},
    }
    return {"type": "button", "style": style, "action": _postback(button), **looks[style]}


def _postback(button: Button) -> Box:
    return {
        "type": "postback",
        "label": button.label,
        "data": tap_data(button.do, **button.about),
        "displayText": button.says or button.label,
    }
