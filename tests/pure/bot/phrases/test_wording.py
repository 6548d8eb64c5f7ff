"""Tests the wording: every phrase that the code names exists, gets its facts, and keeps the one style."""

import ast
import re
import string
from pathlib import Path

import pytest

from bot.conversations import engine
from bot.notice_replies import BUTTONS
from bot.phrases import wording as phrases_module
from bot.phrases.wording import FILE, IN_ENGLISH, PhraseError, Phrases
from store.cases.workflows import NOTICES
from store.line.limits import LABEL_CHARACTERS, characters
from store.municipality.profile import read_municipality
from store.services import kinds
from store.services import question as question_module
from store.settings import DEMO_MUNICIPALITY
from store.workflow.tables.problem import WORKFLOW as PROBLEM
from tests.pure.strategies import SERVICES

OFFICE_WORDS = read_municipality(DEMO_MUNICIPALITY).words()
ENGLISH = Phrases(OFFICE_WORDS, IN_ENGLISH)
PHRASES = Phrases(OFFICE_WORDS, english=ENGLISH)
BOT = Path(phrases_module.__file__).parents[1]
# Facts that only the greeting gives, by their names.
GIVEN = {"privacy_text"}


def sayings():
    """Yields each call of say() or button() in the bot, with its phrase and the facts it gives, if these are plain."""
    for path in sorted(BOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            name = str(node.args[0].value)
            given = {keyword.arg for keyword in node.keywords}
            if called in ("say", "words"):
                yield pytest.param(name, given, id=f"{path.stem}-{name}-{node.lineno}")
            if called == "button":
                yield pytest.param(f"button.{name}", None, id=f"{path.stem}-{name}-{node.lineno}")


SAYINGS = list(sayings())


def test_the_bot_says_something():
    assert len(SAYINGS) > 50


@pytest.mark.parametrize(("name", "given"), SAYINGS)
def test_a_phrase_that_is_said_exists_and_gets_its_facts(name, given):
    assert PHRASES.has(name)
    if given is not None and None not in given:
        assert PHRASES.facts_in(name) <= set(OFFICE_WORDS) | given


def remarks(path):
    """Yields the names of the refusals and remarks that bring no text of their own."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("RefusedAnswer", "Remark"):
            name = node.args[0] if node.args else None
            has_text = any(keyword.arg == "text" for keyword in node.keywords)
            if isinstance(name, ast.Constant) and not has_text:
                yield name.value


KINDS = Path(kinds.__file__).parent
REMARKS = {
    name
    for path in (Path(engine.__file__), Path(question_module.__file__), *KINDS.glob("*.py"))
    for name in remarks(path)
}


def test_refusals_are_found_in_every_file_that_has_them():
    assert {"told_a_secret", "too_long", "want_words", "not_a_phone", "pick_one", "kept_for_later"} <= REMARKS


@pytest.mark.parametrize("name", sorted(REMARKS))
def test_every_refusal_and_remark_has_its_words(name):
    assert PHRASES.has(f"complaint.{name}") or PHRASES.has(f"conversation.{name}")


@pytest.mark.parametrize("part", ["house_no", "moo"])
def test_every_part_an_address_may_have_to_name_has_its_question(part):
    assert PHRASES.has(f"complaint.address_without_{part}")


@pytest.mark.parametrize("notice", sorted(NOTICES))
def test_every_notice_has_words_a_colour_and_buttons_with_labels(notice):
    assert PHRASES.has(f"notice.{notice}") or notice not in PROBLEM.notices
    assert all(PHRASES.has(f"button.{name}") and name in BUTTONS for name in NOTICES[notice].buttons)


@pytest.mark.parametrize("name", [name for name in PHRASES.names() if name.startswith("button.")])
def test_the_label_of_a_button_fits_it(name):
    assert len(characters(PHRASES.say(name))) <= LABEL_CHARACTERS


def everything_a_resident_reads():
    for name in PHRASES.names():
        yield name, PHRASES.say(name, **dict.fromkeys(PHRASES.facts_in(name) - set(OFFICE_WORDS), "x"))
    for service in SERVICES.values():
        for question in service.questions:
            for text in (*question.texts_with_facts(), question.hint, question.label):
                yield f"{service.name}.{question.key}", text
        yield service.name, service.next_step


@pytest.mark.parametrize("slip", ["ครับ", "นะค่ะ", "ไหมค่ะ", "คะค่ะ", "ค่ะคะ", "เเ", "ํา", "  "])
def test_the_bot_speaks_with_one_voice_and_without_slips(slip):
    assert [name for name, text in everything_a_resident_reads() if slip in text] == []


def test_no_text_has_signs_that_cannot_be_seen():
    hidden = re.compile(r"[\u200b-\u200f\u202a-\u202e\ufeff\u00a0]")
    assert [name for name, text in everything_a_resident_reads() if hidden.search(text)] == []


@pytest.mark.parametrize("name", ENGLISH.names())
def test_what_is_said_in_english_is_also_said_in_thai_and_names_no_other_facts(name):
    assert ENGLISH.facts_in(name) - set(OFFICE_WORDS) <= PHRASES.facts_in(name)
    said = ENGLISH.say(name, **dict.fromkeys(ENGLISH.facts_in(name) - set(OFFICE_WORDS), "x"))
    assert not re.search(
        "[ก-๛]", said.replace(OFFICE_WORDS["oa_name"], "").replace(OFFICE_WORDS["org_name"], "")
    )
    if name.startswith("button."):
        assert len(characters(said)) <= LABEL_CHARACTERS


def test_english_is_spoken_where_it_is_asked_for_and_known_and_else_thai():
    assert PHRASES.say_in_english("menu.thanks").startswith("You are welcome")
    assert PHRASES.say("menu.thanks").startswith("ยินดีค่ะ")
    assert PHRASES.say_in_english("button.send") == "ส่งเรื่อง"


def test_the_facts_of_the_municipality_are_filled_in():
    assert OFFICE_WORDS["phone_duty"] in PHRASES.say("menu.contact")


def test_what_a_resident_typed_is_never_a_template():
    said = PHRASES.say("notice.case_question", note="{phone_office} {0} {note.__class__} %s")
    assert "{phone_office} {0} {note.__class__} %s" in said


@pytest.mark.parametrize("name", ["menu.nonsense", "notice.case_question", "menu"])
def test_a_phrase_or_fact_that_is_missing_is_refused_by_name(name):
    with pytest.raises(PhraseError, match=re.escape(name)):
        PHRASES.say(name)


def test_every_brace_names_a_plain_fact():
    for name in PHRASES.names():
        assert all(fact.isidentifier() for fact in PHRASES.facts_in(name)), name


def test_no_phrase_has_a_field_with_a_format_of_its_own():
    parser = string.Formatter()
    for name, text in everything_a_resident_reads():
        assert not any(spec or conversion for _, _, spec, conversion in parser.parse(text)), name


def test_the_file_is_where_the_code_looks():
    assert FILE.exists()
