"""Writing a broadcast: its parts, LINE's limits counted as LINE counts them, pictures, the preview."""

from typing import Any

import pytest
from sqlalchemy import func, select

from store.broadcasts.content import read_content
from store.broadcasts.models import Broadcast
from store.database.engine import Database
from store.line.limits import units
from tests.builders import a_resident
from tests.console.looks import snapshot
from tests.console.news import CARD, FORM, NEW, TEXT, edit, press, raw, row, said_at, submit, words, write
from tests.console.pages import Page, Person

# The same form over either database.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
BUTTON = "message.parts.0.buttons.0"
FACT = "message.parts.0.facts.0"
BARE = {name: value for name, value in FORM.items() if not name.startswith("message")}


def parts(database: Database, broadcast_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = row(database, broadcast_id).content["parts"]
    return found


def test_every_kind_of_part_is_kept_as_it_was_written(officer: Person, database: Database) -> None:
    second = {name.replace("parts.0", "parts.1"): value for name, value in CARD.items()}
    place = {"kind": "place", "title": "จุดแจกน้ำ", "address": "ถนนเทศบาล 1", "pin": "๑๖.๔๓๒๒, 102.8236"}
    third = {f"message.parts.2.{name}": value for name, value in place.items()}
    found = parts(database, write(officer, **second, **third))
    assert [part["kind"] for part in found] == ["words", "card", "place"]
    assert found[0]["text"] == TEXT
    assert (found[1]["look"], found[1]["title"]) == ("warning", "เตือนน้ำล้นตลิ่ง")
    assert (found[2]["latitude"], found[2]["longitude"]) == (16.4322, 102.8236)


@pytest.mark.parametrize("look", ["announcement", "warning", "event", "tax"])
def test_there_is_a_card_for_each_occasion(officer: Person, database: Database, look: str) -> None:
    broadcast = write(officer, **{**CARD, "message.parts.0.look": look})
    assert parts(database, broadcast)[0]["look"] == look
    assert "ดูตัวอย่าง" in officer.visit(f"/broadcasts/{broadcast}/edit").html


def test_buttons_lead_to_a_page_a_telephone_a_service_or_nowhere(officer: Person, database: Database) -> None:
    rows = [
        ("ดูแผนที่", "www.example.go.th/map", ""),
        ("โทรถาม", "๐๔๓-๐๐๐ ๐๐๐", ""),
        ("ขอรถน้ำ", "", "water_truck"),
        ("รับทราบ", "", ""),
    ]
    fields = {
        f"message.parts.0.buttons.{number}.{name}": value
        for number, typed in enumerate(rows)
        for name, value in zip(("label", "link", "service"), typed, strict=True)
    }
    buttons = read_content(row(database, write(officer, **CARD, **fields)).content).buttons()
    assert [(button.link, button.service) for button in buttons] == [
        ("https://www.example.go.th/map", ""), ("tel:043000000", ""), ("", "water_truck"), ("", ""),
    ]  # fmt: skip


# A family is one sign to people and to LINE's labels, and eleven UTF-16 units to LINE's texts. Browsers send two signs
# for the end of a line, LINE gets one.
FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("field", "fits", "too_long"),
    [
        ("message.parts.0.text", FAMILY * 454 + "กกกกกก", FAMILY * 454 + "กกกกกกก"),
        ("message.parts.0.text", "ก\r\n" * 2499 + "กก", "ก\r\n" * 2499 + "กกก"),
        (f"{BUTTON}.label", FAMILY * 20, FAMILY * 21),
        (f"{FACT}.label", "น้ำ" * 20, "น้ำ" * 21),
        (f"{FACT}.text", "😀" * 60, "😀" * 60 + "ก"),
        ("message.parts.0.title", "ก" * 100, "ก" * 101),
        ("title", "ก" * 120, "ก" * 121),
        ("purpose", "ก" * 2000, "ก" * 2001),
    ],
)
def test_limits_are_counted_as_line_counts_them(
    officer: Person, field: str, fits: str, too_long: str
) -> None:
    assert field != "message.parts.0.text" or units(fits.replace("\r", "")) == 5000
    card = {} if field == "message.parts.0.text" else CARD
    rows = {f"{FACT}.label": "เวลา", f"{FACT}.text": "วันนี้", f"{BUTTON}.label": "รับทราบ"} if card else {}
    assert press(officer, "save", **{**card, **rows, field: fits}).status_code == 303
    answer = press(officer, "save", **{**card, **rows, field: too_long})
    assert answer.status_code == 400
    assert said_at(answer.text, field) == "ยาวเกินที่ LINE รับได้ ดูตัวเลขใต้ช่อง"
    assert 'aria-invalid="true"' in Page(answer).check().html


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"title": " "}, "title", "กรุณากรอกช่องนี้"),
        ({"purpose": ""}, "purpose", "กรุณากรอกช่องนี้"),
        ({"topic": "urgent"}, "topic", "ต้องเลือกหัวข้อ"),
        ({"topic": "no-such"}, "topic", "ใช้ค่านี้ไม่ได้"),
        ({"category": "spam"}, "category", "ใช้ค่านี้ไม่ได้"),
        ({"menu": "resident"}, "menu", "ใช้ค่านี้ไม่ได้"),
        ({"send_at": "yesterday"}, "send_at", "วันเวลาไม่ถูกต้อง"),
        ({"message.parts.0.text": "  "}, "message.parts.0.text", "กรุณากรอกช่องนี้"),
        ({**CARD, f"{BUTTON}.label": "ดู", f"{BUTTON}.link": "http://x.go.th"}, f"{BUTTON}.link", "https://"),
        ({**CARD, f"{BUTTON}.label": "ดู", f"{BUTTON}.link": "javascript:alert(1)"}, f"{BUTTON}.link", "https://"),
        (
            {**CARD, f"{BUTTON}.label": "ดู", f"{BUTTON}.link": "043000000", f"{BUTTON}.service": "road"},
            f"{BUTTON}.link",
            "อย่างเดียว",
        ),
        ({"message.parts.0.kind": "picture"}, "message.parts.0.file", "กรุณาเลือกรูป"),
        (
            {"message.parts.0.kind": "place", "message.parts.0.title": "ก", "message.parts.0.address": "ข",
             "message.parts.0.pin": "แถวตลาด"},
            "message.parts.0.pin",
            "ละติจูด",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_beside_its_field_and_stays_in_the_form(
    officer: Person, database: Database, typed: dict[str, str], field: str, said: str
) -> None:
    answer = press(officer, "save", **typed)
    assert answer.status_code == 400
    assert said in said_at(answer.text, field)
    assert f'value="{FORM["title"]}"' in answer.text or typed.get("title") == " "
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Broadcast)) == 0


