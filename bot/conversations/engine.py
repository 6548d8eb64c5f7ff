"""Decides what to ask next in a conversation, and what changes when something is said.

The answers are the whole state. Back, edit, skip, "2 of 5", resuming after days, and a service definition that
changed meanwhile all follow from that: there are no step numbers to go wrong.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.conversations.drafts import (
    Asking,
    Confirming,
    Draft,
    Turn,
    answered,
    applies,
    asked_in,
    is_unfinished,
    question_for,
    still_valid,
)
from store.services import Question
from store.services.answers.files import count_files
from store.services.answers.inputs import Document, Photo, Pin, Said
from store.services.answers.verdicts import UNKNOWN, Accepted, AskAnew, RefusedAnswer, Setting

MISSES_BEFORE_A_WAY_OUT = 2


@dataclass(frozen=True)
class Remark:
    """Holds something to say before the next question: the phrase called `name`, or `text` where it is given."""

    name: str
    words: dict[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Heard:
    """Holds the draft after a message, with its turn, and what to say before the next question.

    `silent` says that no reply follows, because the album had its reply before.
    """

    draft: Draft
    remarks: tuple[Remark, ...] = ()
    silent: bool = False
    refused: bool = False

    @property
    def turn(self) -> Turn:
        """Returns the question that comes next, or that none is left."""
        return self.draft.turn


def hear(draft: Draft, said: Said, setting: Setting) -> Heard:
    """Takes the message as the answer to the current question.

    A pin, photo or file that does not fit it answers the question of its own kind.
    """
    question = _meant(draft, said)
    if question is None:
        return Heard(draft, (Remark("at_the_summary"),))
    so_far = draft.answers[question.key] if is_unfinished(draft, question) else None
    verdict = question.check(said, setting, so_far)
    if isinstance(verdict, RefusedAnswer):
        missed = replace(draft, misses=draft.misses + 1)
        return Heard(missed, _refusal(missed, question, verdict), refused=True)
    if isinstance(verdict, AskAnew):
        return Heard(_without(draft, question))
    if question.file_limit:
        return _take_file(draft, question, verdict)
    return _take(draft, question, verdict)


def miss(draft: Draft, question: Question) -> Heard:
    """Counts a message that does not answer the current question; from the second such message a way out is offered."""
    missed = replace(draft, misses=draft.misses + 1)
    return Heard(missed, _way_out(missed, question), refused=True)


def needs_a_way_out(draft: Draft) -> bool:
    """Says whether the current question was missed at least twice: asking it once more would not help."""
    return draft.misses >= MISSES_BEFORE_A_WAY_OUT


def _refusal(draft: Draft, question: Question, refused: RefusedAnswer) -> tuple[Remark, ...]:
    """Says why the answer was refused. After two refusals in a row it offers a way out.

    The way out stands alone where the question may be skipped or left unknown, unless a secret was told.
    """
    why, way_out = Remark(refused.why, refused.words, refused.text), _way_out(draft, question)
    stands_alone = (question.optional or question.accepts_unknown) and refused.why != "told_a_secret"
    return way_out if way_out and stands_alone else (why, *way_out)


def _way_out(draft: Draft, question: Question) -> tuple[Remark, ...]:
    if not needs_a_way_out(draft):
        return ()
    if question.optional:
        return (Remark("way_out_skip"),)
    return (Remark("way_out_unknown" if question.accepts_unknown else "way_out_phone"),)


def _without(draft: Draft, question: Question) -> Draft:
    return replace(draft, answers={key: said for key, said in draft.answers.items() if key != question.key})


def _meant(draft: Draft, said: Said) -> Question | None:
    """Returns the question that the message answers, usually the one being asked; None if all are answered already.

    A pin, photo or file that does not fit that question answers the one of its own kind, early or late.
    """
    turn = draft.turn
    asking = turn.question if isinstance(turn, Asking) else None
    if isinstance(said, Photo) and (begun := _question_of_album(draft, said)) is not None:
        return begun
    if isinstance(said, Pin | Photo | Document) and (asking is None or type(said) not in asking.takes):
        return question_for(draft, type(said)) or asking
    return asking


def _question_of_album(draft: Draft, photo: Photo) -> Question | None:
    """Returns the question that already has a photo of the same album; None if there is none, or for a single photo."""
    if photo.album is None:
        return None
    for question, value in answered(draft):
        if question.file_limit and any(file["album"] == photo.album for file in value or []):
            return question
    return None


def _take(draft: Draft, question: Question, verdict: Accepted) -> Heard:
    advice = question.advice_for(verdict.value)
    remarks = [Remark("advice", text=advice)] if advice else []
    taken = _with(draft, question.key, verdict.value)
    if is_unfinished(taken, question):
        return Heard(taken)
    if _out_of_turn(draft, question):
        remarks.append(Remark("kept_for_later", {"label": question.label}))
    return Heard(taken, tuple(remarks))


def _take_file(draft: Draft, question: Question, verdict: Accepted) -> Heard:
    """Adds the file to the question's earlier files. Words such as ไม่มีรูป and พอแล้ว add none and end the question."""
    if verdict.value is None:
        return Heard(_with(draft, question.key, draft.answers.get(question.key)))
    [new] = verdict.value
    before = [] if draft.editing == question.key else list(draft.answers.get(question.key) or [])
    rest_of_album = new["album"] is not None and any(file["album"] == new["album"] for file in before)
    enough = Remark("enough_files", {"most": str(question.file_limit)})
    if len(before) >= question.file_limit:
        return Heard(draft, (enough,), silent=rest_of_album)
    files = [*before, new]
    # A too large album is reported at its first photo; the others get no message.
    received = Remark("files_received", {"count": str(count_files(files))})
    remark = enough if count_files(files) > question.file_limit else received
    return Heard(_with(draft, question.key, files), (remark,), silent=rest_of_album)


