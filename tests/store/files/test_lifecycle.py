"""Tests rows of photos and documents: wanted, kept, refused or gone, and that no data beyond that is left."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.clock import now
from store.database.engine import Database
from store.files import lifecycle
from store.files.decoding import Decoder
from store.files.lifecycle import FileNotAccepted
from store.files.limits import MAX_BYTES
from store.files.media import Media
from store.files.models import File, FileReason
from store.files.unassigned import claim, unassigned_files
from store.residents.models import Resident
from tests.builders import a_resident
from tests.pdfs import a_pdf

PDF = a_pdf()
DECODER = Decoder()


@pytest.fixture
def media(database: Database, tmp_path: Path) -> Media:
    return Media(str(tmp_path / "media"), database.cipher)


@pytest.fixture
def session(database: Database, clock: time_machine.Traveller) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened


def picture(kind: str = "JPEG", size: tuple[int, int] = (300, 200)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (16.0, 25.0, 56.0), 3: "E", 4: (102.0, 49.0, 25.0)})
    Image.new("RGB", size, "orange").save(out, kind, exif=exif)
    return out.getvalue()


def wanted(session: Session, resident: Resident | None = None, *, for_conversation: bool = True) -> File:
    return lifecycle.want(
        session,
        resident or a_resident(session),
        kind="photo",
        line_message_id="589301234569113521",
        name="",
        album=None,
        for_conversation=for_conversation,
    )


def test_a_wanted_file_is_promised_to_one_fetcher_for_two_minutes(
    session: Session, clock: time_machine.Traveller
) -> None:
    file = wanted(session)
    assert lifecycle.claim_wanted(session) is file
    assert lifecycle.claim_wanted(session) is None
    clock.shift(timedelta(seconds=121))
    assert lifecycle.claim_wanted(session) is file
    assert file.tries == 2


def test_what_line_does_not_give_is_asked_for_again_soon_then_hourly_then_never(
    session: Session, clock: time_machine.Traveller
) -> None:
    clock.move_to(now(), tick=False)
    file, waits = wanted(session), []
    while lifecycle.claim_wanted(session) is file and lifecycle.put_off(file):
        assert file.next_try_at is not None
        waits.append(round((file.next_try_at - now()).total_seconds()))
        clock.move_to(file.next_try_at + timedelta(seconds=1))
    assert waits == [5, 15, 60, 300, 900, 3600, 3600, 3600, 3600, 3600]


def test_what_line_says_it_does_not_have_is_given_up_after_a_minute_and_a_half(
    session: Session, clock: time_machine.Traveller
) -> None:
    clock.move_to(now(), tick=False)
    file, tries = wanted(session), 0
    began = now()
    while lifecycle.claim_wanted(session) is file and lifecycle.put_off(file, missing=True):
        assert file.next_try_at is not None
        clock.move_to(file.next_try_at + timedelta(seconds=1))
        tries += 1
    assert tries == 3
    assert now() - began < timedelta(seconds=90)


def test_what_was_never_tried_overtakes_what_was(session: Session, clock: time_machine.Traveller) -> None:
    slow = wanted(session)
    assert lifecycle.claim_wanted(session) is slow
    assert lifecycle.put_off(slow)
    clock.shift(timedelta(seconds=6))
    fresh = [wanted(session), wanted(session)]
    assert [lifecycle.claim_wanted(session), lifecycle.claim_wanted(session)] == fresh
    assert lifecycle.claim_wanted(session) is slow


def test_nobody_has_all_fetchers(session: Session, clock: time_machine.Traveller) -> None:
    one, other = a_resident(session), a_resident(session)
    many = [wanted(session, one) for _ in range(4)]
    assert [lifecycle.claim_wanted(session), lifecycle.claim_wanted(session)] == many[:2]
    assert lifecycle.claim_wanted(session) is None
    of_another = wanted(session, other)
    assert lifecycle.claim_wanted(session) is of_another
    lifecycle.refuse(many[0], FileReason.UNREADABLE)
    assert lifecycle.claim_wanted(session) is many[2]
    # Fetchers that died have none of them.
    clock.shift(timedelta(seconds=121))
    assert lifecycle.claim_wanted(session) is many[3]


def test_what_ends_its_fetcher_five_times_is_harmful(session: Session, clock: time_machine.Traveller) -> None:
    file, harmful = wanted(session), []
    for _ in range(6):
        assert lifecycle.claim_wanted(session) is file
        harmful.append(lifecycle.is_harmful(file))
        clock.shift(timedelta(seconds=121))
    assert harmful == [False] * 5 + [True]


def test_tries_that_ended_are_not_held_against_a_file(
    session: Session, clock: time_machine.Traveller
) -> None:
    file = wanted(session)
    for _ in range(8):
        assert lifecycle.claim_wanted(session) is file
        session.flush()
        lifecycle.uncount(session, {file.id})
        session.refresh(file)
        clock.shift(timedelta(seconds=121))
    assert (file.tries, file.unfinished, file.claimed_until) == (0, 0, None)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_photo_is_redrawn_and_where_it_was_taken_is_told_apart(kind: str) -> None:
    clean = lifecycle.clean(DECODER, "photo", picture(kind))
    assert clean.mime == "image/jpeg"
    assert clean.place == {"latitude": 16.432222, "longitude": 102.823611}
    with Image.open(io.BytesIO(clean.data)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (300, 200), {})


def test_a_document_is_a_pdf_or_a_photo(session: Session) -> None:
    assert lifecycle.clean(DECODER, "document", PDF).data == PDF
    assert lifecycle.clean(DECODER, "document", picture()).mime == "image/jpeg"


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("photo", b"", "unreadable"),
        ("photo", PDF, "unreadable"),
        ("photo", b"<svg onload='alert(1)'/>", "unreadable"),
        ("photo", picture()[:90], "unreadable"),
        ("photo", bytes(MAX_BYTES + 1), "too_big"),
        ("document", b"PK\x03\x04 a program", "wrong_type"),
        ("document", b"<html><script>", "wrong_type"),
        ("document", a_pdf(trailer="/Encrypt 2 0 R"), "locked"),
        ("document", a_pdf()[:-9], "cut_off"),
        ("document", a_pdf(within=b"<</S/JavaScript/JS(x)>>"), "unsafe"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused_with_a_reason(kind: str, data: bytes, reason: str) -> None:
    with pytest.raises(FileNotAccepted) as refusal:
        lifecycle.clean(DECODER, kind, data)
    assert refusal.value.reason == reason


def test_a_file_of_staff_is_stored_before_its_row(session: Session, media: Media) -> None:
    file = lifecycle.uploaded(media, picture(), staff_id=1)
    assert (file.state, file.mime) == ("kept", "image/jpeg")
    assert file.size == len(media.read(file.token))
    with pytest.raises(FileNotAccepted):
        lifecycle.uploaded(media, PDF, staff_id=1)
    assert media.tokens() == {file.token}


def test_what_was_taken_back_leaves_only_the_knowledge_that_there_was_something(
    database: Database, media: Media, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        resident = a_resident(session)
        file = wanted(session, resident)
        clean = lifecycle.clean(DECODER, "photo", picture())
        media.keep(file.token, clean.data)
        lifecycle.note_kept(file, clean)
        assert lifecycle.forget(session, media, "589301234569113521", a_resident(session)) is None
        assert lifecycle.forget(session, media, "589301234569113521", resident) is file
        assert lifecycle.forget(session, media, "589301234569113521", resident) is file
        assert media.tokens() == {file.token}
    assert (file.state, file.sha256, file.taken_at_place, media.tokens()) == ("gone", None, None, set())


def test_what_was_to_be_destroyed_stays_when_its_transaction_fails(
    database: Database, media: Media, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        file = wanted(session)
        media.keep(file.token, b"bytes")

    def fail() -> None:
        with database.transaction() as session:
            lifecycle.destroy(session, media, session.get_one(File, file.id))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as session:
        assert session.get_one(File, file.id).state == "wanted"
    assert media.tokens() == {file.token}


def test_photos_sent_a_moment_ago_are_taken_along_once(
    session: Session, clock: time_machine.Traveller
) -> None:
    resident = a_resident(session)
    old = wanted(session, resident, for_conversation=False)
    clock.shift(timedelta(minutes=16))
    new = wanted(session, resident, for_conversation=False)
    wanted(session, for_conversation=False)
    assert unassigned_files(session, resident) == [new]
    claim([new], [new.token])
    assert unassigned_files(session, resident) == []
    assert old.for_conversation is False


def test_files_that_belong_to_nothing_are_destroyed_after_an_hour(
    database: Database, media: Media, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        unused = wanted(session, for_conversation=False)
        media.keep(unused.token, b"bytes")
        by_staff = lifecycle.uploaded(media, picture(), staff_id=1)
        by_staff.staff_id = None
        session.add(by_staff)
        assert lifecycle.forget_unused(session, media) == 0
    clock.shift(timedelta(minutes=61))
    with database.transaction() as session:
        assert lifecycle.forget_unused(session, media) == 1
    assert media.tokens() == {by_staff.token}
    with database.reading() as session:
        assert session.scalars(select(File.state).order_by(File.id)).all() == ["gone", "kept"]