def test_parts_rows_and_buttons_are_added_moved_and_removed_by_buttons(officer: Person) -> None:
    page = Page(press(officer, "message.add.card")).check()
    assert (page.status, "ส่วนที่ 2 · การ์ด" in page.html) == (200, True)
    both = {**{name.replace("parts.0", "parts.1"): value for name, value in CARD.items()}}
    page = Page(press(officer, "message.parts.1.up", **both)).check()
    assert page.html.index("เตือนน้ำล้นตลิ่ง") < page.html.index(TEXT)
    page = Page(press(officer, "message.parts.1.facts.add", **both)).check()
    assert 'name="message.parts.1.facts.0.label"' in page.html
    page = Page(press(officer, "message.parts.0.remove", **both)).check()
    assert TEXT not in page.html
    assert 'value="เตือนน้ำล้นตลิ่ง"' in page.html


def test_five_parts_are_the_most_and_none_more_is_offered(officer: Person) -> None:
    five = {
        f"message.parts.{n}.{key}": value
        for n in range(5)
        for key, value in (("kind", "words"), ("text", f"ข้อ {n}"))
    }
    page = Page(press(officer, "message.add.card", **five)).check()
    assert "ส่วนที่ 5" in page.html
    assert "ส่วนที่ 6" not in page.html
    assert 'value="message.add.words"' not in page.html


