"""Tests that a town that offers only some of the services names no button that is missing."""

from dataclasses import replace

import pytest

from bot.worker.inbox_worker import Worker
from tests.stories.scenes import friend, texts
from tests.town import Town

# What the chat says of a service does not depend on the database.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


def told(town: Town, words: str, *, without: str) -> str:
    services = {name: each for name, each in town.app.services.items() if name != without}
    town.worker = Worker(town.database, replace(town.app, services=services))
    phone = friend(town)
    phone.says(words)
    town.settle()
    return texts(phone)[-1]


@pytest.mark.parametrize(
    ("words", "service", "button"),
    [
        ("เจ้าหน้าที่กองช่างเรียกรับเงินสองพัน", "complaint", "กด ร้องเรียนกับเทศบาล"),
        ("ไฟในบ้านดับทั้งหลังค่ะ", "street_light", "กด ไฟฟ้าสาธารณะ"),
    ],
)
def test_a_button_is_named_only_where_it_is(town: Town, words: str, service: str, button: str) -> None:
    assert button in told(town, words, without="")
    without = told(town, words, without=service)
    assert "โทร 1" in without
    assert "กด " not in without
