"""Tests that the doctor finds each thing that can be wrong with a set-up, and says what to do about it."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import text, update

from bot.__main__ import see_doctor
from bot.doctor.checks import examine
from bot.doctor.findings import Finding, Level
from bot.line.account_api import LineAccount
from bot.line.connection import LineApiError
from bot.line.rich_menu_sdk import RichMenuClient
from bot.richmenus.pictures import read_drawn_menus
from bot.richmenus.publish import publish
from bot.settings import BotSettings
from store.database.engine import Database
from store.operations.heartbeats import REDELIVERY, beat, last_beat, note_redelivery
from store.operations.models import Heartbeat
from store.quota.usage import note_reading
from store.settings import DEMO_MUNICIPALITY
from tests.children import run
from tests.conftest import settings_for
from tests.processes import environment
from tests.town import PUBLIC_URL, TOKEN, Town

# What the doctor asks LINE does not depend on our database.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


@pytest.fixture
def line(town: Town) -> Iterator[LineAccount]:
    account = LineAccount(town.settings.line_api_url, TOKEN, read_seconds=0.5)
    yield account
    account.close()


@pytest.fixture
def healthy(town: Town, tmp_path: Path) -> BotSettings:
    """Prepares a set-up with nothing wrong: published menu, webhook address, worker alive, redelivery seen."""
    address = town.settings.line_api_url
    publish(read_drawn_menus(), RichMenuClient(address, address, TOKEN))
    town.simulator.channel.webhook_url = f"{PUBLIC_URL}/line/webhook"
    with town.database.transaction() as session:
        beat(session, "worker")
        note_redelivery(session)
    facts = DEMO_MUNICIPALITY.read_text("utf-8")
    basic_id = town.simulator.bot_info()["basicId"]
    (tmp_path / "town.toml").write_text(facts.replace("@tessaban-demo", basic_id), "utf-8")
    store = replace(town.settings.store, municipality=tmp_path / "town.toml")
    return replace(town.settings, store=store, trusted_proxies=1, console_url="https://console.example")


def bad(settings: BotSettings, line: LineAccount) -> list[Finding]:
    found = list(examine(settings, line))
    assert [finding for finding in found if finding.level is not Level.OK and not finding.then] == []
    return [finding for finding in found if finding.level is not Level.OK]


def only(settings: BotSettings, line: LineAccount) -> Finding:
    found = bad(settings, line)
    assert len(found) == 1, found
    return found[0]


def test_a_proxy_in_front_that_is_not_believed_is_noticed(healthy: BotSettings, line: LineAccount) -> None:
    finding = only(replace(healthy, trusted_proxies=0), line)
    assert (finding.level, finding.about) == (Level.WARN, "proxies")
    assert bad(replace(healthy, trusted_proxies=0, public_url=""), line)[0].about != "proxies"


@pytest.mark.parametrize(
    ("url", "level"),
    [("", Level.FAIL), ("http://console.example.go.th", Level.FAIL), ("http://127.0.0.1:8802", Level.WARN)],
)
def test_a_console_without_https_is_found(
    healthy: BotSettings, line: LineAccount, url: str, level: Level
) -> None:
    finding = only(replace(healthy, console_url=url), line)
    assert (finding.level, finding.about) == (level, "console")


def test_a_healthy_set_up_gets_nothing_but_ok(healthy: BotSettings, line: LineAccount) -> None:
    assert bad(healthy, line) == []
    about = [finding.about for finding in examine(healthy, line)]
    assert about == [
        "settings", "proxies", "console", "database", "keys", "worker", "redelivery", "media", "virus scan",
        "definitions", "token", "name", "clock", "webhook", "quota", "menu",
    ]  # fmt: skip


def test_a_wrong_token_is_found_and_nothing_else_is_asked(town: Town, healthy: BotSettings) -> None:
    stranger = LineAccount(town.settings.line_api_url, "another token")
    found = only(healthy, stranger)
    stranger.close()
    assert (found.level, found.about) == (Level.FAIL, "token")
    assert "does not know this channel access token" in found.found
    assert "LINE_CHANNEL_ACCESS_TOKEN" in found.then
    assert "another token" not in str(found)


def test_an_account_in_another_name_is_refused(town: Town, healthy: BotSettings, line: LineAccount) -> None:
    town.simulator.name = "ร้านป้าสมศรี"
    found = only(healthy, line)
    assert (found.level, found.about) == (Level.FAIL, "name")
    town.simulator.name = town.app.municipality.short_name
    assert bad(healthy, line) == []


@pytest.mark.parametrize(
    ("address", "told"),
    [("", "no address of ours"), ("https://old.example/line/webhook", "LINE calls https://old.example")],
)
def test_a_webhook_that_leads_elsewhere_is_found(
    town: Town, healthy: BotSettings, line: LineAccount, address: str, told: str
) -> None:
    town.simulator.channel.webhook_url = address
    found = only(healthy, line)
    assert (found.level, found.about) == (Level.FAIL, "webhook")
    assert told in found.found
    assert f"{PUBLIC_URL}/line/webhook" in found.then


def test_a_secret_of_another_channel_is_found(town: Town, healthy: BotSettings, line: LineAccount) -> None:
    town.simulator.channel.secret = "of another channel"
    found = only(healthy, line)
    assert found.level is Level.FAIL
    assert "LINE_CHANNEL_SECRET" in found.then


@pytest.mark.parametrize(
    ("used", "level"), [(0, Level.OK), (9_000, Level.OK), (11_000, Level.WARN), (12_001, Level.WARN)]
)
def test_little_quota_or_too_quick_a_pace_is_a_warning(
    town: Town, healthy: BotSettings, line: LineAccount, used: int, level: Level
) -> None:
    town.simulator.quota.set(limit=15_000, used=used)
    quota = next(finding for finding in examine(healthy, line) if finding.about == "quota")
    assert quota.level is level
    assert f"{15_000 - used} of 15000" in quota.found


def test_a_pace_that_does_not_last_the_month_is_said_with_its_end(
    town: Town, healthy: BotSettings, line: LineAccount
) -> None:
    town.simulator.quota.set(limit=15_000, used=11_000)
    found = only(healthy, line)
    assert "4000 of 15000 messages left this month; at this pace it will end with 169" in found.found
    assert "larger plan" in found.then


def test_a_plan_smaller_than_the_one_that_was_bought_is_a_warning(
    town: Town, healthy: BotSettings, line: LineAccount
) -> None:
    town.simulator.quota.set(limit=300, used=0)
    found = only(healthy, line)
    assert (found.level, found.about) == (Level.WARN, "quota")
    assert "it had 15000 messages a month, LINE now says 300" in found.found
    assert "[plan]" in found.then


def test_a_plan_smaller_than_last_month_is_a_warning_whatever_the_file_says(
    town: Town, healthy: BotSettings, line: LineAccount, database: Database
) -> None:
    with database.transaction() as session:
        note_reading(session, most=35_000, used=10)
    assert "it had 35000 messages a month, LINE now says 15000" in only(healthy, line).found


def test_an_unlimited_plan_is_fine(town: Town, healthy: BotSettings, line: LineAccount) -> None:
    town.simulator.quota.set(limit=None, used=5)
    assert bad(healthy, line) == []


def test_a_missing_menu_a_dead_worker_and_no_redelivery_are_found(town: Town, line: LineAccount) -> None:
    town.simulator.channel.webhook_url = f"{PUBLIC_URL}/line/webhook"
    levels = {finding.about: finding.level for finding in bad(town.settings, line)}
    assert levels == {
        "proxies": Level.WARN,
        "console": Level.FAIL,
        "worker": Level.FAIL,
        "redelivery": Level.WARN,
        "menu": Level.FAIL,
        # The demo municipality's file has an id of its own.
        "name": Level.WARN,
    }


def test_a_season_whose_menu_line_does_not_have_is_named(
    town: Town, healthy: BotSettings, line: LineAccount
) -> None:
    town.simulator.menus.delete_alias("flood")
    found = only(healthy, line)
    assert (found.about, found.level, found.then) == ("menu", Level.WARN, "python -m bot richmenus publish")
    assert found.found.endswith(": flood")


def test_a_database_without_tables_is_told_how_to_get_them(
    healthy: BotSettings, line: LineAccount, tmp_path: Path
) -> None:
    empty = replace(
        settings_for(f"sqlite:///{tmp_path}/none.db", tmp_path), municipality=healthy.store.municipality
    )
    missing = only(replace(healthy, store=empty), line)
    assert (missing.about, missing.found) == ("database", f"there is no file {tmp_path}/none.db")
    assert missing.then.endswith("python -m store upgrade")
    assert not (tmp_path / "none.db").exists(), "a look makes nothing"
    (tmp_path / "none.db").touch()
    found = only(replace(healthy, store=empty), line)
    assert (found.about, found.then) == ("database", "python -m store upgrade")


def test_tables_that_are_not_those_of_their_schema_are_named(
    healthy: BotSettings, line: LineAccount, database: Database
) -> None:
    """Drops a table and a column, as if a migration that had run was edited: the schema's number says all is well."""
    with database.transaction() as session:
        session.execute(text("ALTER TABLE inbox DROP COLUMN error"))
        session.execute(text("DROP TABLE tick"))
    found = only(healthy, line)
    assert (found.level, found.about) == (Level.FAIL, "database")
    assert "there is no table tick; inbox has no column error" in found.found
    assert "python -m store backup DIR" in found.then


