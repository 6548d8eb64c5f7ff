"""Tests the words that are typed instead of pressing a button: a list that is missing or unknown is refused."""

import tomllib

import pytest
from pydantic import ValidationError

from bot.phrases.typed import FILE, TypedWords, read_typed_words

WRITTEN = tomllib.loads(FILE.read_text("utf-8"))


def test_a_list_that_is_missing_is_refused_by_name():
    with pytest.raises(ValidationError, match="go_on"):
        TypedWords.model_validate({name: words for name, words in WRITTEN.items() if name != "go_on"})


@pytest.mark.parametrize("unusable", [{"go_onn": ["x"]}, {"go_on": []}, {"go_on": ["!"]}])
def test_an_unknown_list_an_empty_one_and_a_word_without_letters_are_refused(unusable):
    with pytest.raises(ValidationError):
        TypedWords.model_validate({**WRITTEN, **unusable})


def test_words_are_compared_as_residents_type_them():
    assert "startover" in read_typed_words().start_over
