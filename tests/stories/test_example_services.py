"""Plays stories of services that no town offers, which use kinds of questions that no built-in service uses yet."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.worker.inbox_worker import Worker
from store.services import read_services
from tests.line_openapi import problems_with
from tests.stories.transcripts import Stage, Story, read_stories
from tests.town import Town

FOLDER = Path(__file__).parent / "example_services"


def offer(town: Town) -> None:
    services = {**town.app.services, **read_services(FOLDER)}
    town.app = replace(town.app, services=services)
    town.worker = Worker(town.database, town.app)


@pytest.mark.parametrize("story", read_stories(FOLDER), ids=lambda story: f"{story.service}: {story.title}")
def test_the_story_goes_as_written(town: Town, story: Story) -> None:
    offer(town)
    stage = Stage(town)
    stage.play(story)
    for resident in stage.residents.values():
        for message in resident.messages:
            assert problems_with(message) == [], message


def test_an_account_is_shown_whole_to_who_unmasks_the_case(town: Town) -> None:
    offer(town)
    stage = Stage(town)
    stage.play(read_stories(FOLDER)[0])
    case_id, page = stage.clerks["officer"].opens_newest_case()
    assert "0201-2345-6789" not in page
    stage.clerks["officer"].fills_in(f"/cases/{case_id}", f"/cases/{case_id}/unmask")
    assert stage.clerks["officer"].sees("ธนาคารออมสิน 0201-2345-6789")