def test_without_an_own_address_photos_cannot_be_sent(healthy: BotSettings, line: LineAccount) -> None:
    found = only(replace(healthy, public_url=""), line)
    assert (found.level, found.about) == (Level.WARN, "webhook")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"api_status": "500"}, "LINE answered 500 (request "),
        ({"api_status": "429_rate"}, "asked too often"),
        ({"api_status": "403"}, "does not let"),
        ({"api_hang_seconds": 1}, "cannot be reached (ReadTimeout)"),
        ({"api_reset": True}, "cannot be reached (ConnectionError)"),
    ],
)
def test_every_question_to_line_ends_in_a_sentence(
    town: Town, line: LineAccount, fault: dict[str, Any], told: str
) -> None:
    for ask in (
        line.info, line.quota, line.consumption, line.webhook_endpoint, line.test_webhook, line.default_menu,
    ):  # fmt: skip
        town.simulator.faults.turn(**fault, count=1)
        with pytest.raises(LineApiError) as raised:
            ask()
        assert told in str(raised.value)
        assert TOKEN not in str(raised.value)


def test_trouble_in_the_middle_does_not_stop_the_rest(
    town: Town, healthy: BotSettings, line: LineAccount
) -> None:
    questions = examine(healthy, line)
    found = [next(questions)]
    while found[-1].about != "clock":
        found.append(next(questions))
    town.simulator.faults.turn(api_status="500", count=1)
    found += list(questions)
    assert [(f.about, f.level) for f in found if f.level is not Level.OK] == [("webhook", Level.FAIL)]
    assert found[-1].about == "menu"


