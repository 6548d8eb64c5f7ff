"""Tests delivery: free replies, pushes that LINE bills once, and no message twice whatever LINE answers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import time_machine
from sqlalchemy import select

from bot.line.retry_policy import AccountBackoff
from line_simulator.residents import Resident as Phone
from store.cases.workflows import Action, Status
from store.clock import now
from store.messaging import outbox
from store.messaging.models import OutboxRow
from store.messaging.requests import RESERVED_FOR
from store.messaging.states import Reason, Receipt
from store.operations.dead_letters import retry_row
from tests.builders import an_officer
from tests.stories.scenes import (
    HELLO,
    a_case_of,
    calls,
    friend,
    impatient,
    officer,
    rows,
    tell,
    texts,
    the_resident,
    times_told,
)
from tests.town import Town
from tests.waiting import PATIENCE_SECONDS, wait_until

GREETED = "ช่วยเรื่องอะไรดีคะ"
NOWHERE = "http://127.0.0.1:9"


def hear(town: Town) -> None:
    """Answers what was said; the answer waits to be sent."""
    town.simulator.deliver_webhooks()
    town.worker.work_once()


def test_an_answer_goes_out_once_and_free(town: Town) -> None:
    phone = friend(town)
    phone.says(HELLO)
    town.settle()
    town.wait(hours=25)
    assert times_told(phone, GREETED) == 1
    assert [call["retry_key"] for call in calls(town, "reply") if call.get("retry_key")] == []
    assert town.simulator.quota.used == 0


def test_what_was_said_is_forgotten_once_it_is_told(town: Town) -> None:
    phone = friend(town)
    phone.says(HELLO)
    tell(town, phone, "ลับเฉพาะ")
    town.settle()
    assert {(row.state, row.messages, row.body, row.reply_token) for row in rows(town, "sent")} == {
        ("sent", None, None, None)
    }


def test_an_answer_too_late_for_its_token_is_pushed_once(town: Town) -> None:
    phone = friend(town)
    phone.says(HELLO)
    town.simulator.deliver_webhooks()
    town.wait(minutes=2)
    assert times_told(phone, GREETED) == 1
    assert [call["status"] for call in calls(town, "push")] == [200]


def test_a_token_that_line_does_not_take_any_more_leads_to_one_push(town: Town) -> None:
    phone = friend(town)
    town.simulator.faults.turn(reply_token_expired=True)
    phone.says(HELLO)
    town.settle()
    assert times_told(phone, GREETED) == 1
    assert town.simulator.quota.used == 1


def test_of_several_answers_too_late_only_the_newest_is_worth_a_push(town: Town) -> None:
    phone = friend(town)
    for _ in range(3):
        phone.says(HELLO)
    town.simulator.deliver_webhooks()
    town.wait(minutes=2)
    assert times_told(phone, GREETED) == 1
    assert sorted(row.state for row in rows(town))[:2] == ["dropped", "dropped"]


def put_answer(
    town: Town,
    phone_id: str,
    text: str,
    *,
    must_arrive: bool = False,
    late: bool = False,
    heard_in: timedelta = timedelta(0),
) -> None:
    """Puts an answer into the outbox; `heard_in` is how far the receiving machine's clock is ahead of ours."""
    with town.database.transaction() as session:
        outbox.put_reply(
            session,
            lane=town.database.cipher.fingerprint(phone_id),
            to=phone_id,
            token=town.simulator.reply_tokens.issue(phone_id),
            messages=[{"type": "text", "text": text}],
            heard_at=now() + heard_in - timedelta(minutes=5 if late else 0),
            must_arrive=must_arrive,
        )


def test_a_receipt_too_late_is_pushed_even_before_a_newer_answer(town: Town) -> None:
    phone = friend(town)
    put_answer(town, phone.id, "เรื่องที่ 0001/2570", must_arrive=True, late=True)
    put_answer(town, phone.id, "อย่างอื่น", late=True)
    town.settle()
    assert texts(phone) == ["เรื่องที่ 0001/2570", "อย่างอื่น"]


def test_an_answer_that_line_took_without_saying_so_is_not_told_twice(town: Town) -> None:
    for fault in ("api_reset", "api_status_after_accept"):
        phone = friend(town, fault)
        town.simulator.faults.turn(**{fault: True}, count=1)
        phone.says(HELLO)
        town.settle()
        town.wait(seconds=2)
        town.wait(minutes=3)
        assert times_told(phone, GREETED) == 1, fault
    assert calls(town, "push") == []
    assert {row.state for row in rows(town)} == {"sent"}


