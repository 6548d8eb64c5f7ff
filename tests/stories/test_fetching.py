"""Tests fetching photos and documents from LINE: they are kept whole, asked for again, or deleted when unsent."""

import io
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from bot.line.messaging_api import DownloadLimits, LineClient
from bot.worker.content_fetcher import Fetcher
from bot.worker.schedule import tidy_up
from line_simulator.residents import Resident as Phone
from store.clock import now
from store.files.decoding import Decoder, DecoderLimits
from store.files.lifecycle import claim_wanted
from store.files.models import File
from store.files.storage import Folder
from store.residents.models import Conversation
from tests.pdfs import a_pdf
from tests.stories.scenes import friend, sends_a_photo_in_vain, texts, times_told
from tests.town import TOKEN, Town, photo
from tests.waiting import PATIENCE_SECONDS, wait_until

PDF = a_pdf()


def at_the_photos(town: Town) -> Phone:
    """Returns a resident who was just asked for photos of a broken street light."""
    phone = friend(town)
    for words in ("ไฟถนนหน้าบ้านดับค่ะ มืดมาก", "ไม่มี", "หน้าวัดโพธิ์ชัย"):
        phone.says(words)
        town.settle()
    assert "มีรูปไหม" in texts(phone)[-1]
    return phone


def files(town: Town) -> list[File]:
    with town.database.reading() as session:
        return list(session.scalars(select(File).order_by(File.id)))


def answers(town: Town) -> dict[str, Any]:
    with town.database.reading() as session:
        return session.scalars(select(Conversation)).one().answers or {}


def bytes_on_disk(town: Town) -> list[Path]:
    return [path for path in Path(town.settings.store.media_url).rglob("*") if path.is_file()]


def line_of(town: Town) -> LineClient:
    return LineClient(town.settings.line_api_url, town.settings.line_api_data_url, TOKEN)


@contextmanager
def the_bytes_locked_up(town: Town) -> Iterator[None]:
    """Makes the media storage fail, as an object store that is unreachable."""
    media = town.app.media
    shelf, media._storage = media._storage, Folder(Path("/dev/null"))
    try:
        yield
    finally:
        media._storage = shelf


def test_a_photo_is_kept_clean_and_sealed(town: Town) -> None:
    phone = at_the_photos(town)
    phone.sends_photos([photo("orange")])
    town.settle()
    (file,) = files(town)
    assert (file.state, file.mime, file.tries) == ("kept", "image/jpeg", 1)
    with Image.open(io.BytesIO(town.app.media.read(file.token))) as image:
        assert image.size == (320, 240)
    (encrypted,) = bytes_on_disk(town)
    assert b"JFIF" not in encrypted.read_bytes()
    assert [each["token"] for each in answers(town)["photos"]] == [file.token]


def test_content_that_line_still_prepares_comes_a_little_later(town: Town) -> None:
    phone = at_the_photos(town)
    town.simulator.faults.turn(content_status="202", count=2)
    phone.sends_photos([photo()])
    town.settle()
    assert files(town)[0].state == "wanted"
    town.wait(seconds=6)
    town.wait(seconds=16)
    assert files(town)[0].state == "kept"
    assert "photos" in answers(town)


def test_a_download_that_breaks_off_is_begun_again(town: Town) -> None:
    phone = at_the_photos(town)
    town.simulator.faults.turn(content_truncated=True, count=1)
    phone.sends_photos([photo(size=(1600, 1200))])
    town.settle()
    assert files(town)[0].state == "wanted"
    assert bytes_on_disk(town) == []
    town.wait(seconds=6)
    assert files(town)[0].state == "kept"


def test_what_line_calls_a_page_is_kept_when_it_is_a_photo(town: Town) -> None:
    phone = at_the_photos(town)
    town.simulator.faults.turn(content_wrong_type=True)
    phone.sends_photos([photo()])
    town.settle()
    assert (files(town)[0].state, files(town)[0].mime) == ("kept", "image/jpeg")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [({"content_status": "404"}, "lost"), ({"content_endless": True}, "too_big")],
    ids=["LINE does not have it", "it never ends"],
)
def test_a_photo_that_cannot_be_had_opens_its_question_again_and_the_resident_hears_why(
    town: Town, fault: dict[str, Any], reason: str
) -> None:
    phone = at_the_photos(town)
    sends_a_photo_in_vain(town, phone, **fault)
    (file,) = files(town)
    assert (file.state, file.reason) == ("refused", reason)
    assert bytes_on_disk(town) == []
    assert "photos" not in answers(town)
    phone.sends_photos([photo()])
    town.settle()
    assert len(answers(town)["photos"]) == 1


