"""Pictures of a broadcast: drawn anew to LINE's rules, refused in words, and never a resident's."""

import io
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from store.database.engine import Database
from store.files.lifecycle import uploaded, want
from store.files.models import File
from tests.builders import a_resident
from tests.console.conftest import office_of
from tests.console.looks import person_of
from tests.console.news import CARD, press, row, said_at, write
from tests.console.pages import Page, Person
from tests.town import photo

# The same form over either database.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)


def big_photo() -> bytes:
    """As a telephone takes it: large, on its side, with the place in it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (16.0, 25.0, 0.0), 3: "E", 4: (102.0, 49.0, 0.0)}
    out = io.BytesIO()
    Image.new("RGB", (3200, 2400), "orange").save(out, "JPEG", exif=exif)
    return out.getvalue()


def endless_photo() -> bytes:
    """Few bytes, and 48 million pixels when it is opened."""
    out = io.BytesIO()
    Image.new("1", (8000, 6000)).save(out, "PNG")
    return out.getvalue()


def file(data: bytes, name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_a_photo_is_drawn_anew_to_lines_rules_and_carries_no_place(
    app: Flask, officer: Person, database: Database
) -> None:
    picture = {"message.parts.0.kind": "picture", "message.parts.0.file": file(big_photo())}
    broadcast = write(officer, **picture)
    token = row(database, broadcast).content["parts"][0]["token"]
    full, small = (
        officer.client.get(f"/broadcasts/pictures/{token}/{size}.jpg") for size in ("full", "small")
    )
    for answer, most_bytes in ((full, 10_000_000), (small, 1_000_000)):
        image = Image.open(io.BytesIO(answer.data))
        assert image.format == "JPEG"
        assert len(answer.data) <= most_bytes
        assert not dict(image.getexif())
        assert image.height > image.width, "turned upright"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert max(Image.open(io.BytesIO(small.data)).size) <= 1024


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"GIF89a" + b"\0" * 40, "เปิดรูปไม่ได้"), (b"", "เปิดรูปไม่ได้"), (endless_photo(), "รูปใหญ่เกินไป")],
)
def test_a_file_that_is_no_picture_is_refused_in_words_and_the_rest_stays(
    officer: Person, database: Database, data: bytes, said: str
) -> None:
    sent: dict[str, Any] = {**CARD, "message.parts.0.file": file(data)}
    answer = press(officer, "look", **sent)
    page = Page(answer).check()
    assert answer.status_code == 400
    assert said in said_at(page.html, "message.parts.0.file")
    assert 'value="เตือนน้ำล้นตลิ่ง"' in page.html
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(File)) == 0


def test_a_residents_photo_can_neither_be_seen_nor_sent_here(
    app: Flask, officer: Person, database: Database
) -> None:
    staff = person_of(database, officer.username)
    with database.transaction() as session:
        resident = a_resident(session)
        theirs = want(
            session, resident, kind="photo", line_message_id="1", name="", album=None, for_conversation=False
        )
        of_case = uploaded(office_of(app).media, photo(), staff_id=staff.id)
        of_case.resident_id = resident.id
        session.add(of_case)
        tokens = [theirs.token, of_case.token]
    for token in tokens:
        assert officer.client.get(f"/broadcasts/pictures/{token}/full.jpg").status_code == 404
        answer = press(officer, "save", **{"message.parts.0.kind": "picture", "message.parts.0.token": token})
        assert (answer.status_code, "กรุณาเลือกรูป" in said_at(answer.text, "message")) == (400, True)
