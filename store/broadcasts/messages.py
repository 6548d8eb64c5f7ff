"""Turns a broadcast's content into LINE messages, for the preview, the test message and the residents alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from store.broadcasts.content import (
    BroadcastContent,
    CardButton,
    CardPart,
    Fact,
    Part,
    PicturePart,
    PlacePart,
    TextPart,
)
from store.line.flex import EDGE, GREEN, GREY, LINE_GREY, Box, bubble, header, text
from store.line.limits import ALT_UNITS, TEXT_UNITS, cut_units
from store.municipality.profile import Municipality

CHECK_WORDS = "ตรวจสอบประกาศ"
COLOURS = {"announcement": GREEN, "warning": "#B3261E", "event": "#6B3FA0", "tax": "#1B5E9E"}
ICONS = {"announcement": "📢", "warning": "⚠️", "event": "🎉", "tax": "🧾"}


@dataclass(frozen=True)
class Addresses:
    """Makes addresses: `picture` from a token and whether it is small, `link` from a button's number and its target."""

    picture: Callable[[str, bool], str]
    link: Callable[[int, str], str]


def footer_of(municipality: Municipality) -> str:
    """Returns the footer: the sender, the LINE account and how to check that the message is genuine.

    The bot answers when somebody types `CHECK_WORDS`.
    """
    name, account = municipality.name, municipality.account.basic_id
    check = f"พิมพ์ {CHECK_WORDS} ในแชตนี้ หรือโทร {municipality.phones.office}"
    return f"{name} · LINE {account}\nตรวจว่าเป็นของจริง: {check}"


def to_messages(
    content: BroadcastContent,
    broadcast_id: int,
    addresses: Addresses,
    *,
    footer: str = "",
    corrects: str = "",
    first_button: int = 0,
) -> list[dict[str, Any]]:
    """Returns at most five LINE message objects.

    `footer` stands on every card and says how to check that it is genuine (requirement L9). `corrects` is the title of
    the broadcast that this one corrects. `first_button` is the number of the first button: those of a closing message
    are numbered after those of the message.
    """
    number, messages = first_button, []
    for part in content.parts:
        messages.append(_message(part, broadcast_id, number, addresses, footer))
        number += len(part.buttons) if isinstance(part, CardPart) else 0
    if corrects and messages:
        _mark_correction(messages[0], f"แก้ไขประกาศ “{corrects}”")
    return messages


def _message(part: Part, broadcast_id: int, number: int, addresses: Addresses, footer: str) -> dict[str, Any]:
    match part:
        case TextPart():
            return {"type": "text", "text": part.text}
        case PicturePart():
            return {
                "type": "image",
                "originalContentUrl": addresses.picture(part.token, False),
                "previewImageUrl": addresses.picture(part.token, True),
            }
        case PlacePart():
            return {"type": "location", **part.model_dump(exclude={"kind"})}
        case CardPart():
            contents = _card(part, broadcast_id, number, addresses, footer)
            return {"type": "flex", "altText": _alt(part), "contents": contents}


def _alt(card: CardPart) -> str:
    """Returns the text that the list of chats and a locked screen show."""
    return cut_units(f"{ICONS[card.look]} {card.title}: {card.text}".replace("\n", " "), ALT_UNITS)


def _card(card: CardPart, broadcast_id: int, number: int, addresses: Addresses, footer: str) -> Box:
    body = [text(card.text, size="md"), *(_fact(fact) for fact in card.facts)]
    if footer:
        body.append(text(footer, size="xs", color=GREY, margin="lg"))
    buttons = [_button(button, broadcast_id, number + i, addresses) for i, button in enumerate(card.buttons)]
    top = header(f"{ICONS[card.look]} {card.title}", colour=COLOURS[card.look])
    drawn = bubble(top, body, buttons)
    drawn["body"]["paddingStart"] = drawn["body"]["paddingEnd"] = EDGE
    if card.picture:
        drawn["hero"] = {
            "type": "image",
            "url": addresses.picture(card.picture, True),
            "size": "full",
            "aspectRatio": "20:13",
            "aspectMode": "cover",
        }
    return drawn


def _fact(fact: Fact) -> Box:
    return {
        "type": "box",
        "layout": "horizontal",
        "spacing": "md",
        "contents": [
            text(fact.label, size="sm", color=GREY, flex=2),
            text(fact.text, size="sm", weight="bold", flex=5),
        ],
    }


def _button(button: CardButton, broadcast_id: int, number: int, addresses: Addresses) -> Box:
    looks = {"style": "primary", "color": GREEN, "height": "md"}
    if not button.link and not button.service:
        looks = {"style": "secondary", "color": LINE_GREY, "height": "sm"}
    return {"type": "button", "action": _action(button, broadcast_id, number, addresses), **looks}


def _action(button: CardButton, broadcast_id: int, number: int, addresses: Addresses) -> Box:
    """Returns the button's action.

    A telephone number is dialled directly. Any other link is what `addresses.link` makes of it, usually a link through
    our site, where the press is counted.
    """
    if button.link.startswith("tel:"):
        return {"type": "uri", "label": button.label, "uri": button.link}
    if button.link:
        return {"type": "uri", "label": button.label, "uri": addresses.link(number, button.link)}
    service = {"s": button.service} if button.service else {}
    data = urlencode({"do": "pressed", "b": broadcast_id, "n": number, **service})
    return {"type": "postback", "label": button.label, "data": data, "displayText": button.label}


def _mark_correction(message: dict[str, Any], words: str) -> None:
    if message["type"] == "text":
        message["text"] = cut_units(f"✏️ {words}\n\n{message['text']}", TEXT_UNITS)
    elif message["type"] == "flex":
        message["altText"] = cut_units(f"✏️ {words}: {message['altText']}", ALT_UNITS)
        message["contents"]["body"]["contents"].insert(0, text(f"✏️ {words}", size="sm", weight="bold"))
