"""Tests that a NUL in what LINE sends costs no resident their answer, on either database."""

import json
from typing import Any

from sqlalchemy import select

from store.cases.models import Case
from store.messaging.models import InboxEvent
from store.residents.models import Conversation
from tests.stories.scenes import friend, texts
from tests.stories.test_webhook import an_event, body_of, post
from tests.town import Town

NUL = "\x00"


def test_a_text_with_a_nul_is_kept_and_answered(town: Town) -> None:
    phone = friend(town)
    event = an_event(
        message={"type": "text", "id": "1", "text": f"ไฟถนน{NUL}หน้าบ้าน{NUL}ดับค่ะ"},
        source={"type": "user", "userId": phone.id},
    )
    assert post(town, body_of(event)) == 200
    town.settle()
    with town.database.reading() as session:
        assert [row.state for row in session.scalars(select(InboxEvent)) if row.event_id == "01EVENT"] == [
            "done"
        ]
        assert session.scalars(select(Conversation)).one().service == "street_light"
    assert texts(phone)


def test_nul_anywhere_in_an_event_leaves_nothing_dead(town: Town) -> None:
    source = {"type": "user", "userId": "U" + "a" * 32}
    events: list[dict[str, Any]] = [
        an_event("1", source=source, postback={"data": f"do=open&s={NUL}"}, type="postback"),
        an_event("2", source=source, message={"type": "file", "id": "9", "fileName": f"a{NUL}.pdf", "fileSize": 4}),
        an_event(
            "3", source=source,
            message={"type": "location", "id": "8", "title": NUL, "address": NUL, "latitude": 16, "longitude": 102},
        ),
        an_event("4", source={"type": "user", "userId": f"U{NUL}" + "a" * 31}),
        an_event("5", source=source, **{f"key{NUL}": NUL}),
        an_event(f"6{NUL}", source=source),
    ]  # fmt: skip
    for event in events:
        assert post(town, body_of(event)) == 200
    town.settle()
    with town.database.reading() as session:
        states = [row.state for row in session.scalars(select(InboxEvent))]
        assert set(states) == {"done"}
        assert len(states) >= len(events)
        assert NUL not in json.dumps([case.answers for case in session.scalars(select(Case))])


def test_an_address_with_a_nul_is_refused_kindly(town: Town) -> None:
    for address in ("/announcements?before=%00", "/photos/%00/full.jpg", "/%00", "/announcements?%00=1"):
        answer = town.web.get(address)
        assert answer.status_code == 400, address
        assert "อักขระ" in answer.text
