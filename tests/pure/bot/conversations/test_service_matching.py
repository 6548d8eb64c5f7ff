"""Tests finding the service in what a resident typed."""

import pytest
from hypothesis import given

from bot.conversations.service_matching import hinted_first, meant, named_exactly
from store.line.limits import LABEL_CHARACTERS
from store.thai import folded
from tests.pure.builders import a_service
from tests.pure.strategies import SERVICES, SOME, hard_texts


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ไฟถนนหน้าบ้านดับค่ะ มืดมาก", ["street_light"]),
        ("ไฟสาทารณะไม่ติด", ["street_light"]),
        ("น้ำไม่ใหลมาสองวัน", ["water_supply"]),
        ("นํ้าไม่ไหล", ["water_supply"]),
        ("ท่อเเตก", ["water_supply"]),
        ("ถนนเป็นหลุมหน้าตลาด", ["road"]),
        ("น้ำไม่มีใช้ ขอรถน้ำหน่อย", ["water_truck"]),
        ("หมาจรจัดหน้าโรงเรียน", ["complaint"]),
        ("ร้อง เรียน เสียงดัง", ["complaint"]),
        ("สวัสดีค่ะ", []),
        ("", []),
    ],
)
def test_the_service_is_understood(typed, names):
    assert [service.name for service in meant(SERVICES.values(), typed)] == names


def test_a_word_inside_a_longer_one_does_not_count():
    light, road = (
        a_service(keywords=["ไฟถนน"], label="ไฟ"),
        a_service(name="road", keywords=["ถนน"], label="ทาง"),
    )
    assert meant([road, light], "ไฟถนนดับ") == [light]
    assert meant([road, light], "ไฟถนนดับ ถนนมืด") == [light, road]


def test_there_is_no_tree_in_a_street():
    tree, light = a_service(keywords=["tree"]), a_service(name="light", keywords=["street light"])
    assert meant([tree, light], "the street light") == [light]
    assert meant([tree, light], "Trees on the street") == []
    assert meant([tree, light], "a TREE!") == [tree]


def test_a_letter_typed_twice_is_looked_past_only_if_nothing_else_is_found():
    pipe, road = a_service(keywords=["ท่อแตก"]), a_service(name="road", keywords=["ถนน"])
    assert meant([pipe, road], "ท่ออแตก") == [pipe]
    assert meant([pipe, road], "ถนนพังท่ออแตก") == [road]


def test_a_hint_alone_begins_nothing_and_is_offered_first():
    light, road = a_service(keywords=["ไฟดับ"]), a_service(name="road", keywords=["ถนนพัง"], hints=["ถนน"])
    assert meant([light, road], "รถวิ่งเร็วบนถนน") == []
    assert hinted_first([light, road], "รถวิ่งเร็วบนถนน") == [road, light]
    assert hinted_first([light, road], "รถวิ่งเร็ว") == [light, road]
    assert named_exactly([light, road], "ถนนค่ะ") == road


@pytest.mark.parametrize("typed", ["ไฟดับค่ะ", "แจ้งไฟดับค่ะ", "ขอแจ้งเรื่องไฟดับหน่อยครับ", "ไฟดับ"])
def test_courtesy_around_a_name_changes_nothing(typed):
    light = a_service(keywords=["ไฟดับ"])
    assert named_exactly([light], typed) == light
    assert (named_exactly([light], typed, polite=False) == light) == (typed == "ไฟดับ")


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_every_name_of_a_service_leads_to_it(service):
    for name in (service.title, service.label, *service.keywords):
        assert named_exactly(SERVICES.values(), f" {name} ") == service, name
        assert service in meant(SERVICES.values(), f"อยากแจ้งเรื่อง {name} ค่ะ") or name == service.title


def test_no_keyword_belongs_to_two_services():
    keywords = [
        word
        for service in SERVICES.values()
        for word in {folded(word) for word in (service.label, *service.keywords, *service.hints)}
    ]
    assert sorted(keywords) == sorted(set(keywords))


@given(hard_texts)
@SOME
def test_any_text_means_at_most_three_services(text):
    assert len(meant(SERVICES.values(), text)) <= 3
    assert named_exactly(SERVICES.values(), text) is None or len(text) >= 3


def test_every_label_fits_a_button():
    assert all(len(service.label) <= LABEL_CHARACTERS for service in SERVICES.values())
