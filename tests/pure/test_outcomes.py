"""Tests the table that says what becomes of a request after each outcome of a try."""

from itertools import combinations, product

import pytest

from store.messaging.outcomes import RULES, Effect, Fact, Outcome, Rule, find_rule, wait_after
from store.messaging.states import Receipt, SentBy

OPEN = (Receipt.NONE, Receipt.FAILED, Receipt.UNKNOWN)
FACTS = [set(some) for count in range(len(Fact) + 1) for some in combinations(Fact, count)]
# After these the request goes out under another key, or in another form.
IN_ANOTHER_FORM = {Effect.RELEASE, Effect.DIVIDE, Effect.PUSH}


def cases() -> list[tuple[Outcome, SentBy, Receipt, set[Fact]]]:
    """Returns everything that can be asked of the table: a request that was never tried cannot expire."""
    everything = product(Outcome, SentBy, OPEN, FACTS)
    return [case for case in everything if case[0] is not Outcome.EXPIRED or case[2] is not Receipt.NONE]


def test_each_outcome_of_each_request_has_a_rule_and_each_rule_is_used() -> None:
    used: list[Rule] = [find_rule(*case) for case in cases()]
    assert [rule for rule in RULES if rule not in used] == []


def test_what_line_accepted_has_ended() -> None:
    for sent_by, before, facts in product(SentBy, OPEN, FACTS):
        rule = find_rule(Outcome.ACCEPTED, sent_by, before, facts)
        assert (rule.effect, rule.receipt) == (Effect.END_SENT, Receipt.TAKEN)


def test_a_push_that_line_may_have_is_sent_in_no_other_form_unless_line_refuses_it() -> None:
    """Checks that nobody is told twice: LINE refuses no retry key that it accepted before."""
    for outcome, sent_by, before, facts in cases():
        refused = outcome in (Outcome.REFUSED, Outcome.BAD_TOKEN)
        if sent_by is SentBy.PUSH and before is not Receipt.NONE and not refused:
            rule = find_rule(outcome, sent_by, before, facts)
            assert rule.effect not in IN_ANOTHER_FORM, (outcome, before)


def test_a_reply_that_line_may_have_is_pushed_only_where_it_must_arrive() -> None:
    """Checks that the resident may get a reply a second time only where losing it would be worse."""
    for outcome, before, facts in product((Outcome.BAD_TOKEN, Outcome.NO_ANSWER), OPEN, FACTS):
        rule = find_rule(outcome, SentBy.REPLY, before, facts)
        if before is Receipt.UNKNOWN and rule.effect in IN_ANOTHER_FORM:
            assert outcome is Outcome.BAD_TOKEN
            assert Fact.MAY_BE_LOST not in facts


def test_a_valid_token_that_was_tried_and_is_refused_proves_that_the_reply_arrived() -> None:
    for before in (Receipt.FAILED, Receipt.UNKNOWN):
        rule = find_rule(Outcome.BAD_TOKEN, SentBy.REPLY, before, {Fact.TOKEN_IS_VALID})
        assert rule.effect is Effect.END_SENT
    fresh = find_rule(Outcome.BAD_TOKEN, SentBy.REPLY, Receipt.NONE, {Fact.TOKEN_IS_VALID})
    assert fresh.effect is Effect.PUSH


def test_an_earlier_doubt_stays_until_line_says_otherwise() -> None:
    for outcome in (Outcome.SERVER_ERROR, Outcome.RATE_LIMIT, Outcome.NO_QUOTA, Outcome.UNAUTHORISED):
        rule = find_rule(outcome, SentBy.PUSH, Receipt.UNKNOWN, set())
        assert (rule.effect, rule.receipt) == (Effect.REPEAT, None)


@pytest.mark.parametrize("sent_by", SentBy)
def test_waits_grow_to_a_limit_and_only_for_trouble_with_this_request(sent_by: SentBy) -> None:
    waits = [wait_after(Outcome.NO_ANSWER, sent_by, tries).total_seconds() for tries in range(1, 30)]
    highest = 10 if sent_by is SentBy.REPLY else 900 * 1.3
    assert 0 < waits[0] < waits[-1] <= highest
    assert wait_after(Outcome.RATE_LIMIT, sent_by, 3).total_seconds() == 0