def test_an_answer_lost_in_a_call_that_hangs_is_told_once(town: Town) -> None:
    phone = friend(town)
    town.sender = impatient(town)
    town.simulator.faults.turn(api_hang_seconds=0.5, count=1)
    phone.says(HELLO)
    town.settle()
    town.wait(seconds=2)
    town.wait(minutes=3)
    assert times_told(phone, GREETED) == 1
    assert calls(town, "push") == []


def test_an_answer_that_another_sender_took_over_is_told_once_whoever_hears_first(town: Town) -> None:
    """Lets the first call hang until its reservation ends.

    LINE accepts the second one, whose sender makes another call before it records that. Meanwhile the first hears that
    the reply token was used.
    """
    phone, other, second = friend(town), friend(town, "มานี"), impatient(town, seconds=5)
    faults = town.simulator.faults
    phone.says(HELLO)
    hear(town)
    with ThreadPoolExecutor(2) as threads:
        faults.turn(api_hang_seconds=60, count=1)
        first_call = threads.submit(town.sender.deliver_once)
        wait_until(lambda: faults["count"] is None, what="the first call to hang")
        town.clock.shift(RESERVED_FOR + timedelta(seconds=1))
        other.says(HELLO)
        hear(town)
        faults.turn(api_delay_ms=400)
        second_call = threads.submit(second.deliver_once)
        wait_until(lambda: times_told(phone, GREETED) == 1, what="the second call to be carried out")
        faults.clear()
        assert first_call.result(timeout=PATIENCE_SECONDS)
        town.sender.deliver_once()
        assert second_call.result(timeout=PATIENCE_SECONDS)
    town.wait(minutes=3)
    assert [times_told(each, GREETED) for each in (phone, other)] == [1, 1]
    assert calls(town, "push") == []


def test_an_answer_in_doubt_past_its_token_is_rather_not_told_twice(town: Town) -> None:
    phone = friend(town)
    town.simulator.faults.turn(api_reset=True, count=1)
    phone.says(HELLO)
    town.settle()
    town.wait(minutes=2)
    assert times_told(phone, GREETED) == 1
    assert calls(town, "push") == []
    assert rows(town)[-1].state == "dropped"


def test_a_receipt_in_doubt_past_its_token_is_rather_told_twice_than_never(town: Town) -> None:
    phone = friend(town)
    town.sender = impatient(town)
    town.simulator.faults.turn(api_hang_seconds=0.5, count=1)
    put_answer(town, phone.id, "เรื่องที่ 0001/2570", must_arrive=True)
    town.settle()
    town.wait(minutes=2)
    assert "เรื่องที่ 0001/2570" in texts(phone)
    assert rows(town)[-1].state == "sent"


@pytest.mark.parametrize("fault", ["api_reset", "api_status_after_accept"])
def test_news_in_doubt_since_it_rode_on_an_answer_rides_on_no_other(town: Town, fault: str) -> None:
    """Checks it, because the outcome of the next answer might be unknown, too, and the news would be sent once more."""
    phone = friend(town)
    officer(town, a_case_of(town, phone, Status.SUBMITTED), Action.ACCEPT)
    town.simulator.faults.turn(**{fault: True}, count=1)
    phone.says(HELLO)
    town.settle()
    town.clock.shift(timedelta(minutes=2))
    phone.says(HELLO)
    town.settle()
    told = [
        "รับเรื่องแล้ว" in str(call["request"]) for call in (*calls(town, "reply")[-2:], *calls(town, "push"))
    ]
    assert told == [True, False, True]


def test_answers_from_while_line_was_out_of_reach_arrive_once_when_it_is_back(town: Town) -> None:
    unreachable, broken = friend(town, "สายขาด"), friend(town, "ล่ม")
    healthy = town.sender
    town.sender = impatient(town, api_url=NOWHERE)
    unreachable.says(HELLO)
    town.settle()
    town.wait(seconds=10)
    town.sender = healthy
    town.simulator.faults.turn(api_status="503")
    broken.says(HELLO)
    for _ in range(4):
        town.wait(seconds=30)
    town.simulator.faults.clear()
    town.wait(minutes=20)  # Longer than the longest pause between two tries.
    assert [times_told(phone, GREETED) for phone in (unreachable, broken)] == [1, 1]


