"""Reads the console's words from th.toml into one frozen model."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from staff_console.phrases.parts import Part, Text, Toned, all_of
from store.cases.queue import Tab
from store.files.models import FileReason
from store.jobs.models import FailReason, JobKind, JobState, Phase
from store.messaging.states import Reason
from store.operations.dead_letters import DropReason
from store.quota.usage import Alarm
from store.staff.permissions import Role

FILE = Path(__file__).parent / "th.toml"


class Sentences(Part):
    """Holds single sentences; names in braces are filled in by staff_console.words."""

    nothing_done: Text
    commented: Text
    closed: Text
    blocked: Text
    no_address: Text
    event_failed: Text
    event_waits: Text
    not_sent: Text
    not_sent_yet: Text
    backed_up: Text
    backed_up_damaged: Text
    encrypted: Text
    encrypted_closed: Text
    encrypted_left: Text


class ErrorWords(Part):
    """Says on an error page what happened, and what to do now."""

    happened: Text
    now: Text


def _with_the_page_for_others(pages: dict[int, ErrorWords]) -> dict[int, ErrorWords]:
    """Checks that there is a page 400: it is shown for codes that have no page of their own."""
    if 400 not in pages:
        raise ValueError("there is no page 400")
    return pages


class ErrorPages(Part):
    """Holds the error pages by their code of HTTP, and those for one cause."""

    by_code: Annotated[dict[int, ErrorWords], AfterValidator(_with_the_page_for_others)]
    not_found_by_admins: ErrorWords
    full: ErrorWords
    unkeepable: ErrorWords
    closed: ErrorWords
    closed_and_unchanged: ErrorWords
    damaged_file: ErrorWords


class Labels(Part):
    """Holds the words of th.toml, each section by the values that they name."""

    roles: Annotated[dict[Role, Text], AfterValidator(all_of(Role))]
    account_requests: dict[str, Text]
    tabs: Annotated[dict[Tab, Text], AfterValidator(all_of(Tab))]
    channels: dict[str, Text]
    deliveries: dict[str, Toned]
    dead_letter_kinds: dict[str, Text]
    dead_letter_reasons: dict[Reason, Text]
    alarms: Annotated[dict[Alarm, Text], AfterValidator(all_of(Alarm))]
    drop_reasons: Annotated[dict[DropReason, Text], AfterValidator(all_of(DropReason))]
    job_kinds: Annotated[dict[JobKind, Text], AfterValidator(all_of(JobKind))]
    job_states: Annotated[dict[JobState, Toned], AfterValidator(all_of(JobState))]
    job_phases: Annotated[dict[Phase, Text], AfterValidator(all_of(Phase))]
    job_reasons: Annotated[dict[FailReason, Text], AfterValidator(all_of(FailReason))]
    file_states: dict[str, Text]
    file_reasons: dict[FileReason, Text]
    triage: dict[str, Text]
    surge_refusals: dict[str, Text]
    refusals: dict[str, Text]
    sentences: Sentences
    errors: ErrorPages


def read_labels(file: Path = FILE) -> Labels:
    """Reads the words. Raises ValidationError if a section, a sentence or the words for a value are missing."""
    return Labels.model_validate(tomllib.loads(file.read_text("utf-8")))
