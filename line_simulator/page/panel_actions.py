"""Carries out what a resident does on the chat page, read from the page's requests."""

from collections.abc import Callable
from typing import Any

from flask import request

from line_simulator.refusals import ActionNotAllowed
from line_simulator.residents import Resident
from line_simulator.residents.contents import sniff_image_type


def _say(resident: Resident) -> None:
    resident.says(str(_read("text", "")))


def _send_photos(resident: Resident) -> None:
    photos = [upload.read() for upload in request.files.getlist("photos")]
    if any(not sniff_image_type(photo).startswith("image/") for photo in photos):
        raise ActionNotAllowed("not_a_photo")
    resident.sends_photos(photos)


def _send_file(resident: Resident) -> None:
    upload = request.files.get("file")
    if upload is None:
        raise ActionNotAllowed("no_file")
    data = upload.read()
    resident.sends_file(upload.filename or "file", data, upload.mimetype or "application/octet-stream")


def _send_audio(resident: Resident) -> None:
    resident.sends_audio(_read_upload())


def _send_video(resident: Resident) -> None:
    resident.sends_video(_read_upload())


def _send_place(resident: Resident) -> None:
    try:
        latitude = float(_read("latitude"))
        longitude = float(_read("longitude"))
    except (TypeError, ValueError):
        raise ActionNotAllowed("no_coordinates") from None
    resident.sends_place(latitude, longitude, _read("title"), _read("address"))


def _send_sticker(resident: Resident) -> None:
    resident.sends_sticker(str(_read("packageId", "11537")), str(_read("stickerId", "52002738")))


def _unsend(resident: Resident) -> None:
    resident.unsends(str(_read("message_id", "")))


def _tap(resident: Resident) -> None:
    action = _read("action")
    if not isinstance(action, dict):
        raise ActionNotAllowed("no_button")
    try:
        resident.taps_action(action, _read("params") or {})
    except KeyError as missing:
        raise ActionNotAllowed("button_lacks", name=missing) from None


def _read(name: str, default: Any = None) -> Any:
    body = request.get_json(silent=True)
    return body.get(name, default) if isinstance(body, dict) else default


def _read_upload() -> bytes | None:
    upload = next(iter(request.files.values()), None)
    return upload.read() if upload else None


ACTIONS: dict[str, Callable[[Resident], None]] = {
    "follow": Resident.follows,
    "block": Resident.blocks,
    "unblock": Resident.unblocks,
    "read": Resident.reads,
    "say": _say,
    "photos": _send_photos,
    "file": _send_file,
    "audio": _send_audio,
    "video": _send_video,
    "place": _send_place,
    "sticker": _send_sticker,
    "unsend": _unsend,
    "tap": _tap,
}
