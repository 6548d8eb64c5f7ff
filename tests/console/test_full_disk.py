"""Nothing can be written any more: officers still read, and what they send is refused with what to do."""

import io
import os
import re
import resource
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from store.clock import now
from store.database.engine import Database
from store.files.media import Media
from store.municipality.profile import Municipality
from store.settings import StoreSettings
from store.staff.models import StaffSession
from tests.builders import PASSWORD, a_case, an_officer
from tests.console.conftest import SECRET_KEY
from tests.processes import served
from tests.town import photo

pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
PATIENCE_SECONDS = 60


@pytest.fixture
def console(store_settings: StoreSettings, tmp_path: Path) -> Iterator[str]:
    environ = {
        **os.environ,
        "DATABASE_URL": store_settings.database_url,
        "MEDIA_URL": store_settings.media_url,
        "SECRET_KEY": SECRET_KEY,
        "DATA_KEY": b64encode(store_settings.data_keys[0]).decode(),
    }
    with served("staff_console.web:create_app()", tmp_path, environ=environ) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def nothing_can_be_written(tmp_path: Path) -> Iterator[None]:
    """The kernel refuses each byte that the console's processes want to write to a file."""
    pids = [int(pid) for pid in re.findall(r"pid: (\d+)", (tmp_path / "served.log").read_text())]
    assert pids
    before = [(pid, resource.prlimit(pid, resource.RLIMIT_FSIZE)) for pid in pids]
    for pid, (_, hard) in before:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limit in before:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def fields_of(page: str, action: str) -> dict[str, str]:
    form = re.search(rf'<form[^>]+action="{action}".*?</form>', page, re.DOTALL)
    assert form is not None, f"no form leads to {action}"
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))


def signed_in(console: str, username: str) -> requests.Session:
    browser = requests.Session()
    page = browser.get(f"{console}/sign-in", timeout=PATIENCE_SECONDS).text
    sent = {**fields_of(page, "/sign-in"), "username": username, "password": PASSWORD}
    browser.post(f"{console}/sign-in", sent, timeout=PATIENCE_SECONDS)
    return browser


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux can take a process's right to write")
def test_on_a_full_disk_officers_read_and_writing_says_so(
    console: str,
    database: Database,
    municipality: Municipality,
    tmp_path: Path,
    store_settings: StoreSettings,
) -> None:
    with database.transaction() as session:
        username = an_officer(session, municipality, role="officer", department="engineering").username
        case_id = a_case(session, municipality).id
    browser = signed_in(console, username)
    address = f"{console}/cases/{case_id}"
    fields = fields_of(browser.get(address, timeout=PATIENCE_SECONDS).text, f"/cases/{case_id}/tell")
    with database.transaction() as session:
        # So long ago that the console wants to write that it saw this browser again.
        session.query(StaffSession).one().seen_at = now() - timedelta(minutes=5)
    with nothing_can_be_written(tmp_path):
        for path in ("/", f"/cases/{case_id}", "/?tab=all"):
            assert browser.get(f"{console}{path}", timeout=PATIENCE_SECONDS).status_code == 200, path
        with_photo = {"photos": ("a.jpg", io.BytesIO(photo()), "image/jpeg")}
        for files in (None, with_photo):
            answer = browser.post(
                f"{address}/tell", {**fields, "note": "ลองส่ง"}, files=files, timeout=PATIENCE_SECONDS
            )
            assert answer.status_code == 503
            assert "ยังไม่มีการบันทึกใด ๆ" in answer.text
    fields = fields_of(browser.get(address, timeout=PATIENCE_SECONDS).text, f"/cases/{case_id}/tell")
    files = {"photos": ("a.jpg", io.BytesIO(photo()), "image/jpeg")}
    browser.post(f"{address}/tell", {**fields, "note": "ลองส่ง"}, files=files, timeout=PATIENCE_SECONDS)
    assert "ลองส่ง" in browser.get(address, timeout=PATIENCE_SECONDS).text
    assert len(Media(store_settings.media_url, database.cipher).tokens()) == 1


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux can take a process's right to write")
def test_on_a_full_disk_who_leaves_a_shared_desk_is_signed_out_there(
    console: str, database: Database, municipality: Municipality, tmp_path: Path
) -> None:
    with database.transaction() as session:
        username = an_officer(session, municipality).username
    browser = signed_in(console, username)
    form = fields_of(browser.get(f"{console}/password", timeout=PATIENCE_SECONDS).text, "/sign-out")
    assert "staff" in browser.cookies
    with nothing_can_be_written(tmp_path):
        answer = browser.post(f"{console}/sign-out", form, timeout=PATIENCE_SECONDS)
    assert "staff" not in browser.cookies
    # Nobody is told that the session is over while it is not.
    assert "จะสิ้นสุดเองเมื่อไม่มีการใช้งาน 30 นาที" in answer.text
