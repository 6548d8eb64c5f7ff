"""The door of the API: tokens, request ids, sizes, switches, and the log of it all."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from line_simulator.web import create_app
from tests.simulator.conftest import Account
from tests.waiting import PATIENCE_SECONDS

INFO = "/v2/bot/info"


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic demo-token", "demo-token"])
def test_without_the_right_token_every_call_is_401(client, header):
    answer = client.get(INFO, headers={"Authorization": header})
    assert answer.status_code == 401
    assert "Authentication failed" in answer.get_json()["message"]


def test_every_answer_has_a_request_id_of_its_own(account, client):
    answers = [
        account.calls("GET", INFO),
        account.calls("GET", INFO),
        client.get(INFO),
        account.calls("GET", "/v2/bot/nothing"),
        account.calls("DELETE", INFO),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 401, 404, 405]
    assert len({answer.headers["x-line-request-id"] for answer in answers}) == 5


def test_a_body_over_2_mb_is_413(account):
    body = json.dumps({"messages": [{"type": "text", "text": "a" * 2 * 1024 * 1024}]}).encode()
    kind = {"Content-Type": "application/json"}
    assert account.calls("POST", "/v2/bot/message/validate/push", body, **kind).status_code == 413


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [(b"{}", "text/plain", 415), (b"{", "application/json", 400), (b"[]", "application/json", 400)],
)
def test_a_body_that_is_no_json_object_is_refused(account, body, kind, status):
    answer = account.calls("POST", "/v2/bot/message/push", body, **{"Content-Type": kind})
    assert answer.status_code == status


@pytest.mark.parametrize("status", ["400", "401", "403", "429_rate", "429_monthly", "500", "503"])
def test_the_switch_makes_the_next_calls_fail_and_then_turns_itself_off(account, sim, status):
    sim.faults.turn(api_status=status, count=2)
    statuses = [account.calls("GET", INFO).status_code for _ in range(3)]
    assert statuses == [int(status[:3])] * 2 + [200]
    assert sim.faults["api_status"] is None


def test_the_two_429s_have_lines_own_words(account, sim):
    sim.faults.turn(api_status="429_rate")
    assert "rate limit" in account.calls("GET", INFO).get_json()["message"]
    sim.faults.turn(api_status="429_monthly")
    assert account.calls("GET", INFO).get_json() == {"message": "You have reached your monthly limit."}


def test_a_hanging_call_is_carried_out_all_the_same(account, sim, somsri):
    sim.faults.turn(api_hang_seconds=0.01, count=1)
    assert account.pushes(somsri.id, "ก").status_code == 200
    assert len(somsri.messages) == 1


@pytest.mark.parametrize("turn_off", [{"api_hang_seconds": 0}, {}])
def test_hanging_ends_when_the_switch_is_turned_off(sim, somsri, turn_off):
    account = Account(
        create_app(sim).test_client()
    )  # Flask's contexts must end in the thread where they began.
    sim.faults.turn(api_hang_seconds=3600)
    with ThreadPoolExecutor(1) as threads:
        hanging = threads.submit(account.pushes, somsri.id, "ก")
        with pytest.raises(TimeoutError):
            hanging.result(timeout=0.2)
        sim.faults.turn(api_status=None)
        assert somsri.messages == []
        sim.faults.turn(**turn_off) if turn_off else sim.faults.clear()
        assert hanging.result(timeout=PATIENCE_SECONDS).status_code == 200
    assert len(somsri.messages) == 1


def test_every_switch_is_off_but_redelivery(sim):
    assert {name for name, value in sim.faults.values().items() if value} == {"webhook_redelivery"}


def test_the_log_keeps_the_last_500_exchanges_of_both_directions(account, sim, somsri):
    somsri.says("ไฟดับ")
    sim.deliver_webhooks()
    for _ in range(499):
        account.calls("GET", INFO)
    entries = sim.log.after(0)
    assert len(entries) == 500
    assert entries[0]["direction"] == "webhook"
    assert entries[0]["request"]["events"][0]["message"]["text"] == "ไฟดับ"
    assert (entries[-1]["direction"], entries[-1]["method"], entries[-1]["path"]) == ("api", "GET", INFO)


def test_the_log_shows_the_retry_key_and_the_fault(account, sim, somsri):
    sim.faults.turn(api_status_after_accept=True)
    account.pushes(somsri.id, "ก", retry_key="123e4567-e89b-12d3-a456-426614174000")
    entry = sim.log.after(0)[-1]
    assert entry["retry_key"] == "123e4567-e89b-12d3-a456-426614174000"
    assert (entry["status"], entry["note"]) == (500, "api_status_after_accept")


def test_a_file_is_not_copied_into_the_log(account, sim, somsri):
    message_id = somsri.sends_file("ก.pdf", b"%PDF" * 10, "application/pdf")
    account.calls("GET", f"/v2/bot/message/{message_id}/content")
    assert sim.log.after(0)[-1]["response"] == "<application/pdf, 40 bytes>"
