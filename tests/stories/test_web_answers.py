"""Tests that the web process has error pages in Thai, and that no answer may be framed, sniffed or scripted."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deploy.web import create_app
from store.clock import now
from store.settings import DEMO_MUNICIPALITY
from tests.town import Town

# No page here asks the database for anything that differs.
pytestmark = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
SECURITY_TXT = "/.well-known/security.txt"


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/", 302, "/announcements"),
        ("GET", "/no/such/page", 404, "ไม่พบหน้านี้ค่ะ"),
        ("GET", "/photos/none/full.jpg", 404, "ไม่พบหน้านี้ค่ะ"),
        ("GET", "/announcements/99999", 404, "ไม่พบประกาศหรือลิงก์นี้"),
        ("GET", "/line/webhook", 405, "หน้านี้เปิดดูไม่ได้ค่ะ"),
        ("POST", "/announcements", 405, "หน้านี้เปิดดูไม่ได้ค่ะ"),
        ("POST", "/line/webhook", 400, "ตอนนี้ยังทำรายการนี้ไม่ได้"),
        ("GET", "/announcements", 200, "ประกาศ"),
        ("GET", "/healthz", 200, "alive"),
        ("GET", "/readyz", 503, "worker"),
        ("GET", "/metrics", 200, "tessaban"),
        ("GET", SECURITY_TXT, 200, "Contact: mailto:"),
        ("GET", "/%00", 400, "อักขระ"),
    ],
)
def test_every_answer_is_in_words_and_bears_the_headers(
    town: Town, method: str, path: str, status: int, words: str
) -> None:
    with town.web.open(path, method=method) as answer:
        text = answer.get_data(as_text=True)
        assert (answer.status_code, words in text) == (status, True), text
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "Werkzeug" not in text
        assert "requested URL" not in text


def test_a_page_that_is_only_posted_to_says_how(town: Town) -> None:
    allowed = town.web.get("/line/webhook").headers["Allow"]
    assert sorted(allowed.split(", ")) == ["OPTIONS", "POST"]


def test_the_page_that_is_not_there_is_dressed_as_the_others(town: Town) -> None:
    style = re.search(r'href="([^"]+\.css)"', town.web.get("/no/such/page").text)
    assert style is not None
    with town.web.get(style[1]) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/css")


def test_security_txt_expires_within_a_year_of_the_start_and_names_the_site(town: Town) -> None:
    answer = town.web.get(SECURITY_TXT)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Canonical"] == f"{town.settings.public_url}{SECURITY_TXT}"
    assert fields["Policy"].startswith("https://")
    assert timedelta() < datetime.fromisoformat(fields["Expires"]) - now() < timedelta(days=365)


def test_without_a_contact_there_is_no_security_txt(town: Town, tmp_path: Path) -> None:
    facts = DEMO_MUNICIPALITY.read_text("utf-8").replace('contact = "mailto:security@example.go.th"\n', "")
    (tmp_path / "town.toml").write_text(facts, "utf-8")
    store = replace(town.settings.store, municipality=tmp_path / "town.toml")
    app = create_app(replace(town.settings, store=store))
    assert app.test_client().get(SECURITY_TXT).status_code == 404
    app.extensions["webhook"].database.close()
