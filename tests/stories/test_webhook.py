"""Tests the webhook: what LINE sends is stored once and only then acknowledged; nothing else leaves a trace."""

import base64
import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from bot.web import MAX_BYTES, PATIENCE_SECONDS, QUEUE_SECONDS
from bot.worker.schedule import tidy_up
from deploy.web import create_app
from line_simulator.webhooks.queue import TIMEOUT_SECONDS
from store.database.engine import Database
from store.messaging.models import InboxEvent, OutboxRow
from store.residents.models import Conversation, Resident
from tests.stories.scenes import HELLO, everything_in, friend, rows, texts, the_resident, times_told
from tests.town import SECRET, Town

SHARED = Path(__file__).parents[3] / "shared"
NOBODY = "U" + "0" * 32


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"x-line-signature": base64.b64encode(digest).decode(), "Content-Type": "application/json"}


def body_of(*events: dict[str, Any]) -> bytes:
    return json.dumps({"destination": NOBODY, "events": list(events)}).encode()


def an_event(event_id: str = "01EVENT", **changes: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "message": {"type": "text", "id": "1", "text": HELLO},
        "webhookEventId": event_id,
        "deliveryContext": {"isRedelivery": False},
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": "U" + "a" * 32},
        "replyToken": f"token of {event_id}",
        "mode": "active",
        **changes,
    }


def post(town: Town, body: bytes, headers: dict[str, str] | None = None) -> int:
    return town.receive(body, signed(body) if headers is None else headers)


def inbox_states(town: Town) -> dict[str, str]:
    with town.database.reading() as session:
        return {row.event_id: row.state for row in session.scalars(select(InboxEvent))}


def work(town: Town) -> None:
    while town.worker.work_once():
        pass


def count(town: Town, table: type) -> int:
    with town.database.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_every_body_of_lines_sheet_is_acknowledged_and_worked_on_once(town: Town) -> None:
    if not SHARED.is_dir():
        pytest.skip("no ../shared/line-events.jsonl beside the repository")
    bodies = (SHARED / "line-events.jsonl").read_bytes().splitlines()
    index = (SHARED / "line-events.index.tsv").read_text(encoding="utf-8").splitlines()
    signatures = [line.split("\t")[-1] for line in index[1:]]
    assert len(bodies) == len(signatures) == 50
    for body, signature in zip(bodies, signatures, strict=True):
        assert town.receive(body, {"X-Line-Signature": signature}) == 200
    events = [event for body in bodies for event in json.loads(body)["events"]]
    work(town)
    assert inbox_states(town) == dict.fromkeys((event["webhookEventId"] for event in events), "done")
    silent = {event["replyToken"] for event in events if event["mode"] != "active" and "replyToken" in event}
    assert silent.isdisjoint(row.reply_token for row in rows(town))


def test_a_bad_signature_is_refused_and_leaves_no_trace(town: Town) -> None:
    body = body_of(an_event())
    good, before = signed(body), everything_in(town.database)
    forged = {
        "no header": (body, {}),
        "an empty header": (body, {"x-line-signature": ""}),
        "the signature backwards": (body, {"x-line-signature": good["x-line-signature"][::-1]}),
        "another body": (body.replace(b"01EVENT", b"02EVENT"), good),
        "another channel": (body, signed(body, "another channel's secret")),
        "the same JSON written anew": (json.dumps(json.loads(body), separators=(",", ":")).encode(), good),
    }
    assert {name: town.receive(*sent) for name, sent in forged.items()} == dict.fromkeys(forged, 400)
    assert everything_in(town.database) == before


def test_a_signature_is_refused_whichever_byte_of_it_is_wrong(town: Town) -> None:
    body = body_of(an_event())
    signature = signed(body)["x-line-signature"]
    for place in range(len(signature)):
        wrong = signature[:place] + ("A" if signature[place] != "A" else "B") + signature[place + 1 :]
        assert town.receive(body, {"x-line-signature": wrong}) == 400
    assert town.receive(body, {"x-line-signature": f"{signature}é"}) == 400
    assert inbox_states(town) == {}


