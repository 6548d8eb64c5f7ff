"""Serves the pages on which staff send emergency warnings.

A person fills in the blanks of an approved template, and a supervisor confirms the result before it is sent.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console.broadcasts import reach_and_cost
from staff_console.broadcasts.audience import look_up, read_chosen, status_of
from staff_console.broadcasts.emergency_template_page import Decision, page_of, template_in
from staff_console.broadcasts.forms import UNFINISHED
from staff_console.broadcasts.parts import line, lines
from staff_console.broadcasts.preview_messages import phone_of_content
from staff_console.broadcasts.view_model import audience_words
from staff_console.context import context, me
from staff_console.forms import new_form_token, press
from store.broadcasts import emergency as lane
from store.broadcasts import emergency_confirmation
from store.broadcasts.blanks import blanks_of
from store.broadcasts.content import BadContent
from store.broadcasts.models import Broadcast, EmergencyTemplate
from store.broadcasts.transitions import ActRefused

emergency = Blueprint("emergency", __name__)
Page = str | Response | tuple[str, int]
FIELDS = {
    "blank_left_empty": "blanks",
    "blank_too_long": "blanks",
    "blank_invisible": "blanks",
    "blank_leads_away": "blanks",
    "needs_note": "how",
    "nobody_to_tell": "audience",
}


@emergency.get("/broadcasts/emergency")
def show_all() -> str:
    with context().database.reading() as session:
        query = select(EmergencyTemplate).where(EmergencyTemplate.retired_at.is_(None))
        found = list(session.scalars(query.order_by(EmergencyTemplate.title)))
        return render_template(
            "broadcasts/emergency.html",
            ready=[template for template in found if template.approved_at],
            waiting=[template for template in found if not template.approved_at],
            unconfirmed=lane.unconfirmed(session),
            to_review=lane.to_review(session),
        )


@emergency.get("/broadcasts/emergency/<int:template_id>")
def ask(template_id: int) -> str:
    with context().database.reading() as session:
        return page_of(session, template_in(session, template_id))


@emergency.post("/broadcasts/emergency/<int:template_id>")
def send(template_id: int) -> Page:
    """Carries out the form of a template: shows it again, shows what would be sent, or asks supervisors to confirm.

    The pressed button decides which of the three.
    """
    with context().database.reading() as session:
        template = template_in(session, template_id)
        typed = _read(blanks_of(template.content))
        problems = look_up(session, typed.audience)
        if request.form.get("do") not in ("confirm", "send"):
            problems = {name: word for name, word in problems.items() if word not in UNFINISHED}
            return page_of(session, template, typed, problems), status_of(problems)
        if problems:
            return page_of(session, template, typed, problems), status_of(problems)
    try:
        if request.form["do"] == "send":
            return _send(template_id, typed)
        return _confirm(template_id, typed)
    except (ActRefused, BadContent) as error:
        return _mend(template_id, typed, error)


def _read(names: list[str]) -> Decision:
    return Decision(
        blanks={name: line(f"blank.{number}") for number, name in enumerate(names)},
        audience=read_chosen(),
        how=lines("how"),
    )


class _OnlyLooking(Exception):
    """Makes the transaction roll back in which `_confirm` creates a broadcast only to show it."""


def _confirm(template_id: int, typed: Decision) -> Page:
    """Shows exactly what would be sent, by creating the broadcast in a transaction that is rolled back."""
    page = ""
    try:
        with context().database.transaction() as session:
            broadcast = _order(session, template_id, typed)
            page = _confirmation(session, broadcast, typed)
            raise _OnlyLooking
    except _OnlyLooking:
        return page


def _confirmation(session: Session, broadcast: Broadcast, typed: Decision) -> str:
    found = reach_and_cost.figures_of(session, broadcast.audience, None, 1)
    return render_template(
        "broadcasts/emergency_confirm.html",
        broadcast=broadcast,
        template_id=broadcast.template_id,
        typed=typed,
        confirmers=lane.confirmers(session, broadcast),
        audience=audience_words(broadcast.audience),
        phone_shown=phone_of_content(session, broadcast.content),
        figures=reach_and_cost.rows(found) if found else [],
        warning=reach_and_cost.warning(found) if found else "",
        services=context().services,
        token=request.form.get("form_token") or new_form_token(),
    )


def _send(template_id: int, typed: Decision) -> Page:
    with context().database.transaction() as session:
        press(session, url_for("emergency.show_all"), said="ขอยืนยันไปแล้ว")
        broadcast = _order(session, template_id, typed)
        asked = emergency_confirmation.ask(session, broadcast, to_whom=audience_words(broadcast.audience))
    in_line = f" ส่งปุ่มยืนยันทาง LINE แล้ว {asked} คน" if asked else ""
    flash(f"ยังไม่ได้ส่ง รอหัวหน้างานยืนยันภายใน 1 ชั่วโมง{in_line} โทรบอกหัวหน้างานให้ยืนยันด้วย", "warning")
    return redirect(url_for("broadcasts.show", broadcast_id=broadcast.id), 303)


def _order(session: Session, template_id: int, typed: Decision) -> Broadcast:
    template = template_in(session, template_id, hold=True)
    audience = typed.audience.as_data()
    return lane.order(session, context().municipality, template, typed.blanks, audience, me(), how=typed.how)


def _mend(template_id: int, typed: Decision, error: ActRefused | BadContent) -> Page:
    reason = error.reason if isinstance(error, ActRefused) else "blank_too_long"
    with context().database.reading() as session:
        template = template_in(session, template_id)
        code = 409 if reason == "wrong_status" else 400
        return page_of(session, template, typed, {FIELDS.get(reason, "form"): reason}), code
