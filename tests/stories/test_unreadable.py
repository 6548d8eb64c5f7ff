"""A message that no key opens any more stands with the dead letters; everybody else gets theirs."""

from datetime import timedelta

from sqlalchemy import LargeBinary, select, type_coerce, update

from store.db import Table
from store.models import OutboxRow
from store.outbox import put_reply
from store.sealing import Sealer
from store.stuck import DropReason, drop_row, retry_row, stuck_rows
from tests.builders import a_resident, an_officer
from tests.stories.scenes import friend, rows, tell, times_told
from tests.town import Town

NOBODYS_KEY = b"a key that nobody has any more.."
HELD = timedelta(minutes=5)


def shut(town: Town, row_id: int, column: str = "details") -> None:
    """As a row that was sealed with a key which is gone."""
    table = Table.metadata.tables[OutboxRow.__tablename__]
    closed = Sealer((NOBODYS_KEY,)).seal(b"{}", f"outbox.{column}", b"the key of a row")
    with town.database.transaction() as session:
        changed = update(table).where(table.c.id == row_id)
        session.execute(changed.values({column: type_coerce(closed, LargeBinary)}))


def news_for(town: Town, *names: str) -> list[int]:
    """One notice for each, which waits to be sent."""
    for name in names:
        tell(town, friend(town, name), f"ข่าวของ{name}")
    return [row.id for row in rows(town, "ready")]


def test_a_notice_that_no_key_opens_is_dead_and_everybody_else_is_told(town: Town) -> None:
    first, *_ = news_for(town, "สมศรี", "สมชาย", "สมหมาย")
    shut(town, first)
    town.wait(minutes=5)
    told = [times_told(phone, "ข่าวของ") for phone in town.simulator.residents.values()]
    assert sorted(told) == [0, 1, 1]
    (dead,) = rows(town, "dead")
    assert (dead.id, dead.error) == (first, "cannot be written: no key in DATA_KEY opens it")


def test_an_answer_that_no_key_opens_holds_up_nobody_and_its_resident_is_told_the_next(town: Town) -> None:
    phone = friend(town)
    with town.database.transaction() as session:
        resident = a_resident(session, line_user_id=phone.id)
        row = put_reply(
            session, lane=resident.line_key, to=phone.id, token="t", messages=[{"type": "text", "text": "ค่ะ"}],
            heard_at=resident.created_at,
        )  # fmt: skip
        session.flush()
        answer = row.id
    shut(town, answer, "messages")
    tell(town, phone, "ข่าว")
    town.wait(minutes=5)
    assert times_told(phone, "ข่าว") == 1
    assert [row.id for row in rows(town, "dead")] == [answer]


def test_what_travelled_with_it_and_may_have_been_taken_is_decided_by_staff(town: Town) -> None:
    phone = friend(town)
    tell(town, phone, "หนึ่ง", "สอง")
    town.simulator.faults.turn(api_reset=True)
    town.clock.shift(timedelta(minutes=5))
    while town.sender.deliver_once():
        pass
    town.simulator.faults.clear()
    lead = next(row for row in rows(town, "ready") if row.lead_id is None)
    shut(town, lead.id, "body")
    town.wait(minutes=20)
    assert {row.error for row in rows(town, "dead")} == {"no key in DATA_KEY opens it"}
    assert len(rows(town, "dead")) == 2
    with town.database.transaction() as session:
        assert all(
            row.may_be_taken
            for row in stuck_rows(
                session, an_officer(session, town.office.municipality, role="supervisor"), HELD
            )
        )


def test_staff_see_it_may_not_retry_it_and_can_drop_it(town: Town) -> None:
    first, *_ = news_for(town, "สมศรี", "สมชาย")
    shut(town, first)
    town.wait(minutes=5)
    with town.database.transaction() as session:
        person = an_officer(session, town.office.municipality, role="supervisor")
        (shown,) = stuck_rows(session, person, HELD)
        assert (shown.id, shown.is_dead, shown.can_retry) == (first, True, False)
        assert not retry_row(session, person, first, HELD)
        assert drop_row(session, person, first, HELD, DropReason.DEFECTIVE)
    with town.database.reading() as session:
        assert session.scalars(select(OutboxRow.state).where(OutboxRow.id == first)).one() == "dropped"
