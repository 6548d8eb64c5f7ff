"""The simulator's README: its example runs, and its tables name what there is."""

import os
import re
import sys
from pathlib import Path

import pytest
import requests

from line_simulator import Simulator
from line_simulator.__main__ import build_parser
from line_simulator.faults import SWITCHES
from line_simulator.web import serve
from tests.children import Child
from tests.processes import free_port
from tests.waiting import PATIENCE_SECONDS, wait_until

README = (Path(__file__).parents[2] / "line_simulator" / "README.md").read_text("utf-8")


def code(language: str) -> str:
    """Returns the only code block of this language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return str(block)


def first_column(heading: str) -> list[str]:
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def is_open(address: str) -> bool:
    try:
        requests.get(address, timeout=PATIENCE_SECONDS)
    except requests.ConnectionError:
        return False
    return True


def test_the_example_answers_what_a_resident_writes(tmp_path):
    port = free_port()
    (tmp_path / "bot.py").write_text(code("python"), "utf-8")
    command = [sys.executable, "-m", "flask", "--app", "bot", "run", "--port", str(port)]
    simulator = Simulator(secret="s", token="t", webhook_url=f"http://127.0.0.1:{port}/webhook")
    with serve(simulator) as line:
        keys = {"LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "t", "LINE_API_URL": line}
        with Child(command, cwd=tmp_path, env={**os.environ, **keys}):
            wait_until(lambda: is_open(f"http://127.0.0.1:{port}/"), what="the bot")
            somsri = simulator.add_resident("สมศรี")
            somsri.follows()
            somsri.says("สวัสดี")
            wait_until(lambda: somsri.messages, what="the answer")
    assert [message["text"] for message in somsri.messages] == ["You said: สวัสดี"]


def test_the_tables_name_every_option_and_every_switch():
    options = [action.option_strings[0] for action in build_parser()._actions]
    assert first_column("Options") == [option for option in options if option != "-h"]
    assert first_column("Faults") == [switch.name for switch in SWITCHES]


@pytest.mark.parametrize(
    "switch", [switch for switch in SWITCHES if switch.choices], ids=lambda one: one.name
)
def test_every_choice_of_a_switch_is_named(switch):
    row = next(line for line in README.splitlines() if line.startswith(f"| `{switch.name}` |"))
    assert [choice for choice in switch.choices if choice not in row] == []


def test_it_is_short():
    assert len(README.split()) <= 900
