"""Tests the life of a case: every action, status and person, allowed exactly when the table permits it."""

from itertools import product

import pytest

from store.cases.workflows import (
    ACTION_LABELS,
    OPEN_STATUSES,
    RULES,
    STATUS_LABELS,
    STATUS_ROWS,
    WAITING_STATUSES,
    Action,
    NotAllowed,
    Status,
    Tone,
    Who,
    allowed,
    find_rule,
    rule,
)

# The table once more, written independently: who may do what, when.
STAFF, RESIDENT, SUPERVISOR = {Who.OFFICER, Who.SUPERVISOR}, {Who.RESIDENT}, {Who.SUPERVISOR}
OPEN = {Status.SUBMITTED, Status.RECEIVED, Status.NEED_INFO, Status.IN_PROGRESS, Status.REOPENED}
ENDED = {Status.DONE, Status.CLOSED, Status.CANCELLED}
LIFE = {
    Action.ACCEPT: ({Status.SUBMITTED, Status.REOPENED}, STAFF),
    Action.ASK: ({Status.RECEIVED, Status.IN_PROGRESS}, STAFF),
    Action.ANSWER: ({Status.NEED_INFO}, RESIDENT),
    Action.START: ({Status.RECEIVED, Status.NEED_INFO}, STAFF),
    Action.FINISH: ({Status.RECEIVED, Status.NEED_INFO, Status.IN_PROGRESS}, STAFF),
    Action.FORWARD: (OPEN - {Status.NEED_INFO}, STAFF),
    Action.CLOSE: (OPEN, SUPERVISOR),
    Action.CANCEL: (OPEN - {Status.IN_PROGRESS}, RESIDENT),
    Action.REOPEN: ({Status.DONE, Status.CLOSED, Status.FORWARDED_OUT}, RESIDENT | SUPERVISOR),
    Action.TELL: (OPEN | {Status.FORWARDED_OUT, Status.DONE}, STAFF),
    Action.ADD: (OPEN | {Status.FORWARDED_OUT}, RESIDENT),
    Action.REMARK: (set(Status), STAFF),
    Action.ASSIGN: (OPEN, STAFF),
    Action.CONFIRM: ({Status.DONE}, RESIDENT),
    Action.RATE: ({Status.DONE}, RESIDENT),
}


@pytest.mark.parametrize(("action", "status", "who"), list(product(Action, Status, Who)))
def test_an_action_is_allowed_exactly_when_the_table_says(action, status, who):
    before, people = LIFE[action]
    if status in before and who in people:
        assert find_rule(action, status, who) in allowed(status, who)
    else:
        with pytest.raises(NotAllowed):
            find_rule(action, status, who)
        assert action not in {row.action for row in allowed(status, who)}


def reachable_from(status: Status) -> set[Status]:
    found, waiting = {status}, [status]
    while waiting:
        here = waiting.pop()
        onward = {row.after for row in RULES if here in row.before and row.after} - found
        found |= onward
        waiting += onward
    return found


def test_every_status_can_be_reached_from_a_new_case():
    assert reachable_from(Status.SUBMITTED) == set(Status)


@pytest.mark.parametrize("status", sorted(OPEN_STATUSES))
def test_every_open_case_can_be_brought_to_an_end(status):
    assert reachable_from(status) >= ENDED


def test_no_action_has_two_rows_for_one_person_in_one_status():
    for status, who in product(Status, Who):
        actions = [row.action for row in allowed(status, who)]
        assert len(actions) == len(set(actions)), (status, who)


def test_a_cancelled_case_stays_cancelled():
    assert reachable_from(Status.CANCELLED) == {Status.CANCELLED}


@pytest.mark.parametrize("status", sorted(OPEN_STATUSES))
def test_no_open_case_leaves_an_officer_without_anything_to_do(status):
    assert any(row.after for row in allowed(status, Who.OFFICER))


def test_a_supervisor_may_do_all_that_an_officer_may():
    for status in Status:
        assert {r.action for r in allowed(status, Who.OFFICER)} <= {
            r.action for r in allowed(status, Who.SUPERVISOR)
        }


def test_what_turns_a_resident_away_needs_a_reason():
    turning_away = {Action.FORWARD, Action.CLOSE, Action.ASK, Action.FINISH}
    assert all(row.needs_note for row in RULES if row.action in turning_away)


def test_a_resident_is_told_of_every_change_that_staff_make():
    assert all(row.notice for row in RULES if row.after and row.who & STAFF)


def test_words_between_colleagues_are_told_to_nobody():
    quiet = {Action.REMARK, Action.ASSIGN}
    assert all(row.notice is None and row.after is None for row in RULES if row.action in quiet)


def test_the_clock_stands_still_only_in_open_cases():
    assert WAITING_STATUSES < OPEN_STATUSES


@pytest.mark.parametrize("row", ["accpet", "", "accept"])
def test_a_misspelt_row_fails_when_it_is_read(row):
    with pytest.raises(ValueError, match="is not a valid"):
        rule(row, "submited", "received", "officer", "", "-")


def test_every_status_and_action_has_a_thai_label_of_its_own():
    assert set(STATUS_LABELS) == set(Status)
    assert set(ACTION_LABELS) == set(Action)
    assert len(set(STATUS_LABELS.values())) == len(Status)
    assert len(set(ACTION_LABELS.values())) == len(Action)


def test_a_status_reads_differently_to_staff_only_where_it_says_who_has_it():
    assert {row.staff_label for row in STATUS_ROWS.values()} - set(STATUS_LABELS.values()) == {"รอรับเรื่อง"}


def test_what_waits_or_is_over_has_the_tone_of_it():
    tones = {status: row.tone for status, row in STATUS_ROWS.items()}
    assert {status for status in Status if tones[status] is Tone.WAITING} == WAITING_STATUSES
    assert not {tones[status] for status in OPEN_STATUSES} & {Tone.DONE, Tone.ENDED, Tone.REFUSED}
