"""Holds all workflows of cases by name, and how their statuses, actions and notices are shown.

A word means the same in every workflow: two that describe one status, action or notice differently fail on import.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, TypeVar

from store.workflow import tables
from store.workflow.case_table import ActionRow, NoticeRow, StatusRow, Workflow

R = TypeVar("R", StatusRow, ActionRow, NoticeRow)


def read_workflows() -> dict[str, Workflow[StrEnum, StrEnum]]:
    """Returns the workflow of each file in `tables`, those of problems first."""
    names = sorted(
        (module.name for module in iter_modules(tables.__path__)), key=lambda n: (n != "problem", n)
    )
    found = [import_module(f"{tables.__name__}.{name}").WORKFLOW for name in names]
    if (named := [workflow.name for workflow in found]) != names:
        raise ValueError(f"the files {names} of workflows define {named}")
    return {workflow.name: workflow for workflow in found}


def together(rows: Iterable[Mapping[str, R]]) -> dict[str, R]:
    """Returns the rows of several workflows by their words; raises ValueError for a word with two rows."""
    merged: dict[str, R] = {}
    for word, row in (pair for each in rows for pair in each.items()):
        if merged.setdefault(word, row) != row:
            raise ValueError(f"two workflows describe {word} differently")
    return merged


WORKFLOWS: Final = read_workflows()
STATUS_ROWS: Final = together(workflow.status_rows for workflow in WORKFLOWS.values())
ACTION_ROWS: Final = together(workflow.action_rows for workflow in WORKFLOWS.values())
NOTICES: Final = together(workflow.notices for workflow in WORKFLOWS.values())
OPEN_STATUSES: Final = frozenset(word for word, row in STATUS_ROWS.items() if row.is_open)
