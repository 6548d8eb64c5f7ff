"""Shows the list of broadcasts and the page of a broadcast, and carries out the forms on that page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console.access.audit_log import note_reason
from staff_console.access.rate_limits import TEST_SENDS, count
from staff_console.broadcasts import wording
from staff_console.broadcasts.view_model import (
    forms_for,
    is_own,
    may_edit,
    refuse_page,
    show_broadcast,
    show_mailing,
)
from staff_console.context import context, me
from staff_console.forms import (
    LONGEST_NOTE,
    clean_note,
    new_form_token,
    press,
    whole,
    whole_or_400,
)
from store.broadcasts import approval, emergency, testers
from store.broadcasts.models import Broadcast, Tester
from store.broadcasts.queries import Pile, count_piles, list_broadcasts, stage_of, waiting_for
from store.broadcasts.transitions import Act, ActRefused

broadcasts = Blueprint("broadcasts", __name__)
Page = str | Response | tuple[str, int]
TO_MEND: Final = frozenset({"needs_note", "note_long", "no_tester", *wording.FIELDS_OF_REFUSALS})


@dataclass(frozen=True)
class ActInput:
    """Holds the submitted form of one act. `digest` and `seen_version` are of the broadcast as this person read it."""

    act: Act
    note: str
    seen_version: int
    digest: str


@broadcasts.get("/broadcasts")
def show_all() -> str:
    asked = request.args.get("pile", "")
    pile = Pile(asked) if asked in list(Pile) else Pile.ALL
    with context().database.reading() as session:
        return render_template(
            "broadcasts/list.html",
            pile=pile,
            piles=wording.PILES,
            counts=count_piles(session, me()),
            listed=list_broadcasts(session, me(), pile, page=whole(request.args.get("page")) or 1),
            waiting=waiting_for(session, me()),
            stages=wording.STAGES,
            categories=wording.CATEGORIES,
        )


@broadcasts.get("/broadcasts/<int:broadcast_id>")
def show(broadcast_id: int) -> str:
    with context().database.reading() as session:
        return _page(session, approval.find(session, me(), broadcast_id))


@broadcasts.get("/broadcasts/<int:broadcast_id>/progress")
def progress(broadcast_id: int) -> dict[str, Any]:
    """Returns the progress of a broadcast that is being sent, which a script of its page polls."""
    with context().database.reading() as session:
        broadcast = approval.find(session, me(), broadcast_id)
        shown = [show_mailing(session, mailing) for mailing in broadcast.mailings]
        return {
            "stage": stage_of(broadcast),
            "parts": {
                each.mailing.part: {
                    "percent": each.percent,
                    "told": each.progress.told,
                    "left": each.progress.left,
                    "state": each.mailing.state,
                }
                for each in shown
            },
        }


@broadcasts.post("/broadcasts/<int:broadcast_id>/<any({}):act>".format(", ".join(wording.BUTTONS)))
def act(broadcast_id: int, act: str) -> Page:
    asked = _read(Act(act))
    if len(asked.note) > LONGEST_NOTE:
        return refuse(broadcast_id, ActRefused("note_long"), asked)

    def deed(session: Session, broadcast: Broadcast) -> str:
        _DEEDS[asked.act](session, broadcast, asked)
        return wording.done_of(asked.act, broadcast)

    return carry_out(broadcast_id, asked, deed)


@broadcasts.post("/broadcasts/<int:broadcast_id>/test")
def send_test(broadcast_id: int) -> Page:
    """Queues a test message to the linked LINE of a colleague, and records it, because LINE bills it."""
    asked = _read(Act.SUBMIT)

    def send(session: Session, broadcast: Broadcast) -> str:
        tester = session.get(Tester, whole(request.form.get("tester")) or 0)
        if tester is None:
            raise ActRefused("no_tester")
        count(session, TEST_SENDS)
        part = "closing" if request.form.get("part") == "closing" and broadcast.closing else "message"
        testers.send_test(session, broadcast, tester, part=part)
        approval.write_down(session, broadcast, "test", me(), note=tester.name)
        return "ส่งทดสอบแล้ว ดูใน LINE ของผู้รับ"

    return carry_out(broadcast_id, asked, send)


def _read(act: Act) -> ActInput:
    return ActInput(
        act=act,
        note=clean_note(request.form.get("note", "")),
        seen_version=whole_or_400("seen_version"),
        digest=request.form.get("digest", ""),
    )


# Each function gets the locked broadcast and the submitted form.
_DEEDS: Final[dict[Act, Callable[[Session, Broadcast, ActInput], None]]] = {
    Act.SUBMIT: lambda session, broadcast, asked: approval.submit(session, broadcast, me()),
    Act.TAKE_BACK: lambda session, broadcast, asked: approval.take_back(session, broadcast, me()),
    Act.RETURN: lambda session, broadcast, asked: approval.return_(session, broadcast, me(), asked.note),
    Act.APPROVE: lambda session, broadcast, asked: approval.approve(
        session, broadcast, me(), read_digest=asked.digest, note=asked.note
    ),
    Act.CANCEL: lambda session, broadcast, asked: approval.cancel(session, broadcast, me(), asked.note),
    Act.PAUSE: lambda session, broadcast, asked: approval.pause(session, broadcast, me()),
    Act.RESUME: lambda session, broadcast, asked: approval.resume(session, broadcast, me()),
    Act.REVIEW: lambda session, broadcast, asked: emergency.review(session, broadcast, me(), asked.note),
}


def carry_out(broadcast_id: int, asked: ActInput, deed: Callable[[Session, Broadcast], str]) -> Page:
    """Calls `deed` with the locked broadcast, and redirects to its page with the words that `deed` returns.

    If the form was carried out before, it is not carried out again. If the act is refused, for example because the
    broadcast was changed since this person read it, returns the page that says why.
    """
    back = url_for("broadcasts.show", broadcast_id=broadcast_id)
    with context().database.reading() as session:
        approval.find(session, me(), broadcast_id)
    try:
        with context().database.transaction() as session:
            press(session, back)
            done = deed(
                session, approval.lock(session, broadcast_id, by=me(), seen_version=asked.seen_version)
            )
    except ActRefused as error:
        return refuse(broadcast_id, error, asked)
    flash(done, "good")
    return redirect(back, 303)


def refuse(broadcast_id: int, error: ActRefused, asked: ActInput) -> Page:
    """Returns a page that says why the act was refused, with the note as typed.

    The status is 400 if the form can be corrected, 403 if this person may not do the act, else 409.
    """
    note_reason(error.reason)
    with context().database.reading() as session:
        broadcast = approval.find(session, me(), broadcast_id)
        if error.reason in TO_MEND:
            return _page(session, broadcast, problem=wording.REFUSALS[error.reason], asked=asked), 400
        page = refuse_page(session, broadcast, error.reason, asked.note)
    return page, 403 if error.reason in wording.FORBIDDEN else 409


def _page(session: Session, broadcast: Broadcast, *, problem: str = "", asked: ActInput | None = None) -> str:
    return render_template(
        "broadcasts/page.html",
        shown=show_broadcast(session, broadcast),
        forms=forms_for(broadcast, me()),
        may_edit=may_edit(session, broadcast, me()),
        is_own=is_own(broadcast, me()),
        test_token=new_form_token(),
        services=context().services,
        problem=problem,
        asked=asked,
    )
