"""Tests that only a supervisor confirms an emergency, and only with the one-time button in their own LINE."""

from datetime import timedelta
from typing import Any

import pytest

from line_simulator.residents import Resident as Phone
from store.broadcasts.models import ConfirmButton
from store.line.limits import MESSAGES_IN_A_REQUEST
from tests.console.broadcasts.test_approval import make
from tests.console.broadcasts.test_emergency import ordered, prepare, ready
from tests.console.broadcasts.test_testers import link
from tests.console.looks import refusals_of
from tests.console.news import do, history, row, status_of
from tests.console.pages import Person
from tests.stories.press import crowd
from tests.stories.scenes import friend, texts
from tests.town import Town

BUTTON = "ยืนยันให้ส่งเตือนภัย"
WARNING = "คลองใหญ่ น้ำล้นตลิ่ง คืนนี้ 22.00 น. ขอให้ย้ายขึ้นที่สูงค่ะ"
# What is heard in the chat does not depend on the database.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


@pytest.fixture
def villagers(town: Town) -> list[Phone]:
    return crowd(town, 2)


def action_of(phone: Phone) -> dict[str, Any]:
    """Returns what the button on the superior's screen sends."""
    shown = (button for group in phone.buttons for button in group)
    return dict(next(button.action for button in shown if button.names[:1] == (BUTTON,)))


def presses(town: Town, phone: Phone, action: dict[str, Any]) -> str:
    """Presses the button and returns what they read afterwards: the answer, and perhaps the warning itself."""
    before = len(phone.messages)
    phone.taps_action(action)
    town.settle()
    return str(phone.messages[before:])


def heard(phones: list[Phone]) -> list[int]:
    return [sum(WARNING in text for text in texts(phone)) for phone in phones]


@pytest.fixture
def asked(town: Town, officer: Person, supervisor: Person, villagers: list[Phone]) -> tuple[Phone, int]:
    """Returns the superior's phone, on which the button lies, and the number of the emergency."""
    phone, _ = link(town, supervisor, "หัวหน้า")
    broadcast = ordered(officer, ready(officer, supervisor))
    town.settle()
    return phone, broadcast


def test_the_superior_reads_it_and_confirms_it_with_one_press(
    town: Town, asked: tuple[Phone, int], villagers: list[Phone]
) -> None:
    phone, broadcast = asked
    screen = " ".join(texts(phone))
    assert WARNING in screen
    assert "ทุกคนที่เคยเขียนถึงเรา (3 คน)" in screen
    assert {m.get("sender", {}).get("name") for m in phone.messages if m.get("text") == WARNING} == {
        "รอยืนยัน ยังไม่ส่ง"
    }
    assert heard(villagers) == [0, 0]
    action = action_of(phone)
    assert "ยืนยันแล้วค่ะ" in presses(town, phone, action)
    assert heard(villagers) == [1, 1]
    assert row(town.database, broadcast).approver_id is not None
    assert history(town.database, broadcast)[-1] == ("approve", "ยืนยันด้วยปุ่มใน LINE ของตน")
    assert "กดไปแล้ว" in presses(town, phone, action)
    assert heard(villagers) == [1, 1]


def test_nobody_elses_press_counts(
    town: Town, colleague: Person, asked: tuple[Phone, int], villagers: list[Phone]
) -> None:
    """Checks that a colleague with a linked LINE and a resident cannot confirm, and the supervisor still can."""
    phone, broadcast = asked
    other, _ = link(town, colleague, "เพื่อนร่วมงาน")
    for stranger in (other, villagers[0]):
        assert "ยืนยันแล้วค่ะ" not in presses(town, stranger, action_of(phone))
    assert status_of(town.database, broadcast) == "submitted"
    assert refusals_of(town.database)[-1] == (f"broadcast {broadcast}", "confirm", "not_your_button")
    assert "ยืนยันแล้วค่ะ" in presses(town, phone, action_of(phone))


@pytest.mark.parametrize(
    "data", ["do=confirm", "do=confirm&t=", "do=confirm&t=1", "do=confirm&t=" + "A" * 32]
)
def test_a_button_of_ones_own_making_confirms_nothing(
    town: Town, asked: tuple[Phone, int], data: str
) -> None:
    phone, broadcast = asked
    presses(town, phone, {"type": "postback", "data": data, "label": BUTTON})
    assert status_of(town.database, broadcast) == "submitted"


@pytest.mark.parametrize("why", ["late", "a superior no more", "taken back", "changed", "unlinked"])
def test_a_button_whose_time_or_right_is_over_confirms_nothing(
    town: Town,
    officer: Person,
    supervisor: Person,
    asked: tuple[Phone, int],
    villagers: list[Phone],
    why: str,
) -> None:
    phone, broadcast = asked
    if why == "late":
        town.clock.shift(timedelta(minutes=11))
    elif why == "a superior no more":
        make(supervisor, town.database, "officer")
    elif why == "taken back":
        do(officer, broadcast, "take_back")
    elif why == "changed":
        with town.database.transaction() as session:
            session.merge(row(town.database, broadcast)).content = {
                "parts": [{"kind": "words", "text": "ถ้อยคำอื่น"}]
            }
    else:
        link(town, supervisor, "มือถือใหม่")
    assert "ยืนยันแล้วค่ะ" not in presses(town, phone, action_of(phone))
    assert row(town.database, broadcast).approver_id is None
    assert heard(villagers) == [0, 0]


def test_only_superiors_who_wrote_none_of_it_get_a_button(
    town: Town, officer: Person, colleague: Person, supervisor: Person, villagers: list[Phone]
) -> None:
    phones = [link(town, person, name)[0] for person, name in ((colleague, "ก"), (supervisor, "ข"))]
    template = ready(officer, supervisor)
    make(officer, town.database, "supervisor")
    phones.append(link(town, officer, "ค")[0])
    ordered(colleague, template)
    town.settle()
    assert [any(BUTTON in str(message) for message in phone.messages) for phone in phones] == [
        False,
        True,
        False,
    ]
    with town.database.reading() as session:
        assert session.query(ConfirmButton).count() == 1


def test_what_leaves_no_room_for_a_button_is_confirmed_where_it_can_be_read(
    town: Town, officer: Person, supervisor: Person, villagers: list[Phone]
) -> None:
    phone, _ = link(town, supervisor, "หัวหน้า")
    parts = {
        f"message.parts.{number}.{field}": value
        for number in range(MESSAGES_IN_A_REQUEST)
        for field, value in (("kind", "words"), ("text", "[คลอง] [เวลา]"))
    }
    template = prepare(officer, **parts)
    page = supervisor.visit(f"/broadcasts/emergency/{template}")
    supervisor.submit(page, f"/broadcasts/emergency/{template}/approve")
    ordered(officer, template)
    town.settle()
    assert "อ่านและยืนยันในระบบเจ้าหน้าที่" in texts(phone)[-1]
    assert BUTTON not in str(phone.messages)


def test_a_code_is_shown_to_its_owner_alone(town: Town, officer: Person, supervisor: Person) -> None:
    """Checks it because anybody who typed a supervisor's code would confirm in their name."""
    supervisor.submit(supervisor.visit("/broadcasts/testers"), "/broadcasts/testers")
    assert 'class="code"' in supervisor.visit("/broadcasts/testers").html
    page = officer.visit("/broadcasts/testers").html
    assert "รอผูก" in page
    assert 'class="code"' not in page
    friend(town)