class Nonsense(BaseHTTPRequestHandler):
    """Stands for a proxy between LINE and us that redirects every request to nowhere."""

    def do_POST(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://[")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_an_answer_that_makes_no_sense_is_no_answer_and_all_is_told_once_in_the_end(town: Town) -> None:
    phones = [friend(town, str(number)) for number in range(3)]
    for phone in phones:
        tell(town, phone, "ข่าว")
    with HTTPServer(("127.0.0.1", 0), Nonsense) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        sender = impatient(town, api_url=f"http://127.0.0.1:{server.server_port}")
        while sender.deliver_once():
            pass
        server.shutdown()
    assert {(row.reason, row.receipt) for row in rows(town, "ready")} == {(Reason.NO_ANSWER, Receipt.UNKNOWN)}
    town.wait(minutes=1)
    assert [times_told(phone, "ข่าว") for phone in phones] == [1, 1, 1]


def test_a_push_that_fails_goes_again_with_the_same_key_and_the_same_bytes(town: Town) -> None:
    for fault in ({"api_status": "500"}, {"api_status_after_accept": True}, {"api_reset": True}):
        phone = friend(town, str(fault))
        before = len(calls(town, "push"))
        town.simulator.faults.turn(**fault, count=3)
        tell(town, phone, "ข่าวของเรื่อง")
        for _ in range(6):
            town.wait(seconds=30)
        tries = calls(town, "push")[before:]
        assert len({call["retry_key"] for call in tries}) == 1, fault
        assert all(call["request"] == tries[0]["request"] for call in tries)
        assert times_told(phone, "ข่าวของเรื่อง") == 1, fault
    assert {row.state for row in rows(town)} <= {"sent", "dropped"}


def test_the_answer_that_a_key_was_used_means_sent_and_keeps_lines_number(town: Town) -> None:
    phone = friend(town)
    town.simulator.faults.turn(api_status_after_accept=True, count=1)
    tell(town, phone, "ข่าว")
    town.settle()
    town.wait(minutes=1)
    assert [call["status"] for call in calls(town, "push")] == [500, 409]
    row = rows(town, "sent")[-1]
    assert row.line_request_id
    assert row.reason is None


def test_a_key_that_may_have_been_used_stays_even_if_line_then_refuses_for_a_while(town: Town) -> None:
    for refusal in ("429_rate", "429_monthly", "401"):
        phone = friend(town, refusal)
        before = len(calls(town, "push"))
        town.simulator.faults.turn(api_reset=True, count=1)
        tell(town, phone, "ข่าวเดียว")
        town.settle()
        town.simulator.faults.turn(api_status=refusal, count=1)
        town.wait(minutes=1)
        town.wait(minutes=70)
        assert [call["status"] for call in calls(town, "push")[before:]][-1] == 409
        assert len({call["retry_key"] for call in calls(town, "push")[before:]}) == 1
        assert times_told(phone, "ข่าวเดียว") == 1, refusal


def test_too_many_calls_a_second_only_delays(town: Town) -> None:
    phone = friend(town)
    town.simulator.faults.turn(api_status="429_rate", count=2)
    phone.says(HELLO)
    town.settle()
    town.wait(seconds=4)
    town.wait(seconds=4)
    assert times_told(phone, GREETED) == 1
    assert town.simulator.quota.used == 0


def test_when_the_months_messages_are_used_up_answers_go_on_and_news_waits(town: Town) -> None:
    phones = [friend(town, str(number)) for number in range(3)]
    town.simulator.quota.set(limit=100, used=100)
    for phone in phones:
        tell(town, phone, "ข่าว")
    for _ in range(12):
        town.wait(minutes=15)
    # All three were on their way when LINE first said so; then one an hour asks.
    assert len(calls(town, "push")) <= 3 + 3
    phones[0].says(HELLO)
    town.settle()
    assert times_told(phones[0], GREETED) == 1
    assert times_told(phones[0], "ข่าว") == 1
    town.simulator.quota.set(limit=200, used=100)
    town.wait(minutes=61)
    assert [times_told(phone, "ข่าว") for phone in phones] == [1, 1, 1]
    assert town.simulator.quota.used == 102


def test_a_message_that_line_refuses_is_given_up_and_the_company_it_travelled_in_arrives(town: Town) -> None:
    phone = friend(town)
    tell(town, phone, "ข่าวดี")
    put_answer(town, phone.id, "")
    town.settle()
    assert times_told(phone, "ข่าวดี") == 1
    assert [call["status"] for call in calls(town, "reply")[-3:]] == [400, 400, 200]
    dead = rows(town, "dead")
    assert [row.kind for row in dead] == ["reply"]
    assert (dead[0].reason, dead[0].receipt) == (Reason.REFUSED, Receipt.NONE)


APOLOGY = "คำตอบของเราแสดงไม่ได้"


def put_bad_answer(town: Town, phone: Phone, *, late: bool = False, receipt: bool = False) -> None:
    """Puts an answer with an empty text into the outbox, which LINE refuses."""
    put_answer(town, phone.id, "", late=late, must_arrive=receipt)
    with town.database.transaction() as session:
        row = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(1)).one()
        if receipt:
            bad = {"type": "flex", "altText": "ส่งเรื่องแล้ว เรื่องที่ 0001/2570", "contents": {"type": "nonsense"}}
            row.messages = [bad]


