"""Provides what several tests of receiving and sending need: acts of officers, counts of calls, rows of tables."""

from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from bot.line.delivery import Sender
from bot.line.messaging_api import LineClient
from line_simulator.residents import Resident as Phone
from store.cases.actions import Actor, act, hold_case
from store.cases.workflows import Action, Status, Who
from store.database.engine import Database
from store.messaging.models import OutboxRow
from store.operations.tables import TABLES
from store.residents.models import Resident
from tests.builders import a_case, a_resident
from tests.town import TOKEN, Town, photo, words_of

OFFICER = Actor(Who.OFFICER)
HELLO = "สวัสดี"


def a_case_of(town: Town, phone: Phone, status: Status = Status.RECEIVED) -> int:
    """Returns a case of this resident in the given status; messages on the way to that status are discarded."""
    with town.database.transaction() as session:
        resident = a_resident(session, line_user_id=phone.id)
        case = a_case(session, town.app.municipality, resident=resident, status=status)
        session.execute(update(OutboxRow).where(OutboxRow.case_id == case.id).values(state="dropped"))
        return case.id


def officer(town: Town, case_id: int, action: Action, note: str = "", *, files: tuple[str, ...] = ()) -> None:
    with town.database.transaction() as session:
        case = hold_case(session, case_id)
        act(session, town.app.municipality, case, action, OFFICER, note=note, files=files)


def tell(town: Town, phone: Phone, *notes: str) -> None:
    """Lets an officer write about a new case of this resident; nothing is sent yet."""
    case_id = a_case_of(town, phone)
    for note in notes:
        officer(town, case_id, Action.TELL, note)


def friend(town: Town, name: str = "สมศรี") -> Phone:
    """Returns a resident who follows the account and has read its greeting."""
    phone = town.simulator.add_resident(name)
    phone.follows()
    town.settle()
    phone.chat.bubbles.clear()
    return phone


def texts(phone: Phone) -> list[str]:
    """Returns what the account sent, each message in one line."""
    return [" ".join(words_of(message)) for message in phone.messages]


def times_told(phone: Phone, words: str) -> int:
    return sum(words in text for text in texts(phone))


def calls(town: Town, kind: str) -> list[dict[str, Any]]:
    """Returns the `reply` or `push` requests that LINE saw, the oldest first."""
    path = f"/v2/bot/message/{kind}"
    return [entry for entry in town.simulator.log.after(0) if entry["path"] == path]


def sends_a_photo_in_vain(town: Town, phone: Phone, **fault: Any) -> None:
    """Sends a photo while LINE has the fault, until it is given up and its resident has been informed."""
    town.simulator.faults.turn(**fault)
    phone.sends_photos([photo()])
    town.settle()
    for seconds in (6, 16, 61, 61):
        town.wait(seconds=seconds)
    assert times_told(phone, "ช่วยส่งใหม่อีกครั้ง") == 1
    town.simulator.faults.clear()


def rows(town: Town, state: str | None = None) -> list[OutboxRow]:
    with town.database.reading() as session:
        query = select(OutboxRow).where(OutboxRow.state == state) if state else select(OutboxRow)
        return list(session.scalars(query.order_by(OutboxRow.id)))


def the_resident(session: Session, phone: Phone) -> Resident:
    return a_resident(session, line_user_id=phone.id)


def impatient(
    town: Town, *, seconds: float = 0.25, api_url: str | None = None, database: Database | None = None
) -> Sender:
    """Returns a sender that waits less long for LINE, so that tests do not wait either."""
    url = api_url or town.settings.line_api_url
    line = LineClient(url, url, TOKEN, read_seconds=seconds)
    return Sender(database or town.database, town.app, town.settings, line)


def everything_in(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Returns every row of every table, with encrypted values as they are stored."""
    with database.reading() as session:
        return {
            name: sorted((tuple(row) for row in session.execute(text(f'SELECT * FROM "{name}"'))), key=repr)
            for name in TABLES.tables
        }
