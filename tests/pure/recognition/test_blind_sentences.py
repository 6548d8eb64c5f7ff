"""Sentences of somebody who had not seen the code get a card in each emergency, else none, and no wrong service."""

from pathlib import Path

import pytest

from bot.conversations.emergencies import find_emergency
from bot.conversations.recognition import Opens, recognise
from tests.pure.strategies import SERVICES

LINES = Path(__file__).with_name("blind_sentences.tsv").read_text("utf-8").splitlines()
SENTENCES = [line.split("\t") for line in LINES if not line.startswith("#")]
# What a sentence of this kind may open.
SERVICE_OF = {
    "light": "street_light",
    "water": "water_supply",
    "road": "road",
    "drain": "drainage",
    "tree": "trees",
    "complaint": "complaint",
    "request": "general_request",
    "tanker": "water_truck",
}


def of_kind(wanted):
    return [sentence for sentence, kind in SENTENCES if wanted(set(kind.split("/")))]


def test_all_of_them_are_here():
    assert len(SENTENCES) == 200


@pytest.mark.parametrize("sentence", of_kind(lambda kinds: kinds == {"emergency"}))
def test_an_emergency_is_answered_with_phones(sentence):
    assert find_emergency(sentence) is not None


@pytest.mark.parametrize("sentence", of_kind(lambda kinds: "emergency" not in kinds))
def test_nothing_else_is_taken_for_one(sentence):
    assert find_emergency(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [(sentence, kind.split("/")) for sentence, kind in SENTENCES if set(kind.split("/")) & set(SERVICE_OF)],
)
def test_no_wrong_service_is_opened(sentence, kinds):
    """A list to choose from is no wrong service."""
    recognised = recognise(SERVICES.values(), sentence, has_cases=False)
    opened = {recognised.service.name} if isinstance(recognised, Opens) else set()
    assert opened <= {SERVICE_OF.get(kind) for kind in kinds}
