"""Reads and plays transcripts: what residents and staff do, and what they then see, line by line.

== a title starts a story
resident  says    words                  resident  taps    a button that is visible
resident  picks   2026-12-01             resident  pins    a place in words
resident  sends   2 photos               resident  sends   a sticker | a voice message | a PDF
resident  adds    the account            resident  blocks  the account
neighbour says    …                      a second resident, created when first named
officer   does    ask: words             officer   does    finish with a photo: words
officer   does    forward to an agency: words
officer   sees    words                  on the page of the newest case; supervisor likewise
supervisor starts a surge: words         and ends the surge; tells all: words
time      passes  3 days                 minutes, hours or days
bot       says    words                  in a message since the last act, in this order
bot       asks    words [a | b]          with these buttons among those offered
bot       is      silent
bot       omits   words                  in every message since the last act
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from line_simulator.residents import Resident
from tests.clerk import Clerk, a_clerk
from tests.pdfs import a_pdf
from tests.town import Town, photo, words_of

FOLDER = Path(__file__).parent
PDF = a_pdf()
_LINE = re.compile(r"(?P<actor>\w+)\s+(?P<verb>\w+)\s*(?P<rest>.*)")
_SHOWN = re.compile(r"(?P<text>.*?)\s*(?:\[(?P<buttons>[^\]]+)\])?$")


@dataclass(frozen=True)
class Story:
    service: str
    title: str
    lines: list[tuple[int, str]] = field(default_factory=list)


def read_stories(folder: Path = FOLDER) -> list[Story]:
    stories: list[Story] = []
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if line.startswith("== "):
                stories.append(Story(path.stem, line[3:].strip()))
            elif line.strip() and not line.startswith("#"):
                stories[-1].lines.append((number, line.strip()))
    return stories


class Stage:
    """Plays one story in one town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.residents: dict[str, Resident] = {}
        self.clerks: dict[str, Clerk] = {}
        self.seen: dict[str, int] = {}
        self.latest: list[dict[str, Any]] = []
        self.heard: list[dict[str, Any]] = []
        self.speaker = "resident"

    def play(self, story: Story) -> None:
        for number, line in story.lines:
            try:
                self._line(line)
            except AssertionError as error:
                raise AssertionError(f"{story.service}.txt:{number}: {line}\n{error}") from None

    def _line(self, line: str) -> None:
        match = _LINE.fullmatch(line)
        assert match is not None, "not a line of a transcript"
        actor, verb, rest = match["actor"], match["verb"], match["rest"].strip()
        if actor == "bot":
            self._bot(verb, rest)
        elif actor == "time":
            self._passes(rest)
        elif actor in ("officer", "supervisor"):
            self._staff(actor, verb, rest)
        else:
            self._resident(actor, verb, rest)

    def _passes(self, rest: str) -> None:
        amount, unit = rest.split()
        self.town.wait(**{unit if unit.endswith("s") else f"{unit}s": float(amount)})
        self._look()

    def _resident(self, actor: str, verb: str, rest: str) -> None:
        self.speaker = actor
        if actor not in self.residents:
            self.residents[actor] = self.town.simulator.add_resident(actor)
            self.residents[actor].follows()
            self.town.settle()
            self.seen[actor] = len(self.residents[actor].messages)
        RESIDENT_ACTS[verb](self.residents[actor], rest)
        self.town.settle()
        self._look()

    def _staff(self, actor: str, verb: str, rest: str) -> None:
        clerk = self._clerk(actor, actor)
        if verb in ("starts", "ends", "tells"):
            STAFF_ACTS[verb](clerk, rest.partition(": ")[2])
            if verb == "starts":
                self._clerk("another.supervisor", "supervisor").confirms_surge()
            self.town.settle()
            self._look()
            return
        if verb == "sees":
            assert clerk.sees(rest), "the page of the case does not say that"
            return
        if verb == "misses":
            assert not clerk.sees(rest), "the page of the case still says that"
            return
        action, _, note = rest.partition(":")
        name, _, with_photo = action.partition(" with ")
        name, _, agency = name.partition(" to ")
        photos = (photo("green"),) if with_photo else ()
        clerk.does(name.strip(), note.strip(), photos, agency=agency.strip())
        self.town.settle()
        self._look()

    def _clerk(self, name: str, role: str) -> Clerk:
        if name not in self.clerks:
            console, municipality = self.town.console(), self.town.app.municipality
            self.clerks[name] = a_clerk(console, self.town.database, municipality, username=name, role=role)
        return self.clerks[name]

    def _look(self) -> None:
        if self.speaker not in self.residents:
            return
        messages = self.residents[self.speaker].messages
        self.latest = messages[self.seen[self.speaker] :]
        self.heard = list(self.latest)
        self.seen[self.speaker] = len(messages)

    def _bot(self, verb: str, rest: str) -> None:
        if verb == "is":
            assert not self.latest, f"the bot said: {_told(self.latest)}"
            return
        if verb == "omits":
            assert rest not in _told(self.heard), f"the bot said: {_told(self.heard)}"
            return
        shown = _SHOWN.fullmatch(rest)
        assert shown is not None
        while self.latest:
            message = self.latest.pop(0)
            if shown["text"] in " ".join(words_of(message)).replace("\n", " "):
                _has_buttons(message, shown["buttons"])
                return
            self.skipped = message
        raise AssertionError(
            f"the bot last said: {_told([self.skipped])}" if hasattr(self, "skipped") else "silence"
        )


