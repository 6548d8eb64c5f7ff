"""Provides a chat with the bot's handlers, without webhook and delivery, whose messages can be taken back."""

import json
import re
from typing import Any

from sqlalchemy.orm import Session

from bot.context import AppContext
from bot.conversations.drafts import Asking, next_turn
from bot.handlers import handle
from bot.handlers.event_context import EventContext
from bot.line.events import Event, Tap
from bot.line.messages import Message, render
from store.cases.actions import cases_of
from store.clock import now
from store.residents.conversations import find_open
from store.residents.models import Resident
from store.services import Question
from store.services.answers.inputs import TypedText
from tests.builders import line_of

# Numbers of rows and codes differ between two tries that are the same otherwise.
CHANGING = re.compile(r"(?<=[?&]c=)\d+|(?<=[?&]case=)\d+|\b[A-Z]{2}\d\d-[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]\b")


class Chat:
    """One resident's chat with the bot's handlers, over a session whose changes can be undone."""

    def __init__(self, session: Session, app: AppContext, resident: Resident) -> None:
        self.session, self.app, self.resident = session, app, resident

    def send(self, what: TypedText | Tap) -> list[Message]:
        typed = isinstance(what, TypedText)
        event = Event(what, now(), "U1", reply_token="r", message_id="501" if typed else None)
        running = find_open(self.session, self.resident)
        return render(
            handle(EventContext(self.session, self.app, line_of(self.resident), event, now(), running))
        )

    def facts(self) -> Any:
        """Returns what a message can change, without the numbers of rows."""
        self.session.flush()
        row = find_open(self.session, self.resident)
        request = (row.service, row.answers, row.editing) if row else None
        cases = [
            (case.status, case.confirmed_at, case.stars) for case in cases_of(self.session, self.resident)
        ]
        return request, cases, self.resident.language

    def undone(self, what: TypedText | Tap) -> tuple[str, Any]:
        """Returns the answer and what it changed, and takes everything back."""
        with self.session.begin_nested() as nested:
            answer, facts = self.send(what), self.facts()
            nested.rollback()
        self.session.expire_all()
        return CHANGING.sub("", json.dumps(answer, ensure_ascii=False)), facts

    def open_question(self) -> tuple[str, Question] | None:
        """Returns the open question with the name of its service, if a request asks one."""
        row = find_open(self.session, self.resident)
        event = Event(TypedText(""), now(), "U1")
        draft = EventContext(self.session, self.app, line_of(self.resident), event, now(), row).draft
        turn = next_turn(draft) if draft else None
        return (draft.service.name, turn.question) if draft and isinstance(turn, Asking) else None