@pytest.mark.parametrize(
    "do", ["message.parts.9.remove", "message.add.poison", "boom", "message.parts.0.fly", ""]
)
def test_a_button_that_no_page_shows_is_refused(officer: Person, database: Database, do: str) -> None:
    before = snapshot(database)
    assert press(officer, do).status_code == 400
    assert snapshot(database) == before


def test_the_fullest_form_is_read_to_its_end(officer: Person, database: Database) -> None:
    """As a browser sends it, in more parts than any other form of the console may have."""
    form = {**officer.visit(NEW).form(NEW).fields, **BARE, "do": "save"}
    for number in range(5):
        at = f"message.parts.{number}"
        form |= {name.replace("message.parts.0", at): value for name, value in CARD.items()}
        form |= {f"{at}.facts.{n}.label": "ก" * 20 for n in range(6)}
        form |= {f"{at}.facts.{n}.text": "ข" * 120 for n in range(6)}
        form |= {f"{at}.buttons.{n}.label": "ค" * 20 for n in range(4)}
    assert len(form) > 100
    answer = officer.client.post(NEW, data=form, content_type="multipart/form-data")
    assert answer.status_code == 303
    last = parts(database, int(answer.headers["Location"].rsplit("/", 1)[1]))[-1]
    assert (len(last["facts"]), len(last["buttons"])) == (6, 4)


def test_the_preview_is_the_very_message_that_goes_out(officer: Person) -> None:
    fields = {**FORM, **CARD, f"{BUTTON}.label": "รับทราบ", f"{BUTTON}.link": ""}
    shown = raw(officer, "/broadcasts/preview", **fields).get_json()
    (message,) = shown["messages"]
    assert (message["type"], message["altText"]) == ("flex", "⚠️ เตือนน้ำล้นตลิ่ง: ขอให้ยกของขึ้นที่สูงค่ะ")
    assert "ตรวจว่าเป็นของจริง" in str(message["contents"])
    assert dict(shown["figures"])["ใช้ข้อความ"] == "0 ข้อความ"


def test_the_preview_leaves_out_what_line_would_not_take_and_keeps_nothing(
    officer: Person, database: Database
) -> None:
    before = snapshot(database)
    shown = raw(officer, "/broadcasts/preview", **{**FORM, "message.parts.0.text": "ก" * 5001}).get_json()
    assert shown["messages"] == []
    assert snapshot(database) == before


def test_the_simulators_drawing_is_handed_out_and_nothing_beside_it(officer: Person) -> None:
    for name in ("js/chat.js", "js/flex.js", "css/chat.css"):
        assert officer.client.get(f"/broadcasts/drawing/0/{name}").status_code == 200
    for name in ("js/app.js", "../web.py", "js/../../web.py", "%2e%2e/web.py", "css/none.css"):
        assert officer.client.get(f"/broadcasts/drawing/0/{name}").status_code == 404


def test_saved_twice_by_a_double_click_it_is_written_once(officer: Person, database: Database) -> None:
    form = officer.visit(NEW).form(NEW)
    answers = [officer.send(form, **FORM, do="save") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert "ทำรายการนี้แล้ว" in officer.visit("/broadcasts").html
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Broadcast)) == 1


def test_hostile_text_is_shown_as_text(officer: Person, supervisor: Person, database: Database) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    with database.transaction() as session:
        a_resident(session)
    broadcast = submit(officer, title=evil, purpose=evil, **{"message.parts.0.text": evil})
    for address in ("/broadcasts", f"/broadcasts/{broadcast}", f"/broadcasts/{broadcast}/edit"):
        html = supervisor.visit(address).html
        assert "&lt;script&gt;" in html
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_a_draft_can_wait_for_its_audience_and_its_text_is_there_when_it_is_opened_again(
    officer: Person, colleague: Person, database: Database
) -> None:
    broadcast = write(officer)
    page = colleague.visit(f"/broadcasts/{broadcast}/edit")
    assert TEXT in page.html
    assert edit(colleague, broadcast, title="ชื่อใหม่").status_code == 303
    shown = words(officer.visit(f"/broadcasts/{broadcast}").html)
    assert "ชื่อใหม่" in shown
    assert "แก้ไขล่าสุดโดย" in shown