@pytest.mark.parametrize(
    "data", [b"", b"no photo at all", photo()[:200], b"\x89PNG\r\n\x1a\n" + b"\x00" * 40], ids=str
)
def test_what_is_no_photo_is_never_a_photo_of_a_case(town: Town, data: bytes) -> None:
    phone = at_the_photos(town)
    phone.sends_photos([data])
    town.settle()
    for seconds in (6, 16, 61, 61):
        town.wait(seconds=seconds)
    assert files(town)[0].state == "refused"
    assert "photos" not in answers(town)
    assert times_told(phone, "ช่วยส่งใหม่อีกครั้ง") == 1


def test_bad_news_of_a_photo_rides_on_the_next_free_answer(town: Town) -> None:
    phone = at_the_photos(town)
    phone.sends_photos([b"no photo at all"])
    town.settle()
    phone.says("ช่วยเหลือ")
    town.settle()
    assert times_told(phone, "ช่วยส่งใหม่อีกครั้ง") == 1
    town.wait(minutes=5)
    assert times_told(phone, "ช่วยส่งใหม่อีกครั้ง") == 1
    assert town.simulator.quota.used == 0


def test_when_line_gives_nothing_for_hours_the_resident_is_asked_to_send_again(town: Town) -> None:
    phone = at_the_photos(town)
    town.simulator.faults.turn(api_status="500")
    phone.sends_photos([photo()])
    town.settle()
    for _ in range(11):
        town.wait(minutes=65)
    assert (files(town)[0].state, files(town)[0].tries) == ("refused", 11)
    town.simulator.faults.clear()
    town.wait(hours=1)
    assert times_told(phone, "ช่วยส่งใหม่อีกครั้ง") == 1


POISONED = "tests.poisoned_decoder"


def sent_by_a_friend(town: Town, name: str, data: bytes) -> File:
    """Returns the photo of another resident, after everything has settled."""
    friend(town, name).sends_photos([data])
    town.settle()
    return files(town)[-1]


@pytest.mark.parametrize("fault", [b"hang", b"crash", b"eat"], ids=str)
def test_a_photo_that_ends_its_decoder_is_refused_once_and_harms_nobody(town: Town, fault: bytes) -> None:
    town.app.media.decoder = Decoder(
        program=POISONED, limits=DecoderLimits(memory=200_000_000, cpu_seconds=1)
    )
    phone = at_the_photos(town)
    phone.sends_photos([fault])
    assert sent_by_a_friend(town, "คนอื่น", photo()).state == "kept"
    town.wait(minutes=2)
    assert (files(town)[0].state, files(town)[0].tries) == ("refused", 1)
    assert times_told(phone, "ช่วยส่งใหม่อีกครั้ง") == 1


def test_a_photo_whose_decoder_is_killed_every_time_is_given_up_after_five_tries(town: Town) -> None:
    town.app.media.decoder = Decoder(program=POISONED)
    phone = at_the_photos(town)
    phone.sends_photos([b"be killed"])
    town.settle()
    for number in range(8):
        assert sent_by_a_friend(town, f"คนที่ {number}", photo()).state == "kept"
        town.wait(minutes=20)
    file = files(town)[0]
    assert (file.state, file.reason, file.tries) == ("refused", "unreadable", 6)
    assert times_told(phone, "ช่วยส่งใหม่อีกครั้ง") == 1


def test_a_photo_that_ends_every_fetcher_is_given_up_after_five_tries(town: Town) -> None:
    phone = at_the_photos(town)
    phone.sends_photos([photo()])
    town.simulator.deliver_webhooks()
    while town.worker.work_once():
        pass
    for _ in range(5):
        # A fetcher that ends in the middle of its work has claimed the file and says no more.
        with town.database.transaction() as session:
            assert claim_wanted(session) is not None
        town.clock.shift(timedelta(minutes=3))
    town.settle()
    assert files(town)[0].state == "refused"
    town.wait(minutes=2)
    assert times_told(phone, "ช่วยส่งใหม่อีกครั้ง") == 1


def test_without_room_for_it_a_photo_waits_and_is_never_given_up(town: Town) -> None:
    phone = at_the_photos(town)
    with the_bytes_locked_up(town):
        phone.sends_photos([photo()])
        town.settle()
        for _ in range(20):
            town.wait(minutes=70)
        assert (files(town)[0].state, files(town)[0].tries) == ("wanted", 0)
    town.wait(minutes=2)
    assert files(town)[0].state == "kept"
    assert times_told(phone, "ช่วยส่งใหม่อีกครั้ง") == 0


