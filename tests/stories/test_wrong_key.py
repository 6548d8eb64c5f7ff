"""Tests that no process starts with a DATA_KEY that is not the database's, and that one sentence says why."""

import sys
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from bot.doctor.checks import examine
from bot.line.account_api import LineAccount
from store.operations.reencryption import reencrypt
from tests.builders import a_resident
from tests.children import run
from tests.conftest import KEY
from tests.processes import SERVE, environment, free_port
from tests.shut import NO_SEALED_VALUES, NOBODYS_KEY, shut, spoil
from tests.town import Town

pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)

OTHER_KEY = b64encode(b"the key of another municipality.").decode()
NEW_KEY = b"a newer key that has 32 bytes..."
NOT_RANDOM = b64encode(bytes(32)).decode()
COMMANDS = {
    "web": [*SERVE, "127.0.0.1:{port}", "deploy.web:create_app()"],
    "console": [*SERVE, "127.0.0.1:{port}", "staff_console.web:create_app()"],
    "worker": ["-m", "bot", "worker"],
    "upgrade": ["-m", "store", "upgrade"],
    "backup": ["-m", "store", "backup", "/nowhere/{port}"],
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


def keys_as_the_doctor_finds_them(town: Town, *keys: bytes) -> list[str]:
    """Runs the doctor without LINE, because only its findings about keys count."""
    settings = replace(town.settings, store=replace(town.settings.store, data_keys=keys))
    line = LineAccount(settings.line_api_url, settings.access_token, read_seconds=0.5)
    found = [str(finding) for finding in examine(settings, line) if finding.about == "keys"]
    line.close()
    return found


def test_the_doctor_tells_a_new_key_that_is_not_in_use_and_what_is_left_to_do(town: Town) -> None:
    with town.database.transaction() as session:
        a_resident(session)
    (fine,) = keys_as_the_doctor_finds_them(town, KEY)
    assert fine.startswith("ok ")
    (appended,) = keys_as_the_doctor_finds_them(town, KEY, NEW_KEY)
    assert "no row is encrypted with key 2 of DATA_KEY" in appended
    assert "a new key goes first" in appended
    (rotated,) = keys_as_the_doctor_finds_them(town, NEW_KEY, KEY)
    assert "2 values are encrypted with an older key" in rotated
    assert "python -m store reencrypt" in rotated


def test_the_doctor_names_the_wrong_key(town: Town) -> None:
    command = [sys.executable, "-m", "bot", "doctor"]
    ended = run(command, env={**environment(town), "DATA_KEY": OTHER_KEY}, check=False)
    assert ended.returncode == 1
    assert "fail  keys        DATA_KEY does not open what this database holds" in ended.stdout


def test_the_doctor_counts_what_was_changed_although_its_key_is_there(town: Town) -> None:
    with town.database.transaction() as session:
        spoilt, _ = a_resident(session), a_resident(session)
        spoilt.person = {"name": "สมศรี"}
    shut(town.database, "resident.person", spoilt.id)
    (told,) = keys_as_the_doctor_finds_them(town, KEY)
    assert "1 values were changed or moved since they were encrypted: resident.person (1)" in told
    shut(town.database, "resident.person", spoilt.id, NOBODYS_KEY)
    (lacking,) = keys_as_the_doctor_finds_them(town, KEY)
    assert "1 values were encrypted with keys that DATA_KEY lacks" in lacking


@pytest.mark.parametrize("value", NO_SEALED_VALUES)
def test_what_is_no_sealed_value_is_counted_by_the_doctor_and_by_reencrypt(town: Town, value: Any) -> None:
    with town.database.transaction() as session:
        spoilt, other = a_resident(session), a_resident(session)
        other.person = {"name": "สมศรี"}
    spoil(town.database, "resident.person", spoilt.id, value)
    (told,) = keys_as_the_doctor_finds_them(town, KEY)
    assert "1 values were changed or moved since they were encrypted: resident.person (1)" in told
    assert reencrypt(town.database, town.app.media).closed.total() == 1
