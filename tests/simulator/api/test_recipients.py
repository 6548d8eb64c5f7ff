"""Tests who is reached and who is billed: friends, recent writers, blockers and strangers."""

import pytest

DAY = 24 * 3600
STRANGER = "U" + "0" * 32


def test_a_push_to_a_friend_is_shown_and_billed(account, sim, somsri):
    assert account.pushes(somsri.id, "เสร็จแล้ว", "ขอบคุณค่ะ").status_code == 200
    assert len(somsri.messages) == 2
    assert sim.quota.used == 1


def test_a_push_to_a_blocker_is_200_not_shown_and_not_billed(account, sim, somsri):
    somsri.blocks()
    answer = account.pushes(somsri.id, "เสร็จแล้ว")
    assert answer.status_code == 200
    assert len(answer.get_json()["sentMessages"]) == 1
    assert somsri.messages == []
    assert sim.quota.used == 0


@pytest.mark.parametrize(("days", "seen"), [(6.9, 1), (7.1, 0)])
def test_someone_who_is_no_friend_is_reached_for_a_week_after_writing(account, clock, sim, days, seen):
    visitor = sim.add_resident("ผู้มาเยือน")
    visitor.says("สอบถามค่ะ")
    clock.moves(days * DAY)
    assert account.pushes(visitor.id, "สวัสดีค่ะ").status_code == 200
    assert len(visitor.messages) == sim.quota.used == seen


def test_a_push_to_an_unknown_id_fails(account, somsri):
    answer = account.pushes(STRANGER, "สวัสดี")
    assert (answer.status_code, answer.get_json()) == (400, {"message": "Failed to send messages"})


def test_a_push_to_a_malformed_id_names_the_property(account):
    answer = account.pushes("somsri", "สวัสดี")
    assert answer.status_code == 400
    assert "The property, to, in the request body is invalid" in answer.get_json()["message"]


def test_a_multicast_reaches_each_once_and_bills_those_reached(account, sim, somsri):
    blocker = sim.add_resident("ประสิทธิ์")
    blocker.follows()
    blocker.blocks()
    body = {"to": [somsri.id, blocker.id, somsri.id], "messages": [{"type": "text", "text": "ประกาศ"}]}
    answer = account.calls("POST", "/v2/bot/message/multicast", body)
    assert (answer.status_code, answer.get_json()) == (200, {})
    assert len(somsri.messages) == sim.quota.used == 1
    assert blocker.messages == []


@pytest.mark.parametrize("wrong", [STRANGER, "U123"])
def test_one_wrong_id_stops_a_whole_multicast(account, sim, somsri, wrong):
    body = {"to": [somsri.id, wrong], "messages": [{"type": "text", "text": "ประกาศ"}]}
    assert account.calls("POST", "/v2/bot/message/multicast", body).status_code == 400
    assert somsri.messages == []


@pytest.mark.parametrize(("count", "status"), [(0, 400), (500, 200), (501, 400)])
def test_a_multicast_takes_up_to_500_ids(account, somsri, count, status):
    body = {"to": [somsri.id] * count, "messages": [{"type": "text", "text": "ประกาศ"}]}
    assert account.calls("POST", "/v2/bot/message/multicast", body).status_code == status


def test_a_broadcast_goes_to_all_friends(account, sim, somsri):
    visitor = sim.add_resident("ผู้มาเยือน")
    answer = account.calls(
        "POST", "/v2/bot/message/broadcast", {"messages": [{"type": "text", "text": "ประกาศ"}]}
    )
    assert (answer.status_code, answer.get_json()) == (200, {})
    assert len(somsri.messages) == sim.quota.used == 1
    assert visitor.messages == []


def test_a_narrowcast_is_accepted_with_202_and_needs_a_hundred_for_attributes(account, somsri):
    body = {"messages": [{"type": "text", "text": "ประกาศ"}]}
    assert account.calls("POST", "/v2/bot/message/narrowcast", body).status_code == 202
    men = {"demographic": {"type": "gender", "oneOf": ["male"]}}
    assert account.calls("POST", "/v2/bot/message/narrowcast", {**body, "filter": men}).status_code == 403


@pytest.mark.parametrize("path", ["friend", "stranger", "blocker", "writer"])
def test_a_profile_is_shown_of_friends_and_writers_only(account, sim, path):
    resident = sim.add_resident("ประสิทธิ์")
    if path in {"friend", "blocker"}:
        resident.follows()
    if path == "blocker":
        resident.blocks()
    if path == "writer":
        resident.says("สวัสดี")
    answer = account.calls("GET", f"/v2/bot/profile/{resident.id}")
    assert answer.status_code == (200 if path in {"friend", "writer"} else 404)


def test_a_malformed_or_hidden_profile_is_refused(account, sim, somsri):
    assert account.calls("GET", "/v2/bot/profile/U12").status_code == 400
    sim.faults.turn(profile_404=True)
    assert account.calls("GET", f"/v2/bot/profile/{somsri.id}").status_code == 404


def test_followers_are_listed_for_verified_accounts_only(account, sim, somsri):
    assert account.calls("GET", "/v2/bot/followers/ids").status_code == 403
    sim.verified = True
    sim.add_resident("ประสิทธิ์").follows()
    page = account.calls("GET", "/v2/bot/followers/ids?limit=1").get_json()
    assert page == {"userIds": [somsri.id], "next": "1"}
    assert "next" not in account.calls("GET", "/v2/bot/followers/ids?limit=1&start=1").get_json()


def test_a_quote_belongs_to_the_chat_it_came_from(account, sim, webhook, somsri):
    other = sim.add_resident("ประสิทธิ์")
    other.says("ไฟดับ")
    sim.deliver_webhooks()
    quote = {"type": "text", "text": "ค่ะ", "quoteToken": webhook.events[-1]["message"]["quoteToken"]}
    path = "/v2/bot/message/push"
    assert account.calls("POST", path, {"to": other.id, "messages": [quote]}).status_code == 200
    assert account.calls("POST", path, {"to": somsri.id, "messages": [quote]}).status_code == 400


def test_a_mention_cannot_be_pushed_to_one_person(account, somsri):
    mention = {"type": "mention", "mentionee": {"type": "all"}}
    message = {"type": "textV2", "text": "เรียน {all}", "substitution": {"all": mention}}
    body = {"to": somsri.id, "messages": [message]}
    assert account.calls("POST", "/v2/bot/message/push", body).status_code == 400
