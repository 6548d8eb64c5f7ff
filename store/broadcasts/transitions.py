"""Defines the life of a broadcast as one table, and the hash that binds an approval to exactly what was read."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.broadcasts.content import BroadcastContent, read_content
from store.broadcasts.models import AudienceSnapshot, Broadcast
from store.errors import Refusal
from store.files.models import File
from store.staff.models import Staff


class BroadcastStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class Act(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    RETURN = "return"
    APPROVE = "approve"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    REVIEW = "review"


class ActRefused(Refusal):
    """Says that this act is not allowed now; `reason` is a word such as own_text or wrong_status."""


@dataclass(frozen=True)
class BroadcastRule:
    act: Act
    before: frozenset[BroadcastStatus]
    after: BroadcastStatus | None
    roles: frozenset[str]
    another_person: bool
    own_only: bool
    needs_note: bool


def _rule(act: str, before: str, after: str, roles: str, *needs: str) -> BroadcastRule:
    """Builds a rule from words; an unknown act or status raises ValueError when this module is imported."""
    return BroadcastRule(
        Act(act),
        frozenset(BroadcastStatus(word) for word in before.split()),
        None if after == "=" else BroadcastStatus(after),
        frozenset(roles.split()),
        "another" in needs,
        "own" in needs,
        "note" in needs,
    )


_STAFF: Final = "officer supervisor"

# "another": a person who ever saved the words of the broadcast may not do this, whatever their role (requirement L5).
# "own": an officer may do this only to a broadcast that they wrote or saved, a supervisor to any. "=": no new status.
RULES: Final = (
    #      act          from                               to           who             needs
    _rule("edit", "draft returned submitted approved", "draft", _STAFF),
    _rule("submit", "draft returned", "submitted", _STAFF),
    _rule("take_back", "submitted", "draft", _STAFF, "own"),
    _rule("return", "submitted", "returned", "supervisor", "another", "note"),
    _rule("approve", "submitted", "approved", "supervisor", "another"),
    _rule("cancel", "draft returned submitted approved", "cancelled", _STAFF, "own", "note"),
    _rule("pause", "approved", "=", _STAFF),
    _rule("resume", "approved", "=", _STAFF),
    _rule("review", "approved cancelled", "=", "supervisor", "another", "note"),
)


def find_rule(broadcast: Broadcast, act: Act, staff_id: int, role: str) -> BroadcastRule:
    """Returns the rule that permits the act to this person now; raises ActRefused with the reason."""
    row = next(rule for rule in RULES if rule.act is act)
    if role not in row.roles:
        raise ActRefused("not_your_role")
    if broadcast.status not in row.before:
        raise ActRefused("wrong_status")
    if row.another_person and staff_id in broadcast.writers:
        raise ActRefused("own_text")
    if row.own_only and role == "officer" and staff_id not in broadcast.writers:
        raise ActRefused("not_your_text")
    return row


def check_age(person: Staff) -> None:
    """Raises ActRefused("account_too_new") if this person was given the account or the role within the last day."""
    if not person.may_approve:
        raise ActRefused("account_too_new")


def content_of(broadcast: Broadcast) -> BroadcastContent:
    return read_content(broadcast.content)


def closing_of(broadcast: Broadcast) -> BroadcastContent | None:
    return read_content(broadcast.closing) if broadcast.closing else None


def digest_of(session: Session, broadcast: Broadcast) -> str:
    """Returns, in hex, the SHA-256 of everything that is approved.

    That is the words, the bytes of the pictures, the menu, the residents, the highest cost and the times.
    """
    snapshot = session.get(AudienceSnapshot, broadcast.id)
    approved = {
        "title": broadcast.title,
        "category": broadcast.category,
        "topic": broadcast.topic,
        "content": broadcast.content,
        "closing": broadcast.closing,
        "pictures": _pictures(session, broadcast),
        "audience": broadcast.audience,
        "residents": snapshot.residents if snapshot else None,
        "most_messages": broadcast.most_messages,
        "menu": broadcast.menu,
        "corrects": broadcast.corrects_id,
        "times": [_moment(at) for at in (broadcast.send_at, broadcast.ends_at, broadcast.valid_until)],
    }
    return hashlib.sha256(json.dumps(approved, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _pictures(session: Session, broadcast: Broadcast) -> list[list[str | None]]:
    closing = closing_of(broadcast)
    tokens = [*content_of(broadcast).pictures(), *(closing.pictures() if closing else [])]
    query = select(File.token, File.sha256).where(File.token.in_(tokens)).order_by(File.token)
    return [list(row) for row in session.execute(query)] if tokens else []


def _moment(at: datetime | None) -> Any:
    return at.isoformat() if at else None
