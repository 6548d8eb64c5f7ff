"""Tests that operators see no personal data and no secret in logs, errors, metrics and health, by canaries."""

import json
import logging
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import time_machine
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.worker.pools import repeat
from deploy.web import create_app
from line_simulator.residents import Resident as Phone
from store.cases.models import Case
from store.clock import now
from store.database.encryption import NewValue, new_row_key
from store.database.engine import Database
from store.logs import OURS, failure_fields
from store.messaging.models import InboxEvent, OutboxRow
from store.residents.models import Conversation, Resident
from store.settings import StoreSettings
from tests.clerk import PASSWORD
from tests.conftest import KEY
from tests.processes import answers, processes
from tests.stories.transcripts import PDF, Stage, Story
from tests.town import SECRET, SECRET_KEY, TOKEN, Town, open_town
from tests.waiting import PATIENCE_SECONDS, wait_until

NAME, PHONE, CITIZEN_ID = "นางกนกนารี วิหคเหิน", "0891239876", "1103702912344"
MAIL, HOUSE, PLACE, SUBJECT = "canary.nok@example.com", "987/65 หมู่ 4 ซอยนกกระจิบ", "ศาลานกขมิ้น", "เรื่องนกคีรีบูน"
TYPED_PASSWORD, FILE_NAME, NOTE = "รหัสผ่าน Kanari#2569", "สำเนาบัตรกนกนารี.pdf", "หมายเหตุถึงนกคีรีบูน"
LATITUDE, LONGITUDE = 16.437651, 102.823459
CANARIES = (
    NAME, "กนกนารี", PHONE, "089-123-9876", CITIZEN_ID, "1-1037-02912-34-4", MAIL, HOUSE, "นกกระจิบ", PLACE,
    SUBJECT, "นกคีรีบูน", TYPED_PASSWORD, "Kanari#2569", FILE_NAME, NOTE, str(LATITUDE), str(LONGITUDE),
    SECRET, TOKEN, SECRET_KEY, PASSWORD, KEY.decode(), b64encode(KEY).decode(),
)  # fmt: skip

REPORT = f"""
resident  says    {TYPED_PASSWORD}
resident  says    {SUBJECT}
resident  says    ยกเลิก
resident  says    คำร้อง
resident  taps    สวัสดิการ
resident  says    {SUBJECT}
resident  says    {SUBJECT} {PHONE} {CITIZEN_ID}
resident  pins    {PLACE}
resident  sends   a broken photo
resident  sends   a photo
""".strip()
PARTICULARS = f"""
resident  says    {NAME}
resident  says    {PHONE}
resident  says    1234567890123
resident  says    {CITIZEN_ID}
resident  says    {HOUSE}
resident  says    {MAIL}
""".strip()
SENDING = """
resident  taps    60 ปีขึ้นไป
resident  taps    ข้าม
resident  taps    ขอรับรองว่าจริง
resident  taps    ส่งเรื่อง
""".strip()
HANDLING = f"""
officer   does    accept
officer   does    ask: {NOTE}
resident  says    {SUBJECT}
officer   does    finish: {NOTE}
time      passes  20 minutes
""".strip()


def play(stage: Stage, lines: str) -> None:
    stage.play(Story("canaries", "whole life", list(enumerate(lines.splitlines()))))


def live_a_life(town: Town) -> Stage:
    """Plays a request with a canary in every field, from the first word to the officer's last."""
    stage = Stage(town)
    play(stage, REPORT)
    phone = stage.residents["resident"]
    phone.sends_file(FILE_NAME, PDF)
    town.settle()
    for lines in (PARTICULARS, SENDING, HANDLING):
        play(stage, lines)
    phone.sends_place(LATITUDE, LONGITUDE, PLACE, HOUSE)
    town.settle()
    return stage


