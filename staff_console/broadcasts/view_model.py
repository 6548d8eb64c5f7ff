"""Builds frozen values for the page of a broadcast, and the forms of the acts that this person may do."""

import math
from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from staff_console.broadcasts import reach_and_cost, wording
from staff_console.broadcasts.preview_messages import phone_of
from staff_console.context import context
from staff_console.forms import new_form_token
from store.broadcasts import control
from store.broadcasts.approval import requests_of, why_too_late
from store.broadcasts.audience import frozen_audience
from store.broadcasts.audience_words import audience_in_words
from store.broadcasts.models import Broadcast, BroadcastAct, Mailing, MailingPart, MailingState, Tester
from store.broadcasts.published import buttons_of
from store.broadcasts.queries import corrections_of, stage_of
from store.broadcasts.statistics import Progress, Results, progress_of, results_of
from store.broadcasts.testers import linked_testers
from store.broadcasts.transitions import (
    APPROVAL,
    BROADCASTS,
    Act,
    ActRefused,
    BroadcastStatus,
    check_act,
    digest_of,
)
from store.clock import now
from store.residents.menus import SEASONS
from store.staff.models import Staff
from store.workflow.approvals import Decider

# The order of the forms on the page. The first act that is allowed is marked as the next step.
_ORDER = (Act.APPROVE, Act.SUBMIT, Act.REVIEW, Act.RESUME, Act.PAUSE, Act.RETURN, Act.TAKE_BACK, Act.CANCEL)


@dataclass(frozen=True)
class ActForm:
    act: Act
    button: str
    note_label: str
    needs_note: bool
    is_next: bool
    token: str


@dataclass(frozen=True)
class MailingShown:
    """Describes a mailing, which sends the message or the closing message.

    `progress` counts residents. For a broadcast to all friends (`to_friends`) only LINE knows how many there are.
    """

    mailing: Mailing
    label: str
    state: str
    why: str
    progress: Progress
    percent: int
    to_friends: bool


@dataclass(frozen=True)
class ActShown:
    label: str
    row: BroadcastAct


@dataclass(frozen=True)
class Facts:
    category: str
    topic: str
    audience: str
    menu: str


@dataclass(frozen=True)
class Shown:
    broadcast: Broadcast
    stage: str
    stage_words: str
    tone: str
    late: str
    facts: Facts
    figures: list[tuple[str, str]]
    warning: str
    phone: dict[str, Any]
    digest: str
    mailings: list[MailingShown]
    results: Results | None
    presses: list[tuple[str, int | None]]
    approval: BroadcastAct | None
    acts: list[ActShown]
    corrects: Broadcast | None
    corrections: list[Broadcast]
    testers: list[Tester]


def show_broadcast(session: Session, broadcast: Broadcast) -> Shown:
    stage = stage_of(broadcast)
    begun = control.begun(session, broadcast)
    came = results_of(session, broadcast) if begun else None
    found = None if begun else _figures(session, broadcast)
    approvals = [act for act in broadcast.acts if act.act in ("approve", "void")]
    return Shown(
        broadcast=broadcast,
        stage=stage,
        stage_words=wording.stage_in_words(stage, broadcast),
        tone=wording.STAGES[stage][1],
        late=wording.REFUSALS[why_too_late(broadcast)] if stage == "lapsed" else "",
        facts=_facts(broadcast),
        figures=reach_and_cost.rows(found) if found else [],
        warning=reach_and_cost.warning(found) if found else "",
        phone=phone_of(session, broadcast),
        digest=digest_of(session, broadcast),
        mailings=[show_mailing(session, mailing) for mailing in broadcast.mailings],
        results=came,
        presses=_presses(broadcast, came) if came else [],
        approval=approvals[-1] if broadcast.status == BroadcastStatus.APPROVED and approvals else None,
        acts=[ActShown(wording.ACTS.get(row.act, row.act), row) for row in reversed(broadcast.acts)],
        corrects=session.get(Broadcast, broadcast.corrects_id) if broadcast.corrects_id else None,
        corrections=corrections_of(session, broadcast),
        testers=linked_testers(session),
    )


def _figures(session: Session, broadcast: Broadcast) -> reach_and_cost.AudienceFigures | None:
    audience = frozen_audience(session, broadcast)
    return reach_and_cost.figures_of(session, audience, broadcast.topic, requests_of(broadcast))


