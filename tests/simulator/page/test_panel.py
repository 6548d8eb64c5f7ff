"""Tests the routes that the chat page uses."""

import io
import json

import pytest
from PIL import Image

from tests.simulator.builders import buttons, message_action, postback, quick_replies, text


@pytest.fixture
def page(client, somsri):
    """Acts for สมศรี."""

    def act(what, body=None, **form):
        path = f"/_sim/residents/{somsri.id}/{what}"
        if form:
            return client.post(path, data=form, content_type="multipart/form-data")
        return client.post(path, json=body or {})

    return act


def photo():
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, "PNG")
    return io.BytesIO(data.getvalue()), "a.png"


def test_the_state_shows_account_residents_switches_and_quota(client, sim, somsri):
    state = client.get("/_sim/state").get_json()
    assert set(state) == {"account", "residents", "faults", "quota", "clock", "last_event"}
    assert set(state["account"]) == {"displayName", "basicId", "pictureUrl", "webhook_url"}
    assert state["residents"] == [
        {
            "id": somsri.id,
            "name": "สมศรี",
            "friend": True,
            "blocked": False,
            "unread": 0,
            "rich_menu": None,
            "color": somsri.color,
        }
    ]
    assert state["quota"] == {"limit": 15_000, "used": 0}
    assert state["clock"] == sim.now_ms()


def test_a_resident_can_be_added_with_a_name(client):
    answer = client.post("/_sim/residents", json={"name": "มานะ"})
    assert (answer.status_code, answer.get_json()["name"]) == (201, "มานะ")
    assert client.post("/_sim/residents", json={"name": " "}).status_code == 409


def test_every_act_of_the_page_becomes_an_event(sim, webhook, page):
    page("say", {"text": "ไฟดับ"})
    page("photos", photos=[photo(), photo()])
    page("file", file=(io.BytesIO(b"%PDF"), "สำเนา.pdf"))
    page("audio")
    page("video", video=(io.BytesIO(b"mp4"), "a.mp4"))
    page("place", {"latitude": 16.4, "longitude": 102.8, "title": "ตลาด", "address": "ถนนเทศบาล 2"})
    page("sticker", {"packageId": "446", "stickerId": "1988"})
    page("tap", {"action": postback()})
    page("block")
    page("unblock")
    sim.deliver_webhooks()
    kinds = [event.get("message", event)["type"] for event in webhook.events]
    sent = ["text", "image", "image", "file", "audio", "video", "location", "sticker"]
    assert kinds == [*sent, "postback", "unfollow", "follow"]
    assert webhook.events[3]["message"]["fileName"] == "สำเนา.pdf"


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("follow", {}),
        ("unblock", {}),
        ("say", {"text": " "}),
        ("unsend", {"message_id": "1"}),
        ("place", {"latitude": "เหนือ"}),
        ("tap", {}),
        ("tap", {"action": {"type": "message"}}),
        ("tap", {"action": {"type": "dance"}}),
        ("file", {}),
    ],
)
def test_what_line_would_not_allow_is_409_with_a_reason_in_thai(page, what, body):
    answer = page(what, body)
    assert answer.status_code == 409
    assert any("ก" <= letter <= "๛" for letter in answer.get_json()["error"])


def test_a_photo_that_is_no_picture_is_not_sent(sim, page):
    assert page("photos", photos=[(io.BytesIO(b"hello"), "a.png")]).status_code == 409
    assert sim.deliver_webhooks() == []


def test_someone_unknown_is_404(client):
    assert client.get("/_sim/residents/U0/messages").status_code == 404
    assert client.post("/_sim/residents/U0/say", json={"text": "ก"}).status_code == 404


def test_bubbles_come_in_order_with_live_quick_replies_on_the_newest(account, client, somsri):
    somsri.says("ไฟดับ")
    asks = text("อาการอย่างไรคะ", quickReply=quick_replies(message_action()), sender={"name": "กองช่าง"})
    account.shows(somsri, asks)
    path = f"/_sim/residents/{somsri.id}/messages"
    _, said, asked = client.get(path).get_json()["messages"]
    assert (said["from"], said["message"]["text"], "quick_reply_live" in said) == ("resident", "ไฟดับ", False)
    assert (asked["from"], asked["sender"], asked["quick_reply_live"]) == (
        "account",
        {"name": "กองช่าง"},
        True,
    )
    assert client.get(f"{path}?after={said['seq']}").get_json()["messages"] == [{**asked, "read": True}]


