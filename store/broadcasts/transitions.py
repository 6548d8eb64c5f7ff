"""Defines the lives of a broadcast and of a warning template as tables, and what an approval of them binds.

It binds a hash of exactly what was read.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.broadcasts.content import BroadcastContent, read_content
from store.broadcasts.models import AudienceSnapshot, Broadcast, EmergencyTemplate
from store.errors import Refusal
from store.files.models import File
from store.staff.models import Staff
from store.workflow import approvals
from store.workflow.approvals import Chain
from store.workflow.table import RuleRefused, read_table


class BroadcastStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class Act(StrEnum):
    WRITE = "write"
    EMERGENCY = "emergency"
    EDIT = "edit"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    RETURN = "return"
    APPROVE = "approve"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    REVIEW = "review"


class TemplateStatus(StrEnum):
    WRITTEN = "written"
    APPROVED = "approved"
    RETIRED = "retired"


class TemplateAct(StrEnum):
    WRITE = "write"
    APPROVE = "approve"
    FILL_IN = "fill_in"
    RETIRE = "retire"


class ActRefused(Refusal):
    """Says that this act is not allowed now; `reason` is a word such as own_text or wrong_status."""


_STAFF: Final = "officer supervisor"

# fmt: off
# "another": a person who ever saved the words of the broadcast may not do this, whatever their role (requirement L5).
# "own": an officer may do this only to a broadcast that they wrote or saved, a supervisor to any. "=": no new status.
BROADCASTS: Final = read_table("broadcast", BroadcastStatus, Act, (
    # act          from                                 to           who           needs           the resident is told
    ("write",      "-",                                 "draft",     _STAFF,       "",             "-"),
    ("emergency",  "-",                                 "submitted", _STAFF,       "note",         "-"),
    ("edit",       "draft returned submitted approved", "draft",     _STAFF,       "",             "-"),
    ("submit",     "draft returned",                    "submitted", _STAFF,       "",             "-"),
    ("take_back",  "submitted",                         "draft",     _STAFF,       "own",          "-"),
    ("return",     "submitted",                         "returned",  "supervisor", "another note", "-"),
    ("approve",    "submitted",                         "approved",  "supervisor", "another",      "-"),
    ("cancel",     "draft returned submitted approved", "cancelled", _STAFF,       "own note",     "-"),
    ("pause",      "approved",                          "=",         _STAFF,       "",             "-"),
    ("resume",     "approved",                          "=",         _STAFF,       "",             "-"),
    ("review",     "approved cancelled",                "=",         "supervisor", "another note", "-"),
))

# A template is never changed: it is retired, and a new one is written.
TEMPLATES: Final = read_table("emergency template", TemplateStatus, TemplateAct, (
    ("write",      "-",                                 "written",   _STAFF,       "",             "-"),
    ("approve",    "written",                           "approved",  "supervisor", "another",      "-"),
    ("fill_in",    "approved",                          "=",         _STAFF,       "note",         "-"),
    ("retire",     "written",                           "retired",   "officer",    "own",          "-"),
    ("retire",     "written approved retired",          "retired",   "supervisor", "",             "-"),
))
# fmt: on

APPROVAL: Final = Chain((BROADCASTS.roles_of(Act.APPROVE),), ActRefused)
TEMPLATE_APPROVAL: Final = Chain((TEMPLATES.roles_of(TemplateAct.APPROVE),), ActRefused)


def check_act(broadcast: Broadcast | None, act: Act, by: Staff, *, has_note: bool = True) -> None:
    """Raises ActRefused with the reason if this person may not do the act now; None is one yet to be written."""
    status, writers = (broadcast.status, broadcast.writers) if broadcast else (None, frozenset[int]())
    try:
        BROADCASTS.find_rule(act, status, by.role, person=by.id, writers=writers, has_note=has_note)
    except RuleRefused as refused:
        raise ActRefused(refused.reason) from refused


def check_template_act(
    template: EmergencyTemplate | None, act: TemplateAct, by: Staff, *, has_note: bool = True
) -> None:
    """Raises ActRefused with the reason if this person may not do this to the template now; None is a new one."""
    status, writers = (_status_of(template), {template.author_id}) if template else (None, set[int]())
    try:
        TEMPLATES.find_rule(act, status, by.role, person=by.id, writers=writers, has_note=has_note)
    except RuleRefused as refused:
        raise ActRefused(refused.reason) from refused


def _status_of(template: EmergencyTemplate) -> TemplateStatus:
    if template.retired_at is not None:
        return TemplateStatus.RETIRED
    return TemplateStatus.APPROVED if template.approved_at is not None else TemplateStatus.WRITTEN


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
    return approvals.digest_of(approved)


def _pictures(session: Session, broadcast: Broadcast) -> list[list[str | None]]:
    closing = closing_of(broadcast)
    tokens = [*content_of(broadcast).pictures(), *(closing.pictures() if closing else [])]
    query = select(File.token, File.sha256).where(File.token.in_(tokens)).order_by(File.token)
    return [list(row) for row in session.execute(query)] if tokens else []


def _moment(at: datetime | None) -> Any:
    return at.isoformat() if at else None
