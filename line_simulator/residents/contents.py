"""Stores the photos, files and recordings that residents sent, in memory, until the simulator ends."""

import io
from dataclasses import dataclass, field

from PIL import Image

from line_simulator.refusals import Refusal

PREVIEW_SIZE = (240, 240)


@dataclass(frozen=True)
class MessageContent:
    kind: str
    """Is image, video, audio or file."""
    data: bytes
    content_type: str


@dataclass
class Contents:
    _stored: dict[str, MessageContent | None] = field(default_factory=dict)

    def store(self, message_id: str, content: MessageContent) -> None:
        self._stored[message_id] = content

    def delete(self, message_id: str) -> None:
        """Deletes the content of a message that the resident unsent; from then on LINE answers 410."""
        if message_id in self._stored:
            self._stored[message_id] = None

    def get(self, message_id: str) -> MessageContent:
        if message_id not in self._stored:
            raise Refusal(404, "not found")
        content = self._stored[message_id]
        if content is None:
            raise Refusal(410, "The content is gone")
        return content


def sniff_image_type(data: bytes) -> str:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return Image.MIME.get(image.format or "", "application/octet-stream")
    except OSError:
        return "application/octet-stream"


def draw_preview(content: MessageContent) -> bytes:
    """Returns a small JPEG of an image; a grey frame for anything that is no image, such as a video."""
    picture = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content.data)) as image:
            small = image.convert("RGB")
    except OSError:
        small = Image.new("RGB", PREVIEW_SIZE, "#888888")
    small.thumbnail(PREVIEW_SIZE)
    small.save(picture, "JPEG")
    return picture.getvalue()
