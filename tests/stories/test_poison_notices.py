"""Tests that a notice whose writing ends the worker harms only its own resident, and becomes a dead letter."""

from datetime import timedelta
from typing import Any

from bot.line.delivery import Sender
from store.messaging.inbox import pause_after
from store.messaging.models import OutboxRow
from store.messaging.states import Reason, Receipt
from store.messaging.unwritten_notices import MAX_TRIES
from store.operations.dead_letters import retry_row
from tests.builders import an_officer
from tests.stories.scenes import HELLO, friend, rows, tell, times_told
from tests.town import Town

GREETED = "ช่วยเรื่องอะไรดีคะ"


class EndsItsWorker(BaseException):
    """Stands for the end of the process: nothing of the transaction under way is kept."""


class FragileSender(Sender):
    """Ends when it writes certain words."""

    def messages_of(self, row: OutboxRow) -> list[dict[str, Any]]:
        if "พิษ" in str(row.details):
            raise EndsItsWorker
        return super().messages_of(row)


def fragile_sender(town: Town) -> Sender:
    return FragileSender(town.database, town.app, town.settings, town.line)


def deliver_until_quiet(sender: Sender) -> int:
    """Delivers until nothing is left, with a new sender after each that ended; returns how many ended."""
    ended = 0
    while True:
        try:
            if not sender.deliver_once():
                return ended
        except EndsItsWorker:
            ended += 1


def test_a_notice_that_ends_each_worker_is_dead_after_five_tries_and_everybody_else_is_told(
    town: Town,
) -> None:
    poisoned, *healthy = [friend(town, str(number)) for number in range(4)]
    tell(town, poisoned, "พิษ")
    for phone in healthy:
        tell(town, phone, "ข่าว")
    sender = fragile_sender(town)
    town.clock.shift(timedelta(minutes=5))
    assert deliver_until_quiet(sender) == 1
    town.clock.shift(pause_after(1))
    deliver_until_quiet(sender)
    assert [times_told(phone, "ข่าว") for phone in healthy] == [1, 1, 1]
    ended = 0
    for _ in range(6):
        town.clock.shift(timedelta(minutes=1))
        ended += deliver_until_quiet(sender)
    assert ended <= MAX_TRIES - 1
    assert [(row.reason, row.receipt) for row in rows(town, "dead")] == [(Reason.WORKER_ENDED, Receipt.NONE)]
    officer_says_it_again = "ข่าวใหม่"
    tell(town, poisoned, officer_says_it_again)
    town.wait(minutes=5)
    assert times_told(poisoned, officer_says_it_again) == 1


def test_an_answer_does_not_wait_for_news_that_ended_a_worker(town: Town) -> None:
    phone = friend(town)
    tell(town, phone, "พิษ")
    phone.says(HELLO)
    town.simulator.deliver_webhooks()
    town.worker.work_once()
    sender = fragile_sender(town)
    assert deliver_until_quiet(sender) == 1
    assert times_told(phone, GREETED) == 1


def test_staff_can_have_it_tried_again_when_the_fault_is_mended(town: Town) -> None:
    phone = friend(town)
    tell(town, phone, "พิษ")
    sender = fragile_sender(town)
    for _ in range(MAX_TRIES + 2):
        town.clock.shift(timedelta(minutes=5))
        deliver_until_quiet(sender)
    (dead,) = rows(town, "dead")
    with town.database.transaction() as session:
        person = an_officer(session, town.app.municipality, role="supervisor")
        assert retry_row(session, person, dead.id, timedelta(minutes=5))
    town.settle()
    assert times_told(phone, "พิษ") == 1
