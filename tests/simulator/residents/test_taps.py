"""Tests what a resident can tap, and what LINE makes of it."""

import pytest

from line_simulator.refusals import ActionNotAllowed, NoSuchButton
from tests.simulator.builders import (
    box,
    bubble,
    buttons,
    carousel,
    column,
    flex,
    image_carousel,
    imagemap,
    message_action,
    picker,
    postback,
    quick_replies,
    text,
)


def last_event(sim, webhook):
    sim.deliver_webhooks()
    return webhook.events[-1]


SCREENS = {
    "quick reply": text(quickReply=quick_replies(message_action("แตะ"))),
    "buttons": buttons(actions=[message_action("แตะ")]),
    "second column": carousel(column(), column(actions=[message_action("แตะ")])),
    "picture column": image_carousel(label="แตะ"),
    "card with a title": buttons(title="แตะ", defaultAction=message_action("อื่น")),
    "image map": imagemap(actions=[{**imagemap()["actions"][0], "label": "แตะ"}]),
    "flex button": flex(bubble({"type": "button", "action": message_action("แตะ")})),
    "flex box with words": flex(
        bubble(box({"type": "text", "text": "แตะ"}, action={"type": "message", "text": "ก"}))
    ),
    "flex text": flex(bubble({"type": "text", "text": "แตะ", "action": {"type": "message", "text": "ก"}})),
    "flex carousel": flex(
        {
            "type": "carousel",
            "contents": [bubble(), bubble({"type": "button", "action": message_action("แตะ")})],
        }
    ),
}


@pytest.mark.parametrize("where", SCREENS)
def test_a_label_is_found_wherever_it_can_be_tapped(account, sim, webhook, somsri, where):
    account.shows(somsri, SCREENS[where])
    somsri.taps("แตะ")
    assert last_event(sim, webhook)["message"]["type"] == "text"


def test_a_label_that_is_not_there_names_those_that_are(account, somsri):
    account.shows(somsri, buttons(actions=[postback("แจ้งเรื่อง"), postback("ติดตาม")]))
    with pytest.raises(NoSuchButton, match="แจ้งเรื่อง · ติดตาม"):
        somsri.taps("จ่ายภาษี")


def test_the_newest_of_two_equal_buttons_is_tapped(account, sim, webhook, somsri):
    account.shows(somsri, buttons(actions=[postback("แจ้ง", data="old")]))
    account.shows(somsri, buttons(actions=[postback("แจ้ง", data="new")]))
    somsri.taps("แจ้ง")
    assert last_event(sim, webhook)["postback"] == {"data": "new"}


def test_words_on_the_newest_message_come_before_a_label_further_up(account, sim, webhook, somsri):
    account.shows(somsri, buttons(actions=[postback("แจ้ง", data="old")]))
    card = box({"type": "text", "text": "แจ้ง"}, action=postback("การ์ด", data="new"))
    account.shows(somsri, flex(bubble(card)))
    somsri.taps("แจ้ง")
    assert last_event(sim, webhook)["postback"] == {"data": "new"}


def test_a_quick_reply_is_gone_after_the_next_message(account, somsri):
    account.shows(somsri, text(quickReply=quick_replies(message_action("ไฟดับ"))))
    somsri.says("เดี๋ยวก่อน")
    with pytest.raises(NoSuchButton):
        somsri.taps("ไฟดับ")


def test_only_the_last_message_shows_its_quick_replies(account, somsri):
    account.shows(somsri, text(quickReply=quick_replies(message_action("หนึ่ง"))), text())
    with pytest.raises(NoSuchButton):
        somsri.taps("หนึ่ง")


def test_a_quick_reply_without_words_is_gone_once_tapped(account, somsri):
    account.shows(somsri, text(quickReply=quick_replies(postback("ไฟดับ"))))
    somsri.taps("ไฟดับ")
    with pytest.raises(NoSuchButton):
        somsri.taps("ไฟดับ")