def test_a_try_that_could_not_be_written_down_is_no_mark_against_the_photo(town: Town) -> None:
    """Fills the database's disk while bytes are fetched, eight times, and then frees it."""
    phone = at_the_photos(town)
    phone.sends_photos([photo()])
    town.simulator.deliver_webhooks()
    while town.worker.work_once():
        pass
    for _ in range(8):
        with the_table_taking_nothing(town), pytest.raises(DBAPIError):
            town.fetcher.fetch_once()
        town.clock.shift(timedelta(minutes=3))
    town.settle()
    assert files(town)[0].state == "kept"


@contextmanager
def the_table_taking_nothing(town: Town) -> Iterator[None]:
    """Makes storing the state of a file fail."""
    if town.database.is_sqlite:
        put = "CREATE TRIGGER full BEFORE UPDATE ON file WHEN NEW.state = 'kept' BEGIN SELECT RAISE(ABORT, 'full'); END"
        take = "DROP TRIGGER full"
    else:
        put, take = (
            "ALTER TABLE file ADD CONSTRAINT full_disk CHECK (state != 'kept')",
            "ALTER TABLE file DROP CONSTRAINT full_disk",
        )
    with town.database.engine.begin() as connection:
        connection.exec_driver_sql(put)
    try:
        yield
    finally:
        with town.database.engine.begin() as connection:
            connection.exec_driver_sql(take)


def test_a_photo_that_trickles_in_is_put_off_and_overtaken(town: Town) -> None:
    hasty = DownloadLimits(slow_after_seconds=0.2, least_bytes_per_second=100_000)
    line = LineClient(town.settings.line_api_url, town.settings.line_api_data_url, TOKEN, patience=hasty)
    town.fetcher = Fetcher(town.database, town.app, line)
    phone = at_the_photos(town)
    town.simulator.faults.turn(content_bytes_per_second=1, count=1)
    phone.sends_photos([photo()])
    town.settle()
    assert (files(town)[0].state, files(town)[0].tries) == ("wanted", 1)
    assert sent_by_a_friend(town, "คนอื่น", photo()).state == "kept"
    town.wait(seconds=6)
    assert files(town)[0].state == "kept"


def unsend_event(phone: Phone, message_id: str) -> bytes:
    """Sends the event alone: LINE still gives out the content, as it may for a moment."""
    event = {
        "type": "unsend",
        "unsend": {"messageId": message_id},
        "webhookEventId": f"unsend {message_id}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": phone.simulator.now_ms(),
        "source": {"type": "user", "userId": phone.id},
        "mode": "active",
    }
    return json.dumps({"events": [event]}).encode()


def nothing_is_left(town: Town) -> bool:
    (file,) = files(town)
    left = (file.state, file.name, file.sha256, file.taken_at_place)
    return left == ("gone", None, None, None) and not bytes_on_disk(town) and not answers(town).get("photos")


def test_a_photo_taken_back_before_it_was_fetched_is_never_kept(town: Town) -> None:
    phone = at_the_photos(town)
    (message_id,) = phone.sends_photos([photo()])
    phone.unsends(message_id)
    town.settle()
    assert nothing_is_left(town)
    assert times_told(phone, "ช่วยส่งใหม่อีกครั้ง") == 0


def test_a_photo_taken_back_while_it_is_being_fetched_is_never_kept(town: Town) -> None:
    phone = at_the_photos(town)
    (message_id,) = phone.sends_photos([photo()])
    town.simulator.deliver_webhooks()
    while town.worker.work_once():
        pass
    town.simulator.faults.turn(api_hang_seconds=3600, count=1)
    with ThreadPoolExecutor(1) as threads:
        fetching = threads.submit(town.fetcher.fetch_once)
        wait_until(lambda: town.simulator.faults["count"] is None, what="the fetcher to ask LINE")
        assert town.simulator.send_raw(unsend_event(phone, message_id)) == 200
        assert town.worker.work_once()
        assert not fetching.done()
        town.simulator.faults.clear()
        assert fetching.result(PATIENCE_SECONDS)
    assert nothing_is_left(town)


def test_a_photo_taken_back_after_it_was_kept_leaves_nothing_behind(town: Town) -> None:
    phone = at_the_photos(town)
    (message_id,) = phone.sends_photos([photo()])
    town.settle()
    assert len(bytes_on_disk(town)) == 1
    phone.unsends(message_id)
    town.settle()
    assert nothing_is_left(town)


