"""Tests that the six built-in services work, and that a mistake in a new one is reported when it is loaded."""

import json

import pytest

from bot.context import AppContext
from bot.conversations.service_matching import named_exactly
from bot.doctor.consistency import check
from bot.line.messages import render
from bot.phrases.wording import Phrases
from bot.replies import ServiceMenu
from store.database.encryption import Cipher
from store.files.media import Media
from store.municipality.profile import read_municipality
from store.services import ServiceError, read_services
from store.services.answers.addresses import PARTS
from store.services.definition import FOLDER, MAX_SERVICES, read_service
from store.services.kinds.address import Address
from store.settings import DEMO_MUNICIPALITY
from tests.pure.builders import a_service, written_question, written_service
from tests.pure.strategies import SERVICES

GOOD = """
code = "D4-01"
title = "แจ้งไฟดับ"
label = "ไฟดับ"
icon = "💡"
group = "problem"
department = "engineering"
answer_within = { days = 3, unit = "working" }
keywords = ["ไฟดับ"]
next_step = "เจ้าหน้าที่จะเข้าตรวจ"

[[questions]]
key = "danger"
kind = "choice"
label = "อันตราย"
ask = "อันตรายไหมคะ"
choices = { no = "ไม่มี", yes = "มีอันตราย" }
urgent = ["yes"]

[[questions]]
key = "detail"
kind = "text"
label = "รายละเอียด"
ask = "เป็นอย่างไรคะ"
takes_opening = true
"""


def read(folder, text):
    (folder / "light.toml").write_text(text, "utf-8")
    return read_service(folder / "light.toml")


def test_the_name_of_a_service_is_that_of_its_file(tmp_path):
    assert read(tmp_path, GOOD).name == "light"


def test_services_are_offered_in_their_order(tmp_path):
    for name, order in (("b", 1), ("a", 2), ("c", 1)):
        (tmp_path / f"{name}.toml").write_text(f"order = {order}\n{GOOD}", "utf-8")
    assert list(read_services(tmp_path)) == ["b", "c", "a"]


def test_no_service_vanishes_from_the_list_because_there_are_too_many(tmp_path):
    for number in range(MAX_SERVICES):
        (tmp_path / f"s{number}.toml").write_text(GOOD, "utf-8")
    shown = render([ServiceMenu("เลือกค่ะ", tuple(read_services(tmp_path).values()))])
    assert json.dumps(shown).count('"do=open&s=') == MAX_SERVICES
    (tmp_path / "one_more.toml").write_text(GOOD, "utf-8")
    with pytest.raises(ServiceError, match="65 services, and the chat lists 64"):
        read_services(tmp_path)


def test_the_six_services_of_the_brief_are_there():
    codes = {service.code for service in SERVICES.values()}
    assert codes >= {"D1-13", "D1-14", "D1-15", "D4-01", "D4-03", "D4-04"}
    assert set(SERVICES) == {path.stem for path in FOLDER.glob("*.toml")}


def test_every_service_of_the_house_has_an_english_name_that_finds_it():
    for service in SERVICES.values():
        assert service.in_english().label.isascii()
        assert named_exactly(SERVICES.values(), service.label_en) is service


def test_a_service_without_an_english_name_is_listed_by_its_thai_one(tmp_path):
    assert read(tmp_path, GOOD).in_english().label == "ไฟดับ"


def test_a_person_is_asked_for_name_and_phone(tmp_path):
    service = read(tmp_path, f'{GOOD}\n[[questions]]\nkind = "person"\n')
    assert [question.kind for question in service.questions][-2:] == ["name", "phone"]


SLIPS = {
    "no TOML": ("code = ", "code ", "is not TOML"),
    "a kind nobody knows": ('kind = "text"', 'kind = "poem"', "questions.1: Input tag 'poem'"),
    "a word misspelt": ("keywords", "keyword", "keyword"),
    "a setting that a question has not": ("takes_opening", "takes_openning", "takes_openning"),
    "a code of another catalogue": ("D4-01", "X4-01", "code"),
    "a group of its own": ('"problem"', '"wish"', "group"),
    "a unit nobody counts in": ('"working"', '"moons"', "answer_within.unit"),
    "a label too long for a button": (
        "มีอันตราย",
        "มีอันตรายกับคนและรถที่ผ่านไปมา",
        "a label has 1 to 20 characters",
    ),
    "an empty label": ('label = "ไฟดับ"', 'label = ""', "a label has 1 to 20 characters"),
    "an urgent choice that is none": ('urgent = ["yes"]', 'urgent = ["yse"]', "yse is none of its choices"),
    "advice for a choice that is none": (
        'urgent = ["yes"]',
        'advice = { no_ = "x" }',
        "no_ is none of its choices",
    ),
    "choices for a text": ('kind = "choice"', 'kind = "text"', "questions.0.text.choices: Extra inputs"),
    "a choice without choices": ("choices = {", "hint = 'x' #", "questions.0.choice.choices: Field required"),
    "opening words for a choice": (
        'urgent = ["yes"]',
        "takes_opening = true",
        "questions.0.choice.takes_opening: Extra inputs",
    ),
    "two questions of one name": ('key = "detail"', 'key = "danger"', "two questions are called danger"),
    "a condition on a later question": (
        'key = "danger"',
        'key = "danger"\nwhen = { detail = "x" }',
        "can never hold",
    ),
    "a condition that cannot hold": (
        "takes_opening",
        'when = { danger = "maybe" }\ntakes_opening',
        "can never hold",
    ),
    "a condition on a question that is none": (
        "takes_opening",
        'when = { risk = "yes" }\ntakes_opening',
        "can never hold",
    ),
    "a key of Thai letters": ('key = "detail"', 'key = "รายละเอียด"', "questions.1.text.key"),
    "a promise of a thousand days": ("days = 3", "days = 1000", "answer_within.days"),
    "no next step": ("next_step", "last_step", "next_step"),
    "two choices that look the same": ('no = "ไม่มี"', 'no = "มีอันตราย"', "two choices have the same label"),
    "bounds that leave no answer": ("takes_opening = true", "longest = 0", "its bounds leave no answer"),
    "a part no address has": ("takes_opening = true", 'must_know = ["floor"]', "must_know"),
    "an optional question that may be unknown": (
        "takes_opening = true",
        "optional = true\nmay_be_unknown = true",
        "must be answered may be unknown",
    ),
    "words for a choice that is none": (
        'urgent = ["yes"]',
        'means = { yse = ["x"] }',
        "yse is none of its choices",
    ),
    "no files at all": ("takes_opening = true", "most_files = 0", "most_files"),
}


