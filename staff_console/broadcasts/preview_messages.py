"""Builds the preview of a broadcast: its LINE messages as a chat shows them, and the figures on reach and cost."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from staff_console.broadcasts import reach_and_cost
from staff_console.broadcasts.forms import Typed, moment_of, readable, topic_of
from staff_console.context import context
from store.broadcasts.content import read_content
from store.broadcasts.messages import Addresses, footer_of, to_messages
from store.broadcasts.models import Broadcast
from store.broadcasts.uploads import unknown_pictures
from store.clock import now
from store.thai import thai_moment


def figures_of_form(session: Session, typed: Typed) -> reach_and_cost.AudienceFigures | None:
    """Returns the figures of the form; None while its audience is not valid.

    Call it after `look_up`, which puts the residents of an attached list into `typed`.
    """
    requests = bool(typed.message) + bool(typed.closing)
    return reach_and_cost.figures_of(session, typed.audience.as_data(), topic_of(typed), requests)


def phone_of_form(session: Session, typed: Typed) -> dict[str, Any]:
    corrects = session.get(Broadcast, typed.corrects_id) if typed.corrects_id else None
    return _phone(
        messages_of(session, readable(typed.message), corrects=corrects.title if corrects else ""),
        messages_of(session, readable(typed.closing)),
        moment_of(typed.send_at)[0],
        moment_of(typed.ends_at)[0],
    )


def phone_of(session: Session, broadcast: Broadcast) -> dict[str, Any]:
    """Returns the data from which the browser draws the preview of a stored broadcast."""
    corrects = session.get(Broadcast, broadcast.corrects_id) if broadcast.corrects_id else None
    return _phone(
        messages_of(session, broadcast.content, broadcast.id, corrects=corrects.title if corrects else ""),
        messages_of(session, broadcast.closing or {}, broadcast.id),
        broadcast.send_at or broadcast.approved_at,
        broadcast.ends_at,
    )


def phone_of_content(session: Session, content: dict[str, Any]) -> dict[str, Any]:
    return _phone(messages_of(session, content), [], None, None)


def _phone(
    messages: list[dict[str, Any]], closing: list[dict[str, Any]], send_at: Any, ends_at: Any
) -> dict[str, Any]:
    """Returns the data of a preview. `at` and `ends` are in milliseconds since 1970, for JavaScript."""
    begins, ends = send_at or now(), ends_at
    return {
        "messages": messages,
        "closing": closing,
        "at": int(begins.timestamp() * 1000),
        "ends": int(ends.timestamp() * 1000) if ends else None,
        "empty": "ตัวอย่างจะขึ้นที่นี่ เมื่อกรอกข้อความครบ",
        "ending": f"ข้อความปิดท้าย ส่งเมื่อ {thai_moment(ends) if ends else 'สิ้นสุด'}",
    }


def messages_of(
    session: Session, content: dict[str, Any], broadcast_id: int = 0, *, corrects: str = ""
) -> list[dict[str, Any]]:
    """Returns the LINE messages of a content, as the preview shows them.

    Unlike in the messages to residents, pictures come from the console, and links lead straight to their target, where
    presses are not counted.
    """
    read = read_content(content)
    unknown = unknown_pictures(session, read.pictures())
    addresses = Addresses(
        picture=lambda token, is_small: _picture(token, small=is_small, known=token not in unknown),
        link=lambda _number, link: link,
    )
    footer = footer_of(context().municipality)
    return to_messages(read, broadcast_id, addresses, footer=footer, corrects=corrects)


def _picture(token: str, *, small: bool, known: bool) -> str:
    size = "small" if small else "full"
    return url_for("previews.picture", token=token if known else "missing", size=size)
