"""Acts as a resident on the simulator's chat page, through the same requests as the page."""

import re
import time
from dataclasses import dataclass, field
from typing import Any

import requests

from line_simulator.demo.children import Children, DemoError
from line_simulator.residents.tap_targets import TapTarget, find_button, in_message, in_quick_replies

Json = dict[str, Any]
# An answer that was too late for its reply token comes as a push, a minute after what it answers.
LATE_SECONDS = 65.0
MAX_WAIT_SECONDS = 120.0
HTTP_SECONDS = 30.0
_CASE_NUMBER = re.compile(r"(?<!\d)\d{4,}/\d{4}")


def plain_session() -> requests.Session:
    """Returns an HTTP session that ignores the proxies of the environment; all requests stay on this machine."""
    session = requests.Session()
    session.trust_env = False
    return session


@dataclass
class ResidentClient:
    """Acts as one resident. Every action waits for the account's answer to it; a notice that comes meanwhile
    does not count."""

    simulator: str
    name: str
    children: Children
    http: requests.Session = field(default_factory=plain_session)
    id: str = ""
    seen: int = 0
    answer: list[Json] = field(default_factory=list)

    def register(self) -> None:
        """Finds the resident by name in the simulator, or adds them; sets `id`. The same name has the same id
        every day."""
        known = self._get("state")["residents"]
        found = next((one for one in known if one["name"] == self.name), None)
        self.id = (found or self._post("residents", {"name": self.name}))["id"]

    def follows(self) -> None:
        """Adds the account as a friend, without waiting: the demo does this before the worker runs."""
        self._post(f"residents/{self.id}/follow", {})

    def says(self, text: str) -> None:
        self._perform("say", {"text": text})

    def pins(self, latitude: float, longitude: float, title: str, address: str) -> None:
        where = {"latitude": latitude, "longitude": longitude, "title": title, "address": address}
        self._perform("place", where)

    def sends_photos(self, *photos: bytes) -> None:
        files = [("photos", (f"{i}.jpg", photo, "image/jpeg")) for i, photo in enumerate(photos)]
        self._perform("photos", None, files)

    def taps(self, label: str) -> None:
        """Taps the button with this label in the last answer; raises DemoError when there is none."""
        button = find_button(self._buttons(), label)
        if button is None:
            raise DemoError(f"{self.name} sees no button {label!r}.")
        self._perform("tap", {"action": button.action})

    def case_number(self) -> str:
        """Returns the case number in the last answer, such as 0001/2569; raises DemoError when there is none."""
        for message in self.answer:
            if found := _CASE_NUMBER.search(message.get("altText", "")):
                return found.group()
        raise DemoError(f"{self.name} got no case number.")

    def _buttons(self) -> list[TapTarget]:
        quick = [item["action"] for m in self.answer for item in m.get("quickReply", {}).get("items", [])]
        return [*in_quick_replies(quick), *(button for m in self.answer for button in in_message(m))]

    def _perform(self, action: str, body: Json | None, files: Any = None) -> None:
        token = self._post(f"residents/{self.id}/{action}", body, files)["reply_token"]
        late = time.monotonic() + LATE_SECONDS
        what = f"an answer to {self.name} after {action}"
        self.children.wait_for(lambda: self._is_answered(token, late), what, seconds=MAX_WAIT_SECONDS)

    def _is_answered(self, token: str, late: float) -> bool:
        """Says whether the answer has come, and stores it. Notices that came with it count as part of the answer."""
        bubbles = self._get(f"residents/{self.id}/messages?after={self.seen}")["messages"]
        received = [bubble for bubble in bubbles if bubble["from"] == "account"]
        answered = any(bubble.get("reply_token") == token for bubble in received)
        if answered or (received and time.monotonic() > late):
            self.seen = bubbles[-1]["seq"]
            self.answer = [bubble["message"] for bubble in received]
            return True
        return False

    def _get(self, path: str) -> Any:
        return _read(self.http.get(f"{self.simulator}/_sim/{path}", timeout=HTTP_SECONDS))

    def _post(self, path: str, body: Json | None, files: Any = None) -> Any:
        return _read(
            self.http.post(f"{self.simulator}/_sim/{path}", json=body, files=files, timeout=HTTP_SECONDS)
        )


def _read(response: requests.Response) -> Any:
    response.raise_for_status()
    return response.json()
