"""Defines what a table of rules is: which action leads from which status to which, who may do it, and what it needs.

A case, a broadcast and a warning template have a table each. A table is written as rows of words; a misspelt word fails
when the module with the table is imported.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from store.errors import Refusal
from store.workflow.approvals import is_writer

S_co = TypeVar("S_co", bound=StrEnum, covariant=True)
A_co = TypeVar("A_co", bound=StrEnum, covariant=True)
Row = tuple[str, ...]


class Who(StrEnum):
    RESIDENT = "resident"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"


class Need(StrEnum):
    """Names what an action needs besides the right status and role."""

    NOTE = "note"
    AGENCY = "agency"  # the name of another authority
    ANOTHER = "another"  # a person who wrote nothing of it, whatever their role
    OWN = "own"  # an officer needs to have written some of it, a supervisor does not


class RuleRefused(Refusal):
    """Says that the table does not permit this.

    `reason` is not_your_role, wrong_status, own_text, not_your_text or needs_note.
    """


@dataclass(frozen=True)
class Rule(Generic[S_co, A_co]):
    """Describes one row of a table.

    `before` is empty for the action that makes the thing. `after` is None where the status stays. `notice` names what
    the resident is told, or is None.
    """

    action: A_co
    before: frozenset[S_co]
    after: S_co | None
    who: frozenset[Who]
    needs: frozenset[Need]
    notice: str | None

    @property
    def needs_note(self) -> bool:
        return Need.NOTE in self.needs

    def begins_in(self, status: str | None) -> bool:
        return status in self.before if status is not None else not self.before


@dataclass(frozen=True)
class Table(Generic[S_co, A_co]):
    """Holds the rules of one kind of thing. Statuses, actions and roles are given as their words."""

    name: str
    statuses: type[S_co]
    actions: type[A_co]
    rules: tuple[Rule[S_co, A_co], ...]

    def find_rule(
        self,
        action: str,
        status: str | None,
        who: str,
        *,
        person: int = 0,
        writers: Collection[int] = (),
        has_note: bool = True,
    ) -> Rule[S_co, A_co]:
        """Returns the rule that permits the action now; raises RuleRefused with the reason.

        `status` is None for a thing that is about to be made. `person` is the staff id of whoever acts and `writers`
        those of all who wrote the thing; only rules that need another or an own person look at them. `has_note` says
        whether a note was given, which stays True when a page only asks what to offer.
        """
        open_to_role = [rule for rule in self.rules_of(action) if who in rule.who]
        if not open_to_role:
            raise RuleRefused("not_your_role")
        rule = next((rule for rule in open_to_role if rule.begins_in(status)), None)
        if rule is None:
            raise RuleRefused("wrong_status")
        if Need.ANOTHER in rule.needs and is_writer(person, writers):
            raise RuleRefused("own_text")
        if Need.OWN in rule.needs and who == Who.OFFICER and not is_writer(person, writers):
            raise RuleRefused("not_your_text")
        if rule.needs_note and not has_note:
            raise RuleRefused("needs_note")
        return rule

    def allowed(self, status: str, who: str) -> list[Rule[S_co, A_co]]:
        """Returns the rules open to this role in this status, in the order of the table: the buttons of a page."""
        return [rule for rule in self.rules if status in rule.before and who in rule.who]

    def rules_of(self, action: str) -> list[Rule[S_co, A_co]]:
        return [rule for rule in self.rules if rule.action == action]

    def roles_of(self, action: str) -> frozenset[str]:
        return frozenset(str(who) for rule in self.rules_of(action) for who in rule.who)

    def may_ever(self, action: str, who: str) -> bool:
        """Says whether this role may do the action in any status at all."""
        return who in self.roles_of(action)

    def diagram(self) -> str:
        """Returns the changes of status as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        for rule in self.rules:
            if rule.after is not None:
                sources = [str(status) for status in self.statuses if status in rule.before] or ["[*]"]
                lines += [f"    {source} --> {rule.after}: {rule.action}" for source in sources]
        return "\n".join(lines)


def read_table(
    name: str,
    statuses: type[S_co],
    actions: type[A_co],
    rows: Iterable[Row],
    *,
    notices: Collection[str] = (),
) -> Table[S_co, A_co]:
    """Reads rows of words: action, statuses before, status after, roles, needs, notice.

    `-` stands for no status before and for no notice, `=` for a status that stays. Raises ValueError for a word that
    nothing is called.
    """
    return Table(name, statuses, actions, read_rules(statuses, actions, rows, notices))


def read_rules(
    statuses: type[S_co], actions: type[A_co], rows: Iterable[Row], notices: Collection[str]
) -> tuple[Rule[S_co, A_co], ...]:
    return tuple(_rule(statuses, actions, row, notices) for row in rows)


def _rule(statuses: type[S_co], actions: type[A_co], row: Row, notices: Collection[str]) -> Rule[S_co, A_co]:
    action, before, after, who, needs, notice = row
    if notice != "-" and notice not in notices:
        raise ValueError(f"{notice!r} is not a valid notice")
    return Rule(
        actions(action),
        frozenset() if before == "-" else frozenset(statuses(word) for word in _some(before)),
        None if after == "=" else statuses(after),
        frozenset(Who(word) for word in _some(who)),
        frozenset(Need(word) for word in needs.split()),
        None if notice == "-" else notice,
    )


def _some(words: str) -> list[str]:
    if not words.split():
        raise ValueError("a rule without a status or a role is not a valid one: nobody could ever use it")
    return words.split()
