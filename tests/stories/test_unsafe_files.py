"""Tests that dangerous files are refused, that the resident is told why, and that files wait for an absent scanner."""

import logging
from dataclasses import replace

import pytest

from bot.worker.content_fetcher import Fetcher
from store.files.scanner import Scanner
from tests.clamd import VIRUS, clamd
from tests.pdfs import a_pdf
from tests.stories.scenes import friend, times_told
from tests.stories.test_fetching import at_the_photos, bytes_on_disk, files
from tests.town import Town, photo

# What becomes of a file is decided in the same rows on both databases, as test_fetching tries.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


def scanned_at(town: Town, address: str) -> None:
    app = replace(town.app, scanner=Scanner(address, seconds=5))
    town.fetcher = Fetcher(town.database, app, town.line)


def test_a_pdf_with_a_script_is_refused_and_a_photo_of_it_is_asked_for(town: Town) -> None:
    phone = friend(town)
    phone.sends_file("ใบเสร็จ.pdf", a_pdf(within=b"<</S/J#61vaScript/JS(x)>>"), "application/pdf")
    town.settle()
    town.wait(minutes=2)
    assert [(file.state, file.reason) for file in files(town)] == [("refused", "unsafe")]
    assert times_told(phone, "มีคำสั่งหรือไฟล์อื่นซ่อนอยู่ข้างใน") == 1
    assert bytes_on_disk(town) == []


@pytest.mark.parametrize("data", [a_pdf(within=VIRUS), photo() + VIRUS], ids=["PDF", "photo"])
def test_a_virus_is_refused_and_logged_without_names(
    town: Town, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    phone = friend(town)
    with clamd() as (address, _), caplog.at_level(logging.INFO):
        scanned_at(town, address)
        phone.sends_file("ใบเสร็จสมศรี.pdf", data, "application/pdf")
        town.settle()
        town.wait(minutes=2)
    assert [(file.state, file.reason) for file in files(town)] == [("refused", "infected")]
    assert times_told(phone, "มีไวรัส") == 1
    assert bytes_on_disk(town) == []
    assert "infected" in [getattr(record, "reason", None) for record in caplog.records]
    assert "สมศรี" not in "".join(str(vars(record)) for record in caplog.records)


def test_while_the_scanner_is_away_files_wait_and_nothing_is_lost(town: Town) -> None:
    phone = at_the_photos(town)
    with clamd() as (address, _):
        pass
    scanned_at(town, address)
    phone.sends_photos([photo()])
    town.settle()
    for _ in range(30):
        town.wait(minutes=1)
    assert [(file.state, file.tries) for file in files(town)] == [("wanted", 0)]
    assert times_told(phone, "ช่วยส่งใหม่") == 0
    with clamd() as (address, seen):
        scanned_at(town, address)
        town.wait(minutes=1)
    assert [file.state for file in files(town)] == ["kept"]
    assert seen == [photo()]
