"""Simulates residents: each looks at the screen and does the next sensible, or impatient, thing."""

import io
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from line_simulator import Simulator
from line_simulator.residents import Resident
from tests.faults.harm import words_of_harm

# Every resident's words hold a word that no other resident may ever see.
CANARIES = ("KAOLAO", "MANGKON", "NOKYUNG", "PLABUK", "CHANGNOI", "TAOTHALE", "LINGLOM", "MAENGDA")
CHOICES = {
    "สายไฟขาด": ("ไม่มี", "มีอันตราย"),
    "น้ำมีปัญหาแบบไหน": ("น้ำไม่ไหล", "ท่อแตก น้ำรั่ว", "อื่น ๆ"),
    "เลขผู้ใช้น้ำ": ("ข้าม",),
}


def a_photo() -> bytes:
    """Returns a photo of noise, so that it is too large to come in one piece."""
    out = io.BytesIO()
    Image.frombytes("RGB", (240, 240), os.urandom(240 * 240 * 3)).save(out, "JPEG", quality=95)
    return out.getvalue()


@dataclass
class Person:
    phone: Resident
    canary: str
    rng: random.Random
    photos: list[bytes]
    errands: int = 0
    photos_sent: int = 0

    def act(self) -> None:
        """Does one thing. Whatever the screen shows, there is something to do."""
        if not self.phone.friend:
            self.phone.follows()
        elif not (self._presses() or self._answers()):
            self._begins()

    def reports_at_once(self) -> None:
        """Knows the questions by heart and does not wait for them."""
        self.phone.follows()
        self.errands += 1
        answers = (f"ไฟถนนดับ {self._errand()}", "ไม่มี", "หน้าวัด", "ข้าม", f"สมศรี {self.canary}", "0812345678")
        for words in (*answers, "ส่งเรื่อง"):
            self.phone.says(words)

    def sends_a_photo(self) -> None:
        self.photos_sent += len(self.phone.sends_photos(self.photos[:1]))

    def _live(self) -> dict[str, Any]:
        return {action.get("label", ""): action for action in self.phone.chat.live_quick_replies}

    def _presses(self) -> bool:
        """Presses what the quick replies offer besides answers; returns False when there is no such button."""
        live = self._live()
        if "ส่งเรื่อง" in live:
            self._sends(live)
            return True
        for label in ("ใช่ ยกเลิก", "ทำต่อ", "⭐⭐⭐⭐⭐"):
            if label in live:
                self.phone.taps_action(live[label])
                return True
        return False

    def _sends(self, live: dict[str, Any]) -> None:
        if self.rng.random() < 0.12:
            self.phone.taps_action(live["ยกเลิก"])
            return
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            self.phone.taps_action(live["ส่งเรื่อง"])

    def _answers(self) -> bool:
        """Answers the last question in words; returns False when there is none."""
        asked = next((m.get("text", "") for m in reversed(self.phone.messages) if m["type"] == "text"), "")
        for words, choices in CHOICES.items():
            if words in asked:
                self._chooses(self.rng.choice(choices))
                return True
        answer = next((answer for words, answer in self._told.items() if words in asked), None)
        if answer is not None:
            answer()
        return answer is not None

    @property
    def _told(self) -> dict[str, Callable[[], object]]:
        return {
            "มีรูปไหม": self._shows_photos,
            "ปักหมุด": lambda: self.phone.sends_place(16.43, 102.82, "หน้าวัด", "ถนนมิตรภาพ"),
            "ชื่อ-นามสกุล": lambda: self.phone.says(f"สมศรี {self.canary}"),
            "เบอร์โทร": lambda: self.phone.says("0812345678"),
            "ไฟเป็นอย่างไร": lambda: self.phone.says(f"ไม่ติดเลย {self._errand()}"),
            "เล่าเพิ่ม": lambda: self.phone.says(f"ตั้งแต่เช้า {self._errand()}"),
        }

    def _chooses(self, label: str) -> None:
        action = self._live().get(label)
        if action is None:
            self.phone.says(label)
        else:
            self.phone.taps_action(action)

    def _shows_photos(self) -> None:
        if self.rng.random() < 0.15:
            self._chooses("ข้าม")
            return
        taken = self.rng.sample(self.photos, self.rng.randint(1, 2))
        sent = self.phone.sends_photos(taken)
        self.photos_sent += len(sent)
        if self.rng.random() < 0.1:
            self.phone.unsends(sent[-1])

    def _begins(self) -> None:
        self.errands += 1
        service = self.rng.choice(("ไฟถนนดับ", "น้ำไม่ไหล"))
        report = f"{service} {self._errand()}"
        self.phone.says(self.rng.choice((report, report, report, report, "ติดตามเรื่อง", "สวัสดีค่ะ")))

    def _errand(self) -> str:
        """Returns a word that only this request has."""
        return f"{self.canary}{'X' * self.errands}Q"


@dataclass
class Menace(Person):
    """Sends words that harm the process that reads them."""

    def does_harm(self, kind: str) -> None:
        if not self.phone.friend:
            self.phone.follows()
        self.phone.says(words_of_harm(kind))


def move_in(simulator: Simulator, rng: random.Random, canaries: Sequence[str]) -> list[Person]:
    photos = [a_photo() for _ in range(3)]
    return [Person(simulator.add_resident(name), name, rng, photos) for name in canaries]
