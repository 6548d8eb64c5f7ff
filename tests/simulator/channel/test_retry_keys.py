"""Tests retry keys: a repeated push sends nothing twice, for 24 hours."""

import pytest

KEY = "123e4567-e89b-12d3-a456-426614174000"
PUSH = "/v2/bot/message/push"


def test_a_repeated_push_is_409_with_both_request_ids_and_the_receipts(account, somsri):
    first = account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY)
    second = account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY)
    assert second.status_code == 409
    assert second.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert second.headers["x-line-request-id"] != first.headers["x-line-request-id"]
    assert second.get_json() == {
        "message": "The retry key is already accepted",
        "sentMessages": first.get_json()["sentMessages"],
    }
    assert len(somsri.messages) == 1


def test_the_accepted_request_id_is_told_on_a_409_only(account, somsri):
    assert "x-line-accepted-request-id" not in account.pushes(somsri.id, "ก", retry_key=KEY).headers


def test_after_24_hours_the_same_key_sends_again(account, clock, somsri):
    account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY)
    clock.moves(24 * 3600 + 1)
    assert account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY).status_code == 200
    assert len(somsri.messages) == 2


def test_a_key_with_another_body_is_409_and_noted_as_a_violation(account, sim, somsri):
    account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY)
    assert sim.violations == []
    assert account.pushes(somsri.id, "ยังไม่เสร็จ", retry_key=KEY).status_code == 409
    assert len(sim.violations) == 1


def test_a_key_is_used_up_even_when_nobody_saw_the_message(account, somsri):
    somsri.blocks()
    assert account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY).status_code == 200
    assert account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY).status_code == 409


@pytest.mark.parametrize("fault", ["429_rate", "429_monthly", "500", "503"])
def test_a_refused_push_does_not_use_up_its_key(account, sim, somsri, fault):
    sim.faults.turn(api_status=fault, count=1)
    assert account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY).status_code == int(fault[:3])
    assert account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY).status_code == 200


def test_500_after_acceptance_is_409_on_the_second_try_and_shown_once(account, sim, somsri):
    sim.faults.turn(api_status_after_accept=True, count=1)
    assert account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY).status_code == 500
    assert account.pushes(somsri.id, "เสร็จแล้ว", retry_key=KEY).status_code == 409
    assert len(somsri.messages) == 1


def test_a_key_that_is_no_uuid_is_refused(account, somsri):
    assert account.pushes(somsri.id, "ก", retry_key="case-17").status_code == 400


@pytest.mark.parametrize("kind", ["multicast", "broadcast", "narrowcast"])
def test_every_way_of_pushing_takes_a_retry_key(account, somsri, kind):
    body = {"messages": [{"type": "text", "text": "ประกาศ"}]}
    if kind == "multicast":
        body["to"] = [somsri.id]
    path, key = f"/v2/bot/message/{kind}", {"X-Line-Retry-Key": KEY}
    assert account.calls("POST", path, body, **key).status_code in {200, 202}
    again = account.calls("POST", path, body, **key)
    assert (again.status_code, "sentMessages" in again.get_json()) == (409, False)
    assert len(somsri.messages) == 1


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v2/bot/info"), ("POST", "/v2/bot/message/validate/push")]
)
def test_elsewhere_a_retry_key_is_an_error(account, method, path):
    body = {"messages": [{"type": "text", "text": "ก"}]} if method == "POST" else None
    assert account.calls(method, path, body, **{"X-Line-Retry-Key": KEY}).status_code == 400
