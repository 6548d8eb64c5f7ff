"""Names the Thai words of broadcasts that are not in a template: stages, acts, problems of fields, refusals.

They stand in staff_console/phrases/broadcasts.th.toml.
"""

from typing import Final

from staff_console.phrases.broadcast_labels import read_broadcast_labels
from store.broadcasts import audience_words
from store.broadcasts.models import Broadcast, Mailing
from store.broadcasts.transitions import Act

_LABELS: Final = read_broadcast_labels()
_SAYS: Final = _LABELS.sentences

PILES: Final = _LABELS.piles
STAGES: Final = _LABELS.stages
MAILINGS: Final = _LABELS.mailings
MAILING_STATES: Final = _LABELS.mailing_states
STOPS: Final = _LABELS.stops
CATEGORIES: Final = _LABELS.categories
LOOKS: Final = _LABELS.looks
KINDS: Final = _LABELS.kinds
URGENT: Final = "urgent"
URGENT_TOPIC: Final = _SAYS.urgent_topic
# The audiences to choose from.
AUDIENCES: Final = {
    **audience_words.AUDIENCES,
    "friends": _SAYS.friends_only_urgent.format(friends=audience_words.AUDIENCES["friends"]),
    **_LABELS.audiences,
}
ACTS: Final = _LABELS.acts
BUTTONS: Final = _LABELS.buttons
NOTE_LABELS: Final = _LABELS.note_labels
DONE: Final = _LABELS.done
PROBLEMS: Final = _LABELS.problems
REFUSALS: Final = {**_LABELS.refusals, "needs_topic": PROBLEMS["needs_topic"]}
# Refusals answered with 403, because this person may not do the act. Others are answered with 400 or 409.
FORBIDDEN: Final = frozenset({"not_your_role", "own_text", "not_your_text"})
# The field beside which a refusal is shown; other refusals are shown above the form.
FIELDS_OF_REFUSALS: Final = {
    "needs_topic": "topic",
    "nobody_to_tell": "audience",
    "friends_only_urgent": "audience",
    "says_nothing": "message",
    "closes_nothing": "message",
    "correction_needs_words": "message",
    "needs_closing": "closing",
    "needs_end": "ends_at",
    "ends_before_it_begins": "ends_at",
    "too_late": "send_at",
}


def button_of(act: Act, broadcast: Broadcast) -> str:
    """Returns the label of the button. Approving an emergency sends it at once, and its label says so."""
    if act is Act.APPROVE and broadcast.template_id is not None:
        return _SAYS.emergency_approve
    return BUTTONS[act]


def done_of(act: Act, broadcast: Broadcast) -> str:
    """Returns the words shown after the act. After the approval of an emergency they say that it is sent at once."""
    if act is Act.APPROVE and broadcast.template_id is not None:
        return _SAYS.emergency_approved
    return DONE[act]


def stage_in_words(stage: str, broadcast: Broadcast) -> str:
    if stage == "waiting" and broadcast.template_id is not None:
        return _SAYS.emergency_waiting
    return STAGES[stage][0]


def mailing_state(mailing: Mailing) -> str:
    if mailing.state == "waiting" and mailing.broadcast.template_id is not None:
        return _SAYS.emergency_begins
    return MAILING_STATES[mailing.state]


def said(word: str) -> str:
    """Returns the sentence for a problem of a field or for a refusal."""
    return PROBLEMS.get(word) or REFUSALS[word]
