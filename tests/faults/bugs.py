"""Puts faults into the product on purpose, from outside; the harness has to notice each of them."""

import io
import uuid
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import run_wsgi_app
from werkzeug.wsgi import ClosingIterator

from bot.line.delivery import Sender
from bot.line.messaging_api import LineClient
from bot.worker.content_fetcher import Fetcher
from bot.worker.inbox_worker import Worker
from store.cases import actions
from store.database.engine import Database
from store.files.media import Media
from store.messaging import inbox, outbox, outcomes, requests, unwritten_notices
from store.messaging.models import InboxEvent
from store.messaging.outcomes import Fact, Outcome, Rule
from store.messaging.states import EventState, Receipt, SentBy
from tests.faults import acts


@dataclass(frozen=True)
class Bug:
    """Describes a fault; `parts` are the parts of the product in which it does damage."""

    parts: tuple[str, ...]
    install: Callable[[], None] = lambda: None
    wsgi: Callable[[Flask], Any] = lambda app: app.wsgi_app

    def __call__(self) -> None:
        self.install()


def ack_before_commit(app: Flask) -> Any:
    """Answers 200 to LINE first, and stores the events afterwards."""

    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [("Content-Length", "2"), ("Content-Type", "text/plain")])
        again = {**environ, "wsgi.input": io.BytesIO(body)}

        def keep() -> None:
            run_wsgi_app(app.wsgi_app, again, buffered=True)

        return ClosingIterator([b"OK"], keep)

    return wsgi


def keep_each_delivery() -> None:
    """Counts a redelivered event as new."""
    row_of = inbox._row

    def row(arrival: inbox.Arrival) -> dict[str, Any]:
        again = arrival.body["deliveryContext"]["isRedelivery"]
        return {**row_of(arrival), "event_id": f"{arrival.event_id}{uuid.uuid4().hex if again else ''}"}

    inbox._row = row


def done_before_the_work() -> None:
    def work_once(worker: Any) -> bool:
        claim = worker._claim()
        with worker._database.transaction() as session:
            rows = inbox.take(session, claim.event_ids, claim.tries) if claim else []
            inbox.done(session, rows)
        with worker._database.transaction() as session:
            worker._work_through(session, rows)
        return claim is not None

    Worker.work_once = work_once  # type: ignore[method-assign, assignment]


def done_after_the_work() -> None:
    done = inbox.done

    def work_once(worker: Any) -> bool:
        inbox.done = lambda session, events: None
        claim = worker._claim()
        with worker._database.transaction() as session:
            rows = inbox.take(session, claim.event_ids, claim.tries) if claim else []
            worker._work_through(session, rows)
        with worker._database.transaction() as session:
            done(session, rows)
        return claim is not None

    Worker.work_once = work_once  # type: ignore[method-assign, assignment]


def call_inside_the_transaction() -> None:
    def deliver_once(sender: Any) -> bool:
        with sender._database.transaction() as session:
            due = outbox.claim(session, most=1)
            to_write = sender._writer.begin(session, due)
            for outgoing in [requests.prepare(session, rows, sender) for rows in due if not to_write]:
                if outgoing is not None:
                    requests.record(session, {outgoing: sender.call(outgoing)}, sender)
        sender._writer.write(to_write)
        return bool(due)

    Sender.deliver_once = deliver_once  # type: ignore[method-assign, assignment]


def new_key_for_each_try() -> None:
    push = LineClient.push
    LineClient.push = lambda line, body, _key: push(line, body, str(uuid.uuid4()))  # type: ignore[method-assign, assignment]


def push_what_was_perhaps_replied() -> None:
    """Takes a used reply token for an expired one."""

    find_rule = outcomes.find_rule

    def forget_earlier_tries(outcome: Outcome, sent_by: SentBy, before: Receipt, facts: Set[Fact]) -> Rule:
        was_tried = Receipt.NONE if outcome is Outcome.BAD_TOKEN else before
        return find_rule(outcome, sent_by, was_tried, facts)

    requests.find_rule = forget_earlier_tries  # type: ignore[attr-defined]


def row_before_bytes() -> None:
    keep, fetch_once, waiting = Media.keep, Fetcher.fetch_once, []
    Media.keep = lambda media, token, data: waiting.append((media, token, data))  # type: ignore[method-assign, assignment]

    def fetch(fetcher: Fetcher) -> bool:
        fetched = fetch_once(fetcher)
        while waiting:
            keep(*waiting.pop())
        return fetched

    Fetcher.fetch_once = fetch  # type: ignore[method-assign, assignment]


def notice_after_the_case() -> None:
    """Changes the case in one transaction, and puts its notice in the next."""
    tell, waiting, carry_out = actions._tell, [], acts.carry_out
    actions._tell = lambda _session, *facts: waiting.append(facts)

    def act(database: Database, app: Any, task: dict[str, Any]) -> None:
        carry_out(database, app, task)
        while waiting:
            with database.transaction() as session:
                tell(session, *waiting.pop())

    acts.carry_out = act


def no_try_before_the_work() -> None:
    """Counts a try only if Python raises an exception."""
    claim = inbox.claim

    def claim_without_noting(session: Session, **how: Any) -> inbox.Claim | None:
        with session.begin_nested() as noted:
            claimed = claim(session, **how)
            noted.rollback()
        return replace(claimed, tries=claimed.tries - 1) if claimed else None

    inbox.claim = claim_without_noting


def no_try_before_a_notice_is_written() -> None:
    begin = unwritten_notices.begin

    def begin_without_noting(session: Session, due: Any, **how: Any) -> dict[int, int]:
        with session.begin_nested() as noted:
            tries = begin(session, due, **how)
            session.flush()
            noted.rollback()
        return {row_id: count - 1 for row_id, count in tries.items()}

    unwritten_notices.begin = begin_without_noting


def what_was_tried_goes_together() -> None:
    """Lets events that shared a transaction with a harmful one share the next with it, too."""
    find_tried = inbox._find_tried

    def find_all_tried(session: Session, most: int) -> inbox.Claim | None:
        claim = find_tried(session, most)
        if claim is None or not claim.event_ids:
            return claim
        same = select(InboxEvent.id).where(
            InboxEvent.state == EventState.NEW, InboxEvent.tries == claim.tries - 1
        )
        return inbox.Claim(tuple(session.scalars(same)), claim.tries)

    inbox._find_tried = find_all_tried  # type: ignore[assignment]


BUGS: dict[str, Bug] = {
    "ack before commit": Bug(("web",), wsgi=ack_before_commit),
    "no deduplication of events": Bug(("web",), keep_each_delivery),
    "event done before the work": Bug(("work",), done_before_the_work),
    "event done after the work": Bug(("work",), done_after_the_work),
    "call inside the transaction": Bug(("pack", "settle"), call_inside_the_transaction),
    "new retry key for each try": Bug(("pack", "settle"), new_key_for_each_try),
    "push what was perhaps replied": Bug(("pack", "settle"), push_what_was_perhaps_replied),
    "row before bytes": Bug(("keep",), row_before_bytes),
    "notice after the case": Bug(("act",), notice_after_the_case),
    "no try before the work": Bug(("harm",), no_try_before_the_work),
    "no try before a notice is written": Bug(("harm",), no_try_before_a_notice_is_written),
    "what was tried goes together": Bug(("harm",), what_was_tried_goes_together),
}
