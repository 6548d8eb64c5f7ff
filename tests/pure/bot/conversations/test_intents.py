"""Tests that the words of a tile or button get its answer, and so do the sentences that people type around them."""

import tomllib
from urllib.parse import parse_qsl

import pytest
from hypothesis import given

from bot.conversations.intents import ASKS, HINTS, asked_for, hinted, without_wishes
from bot.conversations.service_matching import named_exactly
from bot.handlers import functions, taps
from bot.phrases.typed import FILE, read_typed_words
from bot.phrases.wording import Phrases
from bot.recognition.stars import read_stars
from bot.richmenus.declaration import read_menus
from store.municipality.profile import read_municipality
from store.settings import DEMO_MUNICIPALITY
from store.thai import folded
from tests.pure.strategies import SERVICES, SOME, hard_texts

PHRASES = Phrases(read_municipality(DEMO_MUNICIPALITY).words())
TILES = [
    pytest.param(words, tile.data, id=f"{menu.alias}: {words}")
    for menu in read_menus()
    for _, tile in menu.places()
    if tile.data
    for words in sorted({tile.label, tile.says or tile.label})
]


def answer_to(words):
    """Returns what these words lead to when nothing is asked."""
    if name := asked_for(words):
        return functions.ANSWERS[name]
    return named_exactly(SERVICES.values(), words)


@pytest.mark.parametrize(("words", "data"), TILES)
def test_the_words_of_a_tile_do_what_the_tile_does(words, data):
    about = dict(parse_qsl(data))
    wanted = SERVICES[about["s"]] if about["do"] == "open" else taps.MENU[about["do"]]
    assert answer_to(words) == wanted


@pytest.mark.parametrize("label", [tab.label for menu in read_menus() for tab in menu.tabs])
def test_the_words_of_a_tab_are_answered(label):
    assert answer_to(label) is not None


# Words that only a running request, or what was just offered, gives a meaning.
WORDS = read_typed_words()
IN_CONTEXT = {
    *WORDS.cancel_request, *WORDS.back, *WORDS.skip, *WORDS.help, *WORDS.send, *WORDS.edit, *WORDS.go_on,
    *WORDS.start_over, *WORDS.switch, *WORDS.not_this, *WORDS.cancel_yes, *WORDS.keep, *WORDS.how.photo,
    *WORDS.how.pin, *WORDS.how.day, *WORDS.same_case, *WORDS.new_matter, folded("ไม่ทราบ"),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in PHRASES.names() if name.startswith("button.")])
def test_the_words_of_every_button_are_understood_when_typed(name):
    words = PHRASES.say(name)
    assert answer_to(words) or folded(words) in IN_CONTEXT, words


def test_whatever_can_be_asked_for_is_answered():
    assert set(ASKS) == set(functions.ANSWERS)
    assert set(HINTS) - {"counter", "waiting"} <= set(ASKS)


