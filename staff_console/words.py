"""Names the Thai words of the console that are not in a template; they stand in staff_console/phrases/th.toml."""

from typing import Final

from staff_console.phrases.labels import read_labels
from store.cases.workflows import ACTION_ROWS, STATUS_ROWS
from store.cases.workflows import NOTICES as NOTICE_ROWS
from store.jobs.models import Job, JobKind
from store.operations.dead_letters import DeadLetter

_LABELS: Final = read_labels()
SENTENCES: Final = _LABELS.sentences

ROLES: Final = _LABELS.roles
ACCOUNT_REQUESTS: Final = _LABELS.account_requests
TABS: Final = _LABELS.tabs
STATUSES: Final = {status: row.for_staff for status, row in STATUS_ROWS.items()}
EVENTS: Final = {action: row.label for action, row in ACTION_ROWS.items()}
COMMENTED: Final = SENTENCES.commented
# Shown instead of a value that cannot be decrypted.
CLOSED: Final = SENTENCES.closed
CHANNELS: Final = _LABELS.channels
NOTICES: Final = {notice: row.label for notice, row in NOTICE_ROWS.items()}
DELIVERIES: Final = _LABELS.deliveries
DEAD_LETTER_KINDS: Final = _LABELS.dead_letter_kinds
BLOCKED: Final = SENTENCES.blocked
NO_ADDRESS: Final = SENTENCES.no_address
DEAD_LETTER_REASONS: Final = _LABELS.dead_letter_reasons
ALARMS: Final = _LABELS.alarms
DROP_REASONS: Final = _LABELS.drop_reasons
JOB_KINDS: Final = _LABELS.job_kinds
JOB_STATES: Final = _LABELS.job_states
JOB_PHASES: Final = _LABELS.job_phases
JOB_REASONS: Final = _LABELS.job_reasons
FILE_STATES: Final = _LABELS.file_states
FILE_REASONS: Final = _LABELS.file_reasons
TRIAGE: Final = _LABELS.triage
SURGE_REFUSALS: Final = _LABELS.surge_refusals
REFUSALS: Final = _LABELS.refusals
ERRORS: Final = _LABELS.errors


def why_unfinished(row: DeadLetter) -> str:
    """Says in Thai why the row is stuck. LINE's own text is not shown, because it can quote the message."""
    if row.reason in DEAD_LETTER_REASONS:
        return DEAD_LETTER_REASONS[row.reason]
    if row.kind == "event":
        return SENTENCES.event_failed.format(error=row.error) if row.error else SENTENCES.event_waits
    return SENTENCES.not_sent if row.is_dead else SENTENCES.not_sent_yet


def job_result(job: Job) -> str:
    """Says what a job that is done has done."""
    found = job.result or {}
    if job.kind is JobKind.BACKUP:
        parts = [SENTENCES.backed_up, SENTENCES.backed_up_damaged if found["damaged"] else ""]
    else:
        closed = SENTENCES.encrypted_closed if found["closed"] else ""
        parts = [SENTENCES.encrypted, closed, SENTENCES.encrypted_left if found["left"] else ""]
    return "".join(parts).format(**found)
