"""Recognises the words of a running request's buttons: LINE for PC shows none, and on phones they disappear."""

from bot.conversations import drafts
from bot.conversations.drafts import Draft
from bot.recognition.how_words import recognise_how
from bot.recognition.matches import Asks, Match, OffersToResume, Presses
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise(typed: Typed, state: State) -> Match | None:
    if state.request is None or state.request.draft is None:
        return None
    request, draft = {"c": str(state.request.id)}, state.request.draft
    return (
        _about_the_whole(typed, state, request, draft)
        or recognise_how(typed, state)
        or _about_this_question(typed, state, request, draft)
    )


def _about_the_whole(typed: Typed, state: State, request: dict[str, str], draft: Draft) -> Match | None:
    """Reads words about the request as a whole. Before a request is discarded, the resident is asked."""
    words = state.words
    if typed.command in words.go_on | words.keep:
        return Presses("go_on", request)
    if typed.command in words.start_over:
        return OffersToResume()
    if typed.command in words.switch:
        return Asks("menu", then_ask=False)
    only_begun = drafts.only_opened(draft) or len(drafts.answered(draft)) <= 1
    if only_begun and typed.command in words.not_this:
        return Presses("not_this", request)
    cancels = typed.command in words.not_this | words.cancel_yes | words.cancel_request
    return Presses("cancel", request) if cancels else None


def _about_this_question(typed: Typed, state: State, request: dict[str, str], draft: Draft) -> Match | None:
    """Reads words that go back, skip the question or send, and at the summary those that edit."""
    words, turn = state.words, draft.turn
    if typed.command in words.back:
        return Presses("back", request)
    if typed.command in words.send:
        return Presses("send", request)
    if isinstance(turn, drafts.Asking):
        skips = turn.question.optional and typed.command in words.skip
        return Presses("skip", {**request, "q": turn.question.key}) if skips else None
    return _edits(typed, state, request, draft)


def _edits(typed: Typed, state: State, request: dict[str, str], draft: Draft) -> Match | None:
    """Reads แก้ไข alone, or with the label of a question as its button says."""
    if typed.command in state.words.edit:
        return Presses("edit", request)
    for question, _ in drafts.answered(draft):
        if typed.is_label(state.phrases.say("summary.edit", label=question.label)):
            return Presses("edit", {**request, "q": question.key})
    return None