@pytest.mark.parametrize("claim", SLIPS)
def test_a_definition_is_refused_for(claim, tmp_path):
    right, wrong, told = SLIPS[claim]
    assert right in GOOD
    with pytest.raises(ServiceError, match=f"light.toml.*{told}"):
        read(tmp_path, GOOD.replace(right, wrong, 1))


def test_a_definition_is_refused_for_two_questions_that_take_the_opening_words(tmp_path):
    second = GOOD[GOOD.index('[[questions]]\nkey = "detail"') :].replace("detail", "more")
    with pytest.raises(ServiceError, match="only one question can take the opening words"):
        read(tmp_path, GOOD + second)


def test_a_definition_in_the_old_thai_encoding_is_told_so(tmp_path):
    (tmp_path / "light.toml").write_text(GOOD.replace("💡", "*"), "cp874")
    with pytest.raises(ServiceError, match=r"light.toml is not saved as UTF-8"):
        read_service(tmp_path / "light.toml")


@pytest.mark.parametrize("questions", ["[]", '["detail"]', "5"])
def test_a_service_that_asks_nothing_is_refused(questions, tmp_path):
    with pytest.raises(ServiceError, match="questions"):
        read(tmp_path, f"questions = {questions}\n{GOOD[: GOOD.index('[[questions]]')]}")


def test_eleven_choices_are_too_many_for_a_phone():
    with pytest.raises(ValueError, match="at most 10 choices"):
        written_question("choice", choices={f"c{n}": str(n) for n in range(11)})


def test_a_definition_cannot_be_changed_once_it_is_read():
    with pytest.raises(ValueError, match="frozen"):
        a_service().title = "อื่น"  # type: ignore[misc]


def an_office(tmp_path, *services):
    municipality = read_municipality(DEMO_MUNICIPALITY)
    media = Media(str(tmp_path), Cipher((b"k" * 32,)))
    return AppContext(
        "demo", municipality, {s.name: s for s in services}, media, phrases=Phrases(municipality.words())
    )


def test_the_services_of_the_house_fit_the_demo_municipality(tmp_path):
    assert check(an_office(tmp_path, *SERVICES.values())) == []


def test_a_fact_nobody_gives_is_told_before_a_resident_finds_out(tmp_path):
    service = a_service(**written_service(written_question(ask="โทร {phone_moon}")))
    assert check(an_office(tmp_path, service)) == ["street_light.text: nobody gives 'phone_moon'"]


@pytest.mark.parametrize("ask", ["โทร {", "โทร {}", "โทร }"])
def test_a_brace_left_open_is_told(ask, tmp_path):
    service = a_service(**written_service(written_question(ask=ask)))
    assert len(check(an_office(tmp_path, service))) == 1


def test_a_department_the_municipality_lacks_is_told(tmp_path):
    [problem] = check(an_office(tmp_path, a_service(department="space")))
    assert "no department space; the office takes its cases" in problem


def test_an_address_asks_only_for_parts_an_address_has():
    asked = [question for service in SERVICES.values() for question in service.questions]
    wanted = {part for question in asked if isinstance(question, Address) for part in question.must_know}
    assert wanted
    assert wanted <= set(PARTS)


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_a_service_ends_with_how_to_reach_the_resident_and_asks_no_more_than_it_needs(service):
    kinds = [question.kind for question in service.questions]
    assert {"name", "phone", "place", "photos"} <= set(kinds)
    assert all(question.optional for question in service.questions if question.kind == "photos")


def test_a_service_follows_the_workflow_of_its_group_or_the_one_it_names(tmp_path):
    assert read(tmp_path, GOOD).workflow == "problem"
    assert read(tmp_path, f'workflow = "request"\n{GOOD}').workflow == "request"
    with pytest.raises(ServiceError, match="there is no workflow permitt, only problem"):
        read(tmp_path, f'workflow = "permitt"\n{GOOD}')


def test_a_hook_that_nobody_wrote_fails_when_the_definition_is_read(tmp_path):
    (tmp_path / "light.toml").write_text(f'on_submit = "book"\n{GOOD}', "utf-8")
    assert read_services(tmp_path, hooks={"book"})["light"].on_submit == "book"
    with pytest.raises(ServiceError, match=r"light\.toml: on_submit: there is no hook book"):
        read_services(tmp_path, hooks={"boook"})
