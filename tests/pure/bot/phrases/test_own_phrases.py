"""Tests that a municipality's own phrases come over the built-in ones, and that a slip in them is told at the start."""

from pathlib import Path

import pytest

from bot.phrases.typed import read_typed_words
from bot.phrases.wording import PhraseError, Phrases, read_phrases
from store.municipality.profile import read_municipality
from store.settings import DEMO_MUNICIPALITY

FACTS = read_municipality(DEMO_MUNICIPALITY).words()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "th.toml").write_text('[menu]\nthanks = "ด้วยความยินดีค่ะ จาก {oa_name}"\n', "utf-8")
    (tmp_path / "en.toml").write_text('[summary]\ntitle = "Check before sending"\n', "utf-8")
    return tmp_path


def test_own_phrases_come_over_the_built_in_ones(folder: Path) -> None:
    phrases = read_phrases(FACTS, folder)
    assert phrases.say("menu.thanks") == f"ด้วยความยินดีค่ะ จาก {FACTS['oa_name']}"
    assert phrases.say("menu.hello") == Phrases(FACTS).say("menu.hello")
    assert phrases.say_in_english("summary.title") == "Check before sending"
    assert phrases.say_in_english("menu.thanks").startswith("You are welcome")


def test_without_own_phrases_all_are_built_in(tmp_path: Path) -> None:
    for own in (None, tmp_path):
        assert read_phrases(FACTS, own).say("menu.thanks") == Phrases(FACTS).say("menu.thanks")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('[menu]\nthank = "x"', "menu.thank is no phrase"),
        ('[menu]\nthanks = ""', "menu.thanks"),
        ("[menu]\nthanks = 5", "menu.thanks"),
        ('thanks = "x"', "thanks"),
        ('[menu]\nthanks = "{phone}"', "menu.thanks has no value for phone"),
        ('[menu]\nthanks = "{oa_name"', "menu.thanks"),
        ('[menu]\nthanks = "{oa_name.__class__}"', "only a plain name"),
        ('[menu]\nthanks = "{oa_name:>9}"', "only a plain name"),
        ('[menu]\nthanks = "{}"', "only a plain name"),
        ("[menu", "not TOML"),
    ],
)
def test_a_slip_in_own_phrases_is_told_with_its_file_and_name(folder: Path, written: str, told: str) -> None:
    (folder / "th.toml").write_text(written, "utf-8")
    with pytest.raises(PhraseError, match=rf"th\.toml.*{told}"):
        read_phrases(FACTS, folder)


def test_own_typed_words_replace_the_list_of_the_same_name(folder: Path) -> None:
    (folder / "typed.toml").write_text('back = ["ถอย"]', "utf-8")
    words = read_typed_words(folder)
    assert (words.back, words.skip) == (frozenset({"ถอย"}), read_typed_words().skip)


@pytest.mark.parametrize("written", ['bakc = ["ถอย"]', "back = []", "back = ["])
def test_a_slip_in_own_typed_words_is_told_with_its_file(folder: Path, written: str) -> None:
    (folder / "typed.toml").write_text(written, "utf-8")
    with pytest.raises(PhraseError, match=r"typed\.toml"):
        read_typed_words(folder)