@pytest.mark.parametrize("words", tomllib.loads(FILE.read_text("utf-8"))["commands"])
def test_a_label_asks_for_something(words):
    assert asked_for(words) in ASKS


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ภาษี", "tax"),
        ("อยากจ่ายภาษี", "tax"),
        ("ภาษีที่ดินจ่ายยังไง", "tax"),
        ("ภาสีที่ดินจ่ายที่ไหนคะ", "tax"),
        ("ผ่อนภาษีได้ไหม", "instalments"),
        ("มีข่าวอะไรบ้าง", "news"),
        ("ประกาศวันนี้", "news"),
        ("ไม่อยากรับข่าวแล้ว", "topics"),
        ("ติดต่อเจ้าหน้าที่ยังไง", "contact"),
        ("เปิดวันเสาร์ไหม", "contact"),
        ("วันนี้เปิดกี่โมงคะ", "contact"),
        ("เบอร์โทรเทศบาล", "contact"),
        ("ขอเบอร์โทรหน่อยครับ", "contact"),
        ("ขอเมนู", "menu"),
        ("ขอเบอร์ฉุกเฉินหน่อย", "emergency"),
        ("ถึงไหนแล้วคะ", "track"),
        ("เมื่อไหร่จะมาซ่อม", "track"),
        ("เรื่องที่แจ้งไว้ถึงไหนแล้ว", "track"),
        ("ติดตาม", "track"),
        ("ดูสถานะ", "track"),
        ("แจ้งไปแล้วยังไม่มา", "track"),
        ("my case", "track"),
        ("Status", "track"),
        ("Where is my case?", "track"),
        ("ยกเลิกเรื่องที่แจ้ง", "withdraw"),
        ("ขอยกเลิกเรื่องที่แจ้งไว้ค่ะ", "withdraw"),
        ("ใช้ได้แล้วค่ะ ขอบคุณ", "works"),
        ("ยังไม่หายเลยค่ะ", "broken"),
        ("ลบข้อมูลของฉัน", "privacy"),
        ("ใครเห็นข้อมูลของฉันบ้าง", "privacy"),
        ("ขอดูข้อมูลของฉัน", "privacy"),
        ("ร้องเรียนทุจริต", "corruption"),
        ("เจ้าหน้าที่เรียกเงิน", "corruption"),
        ("แจ้งทุจริต", "corruption"),
        ("bribe", "corruption"),
        ("ขอบคุณมากค่ะ", "thanks"),
        ("สวัสดีครับแอดมิน", "hello"),
        ("hi", "hello"),
    ],
)
def test_what_is_said_around_a_request_changes_nothing(typed, name):
    assert asked_for(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "this lamp is broken",
        "this is broken",
        "ขอบคุณ แต่ยังไม่มีใครมาเลย",
        "ขอบคุณค่ะ แต่ไฟยังมืดอยู่เลย",
        "ดีครับ ไฟมืดทั้งซอย",
        "ไฟไม่ค่อยดีครับ",
        "กลิ่นไม่ดีค่ะ",
        "ขอข้าวกล่องค่ะ",
        "ขอข้าวหน่อย",
        "รถสีขาว",
        "ไฟดับ",
        "ค่ะ",
        "อยากได้หน่อยค่ะ",
        "เปิดน้ำให้หน่อย",
        "เจ้าหน้าที่พูดจาไม่ดี",
        "เจ้าหน้าที่มาแล้ว",
        "ปิดทาง",
        "คนหายแล้วค่ะ",
        "",
    ],
)
def test_whoever_says_more_or_something_else_is_not_answered_with_it(typed):
    assert asked_for(typed) is None


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ไฟที่แจ้งไว้หน้าวัดถึงไหนแล้ว", ["track"]),
        ("เจ้าหน้าที่กองช่างเรียกรับเงินสองพัน", ["corruption"]),
        ("ขอใบอนุญาตก่อสร้างบ้านใช้อะไรบ้าง", ["counter"]),
        ("บ้านผมโดนภาษีแพงมากเลย", ["tax"]),
        ("น้ำท่วมไม่มีข้าวกิน", []),
    ],
)
def test_a_longer_message_gives_a_hint_of_what_it_is_about(typed, names):
    assert hinted(typed) == names


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ไฟดับค่ะ", "ไฟดับ"),
        ("แจ้งไฟดับค่ะ", "ไฟดับ"),
        ("ขอรถน้ำหน่อยค่ะ", "รถน้ำ"),
        ("อยากร้องเรียนค่ะ", "ร้องเรียน"),
        ("รบกวนช่วยแจ้งเรื่องไฟดับด้วยนะคะ", "ไฟดับ"),
        ("ไฟดับสองดวงค่ะ", "ไฟดับสองดวง"),
        ("ค่ะ", ""),
    ],
)
def test_courtesy_and_asking_are_taken_off_a_name(typed, name):
    assert without_wishes(typed) == without_wishes(name)
    assert without_wishes(name) in folded(typed)


@pytest.mark.parametrize(
    ("typed", "stars"),
    [
        ("5 ดาว", 5), ("ห้าดาว", 5), ("⭐⭐⭐", 3), ("⭐️⭐️", 2), ("ให้ ๔ ดาวค่ะ", 4), ("5 คะแนน", 5), ("5 stars", 5),
        ("6 ดาว", None), ("5", None), ("ดาว", None), ("มี 5 ดาวบนฟ้า", None), ("", None),
    ],
)  # fmt: skip
def test_stars_may_be_typed(typed, stars):
    assert read_stars(typed, WORDS.stars) == stars


@given(hard_texts)
@SOME
def test_any_text_is_read(text):
    assert asked_for(text) is None or asked_for(text) in ASKS
    assert set(hinted(text)) <= set(HINTS)