def _has_buttons(message: dict[str, Any], wanted: str | None) -> None:
    labels = buttons_of(message)
    missing = [label for label in (wanted or "").split("|") if label.strip() and label.strip() not in labels]
    assert not missing, f"the buttons are: {labels}"


def buttons_of(message: Any) -> list[str]:
    """Returns the labels of every button of a message, including its quick replies."""
    if isinstance(message, list):
        return [label for part in message for label in buttons_of(part)]
    if not isinstance(message, dict):
        return []
    own = [message["action"]["label"]] if "label" in (message.get("action") or {}) else []
    return own + [label for value in message.values() for label in buttons_of(value)]


def _told(messages: list[dict[str, Any]]) -> str:
    return " / ".join(" ".join(words_of(message)) for message in messages) or "nothing"


def _sends(resident: Resident, what: str) -> None:
    if match := re.fullmatch(r"(\d+) photos?", what):
        resident.sends_photos([photo(size=(200 + i, 150)) for i in range(int(match[1]))])
    else:
        SENDABLE[what](resident)


SENDABLE: dict[str, Callable[[Resident], object]] = {
    "a photo": lambda resident: resident.sends_photos([photo()]),
    "a broken photo": lambda resident: resident.sends_photos([b"not a photo at all"]),
    "a sticker": lambda resident: resident.sends_sticker(),
    "a voice message": lambda resident: resident.sends_audio(),
    "a video": lambda resident: resident.sends_video(),
    "a PDF": lambda resident: resident.sends_file("คำร้อง.pdf", PDF),
}


def _message_with(resident: Resident, words: str) -> str:
    """Returns the newest message of the resident's own that says this, or is of this kind."""
    for bubble in reversed(resident.bubbles):
        message = bubble.message
        if bubble.who == "resident" and words in (message.get("text"), f"a {message['type']}"):
            return str(message["id"])
    raise AssertionError("the resident never said that")


STAFF_ACTS: dict[str, Callable[[Clerk, str], object]] = {
    "starts": lambda clerk, words: clerk.fills_in("/surge", "/surge/start", words=words, sure="yes"),
    "ends": lambda clerk, _: clerk.fills_in("/surge", "/surge/end", sure="yes"),
    "tells": lambda clerk, words: clerk.tells_all(words),
}
RESIDENT_ACTS: dict[str, Callable[[Resident, str], object]] = {
    "says": lambda resident, words: resident.says(words),
    "taps": lambda resident, label: resident.taps(label),
    "picks": lambda resident, day: resident.picks_date("เลือกวัน", day),
    "pins": lambda resident, place: resident.sends_place(16.4322, 102.8236, place),
    "sends": _sends,
    "adds": lambda resident, _: resident.follows(),
    "unsends": lambda resident, words: resident.unsends(_message_with(resident, words)),
    "blocks": lambda resident, _: resident.blocks(),
    "unblocks": lambda resident, _: resident.unblocks(),
}
