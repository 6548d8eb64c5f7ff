"""Makes the name under which staff download a resident's file, from the name that the resident gave it.

Characters that are unsafe in file names are removed, and the extension is that of the file's real type.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

ENDINGS: Final = {"image/jpeg": ".jpg", "application/pdf": ".pdf"}
# File systems allow 255 bytes for a name.
MAX_BYTES: Final = 200
# Windows allows none of these characters in a file name.
_NO_NAME: Final = str.maketrans(dict.fromkeys('\\/:*?"<>|', " "))
# Windows reads these as devices, whatever ending follows: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
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
    """Returns the name `given` with the ending of `mime` instead of its own.

    If nothing usable is left of it, the name is photo or document with `number`, such as photo-7.jpg.
    """
    stem = _stem(given or "")
    if not stem:
        stem = f"{'photo' if mime == 'image/jpeg' else 'document'}-{number}"
    return stem + ENDINGS.get(mime, ".bin")


def disposition(how: str, name: str, number: int) -> str:
    """Returns the value of the Content-Disposition header. `how` is inline or attachment.

    Headers are ASCII, so any other name is encoded in `filename*` (RFC 6266, RFC 8187), next to a plain name for old
    programs. So is a name with a percent sign, because some programs would decode it.
    """
    if name.isascii() and "%" not in name:
        return f'{how}; filename="{name}"'
    plain = f"file-{number}.{name.rpartition('.')[2]}"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _stem(given: str) -> str:
    """Returns the name without unsafe or invisible characters and without its endings: bill for bill.pdf.exe.

    The name of a Windows device gets an underscore before it.
    """
    spaced = "".join(" " if sign.isspace() else sign for sign in given.translate(_NO_NAME))
    visible = "".join(sign for sign in spaced if unicodedata.category(sign)[0] != "C")
    stem = unicodedata.normalize("NFC", " ".join(visible.split())).strip(" .")
    while shorter := _ENDING.search(stem):
        stem = stem[: shorter.start()].rstrip(" .")
    stem = stem.encode()[:MAX_BYTES].decode(errors="ignore").strip(" .")
    return f"_{stem}" if stem.partition(".")[0].rstrip().lower() in _DEVICES else stem
