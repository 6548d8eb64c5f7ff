"""Names a browser by its User-Agent header, so that its owner recognises it. The header can be forged."""

from typing import Final

# The first mark that is found counts: the header of Edge also holds Chrome, that of Chrome Safari, of Android Linux.
BROWSERS: Final = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Line/", "LINE"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip
UNKNOWN: Final = "เบราว์เซอร์ที่ไม่รู้จัก"


def name_browser(user_agent: str) -> str:
    """Returns a name such as "Chrome บน Windows", of at most 60 characters, without any text from the header."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), UNKNOWN)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser} บน {system}" if system else browser
