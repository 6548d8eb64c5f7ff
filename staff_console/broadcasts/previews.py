"""Shows the live preview: a broadcast as LINE messages, drawn in the browser by the modules of line_preview."""

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy.orm import Session

from staff_console.broadcasts import figures
from staff_console.broadcasts.audience import look_up
from staff_console.broadcasts.forms import Typed, moment_of, read_typed, readable, topic_of
from staff_console.context import context
from staff_console.pages.static_files import OF_THE_PHONE, hand_out
from store.broadcasts.content import read_content
from store.broadcasts.messages import Addresses, footer_of, to_messages
from store.broadcasts.models import Broadcast
from store.broadcasts.uploads import find_upload, unknown_pictures
from store.clock import now
from store.files.previews import preview as small
from store.thai import thai_moment

previews = Blueprint("previews", __name__)


@previews.get("/broadcasts/drawing/<version>/<path:name>")
def drawing(version: str, name: str) -> Response:
    return hand_out(OF_THE_PHONE, version, name)


@previews.get("/broadcasts/pictures/<token>/<any(full, small):size>.jpg")
def picture(token: str, size: str) -> Response:
    """Returns a picture that staff uploaded for a broadcast; residents' photos are served by files.py."""
    with context().database.reading() as session:
        file = find_upload(session, token)
    if file is None:
        abort(404)
    try:
        data = context().media.read(token)
    except FileNotFoundError:
        abort(404)
    response = Response(small(data) if size == "small" else data, mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response


@previews.post("/broadcasts/preview")
def preview() -> dict[str, Any]:
    """Returns the preview of a form that somebody is still filling in; nothing of it is kept."""
    typed = read_typed()
    with context().database.reading() as session:
        shown = phone_of_form(session, typed)
        look_up(session, typed.audience)
        found = figures_of_form(session, typed) if "audience.who" in request.form else None
    return {
        **shown,
        "figures": figures.rows(found) if found else [],
        "warning": figures.warning(found) if found else "",
    }


def figures_of_form(session: Session, typed: Typed) -> figures.Figures | None:
    """Returns the figures. Call it after `look_up`: a file that came with the form can be read only once."""
    requests = bool(typed.message) + bool(typed.closing)
    return figures.figures_of(session, typed.audience.as_data(), topic_of(typed), requests)


def phone_of_form(session: Session, typed: Typed) -> dict[str, Any]:
    corrects = session.get(Broadcast, typed.corrects_id) if typed.corrects_id else None
    return _phone(
        messages_of(session, readable(typed.message), corrects=corrects.title if corrects else ""),
        messages_of(session, readable(typed.closing)),
        moment_of(typed.send_at)[0],
        moment_of(typed.ends_at)[0],
    )


def phone_of(session: Session, broadcast: Broadcast) -> dict[str, Any]:
    """Returns what a resident's chat shows: the same messages that go out."""
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
    """Returns LINE messages with the console's pictures and direct links. Residents' links are counted."""
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
