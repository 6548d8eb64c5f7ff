"""With a DATA_KEY that is not the database's no process starts, and one sentence says why."""

import sys
from base64 import b64encode
from typing import Any

import pytest

from tests.children import run
from tests.processes import SERVE, environment, free_port
from tests.town import Town

pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)

OTHER_KEY = b64encode(b"the key of another municipality.").decode()
NOT_RANDOM = b64encode(bytes(32)).decode()
COMMANDS = {
    "web": [*SERVE, "127.0.0.1:{port}", "bot.web:create_app()"],
    "console": [*SERVE, "127.0.0.1:{port}", "staff_console.web:create_app()"],
    "worker": ["-m", "bot", "worker"],
    "upgrade": ["-m", "store", "upgrade"],
}


def start(town: Town, name: str, key: str) -> Any:
    command = [part.format(port=free_port()) for part in COMMANDS[name]]
    return run([sys.executable, *command], env={**environment(town), "DATA_KEY": key}, check=False)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("key", "told"), [(OTHER_KEY, "DATA_KEY does not open what"), (NOT_RANDOM, "DATA_KEY is not random")]
)
def test_it_does_not_start_and_says_why_in_one_line(town: Town, name: str, key: str, told: str) -> None:
    ended = start(town, name, key)
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    assert [line for line in ended.stderr.splitlines() if told in line] != []


def test_the_doctor_names_the_keys(town: Town) -> None:
    command = [sys.executable, "-m", "bot", "doctor"]
    ended = run(command, env={**environment(town), "DATA_KEY": OTHER_KEY}, check=False)
    assert ended.returncode == 1
    assert "fail  keys        DATA_KEY does not open what this database holds" in ended.stdout
