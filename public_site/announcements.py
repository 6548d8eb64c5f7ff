"""Serves the pages of public broadcasts, and redirects from the links in broadcasts, which it counts.

All public broadcasts are listed, so a forged one is recognised because it is not (requirement L9). No page needs a
script, a cookie or a sign-in. The only person named is the one who approved the broadcast.
"""

import logging
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from public_site.context import site
from store.broadcasts.audience_words import audience_in_words
from store.broadcasts.published import buttons_of, find_announcement, list_announcements
from store.broadcasts.statistics import press, was_sent
from store.clock import in_bangkok
from store.http.static_files import StaticFiles
from store.line_breaks import unbroken
from store.logs import failure_fields
from store.thai import thai_moment, thai_time, thai_weekday_date

log = logging.getLogger(__name__)
announcements = Blueprint(
    "announcements",
    __name__,
    template_folder="templates",
)
FILES: Final = StaticFiles(Path(__file__).parent / "static")

ON_A_PAGE = 20
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@announcements.url_defaults
def add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "announcements.static":
        values.setdefault("version", FILES.version)


@announcements.get("/announcements/static/<version>/<path:filename>", endpoint="static")
def show_file(version: str, filename: str) -> Response:
    found = FILES.answer(version, filename, request.headers.get("Accept-Encoding", ""))
    if found is None:
        abort(404)
    return Response(found[0], headers=found[1])


@announcements.get("/b/<int:broadcast_id>/<int:number>")
def follow_link(broadcast_id: int, number: int) -> AnyResponse:
    """Redirects to the approved link of a broadcast's button, and counts the tap.

    Answers 404 for a broadcast that was not sent, and for a button that does not exist or has no https link.
    """
    with site().database.reading() as session:
        broadcast = was_sent(session, _sane(broadcast_id))
        buttons = buttons_of(broadcast) if broadcast else []
    link = buttons[number].link if number < len(buttons) else ""
    if not link.startswith("https://"):
        abort(404)
    if request.method == "GET":
        _count(broadcast_id, number)
    answer = redirect(link, 302)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _count(broadcast_id: int, number: int) -> None:
    """Counts a tap. A failure of the database is only logged, so that the resident still reaches the link."""
    try:
        with site().database.transaction() as session:
            press(session, broadcast_id, number)
    except (SQLAlchemyError, TimeoutError) as error:
        log.warning("a press was not counted", extra=failure_fields(error))


@announcements.get("/announcements")
def show_list() -> str:
    before = request.args.get("before", type=int)
    with site().database.reading() as session:
        found = list_announcements(session, most=ON_A_PAGE + 1, before=_sane(before) if before else None)
    older = found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None
    return render_template("announcements.html", announcements=found[:ON_A_PAGE], older=older, **_facts())


@announcements.get("/announcements/<int:broadcast_id>")
def show_one(broadcast_id: int) -> str:
    with site().database.reading() as session:
        found = find_announcement(session, _sane(broadcast_id))
    if found is None:
        abort(404)
    return render_template("announcement.html", one=found, **_facts())


@announcements.get("/")
def show_root() -> AnyResponse:
    """Redirects the bare address to the list of announcements."""
    return redirect(url_for("announcements.show_list"), 302)


@announcements.errorhandler(404)
def show_nothing(_error: HTTPException) -> Response:
    """Answers 404, and says what to do, because an announcement that is not found may be a forgery."""
    return add_headers(make_response(render_template("no_announcement.html", **_facts()), 404))


@announcements.after_request
def add_headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cache-Control", "public, max-age=60")
    return response


def _facts() -> dict[str, object]:
    municipality = site().municipality
    topics = {topic.code: topic.name for topic in municipality.topics}
    return {
        "municipality": municipality,
        "add_friend": f"https://line.me/R/ti/p/{quote(municipality.account.basic_id)}",
        "picture": lambda token, small=False: site().photo_links.path(token, small=small),
        "to_whom": lambda audience: audience_in_words(audience.model_dump(), topics=topics, services={}),
        "weekday": lambda day: unbroken(thai_weekday_date(day)),
        "moment": lambda at: unbroken(thai_moment(at)),
        "time": lambda at: unbroken(thai_time(at)),
        "iso": lambda at: in_bangkok(at).isoformat(timespec="minutes"),
    }


def _sane(number: int) -> int:
    """Returns the number; if it is too large for the database, returns 0, which is the id of no row."""
    return number if number < 2**31 else 0
