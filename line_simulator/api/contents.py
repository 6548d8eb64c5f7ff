"""Answers the endpoints that return what residents sent: the bytes, a preview, the state of transcoding."""

import itertools
import time
from collections.abc import Iterator

from line_simulator.api.calls import ApiCall, ApiResponse, Endpoint
from line_simulator.faults import CONTENT
from line_simulator.refusals import Refusal
from line_simulator.residents.contents import MessageContent, draw_preview

BASE = "/v2/bot/message/<message_id>/content"
CHUNK = bytes(64 * 1024)


def _download(call: ApiCall, message_id: str) -> ApiResponse:
    content = call.sim.contents.get(message_id)
    _refuse_by_fault(call)
    if call.faults.get("content_status") == "202":
        return ApiResponse(b"", 202)
    content_type = "text/html" if call.faults.get("content_wrong_type") else content.content_type
    if call.faults.get("content_endless"):
        return ApiResponse(_send_endlessly(content), headers={"Content-Type": content_type})
    if speed := call.faults.get("content_bytes_per_second"):
        return ApiResponse(_send_slowly(content.data, speed), headers={"Content-Type": content_type})
    if call.faults.get("content_truncated"):
        promised = {"Content-Type": content_type, "Content-Length": str(len(content.data))}
        return ApiResponse(iter([content.data[: len(content.data) // 2]]), headers=promised)
    return ApiResponse(content.data, headers={"Content-Type": content_type})


def _show_preview(call: ApiCall, message_id: str) -> ApiResponse:
    content = call.sim.contents.get(message_id)
    _refuse_by_fault(call)
    if content.kind not in {"image", "video"}:
        raise Refusal(400, "Only images and videos have a preview")
    return ApiResponse(draw_preview(content), headers={"Content-Type": "image/jpeg"})


def _show_transcoding(call: ApiCall, message_id: str) -> ApiResponse:
    content = call.sim.contents.get(message_id)
    _refuse_by_fault(call)
    if content.kind not in {"video", "audio"}:
        raise Refusal(400, "Only videos and audio are transcoded")
    waiting = call.faults.get("content_status") == "202"
    return ApiResponse({"status": "processing" if waiting else "succeeded"})


def _refuse_by_fault(call: ApiCall) -> None:
    match call.faults.get("content_status"):
        case "404":
            raise Refusal(404, "not found")
        case "410":
            raise Refusal(410, "The content is gone")


def _send_slowly(data: bytes, bytes_per_second: int) -> Iterator[bytes]:
    for at in range(len(data)):
        yield data[at : at + 1]
        time.sleep(1 / bytes_per_second)


def _send_endlessly(content: MessageContent) -> Iterator[bytes]:
    return itertools.chain([content.data], itertools.repeat(CHUNK))


ENDPOINTS = (
    Endpoint("GET", BASE, _download, faults=CONTENT),
    Endpoint("GET", f"{BASE}/preview", _show_preview, faults=("content_status",)),
    Endpoint("GET", f"{BASE}/transcoding", _show_transcoding, faults=("content_status",)),
)
