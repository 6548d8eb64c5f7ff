"""Checks bodies against the shapes and refuses a wrong one with LINE's 400 and its details."""

from typing import Any

from line_simulator.messages.objects import MESSAGE, REQUESTS
from line_simulator.messages.schema import Check, Problem
from line_simulator.refusals import Refusal


def find_message_problems(message: Any, path: str = "messages[0]") -> list[Problem]:
    return list(MESSAGE(message, path))


def require_request(kind: str, body: Any) -> None:
    """Refuses a wrong body; `kind` is reply, push, multicast, narrowcast, broadcast or validate."""
    require(REQUESTS[kind], body)


def require(check: Check, body: Any) -> None:
    problems = list(check(body, ""))
    if not problems:
        return
    details = [{"message": each.message, "property": each.property} for each in problems]
    raise Refusal(400, f"The request body has {len(problems)} error(s)", details=details)
