"""Submits a finished request: asks the hook of its service, and opens the case. The caller owns the transaction.

A hook belongs to a service, which names it in its definition. It may refuse, and it may do more than open a case.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from store.cases.actions import Submission, open_case
from store.cases.models import Case
from store.municipality.profile import Municipality
from store.residents.models import Resident


class SubmissionRefused(ValueError):
    """Says that a request cannot be taken now; `words` are what the resident reads."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Hook:
    """Describes what a service does when a request is sent. Both functions work inside the transaction of the request.

    `check` runs before the case is opened, and raises SubmissionRefused to refuse the request. `after` gets the new
    case and may write more, but cannot refuse it any more.
    """

    check: Callable[[Session, Municipality, Resident, Submission], None] = lambda *_: None
    after: Callable[[Session, Municipality, Case], None] = lambda *_: None


NO_HOOK: Final = Hook()
# The hooks by the names that definitions of services call them.
HOOKS: Final[Mapping[str, Hook]] = {}


def submit(
    session: Session,
    municipality: Municipality,
    resident: Resident,
    submission: Submission,
    *,
    hooks: Mapping[str, Hook],
) -> Case:
    """Opens the case of a request and does what the hook of its service wants.

    Raises SubmissionRefused, before anything is written, if the hook refuses the request.
    """
    name = submission.service.on_submit
    hook = hooks[name] if name else NO_HOOK
    hook.check(session, municipality, resident, submission)
    case = open_case(session, municipality, resident, submission)
    hook.after(session, municipality, case)
    return case
