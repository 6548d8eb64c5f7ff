"""Tests what the public can look up about broadcasts, and that their links lead only to approved addresses."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from store.broadcasts.models import ButtonPress
from store.broadcasts.published import list_announcements
from store.clock import now
from store.database.engine import Database
from store.line_breaks import plain
from store.residents import preferences
from tests.builders import a_resident
from tests.stories.press import (
    IN_AN_HOUR,
    OVER,
    TEXT,
    URGENT,
    act,
    approve,
    card,
    crowd,
    words,
)
from tests.stories.test_broadcasts import a_picture
from tests.town import Town

LINK = {"label": "ดูแผนที่", "link": "https://www.example.go.th/map?a=1"}


def get(town: Town, path: str) -> TestResponse:
    return town.web.get(path)


def page(town: Town, path: str = "/announcements") -> str:
    answer = get(town, path)
    assert answer.status_code == 200, path
    return plain(answer.get_data(as_text=True))


def sent(town: Town, **changes: Any) -> int:
    if not town.simulator.residents:
        crowd(town, 1)
    broadcast = approve(town, **changes)
    town.settle()
    return broadcast


def presses(town: Town) -> dict[int, int]:
    with town.database.reading() as session:
        return {row.button: row.presses for row in session.query(ButtonPress)}


def test_a_link_leads_where_was_approved_and_is_counted(town: Town) -> None:
    broadcast = sent(town, content=card({"label": "รับทราบ"}, LINK))
    for _ in range(2):
        answer = get(town, f"/b/{broadcast}/1")
        assert (answer.status_code, answer.headers["Location"]) == (302, LINK["link"])
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert presses(town) == {1: 2}


def test_who_only_looks_whether_a_link_is_there_is_not_counted(town: Town) -> None:
    broadcast = sent(town, content=card(LINK))
    assert town.web.head(f"/b/{broadcast}/0").status_code == 302
    assert presses(town) == {}


def test_no_other_address_leads_anywhere(town: Town) -> None:
    broadcast = sent(town, content=card(LINK, {"label": "โทร", "link": "tel:1669"}, {"label": "รับทราบ"}))
    waiting = approve(town, content=card(LINK), send_at=now() + IN_AN_HOUR)
    for path in (
        f"/b/{broadcast}/1",
        f"/b/{broadcast}/2",
        f"/b/{broadcast}/3",
        f"/b/{broadcast}/99999999999999999999",
        f"/b/{waiting}/0",
        "/b/999/0",
        "/b/99999999999999999999/0",
        f"/b/{broadcast}/0/https://evil.example",
        f"/b/{broadcast}/-1",
        "/b//evil.example/0",
    ):
        assert get(town, path).status_code == 404, path
    assert "Location" not in get(town, f"/b/{broadcast}/0/?next=//evil.example").headers
    assert get(town, f"/b/{broadcast}/0?next=//evil.example").headers["Location"] == LINK["link"]


def test_the_link_of_the_end_leads_to_its_own_address(town: Town) -> None:
    other = {"label": "ผล", "link": "https://www.example.go.th/result"}
    broadcast = sent(town, content=card(LINK), closing=card(other), ends_at=now() + IN_AN_HOUR)
    assert get(town, f"/b/{broadcast}/1").headers["Location"] == other["link"]


def test_a_link_works_also_while_nothing_can_be_counted(town: Town) -> None:
    broadcast = sent(town, content=card(LINK))
    blocker = Database(town.settings.store)
    with blocker.transaction() as session:
        if not blocker.is_sqlite:
            session.execute(text("LOCK TABLE button_press IN EXCLUSIVE MODE"))
        assert get(town, f"/b/{broadcast}/0").status_code == 302
    blocker.close()
    assert presses(town) == {}


def test_what_was_sent_is_listed_with_who_let_it_out_and_when(town: Town) -> None:
    broadcast = sent(town, content=card(LINK, title="น้ำไม่ไหล"))
    assert "น้ำหยุดไหลพรุ่งนี้" in page(town)
    shown = page(town, f"/announcements/{broadcast}")
    for words_shown in (
        "น้ำหยุดไหลพรุ่งนี้",
        TEXT,
        "น้ำไม่ไหล",
        "วันศุกร์ 20 พ.ย. 2569",
        "นางสาวพร ปลัดเทศบาล",
        "ทุกคนที่เคยเขียนถึงเรา",
        "https://www.example.go.th/map?a=1",
        "@tessaban-demo",
    ):
        assert words_shown in shown, words_shown


def test_what_has_not_gone_out_is_not_shown(town: Town) -> None:
    crowd(town, 1)
    broadcast = approve(town, send_at=now() + IN_AN_HOUR)
    assert "น้ำหยุดไหลพรุ่งนี้" not in page(town)
    assert get(town, f"/announcements/{broadcast}").status_code == 404


def test_what_went_to_some_people_only_is_shown_to_nobody_else(town: Town) -> None:
    (phone,) = crowd(town, 1)
    with town.database.transaction() as session:
        resident = a_resident(session, line_user_id=phone.id).id
    broadcast = sent(town, title="ค้างภาษี", audience={"who": "list", "residents": [resident]})
    assert len(phone.messages) == 1
    assert "ค้างภาษี" not in page(town)
    assert get(town, f"/announcements/{broadcast}").status_code == 404


@pytest.mark.parametrize(
    ("audience", "shown"),
    [
        ({"who": "moo", "values": ["3"]}, "หมู่ที่ 3"),
        ({"who": "topic", "values": ["water"]}, "น้ำประปา"),
        ({"who": "friends"}, "เพื่อนทุกคนของบัญชี LINE ของเรา"),
        ({"who": "everyone"}, "ทุกคนที่เคยเขียนถึงเรา"),
    ],
)
def test_a_village_a_topic_and_all_friends_are_named(
    town: Town, audience: dict[str, Any], shown: str
) -> None:
    (phone,) = crowd(town, 1)
    with town.database.transaction() as session:
        home = {"name": "ก", "address": {"moo": "3", "community": "ชุมชนสุขใจ"}}
        resident = a_resident(session, line_user_id=phone.id, person=home)
        preferences.choose(session, resident, "water", wanted=True)
    broadcast = sent(town, audience=audience, **URGENT)
    assert shown in page(town, f"/announcements/{broadcast}")


def test_a_correction_and_what_it_corrects_name_each_other(town: Town) -> None:
    first = sent(town, title="น้ำหยุดวันจันทร์")
    second = sent(town, title="น้ำหยุดวันอังคาร", corrects_id=first)
    assert f"/announcements/{second}" in page(town, f"/announcements/{first}")
    assert f"/announcements/{first}" in page(town, f"/announcements/{second}")
    assert "มีประกาศแก้ไข" in page(town)


def test_an_end_that_was_told_is_shown(town: Town) -> None:
    broadcast = sent(town, closing=words(OVER), ends_at=now() + IN_AN_HOUR)
    assert OVER not in page(town, f"/announcements/{broadcast}")
    town.wait(hours=2)
    shown = page(town, f"/announcements/{broadcast}")
    assert (OVER in shown, "สิ้นสุดแล้ว" in shown) == (True, True)


def test_what_was_cut_short_says_so(town: Town) -> None:
    crowd(town, 501)
    broadcast = approve(town)
    town.mailer.mail_once()
    act(town, "cancel", broadcast, "ยกเลิก")
    assert "หยุดส่ง" in page(town, f"/announcements/{broadcast}")


def test_what_was_cancelled_after_everybody_had_it_was_not_cut_short(town: Town) -> None:
    broadcast = sent(town, closing=words("จบแล้ว"), ends_at=now() + timedelta(hours=2))
    act(town, "cancel", broadcast, "ยกเลิก")
    town.settle()
    assert "หยุดส่ง" not in page(town, f"/announcements/{broadcast}")


def test_pictures_are_shown_from_here(town: Town) -> None:
    broadcast = sent(town, content={"parts": [{"kind": "picture", "token": a_picture(town)}]})
    shown = page(town, f"/announcements/{broadcast}")
    path = shown.split('src="/photos/')[1].split('"')[0]
    assert get(town, f"/photos/{path}").status_code == 200


def test_hostile_words_are_shown_as_words(town: Town) -> None:
    broadcast = sent(town, title="<script>alert(1)</script>", content=words("<img src=x onerror=alert(1)>"))
    for path in ("/announcements", f"/announcements/{broadcast}"):
        shown = page(town, path)
        assert "<script" not in shown
        assert "<img src=x" not in shown


def test_a_page_that_is_not_there_warns_of_forgeries_in_thai(town: Town) -> None:
    for path in ("/announcements/999", "/b/999/0", "/announcements/99999999999999999999"):
        answer = get(town, path)
        assert answer.status_code == 404
        assert "อาจไม่ใช่ของเรา" in answer.get_data(as_text=True)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert get(town, "/").headers["Location"] == "/announcements"


def test_the_pages_run_nothing_keep_nothing_and_tell_nobody(town: Town) -> None:
    broadcast = sent(town)
    for path in ("/announcements", f"/announcements/{broadcast}", "/announcements/999"):
        headers = get(town, path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "script" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in headers


def test_older_announcements_are_on_further_pages(town: Town) -> None:
    crowd(town, 1)
    for number in range(22):
        approve(town, title=f"ประกาศที่ ({number})")
    town.settle()
    first = page(town)
    assert ("(21)" in first, "(2)" in first, "(1)" in first) == (True, True, False)
    path = first.split('class="more"><a href="')[1].split('"')[0]
    second = page(town, path)
    assert ("(2)" in second, "(1)" in second, "(0)" in second) == (False, True, True)
    for odd in ("?before=x", "?before=-1", "?before=99999999999999999999", "?before="):
        page(town, f"/announcements{odd}")


def test_what_went_out_last_stands_first_also_where_it_was_written_earlier(town: Town) -> None:
    crowd(town, 1)
    approve(town, title="เขียนก่อน ส่งทีหลัง", send_at=now() + timedelta(hours=2))
    sent(town, title="เขียนทีหลัง ส่งก่อน")
    town.clock.shift(timedelta(hours=2))
    town.settle()
    listed = page(town)
    assert listed.index("เขียนก่อน ส่งทีหลัง") < listed.index("เขียนทีหลัง ส่งก่อน")
    with town.database.reading() as session:
        first, second = list_announcements(session, most=2)
        assert list_announcements(session, most=2, before=first.id) == [second]
        assert list_announcements(session, most=2, before=second.id) == []
