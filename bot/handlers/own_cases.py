"""Looks up a resident's own cases for the recognisers, once for a message."""

from functools import cached_property

from bot.handlers import my_cases, which_case
from bot.handlers.event_context import EventContext
from store.cases.actions import cases_of
from store.cases.models import Case
from store.cases.workflows import OPEN_STATUSES


class LoadedCases:
    """Answers what bot.recognition.state.OwnCases asks, from the database."""

    def __init__(self, context: EventContext) -> None:
        self._context = context

    @cached_property
    def _cases(self) -> list[Case]:
        return cases_of(self._context.session, self._context.resident)

    def find(self, code: str) -> int | None:
        case = my_cases.find_typed(self._context, code)
        return None if case is None else case.id

    def may(self, act: str) -> bool:
        return any(which_case.may(case, act) for case in self._cases)

    def service_of(self, case_id: int) -> str:
        return self._context.session.get_one(Case, case_id).service

    def title_of(self, case_id: int) -> str:
        return self._context.session.get_one(Case, case_id).service_title

    def has_any(self) -> bool:
        return bool(self._cases)

    def open_services(self) -> set[str]:
        return {case.service for case in self._cases if case.status in OPEN_STATUSES}
