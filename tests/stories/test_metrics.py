"""Tests metrics: they agree with what happened, in every process alike, and are not public."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from deploy.web import create_app
from staff_console.settings import ConsoleSettings
from staff_console.web import create_app as create_console
from store.cases.workflows import Status
from store.clock import now
from store.database.engine import Database
from store.operations.heartbeats import beat
from store.operations.metrics import exposition, is_bearer, is_this_machine, open_registry
from store.quota.usage import note_reading
from store.settings import StoreSettings
from tests.conftest import settings_for
from tests.stories.scenes import HELLO, a_case_of, friend, rows, tell
from tests.town import SECRET_KEY, Town

METRICS_TOKEN = "a-token-for-the-monitor"
BEARER = {"Authorization": f"Bearer {METRICS_TOKEN}"}


def figures(text: str) -> dict[str, float]:
    """Returns `name{label=value,…}` and the number, as a monitor reads them; each figure names the municipality."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert sample.labels.pop("municipality") == "demo"
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            name = sample.name.removeprefix("tessaban_")
            found[f"{name}{{{labels}}}" if labels else name] = sample.value
    return found


def of(town: Town) -> dict[str, float]:
    return figures(town.web.get("/metrics").text)


def test_an_empty_town_has_figures_too(town: Town) -> None:
    assert of(town) == {
        "database_up": 1,
        "inbox_waiting": 0,
        "inbox_oldest_seconds": 0,
        "outbox_waiting": 0,
        "outbox_oldest_seconds": 0,
        "inbox_dead": 0,
        "outbox_dead": 0,
        "events_acknowledged_total": 0,
    }


def test_replies_are_free_and_pushes_billed(town: Town) -> None:
    phone = friend(town)
    phone.says(HELLO)
    town.settle()
    tell(town, phone, "หนึ่ง", "สอง")
    town.settle()
    seen = of(town)
    assert seen["requests_total{by=reply,cost=free,outcome=accepted}"] == 2
    assert seen["requests_total{by=push,cost=billed,outcome=accepted}"] == town.simulator.quota.used == 1
    assert seen["events_acknowledged_total"] == 2


def test_what_line_refuses_is_dead_and_costs_nothing(town: Town) -> None:
    phone = friend(town)
    tell(town, phone, "หนึ่ง")
    town.simulator.faults.turn(api_status="400", count=1)
    town.settle()
    seen = of(town)
    assert [row.state for row in rows(town)][-1] == "dead"
    assert seen["outbox_dead"] == seen["requests_total{by=push,cost=free,outcome=failed}"] == 1


def test_a_backlog_shows_its_length_and_age(town: Town) -> None:
    phone, began = friend(town), now()
    town.simulator.add_resident("นก").follows()
    town.simulator.deliver_webhooks()
    tell(town, phone, "คำตอบ")
    town.clock.shift(timedelta(minutes=3))
    seen = of(town)
    assert (seen["inbox_waiting"], seen["outbox_waiting"]) == (1, 1)
    most = (now() - began).total_seconds()
    assert 180 <= seen["inbox_oldest_seconds"] <= most
    assert 180 <= seen["outbox_oldest_seconds"] <= most


def test_cases_are_counted_by_department_and_day(town: Town) -> None:
    phone = friend(town)
    a_case_of(town, phone)
    a_case_of(town, phone, Status.DONE)
    assert of(town)["cases_open{department=engineering}"] == 1
    assert "cases_overdue{department=engineering}" not in of(town)
    town.clock.shift(timedelta(days=30))
    assert of(town)["cases_overdue{department=engineering}"] == 1


def test_files_and_heartbeats_are_counted(town: Town) -> None:
    phone = friend(town)
    phone.sends_photos([b"not a photo"])
    town.settle()
    with town.database.transaction() as session:
        beat(session, "worker")
    town.clock.shift(timedelta(seconds=90))
    seen = of(town)
    assert seen["files{state=refused}"] == 1
    assert seen["heartbeat_age_seconds{name=worker}"] == pytest.approx(90, abs=5)


