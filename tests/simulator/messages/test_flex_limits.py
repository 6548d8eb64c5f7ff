"""Tests Flex messages: what each component may say, where it may stand, how large the whole may be."""

import pytest

from line_simulator.messages.validation import find_message_problems
from tests.simulator.builders import PICTURE, box, bubble, flex, in_bubble, postback

WORD = {"type": "text", "text": "ก"}
IMAGE = {"type": "image", "url": PICTURE}
VIDEO = {"type": "video", "url": PICTURE, "previewUrl": PICTURE, "altContent": IMAGE}


def button(**changes):
    return {"type": "button", "action": postback(), **changes}


def many(*bubbles):
    return flex({"type": "carousel", "contents": list(bubbles)})


def padded(kilobytes):
    """Returns a bubble of just over so many KB, in texts that are each short enough."""
    return bubble(*[{"type": "text", "text": "a" * 1000}] * kilobytes)


FITS_AND_DOES_NOT = {
    "alt text is needed": (flex(bubble(WORD)), {"type": "flex", "contents": bubble(WORD)}),
    "alt text of 1500": (flex(bubble(WORD), altText="ก" * 1500), flex(bubble(WORD), altText="ก" * 1501)),
    "text has words": (in_bubble(WORD), in_bubble({"type": "text", "text": ""})),
    "spans instead of text": (
        in_bubble({"type": "text", "contents": [{"type": "span", "text": "ก", "weight": "bold"}]}),
        in_bubble({"type": "text"}),
    ),
    "a button's label of 40": (
        in_bubble(button(action=postback("ก" * 40))),
        in_bubble(button(action=postback("ก" * 41))),
    ),
    "a button needs a label": (
        in_bubble(button()),
        in_bubble(button(action={"type": "message", "text": "ก"})),
    ),
    "a box may be tapped without a label": (
        in_bubble(box(WORD, action={"type": "message", "text": "ก"})),
        in_bubble(box(WORD, action={"type": "camera", "label": "ก"})),
    ),
    "a button's style": (in_bubble(button(style="primary")), in_bubble(button(style="danger"))),
    "a colour": (in_bubble({**WORD, "color": "#0B6B3AFF"}), in_bubble({**WORD, "color": "green"})),
    "a text size": (in_bubble({**WORD, "size": "18px"}), in_bubble({**WORD, "size": "huge"})),
    "wrap is a boolean": (in_bubble({**WORD, "wrap": True}), in_bubble({**WORD, "wrap": "true"})),
    "flex is a whole number": (in_bubble({**WORD, "flex": 0}), in_bubble({**WORD, "flex": 0.5})),
    "an image is at most three times as tall": (
        in_bubble({**IMAGE, "aspectRatio": "1:3"}),
        in_bubble({**IMAGE, "aspectRatio": "1:3.1"}),
    ),
    "an image over https": (
        in_bubble(IMAGE),
        in_bubble({"type": "image", "url": "http://example.com/a.jpg"}),
    ),
    "a layout": (in_bubble(box(WORD, layout="horizontal")), in_bubble(box(WORD, layout="grid"))),
    "icons stand in a baseline": (
        in_bubble(box({"type": "icon", "url": PICTURE}, WORD, layout="baseline")),
        in_bubble({"type": "icon", "url": PICTURE}),
    ),
    "buttons stand in no baseline": (in_bubble(button()), in_bubble(box(button(), layout="baseline"))),
    "a padding": (in_bubble(box(WORD, paddingAll="12px")), in_bubble(box(WORD, paddingAll="-1px"))),
    "an offset may be negative": (
        in_bubble({**WORD, "offsetTop": "-4px"}),
        in_bubble({**WORD, "offsetTop": "4"}),
    ),
    "a gradient": (
        in_bubble(
            box(
                background={
                    "type": "linearGradient",
                    "angle": "0deg",
                    "startColor": "#000000",
                    "endColor": "#ffffff",
                }
            )
        ),
        in_bubble(box(background={"type": "linearGradient", "angle": "0deg"})),
    ),
    "the body is a box": (flex(bubble(WORD)), flex({"type": "bubble", "body": WORD})),
    "a hero may be an image": (flex(bubble(WORD, hero=IMAGE)), flex(bubble(WORD, hero=WORD))),
    "a video needs room": (flex(bubble(WORD, hero=VIDEO)), flex(bubble(WORD, hero=VIDEO, size="nano"))),
    "a video is alone": (flex(bubble(WORD, hero=VIDEO)), many(bubble(WORD, hero=VIDEO))),
    "a bubble's size": (flex(bubble(WORD, size="giga")), flex(bubble(WORD, size="tera"))),
    "a block's style": (
        flex(bubble(WORD, styles={"body": {"backgroundColor": "#ffffff"}})),
        flex(bubble(WORD, styles={"main": {}})),
    ),
    "12 bubbles": (many(*[bubble(WORD)] * 12), many(*[bubble(WORD)] * 13)),
    "bubbles of one size": (
        many(bubble(WORD, size="mega"), bubble(WORD)),
        many(bubble(WORD, size="kilo"), bubble(WORD)),
    ),
    "a bubble of 30 KB": (flex(padded(28)), flex(padded(31))),
    "Thai takes six bytes a letter": (
        in_bubble({"type": "text", "text": "ก" * 5000}),
        in_bubble({"type": "text", "text": "ก" * 5200}),
    ),
    "a carousel of 50 KB": (many(padded(24), padded(24)), many(padded(26), padded(26))),
    "no components of one's own": (in_bubble(WORD), in_bubble({"type": "table"})),
    "no properties of one's own": (in_bubble(WORD), in_bubble({**WORD, "fontSize": "12px"})),
}


@pytest.mark.parametrize("claim", FITS_AND_DOES_NOT)
def test_what_just_fits_is_accepted_and_one_more_is_refused(claim):
    fits, does_not = FITS_AND_DOES_NOT[claim]
    assert find_message_problems(fits) == []
    assert find_message_problems(does_not) != []


def test_a_mistake_deep_inside_is_named(account, somsri):
    body = {"to": somsri.id, "messages": [in_bubble(box(button(style="danger")))]}
    details = account.calls("POST", "/v2/bot/message/push", body).get_json()["details"]
    assert [each["property"] for each in details] == [
        "messages[0].contents.body.contents[0].contents[0].style"
    ]
