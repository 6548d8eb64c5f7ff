"""Tests that nobody can write a text that takes long to read: time grows with its length and no faster.

Compared is what reading takes with what a plain pass over the same text takes at the same moment.
"""

import re

import pytest

from bot.conversations.dialects import in_central_thai
from bot.conversations.drafts import begin
from bot.conversations.emergencies import find_cry, find_emergency, says_only_danger
from bot.conversations.intents import asked_for, hinted, is_for_the_counter, without_wishes
from bot.conversations.service_matching import hinted_first, meant, named_exactly
from bot.conversations.urgency import triage_of
from bot.line.events import read_event
from bot.phrases.typed import read_typed_words
from bot.recognition.stars import read_stars
from bot.recognition.typed import Typed
from store.cases.codes import find_case_code, read_case_code
from store.line.limits import cut, units
from store.residents.masking import numbers_masked
from store.services.answers.addresses import read_address
from store.services.answers.amounts import read_amount
from store.services.answers.cleaning import clean_text
from store.services.answers.dates import Calendar, read_day_or_several
from store.services.answers.empty_answers import is_nothing
from store.services.answers.inputs import TypedText
from store.services.answers.secret_words import tells_a_secret
from store.services.kinds import KINDS
from store.thai import first_name, folded, one_spelling, without_particles, without_repeats
from tests.pure.builders import FRIDAY, SETTING, a_question, a_service
from tests.pure.pace import Pace
from tests.pure.patterns import Found, find_patterns, repeats, words_of
from tests.pure.strategies import SERVICES

FOUND = find_patterns()
STARS = read_typed_words().stars
# The slowest of ours takes five times as long as a plain pass; what takes the square of the length takes a hundred.
TIMES_OF_A_PATTERN = 20


@pytest.fixture(scope="module")
def pace() -> Pace:
    return Pace()


def slow_text(found, pace):
    words = words_of(found.compiled.pattern, found.compiled.flags)
    tries = repeats(words, most=150)
    slow = (pace.too_slow(found.read, parts, times=TIMES_OF_A_PATTERN) for parts in tries)
    return next(filter(None, slow), "")


@pytest.mark.parametrize("found", FOUND, ids=lambda found: f"{found.where} {found.how}")
def test_a_pattern_reads_any_text_in_time(found, pace):
    assert slow_text(found, pace) == ""


