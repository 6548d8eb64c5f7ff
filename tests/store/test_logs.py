"""Tests logs: one line of JSON each, with known fields only, whatever somebody typed."""

import json
import logging
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

from store.logs import FIELDS, LONGEST, OURS, JsonLines, note_municipality, place_of
from store.settings import SettingsError, data_keys
from tests.children import ROOT, run
from tests.test_promises import PACKAGES

EVIL = (
    "\n",
    "\r\n",
    "\u2028",
    "\u2029",
    "\x85",
    "\x1b[31mred\x1b[0m",
    "\x00",
    '"}\n{"level": "ok',
    "\ud800",
    "\t\x0b\x0c",
)
Line = Callable[..., str]


@pytest.fixture
def line() -> Line:
    """Returns what one call of the logger writes, outside of any municipality."""
    note_municipality("")

    def write(
        message: str,
        *args: object,
        logger: str = "bot.worker.inbox_worker",
        error: Any = None,
        **extra: object,
    ) -> str:
        info = (type(error), error, error.__traceback__) if error else None
        made = logging.getLogger(logger).makeRecord(
            logger, logging.ERROR, __file__, 1, message, args, info, extra=extra
        )
        return JsonLines().format(made)

    return write


@pytest.mark.parametrize("evil", EVIL)
def test_a_line_stays_one_line_whatever_is_in_it(line: Line, evil: str) -> None:
    for written in (
        line(f"before{evil}after"),
        line("before %s", evil),
        line("told", reason=f"before{evil}after"),
        line("told", logger=f"bot.{evil}"),
    ):
        assert written.splitlines() == [written]
        assert written.isascii()
        assert written.isprintable()
        assert json.loads(written)["level"] == "error"


def test_only_known_fields_are_written(line: Line) -> None:
    said = json.loads(line("sent", row=7, by="push", answer="accepted", person="สมศรี", body={"to": "U1"}))
    assert said.keys() == {"time", "level", "logger", "message", "row", "by", "answer"}
    assert (said["row"], said["by"], said["logger"]) == (7, "push", "bot.worker.inbox_worker")


def test_a_field_that_is_no_plain_value_shows_its_type_only(line: Line) -> None:
    assert json.loads(line("told", reason={"phone": "0812345678"}))["reason"] == "(dict)"
    assert len(json.loads(line("told", reason="ก" * 9000))["reason"]) == LONGEST


@pytest.mark.parametrize(
    "personal",
    ["0812345678", "081-234-5678", "1103700000000", "1-1037-00000-00-0", "U" + "0a" * 16, "C" + "1" * 32],
)
def test_numbers_and_ids_of_people_are_hidden_wherever_they_turn_up(line: Line, personal: str) -> None:
    for written in (
        line(f"about {personal}."),
        line("about %s", personal),
        line("told", reason=f"({personal})"),
    ):
        assert personal not in written
        assert "(hidden)" in written


def test_ids_of_machines_are_kept(line: Line) -> None:
    for kept in (
        "3f1c1b1e-0000-4123-8123-123456789012",
        "2026-11-20",
        "bot/worker/inbox_worker.py:47",
        "row 12345678",
    ):
        assert kept in line("told", request_id=kept)


def test_of_an_error_only_its_kind_and_place_are_written(line: Line) -> None:
    try:
        data_keys("0812345678 สมศรี")
    except SettingsError as error:
        said = json.loads(line("failure", error=error))
    assert said.keys() == {"time", "level", "logger", "message", "error", "where"}
    assert said["error"] == "SettingsError"
    assert re.fullmatch(r"store/settings\.py:\d+ data_keys", said["where"])
    assert place_of(None) == ""


def test_of_other_peoples_code_only_the_bare_sentence_is_written(line: Line) -> None:
    said = json.loads(line("lost %r on the way to %s", "token", "สมศรี", logger="urllib3.connectionpool"))
    assert said["message"] == "lost %r on the way to %s"


def test_no_field_has_a_name_that_invites_personal_data() -> None:
    assert FIELDS.isdisjoint(
        {"name", "phone", "text", "body", "user", "user_id", "token", "reply_token", "message"}
    )


def test_a_process_writes_json_and_nothing_else() -> None:
    code = (
        "import logging; from store.logs import set_up_logs; set_up_logs(); set_up_logs()\n"
        "logging.getLogger('bot.worker.process').info('worker is up'); logging.getLogger('urllib3').info('unheard')\n"
        "logging.getLogger('apscheduler').error('Job raised', exc_info=ValueError('0812345678'))"
    )
    done = run([sys.executable, "-c", code])
    assert [json.loads(each)["message"] for each in done.stderr.splitlines()] == [
        "worker is up",
        "Job raised",
    ]
    assert "0812345678" not in done.stderr
    assert done.stdout == ""


def test_every_package_that_logs_in_production_is_ours() -> None:
    """Lines of other packages count as a library's: their arguments are dropped, and below WARNING they are too."""
    logging_ones = {
        path.relative_to(ROOT).parts[0]
        for package in (*PACKAGES, "deploy")
        for path in (ROOT / package).rglob("*.py")
        if "logging.getLogger(__name__)" in path.read_text("utf-8")
    }
    assert "public_site" in OURS
    assert logging_ones - {"line_simulator"} <= set(OURS)
