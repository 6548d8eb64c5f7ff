"""Finds a warning template, and renders its page with the form as typed."""

from dataclasses import dataclass, field

from flask import abort, render_template, request
from sqlalchemy.orm import Session

from staff_console.broadcasts import wording
from staff_console.broadcasts.audience import Chosen
from staff_console.broadcasts.forms import form_words
from staff_console.broadcasts.parts import Problems
from staff_console.broadcasts.preview_messages import phone_of_content
from staff_console.context import me
from staff_console.forms import new_form_token
from store.broadcasts import emergency as lane
from store.broadcasts.blanks import blanks_of
from store.broadcasts.models import EmergencyTemplate
from store.broadcasts.transitions import TEMPLATE_APPROVAL, ActRefused, TemplateAct, check_template_act
from store.workflow.approvals import Decider


@dataclass
class Decision:
    """Holds the form of a template as typed. `how` says what happened and how that is known."""

    blanks: dict[str, str] = field(default_factory=dict)
    audience: Chosen = field(default_factory=Chosen)
    how: str = ""


def template_in(session: Session, template_id: int, *, hold: bool = False) -> EmergencyTemplate:
    """Returns the template, locked until the transaction ends if `hold`; answers 404 if it does not exist."""
    # The query joins the approver, who may be missing, and PostgreSQL locks no row of the optional side of a join.
    held = {"of": EmergencyTemplate} if hold else None
    return session.get(EmergencyTemplate, template_id, with_for_update=held) or abort(404)


def page_of(
    session: Session,
    template: EmergencyTemplate,
    typed: Decision | None = None,
    problems: Problems | None = None,
) -> str:
    return render_template(
        "broadcasts/emergency_template.html",
        template=template,
        why_not_approve=TEMPLATE_APPROVAL.why_not(Decider(me()), {template.author_id}),
        may_retire=_may_retire(template),
        blanks=blanks_of(template.content),
        typed=typed or Decision(),
        confirmers=lane.confirmers_of(session, template, me()),
        later=lane.later_confirmers_of(session, template, me()),
        phone_shown=phone_of_content(session, template.content),
        problems=problems or {},
        said=wording.said,
        token=request.form.get("form_token") or new_form_token(),
        **form_words(session),
    )


def _may_retire(template: EmergencyTemplate) -> bool:
    try:
        check_template_act(template, TemplateAct.RETIRE, me())
    except ActRefused:
        return False
    return True
