"""Tests sending broadcasts: every intended resident gets it once, nobody else does, and it costs what was said."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from store.broadcasts import control
from store.broadcasts.models import Broadcast, Chunk, StopReason
from store.clock import now
from store.database.engine import Database
from store.files.lifecycle import uploaded
from store.messaging.states import Reason
from store.residents import preferences
from tests.builders import a_resident, an_officer, line_of
from tests.shut import NOBODYS_KEY, shut
from tests.stories.press import (
    BROADCAST,
    IN_AN_HOUR,
    MULTICAST,
    OVER,
    URGENT,
    act,
    another_mailer,
    approve,
    card,
    change,
    chunks,
    crowd,
    heard,
    named,
    progress,
    quota,
    requests,
    state_of,
    words,
)
from tests.stories.scenes import calls, the_resident
from tests.town import PUBLIC_URL, Town, photo
from tests.waiting import PATIENCE_SECONDS, finish, wait_until

STRANGER = f"U{'0' * 32}"


def test_what_was_approved_reaches_everybody_in_one_request_and_is_billed_once(town: Town) -> None:
    phones = crowd(town, 3)
    broadcast = approve(town)
    town.settle()
    town.wait(hours=25)
    assert heard(phones) == [1, 1, 1]
    assert [status for status, _ in requests(town)] == [200]
    assert town.simulator.quota.used == 3
    assert state_of(town, broadcast) == ("done", None)
    assert [(chunk.state, chunk.told, chunk.body) for chunk in chunks(town, broadcast)] == [("sent", 3, None)]


def test_five_hundred_at_most_share_a_request(town: Town) -> None:
    phones = crowd(town, 1001)
    approve(town)
    town.settle()
    assert [len(call["request"]["to"]) for call in calls(town, MULTICAST)] == [500, 500, 1]
    assert heard(phones) == [1] * 1001
    assert len({key for _, key in requests(town)}) == 3


def test_nothing_goes_out_before_its_time(town: Town) -> None:
    phones = crowd(town, 1)
    approve(town, send_at=now() + IN_AN_HOUR)
    town.wait(minutes=59)
    assert heard(phones) == [0]
    town.wait(minutes=2)
    assert heard(phones) == [1]


def test_a_request_that_fails_goes_again_with_the_same_key_and_the_same_bytes(town: Town) -> None:
    phones = crowd(town, 2)
    town.simulator.faults.turn(api_status="500", count=2)
    approve(town)
    town.settle()
    a_resident_blocks_meanwhile(town, phones[1].id)
    for _ in range(3):
        town.wait(seconds=30)
    assert [status for status, _ in requests(town)] == [500, 500, 200]
    assert len({key for _, key in requests(town)}) == 1
    assert len({str(call["request"]) for call in calls(town, MULTICAST)}) == 1
    assert heard(phones) == [1, 1]


def a_resident_blocks_meanwhile(town: Town, phone_id: str) -> None:
    with town.database.transaction() as session:
        line_of(a_resident(session, line_user_id=phone_id)).blocked_at = now()


@pytest.mark.parametrize("fault", ["api_status_after_accept", "api_reset"])
def test_what_line_took_without_saying_so_is_not_told_twice(town: Town, fault: str) -> None:
    phones = crowd(town, 2)
    town.simulator.faults.turn(**{fault: True}, count=1)
    broadcast = approve(town)
    town.settle()
    town.wait(seconds=30)
    assert heard(phones) == [1, 1]
    assert [status for status, _ in requests(town)][1:] == [409]
    assert state_of(town, broadcast) == ("done", None)
    (chunk,) = chunks(town, broadcast)
    assert (chunk.told, chunk.line_request_id is not None) == (2, True)
    assert town.simulator.violations == []


def test_what_hangs_is_asked_about_and_told_once(town: Town) -> None:
    phones = crowd(town, 2)
    town.mailer = another_mailer(town, seconds=0.25)
    town.simulator.faults.turn(api_hang_seconds=0.6, count=1)
    approve(town)
    town.settle()
    wait_until(lambda: heard(phones) == [1, 1], what="the request that hung to be carried out")
    town.wait(seconds=30)
    assert heard(phones) == [1, 1]


def test_a_mailer_that_dies_after_line_took_it_does_not_tell_it_twice(town: Town) -> None:
    phones = crowd(town, 3)
    hasty = Database(town.settings.store, patience=0.3)  # gives up soon when it cannot write the outcome down
    mailer = another_mailer(town, database=hasty)
    broadcast = approve(town)
    town.simulator.faults.turn(api_hang_seconds=3600, count=1)
    with ThreadPoolExecutor(1) as threads:
        mailing = threads.submit(mailer.mail_once)
        wait_until_line_is_asked(town, broadcast)
        with town.database.transaction() as session:
            if not town.database.is_sqlite:
                session.execute(text("LOCK TABLE chunk IN EXCLUSIVE MODE"))
            town.simulator.faults.clear()
            assert isinstance(mailing.exception(PATIENCE_SECONDS), (SQLAlchemyError, TimeoutError))
    hasty.close()
    town.mailer = another_mailer(town)
    town.wait(seconds=25)
    assert heard(phones) == [1, 1, 1]
    assert [status for status, _ in requests(town)] == [200, 409]
    assert state_of(town, broadcast) == ("done", None)


def test_while_another_is_at_it_nobody_takes_the_same_residents_up(town: Town) -> None:
    phones = crowd(town, 2)
    town.simulator.faults.turn(api_hang_seconds=3600, count=1)
    broadcast = approve(town)
    mailing = threading.Thread(target=another_mailer(town).mail_once)
    mailing.start()
    wait_until_line_is_asked(town, broadcast)
    assert another_mailer(town).mail_once() is False
    town.simulator.faults.clear()
    finish(mailing, what="the mailer")
    assert heard(phones) == [1, 1]
    assert len(requests(town)) == 1


def test_too_fast_means_later_and_nobody_is_lost(town: Town) -> None:
    phones = crowd(town, 2)
    town.simulator.faults.turn(api_status="429_rate", count=2)
    broadcast = approve(town)
    town.settle()
    assert heard(phones) == [0, 0]
    town.wait(seconds=10)
    town.wait(seconds=20)
    assert heard(phones) == [1, 1]
    assert state_of(town, broadcast) == ("done", None)


def test_with_a_wrong_token_the_mailer_pauses_and_nothing_is_burned(town: Town) -> None:
    phones = crowd(town, 2)
    town.simulator.faults.turn(api_status="401")
    broadcast = approve(town)
    for _ in range(10):
        town.wait(seconds=6)
    assert len(requests(town)) <= 2
    town.simulator.faults.clear()
    town.wait(minutes=2)
    assert heard(phones) == [1, 1]
    assert state_of(town, broadcast) == ("done", None)


def test_one_id_that_line_does_not_know_takes_nobody_with_it(town: Town) -> None:
    phones = crowd(town, 7)
    with town.database.transaction() as session:
        stranger = a_resident(session, line_user_id=STRANGER).id
    phones += crowd_of_more(town)
    broadcast = approve(town)
    town.settle()
    assert heard(phones) == [1] * len(phones)
    assert [chunk.residents for chunk in chunks(town, broadcast) if chunk.state == "dead"] == [[stranger]]
    assert (progress(town, broadcast).told, progress(town, broadcast).refused) == (len(phones), 1)
    assert state_of(town, broadcast) == ("done", None)


def crowd_of_more(town: Town) -> list[Any]:
    more = [town.simulator.add_resident(f"อีกคน {number}") for number in range(4)]
    with town.database.transaction() as session:
        for phone in more:
            phone.friend = True
            a_resident(session, line_user_id=phone.id)
    return more


def test_a_message_that_line_takes_from_nobody_is_stopped_after_a_few_tries(town: Town) -> None:
    crowd(town, 64)
    town.simulator.faults.turn(api_status="400")
    broadcast = approve(town)
    town.settle()
    assert state_of(town, broadcast) == ("stopped", StopReason.REFUSED)
    assert len(requests(town)) < 20
    assert progress(town, broadcast).left == 61


def test_the_quota_ends_in_the_middle_says_who_is_left_and_next_month_goes_on_with_them(town: Town) -> None:
    phones = crowd(town, 12)
    reserve = town.app.municipality.plan.reserve
    quota(town, 1000, 1000 - reserve - 8)
    broadcast = approve(town)
    town.settle()
    assert state_of(town, broadcast) == ("stopped", StopReason.NO_QUOTA)
    assert heard(phones) == [1] * 8 + [0] * 4
    assert (progress(town, broadcast).told, progress(town, broadcast).left) == (8, 4)
    town.wait(days=14)
    assert sum(heard(phones)) == 8
    quota(town, 1000, 0)
    act(town, "resume", broadcast)
    town.settle()
    assert heard(phones) == [1] * 12
    assert state_of(town, broadcast) == ("done", None)
    assert len(named(town)) == len(set(named(town))) == 12


def test_what_is_urgent_may_use_what_is_kept_for_news_of_cases(town: Town) -> None:
    phones = crowd(town, 5)
    quota(town, 1000, 1000 - town.app.municipality.plan.reserve)
    news, warning = approve(town), approve(town, content=words("น้ำกำลังขึ้นค่ะ"), **URGENT)
    town.settle()
    assert (heard(phones), state_of(town, news)) == ([0] * 5, ("stopped", StopReason.NO_QUOTA))
    assert (heard(phones, "น้ำกำลังขึ้น"), state_of(town, warning)) == ([1] * 5, ("done", None))


def test_when_line_says_that_the_months_messages_are_gone_the_mailing_stops(town: Town) -> None:
    phones = crowd(town, 3)
    told: list[bool] = []
    town.mailer = another_mailer(town)
    town.mailer._quota_is_gone = lambda: told.append(True)
    town.simulator.quota.set(limit=1000, used=1000)
    broadcast = approve(town)
    town.settle()
    town.wait(hours=2)
    assert state_of(town, broadcast) == ("stopped", StopReason.NO_QUOTA)
    assert (len(requests(town)), told) == (1, [True])
    town.simulator.quota.set(limit=1000, used=0)
    act(town, "resume", broadcast)
    town.settle()
    assert heard(phones) == [1, 1, 1]


@pytest.mark.parametrize("then", ["429_rate", "429_monthly", "401", "500", "pause"])
def test_a_request_in_doubt_keeps_its_key_whatever_happens_next(town: Town, then: str) -> None:
    phones = crowd(town, 2)
    town.simulator.faults.turn(api_status_after_accept=True, count=1)
    broadcast = approve(town)
    town.settle()
    if then == "pause":
        act(town, "pause", broadcast)
    else:
        town.simulator.faults.turn(api_status=then, count=1)
    town.wait(seconds=30)
    town.wait(minutes=3)
    if state_of(town, broadcast)[0] in ("paused", "stopped"):
        act(town, "resume", broadcast)
    town.wait(minutes=3)
    assert heard(phones) == [1, 1]
    assert len({key for _, key in requests(town)}) == 1
    assert [status for status, _ in requests(town)][-1] == 409
    assert state_of(town, broadcast) == ("done", None)


def test_after_23_hours_in_doubt_it_is_given_up_and_never_told_again(town: Town) -> None:
    phones = crowd(town, 2)
    town.simulator.faults.turn(api_status_after_accept=True, count=1)
    broadcast = approve(town)
    town.settle()
    town.simulator.faults.turn(api_status="500")
    for _ in range(24):
        town.wait(hours=1)
    town.simulator.faults.clear()
    town.wait(hours=2)
    assert heard(phones) == [1, 1]
    assert {status for status, _ in requests(town)} == {500}
    assert [chunk.state for chunk in chunks(town, broadcast)] == ["dead"]
    assert progress(town, broadcast).refused == 2


def test_a_pause_in_the_middle_holds_the_rest_back(town: Town) -> None:
    phones = crowd(town, 501)
    broadcast = approve(town)
    town.mailer.mail_once()
    act(town, "pause", broadcast)
    town.wait(hours=1)
    assert (sum(heard(phones)), progress(town, broadcast).left) == (500, 1)
    act(town, "resume", broadcast)
    town.settle()
    assert heard(phones) == [1] * 501


def test_a_pause_during_the_last_request_does_not_keep_it_from_being_over(town: Town) -> None:
    crowd(town, 2)
    town.simulator.faults.turn(api_hang_seconds=3600, count=1)
    broadcast = approve(town)
    mailing = threading.Thread(target=another_mailer(town).mail_once)
    mailing.start()
    wait_until_line_is_asked(town, broadcast)
    act(town, "pause", broadcast)
    town.simulator.faults.clear()
    finish(mailing, what="the mailer")
    assert state_of(town, broadcast) == ("done", None)


def test_what_is_cancelled_in_the_middle_goes_no_further_and_only_who_was_told_hears_its_end(
    town: Town,
) -> None:
    phones = crowd(town, 501)
    broadcast = approve(town, closing=words(OVER), ends_at=now() + IN_AN_HOUR)
    town.mailer.mail_once()
    act(town, "cancel", broadcast, "ยกเลิกงานซ่อม")
    town.wait(hours=2)
    assert sum(heard(phones)) == sum(heard(phones, OVER)) == 500
    assert [a == b for a, b in zip(heard(phones), heard(phones, OVER), strict=True)] == [True] * 501
    assert progress(town, broadcast).cancelled == 1


def test_the_end_goes_to_those_who_were_told_and_not_to_whom_line_refused(town: Town) -> None:
    phones = crowd(town, 2)
    with town.database.transaction() as session:
        a_resident(session, line_user_id=STRANGER)
    broadcast = approve(town, closing=words(OVER), ends_at=now() + IN_AN_HOUR)
    town.settle()
    refused = len([status for status, _ in requests(town) if status == 400])
    town.wait(hours=1)
    assert (heard(phones), heard(phones, OVER)) == ([1, 1], [1, 1])
    assert len([status for status, _ in requests(town) if status == 400]) == refused
    assert state_of(town, broadcast, "closing") == ("done", None)


def test_who_opted_out_or_blocked_us_after_the_approval_is_not_even_named(town: Town) -> None:
    stays, opts_out, blocks = phones = crowd(town, 3)
    broadcast = approve(town, send_at=now() + IN_AN_HOUR)
    with town.database.transaction() as session:
        preferences.choose(session, the_resident(session, opts_out), "water", wanted=False)
        line_of(the_resident(session, blocks)).blocked_at = now()
    town.wait(hours=1)
    assert heard(phones) == [1, 0, 0]
    assert named(town) == [stays.id]
    assert progress(town, broadcast).told == 1


def test_who_was_out_when_the_message_went_and_is_back_does_not_hear_its_end(town: Town) -> None:
    stays, opts_out, blocks = phones = crowd(town, 3)
    broadcast = approve(town, send_at=now() + IN_AN_HOUR, closing=words(OVER), ends_at=now() + 3 * IN_AN_HOUR)
    for wanted in (False, True):
        with town.database.transaction() as session:
            preferences.choose(session, the_resident(session, opts_out), "water", wanted=wanted)
            line_of(the_resident(session, blocks)).blocked_at = None if wanted else now()
        town.wait(hours=2)
    assert (heard(phones), heard(phones, OVER)) == ([1, 0, 0], [1, 0, 0])
    assert named(town) == [stays.id] * 2
    assert (progress(town, broadcast).told, progress(town, broadcast).left_out) == (1, 2)


def test_what_line_did_not_take_has_not_begun_although_somebody_was_left_out(town: Town) -> None:
    _, opts_out = phones = crowd(town, 2)
    broadcast = approve(town, send_at=now() + IN_AN_HOUR)
    with town.database.transaction() as session:
        preferences.choose(session, the_resident(session, opts_out), "water", wanted=False)
    town.simulator.faults.turn(api_status="429_rate")
    town.wait(hours=2)
    assert heard(phones) == [0, 0]
    assert [(chunk.state, chunk.told) for chunk in chunks(town, broadcast)] == [("ready", None), ("sent", 0)]
    with town.database.reading() as session:
        assert not control.begun(session, session.get_one(Broadcast, broadcast))


def test_where_nobody_is_left_to_tell_line_is_not_called(town: Town) -> None:
    (phone,) = crowd(town, 1)
    broadcast = approve(town, send_at=now() + IN_AN_HOUR)
    a_resident_blocks_meanwhile(town, phone.id)
    town.wait(hours=1)
    assert (requests(town), state_of(town, broadcast)) == ([], ("done", None))


def test_what_was_changed_in_the_database_after_the_approval_goes_nowhere(town: Town) -> None:
    phones = crowd(town, 2)
    broadcast = approve(town)
    change(town, broadcast, content=words("โอนเงินมาที่บัญชีนี้"))
    town.wait(hours=1)
    assert (requests(town), heard(phones, "โอนเงิน")) == ([], [0, 0])
    assert state_of(town, broadcast) == ("stopped", StopReason.CHANGED)


def test_what_is_changed_between_two_requests_stops_the_second(town: Town) -> None:
    phones = crowd(town, 501)
    broadcast = approve(town)
    town.mailer.mail_once()
    change(town, broadcast, content=words("โอนเงินมาที่บัญชีนี้"))
    town.settle()
    assert (sum(heard(phones)), sum(heard(phones, "โอนเงิน"))) == (500, 0)
    assert state_of(town, broadcast) == ("stopped", StopReason.CHANGED)


def test_a_warning_overtakes_news_that_are_on_their_way(town: Town) -> None:
    phones = crowd(town, 501)
    approve(town)
    town.mailer.mail_once()
    approve(town, content=words("น้ำกำลังขึ้นค่ะ"), **URGENT)
    town.mailer.mail_once()
    assert (sum(heard(phones)), sum(heard(phones, "น้ำกำลังขึ้น"))) == (500, 500)


def test_lines_own_broadcast_reaches_friends_we_do_not_know_yet_once(town: Town) -> None:
    known = crowd(town, 2)
    unknown = town.simulator.add_resident("คนที่ไม่เคยทัก")
    unknown.friend = True
    town.simulator.faults.turn(api_status_after_accept=True, count=1)
    broadcast = approve(town, audience={"who": "friends"}, **URGENT)
    town.settle()
    town.wait(seconds=30)
    assert heard([*known, unknown]) == [1, 1, 1]
    assert [call["status"] for call in calls(town, BROADCAST)] == [500, 409]
    assert [(chunk.state, chunk.told) for chunk in chunks(town, broadcast)] == [("sent", 2)]


def test_a_broadcast_to_friends_that_line_refuses_is_given_up(town: Town) -> None:
    crowd(town, 2)
    town.simulator.faults.turn(api_status="400", count=1)
    broadcast = approve(town, audience={"who": "friends"}, **URGENT)
    town.settle()
    assert [chunk.state for chunk in chunks(town, broadcast)] == ["dead"]
    assert len(calls(town, BROADCAST)) == 1


def test_a_card_tells_how_to_check_it_and_its_links_pass_by_us(town: Town) -> None:
    (phone,) = crowd(town, 1)
    link = {"label": "ดูแผนที่", "link": "https://www.example.go.th/map"}
    broadcast = approve(town, content=card(link, {"label": "โทร", "link": "tel:043000000"}))
    town.settle()
    (message,) = phone.messages
    assert f"{PUBLIC_URL}/b/{broadcast}/0" in str(message)
    assert "https://www.example.go.th/map" not in str(message)
    assert "tel:043000000" in str(message)
    assert "ตรวจสอบประกาศ" in str(message)


def test_the_buttons_of_the_end_are_numbered_on(town: Town) -> None:
    (phone,) = crowd(town, 1)
    link = {"label": "ดูแผนที่", "link": "https://www.example.go.th/map"}
    broadcast = approve(town, content=card(link), closing=card(link), ends_at=now() + IN_AN_HOUR)
    town.settle()
    town.wait(hours=1)
    assert [f"/b/{broadcast}/{n}" in str(message) for n, message in enumerate(phone.messages)] == [True, True]


def test_a_correction_names_what_it_sets_right(town: Town) -> None:
    (phone,) = crowd(town, 1)
    first = approve(town, title="น้ำหยุดไหลวันจันทร์")
    town.settle()
    approve(town, corrects_id=first, content=words("ที่ถูกคือวันอังคารค่ะ"))
    town.settle()
    assert "แก้ไขประกาศ “น้ำหยุดไหลวันจันทร์”" in phone.messages[-1]["text"]


def test_without_an_address_of_ours_links_lead_straight_and_pictures_wait(town: Town) -> None:
    (phone,) = crowd(town, 1)
    town.mailer = another_mailer(town, settings=replace(town.settings, public_url=""))
    link = {"label": "ดูแผนที่", "link": "https://www.example.go.th/map"}
    approve(town, content=card(link))
    with_picture = approve(town, content=card(picture=a_picture(town)))
    town.settle()
    assert "https://www.example.go.th/map" in str(phone.messages)
    assert len(phone.messages) == 1
    assert state_of(town, with_picture) == ("stopped", StopReason.NO_PUBLIC_ADDRESS)


def a_picture(town: Town) -> str:
    """Returns the token of a picture that staff uploaded."""
    with town.database.transaction() as session:
        by = an_officer(session, town.app.municipality)
        file = uploaded(town.app.media, photo(), staff_id=by.id)
        session.add(file)
        return file.token


def test_a_picture_is_fetched_from_us_by_its_signed_address(town: Town) -> None:
    (phone,) = crowd(town, 1)
    approve(town, content={"parts": [{"kind": "picture", "token": a_picture(town)}]})
    town.settle()
    (message,) = phone.messages
    path = message["originalContentUrl"].removeprefix(PUBLIC_URL)
    assert town.web.get(path).status_code == 200


def test_with_nothing_due_the_mailer_waits_for_nobody(town: Town) -> None:
    crowd(town, 1)
    approve(town, send_at=now() + IN_AN_HOUR)
    hasty = Database(town.settings.store, patience=0.2)
    with town.database.transaction() as session:
        session.execute(select(Chunk).with_for_update())
        assert another_mailer(town, database=hasty).mail_once() is False
    hasty.close()


def test_mailers_side_by_side_tell_everybody_once(town: Town) -> None:
    phones = crowd(town, 2500)
    broadcast = approve(town)
    mailers = [another_mailer(town) for _ in range(4)]
    threads = [threading.Thread(target=mail_all, args=(mailer,)) for mailer in mailers]
    for thread in threads:
        thread.start()
    for thread in threads:
        finish(thread, what="a mailer")
    assert heard(phones) == [1] * 2500
    assert state_of(town, broadcast) == ("done", None)
    assert [status for status, _ in requests(town)] == [200] * 5


def wait_until_line_is_asked(town: Town, broadcast_id: int) -> None:
    wait_until(
        lambda: chunks(town, broadcast_id)[0].first_tried_at is not None, what="the mailer to call LINE"
    )


def mail_all(mailer: Any) -> None:
    while mailer.mail_once():
        pass


def test_a_resident_whom_no_key_opens_keeps_the_warning_from_nobody_else(town: Town) -> None:
    phones = crowd(town, 3)
    broadcast = approve(town, send_at=now() + IN_AN_HOUR)
    with town.database.reading() as session:
        unreadable = line_of(the_resident(session, phones[1])).id
    shut(town.database, "contact.address", unreadable, NOBODYS_KEY)
    town.wait(hours=1)
    assert heard(phones) == [1, 0, 1]
    assert state_of(town, broadcast) == ("done", None)
    assert (progress(town, broadcast).told, progress(town, broadcast).left_out) == (2, 1)


def test_a_request_that_no_key_opens_is_given_up_and_later_broadcasts_go_out(town: Town) -> None:
    phones = crowd(town, 2)
    town.simulator.faults.turn(api_status="500")
    broadcast = approve(town)
    town.settle()
    (chunk,) = chunks(town, broadcast)
    shut(town.database, "chunk.body", chunk.id, NOBODYS_KEY)
    town.simulator.faults.clear()
    town.wait(minutes=20)
    assert [chunk.reason for chunk in chunks(town, broadcast)] == [Reason.UNDECRYPTABLE]
    approve(town)
    town.settle()
    assert heard(phones) == [1, 1]