@pytest.mark.parametrize("late", [False, True])
def test_whose_answer_line_refuses_hears_an_apology_in_its_stead(town: Town, late: bool) -> None:
    phone = friend(town)
    put_bad_answer(town, phone, late=late)
    town.settle()
    town.wait(hours=1)
    assert [APOLOGY in text for text in texts(phone)] == [True]
    assert len(calls(town, "push")) == 2 * late
    assert [(row.kind, row.state) for row in rows(town)[-2:]] == [("reply", "dead"), ("reply", "sent")]


def test_a_receipt_that_line_refuses_arrives_as_simple_words(town: Town) -> None:
    phone = friend(town)
    put_bad_answer(town, phone, receipt=True)
    town.settle()
    assert texts(phone) == ["ส่งเรื่องแล้ว เรื่องที่ 0001/2570"]
    assert town.simulator.quota.used == 0


def test_an_apology_that_line_refuses_is_the_last_try(town: Town) -> None:
    phone = friend(town)
    before = len(calls(town, "reply"))
    town.simulator.faults.turn(api_status="400")
    put_bad_answer(town, phone)
    town.settle()
    town.wait(hours=1)
    assert len(calls(town, "reply")) - before == 2
    assert [row.state for row in rows(town)[-2:]] == ["dead", "dead"]


def test_what_was_refused_and_is_tried_again_by_staff_is_replaced_once_only(town: Town) -> None:
    phone = friend(town)
    put_bad_answer(town, phone, receipt=True)
    town.settle()
    (refused,) = rows(town, "dead")
    with town.database.transaction() as session:
        boss = an_officer(session, town.app.municipality, role="supervisor", department=None)
        assert retry_row(session, boss, refused.id, timedelta(0))
    town.settle()
    assert len(texts(phone)) == 1
    assert [row.id for row in rows(town, "dead")] == [refused.id]


def test_a_notice_nobody_has_words_for_is_given_up_alone(town: Town) -> None:
    phone = friend(town)
    with town.database.transaction() as session:
        outbox.put_notice(session, the_resident(session, phone), "no_such_notice", {"files": []})
    tell(town, phone, "ข่าวดี")
    town.settle()
    assert times_told(phone, "ข่าวดี") == 1
    assert [row.notice for row in rows(town, "dead")] == ["no_such_notice"]


def test_half_an_emoji_does_not_stop_an_answer(town: Town) -> None:
    phone = friend(town)
    put_answer(town, phone.id, "ได้รับ \ud83d แล้ว")
    town.settle()
    assert texts(phone) == ["ได้รับ ? แล้ว"]


def test_with_a_wrong_token_the_sender_pauses_and_nothing_is_burned(town: Town) -> None:
    phones = [friend(town, str(number)) for number in range(5)]
    before = len(town.simulator.log.after(0))
    town.simulator.faults.turn(api_status="401")
    for phone in phones:
        tell(town, phone, "ข่าว")
    for _ in range(15):
        town.wait(seconds=40)
    tries = [entry for entry in town.simulator.log.after(0)[before:] if entry["direction"] == "api"]
    # All five were on their way when LINE first said so; then one tries for all.
    assert 10 <= len(tries) <= 5 + 10
    assert rows(town, "dead") == []
    town.simulator.faults.clear()
    town.wait(minutes=2)
    assert [times_told(phone, "ข่าว") for phone in phones] == [1] * 5


