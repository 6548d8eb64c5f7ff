"""Starts the whole demo from the command line: `python -m line_simulator.demo`, or `make demo`."""

import argparse
import fcntl
import io
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from line_simulator.demo.children import ROOT, Children, DemoError, Stop, Stopped
from line_simulator.demo.keys import password_name, read_keys
from line_simulator.demo.place import STAFF, DemoSite
from line_simulator.demo.town import open_town
from line_simulator.demo.welcome import write_welcome


def main() -> int:
    options = _read_options()
    stop = Stop()
    stop.listen()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        _run(DemoSite(options.port, options.folder.resolve()), stop)
    except Stopped:
        print("จบแล้ว · ended")
        return 0
    except DemoError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m line_simulator.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8800, help="the first of three ports in a row")
    parser.add_argument("--folder", type=Path, default=ROOT / "var", help="where keys and data are kept")
    return parser.parse_args()


def _run(place: DemoSite, stop: Stop) -> None:
    started = time.monotonic()
    place.prepare()
    with _exclusive(place):
        place.check_ports()
        keys = read_keys(place.keys_file, [person.username for person in STAFF])
        passwords = {person.username: keys[password_name(person.username)] for person in STAFF}
        with _processes(place.environment(os.environ, keys), place.logs, stop) as children:
            print("เริ่มระบบ · starting ...", flush=True)
            if os.environ.get("DATABASE_URL"):
                print(
                    "The database is the one that DATABASE_URL names, not one of the demo's own.", flush=True
                )
            problems = open_town(place, children, passwords)
            seconds = time.monotonic() - started
            in_colour = sys.stdout.isatty()
            welcome = write_welcome(place, passwords, seconds=seconds, in_colour=in_colour)
            print("\n".join([*problems, *welcome]), flush=True)
            children.watch()


@contextmanager
def _exclusive(place: DemoSite) -> Iterator[None]:
    """Locks the data folder. Two demos with one database would send each other's messages to the wrong simulator."""
    with (place.data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(f"A demo is running in {place.data} already. End that one first.") from None
        yield


@contextmanager
def _processes(environment: Mapping[str, str], logs: Path, stop: Stop) -> Iterator[Children]:
    children = Children(environment, logs, stop)
    try:
        yield children
    finally:
        children.end()


if __name__ == "__main__":
    sys.exit(main())
