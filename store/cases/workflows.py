"""Asks the workflow of a case who may do what to it now. The workflows themselves are in store.workflow.tables."""

from enum import StrEnum
from typing import Final

from store.cases.models import Case
from store.workflow.case_table import Tone, Workflow
from store.workflow.table import Rule, RuleRefused, Who
from store.workflow.tables.problem import Action, Status
from store.workflow.workflows import ACTION_ROWS, NOTICES, OPEN_STATUSES, STATUS_ROWS, WORKFLOWS

# `Status` and `Action` are those of problems and requests; another workflow may have words of its own.
__all__ = [
    "ACTION_ROWS",
    "NOTICES",
    "OPEN_STATUSES",
    "STATUS_ROWS",
    "WORKFLOWS",
    "Action",
    "Status",
    "Tone",
    "Who",
]
CaseRule = Rule[StrEnum, StrEnum]

# The actions of which the resident is told.
TELLING: Final = frozenset(
    str(rule.action) for workflow in WORKFLOWS.values() for rule in workflow.rules if rule.notice
)
# The office waits for the resident. The promised day stays as it is.
WAITING_STATUSES: Final = frozenset(word for word, row in STATUS_ROWS.items() if row.tone is Tone.WAITING)


class NotAllowed(ValueError):
    """Says that this person may not do this to a case in this status."""


def workflow_of(case: Case) -> Workflow[StrEnum, StrEnum]:
    return WORKFLOWS[case.workflow]


def find_rule(case: Case, action: str, who: Who, *, has_note: bool = True) -> CaseRule:
    """Returns the row of the case's workflow that permits the action; raises NotAllowed if there is none."""
    try:
        return workflow_of(case).find_rule(action, case.status, who, has_note=has_note)
    except RuleRefused as refused:
        raise NotAllowed(
            f"{who} may not {action} a case that is {case.status}: {refused.reason}"
        ) from refused


def allowed(case: Case, who: Who) -> list[CaseRule]:
    """Returns the rows open to this person now, in the order of the table: the console's buttons."""
    return workflow_of(case).allowed(case.status, who)


def resident_may(case: Case, *actions: str) -> bool:
    """Says whether the resident may do one of these actions to the case now."""
    return any(rule.action in actions for rule in allowed(case, Who.RESIDENT))
