"""Tests whom to call in which danger: every number can be tapped, and LINE takes every card."""

import re
import tomllib

import pytest

from bot.conversations.emergencies import FILE
from bot.line.messages import render
from bot.phrases.hotlines import EVERYTHING, OF_KIND, make_calls, names_in, numbers_of
from bot.phrases.wording import IN_ENGLISH, Phrases
from bot.replies import CallCard
from line_simulator.messages.validation import find_message_problems
from store.municipality.profile import read_municipality
from store.settings import DEMO_MUNICIPALITY
from tests.line_openapi import problems_with
from tests.pure.strategies import SERVICES

TOWN = read_municipality(DEMO_MUNICIPALITY)
PHRASES = Phrases(TOWN.words(), english=Phrases(TOWN.words(), IN_ENGLISH))
KINDS = [kind["name"] for kind in tomllib.loads(FILE.read_text("utf-8"))["kinds"]]
SAID = {"thai": PHRASES.say, "english": PHRASES.say_in_english}


def town_with_duty_phone(number):
    return TOWN.model_copy(update={"phones": TOWN.phones.model_copy(update={"duty": number})})


def test_every_danger_has_its_phones():
    assert set(OF_KIND) == set(KINDS)


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("kind", KINDS)
def test_the_card_of_every_danger_is_one_that_line_takes(kind, language):
    say = SAID[language]
    calls = make_calls(PHRASES, TOWN, OF_KIND[kind], in_english=language == "english")
    card = CallCard(say(f"emergency.{kind}_title"), say(f"emergency.{kind}"), calls)
    [message] = render([card])
    assert find_message_problems(message) == []
    assert problems_with(message) == []
    numbers = [numbers_of(TOWN)[name] for name in OF_KIND[kind]]
    assert [number for number in numbers if number not in message["altText"]] == []
    dialled = [part["action"]["uri"] for part in message["contents"]["body"]["contents"] if "action" in part]
    assert dialled == [f"tel:{number.replace('-', '')}" for number in numbers]


@pytest.mark.parametrize("kind", KINDS)
def test_a_danger_speaks_one_language_at_a_time(kind):
    assert not re.search("[ก-๙]", PHRASES.say_in_english(f"emergency.{kind}"))
    assert not re.search("[a-z]", PHRASES.say(f"emergency.{kind}"))


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("043-000-199", "tel:043000199"),
        ("043 000 199 ต่อ 2", "tel:043000199"),
        ("โทร. ๐๔๓-๐๐๐-๑๙๙, 043-000-198", "tel:043000199"),
        ("+66 43 000 199", "tel:+6643000199"),
    ],
)
def test_a_phone_is_dialled_however_it_is_written(written, dialled):
    [call] = make_calls(PHRASES, town_with_duty_phone(written), ["duty"])
    assert (call.uri, call.number) == (dialled, written)


def test_a_phone_without_a_number_has_no_button():
    assert make_calls(PHRASES, town_with_duty_phone("ดูที่ป้าย"), ["duty", "ambulance"]) == make_calls(
        PHRASES, TOWN, ["ambulance"]
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ถ้ามีคนเจ็บโทร 1669 ถ้ากีดขวางทางโทร 191 หรือเวรเทศบาล 043-000-199", ["ambulance", "police", "duty"]),
        ("การไฟฟ้า 1129 หรือเวรเทศบาล 043-000-199", ["electricity", "duty"]),
        ("เรื่องที่ 0191/2570 รหัส 1784-99 เบอร์ 0431990000", []),
        ("", []),
    ],
)
def test_the_phones_in_a_text_are_found_in_its_order(text, names):
    assert names_in(text, TOWN) == names


def test_the_list_of_numbers_has_each_once():
    calls = make_calls(PHRASES, TOWN, (*EVERYTHING, "duty"))
    assert len({call.uri for call in calls}) == len(EVERYTHING) == len(calls)


def test_a_phone_that_is_both_the_offices_and_the_duty_officers_is_one_button():
    """Checks it also for a number in advice, however it is written."""
    town = town_with_duty_phone(TOWN.phones.office.replace("-", " "))
    named = names_in(f"โทร {town.phones.office} หรือ {town.phones.duty}", town)
    assert [call.uri for call in make_calls(PHRASES, town, (*named, "office", "duty"))] == ["tel:043000000"]


@pytest.mark.parametrize("name", ["menu.not_understood", "menu.not_sure"])
def test_who_is_not_understood_reads_whom_to_call_in_danger(name):
    said = PHRASES.say(name)
    assert [
        name for name in ("duty", "ambulance", "fire", "police") if name not in names_in(said, TOWN)
    ] == []


ADVICE = [
    text
    for service in SERVICES.values()
    for question in service.questions
    for text in question.texts_with_facts()
    if text != question.ask
]


@pytest.mark.parametrize("advice", ADVICE)
def test_every_number_in_an_advice_is_a_phone_that_can_be_tapped(advice):
    said = PHRASES.fill(advice)
    numbers = [numbers_of(TOWN)[name] for name in names_in(said, TOWN)]
    assert [number for number in re.findall(r"[0-9][0-9-]{2,}", said) if number not in numbers] == []


def test_no_advice_promises_that_somebody_is_told():
    """Checks the advice, because a case informs nobody until an officer opens it."""
    promises = ("แจ้งเวร", "ให้เวร", "แจ้งเป็นเรื่องเร่งด่วนแล้ว", "แจ้งเจ้าหน้าที่แล้ว")
    said = [*map(PHRASES.fill, ADVICE), PHRASES.say("receipt.urgent")]
    assert [text for text in said if any(promise in text for promise in promises)] == []
