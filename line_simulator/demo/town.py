"""Starts the processes of the demo in order, and fills an empty town with staff, history and stories."""

import json
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import requests

from line_simulator.demo.children import ROOT, Children, DemoError
from line_simulator.demo.officers import Officer
from line_simulator.demo.place import STAFF, SUPERVISOR, DemoAccount, DemoSite
from line_simulator.demo.residents import plain_session
from line_simulator.demo.stories import WITH_HISTORY, DemoTown, add_residents, play

ONE_PROCESS = (
    "--config",
    "deploy/gunicorn.conf.py",
    "--workers",
    "1",
    "--graceful-timeout",
    "3",
)


def open_town(place: DemoSite, children: Children, passwords: Mapping[str, str]) -> list[str]:
    """Starts everything and returns when it answers; returns a line for each problem with the stories, which
    are optional."""
    webhook = f"{place.web}/line/webhook"
    account = ("--webhook", webhook, "--basic-id", _basic_id(), "--lang", "th")
    children.start("simulator", "line_simulator", "--port", str(place.port), *account)
    children.run("upgrade", "store", "upgrade")
    _start_web(children, "web", place.web, "deploy.web:create_app()", threads=16)
    _start_web(children, "console", place.console, "staff_console.web:create_app()", threads=8)
    _wait(children, f"{place.simulator}/_sim/state")
    children.run("richmenus", "bot", "richmenus", "publish")
    _wait(children, f"{place.web}/healthz")
    # Residents come after the webhook server, so that no event is redelivered, and after the menus; they come
    # before the worker, which may have notices for them from an earlier run.
    residents = add_residents(place, children)
    children.start("worker", "bot", "worker")
    for address in (f"{place.console}/healthz", f"{place.web}/readyz"):
        _wait(children, address)
    return _fill_town(DemoTown(place, passwords, residents), children) if _is_empty(place, passwords) else []


def _basic_id() -> str:
    """Returns the account's LINE id from the municipality's file; residents compare the two to recognise a forgery."""
    facts = tomllib.loads((ROOT / "store" / "municipality" / "demo.toml").read_text("utf-8"))
    return str(facts["account"]["basic_id"])


def _start_web(children: Children, name: str, address: str, application: str, *, threads: int) -> None:
    bound = address.removeprefix("http://")
    children.start(name, "gunicorn", *ONE_PROCESS, "--threads", str(threads), "--bind", bound, application)


def _wait(children: Children, address: str) -> None:
    children.wait_for(lambda: _answers(address), address)


def _answers(address: str) -> bool:
    try:
        return plain_session().get(address, timeout=5).ok
    except requests.RequestException:
        return False


def _is_empty(place: DemoSite, passwords: Mapping[str, str]) -> bool:
    """Says whether the database has no cases. A marker file would be wrong for another database or an
    interrupted start."""
    supervisor = Officer(place.console, SUPERVISOR.username)
    if not supervisor.signs_in(passwords[SUPERVISOR.username]):
        return True
    cases = supervisor.finds_cases("tab=all")
    supervisor.signs_out()
    return not cases


def _fill_town(town: DemoTown, children: Children) -> list[str]:
    new = [
        p for p in STAFF if not Officer(town.place.console, p.username).signs_in(town.passwords[p.username])
    ]
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda person: _add_staff(children, person, town.passwords), new))
    except DemoError as error:
        return [f"Not everybody below can sign in: {error}"]
    # A sign-in clears the failed attempt that has just shown the account to be new.
    for person in new:
        officer = Officer(town.place.console, person.username)
        if officer.signs_in(town.passwords[person.username]):
            officer.signs_out()
    problems = _add_history(town, children)
    return [*problems, *play(town, children)]


def _add_history(town: DemoTown, children: Children) -> list[str]:
    line_ids = {name: town.residents[name].id for name in WITH_HISTORY}
    try:
        children.run("history", "store.operations.demo_town", stdin_text=json.dumps(line_ids))
    except DemoError as error:
        return [f"The town has no past: {error}"]
    return []


def _add_staff(children: Children, person: DemoAccount, passwords: Mapping[str, str]) -> None:
    sees = ("--department", person.department) if person.department else ("--all-departments",)
    facts = ("--role", person.role, "--full-name", person.full_name, *sees)
    stdin_text = passwords[person.username] + "\n"
    name = f"staff-{person.username}"
    children.run(
        name, "staff_console", "add-staff", person.username, *facts, "--password-stdin", stdin_text=stdin_text
    )
