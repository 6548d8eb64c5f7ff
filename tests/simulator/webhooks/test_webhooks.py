"""Tests what arrives at the webhook: signed, in LINE's shape, in order, and again when it was refused."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from line_simulator import Simulator
from line_simulator.residents import Resident
from line_simulator.webhooks.events import sign

SAMPLES = Path(__file__).parents[3].parent / "shared" / "line-events.jsonl"


def test_the_signature_is_the_one_in_lines_own_documentation():
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert sign("8c570fa6dd201bb328f1c1eac23a96d8", body) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_every_body_is_signed_over_its_exact_bytes(sim, webhook, somsri):
    somsri.says("น้ำท่วม 😭")
    sim.deliver_webhooks()
    body, headers = webhook.bodies[0], webhook.headers[-1]
    assert headers["x-line-signature"] == sign(sim.channel.secret, body)
    assert headers["Content-Type"] == "application/json; charset=utf-8"


def test_thai_travels_as_utf8_and_emoji_as_escaped_pairs(sim, webhook, somsri):
    somsri.says("น้ำท่วม 😭")
    sim.deliver_webhooks()
    assert "น้ำท่วม \\uD83D\\uDE2D".encode() in webhook.bodies[0]
    assert webhook.events[0]["message"]["text"] == "น้ำท่วม 😭"


def test_a_raw_body_is_signed_and_delivered_byte_for_byte(sim, webhook):
    body = b'{ "destination" : "U0", "events" : [ ] }'
    assert sim.send_raw(body) == 200
    assert webhook.bodies == [body]
    assert webhook.headers[0]["x-line-signature"] == sign(sim.channel.secret, body)


def test_a_text_event_has_lines_keys_in_lines_order(sim, webhook, somsri):
    somsri.says("ไฟถนนดับ")
    sim.deliver_webhooks()
    event = webhook.events[0]
    assert list(event) == [
        "type", "message", "webhookEventId", "deliveryContext", "timestamp", "source", "replyToken", "mode",
    ]  # fmt: skip
    assert list(event["message"]) == ["type", "id", "quoteToken", "markAsReadToken", "text"]
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", event["webhookEventId"])
    assert re.fullmatch(r"[0-9a-f]{32}", event["replyToken"])
    assert re.fullmatch(r"\d{18}", event["message"]["id"])
    assert event["timestamp"] == sim.now_ms()


ACTS = {
    "text": lambda who: who.says("ไฟถนนดับ"),
    "image": lambda who: who.sends_photos([b"jpeg"]),
    "video": lambda who: who.sends_video(),
    "audio": lambda who: who.sends_audio(),
    "file": lambda who: who.sends_file("สำเนา.pdf", b"%PDF"),
    "location": lambda who: who.sends_place(16.43219, 102.83626, "ตลาด", "ถนนเทศบาล 2"),
    "sticker": lambda who: who.sends_sticker(),
    "unsend": lambda who: who.unsends(who.says("ผิด")),
    "unfollow": lambda who: who.blocks(),
    "postback": lambda who: who.taps_action({"type": "postback", "data": "a=1"}),
}


@pytest.mark.parametrize("kind", ACTS)
@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of LINE's events are not here")
def test_an_event_has_the_keys_of_lines_samples(sim, webhook, somsri, kind):
    ACTS[kind](somsri)
    sim.deliver_webhooks()
    ours = webhook.events[-1]
    samples = [event for event in _read_samples() if _kind(event) == kind]
    assert list(ours) in [list(sample) for sample in samples]
    if ours["type"] == "message":
        assert list(ours["message"]) in [list(sample["message"]) for sample in samples]


def _read_samples() -> list[dict[str, Any]]:
    bodies = [json.loads(line) for line in SAMPLES.read_text().splitlines()]
    return [event for body in bodies for event in body["events"]]


def _kind(event: dict[str, Any]) -> str:
    return event["message"]["type"] if event["type"] == "message" else event["type"]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of LINE's events are not here")
def test_lines_samples_can_all_be_sent_as_they_are(sim, webhook):
    lines = SAMPLES.read_bytes().splitlines()
    assert [sim.send_raw(line) for line in lines] == [200] * len(lines)
    assert webhook.bodies == lines


def test_photos_sent_together_are_a_set_numbered_from_one(sim, webhook, somsri):
    somsri.sends_photos([b"a", b"b", b"c"])
    sim.deliver_webhooks()
    sets = [event["message"]["imageSet"] for event in webhook.events]
    assert sorted(each["index"] for each in sets) == [1, 2, 3]
    assert {each["total"] for each in sets} == {3}
    assert len({each["id"] for each in sets}) == 1


def test_a_single_photo_is_no_set(sim, webhook, somsri):
    somsri.sends_photos([b"a"])
    sim.deliver_webhooks()
    assert "imageSet" not in webhook.events[0]["message"]


def test_unblocking_is_a_follow_that_says_so(sim, webhook, somsri):
    somsri.blocks()
    somsri.unblocks()
    sim.deliver_webhooks()
    assert [event["type"] for event in webhook.events] == ["unfollow", "follow"]
    assert webhook.events[1]["follow"] == {"isUnblocked": True}


def test_events_arrive_in_the_order_they_happened(sim, webhook, somsri):
    for number in range(5):
        somsri.says(str(number))
    assert sim.deliver_webhooks() == [200] * 5
    assert [event["message"]["text"] for event in webhook.events] == ["0", "1", "2", "3", "4"]


def test_events_of_several_residents_may_share_a_body(sim, webhook, somsri):
    sim.add_resident("ประสิทธิ์").says("สวัสดี")
    somsri.says("ไฟดับ")
    assert sim.deliver_webhooks(together=True) == [200]
    assert len({event["source"]["userId"] for event in json.loads(webhook.bodies[0])["events"]}) == 2


def test_a_refused_event_comes_again_as_the_same_event(sim, webhook, somsri):
    somsri.says("ไฟดับ")
    webhook.answers = [503]
    assert sim.deliver_webhooks() == [503]
    assert sim.deliver_webhooks() == [200]
    assert sim.deliver_webhooks() == []
    first, second = webhook.events
    assert second["deliveryContext"] == {"isRedelivery": True}
    assert first["deliveryContext"] == {"isRedelivery": False}
    assert {**second, "deliveryContext": None} == {**first, "deliveryContext": None}


def test_without_redelivery_a_refused_event_is_lost(sim, webhook, somsri):
    sim.faults.turn(webhook_redelivery=False)
    somsri.says("ไฟดับ")
    webhook.answers = [500]
    sim.deliver_webhooks()
    assert sim.deliver_webhooks() == []


def test_while_the_webhook_is_down_events_are_kept(sim, webhook, somsri):
    sim.faults.turn(webhook_down=True)
    somsri.says("ไฟดับ")
    assert sim.deliver_webhooks() == [0]
    assert webhook.bodies == []
    sim.faults.turn(webhook_down=False)
    assert sim.deliver_webhooks() == [200]
    assert webhook.events[0]["deliveryContext"]["isRedelivery"]


def test_a_duplicated_event_keeps_its_id_and_is_no_redelivery(sim, webhook, somsri):
    sim.faults.turn(webhook_duplicate=True, count=1)
    somsri.says("ไฟดับ")
    somsri.says("ยังดับ")
    sim.deliver_webhooks()
    ids = [event["webhookEventId"] for event in webhook.events]
    assert len(ids) == 3
    assert ids[0] == ids[1] != ids[2]
    assert webhook.bodies[0] == webhook.bodies[1]


def test_a_connection_that_fails_counts_as_no_answer(clock):
    def refuse(body: bytes, headers: dict[str, str]) -> int:
        raise ConnectionRefusedError

    sim = Simulator(secret="s", token="t", clock=clock, deliver=refuse, background=False)
    sim.add_resident("สมศรี").says("ไฟดับ")
    assert sim.deliver_webhooks() == [0]
    assert sim.log.after(0)[-1]["note"] == "could_not_connect"


def test_a_resident_keeps_their_id_when_the_simulator_starts_again(sim, clock, somsri):
    again: Resident = Simulator(secret="s", token="t", clock=clock, background=False).add_resident("สมศรี")
    assert again.id == somsri.id
    assert sim.add_resident("สมศรี").id != somsri.id
