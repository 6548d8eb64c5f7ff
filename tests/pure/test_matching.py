"""Finding the service from what a resident typed."""

import pytest
from hypothesis import given

from bot.conversations.matching import meant, named_exactly
from store.services.definition import LONGEST_LABEL
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


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_every_name_of_a_service_leads_to_it(service):
    for name in (service.title, service.label, *service.keywords):
        assert named_exactly(SERVICES.values(), f" {name} ") == service, name
        assert service in meant(SERVICES.values(), f"อยากแจ้งเรื่อง {name} ค่ะ") or name == service.title


def test_no_keyword_belongs_to_two_services():
    keywords = [word for service in SERVICES.values() for word in {service.label, *service.keywords}]
    assert sorted(keywords) == sorted(set(keywords))


@given(hard_texts)
@SOME
def test_any_text_means_at_most_three_services(text):
    assert len(meant(SERVICES.values(), text)) <= 3
    assert named_exactly(SERVICES.values(), text) is None or len(text) >= 3


def test_every_label_fits_a_button():
    assert all(len(service.label) <= LONGEST_LABEL for service in SERVICES.values())
