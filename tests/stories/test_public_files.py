"""Tests photos that officers send to residents: anybody with the signed address gets them, and nobody else."""

import io

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from store.cases.workflows import Action
from tests.stories.scenes import a_case_of, friend, officer
from tests.town import PUBLIC_URL, Town, photo

TOKEN = "a-token-of-twenty-or-more-signs"


@pytest.fixture
def kept(town: Town) -> str:
    """Stores a photo and returns its path."""
    town.app.media.keep(TOKEN, photo(size=(1200, 900)))
    return path_of(town)


def path_of(town: Town, token: str = TOKEN, *, small: bool = False) -> str:
    return town.settings.photo_links.address(token, small=small).removeprefix(PUBLIC_URL)


def get(town: Town, path: str) -> TestResponse:
    return town.web.get(path)


def test_the_signed_address_shows_the_photo_and_a_small_one(town: Town, kept: str) -> None:
    full, small = get(town, kept), get(town, path_of(town, small=True))
    assert [full.status_code, small.status_code] == [200, 200]
    assert [full.mimetype, small.mimetype] == ["image/jpeg", "image/jpeg"]
    with Image.open(io.BytesIO(full.data)) as large, Image.open(io.BytesIO(small.data)) as little:
        assert (large.size, max(little.size)) == ((1200, 900), 480)


def test_the_photo_cannot_act_in_a_browser(town: Town, kept: str) -> None:
    headers = get(town, kept).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert headers["Cache-Control"].startswith("private")
    assert "Set-Cookie" not in headers


def test_any_other_address_finds_nothing(town: Town, kept: str) -> None:
    _, photos, signed, size = kept.split("/")
    other_key = signed[:-1] + ("A" if signed[-1] != "A" else "B")
    for path in (
        f"/{photos}/{other_key}/{size}",
        f"/{photos}/{TOKEN}/{size}",
        f"/{photos}/{signed}x/{size}",
        f"/{photos}/{signed}/huge.jpg",
        f"/{photos}/{signed}/../{size}",
        f"/{photos}/{signed}",
        f"/{photos}/",
        path_of(town, "another-token-that-nobody-kept"),
        path_of(town, "../../../etc/passwd"),
    ):
        assert get(town, path).status_code == 404, path


def test_the_address_of_a_photo_taken_away_finds_nothing(town: Town, kept: str) -> None:
    town.app.media.destroy(TOKEN)
    assert get(town, kept).status_code == 404


def test_the_address_ends_after_half_a_year(town: Town, kept: str) -> None:
    town.wait(days=179)
    assert get(town, kept).status_code == 200
    town.wait(days=2)
    assert get(town, kept).status_code == 404


def test_the_address_in_a_residents_chat_is_one_that_works(town: Town, kept: str) -> None:
    phone = friend(town)
    officer(town, a_case_of(town, phone), Action.TELL, "ดูรูปค่ะ", files=(TOKEN,))
    town.settle()
    (picture,) = (message for message in phone.messages if message["type"] == "image")
    for address in (picture["originalContentUrl"], picture["previewImageUrl"]):
        assert get(town, address.removeprefix(PUBLIC_URL)).status_code == 200
