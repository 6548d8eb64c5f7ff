"""Makes the file name under which an officer downloads a resident's file: the resident's own, made safe.

The extension is that of the file's real type, whatever the resident's name says.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

ENDINGS: Final = {"image/jpeg": ".jpg", "application/pdf": ".pdf"}
# File systems take 255 bytes for a name.
MAX_BYTES: Final = 200
# No sign of these may stand in a file's name on Windows.
_NO_NAME: Final = str.maketrans(dict.fromkeys('\\/:*?"<>|', " "))
# Windows takes these for devices, whatever ending follows: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICES: Final = frozenset(
    {
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"),
    }
)
_ENDING: Final = re.compile(r"\.(?=[0-9]{0,4}[A-Za-z])[A-Za-z0-9]{1,5}$")


def name_for(mime: str, given: str | None, number: int) -> str:
    """Returns a name with the ending of `mime`, whatever ending was `given`; if none is usable, kind and `number`."""
    stem = _stem(given or "")
    if not stem:
        stem = f"{'photo' if mime == 'image/jpeg' else 'document'}-{number}"
    return stem + ENDINGS.get(mime, ".bin")


def disposition(how: str, name: str, number: int) -> str:
    """Returns the value of Content-Disposition. `how` is inline or attachment.

    Headers are ASCII, so another name goes as `filename*` (RFC 6266, RFC 8187), beside a plain one for old programs.
    A percent sign in the plain name would be decoded by some.
    """
    if name.isascii() and "%" not in name:
        return f'{how}; filename="{name}"'
    plain = f"file-{number}.{name.rpartition('.')[2]}"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _stem(given: str) -> str:
    """Returns the name without slashes, invisible characters and all endings: of bill.pdf.exe only bill is left."""
    spaced = "".join(" " if sign.isspace() else sign for sign in given.translate(_NO_NAME))
    visible = "".join(sign for sign in spaced if unicodedata.category(sign)[0] != "C")
    stem = unicodedata.normalize("NFC", " ".join(visible.split())).strip(" .")
    while shorter := _ENDING.search(stem):
        stem = stem[: shorter.start()].rstrip(" .")
    stem = stem.encode()[:MAX_BYTES].decode(errors="ignore").strip(" .")
    return f"_{stem}" if stem.partition(".")[0].rstrip().lower() in _DEVICES else stem