def test_after_23_hours_of_doubt_a_push_is_dead_and_never_sent_again(town: Town) -> None:
    phone = friend(town)
    town.simulator.faults.turn(api_status="500")
    tell(town, phone, "ข่าว")
    town.settle()
    for _ in range(25):
        town.wait(hours=1)
    tries = [call["at"] / 1000 for call in calls(town, "push")]
    assert len(tries) >= 20
    assert max(tries) - min(tries) <= 23 * 3600
    assert [row.notice for row in rows(town, "dead")] == ["case_message"]
    town.simulator.faults.clear()
    town.wait(hours=2)
    assert texts(phone) == []


def test_a_push_in_doubt_does_not_keep_a_person_waiting_for_their_answer(town: Town) -> None:
    phone = friend(town)
    town.simulator.faults.turn(api_status="500")
    tell(town, phone, "ข่าว")
    for _ in range(8):
        town.wait(minutes=10)
    town.simulator.faults.clear()
    phone.says(HELLO)
    town.settle()
    assert times_told(phone, GREETED) == 1
    town.wait(minutes=20)
    assert times_told(phone, "ข่าว") == 1


def test_who_blocks_the_account_is_sent_nothing_and_gets_no_old_news_when_they_return(town: Town) -> None:
    phone = friend(town)
    case_id = a_case_of(town, phone)
    officer(town, case_id, Action.START)
    phone.blocks()
    town.settle()
    officer(town, case_id, Action.TELL, "ระหว่างบล็อก")
    town.wait(hours=1)
    assert calls(town, "push") == []
    assert len(rows(town, "unreachable")) == 2
    phone.unblocks()
    town.wait(hours=1)
    assert times_told(phone, "ระหว่างบล็อก") == 0
    officer(town, case_id, Action.TELL, "หลังบล็อก")
    town.settle()
    assert times_told(phone, "หลังบล็อก") == 1


def test_who_writes_to_us_has_not_blocked_us_whatever_order_line_told_it_in(town: Town) -> None:
    phone = friend(town)
    phone.blocks()
    town.settle()
    phone.blocked = False  # The follow event was lost on its way.
    town.clock.shift(timedelta(seconds=1))
    phone.says(HELLO)
    tell(town, phone, "ข่าว")
    town.settle()
    tell(town, phone, "ข่าวใหม่")
    town.settle()
    assert times_told(phone, "ข่าวใหม่") == 1


def test_several_pieces_of_news_are_one_request_in_the_order_they_happened(town: Town) -> None:
    phone = friend(town)
    tell(town, phone, "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด")
    town.settle()
    assert [text.split("“")[1][:3].rstrip("”") for text in texts(phone)] == [
        "หนึ", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็"
    ]  # fmt: skip
    assert [len(call["request"]["messages"]) for call in calls(town, "push")] == [5, 2]
    assert town.simulator.quota.used == 2


def test_news_that_can_wait_rides_before_the_next_free_answer(town: Town) -> None:
    phone = friend(town)
    case_id = a_case_of(town, phone, Status.SUBMITTED)
    officer(town, case_id, Action.ACCEPT)
    officer(town, case_id, Action.START)
    town.settle()
    assert texts(phone) == []
    phone.says(HELLO)
    town.settle()
    told = texts(phone)
    assert ["รับเรื่องแล้ว" in told[0], "เริ่มดำเนินการ" in told[1], GREETED in told[2]] == [True] * 3
    town.wait(hours=2)
    assert len(phone.messages) == 3
    assert town.simulator.quota.used == 0


def test_news_that_can_wait_is_told_before_news_that_cannot(town: Town) -> None:
    phone = friend(town)
    case_id = a_case_of(town, phone)
    officer(town, case_id, Action.START)
    officer(town, case_id, Action.FINISH, "เปลี่ยนหลอดแล้ว")
    town.settle()
    assert ["เริ่มดำเนินการ" in texts(phone)[0], "เปลี่ยนหลอดแล้ว" in texts(phone)[1]] == [True, True]
    assert town.simulator.quota.used == 1


def test_every_row_ends_in_one_way(town: Town) -> None:
    phone = friend(town)
    tell(town, phone, "ข่าว")
    put_answer(town, phone.id, "สวัสดี", late=True)
    town.settle()
    town.wait(hours=30)
    assert [row for row in rows(town) if row.state == "ready"] == []


@pytest.mark.parametrize("ahead", [-120, -60, 60, 600])
def test_answers_are_free_though_who_receives_has_another_clock_than_who_sends(
    town: Town, ahead: int
) -> None:
    phones = [friend(town, str(number)) for number in range(10)]
    for phone in phones:
        put_answer(town, phone.id, "ได้รับแล้วค่ะ", heard_in=timedelta(seconds=ahead))
    town.settle()
    assert [times_told(phone, "ได้รับแล้วค่ะ") for phone in phones] == [1] * 10
    assert calls(town, "push") == []


