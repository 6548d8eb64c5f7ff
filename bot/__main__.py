"""Runs a command of the bot: `python -m bot worker | check | doctor | richmenus publish | richmenus draw`."""

import argparse
import os
import sys
import threading
from collections.abc import Callable

from bot.context import open_app_context
from bot.doctor.consistency import check
from bot.phrases.wording import PhraseError
from bot.richmenus.declaration import MenuError
from bot.richmenus.pictures import draw_menus, read_drawn_menus
from bot.settings import BotSettings, blanks_around
from bot.supervision.signals import set_when_asked_to_leave
from bot.supervision.supervisor import CANNOT_START, LEFT, Supervisor
from bot.supervision.watchdog import Watchdog
from store.logs import set_up_logs
from store.municipality.profile import MunicipalityError
from store.services import ServiceError
from store.settings import SettingsError


def worker() -> int:
    """Runs one worker process after the other, so that a message that kills one stops nobody else."""
    settings = BotSettings.from_environment(os.environ)

    def run(watchdog: Watchdog) -> int:
        # Imported here, so that the other commands do not wait for the scheduler and the worker's modules.
        from bot.worker.process import run_worker

        def work() -> int:
            stop = threading.Event()
            set_when_asked_to_leave(stop)
            run_worker(settings, stop, watchdog)
            return LEFT

        return explained(work)

    return Supervisor(run).serve()


def publish_menus() -> int:
    # Imported here, because LINE's SDK costs a second and 70 MB, which the worker does not need.
    from bot.line.rich_menu_sdk import RichMenuClient
    from bot.richmenus.publish import publish

    settings = BotSettings.from_environment(os.environ)
    line = RichMenuClient(settings.line_api_url, settings.line_api_data_url, settings.access_token)
    for sentence in publish(read_drawn_menus(), line):
        print(sentence)
    return 0


def redraw_menus() -> int:
    for sentence in draw_menus():
        print(sentence)
    return 0


def check_definitions() -> int:
    problems = check(open_app_context(BotSettings.from_environment(os.environ)))
    read_drawn_menus()
    for problem in problems:
        print(problem, file=sys.stderr)
    print("Everything fits together." if not problems else f"{len(problems)} to mend.")
    return 1 if problems else 0


def see_doctor() -> int:
    from bot.doctor.checks import SET_IT, examine
    from bot.doctor.findings import Level, fail
    from bot.line.account_api import LineAccount

    try:
        settings = BotSettings.from_environment(os.environ)
    except SettingsError as error:
        print(fail("settings", str(error), SET_IT))
        return 1
    failed = False
    for name in blanks_around(os.environ):
        print(fail("settings", f"{name} has a blank or a line break before or after it", "set it without"))
        failed = True
    line = LineAccount(settings.line_api_url, settings.access_token)
    for finding in examine(settings, line):
        print(finding, flush=True)
        failed = failed or finding.level is Level.FAIL
    line.close()
    return 1 if failed else 0


COMMANDS: dict[str, Callable[[], int]] = {
    "worker": worker,
    "check": check_definitions,
    "doctor": see_doctor,
    "richmenus publish": publish_menus,
    "richmenus draw": redraw_menus,
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    parser.add_argument("command", nargs="+", metavar="COMMAND", help=" | ".join(COMMANDS))
    command = " ".join(parser.parse_args(arguments).command)
    if command not in COMMANDS:
        parser.error(f"no command {command!r}; there are: {', '.join(COMMANDS)}")
    set_up_logs()
    return explained(COMMANDS[command])


def explained(command: Callable[[], int]) -> int:
    """Runs the command and returns its exit code; a known error is printed as one sentence."""
    try:
        return command()
    except (SettingsError, MunicipalityError, ServiceError, PhraseError) as error:
        print(error, file=sys.stderr)
        return CANNOT_START
    except MenuError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
