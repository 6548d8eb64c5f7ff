"""Provides what tests of broadcasts need: many residents, an author, a superior who approves, and the outcome."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from bot.line.messaging_api import LineClient
from bot.line.multicast import Mailer
from line_simulator import Simulator
from line_simulator.residents import Resident as Phone
from store.broadcasts import approval
from store.broadcasts.approval import BroadcastDraft
from store.broadcasts.models import Broadcast, Chunk, Mailing
from store.broadcasts.statistics import Progress, progress_of
from store.broadcasts.transitions import digest_of
from store.clock import now
from store.database.encryption import NewValue, new_row_key
from store.database.engine import Database
from store.municipality.profile import Municipality
from store.quota import usage
from store.residents.models import Channel, Contact, Resident
from tests.builders import an_officer
from tests.stories.scenes import calls
from tests.town import TOKEN, Town
from tests.waiting import PATIENCE_SECONDS

MULTICAST, BROADCAST = "multicast", "broadcast"
TEXT = "พรุ่งนี้น้ำประปาหยุดไหล 9.00-12.00 น. ค่ะ"
OVER = "น้ำประปาไหลตามปกติแล้วค่ะ"


def words(text: str = TEXT) -> dict[str, Any]:
    return {"parts": [{"kind": "words", "text": text}]}


def card(*buttons: dict[str, str], title: str = "น้ำไม่ไหล", **more: Any) -> dict[str, Any]:
    part = {"kind": "card", "title": title, "text": TEXT, "buttons": list(buttons), **more}
    return {"parts": [part]}


DRAFT = BroadcastDraft(
    title="น้ำหยุดไหลพรุ่งนี้",
    category="announcement",
    purpose="ให้ประชาชนสำรองน้ำ",
    content=words(),
    audience={"who": "everyone"},
    topic="water",
)
URGENT: dict[str, Any] = {"category": "warning", "topic": None}


def crowd(town: Town, count: int) -> list[Phone]:
    return move_in(town.simulator, town.database, count)


def move_in(simulator: Simulator, database: Database, count: int) -> list[Phone]:
    """Adds many friends of the account whom we know, without a greeting."""
    phones = [simulator.add_resident(f"คนที่ {number}") for number in range(count)]
    for phone in phones:
        phone.friend = True
    key_of = database.cipher.fingerprint
    with database.transaction() as session:
        people = insert(Resident).returning(Resident.id, sort_by_parameter_order=True)
        rows = [{"row_key": new_row_key(), "created_at": now()} for _ in phones]
        ids = session.scalars(people, rows).all()
        session.execute(
            insert(Contact),
            [_row(one, key_of(each.id), each.id) for one, each in zip(ids, phones, strict=True)],
        )
    return phones


def _row(resident_id: int, key: str, address: str) -> dict[str, Any]:
    row_key = new_row_key()
    return {
        "resident_id": resident_id,
        "channel": Channel.LINE,
        "key": key,
        "row_key": row_key,
        "address_sealed": NewValue(address, row_key),
        "created_at": now(),
    }


def approve(town: Town, **changes: Any) -> int:
    return let_out(town.database, town.app.municipality, **changes)


def let_out(database: Database, municipality: Municipality, **changes: Any) -> int:
    """Lets one person write a broadcast and another approve it; the mailer's next step sends it."""
    with database.transaction() as session:
        author = an_officer(session, municipality)
        superior = an_officer(
            session, municipality, role="supervisor", department=None, full_name="นางสาวพร ปลัดเทศบาล"
        )
        broadcast = approval.write_draft(session, replace(DRAFT, **changes), author)
        approval.submit(session, broadcast, author)
        approval.approve(session, broadcast, superior, read_digest=digest_of(session, broadcast))
        return broadcast.id


def act(town: Town, name: str, broadcast_id: int, *more: str) -> None:
    """Does `pause`, `resume` or `cancel` (with a note) as a supervisor, who may stop what others wrote."""
    with town.database.transaction() as session:
        by = an_officer(session, town.app.municipality, role="supervisor", department=None)
        getattr(approval, name)(session, approval.lock(session, broadcast_id, by=by), by, *more)


def quota(town: Town, most: int | None, used: int) -> None:
    """Sets what LINE says of the month, both in what we have read from it and at LINE itself."""
    town.simulator.quota.set(limit=most, used=used)
    with town.database.transaction() as session:
        usage.note_reading(session, most=most, used=used)


def state_of(town: Town, broadcast_id: int, part: str = "message") -> tuple[str, str | None]:
    with town.database.reading() as session:
        mailing = session.scalars(_mailing(broadcast_id, part)).one()
        return mailing.state, mailing.reason


def progress(town: Town, broadcast_id: int) -> Progress:
    with town.database.reading() as session:
        return progress_of(session, session.scalars(_mailing(broadcast_id, "message")).one())


def _mailing(broadcast_id: int, part: str) -> Any:
    return select(Mailing).where(Mailing.broadcast_id == broadcast_id, Mailing.part == part)


def chunks(town: Town, broadcast_id: int) -> list[Chunk]:
    with town.database.reading() as session:
        query = select(Chunk).join(Mailing).where(Mailing.broadcast_id == broadcast_id)
        return list(session.scalars(query.order_by(Chunk.id)))


def change(town: Town, broadcast_id: int, **values: Any) -> None:
    """Changes the broadcast directly in the database."""
    with town.database.transaction() as session:
        for name, value in values.items():
            setattr(session.get_one(Broadcast, broadcast_id), name, value)


def heard(phones: Sequence[Phone], text: str = TEXT) -> list[int]:
    """Counts how often each resident got this text."""
    return [sum(text in str(message) for message in phone.messages) for phone in phones]


def requests(town: Town) -> list[tuple[int, str]]:
    """Returns status and retry key of every multicast that LINE saw."""
    return [(call["status"], call["retry_key"]) for call in calls(town, MULTICAST)]


def named(town: Town) -> list[str]:
    """Returns everybody named in a request that LINE accepted."""
    return [
        user for call in calls(town, MULTICAST) if call["status"] == 200 for user in call["request"]["to"]
    ]


def another_mailer(town: Town, *, seconds: float = PATIENCE_SECONDS, **changes: Any) -> Mailer:
    """Returns a mailer as after a restart, with no state in memory. `seconds` is how long it waits for LINE."""
    url = town.settings.line_api_url
    line = LineClient(url, url, TOKEN, read_seconds=seconds)
    return Mailer(
        changes.get("database", town.database),
        town.app,
        changes.get("settings", town.settings),
        line,
        executor=changes.get("executor"),
    )


IN_AN_HOUR = timedelta(hours=1)
