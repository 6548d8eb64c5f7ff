"""Tests the life of a case: every action, status and person, allowed exactly when the table permits it."""

from itertools import product

import pytest

from store.cases.workflows import STATUS_ROWS, Action, Status, Tone, Who
from store.workflow.case_table import OPEN_TONES, StatusRow, read_workflow
from store.workflow.table import RuleRefused
from store.workflow.tables.problem import ACTION_ROWS, NOTICES, ROWS, WORKFLOW
from store.workflow.workflows import WORKFLOWS, together

# The table once more, written independently: who may do what, when.
STAFF, RESIDENT, SUPERVISOR = {Who.OFFICER, Who.SUPERVISOR}, {Who.RESIDENT}, {Who.SUPERVISOR}
OPEN = {Status.SUBMITTED, Status.RECEIVED, Status.NEED_INFO, Status.IN_PROGRESS, Status.REOPENED}
ENDED = {Status.DONE, Status.CLOSED, Status.CANCELLED}
LIFE = {
    Action.SUBMIT: (set(), RESIDENT),
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
        assert WORKFLOW.find_rule(action, status, who) in WORKFLOW.allowed(status, who)
    else:
        with pytest.raises(RuleRefused):
            WORKFLOW.find_rule(action, status, who)
        assert action not in {row.action for row in WORKFLOW.allowed(status, who)}


def reachable_from(status: Status) -> set[Status]:
    found, waiting = {status}, [status]
    while waiting:
        here = waiting.pop()
        onward = {row.after for row in WORKFLOW.rules if here in row.before and row.after} - found
        found |= onward
        waiting += onward
    return found


def test_every_status_can_be_reached_from_a_new_case():
    assert reachable_from(Status.SUBMITTED) == set(Status)


@pytest.mark.parametrize("status", sorted(OPEN))
def test_every_open_case_can_be_brought_to_an_end(status):
    assert reachable_from(status) >= ENDED


def test_no_action_has_two_rows_for_one_person_in_one_status():
    for status, who in product(Status, Who):
        actions = [row.action for row in WORKFLOW.allowed(status, who)]
        assert len(actions) == len(set(actions)), (status, who)


def test_a_cancelled_case_stays_cancelled():
    assert reachable_from(Status.CANCELLED) == {Status.CANCELLED}


@pytest.mark.parametrize("status", sorted(OPEN))
def test_no_open_case_leaves_an_officer_without_anything_to_do(status):
    assert any(row.after for row in WORKFLOW.allowed(status, Who.OFFICER))


def test_a_supervisor_may_do_all_that_an_officer_may():
    for status in Status:
        assert {r.action for r in WORKFLOW.allowed(status, Who.OFFICER)} <= {
            r.action for r in WORKFLOW.allowed(status, Who.SUPERVISOR)
        }


def test_what_turns_a_resident_away_needs_a_reason():
    turning_away = {Action.FORWARD, Action.CLOSE, Action.ASK, Action.FINISH}
    assert all(row.needs_note for row in WORKFLOW.rules if row.action in turning_away)


def test_a_resident_is_told_of_every_change_that_staff_make():
    assert all(row.notice for row in WORKFLOW.rules if row.after and row.who & STAFF)


def test_words_between_colleagues_are_told_to_nobody():
    quiet = {Action.REMARK, Action.ASSIGN}
    assert all(row.notice is None and row.after is None for row in WORKFLOW.rules if row.action in quiet)


def test_the_clock_stands_still_only_while_the_resident_is_asked():
    assert {status for status in Status if STATUS_ROWS[status].tone is Tone.WAITING} == {Status.NEED_INFO}


def test_the_tone_of_a_status_says_whether_the_case_is_open():
    assert {status for status in Status if STATUS_ROWS[status].tone in OPEN_TONES} == OPEN
    assert {status for status in Status if STATUS_ROWS[status].ends} == ENDED


def read_again(*rows, status_rows=None, action_rows=None):
    status_rows, action_rows = status_rows or STATUS_ROWS, action_rows or ACTION_ROWS
    return read_workflow(
        "problem",
        Status,
        Action,
        (*ROWS, *rows),
        status_rows=status_rows,
        action_rows=action_rows,
        notices=NOTICES,
    )


def test_a_notice_that_nobody_words_fails_when_the_table_is_read():
    with pytest.raises(ValueError, match="not a valid notice"):
        read_again(("start", "submitted", "in_progress", "officer", "", "case_begun"))


def test_a_second_first_status_fails_when_the_table_is_read():
    with pytest.raises(ValueError, match="exactly one status"):
        read_again(("submit", "-", "received", "resident", "", "-"))


def test_an_action_that_staff_cannot_press_fails_when_the_table_is_read():
    with pytest.raises(ValueError, match="no words for rate"):
        read_again(("rate", "done", "=", "officer", "", "-"))


def test_a_status_without_a_row_fails_when_the_table_is_read():
    rows = {status: row for status, row in STATUS_ROWS.items() if status != Status.DONE}
    with pytest.raises(ValueError, match="how to show done"):
        read_again(status_rows=rows)


def test_a_likely_action_that_is_not_possible_fails_when_the_table_is_read():
    rows = {**STATUS_ROWS, Status.DONE: StatusRow("เสร็จสิ้น", Tone.DONE, "#2E7D32", "accept")}
    with pytest.raises(ValueError, match="accept cannot be the likely action in done"):
        read_again(status_rows=rows)


def test_a_word_means_the_same_in_every_workflow():
    mine = {"done": StatusRow("เสร็จแล้ว", Tone.DONE, "#2E7D32")}
    assert together([STATUS_ROWS, STATUS_ROWS]) == STATUS_ROWS
    with pytest.raises(ValueError, match="describe done differently"):
        together([STATUS_ROWS, mine])


@pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)
def test_every_status_and_action_has_a_thai_label_of_its_own(workflow):
    for rows in (workflow.status_rows, workflow.action_rows):
        assert len({row.label for row in rows.values()}) == len(rows)


def test_a_status_reads_differently_to_staff_only_where_it_says_who_has_it():
    assert {row.for_staff for row in STATUS_ROWS.values() if row.for_staff != row.label} == {"รอรับเรื่อง"}
