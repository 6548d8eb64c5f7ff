"""Tests the account itself: its name, tokens, webhook address, read marks and the dots that mean "writing"."""

import pytest

from tests.simulator.conftest import SECRET

ENDPOINT = "/v2/bot/channel/webhook/endpoint"
FORM = {"grant_type": "client_credentials", "client_id": "1", "client_secret": SECRET}


def test_the_bot_has_the_id_that_webhooks_are_addressed_to(account, sim, webhook, somsri):
    somsri.says("ก")
    sim.deliver_webhooks()
    info = account.calls("GET", "/v2/bot/info").get_json()
    assert f'"destination":"{info["userId"]}"'.encode() in webhook.bodies[0]
    assert info["chatMode"] == "chat"


@pytest.mark.parametrize(("seconds", "status"), [(5, 202), (60, 202), (7, 400), (65, 400), (0, 400)])
def test_the_loading_dots_take_five_to_sixty_seconds_in_fives(account, somsri, seconds, status):
    body = {"chatId": somsri.id, "loadingSeconds": seconds}
    assert account.calls("POST", "/v2/bot/chat/loading/start", body).status_code == status


def test_a_read_mark_covers_all_that_came_before(account, sim, webhook, somsri):
    for words in ("หนึ่ง", "สอง", "สาม"):
        somsri.says(words)
    sim.deliver_webhooks()
    token = webhook.events[1]["message"]["markAsReadToken"]
    path = "/v2/bot/chat/markAsRead"
    assert account.calls("POST", path, {"markAsReadToken": token}).status_code == 200
    assert [bubble.read for bubble in somsri.bubbles if bubble.who == "resident"] == [True, True, False]
    assert account.calls("POST", path, {"markAsReadToken": "other"}).status_code == 400


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("https://bot.example.go.th/line/webhook", 200),
        ("http://127.0.0.1:8801/line/webhook", 200),
        ("http://bot.example.go.th/line/webhook", 400),
        ("https://bot.example.go.th/" + "a" * 500, 400),
    ],
)
def test_the_webhook_address_is_https_or_on_this_machine(account, address, status):
    assert account.calls("PUT", ENDPOINT, {"endpoint": address}).status_code == status
    kept = account.calls("GET", ENDPOINT).get_json()["endpoint"]
    assert (kept == address) is (status == 200)


@pytest.mark.parametrize(("answer", "reason"), [(200, "OK"), (500, "ERROR_STATUS_CODE")])
def test_verifying_sends_a_signed_body_without_events(account, webhook, answer, reason):
    webhook.answers = [answer]
    result = account.calls("POST", "/v2/bot/channel/webhook/test", {}).get_json()
    assert webhook.bodies[0].endswith(b',"events":[]}')
    assert (result["success"], result["statusCode"], result["reason"]) == (answer == 200, answer, reason)
    assert result["timestamp"] == "2026-11-20T05:00:00.000Z"


def test_a_stateless_token_works_for_fifteen_minutes(account, client, clock):
    issued = client.post("/oauth2/v3/token", data=FORM).get_json()
    assert (issued["token_type"], issued["expires_in"]) == ("Bearer", 900)
    account.token = issued["access_token"]
    assert account.calls("GET", "/v2/bot/info").status_code == 200
    clock.moves(901)
    assert account.calls("GET", "/v2/bot/info").status_code == 401


def test_the_thirty_first_short_lived_token_revokes_the_first(account, client):
    tokens = [client.post("/v2/oauth/accessToken", data=FORM).get_json()["access_token"] for _ in range(31)]
    verified = [client.post("/v2/oauth/verify", data={"access_token": token}).status_code for token in tokens]
    assert verified == [400] + [200] * 30


def test_the_wrong_channel_secret_gets_no_token(client):
    answer = client.post("/oauth2/v3/token", data={**FORM, "client_secret": "wrong"})
    assert answer.status_code == 400
    assert set(answer.get_json()) == {"error", "error_description"}


def test_a_link_token_is_given_for_known_residents(account, somsri):
    assert account.calls("POST", f"/v2/bot/user/{somsri.id}/linkToken").get_json()["linkToken"]
    assert account.calls("POST", f"/v2/bot/user/U{'0' * 32}/linkToken").status_code == 404