@pytest.mark.parametrize(
    ("ahead", "fault"), [(-60, "api_reset"), (60, "api_reset"), (60, "api_status_after_accept")]
)
def test_what_line_took_without_saying_so_is_told_once_though_the_clocks_differ(
    town: Town, ahead: int, fault: str
) -> None:
    phone = friend(town)
    town.simulator.faults.turn(**{fault: True}, count=1)
    put_answer(town, phone.id, "ได้รับแล้วค่ะ", heard_in=timedelta(seconds=ahead))
    town.settle()
    town.wait(seconds=2)
    town.wait(minutes=5)
    assert times_told(phone, "ได้รับแล้วค่ะ") == 1
    assert calls(town, "push") == []


def test_an_answer_that_line_never_took_is_not_taken_for_told_because_who_received_is_ahead(
    town: Town,
) -> None:
    phone = friend(town)
    town.simulator.faults.turn(api_status="503")
    put_answer(town, phone.id, "เรื่องที่ 0001/2570", must_arrive=True, heard_in=timedelta(seconds=60))
    town.settle()
    town.wait(seconds=70)
    town.simulator.faults.clear()
    town.wait(seconds=20)
    assert texts(phone) == ["เรื่องที่ 0001/2570"]
    assert town.simulator.quota.used == 1


def test_an_answer_in_doubt_is_tried_again_ever_more_slowly_while_its_token_may_live(town: Town) -> None:
    phone = friend(town)
    town.sender = impatient(town)
    town.simulator.faults.turn(api_reset=True)
    phone.says(HELLO)
    for _ in range(60):
        town.wait(seconds=1)
    assert 7 <= len(calls(town, "reply")) - 1 <= 10


def test_while_line_says_too_fast_one_tries_for_all_ever_more_slowly_and_answers_go_first(town: Town) -> None:
    phones = [friend(town, str(number)) for number in range(20)]
    before = len(town.simulator.log.after(0))
    town.simulator.faults.turn(api_status="429_rate")
    for phone in phones:
        tell(town, phone, "ข่าว")
    for _ in range(30):
        town.wait(seconds=0.5)
    refused = [entry for entry in town.simulator.log.after(0)[before:] if entry["direction"] == "api"]
    # Sixteen at most were on their way when LINE first said so; eight more pauses would take minutes.
    assert 1 < len(refused) <= 16 + 8
    phones[-1].says(HELLO)
    town.settle()
    town.simulator.faults.clear()
    answered = len(calls(town, "push"))
    for _ in range(10):
        town.wait(seconds=30)
    assert [times_told(phone, "ข่าว") for phone in phones] == [1] * 20
    assert times_told(phones[-1], GREETED) == 1
    assert len(calls(town, "push")) - answered == 19
    assert calls(town, "reply")[-1]["at"] <= calls(town, "push")[answered]["at"]


def test_line_is_given_the_time_it_asks_for() -> None:
    with time_machine.travel(0, tick=False) as clock:
        backoff = AccountBackoff(16)
        backoff.too_fast(120)
        for seconds, allowed in ((119, 0), (1, 1), (0, 1)):
            clock.shift(seconds)
            with backoff.turn() as most:
                assert most == allowed
        for allowed in (1, 2, 4, 8, 16):
            with backoff.turn() as most, backoff.turn() as others:
                assert (most, others) == (allowed, 0 if allowed < 16 else 16)
            backoff.accepted()


def test_a_pause_is_over_when_the_clock_is_set_back() -> None:
    with time_machine.travel(1_000_000, tick=False) as clock:
        backoff = AccountBackoff(16)
        backoff.stop(timedelta(minutes=1))
        clock.shift(timedelta(days=-3))
        with backoff.turn() as most:
            assert most == 1


def test_pauses_double_and_many_refusals_at_once_are_one() -> None:
    with time_machine.travel(0, tick=False) as clock:
        backoff = AccountBackoff(16)
        for longest in (1.5, 3, 6, 12, 24, 48, 90, 90):
            for _ in range(16):
                backoff.too_fast()
            clock.shift(longest * 2 / 3 - 0.001)
            with backoff.turn() as most:
                assert most == 0
            clock.shift(longest / 3 + 0.001)
            with backoff.turn() as most:
                assert most == 1