def test_a_clock_that_is_wrong_is_a_warning(town: Town, healthy: BotSettings, line: LineAccount) -> None:
    questions = examine(healthy, line)
    names = []
    for finding in questions:
        names.append((finding.about, finding.level))
        if finding.about == "token":
            town.clock.shift(timedelta(minutes=2))
    assert ("clock", Level.WARN) in names


def test_what_line_delivers_again_is_remembered_as_the_proof(town: Town, database: Database) -> None:
    town.simulator.faults.turn(webhook_down=True)
    phone = town.simulator.add_resident("สมศรี")
    phone.follows()
    town.settle()
    town.simulator.faults.clear()
    town.settle()
    with database.reading() as session:
        assert last_beat(session, REDELIVERY) is not None


def run_here(environ: dict[str, str], *command: str) -> Any:
    return run([sys.executable, *command], env=environ, check=False)


def run_doctor(environ: dict[str, str]) -> Any:
    return run_here(environ, "-m", "bot", "doctor")


def test_the_command_prints_a_line_for_each_and_fails_when_one_does(
    town: Town, healthy: BotSettings, database: Database
) -> None:
    own = {
        "MUNICIPALITY": str(healthy.store.municipality),
        "PUBLIC_URL": PUBLIC_URL,
        "CONSOLE_URL": healthy.console_url,
    }
    environ = {**environment(town), **own}
    with database.transaction() as session:
        session.execute(
            update(Heartbeat).values(at=datetime.fromtimestamp(time_machine.escape_hatch.time.time(), UTC))
        )
    well = run_doctor(environ)
    assert (well.returncode, well.stderr) == (0, "")
    # The stand-in for LINE uses the clock of these tests, the command the true one.
    assert {line.split()[1] for line in well.stdout.splitlines() if line.startswith(("warn", "fail"))} <= {
        "clock",
        "proxies",
    }
    ill = run_doctor({**environ, "LINE_CHANNEL_ACCESS_TOKEN": "wrong"})
    assert ill.returncode == 1
    assert "fail  token" in ill.stdout


def test_a_missing_variable_is_a_finding_as_well(town: Town) -> None:
    ill = run_doctor({**environment(town), "DATA_KEY": ""})
    assert (ill.returncode, ill.stderr) == (1, "")
    assert "fail  settings    DATA_KEY is not set" in ill.stdout


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    """Returns a file, to be named where a folder is wanted."""
    file = tmp_path / "a file"
    file.write_text("no TOML")
    return file


