"""Defines the life of a requested service: today that of a reported problem."""

from dataclasses import replace
from typing import Final

from store.workflow.tables import problem

WORKFLOW: Final = replace(problem.WORKFLOW, name="request")
