"""Builds the forms on the page of a case, one for each action that its status and the person's role allow."""

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage

from staff_console.forms import LONGEST_NOTE, clean_note, new_form_token, whole_or_400
from store.cases.models import Case
from store.cases.workflows import ACTION_ROWS, STATUS_ROWS, Action, CaseRule, Who, allowed, workflow_of
from store.errors import Refusal
from store.municipality.agencies import names_an_agency
from store.staff.models import Staff
from store.workflow.table import Need

MAX_PHOTOS = 5
# Together with the numbers of a full page of cases, the note still fits a LINE message.
LONGEST_BULK_NOTE = 1000


class BadForm(Refusal):
    """Says that a field of the form is not valid; `reason` is a key of words.REFUSALS."""


@dataclass(frozen=True)
class ActionForm:
    action: str
    label: str
    button: str
    note_label: str
    needs_note: bool
    needs_agency: bool
    takes_photos: bool
    tells: bool
    is_next: bool
    phrases: tuple[str, ...]
    token: str


@dataclass(frozen=True)
class ActionInput:
    """Holds the form that staff submitted for one action. `assignee` is a staff id, or None for nobody.

    `needs` and `tells` say what the workflow of the case asks of the action, and whether the resident is told.
    """

    action: str
    needs: frozenset[Need]
    tells: bool
    note: str
    agency: str
    seen_version: int
    assignee: int | None
    photos: list[FileStorage]

    def words(self) -> str:
        """Returns the note as it is stored and sent, after a line with the agency if one is needed."""
        return f"ถึง {self.agency}\n{self.note}" if Need.AGENCY in self.needs else self.note


def forms_for(case: Case, person: Staff) -> list[ActionForm]:
    """Returns the forms of the actions that this person may do now, except ASSIGN, the likely next step first."""
    rows = [row for row in allowed(case, Who(person.role)) if row.action != Action.ASSIGN]
    likely = _likely(case, rows)
    forms = [_form(row, is_next=row.action == likely) for row in rows]
    return sorted(forms, key=lambda form: not form.is_next)


def _likely(case: Case, rows: list[CaseRule]) -> str:
    likely = STATUS_ROWS[case.status].likely
    if not likely or workflow_of(case).rules_of(likely):
        return likely
    return next((row.action for row in rows if row.after), "")


def may_assign(case: Case, person: Staff) -> bool:
    return any(row.action == Action.ASSIGN for row in allowed(case, Who(person.role)))


def _form(row: CaseRule, *, is_next: bool) -> ActionForm:
    shown = ACTION_ROWS[row.action]
    return ActionForm(
        action=row.action,
        label=shown.label,
        button=shown.button,
        note_label=shown.note_label,
        needs_note=row.needs_note,
        needs_agency=Need.AGENCY in row.needs,
        takes_photos=shown.takes_photos,
        tells=row.notice is not None,
        is_next=is_next,
        phrases=shown.phrases,
        token=new_form_token(),
    )


def read_form(case: Case, action: str) -> ActionInput:
    """Returns the submitted form; answers 400 for a `seen_version` or `assignee` that is no number."""
    rules = workflow_of(case).rules_of(action)
    return ActionInput(
        action=action,
        needs=frozenset(need for rule in rules for need in rule.needs),
        tells=any(rule.notice for rule in rules),
        note=clean_note(request.form.get("note", "")),
        agency=" ".join(clean_note(request.form.get("agency", "")).split()),
        seen_version=whole_or_400("seen_version"),
        assignee=whole_or_400("assignee") if request.form.get("assignee") else None,
        photos=[photo for photo in request.files.getlist("photos") if photo.filename],
    )


def check_form(asked: ActionInput) -> None:
    """Raises BadForm for a field that the sender can correct."""
    if len(asked.note) > LONGEST_NOTE:
        raise BadForm("note_long")
    if len(asked.photos) > MAX_PHOTOS:
        raise BadForm("too_many")
    if Need.AGENCY in asked.needs and not names_an_agency(asked.agency):
        raise BadForm("agency_missing")
    if Need.NOTE in asked.needs and not asked.note and not asked.photos:
        raise BadForm("note_missing")
