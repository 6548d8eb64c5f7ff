"""Tests that any signed body is acknowledged and processed, and that a resident in a request gets one answer."""

import copy
import itertools
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.handlers.taps import IN_CONVERSATION, ON_CASE
from line_simulator.residents import Resident as Phone
from store.cases.models import Case
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import MessageState
from store.residents.models import Conversation
from tests.pure.strategies import hard_texts
from tests.stories.scenes import a_case_of, friend, texts
from tests.stories.test_webhook import an_event, body_of, post, work
from tests.town import TOKEN, Town
from tests.waiting import PATIENCE_SECONDS

# Few, because each writes to a database; `max_examples=250` was tried on both.
IN_A_TOWN = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ON_SQLITE = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)
SOURCE = {"type": "user", "userId": "U" + "a" * 32}
MESSAGES: list[dict[str, Any]] = [
    {"type": "text", "id": "1", "text": "ไฟถนนดับ", "quoteToken": "q", "emojis": [{"index": 0, "length": 1}]},
    {"type": "image", "id": "2", "contentProvider": {"type": "line"}, "imageSet": {"id": "E", "total": 2}},
    {"type": "file", "id": "3", "fileName": "สำเนา.pdf", "fileSize": 4},
    {"type": "location", "id": "4", "title": "ตลาด", "address": "ถนน", "latitude": 16.4, "longitude": 102.8},
    {"type": "sticker", "id": "5", "packageId": "1", "stickerId": "2", "stickerResourceType": "STATIC"},
    {"type": "audio", "id": "6", "duration": 60_000, "contentProvider": {"type": "line"}},
]
EVENTS = [
    *(an_event(type="message", message=message) for message in MESSAGES),
    an_event(
        type="postback", postback={"data": "do=answer&c=1&q=danger&v=no", "params": {"date": "2026-11-30"}}
    ),
    an_event(type="postback", postback={"data": "do=open&s=street_light"}),
    an_event(type="follow", follow={"isUnblocked": False}),
    an_event(type="unfollow"),
    an_event(type="unsend", unsend={"messageId": "2"}),
    an_event(type="join", source={"type": "group", "groupId": "C" + "b" * 32}),
    an_event(type="accountLink", link={"result": "ok", "nonce": "n"}),
]
DEEP: Any = {"x": 1}
for _ in range(28):
    DEEP = [DEEP]
ODD: st.SearchStrategy[Any] = (
    st.sampled_from([None, True, -1, 2**70, 1e308, [], {}, DEEP, "image", "U", "\x00", "ก" * 70_000])
    | hard_texts
)
SPOILS = st.lists(
    st.tuples(st.integers(0, 99), st.sampled_from(["drop", "put", "put", "add"]), ODD), max_size=4
)
numbers = itertools.count()


def spoiled(event: dict[str, Any], spoils: list[tuple[int, str, Any]]) -> dict[str, Any]:
    """Returns the event with some fields missing, some of any type, and some new."""
    event = copy.deepcopy(event) | {"webhookEventId": f"01{next(numbers)}"}
    for place, act, odd in spoils:
        fields = [(owner, name) for owner in _parts(event) for name in owner]
        owner, name = fields[place % len(fields)]
        if act == "drop":
            del owner[name]
        else:
            owner[name if act == "put" else f"new {place}"] = odd
    return event


