"""Makes small versions of photos that were re-encoded before they were stored and have not changed since."""

import io

from PIL import Image


def preview(jpeg: bytes, side: int = 480) -> bytes:
    """Returns a small version of a clean picture; LINE wants previews of at most 1 MB."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.thumbnail((side, side))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=80)
    return out.getvalue()
