"""Tests reply tokens: they work once, within a minute, never after twenty, and without a retry key."""

import pytest


@pytest.fixture
def token(sim, webhook, somsri):
    somsri.says("ไฟดับ")
    sim.deliver_webhooks()
    return webhook.events[-1]["replyToken"]


def test_a_reply_is_shown_and_costs_nothing(account, sim, somsri, token):
    answer = account.replies(token, "รับเรื่องแล้ว", "ขอบคุณค่ะ")
    assert answer.status_code == 200
    assert [message["text"] for message in somsri.messages] == ["รับเรื่องแล้ว", "ขอบคุณค่ะ"]
    sent = answer.get_json()["sentMessages"]
    assert [each["id"] for each in sent] == [bubble.id for bubble in somsri.bubbles[-2:]]
    assert sim.quota.used == 0


def test_a_reply_token_works_once(account, somsri, token):
    account.replies(token, "หนึ่ง")
    second = account.replies(token, "สอง")
    assert (second.status_code, second.get_json()) == (400, {"message": "Invalid reply token"})
    assert len(somsri.messages) == 1


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (60, 200), (60.1, 400)])
def test_a_reply_token_lives_for_a_minute(account, clock, token, seconds, status):
    clock.moves(seconds)
    assert account.replies(token, "ค่ะ").status_code == status


def test_an_invented_reply_token_is_refused_like_an_old_one(account, somsri):
    assert account.replies("0" * 32, "ค่ะ").get_json() == {"message": "Invalid reply token"}


@pytest.fixture
def refused_token(sim, webhook, somsri):
    """Belongs to an event that the account answered with 500."""
    somsri.says("ไฟดับ")
    webhook.answers = [500]
    sim.deliver_webhooks()
    return webhook.events[-1]["replyToken"]


@pytest.mark.parametrize(("waited", "status"), [(15 * 60, 200), (20 * 60 + 1, 400)])
def test_redelivery_revives_a_token_for_twenty_minutes(account, sim, refused_token, waited, status):
    sim.clock.moves(waited)
    sim.deliver_webhooks()
    assert account.replies(refused_token, "ค่ะ").status_code == status


def test_redelivery_does_not_revive_a_used_token(account, sim, refused_token):
    account.replies(refused_token, "ค่ะ")
    sim.deliver_webhooks()
    assert account.replies(refused_token, "ค่ะ").status_code == 400


def test_a_retry_key_on_a_reply_is_an_error_and_leaves_the_token_alone(account, token):
    key = {"X-Line-Retry-Key": "123e4567-e89b-12d3-a456-426614174000"}
    assert account.replies(token, "ค่ะ", **key).status_code == 400
    assert account.replies(token, "ค่ะ").status_code == 200


def test_a_body_that_is_wrong_leaves_the_token_alone(account, token):
    assert account.replies(token).status_code == 400
    assert account.replies(token, *"123456").status_code == 400
    assert account.replies(token, *"12345").status_code == 200


def test_a_reply_to_someone_who_has_blocked_meanwhile_is_accepted_and_not_shown(account, somsri, token):
    somsri.blocks()
    assert account.replies(token, "ค่ะ").status_code == 200
    assert somsri.messages == []


def test_the_switch_expires_every_reply_token(account, sim, token):
    sim.faults.turn(reply_token_expired=True, count=1)
    assert account.replies(token, "ค่ะ").get_json() == {"message": "Invalid reply token"}
    assert account.replies(token, "ค่ะ").status_code == 200
