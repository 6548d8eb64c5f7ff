"""Tests every limit of a message object: what just fits is accepted, one more is refused."""

from typing import Any

import pytest

from line_simulator.messages.counting import count_graphemes, count_utf16
from line_simulator.messages.validation import find_message_problems
from tests.simulator.builders import (
    PICTURE,
    buttons,
    carousel,
    column,
    confirm,
    image_carousel,
    imagemap,
    message_action,
    picker,
    postback,
    quick_replies,
    template,
    text,
)

LOVE = "😭"  # two UTF-16 units, one cluster
NAM = "น้ำ"  # three UTF-16 units, one cluster


def with_quick_reply(action: dict[str, Any]) -> dict[str, Any]:
    return text(quickReply=quick_replies(action))


def emoji_at(index: int) -> list[dict[str, Any]]:
    return [{"index": index, "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"}]


FITS_AND_DOES_NOT = {
    "text of 5000 units": (text("ก" * 5000), text("ก" * 5001)),
    "text counts an emoji as two": (text(LOVE * 2500), text(LOVE * 2500 + "ก")),
    "text is not empty": (text("."), text("")),
    "an emoji sits on its dollar": (
        text(f"{LOVE}$", emojis=emoji_at(2)),
        text(f"{LOVE}$", emojis=emoji_at(1)),
    ),
    "20 emojis": (text("$" * 20, emojis=emoji_at(0) * 20), text("$" * 20, emojis=emoji_at(0) * 21)),
    "13 quick replies": (
        text(quickReply=quick_replies(*[message_action()] * 13)),
        text(quickReply=quick_replies(*[message_action()] * 14)),
    ),
    "a quick reply's label of 20 clusters": (
        with_quick_reply(message_action(NAM * 20)),
        with_quick_reply(message_action(NAM * 21)),
    ),
    "a quick reply needs a label": (with_quick_reply(message_action()), with_quick_reply(message_action(""))),
    "a camera is for quick replies": (
        with_quick_reply({"type": "camera", "label": "ถ่ายรูป"}),
        buttons(actions=[{"type": "camera", "label": "ถ่ายรูป"}]),
    ),
    "a menu switch is not for quick replies": (
        with_quick_reply({"type": "location", "label": "ปักหมุด"}),
        with_quick_reply({"type": "richmenuswitch", "label": "ก", "richMenuAliasId": "a", "data": "b"}),
    ),
    "postback data of 300 units": (
        buttons(actions=[postback(data="ก" * 300)]),
        buttons(actions=[postback(data=LOVE * 151)]),
    ),
    "displayText of 300 clusters": (
        buttons(actions=[postback(displayText=NAM * 300)]),
        buttons(actions=[postback(displayText=NAM * 301)]),
    ),
    "displayText or text, not both": (
        buttons(actions=[postback(text="ก")]),
        buttons(actions=[postback(text="ก", displayText="ก")]),
    ),
    "fillInText needs a keyboard": (
        buttons(actions=[postback(inputOption="openKeyboard", fillInText="ชื่อ")]),
        buttons(actions=[postback(inputOption="openVoice", fillInText="ชื่อ")]),
    ),
    "message text of 300 clusters": (
        buttons(actions=[message_action(text=NAM * 300)]),
        buttons(actions=[message_action(text=NAM * 301)]),
    ),
    "a uri of 1000": (
        buttons(actions=[{"type": "uri", "label": "เปิด", "uri": f"https://a.th/{'a' * 987}"}]),
        buttons(actions=[{"type": "uri", "label": "เปิด", "uri": f"https://a.th/{'a' * 988}"}]),
    ),
    "a uri may be tel": (
        buttons(actions=[{"type": "uri", "label": "โทร", "uri": "tel:043-123-456"}]),
        buttons(actions=[{"type": "uri", "label": "โทร", "uri": "mailto:a@b.th"}]),
    ),
    "a uri is percent-encoded": (
        buttons(actions=[{"type": "uri", "label": "เปิด", "uri": "https://a.th/%E0%B8%81"}]),
        buttons(actions=[{"type": "uri", "label": "เปิด", "uri": "https://a.th/ก"}]),
    ),
    "a picker's moments have its mode": (
        buttons(actions=[picker("datetime", min="2026-12-01T09:00", max="2026-12-02T16:30")]),
        buttons(actions=[picker("datetime", min="2026-12-01")]),
    ),
    "a picker's minimum is before its maximum": (
        buttons(actions=[picker(min="2026-12-01", max="2026-12-02")]),
        buttons(actions=[picker(min="2026-12-02", max="2026-12-01")]),
    ),
    "a picker ends in 2100": (
        buttons(actions=[picker(max="2100-12-31")]),
        buttons(actions=[picker(max="2101-01-01")]),
    ),
    "clipboard text of 1000": (
        buttons(actions=[{"type": "clipboard", "label": "คัดลอก", "clipboardText": "ก" * 1000}]),
        buttons(actions=[{"type": "clipboard", "label": "คัดลอก", "clipboardText": "ก" * 1001}]),
    ),
    "alt text of 1500": ({**buttons(), "altText": "ก" * 1500}, {**buttons(), "altText": "ก" * 1501}),
    "4 buttons": (buttons(actions=[postback()] * 4), buttons(actions=[postback()] * 5)),
    "button text of 160 clusters": (buttons(text=NAM * 160), buttons(text=NAM * 161)),
    "button text of 60 beside a title": (
        buttons(text=NAM * 60, title="ก"),
        buttons(text=NAM * 61, title="ก"),
    ),
    "button text of 60 beside a picture": (
        buttons(text="ก" * 60, thumbnailImageUrl=PICTURE),
        buttons(text="ก" * 61, thumbnailImageUrl=PICTURE),
    ),
    "a title of 40 clusters": (buttons(title=NAM * 40), buttons(title=NAM * 41)),
    "a template's label of 20 clusters": (
        buttons(actions=[postback(NAM * 20)]),
        buttons(actions=[postback(NAM * 21)]),
    ),
    "confirm has two actions": (confirm(), confirm(actions=[postback()])),
    "confirm text of 240": (confirm(text="ก" * 240), confirm(text="ก" * 241)),
    "10 columns": (carousel(*[column()] * 10), carousel(*[column()] * 11)),
    "3 actions in a column": (
        carousel(column(actions=[postback()] * 3)),
        carousel(column(actions=[postback()] * 4)),
    ),
    "columns have as many actions": (
        carousel(column(), column()),
        carousel(column(), column(actions=[postback()] * 2)),
    ),
    "columns all have a title or none": (
        carousel(column(title="ก"), column(title="ข")),
        carousel(column(title="ก"), column()),
    ),
    "column text of 120": (carousel(column(text="ก" * 120)), carousel(column(text="ก" * 121))),
    "column text of 60 beside a title": (
        carousel(column(text="ก" * 60, title="ก")),
        carousel(column(text="ก" * 61, title="ก")),
    ),
    "10 picture columns": (image_carousel(10), image_carousel(11)),
    "a picture's label of 12, or none": (image_carousel(label="ก" * 12), image_carousel(label="ก" * 13)),
    "pictures over https": (
        {"type": "image", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE},
        {"type": "image", "originalContentUrl": "http://example.com/a.jpg", "previewImageUrl": PICTURE},
    ),
    "pictures over http from this machine": (
        {"type": "image", "originalContentUrl": "http://127.0.0.1:8801/a.jpg", "previewImageUrl": PICTURE},
        {"type": "image", "originalContentUrl": "file:///a.jpg", "previewImageUrl": PICTURE},
    ),
    "an address of 2000": (
        {"type": "image", "originalContentUrl": f"https://a.th/{'a' * 1987}", "previewImageUrl": PICTURE},
        {"type": "image", "originalContentUrl": f"https://a.th/{'a' * 1988}", "previewImageUrl": PICTURE},
    ),
    "a recording has a duration": (
        {"type": "audio", "originalContentUrl": PICTURE, "duration": 1000},
        {"type": "audio", "originalContentUrl": PICTURE},
    ),
    "a tracking id of 100": (
        {"type": "video", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE, "trackingId": "a" * 100},
        {"type": "video", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE, "trackingId": "a" * 101},
    ),
    "a place needs its address": (
        {"type": "location", "title": "ก" * 100, "address": "ก" * 100, "latitude": 16.4, "longitude": 102},
        {"type": "location", "title": "ก", "latitude": 16.4, "longitude": 102},
    ),
    "a place's title of 100": (
        {"type": "location", "title": "ก", "address": "ก", "latitude": -90, "longitude": 180},
        {"type": "location", "title": "ก" * 101, "address": "ก", "latitude": -90, "longitude": 180},
    ),
    "stickers that may be sent": (
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
        {"type": "sticker", "packageId": "446", "stickerId": "1"},
    ),
    "an image map is 1040 wide": (imagemap(), imagemap(baseSize={"width": 1000, "height": 1000})),
    "50 areas on an image map": (
        imagemap(actions=imagemap()["actions"] * 50),
        imagemap(actions=imagemap()["actions"] * 51),
    ),
    "a sender's name of 20": (text(sender={"name": "ก" * 20}), text(sender={"name": "ก" * 21})),
    "a sender is not LINE": (text(sender={"name": "กองช่าง"}), text(sender={"name": "LINE เทศบาล"})),
    "placeholders are filled": (
        {
            "type": "textV2",
            "text": "{{ดู}} {e}",
            "substitution": {"e": {"type": "emoji", "productId": "5", "emojiId": "1"}},
        },
        {"type": "textV2", "text": "สวัสดี {name}"},
    ),
    "no fields of one's own": (text(), text(colour="red")),
    "a type that LINE has": (text(), {"type": "texts", "text": "ก"}),
    "a template that LINE has": (buttons(), template(type="button", text="ก", actions=[postback()])),
    "null is not a value": (text(), text(quickReply=None)),
    "a number is not a text": (text("1"), text(1)),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("claim", FITS_AND_DOES_NOT)
def test_what_just_fits_is_accepted_and_one_more_is_refused(claim):
    fits, does_not = FITS_AND_DOES_NOT[claim]
    assert find_message_problems(fits) == []
    assert find_message_problems(does_not) != []


@pytest.mark.parametrize(
    ("words", "units", "clusters"), [("น้ำท่วม", 7, 4), ("แจ้งเรื่องร้องเรียน", 19, 14), ("😭", 2, 1)]
)
def test_thai_is_counted_as_line_counts_it(words, units, clusters):
    assert (count_utf16(words), count_graphemes(words)) == (units, clusters)


def test_a_refusal_names_each_property_that_is_wrong(account, somsri):
    body = {"to": somsri.id, "messages": [text(""), text(quickReply=quick_replies(message_action("")))]}
    answer = account.calls("POST", "/v2/bot/message/push", body)
    assert answer.status_code == 400
    assert answer.get_json() == {
        "message": "The request body has 2 error(s)",
        "details": [
            {"message": "May not be empty", "property": "messages[0].text"},
            {"message": "May not be empty", "property": "messages[1].quickReply.items[0].action.label"},
        ],
    }
    assert somsri.messages == []


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (5, 200), (6, 400)])
@pytest.mark.parametrize("kind", ["reply", "push", "multicast", "narrowcast", "broadcast"])
def test_one_to_five_messages_are_valid(account, kind, count, status):
    answer = account.calls("POST", f"/v2/bot/message/validate/{kind}", {"messages": [text()] * count})
    assert answer.status_code == status


def test_an_unknown_field_of_the_request_is_refused(account, somsri):
    body = {"to": somsri.id, "messages": [text()], "notificationDisable": True}
    assert account.calls("POST", "/v2/bot/message/push", body).status_code == 400


@pytest.mark.parametrize(
    ("units", "status"), [(["a_1"], 200), (["a-1"], 400), (["a", "b"], 400), (["a" * 31], 400)]
)
def test_a_push_belongs_to_one_aggregation_unit_at_most(account, somsri, units, status):
    body = {"to": somsri.id, "messages": [text()], "customAggregationUnits": units}
    assert account.calls("POST", "/v2/bot/message/push", body).status_code == status
