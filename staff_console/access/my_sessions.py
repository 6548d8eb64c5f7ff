"""Lists the sessions of the person who is signed in, and lets them end those that they do not recognise."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from staff_console.access.cookies import session_cookie
from staff_console.context import context, me
from store.audit.log import Subject, write_down
from store.staff import sessions

my_sessions = Blueprint("my_sessions", __name__)


@my_sessions.get("/my-sessions")
def show_all() -> str:
    with context().database.reading() as session:
        found = sessions.list_sessions(session, me())
        rows = [(row, sessions.handle_of(row), sessions.is_of(row, session_cookie())) for row in found]
        return render_template("access/my_sessions.html", rows=rows)


@my_sessions.post("/my-sessions/end")
def end() -> Response:
    """Ends the session that the form names. If the form names none, ends all except the session of this browser."""
    handle = request.form.get("session", "")
    with context().database.transaction() as session:
        if handle:
            ended = int(sessions.end_one(session, me(), handle))
        else:
            ended = sessions.end_others(session, me(), session_cookie())
        if ended:
            write_down(
                session,
                "end_sessions",
                staff_id=me().id,
                about=Subject("staff", me().id),
                details={"ended": ended},
            )
    flash("ออกจากระบบในอุปกรณ์นั้นแล้ว" if handle else f"ออกจากระบบในอุปกรณ์อื่นแล้ว {ended} เครื่อง", "good")
    return redirect(url_for("my_sessions.show_all"), 303)