def _parts(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [
        *([value] if isinstance(value, dict) and value else []),
        *(p for each in inner for p in _parts(each)),
    ]


def unfinished(town: Town) -> list[tuple[str, str | None]]:
    with town.database.reading() as session:
        rows = session.scalars(
            select(InboxEvent).where((InboxEvent.state != "done") | (InboxEvent.tries > 1))
        )
        return [(row.state, row.error) for row in rows]


def refusals(town: Town) -> list[str]:
    """Returns LINE's objections to the waiting answers, which are not sent because their tokens are invented."""
    headers, address = {"Authorization": f"Bearer {TOKEN}"}, town.settings.line_api_url
    with town.database.transaction() as session:
        rows = list(session.scalars(select(OutboxRow).where(OutboxRow.state == "ready")))
        answers = [row.messages for row in rows if row.messages is not None]
        for row in rows:
            row.state, row.messages = MessageState.DROPPED, None
    said = [
        requests.post(
            f"{address}/v2/bot/message/validate/reply",
            json={"messages": m},
            headers=headers,
            timeout=PATIENCE_SECONDS,
        )
        for m in answers
    ]
    return [answer.text for answer in said if answer.status_code != 200]


@given(st.lists(st.tuples(st.sampled_from(EVENTS), SPOILS), min_size=1, max_size=4))
@IN_A_TOWN
def test_any_body_is_acknowledged_and_worked_on_and_never_ends_in_an_error(
    town: Town, batch: list[tuple[dict[str, Any], list[tuple[int, str, Any]]]]
) -> None:
    assert post(town, body_of(*(spoiled(event, spoils) for event, spoils in batch))) == 200
    work(town)
    assert unfinished(town) == []
    assert refusals(town) == []


def in_the_middle(town: Town, name: str) -> tuple[Phone, int, int]:
    """Returns a resident who was just asked for a place, and the numbers of that request and of a case."""
    phone = friend(town, name)
    case_id = a_case_of(town, phone)
    for words in ("ไฟถนนหน้าบ้านดับค่ะ มืดมาก", "ไม่มี"):
        phone.says(words)
        town.settle()
    with town.database.reading() as session:
        latest = select(Conversation.id).order_by(Conversation.id.desc()).limit(1)
        return phone, session.scalars(latest).one(), case_id


def steps(town: Town) -> list[tuple[Any, ...]]:
    with town.database.reading() as session:
        requests_ = session.scalars(select(Conversation).order_by(Conversation.id)).all()
        cases = session.scalars(select(Case).order_by(Case.id)).all()
        return [(r.id, r.answers, r.ended_as, r.case_id) for r in requests_] + [
            (c.id, c.version) for c in cases
        ]


DOS = [*IN_CONVERSATION, *ON_CASE, "pressed", "topic", "", "DROP"]
ANY_TAP = st.builds(
    lambda do, number, value: f"do={do}&c={number}&case={number}&b={number}&n=1&q={value}&v={value}",
    st.sampled_from(DOS) | hard_texts,
    st.sampled_from(["", "0", "-1", "๑", "1e3", "9" * 30, "1 OR 1=1", "\x00"]),
    st.sampled_from(["place", "%00", "%E0%B8", "&&==", "do=send"]) | hard_texts,
)


@ON_SQLITE
def test_no_button_that_is_not_theirs_moves_anybody_and_each_has_an_answer(town: Town) -> None:
    somsri, *_ = in_the_middle(town, "สมศรี")
    _, their_request, their_case = in_the_middle(town, "มานี")
    before = steps(town)

    def tap(data: str) -> None:
        seen = len(texts(somsri))
        data = data.encode("utf-8", "replace").decode()[:300]
        somsri.taps_action({"type": "postback", "label": "x", "data": data})
        town.settle()
        assert len(texts(somsri)) > seen
        assert steps(town) == before
        assert unfinished(town) == []

    for do in DOS:
        tap(f"do={do}&c={their_request}&case={their_case}&q=place&v=no")
    given(ANY_TAP | hard_texts.filter(bool))(settings(IN_A_TOWN, max_examples=25)(tap))()


@ON_POSTGRESQL
@given(hard_texts.filter(lambda text: bool(text.strip())))
@IN_A_TOWN
def test_any_words_have_an_answer_that_line_takes(town: Town, words: str) -> None:
    resident = f"U{next(numbers):032x}"
    for said in ("ไฟถนนหน้าบ้านดับค่ะ มืดมาก", words, "ไม่มี", words):
        text = {"type": "text", "id": "1", "text": said}
        event = an_event(f"02{next(numbers)}", message=text, source={"type": "user", "userId": resident})
        assert post(town, body_of(event)) == 200
        work(town)
    assert unfinished(town) == []
    assert refusals(town) == []
