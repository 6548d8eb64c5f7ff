"""Tests what residents sent, as the account downloads it, with everything that may go wrong."""

import io

import pytest
from PIL import Image


@pytest.fixture
def photo():
    data = io.BytesIO()
    Image.new("RGB", (640, 480), "green").save(data, "JPEG")
    return data.getvalue()


@pytest.fixture
def photo_id(somsri, photo):
    return somsri.sends_photos([photo])[0]


def path(message_id, part=""):
    return f"/v2/bot/message/{message_id}/content{part}"


def test_a_photo_comes_back_byte_for_byte(account, photo, photo_id):
    answer = account.calls("GET", path(photo_id))
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/jpeg", photo)


def test_a_preview_is_a_small_jpeg(account, photo_id):
    answer = account.calls("GET", path(photo_id, "/preview"))
    with Image.open(io.BytesIO(answer.data)) as image:
        assert (image.format, max(image.size)) == ("JPEG", 240)


def test_a_file_has_no_preview_and_a_photo_is_not_transcoded(account, somsri, photo_id):
    file_id = somsri.sends_file("ก.pdf", b"%PDF")
    assert account.calls("GET", path(file_id)).data == b"%PDF"
    assert account.calls("GET", path(file_id, "/preview")).status_code == 400
    assert account.calls("GET", path(photo_id, "/transcoding")).status_code == 400


@pytest.mark.parametrize("kind", ["sends_video", "sends_audio"])
def test_recordings_are_transcoded(account, sim, somsri, kind):
    message_id = getattr(somsri, kind)()
    assert account.calls("GET", path(message_id, "/transcoding")).get_json() == {"status": "succeeded"}
    sim.faults.turn(content_status="202")
    assert account.calls("GET", path(message_id, "/transcoding")).get_json() == {"status": "processing"}


def test_an_unknown_message_is_404(account):
    assert account.calls("GET", path("1")).status_code == 404


@pytest.mark.parametrize("part", ["", "/preview"])
def test_an_unsent_photo_is_410(account, somsri, photo_id, part):
    somsri.unsends(photo_id)
    assert account.calls("GET", path(photo_id, part)).status_code == 410


def test_a_large_video_is_202_without_a_body_and_then_200(account, sim, somsri):
    message_id = somsri.sends_video()
    sim.faults.turn(content_status="202", count=1)
    waiting = account.calls("GET", path(message_id))
    assert (waiting.status_code, waiting.data) == (202, b"")
    assert account.calls("GET", path(message_id)).status_code == 200


@pytest.mark.parametrize("status", ["404", "410"])
def test_the_switch_hides_every_content(account, sim, photo_id, status):
    sim.faults.turn(content_status=status)
    assert account.calls("GET", path(photo_id)).status_code == int(status)


def test_the_switch_lies_about_the_type(account, sim, photo_id):
    sim.faults.turn(content_wrong_type=True)
    assert account.calls("GET", path(photo_id)).mimetype == "text/html"
