"""Reads the JSON of LINE's events into immutable objects. An incomplete or unknown event never raises an error.

The models of LINE's SDK are not used here: they lose the user id and the reply token of events that they do not know.
https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, urlencode

from store.services.answers.cleaning import clean_text
from store.services.answers.inputs import SomethingElse, TypedText

_PHOTO_ENDINGS = (".jpg", ".jpeg", ".jfif", ".png", ".heic", ".heif", ".hif", ".webp", ".avif")


@dataclass(frozen=True)
class Tap:
    """Describes a press of one of our buttons: the action `do`, its parameters `about`, the `day` of a date picker."""

    do: str
    about: Mapping[str, str] = field(default_factory=dict)
    day: date | None = None


@dataclass(frozen=True)
class SentPlace:
    latitude: float
    longitude: float
    text: str


@dataclass(frozen=True)
class SentFile:
    """Describes a photo or document that LINE holds; bot.worker.content_fetcher downloads it later.

    `kind` is "photo" or "document". `album` is LINE's id of photos that were sent together, and `of` is their number.
    """

    kind: str
    message_id: str
    name: str = ""
    album: str | None = None
    of: int = 1


@dataclass(frozen=True)
class Followed:
    pass


@dataclass(frozen=True)
class Unfollowed:
    pass


@dataclass(frozen=True)
class Unsent:
    message_id: str


@dataclass(frozen=True)
class Joined:
    """Says that the account was invited to a group."""


@dataclass(frozen=True)
class UnknownEvent:
    """Stands for an event that the bot does not act on, but still acknowledges."""


What = (
    TypedText
    | Tap
    | SentPlace
    | SentFile
    | SomethingElse
    | Followed
    | Unfollowed
    | Unsent
    | Joined
    | UnknownEvent
)


@dataclass(frozen=True)
class Event:
    """Describes an event. `at` is when it happened, by LINE's clock. `user_id` is None if LINE does not send it.

    `group` is the id of the group or room, None in a chat with one resident. If `active` is False, the channel is on
    standby and must not send messages.
    """

    what: What
    at: datetime
    user_id: str | None = None
    group: str | None = None
    reply_token: str | None = None
    active: bool = True
    redelivered: bool = False
    mentions_us: bool = False
    message_id: str | None = None


def read_event(body: Mapping[str, Any]) -> Event:
    source = _mapping(body.get("source"))
    reply_token = body.get("replyToken")
    return Event(
        what=_what(body),
        at=occurred_at(body),
        user_id=_text(source.get("userId")),
        group=_text(source.get("groupId")) or _text(source.get("roomId")),
        reply_token=reply_token if isinstance(reply_token, str) and reply_token else None,
        active=body.get("mode") == "active",
        redelivered=_mapping(body.get("deliveryContext")).get("isRedelivery") is True,
        mentions_us=_mentions_us(_mapping(body.get("message"))),
        message_id=_id(_mapping(body.get("message")).get("id"), 40),
    )


def occurred_at(body: Mapping[str, Any]) -> datetime:
    """Returns when the event happened, by LINE's clock; 1 January 1970 if LINE sends no usable timestamp."""
    timestamp = body.get("timestamp")
    if isinstance(timestamp, bool) or not isinstance(timestamp, int | float):
        return datetime.fromtimestamp(0, UTC)
    try:
        return datetime.fromtimestamp(timestamp / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


def whose(body: Mapping[str, Any]) -> str | None:
    """Returns the id of the group, room or user to which an event belongs, or None if it has none.

    Events with the same id are worked on in order.
    """
    source = _mapping(body.get("source"))
    return _text(source.get("groupId")) or _text(source.get("roomId")) or _text(source.get("userId"))


def _what(body: Mapping[str, Any]) -> What:
    match body.get("type"):
        case "message":
            return _message(_mapping(body.get("message")))
        case "postback":
            return read_tap(_mapping(body.get("postback")))
        case "follow":
            return Followed()
        case "unfollow":
            return Unfollowed()
        case "unsend":
            message_id = _id(_mapping(body.get("unsend")).get("messageId"), 40)
            return Unsent(message_id) if message_id else UnknownEvent()
        case "join":
            return Joined()
        case _:
            return UnknownEvent()


def _message(message: Mapping[str, Any]) -> What:
    kind, message_id = message.get("type"), _id(message.get("id"), 40)
    if kind == "text":
        return _words(message)
    if kind == "location":
        return _place(message)
    if kind in ("image", "file") and message_id and _line_holds_it(message):
        return _sent_file(kind, message_id, message)
    return SomethingElse(kind) if isinstance(kind, str) else UnknownEvent()


def _words(message: Mapping[str, Any]) -> What:
    """Returns the text without LINE's own emoji, for which LINE writes placeholders such as (love).

    A text that holds nothing else counts as a sticker.
    """
    text, emojis = message.get("text"), message.get("emojis")
    if not isinstance(text, str):
        return UnknownEvent()
    if not isinstance(emojis, list) or not emojis:
        return TypedText(text)
    left = _without_spans(text, [_mapping(emoji) for emoji in emojis])
    return TypedText(left) if clean_text(left) or not clean_text(text) else SomethingElse("sticker")


def _without_spans(text: str, spans: list[Mapping[str, Any]]) -> str:
    """Removes the spans from the text and ignores those outside it. `index` and `length` count UTF-16 code units."""
    units = text.encode("utf-16-le", "surrogatepass")
    kept = bytearray(units)
    for start, length in ((span.get("index"), span.get("length")) for span in spans):
        if _is_count(start) and _is_count(length) and start + length <= len(units) // 2:
            kept[2 * start : 2 * (start + length)] = _GONE * length
    return kept.decode("utf-16-le", "surrogatepass").replace("\uffff", "")


# U+FFFF, which is no character. It marks what is removed at the end: until then, positions in the text do not shift.
_GONE = "\uffff".encode("utf-16-le")


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 5000


def _line_holds_it(message: Mapping[str, Any]) -> bool:
    """Says whether LINE holds the content. Any other is at an address that its sender chose: it is never fetched."""
    provider = _mapping(message.get("contentProvider")).get("type", "line")
    return bool(provider == "line")


def _sent_file(kind: str, message_id: str, message: Mapping[str, Any]) -> SentFile:
    album = _mapping(message.get("imageSet"))
    of = album.get("total")
    return SentFile(
        kind="photo" if kind == "image" or _is_named_as_photo(message) else "document",
        message_id=message_id,
        name=clean_text(_text(message.get("fileName")) or "")[:200],
        album=_id(album.get("id"), 100),
        of=of if isinstance(of, int) and 1 <= of <= 100 else 1,
    )


def _is_named_as_photo(message: Mapping[str, Any]) -> bool:
    """Says whether the file has the name of a photo, because photos that are sent from a PC arrive as files.

    Whether it is one is found out after the download (bot.worker.content_fetcher).
    """
    return (_text(message.get("fileName")) or "").lower().endswith(_PHOTO_ENDINGS)


def _place(message: Mapping[str, Any]) -> What:
    latitude, longitude = message.get("latitude"), message.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return SomethingElse("location")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return SomethingElse("location")
    words = (_text(message.get("title")), _text(message.get("address")))
    return SentPlace(float(latitude), float(longitude), clean_text(" ".join(w for w in words if w))[:200])


def read_tap(postback: Mapping[str, Any]) -> Tap:
    """Reads LINE's postback; `do` is "" if its data does not come from one of our buttons."""
    about = dict(parse_qsl(str(postback.get("data") or "")))
    day = _mapping(postback.get("params")).get("date")
    return Tap(about.pop("do", ""), about, _date(day))


def tap_data(do: str, **about: object) -> str:
    """Returns the data that a button carries and `read_tap` reads (LINE allows 300 characters)."""
    return urlencode({"do": do, **{key: str(value) for key, value in about.items()}})


def row_number(text: str | None) -> int | None:
    """Returns the id of a row that a button carries, or None for a text that none of our buttons carries."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _mentions_us(message: Mapping[str, Any]) -> bool:
    mentioned = _mapping(message.get("mention")).get("mentionees")
    return isinstance(mentioned, list) and any(_mapping(m).get("isSelf") is True for m in mentioned)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _id(value: object, longest: int) -> str | None:
    """Returns an id of LINE, or None if a column cannot hold it.

    That is so if it has more than `longest` characters, or unprintable ones such as U+0000.
    """
    text = _text(value)
    return text if text and len(text) <= longest and text.isprintable() else None
