"""Links the LINE accounts of staff, for test messages and confirmations, by a code that only their owner sees."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from staff_console.context import context, me
from staff_console.forms import new_form_token, press
from store.audit.log import Subject, write_down
from store.broadcasts import testers as circle
from store.broadcasts.models import Tester
from store.clock import now
from store.staff.permissions import Permission, allows

testers = Blueprint("testers", __name__)


@testers.get("/broadcasts/testers")
def show_all() -> str:
    with context().database.reading() as session:
        found = circle.list_testers(session)
        return render_template(
            "broadcasts/testers.html",
            testers=found,
            own=next((tester for tester in found if tester.staff_id == me().id), None),
            now=now(),
            token=new_form_token(),
        )


@testers.post("/broadcasts/testers")
def invite() -> Response:
    """Shows a code that this person types in the chat from their own LINE, which links it to their account.

    Nobody can request a code for another account, because the linked LINE can confirm emergencies for that account.
    """
    back = url_for("testers.show_all")
    with context().database.transaction() as session:
        press(session, back, said="ขอรหัสไปแล้ว")
        tester = circle.invite(session, me())
        write_down(session, "invite_tester", staff_id=me().id, about=Subject("tester", tester.id))
    flash(f"พิมพ์ {tester.code} ในแชต LINE ของเรา จาก LINE ของท่านเอง ภายใน 30 นาที", "good")
    return redirect(back, 303)


@testers.post("/broadcasts/testers/<int:tester_id>/remove")
def remove(tester_id: int) -> Response:
    """Removes a link. A supervisor may remove any, an officer only their own."""
    with context().database.transaction() as session:
        tester = session.get(Tester, tester_id) or abort(404)
        if not allows(me(), Permission.TESTERS_REMOVE, tester):
            abort(403)
        circle.remove(session, tester)
        write_down(session, "remove_tester", staff_id=me().id, about=Subject("tester", tester_id))
    flash("เอาออกแล้ว", "good")
    return redirect(url_for("testers.show_all"), 303)
