"""Says in one table what becomes of a request after each outcome of a try.

Replies, pushes and the requests of broadcasts share it. `store.messaging.requests` and `store.broadcasts.mailings`
carry it out on their rows. https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
"""

import random
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from store.clock import now
from store.line.limits import RETRY_KEY_KNOWN_FOR
from store.messaging.states import Reason, Receipt, SentBy

# A reply is tried again soon, while its token is valid: then a refusal proves that LINE accepted the first try.
REPLY_AGAIN_AFTER_SECONDS: Final = (1, 2, 4, 8, 10)
# How long after its first try a request may be tried again. An hour later LINE forgets the retry key, and would take
# the request for a new one.
LAST_TRY_AFTER: Final = RETRY_KEY_KNOWN_FOR - timedelta(hours=1)
# The longest wait, before jitter, between two tries of one push.
LONGEST_WAIT_SECONDS: Final = 900


class Outcome(StrEnum):
    """Lists the outcomes of a try."""

    ACCEPTED = "accepted"
    BAD_TOKEN = "bad_token"  # noqa: S105 - a word for an outcome, not a secret. The reply token was used or expired
    REFUSED = "refused"
    RATE_LIMIT = "rate_limit"
    NO_QUOTA = "no_quota"
    UNAUTHORISED = "unauthorised"
    SERVER_ERROR = "server_error"  # no connection was made, or the server reported an error of its own
    NO_ANSWER = "no_answer"  # the request was sent, and LINE may have accepted it
    EXPIRED = "expired"  # no call: 23 hours after the first try LINE may no longer know the retry key


@dataclass(frozen=True)
class SendResult:
    """Holds the outcome of a call, with what LINE said of it: a text for operators and the id of the request.

    `retry_after` is in seconds; None if LINE does not name a number of seconds.
    """

    outcome: Outcome
    detail: str = ""
    request_id: str | None = None
    retry_after: float | None = None


class Effect(StrEnum):
    """Lists what can become of a request."""

    END_SENT = "end_sent"
    END_DEAD = "end_dead"  # for staff to look at; a refused reply is replaced by a simpler text
    DROP_REPLY = "drop_reply"  # the reply ends as dropped; what went along with it is released
    REPEAT = "repeat"  # the same bytes under the same key go out again later
    RELEASE = "release"  # composed anew, under a new key, and the try does not count
    PUSH = "push"  # released to go out as pushes, because the reply token cannot be used any more
    DIVIDE = "divide"  # into smaller requests, to find what LINE refuses


class Fact(StrEnum):
    """Lists what a rule may require of the request."""

    TOKEN_IS_VALID = "token_is_valid"  # noqa: S105 - by our clock; LINE refuses it only if it was used
    MAY_BE_LOST = "may_be_lost"  # a reply that need not arrive, as the resident can ask again
    HOLDS_SEVERAL = "holds_several"  # several messages to one resident, or one message to several residents


@dataclass(frozen=True)
class Rule:
    """Describes one row of the table. `receipt` says whether LINE has the request afterwards; None: as before."""

    outcomes: frozenset[Outcome]
    sent_by: frozenset[SentBy]
    before: frozenset[Receipt]
    needs: Fact | None
    effect: Effect
    receipt: Receipt | None
    reason: Reason | None


def _rule(
    outcomes: str, before: str, needs: str, effect: str, receipt: str, reason: str, *, by: str = "reply push"
) -> Rule:
    """Parses one row of words; a misspelt word fails when this module is imported."""
    return Rule(
        frozenset(Outcome(word) for word in outcomes.split()),
        frozenset(SentBy(word) for word in by.split()),
        frozenset(Receipt(word) for word in before.split()),
        Fact(needs) if needs else None,
        Effect(effect),
        None if receipt == "=" else Receipt(receipt),
        Reason(reason) if reason else None,
    )


_ANY: Final = "none failed unknown"
_TRIED: Final = "failed unknown"

# The first row that fits counts. A multicast or a broadcast counts as a push, because it has a retry key, too.
# A request of which LINE certainly has nothing is released. One that it may have is only repeated: under a new key it
# could arrive twice. LINE answers 409 to a retry key that it accepted before, never a refusal.
# fmt: off
RULES: Final = (
    #     outcome              LINE had it    only if           what happens  LINE has it  why
    _rule("accepted",          _ANY,          "",               "end_sent",   "taken",     ""),
    _rule("bad_token",         _TRIED,        "token_is_valid", "end_sent",   "taken",     "", by="reply"),
    _rule("bad_token",         "unknown",     "may_be_lost",    "drop_reply", "=",         "in_doubt", by="reply"),
    _rule("bad_token",         _ANY,          "",               "push",       "=",         "", by="reply"),
    _rule("refused bad_token", _ANY,          "holds_several",  "divide",     "none",      ""),
    _rule("refused bad_token", _ANY,          "",               "end_dead",   "none",      "refused"),
    _rule("no_quota",          "none",        "",               "release",    "none",      "no_quota"),
    _rule("no_quota",          _TRIED,        "",               "repeat",     "=",         "no_quota"),
    _rule("rate_limit",        "none",        "",               "release",    "none",      "rate_limit"),
    _rule("rate_limit",        _TRIED,        "",               "repeat",     "=",         "rate_limit"),
    _rule("unauthorised",      "none",        "",               "release",    "none",      "unauthorised"),
    _rule("unauthorised",      _TRIED,        "",               "repeat",     "=",         "unauthorised"),
    _rule("server_error",      "none failed", "",               "repeat",     "failed",    "server_error"),
    _rule("server_error",      "unknown",     "",               "repeat",     "=",         "server_error"),
    _rule("no_answer",         _ANY,          "",               "repeat",     "unknown",   "no_answer"),
    _rule("expired",           _TRIED,        "",               "end_dead",   "=",         "no_clear_answer"),
)
# fmt: on


def find_rule(outcome: Outcome, sent_by: SentBy, before: Receipt, facts: Set[Fact]) -> Rule:
    """Returns the row for this outcome of a request whose `before` says whether LINE had it; `facts` are true of it."""
    return next(
        rule
        for rule in RULES
        if outcome in rule.outcomes
        and sent_by in rule.sent_by
        and before in rule.before
        and (rule.needs is None or rule.needs in facts)
    )


def wait_after(outcome: Outcome, sent_by: SentBy, tries: int) -> timedelta:
    """Returns the wait before the next try of one request; `tries` counts those made.

    After an error or no answer a push waits 2, 4, 8 … seconds, at most 900, each ± 30 % by chance, and a reply only a
    few. The other outcomes say nothing about this one request: the caller pauses all of them.
    """
    if outcome not in (Outcome.SERVER_ERROR, Outcome.NO_ANSWER):
        return timedelta(0)
    if sent_by is SentBy.REPLY:
        last = len(REPLY_AGAIN_AFTER_SECONDS)
        return timedelta(seconds=REPLY_AGAIN_AFTER_SECONDS[min(tries, last) - 1])
    return timedelta(seconds=min(2**tries, LONGEST_WAIT_SECONDS) * random.uniform(0.7, 1.3))  # noqa: S311


def is_expired(first_tried_at: datetime | None) -> bool:
    """Says whether a request must not be tried again, because LINE may no longer know its retry key."""
    return first_tried_at is None or now() - first_tried_at > LAST_TRY_AFTER
