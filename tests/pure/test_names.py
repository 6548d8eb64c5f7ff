"""Tests that names in the product are standard terms of the field: private words that once stood here stay away."""

import io
import re
import tokenize

import pytest

from tests.test_promises import PACKAGES, ROOT

# The retired word and the term that is used now: see docs/glossary.md.
RETIRED = {
    "acquaintances": "known residents",
    "aftermath": "results",
    "crew": "thread pool",
    "eldest": "oldest",
    "halts": "control",
    "lookout": "poller",
    "parcel": "request",
    "postmen": "delivery threads",
    "seal": "encrypt",
    "sealed": "encrypted",
    "sealer": "cipher",
    "shelf": "storage",
    "stuck": "dead letter",
    "turnstile": "writer lock",
    "visit": "event context",
}
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def names_in(source: str) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


def words_of(name: str) -> set[str]:
    return {word.lower() for word in WORD.findall(name)}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_name_is_a_retired_word(package: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name} (use: {RETIRED[word]})"
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
        for name in names_in(path.read_text("utf-8")) | {path.stem}
        for word in words_of(name) & RETIRED.keys()
    }
    assert sorted(found) == []


def test_a_retired_word_is_found_however_it_is_written() -> None:
    assert words_of("WriterLock") == {"writer", "lock"}
    assert words_of("_is_sealedValue") >= {"sealed"}
    assert names_in("def visit(): pass") == {"def", "visit", "pass"}
