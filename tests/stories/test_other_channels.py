"""Tests that news goes out on the channel of the resident's contact, by a sender that knows only this channel."""

from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from store.cases.workflows import Action, Status
from store.clock import now
from store.database.encryption import cipher_of
from store.messaging.models import OutboxRow
from store.messaging.outbox import put_notice
from store.messaging.requests import RESERVED_FOR
from store.messaging.states import MessageState, Reason, Receipt
from store.residents.contacts import ContactTaken, add_contact
from store.residents.models import Channel, Resident
from tests.builders import a_case, a_resident
from tests.email_sender import FolderSender
from tests.stories.scenes import friend, officer, rows, tell, the_resident, times_told
from tests.stories.test_poison_notices import EndsItsWorker
from tests.town import Town

MAIL = "somsri@example.com"


def with_email(session: Session, address: str = MAIL, resident: Resident | None = None) -> Resident:
    """Gives a resident an e-mail address; without `resident` to somebody who never wrote in LINE."""
    resident = resident or Resident(created_at=now())
    session.add(resident)
    add_contact(session, cipher_of(session.get_bind().dialect), resident, Channel.EMAIL, address)
    return resident


def case_of_email(town: Town) -> int:
    with town.database.transaction() as session:
        case = a_case(session, town.app.municipality, status=Status.SUBMITTED)
        case.resident = with_email(session)
        return case.id


def emails(folder: Path) -> list[EmailMessage]:
    found = [
        message_from_string(path.read_text("utf-8"), policy=policy.default) for path in folder.glob("*.eml")
    ]
    return [each for each in found if isinstance(each, EmailMessage)]


def test_who_has_only_an_email_address_reads_there_what_an_officer_says(town: Town, tmp_path: Path) -> None:
    officer(town, case_of_email(town), Action.TELL, "ช่างจะไปพรุ่งนี้ค่ะ")
    town.wait(minutes=10)
    assert [row.channel for row in rows(town, "ready")] == [Channel.EMAIL], (
        "the sender of LINE leaves it alone"
    )
    sender = FolderSender(town.database, tmp_path)
    while sender.deliver_once():
        pass
    (email,) = emails(tmp_path)
    assert email["To"] == MAIL
    assert "ช่างจะไปพรุ่งนี้ค่ะ" in email.get_content()
    assert rows(town, "ready") == []


def test_a_sender_that_ended_during_the_call_sends_the_same_email_again(town: Town, tmp_path: Path) -> None:
    officer(town, case_of_email(town), Action.TELL, "ช่างจะไปพรุ่งนี้ค่ะ")
    town.wait(minutes=10)

    class Ends(FolderSender):
        """Ends after the call, before its result is recorded."""

        def hear(self, session: Session, results: object) -> None:
            raise EndsItsWorker

    Ends(town.database, tmp_path).deliver_once()  # The text is written in a round of its own.
    with pytest.raises(EndsItsWorker):
        Ends(town.database, tmp_path).deliver_once()
    assert [row.receipt for row in rows(town, "ready")] == [Receipt.UNKNOWN]
    town.clock.shift(RESERVED_FOR.total_seconds() + 1)
    FolderSender(town.database, tmp_path).deliver_once()
    assert len(emails(tmp_path)) == 1
    assert [row.receipt for row in rows(town, "sent") if row.channel is Channel.EMAIL] == [Receipt.TAKEN]


def test_an_address_that_is_refused_is_a_dead_letter(town: Town, tmp_path: Path) -> None:
    officer(town, case_of_email(town), Action.TELL, "ช่างจะไปพรุ่งนี้ค่ะ")
    town.wait(minutes=10)
    sender = FolderSender(town.database, tmp_path, refuses=MAIL)
    while sender.deliver_once():
        pass
    dead = [row for row in rows(town, "dead") if row.channel is Channel.EMAIL]
    assert [(row.state, row.reason, row.receipt) for row in dead] == [
        (MessageState.DEAD, Reason.REFUSED, Receipt.NONE)
    ]


def test_who_has_line_is_told_there_and_not_twice(town: Town, tmp_path: Path) -> None:
    phone = friend(town)
    with town.database.transaction() as session:
        with_email(session, resident=the_resident(session, phone))
    tell(town, phone, "ข่าวของคุณ")
    town.wait(minutes=10)
    assert times_told(phone, "ข่าวของคุณ") == 1
    assert not FolderSender(town.database, tmp_path).deliver_once()
    assert emails(tmp_path) == []


def test_who_has_no_address_is_a_dead_letter_for_staff(town: Town) -> None:
    with town.database.transaction() as session:
        nobody = Resident(created_at=now())
        session.add(nobody)
        session.flush()
        row = put_notice(session, nobody, "case_message", {"number": "0001/2570"})
        session.flush()
        row_id = row.id
    town.wait(minutes=10)
    with town.database.reading() as session:
        row = session.get_one(OutboxRow, row_id)
        assert (row.state, row.reason) == (MessageState.DEAD, Reason.NO_CONTACT)


def test_an_address_belongs_to_one_resident(town: Town) -> None:
    with town.database.transaction() as session:
        first = with_email(session)
        assert with_email(session, resident=first) is first
        assert [contact.channel for contact in first.contacts] == [Channel.EMAIL]
        with pytest.raises(ContactTaken):
            with_email(session, resident=a_resident(session))
