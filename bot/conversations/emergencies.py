"""Recognises words of danger in what people type: a fire, a drowning child, a snake, somebody who wants to die.

The words are listed in emergencies.toml. A doubtful message counts as danger: a needless card with emergency numbers
costs the resident one tap, a missing one may cost a life. A message does not count where the sentence itself says that
nothing is happening now: a fear (กลัวรถชน), a denial (ไม่มีไฟไหม้), a document (ใบรับรองหลังไฟไหม้), a past event (เมื่อวาน)
or an idiom (ร้อนอยากตาย).
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

from bot.conversations.dialects import in_central_thai
from bot.conversations.lexicon import Lexicon
from store.thai import folded, without_particles

FILE = Path(__file__).parent / "emergencies.toml"
# Harmless words that `folded` would make equal to a word of danger, because it removes tone marks: ไฟใหม่ (a new light)
# and ไฟไหม้ (a fire), ถูกซ่อม (repaired) and ถูกซ้อม (beaten), ปาล์ม (a palm) and ป้าล้ม (she fell), ไม้ (wood) and ไม่ (not).
# The Latin letter w, inserted before folding, keeps each pair different.
_KEPT_APART = (
    ("ใหม่", "ใwหม่"), ("ไหม่", "ไwหม่"), ("ไม้", "ไwม้"), ("รั้ว", "รwั้ว"), ("ซ่อม", "ซwอม"), ("ปาล์ม", "ปาwลม"),
)  # fmt: skip
# ไหม without a tone mark is the question particle (เห็นไหมบ้านนั้น), except after ไฟ, where it is usually a misspelt ไหม้:
# ไฟไหมบ้าน is a fire. After ไฟ it is the particle only if words stand before ไฟ and the clause ends: มีไฟไหมคะ.
_ASKED = re.compile(r"(?<!ไฟ)[ไใ]หม(?!้)|(?<=.ไฟ)[ไใ]หม(?=$|[\s?]|คะ|ครับ|คับ|นะ|จ๊ะ)(?!\s*ช่วย)")
_BETWEEN_CLAUSES = re.compile(r"[\s,.!?;:()…]+")
# U+01C0 marks the end of a clause. `folded` keeps it because it is a letter, and no resident types it.
_BOUNDARY = "\u01c0"
_ENGLISH = re.compile(r"[a-z]+")
_TODAY = "วันนี้"
_DENIAL = folded("ไม่")
# In characters. In a longer message the words of `alone` do not count: it says more than one word and a cry for help.
_LONGEST_CRY = 60
# How far before a word of danger its denial or fear is looked for: characters and fillers in Thai, words in English.
_FAR_ENOUGH = 60
_MAX_BETWEEN = 6
_ARTICLES = ("a", "an", "the")
_FAR_IN_ENGLISH = 4
# In letters, as a place is asked for (store/services/kinds/place.py).
_SHORTEST_PLACE = 3


@dataclass(frozen=True)
class Emergency:
    """Describes a danger: `kind` is a name of emergencies.toml, `in_english` is True if its words were English."""

    kind: str
    in_english: bool = False


@dataclass(frozen=True)
class _Kind:
    name: str
    despite: frozenset[str]
    alone: frozenset[str]
    words: frozenset[str]
    english: frozenset[str]


@dataclass(frozen=True)
class _Words:
    """Holds what emergencies.toml lists, folded as what people type is folded."""

    kinds: tuple[_Kind, ...]
    cries: Lexicon
    lexicon: Lexicon
    danger: Lexicon
    feared: tuple[str, ...]
    between: tuple[str, ...]
    neither: tuple[str, ...]
    denied_at_the_start: frozenset[str]
    told: Mapping[str, frozenset[str]]
    now: frozenset[str]
    harmless: Lexicon
    harmless_english: tuple[str, ...]
    told_in_english: tuple[str, ...]
    feared_in_english: tuple[str, ...]
    english: frozenset[str]
    longest_english: int


@dataclass(frozen=True)
class _Typed:
    """Holds a folded message without spaces. `starts` are the positions in `text` at which its clauses begin."""

    text: str
    starts: tuple[int, ...]

    def before(self, position: int) -> str:
        """Returns the text before this position: at most 60 characters, and nothing of an earlier clause."""
        start = self.starts[bisect_right(self.starts, position) - 1]
        return self.text[max(start, position - _FAR_ENOUGH) : position]


def find_emergency(text: str) -> Emergency | None:
    """Returns the first kind of danger that the message names, or None.

    `text` is the message as `answers.clean_text` returns it. The order of the kinds in emergencies.toml decides. What
    stands after วันนี้ is also read by itself: เมื่อวานงูกัด วันนี้หายใจไม่ออก tells of danger now.
    """
    return _find(text) or (_find(text.rpartition(_TODAY)[2]) if _TODAY in text else None)


def prepare() -> None:
    """Builds the lexicon, which takes a second, before the first message: its transaction would block others."""
    _words()


def find_cry(text: str) -> Emergency | None:
    """Returns an emergency of the last kind, help, if the message cries for help; used when nothing else fits."""
    words = _words()
    cries = words.cries.find(_read_thai(in_central_thai(text), words).text)
    return Emergency(words.kinds[-1].name) if any(cries) else None


def says_only_danger(text: str) -> bool:
    """Says whether fewer than three letters remain without the words for danger and people: that names no place."""
    words = _words()
    typed = _read_thai(in_central_thai(without_particles(text)), words).text
    left, covered = 0, 0
    for position, word in [*words.danger.find(typed), (len(typed), "")]:
        left += max(0, position - covered)
        covered = max(covered, position + len(word))
    return left < _SHORTEST_PLACE


def _find(text: str) -> Emergency | None:
    words, text = _words(), in_central_thai(text)
    cry = text if len(text) <= _LONGEST_CRY else ""
    whole, clauses = _plain(cry), set(filter(None, map(_plain, _BETWEEN_CLAUSES.split(cry))))
    thai, english = _read_thai(text, words), _read_english(text, words)
    found = list(words.lexicon.find(thai.text))
    told = _only_told({word for _, word in found}, english, words)
    said: set[str] = set()
    for at, word in found:
        if word not in said and not _is_feared_or_denied(thai.before(at), words):
            said.add(word)
    said_in_english = frozenset(_said_in_english(english.split(), words))
    for kind in words.kinds:
        if whole in kind.alone or (kind.alone & clauses and clauses <= kind.alone | words.kinds[-1].alone):
            return Emergency(kind.name, text.isascii())
        if told <= kind.despite:
            if kind.words & said:
                return Emergency(kind.name)
            if kind.english & said_in_english:
                return Emergency(kind.name, in_english=True)
    return None


def _plain(text: str) -> str:
    """Returns the text folded and without courtesy, as it is compared with words that are the whole message."""
    return folded(_apart(without_particles(text)))


def _apart(text: str) -> str:
    for word, apart in _KEPT_APART:
        text = text.replace(word, apart)
    return _ASKED.sub("ไwหม", text)


def _only_told(thai: Set[str], english: str, words: _Words) -> frozenset[str]:
    """Says why the sentence is not about this moment: a set of "past" and "habit", empty if it may be about now.

    `thai` holds the listed words that the sentence contains. A word such as ตอนนี้ (now) makes the set empty.
    """
    if words.now & thai:
        return frozenset()
    told = {way for way, listed in words.told.items() if listed & thai}
    return frozenset(told | {"past"} if any(word in english for word in words.told_in_english) else told)


def _read_thai(text: str, words: _Words) -> _Typed:
    clauses = folded(_BETWEEN_CLAUSES.sub(_BOUNDARY, _apart(text))).split(_BOUNDARY)
    starts, whole = [0, *accumulate(map(len, clauses))], "".join(clauses)
    signs = list(whole)
    for position, word in words.harmless.find(whole):
        signs[position : position + len(word)] = "_" * len(word)
    return _Typed("".join(signs), tuple(starts))


def _read_english(text: str, words: _Words) -> str:
    whole = f" {' '.join(_ENGLISH.findall(text.lower()))} "
    for word in words.harmless_english:
        whole = whole.replace(word, " _ ")
    return whole


def _is_feared_or_denied(before: str, words: _Words) -> bool:
    """Says whether `before`, which stands before the word, fears or denies it: กลัวว่าจะมี, ไม่มี."""
    if before in words.denied_at_the_start:
        return True
    for _ in range(_MAX_BETWEEN):
        if before.endswith(words.neither):
            return False
        if before.endswith((*words.feared, _DENIAL)):
            return True
        filler = next(filter(before.endswith, words.between), "")
        if not filler:
            return False
        before = before.removesuffix(filler)
    return False


def _said_in_english(typed: Sequence[str], words: _Words) -> Iterator[str]:
    """Yields the words of danger that stand here as whole words, without a denial or a fear right before them."""
    for start in range(len(typed)):
        for end in range(start + 1, min(start + words.longest_english, len(typed)) + 1):
            said = " ".join(typed[start:end])
            if said in words.english and not _is_feared_in_english(
                typed[max(0, start - _FAR_IN_ENGLISH) : start], words
            ):
                yield said


def _is_feared_in_english(before: Sequence[str], words: _Words) -> bool:
    nearest = before[:-1] if before and before[-1] in _ARTICLES else before
    return f" {' '.join(nearest)}".endswith(words.feared_in_english)


@cache
def _words() -> _Words:
    read = tomllib.loads(FILE.read_text("utf-8"))
    groups = read["groups"]
    before = read["before"]
    told = read["told"]
    harmless = read["harmless"]
    kinds = tuple(_kind(each, groups) for each in read["kinds"])
    told_ways = {way: frozenset(_all_folded(told[way])) for way in ("past", "habit")}
    now = frozenset(_all_folded(told["now"]))
    english = frozenset(chain.from_iterable(kind.english for kind in kinds))
    besides = [*groups["people"], *before["between"], "แล้ว", "กัน", "มาก"]
    cries, named = _all_folded(read["kinds"][-1]["cries"]), [kind.words | kind.alone for kind in kinds]
    return _Words(
        kinds=kinds,
        cries=Lexicon(cries),
        lexicon=Lexicon(chain(now, *told_ways.values(), *(kind.words for kind in kinds))),
        danger=Lexicon(chain(now, cries, _all_folded(chain(besides, english)), *named)),
        feared=_all_folded(before["feared"]),
        between=_all_folded(before["between"]),
        neither=_all_folded(before["neither"]),
        denied_at_the_start=frozenset(_all_folded(before["denied_at_the_start"])),
        told=told_ways,
        now=now,
        harmless=Lexicon(_all_folded(_all_expanded(harmless["words"], groups))),
        harmless_english=_spaced(harmless["english"]),
        told_in_english=_spaced(harmless["told_in_english"]),
        feared_in_english=tuple(f" {word}" for word in harmless["feared_in_english"]),
        english=english,
        longest_english=max(len(phrase.split()) for phrase in english),
    )


def _kind(read: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> _Kind:
    return _Kind(
        name=read["name"],
        despite=frozenset(read.get("despite", ())),
        alone=frozenset(_all_folded(read.get("alone", ()))),
        words=frozenset(_all_folded(_all_expanded(read.get("words", ()), groups))),
        english=frozenset(_all_expanded(read.get("english", ()), groups)),
    )


def _all_expanded(words: Iterable[str], groups: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Expands {people}ตกท่อ to คนตกท่อ, เด็กตกท่อ and so on, and {kin}{hits}{me} to every combination."""
    for word in words:
        name = next((name for name in groups if f"{{{name}}}" in word), None)
        if name is None:
            yield word
        else:
            yield from _all_expanded((word.replace(f"{{{name}}}", each) for each in groups[name]), groups)


def _all_folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(folded(_apart(word)) for word in words)


def _spaced(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(f" {word} " for word in words)
