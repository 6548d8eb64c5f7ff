"""Creates a small backup of a town with a few cases and much work in progress.

Run `python -m tests.store.operations.make_backup FOLDER`. `backup_0001` beside this file was made by it with the first
version that could: schema 0001, format 1, the tests' own key. A later version never creates that folder again: it
stands for the backups that towns of that time have.
"""

import sys
import tempfile
from pathlib import Path

import time_machine

from store.database.engine import Database
from store.operations.backup import back_up
from store.operations.schema import upgrade
from tests.conftest import A_FRIDAY_MORNING, settings_for
from tests.full_town import fill
from tests.stories.transcripts import read_stories
from tests.town import open_town

SERVICES = ("street_light", "water_truck")


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place, time_machine.travel(A_FRIDAY_MORNING) as clock:
        settings = settings_for(f"sqlite:///{place}/town.db", Path(place))
        database = Database(settings)
        upgrade(database)
        with open_town(settings, database, clock) as town:
            fill(town, [story for story in read_stories() if story.service in SERVICES])
            back_up(database, town.app.media, folder)
        database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
