"""Tests that ClamAV scans what residents send, and that a file it could not scan does not count as clean."""

import os
from pathlib import Path

import pytest

from bot.doctor.findings import Level
from bot.doctor.scanner_check import examine_scanner
from store.files.scanner import Scanner, ScannerUnavailable, scanner_address
from store.settings import SettingsError
from tests.clamd import VERSION, VIRUS, clamd


@pytest.fixture(params=["unix", "tcp"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "clamd.ctl" if request.param == "unix" else None


def test_a_virus_is_found_and_all_bytes_are_looked_at(where: Path | None) -> None:
    large = os.urandom(3_000_001)
    with clamd(where) as (address, seen):
        scanner = Scanner(address)
        assert not scanner.has_virus(b"a photo")
        assert not scanner.has_virus(large)
        assert not scanner.has_virus(b"")
        assert scanner.has_virus(b"%PDF-1.4 " + VIRUS)
    assert seen == [b"a photo", large, b"", b"%PDF-1.4 " + VIRUS]


def test_without_an_address_nothing_is_looked_at() -> None:
    assert not Scanner().has_virus(VIRUS)
    assert examine_scanner(Scanner()).level is Level.OK


@pytest.mark.parametrize("traits", [{"most": 1000}, {"mute": True}])
def test_no_clear_answer_is_none(traits: dict[str, object], where: Path | None) -> None:
    with clamd(where, **traits) as (address, _):
        with pytest.raises(ScannerUnavailable):
            Scanner(address, seconds=5).has_virus(bytes(10_000))
        assert examine_scanner(Scanner(address, seconds=5)).level is Level.FAIL


def test_nobody_there_is_said_by_the_doctor_with_what_to_do(where: Path | None) -> None:
    with clamd(where) as (address, _):
        pass
    with pytest.raises(ScannerUnavailable):
        Scanner(address).has_virus(b"a photo")
    finding = examine_scanner(Scanner(address))
    assert (finding.level, finding.about) == (Level.FAIL, "virus scan")
    assert "wait" in finding.found
    assert "clamav-daemon" in finding.then


def test_the_doctor_shows_program_and_signatures_and_misses_them(where: Path | None) -> None:
    with clamd(where) as (address, _):
        assert examine_scanner(Scanner(address)).found == VERSION
    with clamd(signatures=False) as (address, _):
        assert "freshclam" in examine_scanner(Scanner(address)).then


@pytest.mark.parametrize("value", ["", "unix:/run/clamav/clamd.ctl", "tcp://clamd:3310", "tcp://[::1]:3310"])
def test_addresses_as_documented_are_taken(value: str) -> None:
    assert scanner_address(value) == value


@pytest.mark.parametrize(
    "value",
    ["clamd", "unix:clamd.ctl", "tcp://clamd", "tcp://clamd:0", "tcp://clamd:99999", "http://clamd:3310"],
)
def test_another_address_stops_the_start(value: str) -> None:
    with pytest.raises(SettingsError, match="CLAMD"):
        scanner_address(value)