def test_while_the_secret_is_replaced_both_sign(town: Town) -> None:
    app = create_app(replace(town.settings, channel_secrets=("the next secret", SECRET)))
    for number, secret in enumerate(("the next secret", SECRET)):
        body = body_of(an_event(f"0{number}"))
        answer = app.test_client().post("/line/webhook", data=body, headers=signed(body, secret))
        assert answer.status_code == 200
    app.extensions["webhook"].database.close()
    assert len(inbox_states(town)) == 2


def test_lines_own_check_with_an_empty_batch_is_answered_with_200(town: Town) -> None:
    assert post(town, body_of()) == 200
    assert inbox_states(town) == {}


def test_a_signed_body_that_is_no_batch_is_acknowledged_and_forgotten(town: Town) -> None:
    for body in (b"", b"[]", b"null", b"{", b'{"events":7}', b'{"events":[7,null,"x"]}', b"\xff"):
        assert post(town, body) == 200
    assert inbox_states(town) == {}


def test_what_line_may_invent_is_kept_and_done_without_a_word(town: Town) -> None:
    strange = [
        an_event("01", type="teleport"),
        an_event("02", message={"type": "hologram", "id": "2"}, replyToken=None),
        an_event("03", mode="standby"),
        an_event("04", mode="paused", newProperty={"deep": [1, {"er": None}]}),
        an_event("05", source=None),
        an_event("06", source={"type": "user"}),
        an_event("07", timestamp="yesterday", message=None),
        an_event("08", timestamp=1e300, type="unfollow", replyToken=None),
        {"webhookEventId": "09"},
        {"no": "id at all"},
    ]
    assert post(town, body_of(*strange)) == 200
    work(town)
    assert set(inbox_states(town).values()) == {"done"}
    assert len(inbox_states(town)) == len(strange)
    assert rows(town) == []


def test_while_another_module_has_the_conversation_we_are_silent(town: Town) -> None:
    resident = friend(town)
    event = an_event("01", mode="standby", source={"type": "user", "userId": resident.id})
    assert post(town, body_of(event)) == 200
    town.settle()
    assert texts(resident) == []


def test_the_same_event_fifty_times_at_once_has_one_effect(town: Town) -> None:
    body = body_of(an_event())

    def send(_: int) -> int:
        client = town.web.application.test_client()
        return client.post("/line/webhook", data=body, headers=signed(body)).status_code

    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(send, range(50)))
    assert 200 in statuses
    assert set(statuses) <= {200, 503}
    work(town)
    assert count(town, InboxEvent) == count(town, OutboxRow) == 1
    assert post(town, body) == 200
    work(town)
    assert count(town, OutboxRow) == 1


@pytest.mark.parametrize("days", [7, 29])
def test_an_event_delivered_again_after_weeks_has_no_effect(town: Town, days: int) -> None:
    body = body_of(an_event())
    post(town, body)
    work(town)
    town.wait(days=days)
    tidy_up(town.database, town.app.media)
    answers = count(town, OutboxRow)
    again = body.replace(b'"isRedelivery": false', b'"isRedelivery": true')
    assert again != body
    assert post(town, again) == 200
    work(town)
    assert count(town, OutboxRow) == answers


def test_what_could_not_be_delivered_is_answered_once_when_line_delivers_it_again(town: Town) -> None:
    resident = friend(town)
    town.simulator.faults.turn(webhook_down=True)
    resident.says(HELLO)
    town.settle()
    town.simulator.faults.turn(webhook_down=False, webhook_duplicate=True)
    town.settle()
    assert len(texts(resident)) == 1


def test_one_poisonous_event_among_three_residents_harms_nobody_else(town: Town) -> None:
    phones = [friend(town, name) for name in ("หนึ่ง", "สอง", "สาม")]
    with town.database.transaction() as session:
        # Our code never writes such a value.
        the_resident(session, phones[1]).listening = {"for": "answer", "case": 1, "until": "rot"}
    for phone in phones:
        phone.says(HELLO)
    assert town.simulator.deliver_webhooks(together=True) == [200]
    town.settle()
    assert [len(texts(phone)) for phone in phones] == [1, 0, 1]
    for seconds in (6, 8, 12, 20):
        town.wait(seconds=seconds)
    assert list(inbox_states(town).values()).count("dead") == 1
    assert [len(texts(phone)) for phone in phones] == [1, 1, 1]
    assert "ระบบขัดข้อง" in texts(phones[1])[0]


