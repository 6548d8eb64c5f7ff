"""Reads the form of a broadcast, finds the problem of each field, and makes a draft from the form."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from staff_console.broadcasts import wording
from staff_console.broadcasts.audience import Chosen, chosen_of, look_up, read_chosen
from staff_console.broadcasts.parts import (
    Part,
    Problems,
    line,
    lines,
    new_part,
    parts_of,
    place_problems,
    read_parts,
    without_blanks,
)
from staff_console.context import context
from staff_console.forms import whole
from store.broadcasts.approval import CATEGORIES, BroadcastDraft
from store.broadcasts.approval import URGENT as URGENT_CATEGORIES
from store.broadcasts.audience import homes
from store.broadcasts.content import BadContent, read_content
from store.broadcasts.models import Broadcast
from store.broadcasts.uploads import unknown_pictures
from store.clock import BANGKOK, in_bangkok, now
from store.line.limits import units
from store.residents.menus import SEASONS

LONGEST_TITLE, LONGEST_PURPOSE = 120, 2000
# These problems are shown only when the form is saved: until then the fields may be empty.
UNFINISHED = frozenset({"no_values", "no_residents"})
FURTHEST = timedelta(days=366)
FIRST_BUDDHIST_YEAR = 2500


@dataclass
class Typed:
    """Holds the form as submitted, valid or not. Times are as browsers send them: ISO 8601, meant in Bangkok time."""

    title: str = ""
    category: str = "announcement"
    purpose: str = ""
    topic: str = ""
    message: list[Part] = field(default_factory=list)
    closing: list[Part] = field(default_factory=list)
    menu: str = ""
    send_at: str = ""
    ends_at: str = ""
    audience: Chosen = field(default_factory=Chosen)
    corrects_id: int | None = None


def blank() -> Typed:
    """Returns the form of a new broadcast, with one empty card and the first topic, or as urgent without any topics."""
    topics = context().municipality.topics
    return Typed(topic=topics[0].code if topics else wording.URGENT, message=[new_part("card")])


def read_typed() -> Typed:
    form = request.form
    return Typed(
        title=line("title"),
        category=form.get("category", ""),
        purpose=lines("purpose"),
        topic=form.get("topic", ""),
        message=read_parts("message"),
        closing=read_parts("closing"),
        menu=form.get("menu", ""),
        send_at=form.get("send_at", ""),
        ends_at=form.get("ends_at", ""),
        audience=read_chosen(),
        corrects_id=whole(form.get("corrects")),
    )


def typed_of(broadcast: Broadcast) -> Typed:
    return Typed(
        title=broadcast.title,
        category=broadcast.category,
        purpose=broadcast.purpose,
        topic=broadcast.topic or wording.URGENT,
        message=parts_of(broadcast.content),
        closing=parts_of(broadcast.closing),
        menu=broadcast.menu or "",
        send_at=_as_typed(broadcast.send_at),
        ends_at=_as_typed(broadcast.ends_at),
        audience=chosen_of(broadcast.audience),
        corrects_id=broadcast.corrects_id,
    )


def correction_of(broadcast: Broadcast) -> Typed:
    """Returns the form of a new broadcast that corrects this one.

    It copies all but the times, the menu and the closing message, which are empty, and marks the title.
    """
    typed = typed_of(broadcast)
    typed.title = f"แก้ไข: {broadcast.title}"[:LONGEST_TITLE]
    typed.menu = typed.send_at = typed.ends_at = ""
    typed.closing, typed.corrects_id = [], broadcast.id
    return typed


def _as_typed(at: datetime | None) -> str:
    return in_bangkok(at).strftime("%Y-%m-%dT%H:%M") if at else ""


def check(session: Session, typed: Typed) -> Problems:
    """Returns one problem for each wrong field, by the field's name. store.broadcasts.approval checks fields together.

    Changes `typed`: blank rows are removed, so that row numbers agree, and cases or residents are looked up.
    """
    problems: Problems = {}
    for name, most in (("title", LONGEST_TITLE), ("purpose", LONGEST_PURPOSE)):
        if word := _length(getattr(typed, name), most):
            problems[name] = word
    if typed.category not in CATEGORIES:
        problems["category"] = "wrong"
    problems |= _check_topic(typed)
    if typed.menu and typed.menu not in SEASONS:
        problems["menu"] = "wrong"
    for name in ("send_at", "ends_at"):
        if word := moment_of(getattr(typed, name))[1]:
            problems[name] = word
    for prefix in ("message", "closing"):
        problems |= check_content(session, prefix, typed)
    return problems | look_up(session, typed.audience)


def _length(text: str, most: int) -> str:
    if not text:
        return "empty"
    return "too_long" if units(text) > most else ""


def _check_topic(typed: Typed) -> Problems:
    if typed.topic == wording.URGENT:
        return {} if typed.category in URGENT_CATEGORIES else {"topic": "needs_topic"}
    known = {topic.code for topic in context().municipality.topics}
    return {} if typed.topic in known else {"topic": "wrong"}


def check_content(session: Session, prefix: str, typed: Any) -> Problems:
    """Returns the problems of the parts in the attribute `prefix` of `typed`, which is message or closing.

    Removes blank rows from these parts.
    """
    content = without_blanks(getattr(typed, prefix))
    setattr(typed, prefix, content["parts"])
    try:
        pictures = read_content(content).pictures()
    except BadContent as error:
        return place_problems(prefix, error.problems)
    # Only pictures that staff uploaded for broadcasts are allowed: a forged form must not name a resident's photo.
    return {prefix: "no_picture"} if unknown_pictures(session, pictures) else {}


def moment_of(text: str) -> tuple[datetime | None, str]:
    """Returns the moment in a date-and-time field and "", or None and the word of its problem ("" if it is empty)."""
    if not text:
        return None, ""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=BANGKOK)
        # These fields expect years of the Common Era; somebody who types 2569 means the Buddhist year.
        at = at.replace(year=at.year - 543) if at.year > FIRST_BUDDHIST_YEAR else at
    except ValueError:
        return None, "bad_moment"
    return (at, "") if abs(at - now()) <= FURTHEST else (None, "too_far")


def draft_of(typed: Typed) -> BroadcastDraft:
    """Returns the draft made from the form. Call it only after `check` has found no problem."""
    return BroadcastDraft(
        title=typed.title,
        category=typed.category,
        purpose=typed.purpose,
        content=without_blanks(typed.message),
        audience=typed.audience.as_data(),
        topic=topic_of(typed),
        closing=without_blanks(typed.closing) if typed.closing else None,
        menu=typed.menu or None,
        send_at=moment_of(typed.send_at)[0],
        ends_at=moment_of(typed.ends_at)[0],
        corrects_id=typed.corrects_id,
    )


def topic_of(typed: Typed) -> str | None:
    return None if typed.topic == wording.URGENT else typed.topic


def readable(parts: list[Part]) -> dict[str, Any]:
    """Returns the content without the parts that are still incomplete or invalid, for the preview."""
    return {"parts": [part for part in without_blanks(parts)["parts"] if _is_sound(part)]}


def _is_sound(part: Part) -> bool:
    try:
        read_content({"parts": [part]})
    except BadContent:
        return False
    return True


def form_words(session: Session) -> dict[str, Any]:
    """Returns the labels and choices that every page with the editor's fields shows."""
    return {
        "pairs": _pairs(session),
        "categories": wording.CATEGORIES,
        "looks": wording.LOOKS,
        "kinds": wording.KINDS,
        "audiences": wording.AUDIENCES,
        "urgent": wording.URGENT,
        "urgent_topic": wording.URGENT_TOPIC,
        "topics": context().municipality.topics,
        "services": context().services,
    }


def _pairs(session: Session) -> dict[str, list[tuple[str, str]]]:
    """Maps each audience that is chosen by checkboxes to its checkboxes, as pairs of value and label."""
    known = homes(session)
    return {
        "moo": [(moo, f"หมู่ {moo}") for moo in known.moos],
        "community": [(name, name) for name in known.communities],
        "topic": [(topic.code, topic.name) for topic in context().municipality.topics],
        "service": [(name, service.title) for name, service in context().services.items()],
    }
