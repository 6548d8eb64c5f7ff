"""The emergency lane: words approved on a quiet day, let out by an on-call superior's word, reviewed afterwards."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.broadcast_models import AudienceSnapshot, Broadcast, EmergencyTemplate
from store.broadcasts import mailings
from store.broadcasts.approval import VALID_FOR, write_down
from store.broadcasts.audience import reach, read_audience
from store.broadcasts.content import read_content
from store.broadcasts.life import Act, Refused, Status, digest_of, find_rule
from store.broadcasts.uploads import pictures_of, unknown_pictures
from store.clock import now
from store.staff_models import Staff

_BLANK = re.compile(r"\[([^\[\]\n]{1,40})\]")
LONGEST_BLANK = 100


def write_template(session: Session, title: str, content: dict[str, Any], by: Staff) -> EmergencyTemplate:
    """What is to be filled in stands in square brackets, such as [สถานที่]."""
    if by.role not in ("officer", "supervisor"):
        raise Refused("not_your_role")
    if not title.strip():
        raise Refused("needs_title_and_purpose")
    read = read_content(content)
    if not read.parts:
        raise Refused("says_nothing")
    # Where a button leads is part of what was approved: nobody types an address on the day.
    if any(blanks_of(button.link) for button in read.buttons()):
        raise Refused("blank_in_link")
    if unknown_pictures(session, pictures_of(content)):
        raise Refused("picture_gone")
    template = EmergencyTemplate(
        title=title.strip()[:120], content=content, author_id=by.id, created_at=now()
    )
    session.add(template)
    session.flush()
    return template


def approve_template(session: Session, template: EmergencyTemplate, by: Staff) -> None:
    """By another person than its author. To change a template, retire it and write a new one."""
    if by.role != "supervisor":
        raise Refused("not_your_role")
    if by.id == template.author_id:
        raise Refused("own_text")
    if template.retired_at is not None or template.approved_at is not None:
        raise Refused("wrong_status")
    template.approver_id, template.approved_at = by.id, now()


def retire_template(template: EmergencyTemplate) -> None:
    template.retired_at = template.retired_at or now()


def ready_templates(session: Session) -> list[EmergencyTemplate]:
    query = select(EmergencyTemplate).where(
        EmergencyTemplate.approved_at.is_not(None), EmergencyTemplate.retired_at.is_(None)
    )
    return list(session.scalars(query.order_by(EmergencyTemplate.title)))


def blanks_of(content: Any) -> list[str]:
    """The names in brackets, in order, each once."""
    found: dict[str, None] = {}
    for text in _texts(content):
        found.update(dict.fromkeys(_BLANK.findall(text)))
    return list(found)


def send_now(
    session: Session,
    template: EmergencyTemplate,
    blanks: Mapping[str, str],
    audience: dict[str, Any],
    by: Staff,
    decided_by: Staff,
    *,
    how: str,
) -> Broadcast:
    """Goes out at once. `decided_by` is the superior who said so, `how` they said it; they review it afterwards."""
    _check_decision(template, by, decided_by, how)
    content = _filled(template.content, blanks)
    to = read_audience(audience)
    residents = reach(session, to, topic=None).residents
    if not residents and to.who != "friends":
        raise Refused("nobody_to_tell")
    broadcast = _decided(template, by, decided_by, how.strip())
    broadcast.content, broadcast.audience, broadcast.most_messages = content, audience, len(residents)
    session.add(broadcast)
    session.flush()
    session.add(AudienceSnapshot(broadcast_id=broadcast.id, residents=list(residents)))
    session.flush()
    broadcast.digest = digest_of(session, broadcast)
    note = f"{decided_by.full_name}: {how.strip()}"
    write_down(session, broadcast, "emergency", by, note=note, digest=broadcast.digest)
    mailings.prepare(session, broadcast)
    return broadcast


def _decided(template: EmergencyTemplate, by: Staff, decided_by: Staff, how: str) -> Broadcast:
    """Approved from the first moment on; what it says and to whom is still to be filled in."""
    return Broadcast(
        title=template.title,
        category="warning",
        purpose=how,
        topic=None,
        valid_until=now() + VALID_FOR,
        status=Status.APPROVED,
        version=1,
        author_id=by.id,
        editor_id=by.id,
        approver_id=decided_by.id,
        approved_at=now(),
        template_id=template.id,
        created_at=now(),
    )


def review(session: Session, broadcast: Broadcast, by: Staff, note: str) -> None:
    """A superior looks at it afterwards, and the record says what they found."""
    find_rule(broadcast, Act.REVIEW, by.id, by.role)
    if broadcast.template_id is None or broadcast.reviewed_at is not None:
        raise Refused("wrong_status")
    if not note.strip():
        raise Refused("needs_note")
    broadcast.reviewed_at = now()
    write_down(session, broadcast, "review", by, note=note)


def to_review(session: Session) -> list[Broadcast]:
    query = select(Broadcast).where(Broadcast.template_id.is_not(None), Broadcast.reviewed_at.is_(None))
    return list(session.scalars(query.order_by(Broadcast.id)))


def _check_decision(template: EmergencyTemplate, by: Staff, decided_by: Staff, how: str) -> None:
    if by.role not in ("officer", "supervisor"):
        raise Refused("not_your_role")
    if template.approved_at is None or template.retired_at is not None:
        raise Refused("wrong_status")
    if decided_by.role != "supervisor" or not decided_by.active:
        raise Refused("not_a_superior")
    if decided_by.id == by.id:
        raise Refused("own_text")
    if not how.strip():
        raise Refused("needs_note")


def _filled(content: dict[str, Any], blanks: Mapping[str, str]) -> dict[str, Any]:
    words = {name: blanks.get(name, "").strip() for name in blanks_of(content)}
    if not all(words.values()):
        raise Refused("blank_left_empty")
    if any(len(word) > LONGEST_BLANK for word in words.values()):
        raise Refused("blank_too_long")
    filled: dict[str, Any] = _replaced(content, words)
    read_content(filled)
    return filled


def _replaced(content: Any, words: Mapping[str, str]) -> Any:
    if isinstance(content, dict):
        return {key: _replaced(value, words) for key, value in content.items()}
    if isinstance(content, list):
        return [_replaced(value, words) for value in content]
    return _BLANK.sub(lambda match: words[match[1]], content) if isinstance(content, str) else content


def _texts(content: Any) -> list[str]:
    if isinstance(content, dict):
        return [text for value in content.values() for text in _texts(value)]
    if isinstance(content, list):
        return [text for value in content for text in _texts(value)]
    return [content] if isinstance(content, str) else []
