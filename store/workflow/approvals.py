"""Decides whether somebody may approve something, for all kinds of things that a second person must approve.

What is approved, who wrote it and where the approval is kept is the business of the kind's own room.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from store.clock import CLOCKS_DIFFER, now
from store.errors import Refusal


class Person(Protocol):
    """Describes what is asked about a member of staff."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def active(self) -> bool: ...
    @property
    def may_approve(self) -> bool: ...


@dataclass(frozen=True)
class Decider:
    """Names who decides. With `acting_for` they decide in the role of that person (รักษาราชการแทน)."""

    person: Person
    acting_for: Person | None = None

    @property
    def role(self) -> str:
        return (self.acting_for or self.person).role


@dataclass(frozen=True)
class Approval:
    """Records one decision: which step of the chain, by whom, for whom, about what, and when."""

    step: int
    person_id: int
    acting_for_id: int | None
    digest: str
    at: datetime

    @property
    def people(self) -> tuple[int, ...]:
        return tuple(number for number in (self.person_id, self.acting_for_id) if number is not None)


@dataclass(frozen=True)
class Chain:
    """Describes who must approve a kind of thing, one after the other: the roles that may take each step.

    `refusal` is the error of the kind. `wrong_role`, `own` and `too_new` are the reasons with which it refuses somebody
    of another role, somebody who wrote the thing or took an earlier step, and an account or role given within a day.
    """

    steps: tuple[frozenset[str], ...]
    refusal: type[Refusal]
    wrong_role: str = "not_your_role"
    own: str = "own_text"
    too_new: str = "account_too_new"

    def why_not(self, by: Decider, writers: Collection[int], earlier: Sequence[Approval] = ()) -> str:
        """Returns the reason why this person may not take the next step, or "" if they may.

        Four eyes are counted by person: whoever wrote the thing or took an earlier step may not go on, in whatever
        role, nor may anybody who acts for them.
        """
        if not by.person.active or by.role not in self.steps[len(earlier)]:
            return self.wrong_role
        involved = {*writers, *(number for approval in earlier for number in approval.people)}
        if is_writer(by.person.id, involved) or (by.acting_for and is_writer(by.acting_for.id, involved)):
            return self.own
        return "" if by.person.may_approve else self.too_new

    def check(self, by: Decider, writers: Collection[int], earlier: Sequence[Approval] = ()) -> None:
        """Raises the kind's refusal if this person may not take the next step."""
        if reason := self.why_not(by, writers, earlier):
            raise self.refusal(reason)

    def approve(
        self,
        by: Decider,
        writers: Collection[int],
        *,
        digest: str,
        read_digest: str,
        earlier: Sequence[Approval] = (),
        valid_until: datetime | None = None,
    ) -> Approval:
        """Returns the approval of the next step.

        `digest` is that of the thing as it is now, `read_digest` that of what this person read. Raises the kind's
        refusal: as `check` does, "too_late" at `valid_until`, and "stale" if the two digests differ or an earlier step
        approved another one.
        """
        self.check(by, writers, earlier)
        if valid_until is not None and valid_until <= now():
            raise self.refusal("too_late")
        if {digest} != {read_digest, *(approval.digest for approval in earlier)}:
            raise self.refusal("stale")
        acting_for = by.acting_for.id if by.acting_for else None
        return Approval(len(earlier), by.person.id, acting_for, digest, now())

    def is_complete(self, approvals: Sequence[Approval], digest: str) -> bool:
        """Says whether every step was taken, each for the thing with this digest."""
        return len(approvals) == len(self.steps) and all(one.digest == digest for one in approvals)


def is_writer(person_id: int, writers: Collection[int]) -> bool:
    """Says whether the person wrote some of it. People are compared, not roles: nobody approves their own words."""
    return person_id in writers


def digest_of(thing: Any) -> str:
    """Returns, in hex, the SHA-256 of a thing made of JSON's types; equal things have equal digests."""
    return hashlib.sha256(json.dumps(thing, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def has_lapsed(asked_at: datetime, lasts: timedelta) -> bool:
    """Says whether the time to decide is over, or the clock was set back since somebody asked."""
    return not now() - lasts < asked_at <= now() + CLOCKS_DIFFER