def test_groups_are_told_to_write_alone_and_nothing_is_kept_of_them(town: Town) -> None:
    group = {"type": "group", "groupId": "C" + "1" * 32, "userId": "U" + "b" * 32}
    mention = {"type": "text", "id": "1", "text": "@us ไฟดับ", "mention": {"mentionees": [{"isSelf": True}]}}
    events = [
        an_event("01", source=group),
        an_event("02", source=group, message=mention),
        an_event("03", source={"type": "room", "roomId": "R" + "1" * 32}, type="join"),
        an_event(
            "04", source={"type": "group", "groupId": "C" + "2" * 32}, message={"type": "image", "id": "2"}
        ),
    ]
    assert post(town, body_of(*events)) == 200
    work(town)
    said = rows(town)
    assert sorted(str(row.reply_token) for row in said) == ["token of 02", "token of 03"]
    assert [row.to for row in said] == [None, None]
    assert count(town, Resident) == count(town, Conversation) == 0
    with town.database.reading() as session:
        assert set(session.scalars(select(InboxEvent.body))) == {None}


def test_a_deeply_nested_event_does_not_take_the_others_with_it(town: Town) -> None:
    for levels in (25, 40, 400, 900):
        deep = '{"x":' * levels + "1" + "}" * levels
        body = body_of(an_event(f"good {levels}"), an_event(f"deep{levels}", extra="DEEP"))
        assert post(town, body.replace(b'"DEEP"', deep.encode())) == 200
    work(town)
    assert list(inbox_states(town).values()) == ["done"] * 5


def test_an_abyss_is_acknowledged(town: Town) -> None:
    assert post(town, b'{"events":[{"x":' + b"[" * 200_000) == 200
    assert post(town, b'{"events":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}") == 200


def test_nul_and_broken_emoji_are_worked_on_like_anything_else(town: Town) -> None:
    for number, odd in enumerate(("\x00", "\ud83d", "\udc00\ud83d", "ก\u0e33\u0e33\u202e\u200b")):
        event = an_event(
            f"id{number}{odd}",
            message={"type": "text", "id": f"1{odd}", "text": f"ไฟดับ{odd}หน้าบ้าน{odd}"},
            source={"type": "user", "userId": f"U{number}{odd}"},
        )
        assert post(town, body_of(event)) == 200
    work(town)
    assert list(inbox_states(town).values()) == ["done"] * 4
    while town.sender.deliver_once():
        pass
    assert {row.state for row in rows(town)} <= {"dead", "dropped"}  # LINE does not know these residents


def test_a_body_larger_than_two_megabytes_is_refused(town: Town) -> None:
    body = body_of(an_event(message={"type": "text", "id": "1", "text": "ก" * MAX_BYTES}))
    assert post(town, body) == 413
    assert inbox_states(town) == {}


def hold_database(database: Database, stack: ExitStack) -> None:
    """Keeps every other writer of the inbox out until the stack is closed."""
    session = stack.enter_context(database.transaction())
    if not database.is_sqlite:
        session.execute(text("LOCK TABLE inbox IN EXCLUSIVE MODE"))


def test_a_busy_database_is_said_before_line_gives_up_and_line_delivers_again(town: Town) -> None:
    """Lets several wait at once: if each waited for the one before, the waits would add up."""
    resident = friend(town)
    resident.says(HELLO)
    body = body_of(an_event("by hand"))

    def send(_: int) -> tuple[int, float]:
        client, started = town.web.application.test_client(), time.perf_counter()
        status = client.post("/line/webhook", data=body, headers=signed(body)).status_code
        return status, time.perf_counter() - started

    with ExitStack() as stack, ThreadPoolExecutor(8) as threads:
        hold_database(town.database, stack)
        alone = send(0)
        together = list(threads.map(send, range(8)))
        assert town.simulator.deliver_webhooks() == [503]
    assert {status for status, _ in (alone, *together)} == {503}
    assert max(seconds for _, seconds in together) < 4 * alone[1]
    assert QUEUE_SECONDS + PATIENCE_SECONDS < TIMEOUT_SECONDS
    assert "by hand" not in inbox_states(town)
    town.settle()
    assert times_told(resident, "ช่วยเรื่องอะไรดีคะ") == 1