@pytest.fixture
def overheard(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> "Overheard":
    for name in OURS:
        caplog.set_level(logging.DEBUG, logger=name)
    return Overheard(caplog, capsys)


class Overheard:
    """Collects everything that was logged or printed, so far."""

    def __init__(self, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
        self._caplog, self._capsys, self.printed = caplog, capsys, ""

    def text(self) -> str:
        out, err = self._capsys.readouterr()
        self.printed += out + err
        records = [
            f"{vars(r)} {r.getMessage()} {r.exc_text}"
            for r in self._caplog.records
            if r.name.startswith(OURS)
        ]
        return "\n".join([*records, readable(self.printed)])

    def sentences(self) -> set[str]:
        return {record.getMessage() for record in self._caplog.records if record.name.startswith(OURS)}


def readable(printed: str) -> str:
    """Returns the text with its JSON lines unescaped: a search for Thai would find nothing in them."""
    return "\n".join(_unescaped(line) for line in printed.splitlines())


def _unescaped(line: str) -> str:
    try:
        return json.dumps(json.loads(line), ensure_ascii=False)
    except ValueError:
        return line


def found_in(text: str, *more: str) -> list[str]:
    return [canary for canary in (*CANARIES, *more) if canary in text]


def secrets_of(town: Town) -> list[str]:
    """Returns LINE's ids of the residents, and every reply token that was ever handed out."""
    ids = list(town.simulator.residents)
    webhooks = [entry["request"] for entry in town.simulator.log.after(0) if entry["direction"] == "webhook"]
    events = [event for body in webhooks if isinstance(body, dict) for event in body["events"]]
    return ids + [event["replyToken"] for event in events if "replyToken" in event]


def test_a_whole_life_leaves_nothing_of_it_in_the_logs(town: Town, overheard: Overheard) -> None:
    stage = live_a_life(town)
    with town.database.reading() as session:
        case = session.scalars(select(Case)).one()
        assert (case.status, NAME in str(case.answers), FILE_NAME in str(case.answers)) == (
            "done",
            True,
            False,
        )
    clerk = stage.clerks["officer"]
    assert NAME in clerk.page(f"/cases/{case.id}")
    assert found_in(overheard.text(), *secrets_of(town)) == []
    assert overheard.sentences() >= {"sent", "file refused"}


def listen_wrongly(session: Session) -> None:
    for resident in session.scalars(select(Resident)):
        resident.listening = {"for": "answer", "case": 1, "until": NAME}


def break_what_is_kept(town: Town, phone: Phone) -> None:
    """Stores what no code of ours writes, so that what this resident sends now fails again and again, quoting it."""
    with town.database.transaction() as session:
        session.execute(update(Conversation).values(ended_as="cancelled"))
        listen_wrongly(session)
    phone.sends_place(LATITUDE, LONGITUDE, PLACE, HOUSE)
    for _ in range(6):
        town.wait(minutes=1)
    with town.database.transaction() as session:
        session.execute(update(Resident).values(listening=None))


def test_failures_say_what_kind_and_where_and_nothing_about_whom(town: Town, overheard: Overheard) -> None:
    stage = Stage(town)
    play(stage, REPORT)
    phone = stage.residents["resident"]
    break_what_is_kept(town, phone)
    for fault in ("400", "500", "429_rate", "401"):
        town.simulator.faults.turn(api_status=fault, count=1)
        phone.says(f"{SUBJECT} {fault}")
        town.wait(minutes=2)
    town.simulator.faults.turn(content_status="404", count=9)
    phone.sends_photos([b"unseen"])
    for _ in range(5):
        town.wait(minutes=2)
    fail_a_step()
    with town.database.reading() as session:
        dead = set(session.scalars(select(InboxEvent.error).where(InboxEvent.state == "dead")))
        errors = set(session.scalars(select(OutboxRow.error)))
    assert dead
    assert overheard.sentences() >= {"event failed", "LINE refused a message", "step failed"}
    assert found_in(f"{overheard.text()} {dead} {errors}", *secrets_of(town)) == []


def fail_a_step() -> None:
    stop = threading.Event()

    def step() -> bool:
        stop.set()
        raise ValueError(f"{NAME} {PHONE}")

    repeat(step, stop)


def test_pages_of_errors_figures_and_health_show_nobody(town: Town, overheard: Overheard) -> None:
    stage = live_a_life(town)
    clerk = stage.clerks["officer"]
    with town.database.transaction() as session:
        case = session.scalars(select(Case)).one()
        case.answers = [{"odd": NAME}]
    answers = [
        clerk.client.get(f"/cases/{case.id}"),
        clerk.client.get(f"/{NAME}/{PHONE}"),
        clerk.client.post(f"/cases/{case.id}/accept", data={"note": NAME}),
        clerk.client.post("/sign-out", data={"csrf_token": TYPED_PASSWORD}),
        clerk.client.delete("/", data={"note": NAME}),
        town.web.get("/metrics"),
        town.web.get("/readyz"),
        town.web.post("/line/webhook", data=f'{{"events": "{NAME}"}}', headers={"x-line-signature": TOKEN}),
        town.web.get(f"/photos/{PHONE}/full.jpg"),
        town.console().test_client().get("/readyz"),
        fail_inside(town),
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [500, 404, 400, 400, 405, 200, 503, 400, 404, 503, 500]
    told = "\n".join(answer.get_data(as_text=True) + str(answer.headers) for answer in answers)
    assert found_in(told, *secrets_of(town)) == []
    assert found_in(overheard.text(), *secrets_of(town)) == []
    assert "failure" in overheard.sentences()


def fail_inside(town: Town) -> Any:
    """Lets the web process meet an error that nobody foresaw, and returns its answer."""
    app = create_app(town.settings)
    with app.test_request_context("/line/webhook", method="POST"):
        answer = app.make_response(app.handle_user_exception(ValueError(f"{NAME} {TOKEN}")))
    app.extensions["webhook"].database.close()
    return answer


def test_a_password_typed_into_the_wrong_field_is_not_written_down(town: Town, overheard: Overheard) -> None:
    client = town.console().test_client()
    token = client.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    for username, password in ((TYPED_PASSWORD, ""), ("malee", TYPED_PASSWORD), (NAME, PHONE)):
        form = {"username": username, "password": password, "csrf_token": token}
        assert client.post("/sign-in", data=form).status_code == 401
    assert found_in(overheard.text()) == []


def test_errors_of_the_database_do_not_quote_what_was_to_be_written(database: Database) -> None:
    row_key = new_row_key()
    body = NewValue({"text": PHONE}, row_key)
    row = {"event_id": "1", "lane": NAME, "row_key": row_key, "body_sealed": body, "state": "new", "tries": 0}
    times = {"occurred_at": now(), "arrived_at": now()}
    with pytest.raises(IntegrityError) as raised, database.transaction() as session:
        session.execute(insert(InboxEvent), [{**row, **times}, {**row, **times}])
    assert found_in(str(raised.value)) == []
    assert found_in(str(failure_fields(raised.value))) == []


@pytest.fixture
def busy_town(store_settings: StoreSettings, database: Database) -> Iterator[Town]:
    """Opens a town that goes by the clock on the wall, because other processes live by it."""
    with (
        time_machine.travel(now(), tick=True) as clock,
        open_town(store_settings, database, clock) as town,
    ):
        yield town


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
def test_the_processes_print_nothing_about_anybody(busy_town: Town, tmp_path: Path) -> None:
    town = busy_town
    stage = live_a_life(town)
    case_id, cookie = spoil_the_case(town, stage)
    with processes(town, tmp_path) as (web, console):
        break_and_write(town, stage.residents["resident"])
        wait_until(
            lambda: has_failed_once(town) and answers(web) and answers(console),
            what="a failure in the worker, and answers of web and console",
        )
        for address, status in (
            (f"{web}/photos/{NAME}/full.jpg?{PHONE}", 404),
            (f"{web}/line/webhook/{NAME}", 404),
            (f"{web}/metrics", 200),
            (f"{console}/cases/{case_id}?number={PHONE}", 500),
            (f"{console}/{NAME}", 404),
        ):
            answer = requests.get(address, cookies={"staff": cookie}, timeout=PATIENCE_SECONDS)
            assert answer.status_code == status, address
    printed = {path.stem: path.read_text("utf-8") for path in tmp_path.glob("*.log")}
    assert ("event failed" in printed["worker"], "failure" in printed["console"]) == (True, True)
    assert found_in(readable("\n".join(printed.values())), *secrets_of(town), cookie) == []


def spoil_the_case(town: Town, stage: Stage) -> tuple[int, str]:
    """Makes the page of the case fail from now on; returns its id and the cookie of an officer who may open it."""
    with town.database.transaction() as session:
        case = session.scalars(select(Case)).one()
        case.answers = [{"odd": NAME}]
    cookie = stage.clerks["officer"].client.get_cookie("staff")
    assert cookie is not None
    return case.id, cookie.value


def break_and_write(town: Town, phone: Phone) -> None:
    with town.database.transaction() as session:
        listen_wrongly(session)
    phone.sends_place(LATITUDE, LONGITUDE, PLACE, HOUSE)
    assert town.simulator.deliver_webhooks() == [200]


def has_failed_once(town: Town) -> bool:
    with town.database.reading() as session:
        return session.scalars(select(InboxEvent.id).where(InboxEvent.error.is_not(None))).first() is not None
