"""Defines what a workflow of cases is: a table of rules, and how its statuses, actions and notices are shown.

Everything that fronts need to know about a status, an action or a notice stands in its row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from store.workflow.table import A_co, Row, Rule, S_co, Table, Who, read_rules


class Tone(StrEnum):
    """Says how things stand with something; the console gives each tone a colour."""

    NEW = "new"  # nobody has taken it up
    WORKING = "working"
    WAITING = "waiting"  # for an answer or a decision
    DONE = "done"
    ENDED = "ended"  # and nothing more happens
    REFUSED = "refused"  # or failed, or stopped


# A case in a status of these tones is open. In the last one the office waits for the resident.
OPEN_TONES = frozenset({Tone.NEW, Tone.WORKING, Tone.WAITING})


@dataclass(frozen=True)
class StatusRow:
    """Describes how a status is shown. Staff read other words where those of residents would mislead them.

    `colour` is that of the card in the chat. `likely` is the action that the console offers first;
    in a workflow without it, that is the first one that changes the status. `ends` says that the
    date on which the case ended is kept.
    """

    label: str
    tone: Tone
    colour: str
    likely: str = ""
    ends: bool = False
    staff_label: str = ""

    @property
    def for_staff(self) -> str:
        return self.staff_label or self.label

    @property
    def is_open(self) -> bool:
        return self.tone in OPEN_TONES


@dataclass(frozen=True)
class ActionRow:
    """Describes how an action is shown.

    `label` stands in the timeline. The rest is for actions of staff: the words of the button, of the note's field and
    of the confirmation, and phrases to begin a note with. `assigns` makes whoever does it responsible for the case.
    """

    label: str
    button: str = ""
    done: str = ""
    note_label: str = ""
    takes_photos: bool = False
    assigns: bool = False
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoticeRow:
    """Describes a notice: what staff read about it, the colour of its card, and the names of its buttons.

    What it says to residents stands in the phrases of each language.
    """

    label: str
    colour: str
    buttons: tuple[str, ...] = ("see",)


@dataclass(frozen=True)
class Workflow(Table[S_co, A_co]):
    """Holds the rules for cases of some services, with the rows of its statuses, actions and notices by their words."""

    status_rows: Mapping[str, StatusRow]
    action_rows: Mapping[str, ActionRow]
    notices: Mapping[str, NoticeRow]

    @property
    def first(self) -> S_co:
        """Returns the status of a new case."""
        [first] = [rule.after for rule in self.rules if not rule.before and rule.after is not None]
        return first


def read_workflow(
    name: str,
    statuses: type[S_co],
    actions: type[A_co],
    rows: Iterable[Row],
    *,
    status_rows: Mapping[str, StatusRow],
    action_rows: Mapping[str, ActionRow],
    notices: Mapping[str, NoticeRow],
) -> Workflow[S_co, A_co]:
    """Reads a workflow; its columns are those of `read_table`. Raises ValueError for what is misspelt or missing.

    The rows may describe more words than the workflow uses, so that workflows can share them.
    """
    rules = read_rules(statuses, actions, rows, notices)
    workflow = Workflow(
        name,
        statuses,
        actions,
        rules,
        {word: status_rows[word] for word in _described(statuses, status_rows)},
        {word: action_rows[word] for word in _described(actions, action_rows)},
        {rule.notice: notices[rule.notice] for rule in rules if rule.notice},
    )
    for problem in _problems(workflow):
        raise ValueError(f"the workflow {name}: {problem}")
    return workflow


def _described(words: type[StrEnum], rows: Mapping[str, object]) -> list[str]:
    if missing := [str(word) for word in words if word not in rows]:
        raise ValueError(f"nothing says how to show {', '.join(missing)}")
    return [str(word) for word in words]


def _problems(workflow: Workflow[S_co, A_co]) -> Iterable[str]:
    if len([rule for rule in workflow.rules if not rule.before]) != 1:
        yield "a new case must begin in exactly one status"
    for word, status in workflow.status_rows.items():
        likely = workflow.rules_of(status.likely)
        if likely and not any(word in rule.before for rule in likely):
            yield f"{status.likely} cannot be the likely action in {word}"
    for rule in workflow.rules:
        row = workflow.action_rows[rule.action]
        if _is_of_staff(rule) and not (row.button and row.done and (row.note_label or not rule.needs_note)):
            yield f"staff have no words for {rule.action}"


def _is_of_staff(rule: Rule[S_co, A_co]) -> bool:
    return bool(rule.who - {Who.RESIDENT})
