"""Broadcasts at the console, as people write, read and press them there; and looking at what became of them."""

import re
from html import unescape
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from store.broadcasts.models import Broadcast, Mailing
from store.database.engine import Database
from tests.console.pages import Form, Page, Person
from tests.stories.press import BROADCAST, MULTICAST
from tests.stories.scenes import calls
from tests.town import Town

TEXT = "พรุ่งนี้น้ำประปาหยุดไหล 9.00-12.00 น. ค่ะ"
FORM = {
    "title": "น้ำหยุดไหลพรุ่งนี้",
    "category": "announcement",
    "topic": "water",
    "purpose": "ให้ประชาชนสำรองน้ำ",
    "message.parts.0.kind": "words",
    "message.parts.0.text": TEXT,
    "audience.who": "everyone",
}
NEW = "/broadcasts/new"
CARD = {
    "message.parts.0.kind": "card",
    "message.parts.0.look": "warning",
    "message.parts.0.title": "เตือนน้ำล้นตลิ่ง",
    "message.parts.0.text": "ขอให้ยกของขึ้นที่สูงค่ะ",
}


def press(person: Person, do: str, address: str = NEW, **typed: Any) -> TestResponse:
    """Opens the editor, fills it in and presses one of its buttons."""
    form = person.visit(address).form(address.partition("?")[0])
    return person.send(form, **{**FORM, "do": do, **typed})


def wrote(answer: TestResponse) -> int:
    """The number of the broadcast that was kept."""
    assert answer.status_code == 303, Page(answer).html
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def write(person: Person, **typed: Any) -> int:
    return wrote(press(person, "save", **typed))


def submit(person: Person, address: str = NEW, **typed: Any) -> int:
    return wrote(press(person, "submit", address, **typed))


def edit(person: Person, broadcast_id: int, **typed: Any) -> TestResponse:
    return press(person, typed.pop("do", "save"), f"/broadcasts/{broadcast_id}/edit", **typed)


def form_of(person: Person, broadcast_id: int, act: str) -> Form:
    return person.visit(f"/broadcasts/{broadcast_id}").form(f"/broadcasts/{broadcast_id}/{act}")


def offers(person: Person, broadcast_id: int) -> set[str]:
    """What this person may press on the page of the broadcast."""
    page = person.visit(f"/broadcasts/{broadcast_id}")
    return {form.action.rsplit("/", 1)[1] for form in page.forms if f"/{broadcast_id}/" in form.action}


def do(person: Person, broadcast_id: int, act: str, note: str = "") -> TestResponse:
    return person.send(form_of(person, broadcast_id, act), note=note)


def approved(author: Person, superior: Person, **typed: Any) -> int:
    broadcast_id = submit(author, **typed)
    assert do(superior, broadcast_id, "approve").status_code == 303
    return broadcast_id


def raw(person: Person, address: str, **fields: Any) -> TestResponse:
    """A request that no page offered, with a good CSRF token and a form token of its own."""
    data = {"csrf_token": person.token(), "form_token": "t" * 22, **fields}
    return person.client.post(address, data=data)


def status_of(database: Database, broadcast_id: int) -> str:
    return row(database, broadcast_id).status


def row(database: Database, broadcast_id: int) -> Broadcast:
    with database.reading() as session:
        return session.get_one(Broadcast, broadcast_id)


def history(database: Database, broadcast_id: int) -> list[tuple[str, str]]:
    """What was done, with the words."""
    with database.reading() as session:
        return [(act.act, act.note) for act in session.get_one(Broadcast, broadcast_id).acts]


def states(database: Database, broadcast_id: int) -> dict[str, str]:
    with database.reading() as session:
        query = select(Mailing.part, Mailing.state).where(Mailing.broadcast_id == broadcast_id)
        return dict(session.execute(query).all())


def goes_out(town: Town) -> list[str]:
    """What is due is sent; the first text of every request for a broadcast that LINE took just now."""
    before = len(_sent(town))
    town.settle()
    return [str(call["request"]["messages"][0].get("text", "")) for call in _sent(town)[before:]]


def _sent(town: Town) -> list[dict[str, Any]]:
    return [call for call in (*calls(town, MULTICAST), *calls(town, BROADCAST)) if call["status"] == 200]


def words(html: str) -> str:
    """What stands on the page, in one line."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.split("<main")[1])))


def said_at(html: str, field: str) -> str:
    """What is to be mended beside this field."""
    found = re.search(rf'id="{re.escape(field)}-problem">([^<]+)<', html)
    return unescape(found[1]) if found else ""
