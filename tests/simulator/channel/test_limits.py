"""Tests the monthly quota and the rates, each with its own 429."""

import pytest

from line_simulator.channel.limits import ORDINARY

TOO_FAST = {"message": "The API rate limit has been exceeded. Try again later."}
USED_UP = {"message": "You have reached your monthly limit."}
QUOTA = "/v2/bot/message/quota"
BROADCAST = "/v2/bot/message/broadcast"
WORDS = {"messages": [{"type": "text", "text": "ประกาศ"}]}


def test_the_last_message_of_the_month_goes_out_and_the_next_does_not(account, sim, somsri):
    sim.quota.set(limit=300, used=299)
    assert account.pushes(somsri.id, "ก").status_code == 200
    refused = account.pushes(somsri.id, "ข")
    assert (refused.status_code, refused.get_json()) == (429, USED_UP)
    assert len(somsri.messages) == 1


def test_a_broadcast_that_does_not_fit_the_quota_sends_nothing(account, sim, somsri):
    sim.add_resident("ประสิทธิ์").follows()
    sim.quota.set(limit=300, used=299)
    assert account.calls("POST", BROADCAST, WORDS).get_json() == USED_UP
    assert somsri.messages == []
    assert sim.quota.used == 299


def test_replies_go_on_when_the_quota_is_gone(account, sim, webhook, somsri):
    sim.quota.set(limit=300, used=300)
    somsri.says("ไฟดับ")
    sim.deliver_webhooks()
    assert account.replies(webhook.events[-1]["replyToken"], "ค่ะ").status_code == 200


def test_a_new_month_brings_a_new_quota_in_lines_time_zone(account, clock, sim, somsri):
    sim.quota.set(limit=300, used=300)
    clock.now = 1_796_050_799  # 30 November, one second to midnight in UTC+9
    assert account.pushes(somsri.id, "ก").status_code == 429
    clock.moves(1)
    assert account.pushes(somsri.id, "ก").status_code == 200


def test_the_quota_is_told(account, sim, somsri):
    account.pushes(somsri.id, "ก")
    assert account.calls("GET", QUOTA).get_json() == {"type": "limited", "value": 15_000}
    assert account.calls("GET", f"{QUOTA}/consumption").get_json() == {"totalUsage": 1}
    sim.quota.set(limit=None, used=1)
    assert account.calls("GET", QUOTA).get_json() == {"type": "none"}


def test_the_count_of_a_day_is_ready_on_the_next(account, clock, somsri):
    account.pushes(somsri.id, "ก")
    path = "/v2/bot/message/delivery/push?date=20261120"
    assert account.calls("GET", path).get_json() == {"status": "unready"}
    clock.moves(24 * 3600)
    assert account.calls("GET", path).get_json() == {"status": "ready", "success": 1}


RATES = [
    ("POST", BROADCAST, WORDS, 60, 3600),
    ("POST", "/v2/bot/message/narrowcast", WORDS, 60, 3600),
    ("POST", "/v2/bot/message/multicast", {}, 200, 1),
    ("POST", "/v2/bot/chat/loading/start", {}, 100, 1),
    ("POST", "/v2/bot/richmenu", {}, 100, 3600),
    ("DELETE", "/v2/bot/richmenu/richmenu-1", None, 100, 3600),
    ("DELETE", "/v2/bot/richmenu/alias/a", None, 100, 3600),
    ("GET", "/v2/bot/richmenu/list", None, 10, 1),
    ("POST", "/v2/bot/richmenu/batch", {}, 3, 3600),
    ("POST", "/v2/bot/channel/webhook/test", {}, 60, 3600),
    ("GET", "/v2/bot/channel/webhook/endpoint", None, 1000, 60),
]


@pytest.mark.parametrize("row", RATES, ids=lambda row: f"{row[0]} {row[1]}")
def test_an_endpoint_has_its_own_rate(account, clock, row):
    """Checks that a refused call counts, too."""
    method, path, body, calls, seconds = row
    for _ in range(calls):
        assert account.calls(method, path, body).status_code != 429
    over = account.calls(method, path, body)
    assert (over.status_code, over.get_json()) == (429, TOO_FAST)
    clock.moves(seconds / calls * 1.01)
    assert account.calls(method, path, body).status_code != 429


def test_a_push_may_be_called_2000_times_a_second(account, sim, somsri):
    push = "POST /v2/bot/message/push"

    for _ in range(2000):
        sim.rates.spend(push, ORDINARY)
    assert account.pushes(somsri.id, "ก").get_json() == TOO_FAST
