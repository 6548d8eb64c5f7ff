"""Handles emergency warnings.

A template is approved beforehand. In an emergency one person fills in its blanks, which makes a submitted broadcast; a
supervisor confirms it within an hour, and only then it is sent. Afterwards another person than its writers reviews it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.broadcasts.approval import VALID_FOR, why_too_late, write_down
from store.broadcasts.audience import reach, read_audience
from store.broadcasts.blanks import blanks_of, fill
from store.broadcasts.content import read_content
from store.broadcasts.models import AudienceSnapshot, Broadcast, EmergencyTemplate, Tester
from store.broadcasts.transitions import (
    APPROVAL,
    TEMPLATE_APPROVAL,
    Act,
    ActRefused,
    BroadcastStatus,
    TemplateAct,
    check_act,
    check_template_act,
    digest_of,
)
from store.broadcasts.uploads import pictures_of, unknown_pictures
from store.clock import now
from store.municipality.profile import Municipality
from store.staff.models import Staff
from store.workflow.approvals import Decider


@dataclass(frozen=True)
class Confirmer:
    """Describes a supervisor who may confirm; `tester` is the link to their own LINE, or None."""

    person: Staff
    tester: Tester | None


def write_template(session: Session, title: str, content: dict[str, Any], by: Staff) -> EmergencyTemplate:
    """Creates a template; its blanks, which are filled in later, stand in square brackets, such as [สถานที่].

    Raises BadContent or ActRefused with what must be corrected.
    """
    check_template_act(None, TemplateAct.WRITE, by)
    if not title.strip():
        raise ActRefused("needs_title_and_purpose")
    read = read_content(content)
    if not read.parts:
        raise ActRefused("says_nothing")
    # The target of a button is part of what was approved: nobody types an address during the emergency.
    if any(blanks_of(button.link) for button in read.buttons()):
        raise ActRefused("blank_in_link")
    if unknown_pictures(session, pictures_of(content)):
        raise ActRefused("picture_gone")
    template = EmergencyTemplate(
        title=title.strip()[:120], content=content, author_id=by.id, created_at=now()
    )
    session.add(template)
    session.flush()
    return template


def approve_template(template: EmergencyTemplate, by: Staff) -> None:
    """Approves the template; raises ActRefused unless `by` is a supervisor and not its author."""
    check_template_act(template, TemplateAct.APPROVE, by)
    TEMPLATE_APPROVAL.check(Decider(by), {template.author_id})
    template.approver_id, template.approved_at = by.id, now()


def retire_template(template: EmergencyTemplate, by: Staff) -> None:
    """Retires a template. A supervisor may retire any; an officer only their own, before it is approved."""
    check_template_act(template, TemplateAct.RETIRE, by)
    template.retired_at = template.retired_at or now()


def order(
    session: Session,
    municipality: Municipality,
    template: EmergencyTemplate,
    blanks: Mapping[str, str],
    audience: dict[str, Any],
    by: Staff,
    *,
    how: str,
) -> Broadcast:
    """Fills in the template and submits it as a broadcast, which a supervisor confirms with `approval.approve`.

    `how` tells the supervisors what happened and how that is known. Neither `by` nor the template's author can confirm.
    Raises ActRefused, BadContent or BadAudience with the reason.
    """
    has_note = bool(how.strip())
    check_template_act(template, TemplateAct.FILL_IN, by, has_note=has_note)
    check_act(None, Act.EMERGENCY, by, has_note=has_note)
    content = fill(template.content, blanks, municipality)
    to = read_audience(audience)
    residents = reach(session, to, topic=None).residents
    if not residents and to.who != "friends":
        raise ActRefused("nobody_to_tell")
    broadcast = _submitted(template, by, how.strip())
    broadcast.content = content
    broadcast.audience = audience
    broadcast.most_messages = len(residents)
    if not confirmers(session, broadcast):
        raise ActRefused("nobody_can_confirm")
    session.add(broadcast)
    session.flush()
    session.add(AudienceSnapshot(broadcast_id=broadcast.id, residents=list(residents)))
    session.flush()
    digest = digest_of(session, broadcast)
    write_down(session, broadcast, "emergency", by, note=how, digest=digest)
    return broadcast


def _submitted(template: EmergencyTemplate, by: Staff, how: str) -> Broadcast:
    """Returns a submitted broadcast; the caller fills in its content and its audience."""
    return Broadcast(
        title=template.title,
        category="warning",
        purpose=how,
        valid_until=now() + VALID_FOR,
        status=BroadcastStatus.SUBMITTED,
        version=1,
        author_id=by.id,
        editor_id=by.id,
        written_by=(by.id, template.author_id),
        template_id=template.id,
        created_at=now(),
    )


def confirmers(session: Session, broadcast: Broadcast) -> list[Confirmer]:
    """Returns the supervisors who may confirm the broadcast, in order of their names.

    They wrote none of it, and their accounts are old enough to approve.
    """
    return _supervisors(session, broadcast.writers, reason="")


def confirmers_of(session: Session, template: EmergencyTemplate, by: Staff) -> list[Confirmer]:
    """Returns the supervisors who could confirm the emergency if `by` filled in the template, ordered by name."""
    return _supervisors(session, {template.author_id, by.id}, reason="")


def later_confirmers_of(session: Session, template: EmergencyTemplate, by: Staff) -> list[Staff]:
    """Returns the supervisors who cannot confirm yet, because their account or role is less than a day old.

    The one who can confirm first stands first; `by` and the author of the template are left out.
    """
    found = _supervisors(session, {template.author_id, by.id}, reason=APPROVAL.too_new)
    return sorted((each.person for each in found), key=lambda person: person.approves_from or now())


def _supervisors(session: Session, writers: Collection[int], *, reason: str) -> list[Confirmer]:
    """Returns the people whose approval of something by `writers` is refused with `reason`; "" is not refused."""
    query = (
        select(Staff, Tester)
        .outerjoin(Tester, (Tester.staff_id == Staff.id) & Tester.resident_id.is_not(None))
        .where(Staff.active, Staff.role.in_(APPROVAL.steps[0]))
        .order_by(Staff.full_name, Staff.id)
    )
    found = [Confirmer(person, tester) for person, tester in session.execute(query)]
    return [each for each in found if APPROVAL.why_not(Decider(each.person), writers) == reason]


def unconfirmed(session: Session) -> list[Broadcast]:
    """Returns the emergencies that wait for a confirmation and can still be confirmed, the oldest first."""
    query = select(Broadcast).where(
        Broadcast.template_id.is_not(None), Broadcast.status == BroadcastStatus.SUBMITTED
    )
    return [found for found in session.scalars(query.order_by(Broadcast.id)) if not why_too_late(found)]


def review(session: Session, broadcast: Broadcast, by: Staff, note: str) -> None:
    """Records what a supervisor found when they reviewed the emergency afterwards.

    Raises ActRefused without a note, or if the emergency was reviewed before.
    """
    check_act(broadcast, Act.REVIEW, by, has_note=bool(note.strip()))
    if broadcast.template_id is None or broadcast.reviewed_at is not None:
        raise ActRefused("wrong_status")
    broadcast.reviewed_at = now()
    write_down(session, broadcast, "review", by, note=note)


def to_review(session: Session) -> list[Broadcast]:
    """Returns the confirmed emergencies that nobody has reviewed yet, also cancelled ones, the oldest first."""
    query = select(Broadcast).where(
        Broadcast.template_id.is_not(None),
        Broadcast.reviewed_at.is_(None),
        Broadcast.approver_id.is_not(None),
    )
    return list(session.scalars(query.order_by(Broadcast.id)))
