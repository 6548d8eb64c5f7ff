"""Reads the console's words about broadcasts from broadcasts.th.toml into one frozen model."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from staff_console.phrases.parts import Part, Text, Toned, all_of
from store.broadcasts.models import StopReason
from store.broadcasts.queries import Pile
from store.broadcasts.transitions import Act

FILE = Path(__file__).parent / "broadcasts.th.toml"


class BroadcastSentences(Part):
    """Holds single sentences; names in braces are filled in by staff_console.broadcasts.wording."""

    urgent_topic: Text
    friends_only_urgent: Text
    emergency_approve: Text
    emergency_approved: Text
    emergency_waiting: Text
    emergency_begins: Text


class BroadcastLabels(Part):
    """Holds the words of broadcasts.th.toml, each section by the values that they name."""

    piles: Annotated[dict[Pile, Text], AfterValidator(all_of(Pile))]
    stages: dict[str, Toned]
    mailings: dict[str, Text]
    mailing_states: dict[str, Text]
    stops: Annotated[dict[StopReason, Text], AfterValidator(all_of(StopReason))]
    categories: dict[str, Text]
    looks: dict[str, Text]
    kinds: dict[str, Text]
    acts: dict[str, Text]
    buttons: dict[Act, Text]
    note_labels: dict[Act, Text]
    done: dict[Act, Text]
    problems: dict[str, Text]
    refusals: dict[str, Text]
    audiences: dict[str, Text]
    sentences: BroadcastSentences


def read_broadcast_labels(file: Path = FILE) -> BroadcastLabels:
    """Reads the words. Raises ValidationError if a section, a sentence or the words for a value are missing."""
    return BroadcastLabels.model_validate(tomllib.loads(file.read_text("utf-8")))
