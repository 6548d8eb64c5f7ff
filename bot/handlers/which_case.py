"""Finds the case that words without its number are about; if there are several, the resident is asked which one."""

from collections.abc import Callable

from bot.conversations.intents import without_wishes
from bot.handlers import my_cases
from bot.handlers.event_context import EventContext
from bot.recognition.matches import AboutCase, OwnNumber, Stars
from bot.replies import Button, Reply
from store.cases.actions import cases_of, takes_more
from store.cases.models import Case
from store.cases.workflows import OPEN_STATUSES, Action, resident_may
from store.line.limits import LABEL_CHARACTERS, cut
from store.residents.residents import offer

SHORTEST_NEWS = 4


def withdraw(context: EventContext) -> list[Reply]:
    return _do(context, "withdraw")


def add(context: EventContext) -> list[Reply]:
    return _do(context, "add")


def works(context: EventContext) -> list[Reply]:
    return _do(context, "works")


def broken(context: EventContext) -> list[Reply]:
    return _do(context, "broken")


def stars(context: EventContext, match: Stars) -> list[Reply]:
    """Rates the finished case."""
    return _do(context, "stars", str(match.given))


def do_to_numbered(context: EventContext, match: OwnNumber) -> list[Reply]:
    """Carries out the action for which we asked the case's number on the case; shows the case if we asked for none."""
    case = context.session.get_one(Case, match.case_id)
    act, _, given = context.offered[1].partition(" ") if context.offered[0] == "which" else ("", "", "")
    return _on(context, case, act, given) if act else my_cases.see(context, case)


def take_news(context: EventContext, match: AboutCase) -> list[Reply]:
    """Adds the words beside a case's number to the case, if they are long enough and it takes any; else shows it."""
    case = context.session.get_one(Case, match.case_id)
    if len(without_wishes(match.beside)) >= SHORTEST_NEWS and takes_more(case):
        return my_cases.take_more(context, case, note=match.beside)
    return my_cases.see(context, case)


def _do(context: EventContext, act: str, given: str = "") -> list[Reply]:
    found = cases_of(context.session, context.resident)
    able = [case for case in found if may(case, act)]
    if context.offered[0] in ("case", "stars"):
        able = [case for case in able if str(case.id) == context.offered[1]] or able
    if len(able) == 1:
        return _on(context, able[0], act, given)
    if not able:
        return my_cases.track(context)
    offer(context.resident, "which", f"{act} {given}".strip())
    buttons = tuple(
        Button(
            cut(f"{case.shown_number} {case.service_title}", LABEL_CHARACTERS),
            act,
            {"case": str(case.id), "n": given},
            context.words("cases.number", number=case.shown_number),
        )
        for case in able
    )
    return [context.say("cases.which", *buttons, example=able[0].shown_number)]


def _on(context: EventContext, case: Case, act: str, given: str) -> list[Reply]:
    if act == "stars":
        return my_cases.take_stars(context, case, given)
    return _ACTS[act](context, case)


_ACTS: dict[str, Callable[[EventContext, Case], list[Reply]]] = {
    "withdraw": my_cases.ask_withdraw,
    "add": my_cases.invite_more,
    "works": my_cases.confirm_works,
    "broken": my_cases.reopen,
}


def may(case: Case, act: str) -> bool:
    """Says whether the resident may do this to the case now. `act` is withdraw, add, works, broken or stars.

    A finished case can be confirmed or reported as broken by typed words only until it was confirmed.
    """
    return {
        "withdraw": case.status in OPEN_STATUSES,
        "add": resident_may(case, Action.ANSWER, Action.ADD),
        "works": resident_may(case, Action.CONFIRM) and case.confirmed_at is None,
        "broken": resident_may(case, Action.REOPEN) and case.confirmed_at is None,
        "stars": resident_may(case, Action.RATE) and case.stars is None,
    }[act]
