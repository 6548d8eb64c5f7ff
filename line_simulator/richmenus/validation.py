"""Checks the definition of a rich menu and refuses a wrong one."""

from typing import Any

from line_simulator.messages.schema import Problem
from line_simulator.messages.validation import require
from line_simulator.richmenus.schema import RICH_MENU


def find_rich_menu_problems(menu: Any) -> list[Problem]:
    return list(RICH_MENU(menu, ""))


def require_rich_menu(body: Any) -> None:
    require(RICH_MENU, body)