def _out_of_turn(draft: Draft, question: Question) -> bool:
    turn = draft.turn
    return not (isinstance(turn, Asking) and turn.question.key == question.key)


def _with(draft: Draft, key: str, value: Any) -> Draft:
    answers = still_valid(draft.service, {**draft.answers, key: value})
    editing = None if draft.editing == key else draft.editing
    return replace(draft, answers=answers, editing=editing, misses=0)


def skip(draft: Draft) -> Heard:
    """Skips the current question if it is optional; else it is asked again, with the reason."""
    turn = draft.turn
    if isinstance(turn, Confirming):
        return Heard(draft)
    if not turn.question.optional:
        return Heard(draft, (Remark("cannot_skip"),))
    return Heard(_with(draft, turn.question.key, None))


def leave_unknown(draft: Draft) -> Heard:
    """Stores ไม่ทราบ as the answer if the question has `may_be_unknown`; else the question is asked again."""
    turn = draft.turn
    if isinstance(turn, Confirming):
        return Heard(draft)
    if not turn.question.accepts_unknown:
        return Heard(draft, (Remark("cannot_skip"),))
    return Heard(_with(draft, turn.question.key, UNKNOWN))


def go_back(draft: Draft) -> Heard:
    """Asks the previous question again. It ends an edit instead, or removes an unfinished answer.

    At the first question it says that there is none before it.
    """
    turn = draft.turn
    if isinstance(turn, Asking) and is_unfinished(draft, turn.question):
        return Heard(_without(draft, turn.question))
    if draft.editing:
        return Heard(replace(draft, editing=None, misses=0))
    asked = asked_in(draft)
    position = asked.index(turn.question) if isinstance(turn, Asking) else len(asked)
    if position == 0:
        return Heard(draft, (Remark("at_the_first"),))
    previous = asked[position - 1].key
    answers = {key: value for key, value in draft.answers.items() if key != previous}
    return Heard(replace(draft, answers=still_valid(draft.service, answers), misses=0))


def edit(draft: Draft, key: str) -> Heard:
    """Asks one question again; its old answer holds until a new one is given."""
    question = draft.service.question(key)
    if question is None or not applies(question, draft.answers):
        return Heard(draft, (Remark("cannot_edit"),))
    return Heard(replace(draft, editing=key, misses=0))


def to_remember(draft: Draft) -> dict[str, Any]:
    """Returns what residents told about themselves and need not type again, by the kind of question."""
    return {q.kind: value for q, value in answered(draft) if q.is_remembered and value is not None}
