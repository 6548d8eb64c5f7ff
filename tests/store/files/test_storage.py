"""Tests that a folder and a bucket behave alike; the bucket is served by a real server process."""

import errno
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from store.database.encryption import CannotDecrypt, Cipher
from store.files.media import Media
from store.files.storage import StorageUnavailable
from tests.children import Child
from tests.postgres import free_port
from tests.waiting import PATIENCE_SECONDS, wait_until

KEY = b"thirty-two bytes to seal with..!"


@pytest.fixture(scope="module")
def bucket_server() -> Iterator[str]:
    """Starts an S3-compatible server in a process of its own; it checks no signatures, so these are not tested."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    address = f"http://127.0.0.1:{port}"
    with Child(command):
        wait_until(lambda: _answers(address), what="the object store to answer")
        requests.put(f"{address}/town", timeout=PATIENCE_SECONDS).raise_for_status()
        yield address


def _answers(address: str) -> bool:
    try:
        requests.get(address, timeout=PATIENCE_SECONDS)
    except requests.RequestException:
        return False
    return True


@pytest.fixture(params=["folder", "bucket"])
def media_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "folder":
        return str(tmp_path / "media")
    address = request.getfixturevalue("bucket_server")
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "something",
        "AWS_REGION": "ap-southeast-1",
    }.items():
        monkeypatch.setenv(name, value)
    return f"s3://town/{secrets.token_hex(4)}"


def test_what_is_kept_is_read_and_what_is_destroyed_is_gone(media_url: str) -> None:
    media, token = Media(media_url, Cipher((KEY,))), secrets.token_urlsafe(20)
    media.keep(token, b"a street lamp")
    assert media.read(token) == b"a street lamp"
    assert media.tokens() == {token}
    media.destroy(token)
    media.destroy(token)
    assert media.tokens() == set()
    with pytest.raises(FileNotFoundError):
        media.read(token)


def test_what_lies_there_is_sealed_and_opens_under_its_own_name_only(media_url: str) -> None:
    media = Media(media_url, Cipher((KEY,)))
    one = secrets.token_urlsafe(20)
    other = secrets.token_urlsafe(20)
    media.keep(one, b"a street lamp")
    assert b"street lamp" not in media.read_encrypted(one)
    media.keep_encrypted(other, media.read_encrypted(one))
    with pytest.raises(CannotDecrypt):
        media.read(other)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a/b", "short", "ก" * 24, "a" * 41])
def test_a_name_that_is_no_token_of_ours_finds_nothing(media_url: str, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        Media(media_url, Cipher((KEY,))).read(name)


def test_two_towns_in_one_bucket_do_not_see_each_other(media_url: str) -> None:
    one, other = Media(media_url, Cipher((KEY,))), Media(f"{media_url}-other", Cipher((KEY,)))
    one.keep(secrets.token_urlsafe(20), b"x")
    assert other.tokens() == set()


def test_a_half_written_file_is_never_seen(tmp_path: Path) -> None:
    media, token = Media(str(tmp_path), Cipher((KEY,))), secrets.token_urlsafe(20)
    media.keep(token, b"x")
    os.rename(tmp_path / token[:2] / token, tmp_path / token[:2] / f"{token}.part")
    assert media.tokens() == set()


def test_a_full_disk_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    media, token = Media(str(tmp_path), Cipher((KEY,))), "a" * 27
    (tmp_path / "aa").mkdir()
    # Every write finds the disk full.
    (tmp_path / "aa" / f"{token}.part").symlink_to("/dev/full")
    with pytest.raises(StorageUnavailable) as trouble:
        media.keep(token, b"bytes")
    assert trouble.value.errno == errno.ENOSPC
    assert list((tmp_path / "aa").iterdir()) == []
    media.keep(token, b"bytes")
    assert media.read(token) == b"bytes"


def test_an_object_store_that_is_away_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "something")
    monkeypatch.setenv("AWS_REGION", "ap-southeast-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StorageUnavailable):
        Media("s3://town/media", Cipher((KEY,))).keep("a" * 27, b"bytes")
