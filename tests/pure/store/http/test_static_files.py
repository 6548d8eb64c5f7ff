"""Tests that static files have one address for each version, and are compressed where that gains something."""

import gzip
from pathlib import Path

import pytest

from store.http.static_files import StaticFiles

STYLE = b"p { color: red; } " * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "page.css").write_bytes(STYLE)
    (tmp_path / "font.woff2").write_bytes(b"font")
    return tmp_path


def test_what_can_be_compressed_is_for_whoever_takes_it(folder: Path) -> None:
    files = StaticFiles(folder)
    zipped, headers = files.answer(files.version, "css/page.css", "br, gzip") or (b"", {})
    assert gzip.decompress(zipped) == STYLE
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Content-Type"] == "text/css; charset=utf-8"
    body, headers = files.answer(files.version, "css/page.css", "") or (b"", {})
    assert body == STYLE
    assert "Content-Encoding" not in headers
    body, headers = files.answer(files.version, "font.woff2", "gzip") or (b"", {})
    assert (body, "Content-Encoding" in headers) == (b"font", False)


def test_this_version_is_kept_and_another_is_asked_for_again(folder: Path) -> None:
    files = StaticFiles(folder)
    for version, kept in ((files.version, "public, max-age=31536000, immutable"), ("0", "no-cache")):
        _, headers = files.answer(version, "font.woff2", "") or (b"", {})
        assert headers["Cache-Control"] == kept


def test_any_change_is_another_version(folder: Path) -> None:
    versions = {StaticFiles(folder).version, StaticFiles(folder).version}
    assert len(versions) == 1
    (folder / "font.woff2").write_bytes(b"fonts")
    versions.add(StaticFiles(folder).version)
    (folder / "font.woff2").rename(folder / "fond.woff2")
    versions.add(StaticFiles(folder).version)
    assert len(versions) == 3


@pytest.mark.parametrize(
    "name", ["", "css", "none.css", "../test_static_files.py", "css/../font.woff2", "/etc/passwd"]
)
def test_nothing_else_is_handed_out(folder: Path, name: str) -> None:
    assert StaticFiles(folder).answer("0", name, "") is None


def test_names_that_were_not_asked_for_are_left_out(folder: Path) -> None:
    files = StaticFiles(folder, {"font.woff2"})
    assert files.answer("0", "css/page.css", "") is None
    assert files.answer("0", "font.woff2", "") is not None