def test_a_photo_of_a_sent_case_can_be_taken_back_too(town: Town) -> None:
    phone = at_the_photos(town)
    (message_id,) = phone.sends_photos([photo()])
    for words in ("ข้าม", "นางสมศรี ใจดี", "0812345678", "ส่งเรื่อง"):
        phone.says(words)
        town.settle()
    (file,) = files(town)
    assert (file.state, file.case_id is not None) == ("kept", True)
    phone.unsends(message_id)
    town.settle()
    assert files(town)[0].state == "gone"
    assert bytes_on_disk(town) == []


def fetch_too_slowly(town: Town) -> None:
    """Lets another fetcher take over after the claim has expired, and finish first."""
    town.simulator.faults.turn(api_hang_seconds=3600, count=1)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(town.fetcher.fetch_once)
        wait_until(lambda: town.simulator.faults["count"] is None, what="the fetcher to ask LINE")
        town.clock.shift(timedelta(seconds=121))
        assert Fetcher(town.database, town.app, line_of(town)).fetch_once()
        assert not slow.done()
        town.simulator.faults.clear()
        assert slow.result(PATIENCE_SECONDS)


def test_a_fetcher_that_comes_too_late_leaves_the_photo_alone(town: Town) -> None:
    phone = at_the_photos(town)
    phone.sends_photos([photo()])
    town.simulator.deliver_webhooks()
    while town.worker.work_once():
        pass
    fetch_too_slowly(town)
    (file,) = files(town)
    assert file.state == "kept"
    assert town.app.media.read(file.token)


def test_while_the_store_of_files_is_away_what_is_taken_back_is_out_of_sight_and_destroyed_later(
    town: Town,
) -> None:
    phone = at_the_photos(town)
    (message_id,) = phone.sends_photos([photo()])
    town.settle()
    with the_bytes_locked_up(town):
        phone.unsends(message_id)
        town.settle()
        (file,) = files(town)
        assert (file.state, file.sha256, len(bytes_on_disk(town))) == ("gone", None, 1)
        assert "photos" not in answers(town)
    # File times are the true time, not that of the test's clock.
    os.utime(bytes_on_disk(town)[0], times=(now().timestamp(), now().timestamp()))
    town.wait(hours=2)
    tidy_up(town.database, town.app.media)
    assert nothing_is_left(town)


def test_nobody_waits_at_the_database_while_bytes_are_destroyed(town: Town) -> None:
    phone = at_the_photos(town)
    (message_id,) = phone.sends_photos([photo()])
    town.settle()
    (path,) = bytes_on_disk(town)
    seen: list[str] = []

    def destroy(token: str) -> None:
        # Others see the change, and may write.
        with town.database.transaction() as session:
            seen.append(session.scalars(select(File.state).where(File.token == token)).one())
        path.unlink()

    town.app.media.destroy = destroy  # type: ignore[method-assign]
    phone.unsends(message_id)
    town.settle()
    assert seen == ["gone"]
    assert nothing_is_left(town)


def test_nobody_can_take_back_the_photo_of_somebody_else(town: Town) -> None:
    phone = at_the_photos(town)
    (message_id,) = phone.sends_photos([photo()])
    town.settle()
    stranger = friend(town, "คนอื่น")
    town.simulator.send_raw(unsend_event(stranger, message_id))
    town.settle()
    assert files(town)[0].state == "kept"


def test_a_document_may_be_a_pdf_or_a_photo_and_nothing_else(town: Town) -> None:
    phone = at_the_photos(town)
    phone.sends_file("แบบคำขอ.pdf", PDF, "application/pdf")
    phone.sends_file("รูป.jpg", photo(), "image/jpeg")
    phone.sends_file("โปรแกรม.pdf", b"MZ\x90\x00 a program", "application/pdf")
    town.settle()
    assert [(file.state, file.mime, file.reason) for file in files(town)] == [
        ("kept", "application/pdf", None),
        ("kept", "image/jpeg", None),
        ("refused", None, "wrong_type"),
    ]


def test_photos_of_a_request_given_up_are_destroyed_within_the_hour_and_others_stay(town: Town) -> None:
    phone = at_the_photos(town)
    phone.sends_photos([photo()])
    town.settle()
    town.wait(hours=2)
    tidy_up(town.database, town.app.media)
    assert files(town)[0].state == "kept"
    phone.says("ยกเลิก")
    town.settle()
    phone.taps("ใช่ ยกเลิก")
    town.settle()
    tidy_up(town.database, town.app.media)
    assert files(town)[0].state == "gone"
    assert bytes_on_disk(town) == []
