"""Recognises the words of the buttons that our last message offered, and yes or no to what it asked."""

from bot.conversations.drafts import Draft, answered
from bot.recognition.matches import Match, Presses
from bot.recognition.state import State
from bot.recognition.typed import Typed


def recognise(typed: Typed, state: State) -> Match | None:
    what, about = state.offered
    if what == "withdraw":
        return _whether_to_withdraw(typed, state, about)
    if what == "see":
        sees = typed.is_label(state.phrases.say("button.see"))
        return Presses("see", {"case": about}) if sees else None
    if what == "whose":
        return _whose(typed, state, *about.split(" "))
    if state.request is None or state.request.draft is None:
        return None
    request = {"c": str(state.request.id)}
    if what == "cancel":
        return _whether_to_cancel(typed, state, request)
    if what == "resume":
        return _whether_to_resume(typed, state, request)
    if what == "edit":
        return _which_to_edit(typed, state, state.request.draft, request)
    wants = what == "switch" and about in state.services
    return Presses("switch", {**request, "s": about}) if wants and _switches(typed, state) else None


def _switches(typed: Typed, state: State) -> bool:
    return typed.command in state.words.switch | state.words.switch_now


def _agrees_to_cancel(typed: Typed, state: State) -> bool:
    words = state.words
    return typed.command in words.agree | words.cancel_yes | words.cancel_now


def _whether_to_withdraw(typed: Typed, state: State, case_id: str) -> Match | None:
    if _agrees_to_cancel(typed, state):
        return Presses("withdraw_yes", {"case": case_id})
    keeps = typed.command in state.words.refuse | state.words.keep
    return Presses("see", {"case": case_id}) if keeps else None


def _whose(typed: Typed, state: State, case_id: str, service: str) -> Match | None:
    """Says whether the words that were kept belong to the case or begin a request for the service."""
    if typed.command in state.words.same_case:
        return Presses("words", {"case": case_id})
    is_new = typed.command in state.words.new_matter and service in state.services
    return Presses("open", {"s": service}) if is_new else None


def _whether_to_cancel(typed: Typed, state: State, request: dict[str, str]) -> Match | None:
    if _agrees_to_cancel(typed, state):
        return Presses("cancel_yes", request)
    return Presses("go_on", request) if typed.command in state.words.refuse else None


def _whether_to_resume(typed: Typed, state: State, request: dict[str, str]) -> Match | None:
    if typed.command in state.words.start_over:
        return Presses("start_over", request)
    if typed.command in state.words.refuse:
        return Presses("cancel", request)
    if typed.command in state.words.cancel_now:
        return Presses("cancel_yes", request)
    return Presses("go_on", request) if typed.command in state.words.agree | state.words.resume else None


def _which_to_edit(typed: Typed, state: State, draft: Draft, request: dict[str, str]) -> Match | None:
    if typed.command in state.words.back:
        return Presses("go_on", request)
    for question, _ in answered(draft):
        if typed.is_label(question.label):
            return Presses("edit", {**request, "q": question.key})
    return None