UNUSABLE = [
    ("LINE_CHANNEL_ACCESS_TOKEN", "รหัส", "LINE_CHANNEL_ACCESS_TOKEN has a blank"),
    ("LINE_CHANNEL_ACCESS_TOKEN", "two words", "LINE_CHANNEL_ACCESS_TOKEN has a blank"),
    ("LINE_CHANNEL_ACCESS_TOKEN", "two\nlines", "LINE_CHANNEL_ACCESS_TOKEN has a blank"),
    ("LINE_CHANNEL_SECRET", "ความลับ", "LINE_CHANNEL_SECRET has a blank"),
    ("LINE_API_URL", "nonsense", "LINE_API_URL is no web address"),
    ("PUBLIC_URL", "tessaban.example", "PUBLIC_URL is no web address"),
    ("DATABASE_URL", "nonsense", "DATABASE_URL is no address of a database"),
    ("DATABASE_URL", "mysql://user:word@host/name", "DATABASE_URL is no address of a database"),
    ("DATABASE_URL", "sqlite://", "DATABASE_URL names no file"),
    ("DATABASE_URL", "sqlite:///{file}/town.db", "DATABASE_URL: the folder {file} cannot be made"),
    ("DATABASE_URL", "sqlite:///{folder}/mistyped/town.db", "there is no file {folder}/mistyped/town.db"),
    ("MEDIA_URL", "{file}/media", "MEDIA_URL: the folder {file}/media cannot be made"),
    ("MEDIA_URL", "http://media", "MEDIA_URL is neither a folder nor s3://"),
    ("MUNICIPALITY", "{file}", "a file is not TOML"),
    ("MUNICIPALITY", "{folder}", "cannot be read"),
    ("MUNICIPALITY", "{folder}/none", "there is no file"),
]


@pytest.fixture
def doctor(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str, str], str]:
    """Returns a function that sets a variable, runs the command, which must end with 1, and returns what it prints."""

    def says(name: str, value: str) -> str:
        for known, as_it_is in {**environment(town), name: value}.items():
            monkeypatch.setenv(known, as_it_is)
        assert see_doctor() == 1
        return capsys.readouterr().out

    return says


@pytest.mark.parametrize(("name", "value", "told"), UNUSABLE)
def test_a_setting_that_cannot_be_used_is_one_line_of_the_doctor_and_no_traceback(
    doctor: Callable[[str, str], str], a_file: Path, name: str, value: str, told: str
) -> None:
    places = {"file": a_file, "folder": a_file.parent}
    said = doctor(name, value.format(**places))
    (line,) = [line for line in said.splitlines() if told.format(**places) in line]
    assert line.startswith("fail ")
    assert "user:word" not in said


@pytest.mark.parametrize("blank", ["\n", "\r\n", " "])
def test_a_line_break_at_the_end_of_a_token_is_noticed(town: Town, blank: str) -> None:
    ill = run_doctor({**environment(town), "LINE_CHANNEL_ACCESS_TOKEN": f"{TOKEN}{blank}"})
    assert (ill.returncode, ill.stderr) == (1, "")
    assert (
        "fail  settings    LINE_CHANNEL_ACCESS_TOKEN has a blank or a line break before or after it"
        in ill.stdout
    )
    assert "LINE knows us as" in ill.stdout, "it is cut off, so the rest is examined all the same"


GUNICORN = ("-m", "gunicorn", "--no-control-socket", "--bind", "127.0.0.1:0")
AT_START = {
    "web": (*GUNICORN, "deploy.web:create_app()"),
    "console": (*GUNICORN, "staff_console.web:create_app()"),
    "worker": ("-m", "bot", "worker"),
}


@pytest.mark.parametrize("process", AT_START)
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DATABASE_URL", "nonsense", "DATABASE_URL is no address of a database"),
        ("DATABASE_URL", "sqlite:///{file}/town.db", "DATABASE_URL: the folder {file} cannot be made"),
        ("MUNICIPALITY", "{folder}", "cannot be read"),
    ],
)
def test_each_process_says_the_same_at_its_start_and_ends(
    town: Town, a_file: Path, process: str, name: str, value: str, told: str
) -> None:
    if (process, name) == ("web", "MUNICIPALITY"):
        pytest.skip("the web process does not read the municipality's file")
    places = {"file": a_file, "folder": a_file.parent}
    ended = run_here({**environment(town), name: value.format(**places)}, *AT_START[process])
    assert ended.returncode != 0
    assert told.format(**places) in ended.stderr
    assert "Traceback" not in ended.stderr
