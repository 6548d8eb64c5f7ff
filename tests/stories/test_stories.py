"""Plays every transcript of this folder through webhook, worker, console and the simulator."""

import pytest

from store.services import read_services
from tests.line_openapi import problems_with
from tests.stories.transcripts import Stage, Story, read_stories
from tests.town import Town

STORIES = read_stories()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{story.service}: {story.title}")
def test_the_story_goes_as_written(town: Town, story: Story) -> None:
    stage = Stage(town)
    stage.play(story)
    for resident in stage.residents.values():
        for message in resident.messages:
            assert problems_with(message) == [], message


@pytest.mark.parametrize("service", read_services())
def test_every_service_has_a_story_of_each_kind(service: str) -> None:
    titles = " / ".join(story.title for story in STORIES if story.service == service)
    for kind in ("happy path", "wrong answer", "back", "edit", "cancel"):
        assert kind in titles, f"{service}.txt lacks a story with {kind!r} in its title"
