"""Provides a resident's chat with the bot's handlers, and a clock that stands still."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from bot.context import AppContext
from bot.phrases.wording import IN_ENGLISH, Phrases
from store.database.encryption import Cipher
from store.database.engine import Database
from store.files.media import Media
from store.municipality.profile import Municipality
from store.services import read_services
from tests.builders import a_resident
from tests.conftest import A_FRIDAY_MORNING, KEY
from tests.stories.chats import Chat


@pytest.fixture
def still_clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(A_FRIDAY_MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def chat(
    database: Database, municipality: Municipality, tmp_path: Path, still_clock: time_machine.Traveller
) -> Iterator[Chat]:
    facts = municipality.words()
    phrases = Phrases(facts, english=Phrases(facts, IN_ENGLISH))
    roomy = municipality.limits.model_copy(update={"cases_a_day": 1000, "cases_in_ten_minutes": 1000})
    town = municipality.model_copy(update={"limits": roomy})
    app = AppContext("", town, read_services(), Media(str(tmp_path / "m"), Cipher((KEY,))), phrases)
    with database.transaction() as session:
        yield Chat(session, app, a_resident(session, person={}))
