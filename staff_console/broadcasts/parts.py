"""Reads the parts of a message from the editor's form, and adds, moves and removes parts when a button is pressed.

The name of a field is message or closing and a place as in BadContent.problems: message.parts.0.buttons.1.label.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Final

from flask import request

from staff_console.context import context, me
from staff_console.forms import clean_note, whole
from store.broadcasts.content import BUTTONS, FACTS
from store.files.lifecycle import FileNotAccepted, uploaded
from store.files.models import File
from store.line.limits import MESSAGES_IN_A_REQUEST
from store.thai import arabic_digits

Part = dict[str, Any]
Problems = dict[str, str]
# The key under which a part of this kind holds the token of its picture.
PICTURES: Final = {"picture": "token", "card": "picture"}
_PHONE = re.compile(r"[+\d][\d\s().-]{2,}")


class NoSuchPart(ValueError):
    """Says that the pressed button names a step or a part that does not exist; our pages have no such button."""


def line(name: str) -> str:
    """Returns a field of one line, in NFC; line breaks and control characters become spaces."""
    typed = unicodedata.normalize("NFC", request.form.get(name, ""))
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in typed).strip()


def lines(name: str) -> str:
    """Returns a field of several lines, cleaned by `clean_note`."""
    return clean_note(request.form.get(name, ""))


def read_parts(prefix: str) -> list[Part]:
    """Returns the parts of the form; `prefix` is message or closing."""
    found = []
    for number in range(MESSAGES_IN_A_REQUEST):
        at = f"{prefix}.parts.{number}"
        if read := _READERS.get(request.form.get(f"{at}.kind", "")):
            found.append(read(at))
    return found


def new_part(kind: str) -> Part:
    if kind not in _NEW:
        raise NoSuchPart(kind)
    return _NEW[kind]()


def _words(at: str) -> Part:
    return {"kind": "words", "text": lines(f"{at}.text")}


def _picture(at: str) -> Part:
    return {"kind": "picture", "token": line(f"{at}.token")}


def _place(at: str) -> Part:
    place = {"kind": "place", "title": line(f"{at}.title"), "address": line(f"{at}.address")}
    return place | _degrees(line(f"{at}.pin"))


def _degrees(pin: str) -> Part:
    """Returns latitude and longitude of text such as "16.4322, 102.8236", the form in which maps copy coordinates.

    Other text is returned under pin, so that it can be corrected.
    """
    try:
        latitude, longitude = (float(half) for half in arabic_digits(pin).strip("() ").split(","))
    except ValueError:
        return {"pin": pin} if pin else {}
    return {"latitude": latitude, "longitude": longitude}


def _card(at: str) -> Part:
    facts = range(_count(f"{at}.facts", FACTS))
    buttons = range(_count(f"{at}.buttons", BUTTONS))
    return {
        "kind": "card",
        "look": line(f"{at}.look"),
        "title": line(f"{at}.title"),
        "text": lines(f"{at}.text"),
        "picture": line(f"{at}.picture"),
        "facts": [{key: line(f"{at}.facts.{n}.{key}") for key in ("label", "text")} for n in facts],
        "buttons": [_button(f"{at}.buttons.{n}") for n in buttons],
    }


def _count(at: str, most: int) -> int:
    """Counts the rows that the form sent, up to `most`."""
    return next((n for n in range(most) if f"{at}.{n}.label" not in request.form), most)


def _button(at: str) -> Part:
    link = line(f"{at}.link")
    if _PHONE.fullmatch(arabic_digits(link)):
        link = "tel:" + re.sub(r"[^\d+]", "", arabic_digits(link))
    elif link.startswith("www."):
        link = f"https://{link}"
    service = request.form.get(f"{at}.service", "")
    return {
        "label": line(f"{at}.label"),
        "link": link,
        "service": service if service in context().services else "",
    }


_READERS: Final[dict[str, Callable[[str], Part]]] = {
    "words": _words,
    "card": _card,
    "picture": _picture,
    "place": _place,
}
_NEW: Final[dict[str, Callable[[], Part]]] = {
    "words": lambda: {"kind": "words", "text": ""},
    "card": lambda: {"kind": "card", "look": "announcement", "title": "", "text": "", "picture": "",
                     "facts": [], "buttons": []},
    "picture": lambda: {"kind": "picture", "token": ""},
    "place": lambda: {"kind": "place", "title": "", "address": ""},
}  # fmt: skip


def change(parts: list[Part], steps: list[str]) -> None:
    """Carries out a button on the parts. `steps` is the value of the button without its prefix, split at the dots.

    Such values are add.card, parts.1.up, parts.0.facts.add and parts.0.buttons.2.remove; look changes nothing. Raises
    NoSuchPart for an unknown one.
    """
    match steps:
        case ["add", kind]:
            _add(parts, new_part(kind), MESSAGES_IN_A_REQUEST)
        case ["parts", number, "picture", "remove"]:
            part = _at(parts, number)
            part[PICTURES[part["kind"]]] = ""
        case ["parts", number, step]:
            _move(parts, number, step)
        case ["parts", number, "facts" | "buttons" as rows, *step]:
            _change_rows(_at(parts, number), rows, step)
        case ["look"]:
            return
        case _:
            raise NoSuchPart(".".join(steps))


def _change_rows(part: Part, rows: str, step: list[str]) -> None:
    if rows not in part:
        raise NoSuchPart(rows)
    match step:
        case ["add"]:
            blank = {"label": "", "text": ""} if rows == "facts" else {"label": "", "link": "", "service": ""}
            _add(part[rows], blank, FACTS if rows == "facts" else BUTTONS)
        case [number, "remove"]:
            part[rows].remove(_at(part[rows], number))
        case _:
            raise NoSuchPart(rows)


def _add(rows: list[Part], row: Part, most: int) -> None:
    if len(rows) < most:
        rows.append(row)


def _at(rows: list[Part], number: str) -> Part:
    return rows[_index(rows, number)]


def _index(rows: list[Part], number: str) -> int:
    at = whole(number)
    if at is None or at >= len(rows):
        raise NoSuchPart(number)
    return at


def _move(parts: list[Part], number: str, step: str) -> None:
    at = _index(parts, number)
    part = parts.pop(at)
    match step:
        case "remove":
            return
        case "up":
            parts.insert(max(at - 1, 0), part)
        case "down":
            parts.insert(at + 1, part)
        case _:
            raise NoSuchPart(step)


def take_pictures(prefix: str, parts: list[Part]) -> Problems:
    """Stores the pictures uploaded with the form and puts their tokens into the parts; returns problems by field."""
    problems: Problems = {}
    for number, part in enumerate(parts):
        at = f"{prefix}.parts.{number}"
        sent = request.files.get(f"{at}.file")
        if part["kind"] not in PICTURES or sent is None or not sent.filename:
            continue
        try:
            part[PICTURES[part["kind"]]] = _keep(sent.read())
        except FileNotAccepted as error:
            problems[f"{at}.file"] = error.reason
    return problems


def _keep(data: bytes) -> str:
    """Stores a picture and returns its token. The file is written before its row, so that no row lacks its file."""
    file: File = uploaded(context().media, data, staff_id=me().id)
    with context().database.transaction() as session:
        session.add(file)
    return file.token


def without_blanks(parts: list[Part]) -> dict[str, Any]:
    """Returns the parts as the content of a broadcast, without facts and buttons whose fields are all empty."""
    kept = []
    for part in parts:
        shown = dict(part)
        for rows in ("facts", "buttons"):
            if rows in shown:
                shown[rows] = [row for row in shown[rows] if any(row.values())]
        kept.append(shown)
    return {"parts": kept}


def parts_of(content: dict[str, Any] | None) -> list[Part]:
    """Returns copies of the parts of a stored content, for the editor; no parts for None."""
    parts = (content or {}).get("parts", [])
    return [
        {**part, **{rows: [dict(row) for row in part.get(rows, ())] for rows in ("facts", "buttons")}}
        if part["kind"] == "card"
        else dict(part)
        for part in parts
    ]


def place_problems(prefix: str, problems: list[tuple[str, str]]) -> Problems:
    """Returns the problems of a content by the name of the form's field beside which each is shown."""
    said: Problems = {}
    for place, word in problems:
        name = f"{prefix}.{place}"
        if place.endswith((".latitude", ".longitude", ".pin")):
            said[f"{prefix}.{place.rpartition('.')[0]}.pin"] = "bad_pin"
        elif word in ("bad_link", "two_aims"):
            said[f"{name}.link"] = word
        elif place == "parts":
            said[prefix] = word
        elif place.endswith((".token", ".picture")):
            said[f"{name.rpartition('.')[0]}.file"] = "no_picture"
        else:
            said[name] = word
    return said