def test_reading_the_chat_clears_its_unread_count(account, client, somsri):
    account.shows(somsri, text(), text())
    assert client.get("/_sim/state").get_json()["residents"][0]["unread"] == 2
    client.get(f"/_sim/residents/{somsri.id}/messages")
    assert client.get("/_sim/state").get_json()["residents"][0]["unread"] == 0


def test_the_bytes_of_a_photo_can_be_shown(client, somsri, page):
    page("photos", photos=[photo()])
    message = somsri.bubbles[-1].message
    assert client.get(message["content_url"]).mimetype == "image/png"
    assert client.get(message["preview_url"]).mimetype == "image/jpeg"
    somsri.unsends(message["id"])
    assert client.get(message["content_url"]).status_code == 410


def test_switches_are_listed_with_thai_labels_and_turned(client, sim):
    assert client.post("/_sim/faults", json={"api_status": "503", "count": 3}).status_code == 200
    answer = client.get("/_sim/faults").get_json()
    assert (answer["faults"]["api_status"], answer["faults"]["count"]) == ("503", 3)
    assert {switch["name"] for switch in answer["switches"]} == set(answer["faults"])
    assert client.post("/_sim/faults", json={"api_status": None}).status_code == 200
    assert sim.faults["api_status"] is None


@pytest.mark.parametrize("values", [{"api_status": "418"}, {"nothing": 1}, {"api_delay_ms": "เร็ว"}])
def test_a_switch_that_does_not_exist_is_refused(client, values):
    assert client.post("/_sim/faults", json=values).status_code == 409


def test_quota_and_webhook_are_set_from_the_page(client, sim):
    client.post("/_sim/quota", json={"limit": 300, "used": 299})
    assert (sim.quota.limit, sim.quota.used) == (300, 299)
    client.post("/_sim/webhook", json={"url": "http://127.0.0.1:9000/hook"})
    assert client.get("/_sim/state").get_json()["account"]["webhook_url"] == "http://127.0.0.1:9000/hook"
    assert client.post("/_sim/webhook", json={"url": "hook"}).status_code == 409
    assert client.post("/_sim/webhook/verify").get_json()["reason"] == "OK"


def test_a_raw_body_goes_out_as_it_is(client, webhook):
    assert client.post("/_sim/raw", data=b'{"events": []}').get_json() == {"ok": True, "status": 200}
    assert webhook.bodies == [b'{"events": []}']


def test_the_log_is_read_from_where_the_page_left_off(account, client):
    account.calls("GET", "/v2/bot/info")
    account.calls("GET", "/v2/bot/message/quota")
    entries = client.get("/_sim/log?after=1").get_json()["entries"]
    assert [(each["n"], each["path"]) for each in entries] == [(2, "/v2/bot/message/quota")]
    assert {"n", "at", "direction", "method", "path", "status", "ms", "request", "response"} <= set(
        entries[0]
    )


def test_the_stream_tells_what_happens_from_the_last_event_on(account, sim, client, somsri):
    before = int(next(_events(sim, 0))["id"])
    account.shows(somsri, buttons())
    account.calls("POST", "/v2/bot/chat/loading/start", {"chatId": somsri.id})
    published = _events(sim, before)
    names = []
    while "loading" not in names:
        event = next(published)
        names.append(event["event"])
    assert {"bubble", "changed", "log", "loading"} <= set(names)
    assert event["data"] == {"resident": somsri.id, "seconds": 20}


def test_what_happens_before_a_page_listens_reaches_it_too(account, client, somsri):
    last = client.get("/_sim/state").get_json()["last_event"]
    account.shows(somsri, buttons())
    with client.get(f"/_sim/stream?after={last}", buffered=False) as stream:
        pieces = iter(stream.response)
        assert [next(pieces).decode().partition("\n")[0] for _ in range(2)] == [
            "retry: 1000",
            f"id: {last + 1}",
        ]


def _events(sim, after):
    for piece in sim.stream.listen(after):
        lines = dict(line.split(": ", 1) for line in piece.strip().splitlines())
        if "data" in lines:
            yield {**lines, "data": json.loads(lines["data"])}


def test_the_page_itself_is_served(client):
    assert client.get("/").status_code == 200
