"""Tests who may approve what others wrote."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from store.clock import CLOCKS_DIFFER, now
from store.errors import Refusal
from store.workflow.approvals import Approval, Chain, Decider, digest_of, has_lapsed


@dataclass(frozen=True)
class Person:
    id: int
    role: str = "supervisor"
    active: bool = True
    may_approve: bool = True


class PermitRefused(Refusal):
    pass


ONE = Chain((frozenset({"supervisor"}),), PermitRefused, own="own_permit", too_new="too_new")
TWO = Chain((frozenset({"officer", "supervisor"}), frozenset({"supervisor"})), PermitRefused)
AUTHOR, BOSS, CLERK = Person(1), Person(2), Person(3, role="officer")
READ = digest_of({"words": "as read"})


def why(chain, by, *, earlier=(), digest=READ, **more):
    try:
        chain.approve(by, {AUTHOR.id}, digest=digest, read_digest=READ, earlier=earlier, **more)
    except PermitRefused as refused:
        return refused.reason
    return "approved"


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (BOSS, "approved"),
        (CLERK, "not_your_role"),
        (AUTHOR, "own_permit"),
        (Person(2, active=False), "not_your_role"),
        (Person(2, may_approve=False), "too_new"),
        (Person(1, may_approve=False), "own_permit"),
    ],
)
def test_another_person_of_the_role_approves(person, said):
    assert why(ONE, Decider(person)) == said
    assert ONE.why_not(Decider(person), {AUTHOR.id}) == ("" if said == "approved" else said)


def test_an_approval_holds_for_exactly_what_was_read_and_until_its_end():
    assert why(ONE, Decider(BOSS), digest=digest_of({"words": "changed"})) == "stale"
    assert why(ONE, Decider(BOSS), valid_until=now() - timedelta(seconds=1)) == "too_late"
    assert why(ONE, Decider(BOSS), valid_until=now() + timedelta(minutes=1)) == "approved"


def test_whoever_acts_for_the_head_decides_in_the_role_of_the_head_and_both_are_recorded():
    approval = ONE.approve(Decider(CLERK, acting_for=BOSS), {AUTHOR.id}, digest=READ, read_digest=READ)
    assert (approval.person_id, approval.acting_for_id, approval.digest) == (CLERK.id, BOSS.id, READ)


def test_nobody_approves_their_own_words_by_acting_for_another_or_through_a_deputy():
    assert why(ONE, Decider(AUTHOR, acting_for=BOSS)) == "own_permit"
    assert why(ONE, Decider(CLERK, acting_for=AUTHOR)) == "own_permit"


def test_the_account_that_acts_must_be_old_enough():
    assert why(ONE, Decider(Person(3, "officer", may_approve=False), acting_for=BOSS)) == "too_new"


def step(number, person, digest=READ, acting_for=None):
    return Approval(number, person.id, acting_for and acting_for.id, digest, now())


def test_each_step_of_a_chain_needs_a_person_of_its_own():
    first = step(0, CLERK)
    assert why(TWO, Decider(BOSS), earlier=[first]) == "approved"
    assert why(TWO, Decider(CLERK), earlier=[first]) == "not_your_role"
    assert why(TWO, Decider(BOSS), earlier=[step(0, BOSS)]) == "own_text"
    assert why(TWO, Decider(BOSS), earlier=[step(0, CLERK, acting_for=BOSS)]) == "own_text"


def test_a_step_that_approved_other_words_counts_for_nothing():
    other = digest_of("other words")
    assert why(TWO, Decider(BOSS), earlier=[step(0, CLERK, other)]) == "stale"
    assert TWO.is_complete([step(0, CLERK), step(1, BOSS)], READ)
    assert not TWO.is_complete([step(0, CLERK)], READ)
    assert not TWO.is_complete([step(0, CLERK, other), step(1, BOSS)], READ)


def test_the_digest_does_not_depend_on_the_order_in_which_a_thing_was_written():
    assert (
        digest_of({"a": 1, "b": ["ก"]}) == digest_of({"b": ["ก"], "a": 1}) != digest_of({"a": 1, "b": ["ข"]})
    )


def test_the_time_to_decide_is_over_after_it_and_before_it_began():
    week = timedelta(days=7)
    assert not has_lapsed(now(), week)
    assert has_lapsed(now() - week, week)
    assert has_lapsed(now() + CLOCKS_DIFFER + timedelta(minutes=1), week)
