"""Tests that kinds are found by their files, and that each says what a chat, a web form and paper need of it."""

from datetime import timedelta
from types import ModuleType
from typing import Any, Literal

import pytest

from store.services.answers.inputs import TypedText
from store.services.forms import Box, Line, TickBoxes, WebField
from store.services.kinds import KINDS, REMEMBERED, GoneKind, kind_called, kinds_of
from store.services.kinds.text import Text
from tests.pure.builders import DANGER, FRIDAY, SETTING, a_question


def a_module(name: str, *classes: type) -> ModuleType:
    module = ModuleType(name)
    for each in classes:
        each.__module__ = name
        setattr(module, each.__name__, each)
    return module


def a_kind(class_name: str) -> type:
    return type(class_name, (Text,), {"__annotations__": {"kind": Literal["poem"]}})


def test_a_kind_is_found_by_its_file():
    poem = a_kind("Poem")
    assert kinds_of([a_module("poem", poem)]) == {"poem": poem}


def test_two_kinds_of_one_name_are_refused():
    with pytest.raises(TypeError, match="two kinds of question are called poem"):
        kinds_of([a_module("poem", a_kind("Poem")), a_module("verse", a_kind("Verse"))])


@pytest.mark.parametrize("classes", [0, 2])
def test_a_file_defines_exactly_one_kind(classes):
    with pytest.raises(TypeError, match=f"poem defines {classes} kinds of question instead of one"):
        kinds_of([a_module("poem", *(a_kind(f"Poem{number}") for number in range(classes)))])


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_named_after_its_kind(kind):
    assert KINDS[kind].__module__ == f"store.services.kinds.{kind}"


def test_what_is_remembered_is_about_the_person():
    assert {"name", "phone", "address"} == REMEMBERED
    assert all(KINDS[kind].is_personal for kind in REMEMBERED)


def test_the_answer_to_a_kind_that_is_gone_is_masked_whole():
    assert kind_called("poem") is GoneKind
    assert kind_called("poem").mask({"anything": "0812345678"}) == "xxx"
    assert (GoneKind.tokens(["t"]), GoneKind.position({"latitude": 1, "longitude": 1})) == ([], None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_has_only_what_its_kind_uses(kind):
    foreign = "most_files" if kind == "text" else "shortest"
    with pytest.raises(ValueError, match=f"{kind}.{foreign}\n.*Extra inputs"):
        a_question(kind, **{foreign: 1})


BOUNDS: list[tuple[str, dict[str, Any]]] = [
    ("text", {"shortest": 9, "longest": 8}),
    ("text", {"shortest": 0}),
    ("text", {"longest": 5001}),
    ("text", {"may_be_unknown": True, "optional": True}),
    ("number", {"least": 2, "most": 1}),
    ("number", {"least": float("nan")}),
    ("number", {"may_be_unknown": True, "optional": True}),
    ("place", {"longest": 2}),
    ("photos", {"most_files": 0}),
    ("file", {"most_files": 11}),
    ("date", {"days_ahead": -1}),
    ("address", {"must_know": ["street"]}),
]


@pytest.mark.parametrize(("kind", "bounds"), BOUNDS)
def test_bounds_that_leave_no_answer_are_refused(kind, bounds):
    with pytest.raises(ValueError, match=kind):
        a_question(kind, **bounds)


def test_the_chat_offers_what_helps_to_answer():
    def offered(kind, **changes):
        return a_question(kind, **changes).chat(SETTING)

    assert offered("choice").choices == DANGER
    assert offered("place").location
    assert offered("photos").camera
    assert offered("file").camera
    days = offered("date", days_ahead=30).days
    assert (days.earliest, days.latest, days.initial) == (FRIDAY, FRIDAY + timedelta(days=30), FRIDAY)
    assert offered("date").days.latest == FRIDAY + timedelta(days=365)
    assert not any(vars(offered("text")).values())


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("name", WebField("text", autocomplete="name", maxlength=80)),
        ("phone", WebField("tel", autocomplete="tel", inputmode="tel")),
        ("email", WebField("email", autocomplete="email", inputmode="email", maxlength=254)),
        ("number", WebField("number", inputmode="decimal", least="0", most="1000000")),
        ("date", WebField("date", least="2026-11-20", most="2027-11-20")),
        ("choice", WebField("radio", choices=DANGER)),
        ("photos", WebField("file", accept="image/*", multiple=True)),
    ],
)
def test_a_web_form_has_a_field_for_it(kind, field):
    assert a_question(kind).web(SETTING) == (field,)


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("text", Box(lines=4)),
        ("name", Line()),
        ("citizen_id", Line(cells=13)),
        ("choice", TickBoxes(("ไม่มี", "มีอันตราย"))),
        ("address", Box(lines=2)),
    ],
)
def test_a_printed_form_has_room_for_it(kind, part):
    assert a_question(kind).paper() == (part,)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_field_and_room_on_paper(kind):
    assert a_question(kind).web(SETTING)
    assert a_question(kind).paper()


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("phone", "0812345678", "081-xxx-5678"),
        ("citizen_id", "1234567890121", "1-2345-xxxxx-xx-1"),
        ("text", "ไฟดับ", None),
        ("place", {"text": "หน้าวัด"}, None),
    ],
)
def test_numbers_of_a_person_are_masked(kind, value, masked):
    assert KINDS[kind].mask(value) == masked


def test_a_secret_is_refused_also_about_an_unfinished_answer():
    outside = {"latitude": 13.7, "longitude": 100.5, "text": "", "outside": True}
    verdict = a_question("place").check(TypedText("ใช่ รหัสผ่าน: hunter22"), SETTING, outside)
    assert verdict.why == "told_a_secret"