def test_an_old_button_can_be_tapped_again(account, sim, webhook, somsri):
    account.shows(somsri, text(quickReply=quick_replies(postback("ไฟดับ", data="old"))))
    action = somsri.taps("ไฟดับ")
    somsri.says("เดี๋ยวก่อน")
    somsri.taps_action(action)
    assert last_event(sim, webhook)["postback"] == {"data": "old"}


def test_display_text_is_the_residents_bubble_and_no_message_event(account, sim, webhook, somsri):
    account.shows(somsri, buttons(actions=[postback("แจ้ง", displayText="ขอแจ้งเรื่อง")]))
    somsri.taps("แจ้ง")
    assert somsri.bubbles[-1].message == {"type": "text", "text": "ขอแจ้งเรื่อง"}
    assert somsri.bubbles[-1].who == "resident"
    sim.deliver_webhooks()
    assert [event["type"] for event in webhook.events] == ["postback"]


def test_the_old_text_of_a_postback_is_a_message_as_well(account, sim, webhook, somsri):
    account.shows(somsri, buttons(actions=[postback("แจ้ง", text="ขอแจ้งเรื่อง")]))
    somsri.taps("แจ้ง")
    sim.deliver_webhooks()
    assert [event["type"] for event in webhook.events] == ["message", "postback"]


MOMENTS = {"date": "2026-12-01", "time": "09:30", "datetime": "2026-12-01T09:30"}


@pytest.mark.parametrize("mode", MOMENTS)
def test_a_picked_moment_arrives_under_its_mode(account, sim, webhook, somsri, mode):
    account.shows(somsri, buttons(actions=[picker(mode)]))
    somsri.picks_date("เลือกวัน", MOMENTS[mode])
    assert last_event(sim, webhook)["postback"] == {"data": "when", "params": {mode: MOMENTS[mode]}}


@pytest.mark.parametrize("moment", ["2026-11-30", "2026-12-32", "1 ธ.ค. 2569", ""])
def test_a_moment_that_the_picker_does_not_offer_cannot_be_picked(account, somsri, moment):
    account.shows(somsri, buttons(actions=[picker(min="2026-12-01", max="2026-12-31")]))
    with pytest.raises(ActionNotAllowed):
        somsri.picks_date("เลือกวัน", moment)


def test_an_address_is_opened_by_the_phone_and_the_account_hears_nothing(account, sim, somsri):
    link = {"type": "uri", "label": "แผนที่", "uri": "https://example.com/"}
    account.shows(somsri, buttons(actions=[link]))
    assert somsri.taps("แผนที่") == link
    assert sim.deliver_webhooks() == []


@pytest.mark.parametrize("act", ["says", "taps", "photos"])
def test_whoever_has_blocked_the_account_cannot_write(somsri, act):
    somsri.blocks()
    acts = {
        "says": lambda: somsri.says("ก"),
        "taps": lambda: somsri.taps_action(postback()),
        "photos": lambda: somsri.sends_photos([b"a"]),
    }
    with pytest.raises(ActionNotAllowed, match="เลิกบล็อก"):
        acts[act]()


def test_one_cannot_follow_twice_or_unblock_what_is_not_blocked(somsri):
    with pytest.raises(ActionNotAllowed):
        somsri.follows()
    with pytest.raises(ActionNotAllowed):
        somsri.unblocks()


def test_an_unsent_message_is_gone_and_cannot_be_unsent_again(sim, webhook, somsri):
    message_id = somsri.says("เลขบัตรของฉัน")
    somsri.unsends(message_id)
    assert "text" not in somsri.bubbles[-1].message
    event = last_event(sim, webhook)
    assert (event["unsend"], "replyToken" in event) == ({"messageId": message_id}, False)
    with pytest.raises(ActionNotAllowed):
        somsri.unsends(message_id)


def test_a_message_can_be_unsent_for_a_day(clock, somsri):
    message_id = somsri.says("ผิด")
    clock.moves(24 * 3600 + 1)
    with pytest.raises(ActionNotAllowed, match="24"):
        somsri.unsends(message_id)
