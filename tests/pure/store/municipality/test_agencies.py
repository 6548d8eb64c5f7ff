"""Tests whether what an officer typed names an agency, so that the resident knows where to ask."""

import pytest

from store.municipality.agencies import LONGEST, names_an_agency


@pytest.mark.parametrize(
    "typed",
    [
        "แขวงทางหลวงชนบทขอนแก่น",
        "การไฟฟ้าส่วนภูมิภาค",
        "กฟภ.",
        "อบต.ในเมือง",
        "ปภ.",
        "ททท.",
        "ปภ.จังหวัด",
        "กปภ.",
        "PEA",
    ],
)
def test_the_name_of_an_agency(typed):
    assert names_an_agency(typed)


@pytest.mark.parametrize(
    "typed",
    ["", "ก", "กก", "...", "1234567", "-", "ไม่ใช่หน้าที่ของเรา", "ไม่ใช่หน้าที่เราค่ะ", "ไม่อยู่ในอำนาจหน้าที่", "นอกเขตเทศบาล",
     "หน่วยงานอื่น", "หน่วยงานอื่นๆ", "หน่วยงานอื่น ๆ", "หน่วยงานที่เกี่ยวข้อง", "ไม่ทราบ", "ก" * (LONGEST + 1)],
)  # fmt: skip
def test_no_name(typed):
    assert not names_an_agency(typed)
