"""Tests reading LINE's JSON: any body becomes an event, and none raises an error."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.events import (
    Event,
    Followed,
    Joined,
    SentFile,
    SentPlace,
    Tap,
    Unfollowed,
    UnknownEvent,
    Unsent,
    occurred_at,
    read_event,
    read_tap,
    tap_data,
    whose,
)
from store.services.answers.inputs import SomethingElse, TypedText
from tests.pure.strategies import SOME, hard_texts

SOMSRI = "U" + "1" * 32
EPOCH = datetime.fromtimestamp(0, UTC)


def a_body(kind="message", **changes):
    """Returns an event as LINE sends it from a chat with one resident."""
    return {
        "type": kind,
        "mode": "active",
        "timestamp": 1_795_140_100_000,
        "source": {"type": "user", "userId": SOMSRI},
        "replyToken": "t" * 32,
        "webhookEventId": "01M7",
        **changes,
    }


def a_message(kind, **content):
    return a_body(message={"id": "589", "type": kind, **content})


@pytest.mark.parametrize(
    ("text", "emojis", "what"),
    [
        ("ไฟดับ ()", [(6, 2)], TypedText("ไฟดับ ")),
        ("🙏(love)ไฟ()ดับ", [(2, 6), (10, 2)], TypedText("🙏ไฟดับ")),
        ("(love) ()", [(7, 2), (0, 6)], SomethingElse("sticker")),
        ("(love)", [], TypedText("(love)")),
        ("ไฟดับ", [(4, 9), (-1, 2), (True, 1), ("0", 1), (2**70, 1)], TypedText("ไฟดับ")),
    ],
)
def test_emoji_of_line_are_no_words(text, emojis, what):
    body = a_message("text", text=text, emojis=[{"index": i, "length": n} for i, n in emojis])
    assert read_event(body).what == what


@pytest.mark.parametrize("odd", ["58\x009", "\ud83d", "5" * 41])
def test_an_id_that_cannot_be_kept_is_none(odd):
    body = a_body(message={"id": odd, "type": "text", "text": "ไฟดับ"})
    assert (read_event(body).message_id, read_event(body).what) == (None, TypedText("ไฟดับ"))
    assert read_event(a_body("unsend", unsend={"messageId": odd})).what == UnknownEvent()
    photo = read_event(a_message("image", imageSet={"id": f"E{odd * 3}", "total": 2})).what
    assert photo == SentFile("photo", "589", of=2)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (a_message("text", text="ไฟดับ"), TypedText("ไฟดับ")),
        (a_message("sticker", packageId="1"), SomethingElse("sticker")),
        (a_message("audio", duration=100), SomethingElse("audio")),
        (a_message("hologram"), SomethingElse("hologram")),
        (a_message("image"), SentFile("photo", "589")),
        (
            a_message("image", imageSet={"id": "E1", "index": 2, "total": 3}),
            SentFile("photo", "589", album="E1", of=3),
        ),
        (a_message("file", fileName="คำร้อง.pdf"), SentFile("document", "589", "คำร้อง.pdf")),
        (
            a_message("location", latitude=16.4, longitude=102, title="วัด", address="ในเมือง"),
            SentPlace(16.4, 102.0, "วัด ในเมือง"),
        ),
        (a_body("follow"), Followed()),
        (a_body("unfollow"), Unfollowed()),
        (a_body("join"), Joined()),
        (a_body("unsend", unsend={"messageId": "589"}), Unsent("589")),
        (a_body("postback", postback={"data": "do=mine"}), Tap("mine")),
        (a_body("beacon"), UnknownEvent()),
        (a_body("tomorrow's news"), UnknownEvent()),
    ],
)
def test_an_event_is_read(body, what):
    assert read_event(body) == Event(
        what,
        at=datetime(2026, 11, 20, 2, 1, 40, tzinfo=UTC),
        user_id=SOMSRI,
        reply_token="t" * 32,
        message_id=body.get("message", {}).get("id"),
    )


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({}, UnknownEvent()),
        (a_body("message"), UnknownEvent()),
        (a_body("message", message=[]), UnknownEvent()),
        (a_message("text"), UnknownEvent()),
        (a_message("text", text=5), UnknownEvent()),
        (a_message(["text"]), UnknownEvent()),
        (a_body(message={"type": "image"}), SomethingElse("image")),
        (a_message("location", latitude="16", longitude=102), SomethingElse("location")),
        (a_message("location", latitude=91, longitude=102), SomethingElse("location")),
        (a_message("location", latitude=float("nan"), longitude=102), SomethingElse("location")),
        (a_body("unsend", unsend={}), UnknownEvent()),
        (a_body("postback"), Tap("")),
        (a_body("postback", postback={"data": None}), Tap("")),
    ],
)
def test_what_is_missing_or_wrong_is_no_error(body, what):
    assert read_event(body).what == what


def test_names_of_files_and_places_are_cleaned_of_what_nobody_sees():
    assert read_event(a_message("file", fileName="fdp\u202e.exe\ud83d")).what == SentFile(
        "document", "589", "fdp.exe"
    )
    place = a_message("location", latitude=1, longitude=2, title="วัด\x00\ud83d")
    assert read_event(place).what == SentPlace(1.0, 2.0, "วัด")


def test_a_photo_on_a_strangers_server_is_never_fetched():
    elsewhere = {"type": "external", "originalContentUrl": "http://169.254.169.254/"}
    assert read_event(a_message("image", contentProvider=elsewhere)).what == SomethingElse("image")


@pytest.mark.parametrize("mode", ["standby", "nap", None])
def test_only_an_active_channel_speaks(mode):
    assert not read_event(a_body("follow", mode=mode)).active


def test_a_group_is_known_as_one_and_its_events_keep_one_order():
    body = a_body("message", source={"type": "group", "groupId": "C1", "userId": SOMSRI})
    assert (read_event(body).group, read_event(body).user_id, whose(body)) == ("C1", SOMSRI, "C1")
    assert whose(a_body("join", source={"type": "room", "roomId": "R1"})) == "R1"
    assert whose(a_body("accountLink", source=None)) is None


def test_a_mention_of_us_is_noticed_among_others():
    mentionees = [{"type": "all"}, "odd", {"type": "user", "isSelf": True}]
    body = a_message("text", text="@a @b", mention={"mentionees": mentionees})
    assert read_event(body).mentions_us
    assert not read_event(a_message("text", text="@a", mention={"mentionees": mentionees[:2]})).mentions_us


@pytest.mark.parametrize("timestamp", [None, "1", True, [], float("nan"), float("inf"), 10**400, -(10**30)])
def test_a_senseless_time_is_the_beginning_of_time(timestamp):
    assert occurred_at({"timestamp": timestamp}) == EPOCH


def test_a_picked_day_comes_with_its_tap():
    data = tap_data("day", c=7, q="want_date")
    tap = read_tap({"data": data, "params": {"date": "2026-12-01"}})
    assert tap == Tap("day", {"c": "7", "q": "want_date"}, date(2026, 12, 1))


@pytest.mark.parametrize("day", ["2026-02-30", "", None, 5, "พรุ่งนี้", "2026-12-01T10:00"])
def test_a_day_that_is_none_is_left_out(day):
    assert read_tap({"data": "do=day", "params": {"date": day}}).day is None


@given(
    st.from_regex(r"[a-z_]{1,20}", fullmatch=True),
    st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.text(min_size=1, max_size=20)),
)
@SOME
def test_a_button_comes_back_as_it_was_sent(do, about):
    about.pop("do", None)
    assert read_tap({"data": tap_data(do, **about)}) == Tap(do, about)


@given(hard_texts)
@SOME
def test_any_postback_data_is_a_tap(data):
    tap = read_tap({"data": data})
    assert isinstance(tap.do, str)
    assert all(isinstance(value, str) for value in tap.about.values())


_NUMBERS = st.integers() | st.floats()
_VALUES = st.none() | st.booleans() | _NUMBERS | hard_texts
_NAMES = st.sampled_from([
    "type", "mode", "timestamp", "source", "userId", "groupId", "message", "id", "text", "latitude", "longitude",
    "postback", "data", "params", "date", "imageSet", "total", "unsend", "messageId", "replyToken", "mention",
    "mentionees", "contentProvider", "fileName",
])  # fmt: skip
_TYPES = st.sampled_from([
    "message", "postback", "follow", "unsend", "join", "text", "image", "file", "location", "sticker", "external",
])  # fmt: skip
_JSON = st.recursive(
    _VALUES | _TYPES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=20,
)


@given(st.dictionaries(_NAMES, _JSON, max_size=8))
@SOME
def test_any_json_is_an_event(body):
    event = read_event(body)
    assert event.at.tzinfo is UTC
    assert isinstance(whose(body), str | None)


@given(_TYPES, st.dictionaries(_NAMES, _JSON, max_size=6))
@SOME
def test_any_message_is_an_event(kind, content):
    event = read_event(json.loads(json.dumps(a_message(kind, **{**content, "type": kind}))))
    assert event.user_id == SOMSRI
