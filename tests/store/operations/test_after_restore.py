"""Tests that after a restore nothing in progress is sent, no stored session is valid, and damaged files are
reported.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.line.delivery import Sender
from bot.line.messaging_api import LineClient
from bot.worker.content_fetcher import Fetcher
from bot.worker.inbox_worker import Worker
from staff_console.settings import ConsoleSettings
from staff_console.web import create_app
from store.broadcasts.models import Mailing, StopReason
from store.broadcasts.models import Tester as Colleague
from store.cases.models import Case
from store.clock import now
from store.database.engine import Database
from store.files import lifecycle
from store.files.media import Media
from store.files.models import File
from store.jobs.models import Job
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import Reason
from store.operations import dead_letters
from store.operations.after_restore import BECOMES
from store.operations.archive import BadBackup
from store.operations.backup import Report, back_up, restore
from store.operations.copying import one_look, tables_in, write_rows
from store.operations.heartbeats import is_alive
from store.operations.tables import TABLES
from store.staff.models import PressedForm, SignInStreak, Staff, StaffSession
from tests.builders import an_officer
from tests.clerk import PASSWORD, Clerk, a_clerk
from tests.full_town import WAITING_WORDS, fill
from tests.stories.press import another_mailer
from tests.stories.scenes import friend, texts
from tests.stories.transcripts import Stage, Story, read_stories
from tests.town import SECRET_KEY, TOKEN, Town, photo

STORIES = [story for story in read_stories() if story.service == "street_light"][:2]
TO_ANYBODY = (
    "/v2/bot/message/reply",
    "/v2/bot/message/push",
    "/v2/bot/message/multicast",
    "/v2/bot/message/broadcast",
)


class Restored:
    """Represents a restored backup in a place of its own, which talks to the same LINE."""

    def __init__(self, town: Town, folder: Path, backup: Path) -> None:
        self.town = town
        self.database = Database(replace(town.settings.store, database_url=f"sqlite:///{folder}/other.db"))
        self.media = Media(str(folder / "other-media"), self.database.cipher)
        self.report: Report | None = None
        self.backup = backup

    def restore(self, *, key: bytes | None = None, without_damaged: bool = False) -> Report:
        self.report = restore(
            self.database, self.media, self.backup, key=key, without_damaged=without_damaged
        )
        return self.report

    def works(self) -> None:
        """Runs worker, sender, fetcher and mailer, as after a start, until nothing more happens."""
        town, settings = self.town, self.town.settings
        line = LineClient(settings.line_api_url, settings.line_api_data_url, TOKEN)
        app = replace(town.app, media=self.media)
        steps = (
            Worker(self.database, app).work_once,
            Sender(self.database, app, settings, line).deliver_once,
            Fetcher(self.database, app, line).fetch_once,
            another_mailer(town, database=self.database).mail_once,
        )
        while any(step() for step in steps):
            pass


@pytest.fixture
def elsewhere(town: Town, tmp_path: Path) -> Iterator[Restored]:
    place = Restored(town, tmp_path, tmp_path / "backup")
    yield place
    place.database.close()


def told(town: Town) -> int:
    """Counts the requests to LINE that send a message."""
    return sum(entry["path"] in TO_ANYBODY for entry in town.simulator.log.after(0))


def test_nothing_that_was_on_its_way_goes_out_by_itself(
    town: Town, elsewhere: Restored, tmp_path: Path
) -> None:
    fill(town, STORIES)
    back_up(town.database, town.app.media, tmp_path / "backup")
    # Photos that LINE does not have any more would cause notices of their own.
    town.simulator.faults.turn(content_status="404")
    before = told(town)
    report = elsewhere.restore()
    for hours in (0, 0, 1, 2, 24, 24):
        town.clock.shift(hours * 3600)
        elsewhere.works()
    assert told(town) == before
    town.simulator.faults.clear()
    with elsewhere.database.reading() as session:
        assert {row.state for row in session.query(OutboxRow)} <= {"sent", "dead", "dropped", "unreachable"}
        assert {event.state for event in session.query(InboxEvent)} <= {"done", "dead"}
        assert {file.state for file in session.query(File)} <= {"kept", "refused", "gone"}
        going = session.query(Mailing).where(Mailing.reason == StopReason.RESTORED).all()
        assert {mailing.state for mailing in going} == {"stopped"}
        assert len(going) == 2
        assert [(job.state, job.reason) for job in session.query(Job)] == [("failed", "restored")]
        assert not is_alive(session, "worker")
    assert "Nothing that was waiting goes out by itself" in " ".join(report.notes)
    assert any("A surge is running" in note for note in report.notes)
    assert any("The last case is 00" in note for note in report.notes)


def test_an_event_that_waited_stands_where_a_supervisor_decides(
    town: Town, elsewhere: Restored, tmp_path: Path
) -> None:
    phone = friend(town)
    phone.says(WAITING_WORDS)
    town.simulator.deliver_webhooks()
    back_up(town.database, town.app.media, tmp_path / "backup")
    # The original goes on: it answers the event, so the restored one must not answer it again.
    town.settle()
    answered = texts(phone)
    assert answered
    elsewhere.restore()
    elsewhere.works()
    assert texts(phone) == answered
    with elsewhere.database.transaction() as session:
        (event,) = dead_letters.unfinished_events(session)
        assert (event.is_dead, event.reason) == (True, Reason.RESTORED)
        boss = an_officer(session, town.app.municipality, role="supervisor", department=None)
        assert dead_letters.retry_event(session, boss, event.id)
    elsewhere.works()
    assert len(texts(phone)) > len(answered)


def test_news_and_a_receipt_that_waited_can_be_told_again_and_a_mere_answer_is_gone(
    town: Town, elsewhere: Restored, tmp_path: Path
) -> None:
    phone = friend(town)
    for said in ("ไฟถนนดับ", "ไม่มี", "หน้าวัด", "ข้าม", "สมศรี ใจดี", "0812345678"):
        phone.says(said)
        town.settle()
    phone.taps("ส่งเรื่อง")
    town.simulator.deliver_webhooks()
    while town.worker.work_once():
        pass
    back_up(town.database, town.app.media, tmp_path / "backup")
    elsewhere.restore()
    elsewhere.works()
    with elsewhere.database.transaction() as session:
        assert session.query(Case).count() == 1
        (row,) = session.query(OutboxRow).where(OutboxRow.state == "dead").all()
        assert (row.kind, row.must_arrive, row.reason) == ("reply", True, Reason.RESTORED)
        boss = an_officer(session, town.app.municipality, role="supervisor", department=None)
        assert dead_letters.retry_row(session, boss, row.id, dead_letters.LATE_AFTER, even_twice=True)
    elsewhere.works()
    assert "0001/2570" in texts(phone)[-1]


def test_a_file_that_was_wanted_is_fetched_and_its_loss_is_not_told(
    town: Town, elsewhere: Restored, tmp_path: Path
) -> None:
    phone = friend(town)
    phone.sends_photos([photo(), photo("green")])
    town.simulator.deliver_webhooks()
    while town.worker.work_once():
        pass
    back_up(town.database, town.app.media, tmp_path / "backup")
    elsewhere.restore()
    heard = len(texts(phone))
    town.simulator.faults.turn(content_status="404", count=1)
    for _ in range(12):
        elsewhere.works()
        town.clock.shift(120)
    with elsewhere.database.reading() as session:
        assert [file.state for file in session.query(File)] == ["kept", "kept"]
        assert {file.reason for file in session.query(File)} == {None}
    assert len(texts(phone)) == heard


def test_nobody_is_let_in_by_what_was_kept(town: Town, elsewhere: Restored, tmp_path: Path) -> None:
    clerk = a_clerk(town.console(), town.database, town.app.municipality)
    with town.database.transaction() as session:
        session.add(
            Colleague(
                name="มาลี",
                code="ทดสอบ123456",
                code_until=now(),
                invited_by_id=1,
                created_at=now(),
            )
        )
        session.add(SignInStreak(key="somebody", wrong=100, last_at=now()))
    back_up(town.database, town.app.media, tmp_path / "backup")
    report = elsewhere.restore()
    settings = replace(
        town.settings.store, database_url=elsewhere.database.engine.url.render_as_string(False)
    )
    console = create_app(ConsoleSettings(settings, SECRET_KEY))
    cookies = list((clerk.client._cookies or {}).values())
    client = console.test_client()
    for cookie in cookies:
        client.set_cookie(cookie.key, cookie.value)
    assert client.get("/").status_code == 303
    with elsewhere.database.reading() as session:
        assert session.query(StaffSession).count() == session.query(SignInStreak).count() == 0
        assert [tester.code for tester in session.query(Colleague)] == [None]
        assert all(person.password_is_initial for person in session.query(Staff))
    fresh = Clerk(console.test_client())
    page = fresh.client.get("/sign-in").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    form = {"username": "malee", "password": PASSWORD, "csrf_token": token}
    assert fresh.client.post("/sign-in", data=form).status_code == 303
    assert fresh.client.get("/").headers["Location"].endswith("/password")
    assert "1 members of staff must choose another password" in " ".join(report.notes)
    console.extensions["context"].database.close()


def test_it_is_said_of_every_table_what_becomes_of_it() -> None:
    """Checks that every table is in BECOMES; hold_back must handle a new table with work in progress."""
    assert BECOMES.keys() == TABLES.tables.keys()


# Files


@pytest.fixture
def backup(town: Town, tmp_path: Path) -> Path:
    """Backs up a town that has a case with two photos."""
    play = [
        "resident says ไฟถนนดับ",
        "resident taps ไม่มี",
        "resident pins หน้าวัด",
        "resident sends 2 photos",
        "resident says สมศรี ใจดี",
        "resident says 0812345678",
        "resident taps ส่งเรื่อง",
    ]
    fill_stage(town, play)
    back_up(town.database, town.app.media, tmp_path / "backup")
    return tmp_path / "backup"


def fill_stage(town: Town, lines: list[str]) -> None:
    Stage(town).play(Story("restore", "photos", list(enumerate(lines))))


def lose(file: Path) -> None:
    file.unlink()


def shorten(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def turn_a_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def exchange(file: Path) -> None:
    """Replaces a file of the backup, and its entry, by another intact file."""
    other = next(path for path in file.parent.iterdir() if path != file)
    shutil.copy(other, file)
    manifest = file.parents[1] / "manifest.json"
    listed = json.loads(manifest.read_text())
    listed["files"][file.name] = listed["files"][other.name]
    manifest.write_text(json.dumps(listed))


@pytest.mark.parametrize(
    ("harm", "why"),
    [(lose, "missing"), (shorten, "changed"), (turn_a_bit, "changed"), (exchange, "does not open")],
)
def test_a_file_that_is_not_as_it_was_is_named_and_nothing_is_written(
    backup: Path, elsewhere: Restored, harm: Callable[[Path], None], why: str
) -> None:
    harmed = sorted((backup / "media").iterdir())[0]
    harm(harmed)
    with pytest.raises(BadBackup) as refused:
        elsewhere.restore()
    said = str(refused.value)
    assert "1 files of this backup are damaged or missing" in said
    assert f"photo {harmed.name} of case 0001/2570: {why}" in said
    assert "--without-damaged" in said
    assert elsewhere.media.tokens() == set()
    with one_look(elsewhere.database) as connection:
        assert tables_in(connection) == []
    report = elsewhere.restore(without_damaged=True)
    assert list(report.damaged) == [harmed.name]
    assert len(elsewhere.media.tokens()) == report.files == 1
    with elsewhere.database.reading() as session:
        states = {file.token: (file.state, file.reason) for file in session.query(File)}
    assert states.pop(harmed.name) == ("refused", "damaged")
    assert list(states.values()) == [("kept", None)]


def test_what_is_damaged_where_it_lies_is_said_when_it_is_backed_up(
    town: Town, backup: Path, tmp_path: Path
) -> None:
    one, other = sorted(town.app.media.tokens())
    town.app.media.discard(one)
    town.app.media.keep_encrypted(other, b"no longer what it was")
    report = back_up(town.database, town.app.media, tmp_path / "second")
    assert report.damaged == {one: "missing", other: "does not open with DATA_KEY"}


class TakenBackMeanwhile(Media):
    """Behaves like Media, but while tokens are listed a resident unsends the first file."""

    def __init__(self, town: Town) -> None:
        super().__init__(town.settings.store.media_url, town.database.cipher)
        self.town = town

    def tokens(self) -> set[str]:
        with self.town.database.transaction() as session:
            first = session.scalars(select(File).order_by(File.id)).first()
            if first is not None:
                lifecycle.destroy(session, self.town.app.media, first)
        return super().tokens()


def test_a_photo_taken_back_while_the_backup_was_written_is_neither_damaged_nor_back(
    town: Town, backup: Path, elsewhere: Restored, tmp_path: Path
) -> None:
    elsewhere.backup = tmp_path / "second"
    report = back_up(town.database, TakenBackMeanwhile(town), elsewhere.backup)
    assert (report.damaged, report.files) == ({}, 1)
    elsewhere.restore()
    with elsewhere.database.reading() as session:
        assert [file.state for file in session.query(File).order_by(File.id)] == ["gone", "kept"]


@pytest.mark.parametrize("key", [None, b"another key of thirty-two bytes!"], ids=["open", "sealed"])
@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1203])
def test_tables_of_any_length_are_written_and_read_piece_by_piece(
    town: Town, elsewhere: Restored, tmp_path: Path, key: bytes | None, count: int
) -> None:
    rows = [{"token": f"{number:05d}\N{LINE SEPARATOR}\r", "at": now()} for number in range(count)]
    with town.database.engine.begin() as connection:
        write_rows(connection, next(t for t in tables_in(connection) if t.name == "pressed_form"), rows)
    back_up(town.database, town.app.media, tmp_path / "backup", key=key)
    elsewhere.restore(key=key)
    with elsewhere.database.reading() as session:
        assert session.scalars(select(PressedForm.token).order_by(PressedForm.token)).all() == [
            row["token"] for row in rows
        ]