def test_the_patterns_are_found_wherever_they_stand():
    """Checks patterns compiled for a module, given to a function or put together from parts, of either library."""
    patterns = {found.compiled.pattern for found in FOUND}
    assert {r"\X", "^\\+?66(?=\\d{8,9}$)", r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"} <= patterns
    assert any(found.where.startswith("line_simulator/messages/schema.py") for found in FOUND)


SEEDED = {
    "one word or two": (r"(\s?(นะคะ|คะ|นะ))+$", "search"),
    "a repetition of repetitions": (r"(\d+\s*)+!!", "match"),
    "a choice that overlaps": (r"(?:a|aa|b)*c", "match"),
    "begun anywhere": (r"\d+/", "search"),
    "between two spaces": (r"\s*-\s*x", "finditer"),
}


@pytest.mark.parametrize("seed", SEEDED)
def test_a_pattern_that_takes_ever_longer_is_seen(seed, pace):
    pattern, how = SEEDED[seed]
    assert slow_text(Found(seed, re.compile(pattern), how), pace) != ""


# What recognition looks for, and what looks like it: a few words of each list, as residents write them.
WORDS = [
    "นะคะ", "คะ ", "ครับ", "ไม่มี", "ใช่", "มีอันตราย", "สายขาด", "บ่", "ยกเลิก", "ส่งเรื่อง", "ไฟถนน", "น้ำไม่ไหล", "ไฟ", "ดับ",
    "รหัสผ่าน", "otp ", "pin", "PIN 1", "พรุ่งนี้", "วันจันทร์", "จันทร์ ", "1 ม.ค.", "5 ธันวา", "1/1/", "25-", "ที่ 1 ", "หน้า",
    "สองพัน", "ห้า", "ร้อย",
    "อีก ", "เดือนหน้า", "10.30 น.", "8 โมง", "ไม่ใช่", "สิ้นเดือน", "ธ.ค.",
    "ประมาณ ", "1,000", "-1", "1.", ".", "หมู่ ", "ม.1 ", "99/1 ", "ซอย", "ซ. ", "ถนน", "ต.", "ชุมชน ", "40000", "081",
    "+66 ", "0812345678 ", "ต่อ ", "a@b.", "a@", "@", "นาย", "คุณ", "ก. ", "ชื่อ ", "ผม", "TX70-", "0123/2570", "๑๒", "1",
    "ขอ", "อยาก", "ภาษี", "ยังไง", "ข่าว", "#123/70 ", "ดาว", "⭐", "street ", "tree",
    "()", "\u0e4d\u0e48", "เเ", "\u0e48\u0e38", "👨‍👩‍👧", "\u202e", "\n", "x", "ทดสอบ1",
    "กลัว", "ไฟไหม้", "ไม่มี", "เด็ก", "จมน้ำ ", "fire ", "บ่า", "เฮือ", "ใจบ่อ", "หมาขบ", "แม่ม่าย",
    "ผัวตี", "ควันออกจาก", "กินยาไปทั้ง", "my friend die ",
]  # fmt: skip
KEYWORDS = ["ไฟฟ้า", "ไฟกิ่ง"]
CHOICES = a_question("choice", choices={f"c{n}": f"ต่ำกว่า {n} ปี" for n in range(10)})


WIDEST: dict[str, dict[str, object]] = {
    "text": {"longest": 5000},
    "place": {"longest": 5000},
    "number": {"unit": "คน", "most": 1e9},
}
DANGER = SERVICES["street_light"].questions[0]


def answer_to(kind):
    question = CHOICES if kind == "choice" else a_question(kind, **WIDEST.get(kind, {}))
    return lambda text: question.check(TypedText(text), SETTING)


def name_a_service(text):
    return named_exactly(SERVICES.values(), text), meant(SERVICES.values(), text)


def sort_in(text):
    service = a_service(a_question("text", key="detail", takes_opening=True))
    return triage_of(begin(service, opening=text), KEYWORDS)


def receive(text):
    """Reads the text as LINE sends it, in its JSON."""
    message = {"type": "file", "id": "1", "fileName": text, "contentProvider": {"type": "line"}}
    place = {"type": "location", "title": text, "address": text, "latitude": 16.4, "longitude": 102.8}
    events = [{"type": "message", "message": each} for each in (message, place)]
    return [read_event(event) for event in (*events, {"type": "postback", "postback": {"data": text}})]


RECOGNISERS = {
    "clean text": clean_text,
    "spelling": one_spelling,
    "danger": lambda text: DANGER.check(TypedText(text), SETTING),
    "courtesy": without_particles,
    "folding": folded,
    "secrets": tells_a_secret,
    "no answer": lambda text: [
        kind.nothing is None or is_nothing(text, kind.nothing) for kind in KINDS.values()
    ],
    "commands": lambda text: Typed(text).command,
    "services": name_a_service,
    "triage": sort_in,
    "dialects": in_central_thai,
    "emergencies": find_emergency,
    "danger alone": says_only_danger,
    "day": lambda text: [read_day_or_several(text, Calendar(FRIDAY, past)) for past in (False, True)],
    "amount": lambda text: read_amount(text, "คน"),
    "address": read_address,
    "cry for help": find_cry,
    "case number": read_case_code,
    "case number in a sentence": find_case_code,
    "what is asked for": asked_for,
    "hints": hinted,
    "words for the counter": is_for_the_counter,
    "courtesy around a name": without_wishes,
    "hints of services": lambda text: hinted_first(SERVICES.values(), text),
    "repeated letters": without_repeats,
    "stars": lambda text: read_stars(text, STARS),
    "name to call by": first_name,
    "numbers of people": numbers_masked,
    "events": receive,
    "LINE's counting": lambda text: (units(text), cut(text, 160)),
    **{f"answer: {kind}": answer_to(kind) for kind in KINDS},
}
# They look at a text several times, and most of them for a list of words. The library for phones tries every way to
# read many slashes, but is never given more than a hundred signs.
TIMES_OF_A_RECOGNISER = 60
MORE_TIMES = {"services": 200, "answer: phone": 1000}


@pytest.mark.parametrize("name", RECOGNISERS)
def test_what_is_written_is_recognised_in_time(name, pace):
    read, times = RECOGNISERS[name], MORE_TIMES.get(name, TIMES_OF_A_RECOGNISER)
    tries = repeats(WORDS, most=60)
    assert next(filter(None, (pace.too_slow(read, parts, times=times) for parts in tries)), "") == ""


def test_a_recogniser_that_takes_the_square_is_seen(pace):
    def ever_again(text):
        return [folded(text[start:]) for start in range(len(text))]

    tries = repeats(WORDS, most=60)
    assert any(pace.too_slow(ever_again, parts, times=TIMES_OF_A_RECOGNISER) for parts in tries)