def test_the_months_messages_are_told_once_line_has_told_them(town: Town) -> None:
    phone = friend(town)
    town.simulator.quota.set(limit=300, used=150)
    with town.database.transaction() as session:
        note_reading(session, most=300, used=150)
    tell(town, phone, "ข่าว")
    town.settle()
    seen = {name: count for name, count in of(town).items() if name.startswith("line_quota")}
    assert seen.pop("line_quota_forecast") == pytest.approx(151 * 30 / 19.42, abs=1)
    assert seen == {
        "line_quota_messages": 300,
        "line_quota_used": 151,
        "line_quota_left": 149,
        "line_quota_others": 150,
        "line_quota_dropped": 0,
    }


def test_without_a_limit_there_is_no_figure_for_it_and_a_lower_one_shows(town: Town) -> None:
    with town.database.transaction() as session:
        note_reading(session, most=None, used=5)
    assert "line_quota_messages" not in of(town)
    assert (of(town)["line_quota_used"], of(town)["line_quota_dropped"]) == (5, 0)
    with town.database.transaction() as session:
        note_reading(session, most=300, used=5)
    assert of(town)["line_quota_dropped"] == 1


def test_two_processes_tell_the_same(town: Town) -> None:
    friend(town)
    other = create_app(town.settings)
    assert figures(other.test_client().get("/metrics").text) == pytest.approx(of(town), abs=5)
    other.extensions["webhook"].database.close()


def test_a_database_that_is_away_is_a_figure_as_well(tmp_path: Path) -> None:
    database = Database(settings_for(f"sqlite:///{tmp_path}/no-tables.db", tmp_path))
    assert figures(exposition(open_registry(database, "demo")).decode()) == {"database_up": 0}
    database.close()


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.7", {}, 404),
        ("10.0.0.5", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, 404),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.7"}, 404),
        ("127.0.0.1", {"X-Real-IP": "203.0.113.7"}, 404),
        ("203.0.113.7", BEARER, 404),
        ("203.0.113.7", {"Authorization": "Bearer "}, 404),
    ],
)
def test_without_a_token_only_this_machine_sees_them(
    town: Town, peer: str, headers: dict[str, str], status: int
) -> None:
    answer = town.web.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == status


@pytest.fixture
def web_with_token(town: Town) -> Iterator[FlaskClient]:
    app = create_app(replace(town.settings, metrics_token=METRICS_TOKEN))
    yield app.test_client()
    app.extensions["webhook"].database.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (BEARER, 200),
        ({}, 404),
        ({"Authorization": f"Bearer {METRICS_TOKEN}x"}, 404),
        ({"Authorization": METRICS_TOKEN}, 404),
        ({"Authorization": "Bearer é"}, 404),
    ],
)
def test_with_a_token_only_who_has_it_sees_them(
    web_with_token: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert web_with_token.get("/metrics", headers=headers).status_code == status


@pytest.fixture
def console(store_settings: StoreSettings) -> Iterator[Flask]:
    app = create_console(ConsoleSettings(store_settings, SECRET_KEY, metrics_token=METRICS_TOKEN))
    yield app
    app.extensions["context"].database.close()


def test_at_the_console_the_token_opens_the_figures_and_nothing_else(console: Flask) -> None:
    client = console.test_client()
    assert 'tessaban_database_up{municipality="demo"} 1.0' in client.get("/metrics", headers=BEARER).text
    assert client.get("/metrics").status_code == 303
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 303
    for address in ("/", "/dead-letters", "/staff", "/cases/1", "/counts"):
        assert client.get(address, headers=BEARER).status_code == 303, address


def test_at_the_console_being_on_this_machine_is_not_enough(town: Town) -> None:
    client = town.console().test_client()
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 303


def test_no_token_opens_nothing() -> None:
    assert not is_bearer("Bearer ", "")
    assert not is_bearer("", "")
    assert [is_this_machine(peer) for peer in (None, "", "localhost", "unix:", "127.9.9.9")] == [
        False
    ] * 4 + [True]