def _facts(broadcast: Broadcast) -> Facts:
    return Facts(
        wording.CATEGORIES.get(broadcast.category, broadcast.category),
        topic_words(broadcast.topic),
        audience_words(broadcast.audience),
        SEASONS.get(broadcast.menu, broadcast.menu) if broadcast.menu else "",
    )


def topic_words(topic: str | None) -> str:
    names = {known.code: known.name for known in context().municipality.topics}
    return names.get(topic, topic) if topic else "ด่วน (ส่งถึงทุกคนแม้ไม่รับข่าว)"


def audience_words(audience: dict[str, Any]) -> str:
    """Returns the audience in Thai, with the words that the public page uses."""
    topics = {known.code: known.name for known in context().municipality.topics}
    services = {code: service.title for code, service in context().services.items()}
    return audience_in_words(audience, topics=topics, services=services)


def show_mailing(session: Session, mailing: Mailing) -> MailingShown:
    progress = progress_of(session, mailing)
    return MailingShown(
        mailing=mailing,
        label=wording.MAILINGS[mailing.part],
        state=wording.mailing_state(mailing),
        why=wording.STOPS[mailing.reason] if mailing.reason else "",
        progress=progress,
        percent=_percent(progress),
        to_friends=mailing.broadcast.audience["who"] == "friends",
    )


def _percent(progress: Progress) -> int:
    """Returns the percentage of residents that are done; for a mailing without known residents, that of requests."""
    share = 1 - progress.left / progress.meant if progress.meant else progress.share
    return math.floor(100 * share)


def _presses(broadcast: Broadcast, came: Results) -> list[tuple[str, int | None]]:
    """Returns each button's label with the number of its presses, or with None if it dials: these are not counted."""
    return [
        (button.label, None if button.link.startswith("tel:") else came.presses.get(number, 0))
        for number, button in enumerate(buttons_of(broadcast))
    ]


def may(broadcast: Broadcast, act: Act, person: Staff) -> bool:
    try:
        check_act(broadcast, act, person)
        if act is Act.APPROVE:
            APPROVAL.check(Decider(person), broadcast.writers)
            return not why_too_late(broadcast)
    except ActRefused:
        return False
    return True


def may_edit(session: Session, broadcast: Broadcast, person: Staff) -> bool:
    return may(broadcast, Act.EDIT, person) and not control.begun(session, broadcast)


def is_own(broadcast: Broadcast, person: Staff) -> bool:
    return person.id in broadcast.writers


def forms_for(broadcast: Broadcast, person: Staff) -> list[ActForm]:
    """Returns the forms of the acts that this person may do now, the likely next step first."""
    open_now = [act for act in _ORDER if may(broadcast, act, person) and _makes_sense(broadcast, act)]
    return [
        ActForm(
            act=act,
            button=wording.button_of(act, broadcast),
            note_label=wording.NOTE_LABELS.get(act, ""),
            needs_note=any(rule.needs_note for rule in BROADCASTS.rules_of(act)),
            is_next=act is open_now[0] and act not in (Act.RETURN, Act.CANCEL),
            token=new_form_token(),
        )
        for act in open_now
    ]


def _makes_sense(broadcast: Broadcast, act: Act) -> bool:
    """Says whether the act would change anything now. The page does not offer an act that would change nothing."""
    states = {mailing.part: mailing.state for mailing in broadcast.mailings}
    match act:
        case Act.PAUSE:
            return bool({MailingState.WAITING, MailingState.SENDING} & set(states.values()))
        case Act.RESUME:
            return bool({MailingState.PAUSED, MailingState.STOPPED} & set(states.values()))
        case Act.REVIEW:
            return broadcast.template_id is not None and broadcast.reviewed_at is None
        case Act.CANCEL if broadcast.status == BroadcastStatus.APPROVED:
            is_over = broadcast.ends_at is not None and broadcast.ends_at <= now()
            message = states.get(MailingPart.MESSAGE, MailingState.SENDING)
            return message not in (MailingState.DONE, MailingState.CANCELLED) and not is_over
    return True


def refuse_page(session: Session, broadcast: Broadcast, reason: str, note: str = "") -> str:
    """Returns the page that shows why an act was refused, the broadcast as it is now, and the note as typed."""
    said, shown = wording.REFUSALS[reason], show_broadcast(session, broadcast)
    return render_template("broadcasts/conflict.html", shown=shown, said=said, note=note)
