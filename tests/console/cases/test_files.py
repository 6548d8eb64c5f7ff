"""Photos and documents reach only those who may see the case, and do no harm there."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image

from store.cases.models import Case
from store.database.engine import Database
from store.files.lifecycle import uploaded
from store.files.models import File, FileState
from tests.console.cases.test_views import _jpeg
from tests.console.conftest import Known, office_of
from tests.console.pages import Person


@pytest.fixture
def keep(app: Flask, database: Database, case: Known) -> Callable[..., str]:
    """Puts a kept file into the case; returns its token."""

    def keep_one(data: bytes | None = None, mime: str = "image/jpeg", name: str | None = None) -> str:
        media = office_of(app).media
        file = uploaded(media, _jpeg(), staff_id=1)
        file.staff_id, file.case_id, file.mime, file.name = None, case.case_id, mime, name
        if data is not None:
            media.keep(file.token, data)
        with database.transaction() as session:
            session.add(file)
            session.get_one(Case, case.case_id)
        return file.token

    return keep_one


def test_a_photo_is_shown_small_and_large(officer: Person, keep: Callable[..., str]) -> None:
    token = keep()
    large, small = officer.client.get(f"/files/{token}"), officer.client.get(f"/files/{token}/preview")
    assert large.mimetype == small.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(large.data)).size == (600, 400)
    assert Image.open(io.BytesIO(small.data)).size == (480, 320)
    for answer in (large, small):
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_pdf_is_only_handed_out(officer: Person, keep: Callable[..., str]) -> None:
    token = keep(b"%PDF-1.4", "application/pdf", 'สำเนา\r\nSet-Cookie: x="1"/../.pdf')
    answer = officer.client.get(f"/files/{token}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Set-Cookie" not in answer.headers or "x=" not in answer.headers["Set-Cookie"]
    assert officer.client.get(f"/files/{token}/preview").status_code == 404


def test_the_case_names_a_document_as_it_will_be_handed_out(
    officer: Person, case: Known, keep: Callable[..., str]
) -> None:
    keep(b"%PDF-1.4", "application/pdf", "bill.pdf.exe")
    page = officer.visit(f"/cases/{case.case_id}")
    assert "ดาวน์โหลด bill.pdf<" in page.html


def test_other_departments_and_admins_get_no_file(
    stranger: Person, admin: Person, nobody: Person, keep: Callable[..., str]
) -> None:
    token = keep()
    for address in (f"/files/{token}", f"/files/{token}/preview"):
        assert stranger.client.get(address).status_code == 404
        assert admin.client.get(address).status_code == 403
        assert nobody.client.get(address).status_code == 303


def test_a_file_that_is_gone_or_lost_is_not_found(
    officer: Person, app: Flask, database: Database, keep: Callable[..., str]
) -> None:
    lost, gone = keep(), keep()
    office_of(app).media.destroy(lost)
    with database.transaction() as session:
        session.query(File).filter_by(token=gone).one().state = FileState.GONE
    for token in (lost, gone, "no-such-file-anywhere", ".." * 12):
        assert officer.client.get(f"/files/{token}").status_code == 404


def test_a_damaged_file_says_so_and_what_to_do(officer: Person, app: Flask, keep: Callable[..., str]) -> None:
    token, media = keep(), office_of(app).media
    media.keep_encrypted(token, media.read_encrypted(token)[:-1] + b"?")
    answer = officer.client.get(f"/files/{token}")
    assert answer.status_code == 500
    assert "ไฟล์นี้เสียหาย" in answer.text
    assert "ไม่มีการบันทึก" not in answer.text
