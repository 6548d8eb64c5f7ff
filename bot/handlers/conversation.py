"""Runs a resident's request: loads its answers, passes messages to the engine, saves, and asks the next question."""

from collections.abc import Mapping
from typing import Any

from bot.context import AppContext
from bot.conversations import drafts, engine
from bot.conversations.drafts import Asking, Draft
from bot.conversations.engine import Heard, Remark
from bot.draft_files import draft_of, files_in
from bot.handlers.event_context import EventContext
from bot.handlers.follow import show_privacy
from bot.handlers.menu import everything
from bot.phrases.hotlines import names_in
from bot.replies import (
    Album,
    Button,
    CallCard,
    Camera,
    DayPicker,
    PinDrop,
    Quick,
    Reply,
    Say,
    Summary,
    SummaryRow,
    choice,
)
from store.cases.surge import find_running
from store.files.models import File
from store.files.unassigned import claim, unassigned_files
from store.line.limits import LABEL_CHARACTERS, cut
from store.residents import conversations
from store.residents.models import Conversation, EndedAs
from store.residents.residents import listening_for, offer, stop_listening
from store.services import Question, Service
from store.services.answers.inputs import Said
from store.services.answers.places import as_pinned
from store.services.answers.verdicts import RefusedAnswer
from store.services.forms import ChatInputs, FollowUp

FEW_LEFT = 5


def start(
    context: EventContext, service: Service, *, opening: str = "", said_in: str | None = None
) -> list[Reply]:
    """Begins a request. What the resident has already written, sent or told us is not asked again.

    `said_in` is the id of the LINE message that brought the opening words.
    """
    known = context.resident.person or {}
    loose = unassigned_files(context.session, context.resident)
    photos, documents = (_as_answer(loose, kind) for kind in ("photo", "document"))
    in_surge = find_running(context.session) is not None
    draft = drafts.begin(
        service, opening=opening, known=known, photos=photos, documents=documents, in_surge=in_surge
    )
    claim(loose, files_in(draft))
    row = conversations.begin(
        context.session,
        context.resident,
        service.name,
        dict(draft.answers),
        context.event.at,
        in_surge=in_surge,
    )
    openings = [question for question in service.questions if question.is_opened_by_words and opening]
    if said_in:
        row.said_in = {question.key: said_in for question in openings if question.key in draft.answers}
    if (listening_for(context.resident) or ("",))[0] != "answer":
        stop_listening(context.resident)
    phrase = "opened_by_words" if opening else "opened"
    title = service.in_english().label if context.in_english else service.title
    replies: list[Reply] = [*show_privacy(context)]
    replies.append(context.say(f"conversation.{phrase}", icon=service.icon, title=title))
    for question in openings:
        if isinstance(refused := question.from_opening(opening), RefusedAnswer):
            replies.append(context.say(f"complaint.{refused.why}", **refused.words))
    if loose:
        what = "files" if documents else "photos"
        replies.append(context.say(f"conversation.{what}_taken_along", count=len(loose)))
    return replies + ask(context, row, draft, opened_by_words=bool(opening))


def _as_answer(files: list[File], kind: str) -> list[dict[str, Any]]:
    return [{"token": file.token, "album": None, "of": 1} for file in files if file.kind == kind]


def hear(context: EventContext, row: Conversation, draft: Draft, said: Said) -> list[Reply]:
    return answer_with(context, row, engine.hear(draft, said, context.app.setting()))


def answer_with(context: EventContext, row: Conversation, heard: Heard) -> list[Reply]:
    """Saves the draft and replies with what to say and the next question, or not at all if the engine was silent."""
    save(context, row, heard.draft)
    if heard.silent:
        return []
    return [*(_remark(context, remark) for remark in heard.remarks), *ask(context, row, heard.draft)]


def save(context: EventContext, row: Conversation, draft: Draft) -> None:
    row.said_in = _said_in(context, row, draft)
    row.answers = dict(draft.answers)
    row.editing = draft.editing
    row.heard_at = context.event.at
    row.misses = draft.misses


def _said_in(context: EventContext, row: Conversation, draft: Draft) -> dict[str, str]:
    """Maps the key of each answer to the id of the LINE message it came in; a button's answer came in none."""
    before = row.answers or {}
    # A pin outside the town that is confirmed later still belongs to the message that brought it.
    same = {
        key
        for key, value in draft.answers.items()
        if key in before and before[key] in (value, as_pinned(value))
    }
    kept = {key: message for key, message in (row.said_in or {}).items() if key in same}
    if context.event.message_id is None:
        return kept
    return {**dict.fromkeys(set(draft.answers) - same, context.event.message_id), **kept}


def take_back(app: AppContext, row: Conversation, message_id: str, facts: Mapping[str, Any]) -> None:
    """Forgets the answers that came in a message that the resident unsent; their questions are asked again.

    `facts` are the resident's own data (name, phone) in that message, by kind of question. This request may have copied
    them from an earlier one; then `row.said_in` has no message for them.
    """
    if (draft := draft_of(app, row)) is None:
        return
    said_in = row.said_in or {}
    gone = {key for key, message in said_in.items() if message == message_id}
    for question, value in drafts.answered(draft):
        if question.key not in said_in and question.kind in facts and facts[question.kind] == value:
            gone.add(question.key)
    if gone:
        row.answers = {key: value for key, value in draft.answers.items() if key not in gone}


def ask(
    context: EventContext, row: Conversation, draft: Draft, *, opened_by_words: bool = False
) -> list[Reply]:
    """Returns the next question, or the summary when all is answered."""
    turn = draft.turn
    if not isinstance(turn, Asking):
        return [_summary(context, row, draft)]
    question = turn.question
    if (follow_up := question.follow_up(draft.answers.get(question.key))) is not None:
        return [_follow_up(context, row, question, follow_up)]
    text = context.app.phrases.fill(question.ask)
    if question.hint:
        text = f"{text}\n({question.hint})"
    text = f"{text}\n{_how_far(context, draft, turn)}".strip()
    ways_out = _ways_out(context, row, draft, turn, opened_by_words)
    offered = question.chat(context.app.setting())
    if offered.choices:
        return [choice(text, _choices_of(row, question, offered.choices), *ways_out)]
    return [Say(text, (*_answers_to(context, row, question, offered), *ways_out))]


def _follow_up(context: EventContext, row: Conversation, question: Question, asked: FollowUp) -> Say:
    quick = (*_choices_of(row, question, asked.choices), context.button("cancel", "cancel", c=row.id))
    return Say(asked.text, quick) if asked.text else context.say(asked.phrase, *quick)


def ask_again(context: EventContext) -> list[Reply]:
    """Asks the running question once more, if there is one."""
    row, draft = context.running, context.draft
    return ask(context, row, draft) if row and draft else []


def met_with(context: EventContext, phrase: str) -> list[Reply]:
    """Says this phrase and asks the open question again; returns [] if no request is running.

    A request that was left alone for long is offered to be resumed instead.
    """
    row, draft = context.running, context.draft
    if row is None or draft is None:
        return []
    if conversations.is_cold(row):
        return offer_resume(context, row, draft)
    return [context.say(phrase), *ask(context, row, draft)]


def _how_far(context: EventContext, draft: Draft, turn: Asking) -> str:
    """Says how many questions are left, once they are few; a large number would only discourage."""
    left = turn.of - len(drafts.answered(draft))
    if draft.editing or not 1 <= left <= FEW_LEFT:
        return ""
    return context.app.phrases.say("conversation.last_one" if left == 1 else "conversation.left", count=left)


def _remark(context: EventContext, remark: Remark) -> Say | CallCard:
    if remark.text:
        return _advice(context, context.app.phrases.fill(remark.text))
    section = "complaint" if context.app.phrases.has(f"complaint.{remark.name}") else "conversation"
    return context.say(f"{section}.{remark.name}", **remark.words)


def _advice(context: EventContext, text: str) -> Say | CallCard:
    """Returns the advice; if it names phones, as a card with a button for each."""
    calls = context.calls(names_in(text, context.app.municipality))
    return CallCard(context.app.phrases.say("emergency.advice_title"), text, calls) if calls else Say(text)


def _choices_of(row: Conversation, question: Question, choices: Mapping[str, str]) -> tuple[Button, ...]:
    """Returns a button for each choice, given as labels by key."""
    about = {"c": str(row.id), "q": question.key}
    return tuple(Button(label, "answer", {**about, "v": v}, label) for v, label in choices.items())


def _answers_to(
    context: EventContext, row: Conversation, question: Question, offered: ChatInputs
) -> tuple[Quick, ...]:
    about = {"c": str(row.id), "q": question.key}
    words = context.app.phrases
    if offered.location:
        return (PinDrop(words.say("button.pin")),)
    if offered.camera:
        return (Camera(words.say("button.camera")), Album(words.say("button.album")))
    if (days := offered.days) is not None:
        first, last, shown = (day.isoformat() for day in (days.earliest, days.latest, days.initial))
        return (DayPicker(words.say("button.pick_day"), "day", about, first, last, shown),)
    return ()


def _ways_out(
    context: EventContext, row: Conversation, draft: Draft, turn: Asking, opened_by_words: bool
) -> tuple[Quick, ...]:
    question, ways = turn.question, list[Quick]()
    if question.optional:
        ways.append(context.button("skip", "skip", c=row.id, q=question.key))
    elif engine.needs_a_way_out(draft) and question.accepts_unknown:
        ways.append(context.button("unknown", "unknown", c=row.id, q=question.key))
    elif engine.needs_a_way_out(draft):
        ways += context.calls(("office",))
    if opened_by_words or drafts.only_opened(draft):
        ways.append(context.button("not_this", "not_this", c=row.id))
    elif turn.step > 1 or row.editing:
        ways.append(context.button("back", "back", c=row.id))
    return (*ways, context.button("cancel", "cancel", c=row.id))


def _summary(context: EventContext, row: Conversation, draft: Draft) -> Summary:
    say, service = context.app.phrases.say, draft.service
    rows = []
    for question, value in drafts.answered(draft):
        label = cut(say("summary.edit", label=question.label), LABEL_CHARACTERS)
        button = Button(label, "edit", {"c": str(row.id), "q": question.key}, label)
        rows.append(SummaryRow(question.label, question.show_in_chat(value), button))
    return Summary(
        title=say("summary.title"),
        service_title=f"{service.icon} {service.title}",
        how=say("summary.how"),
        rows=tuple(rows),
        fee=fee_line(context, service),
        buttons=tuple(_thai_button(context, row, name) for name in ("send", "edit")),
        alt=say("summary.alt", title=service.title),
        quick=ways_from_summary(context, row),
    )


def _thai_button(context: EventContext, row: Conversation, name: str) -> Button:
    label = context.app.phrases.say(f"button.{name}")
    return Button(label, name, {"c": str(row.id)}, label)


def ways_from_summary(context: EventContext, row: Conversation) -> tuple[Quick, ...]:
    return tuple(context.button(name, name, c=row.id) for name in ("send", "edit", "back", "cancel"))


def fee_line(context: EventContext, service: Service) -> str:
    """Returns the fee, also when there is none: people fear hidden costs (requirement C15)."""
    if service.fee_baht:
        return context.app.phrases.say("summary.fee", baht=f"{service.fee_baht:,}")
    return context.app.phrases.say("summary.no_fee")


def choose_edit(context: EventContext, row: Conversation, draft: Draft) -> list[Reply]:
    """Asks which answer to change."""
    buttons = tuple(
        Button(
            question.label,
            "edit",
            {"c": str(row.id), "q": question.key},
            context.words("summary.edit", label=question.label),
        )
        for question, _ in drafts.answered(draft)
    )
    offer(context.resident, "edit")
    text = context.words("conversation.edit_which")
    return [choice(text, buttons, context.button("back", "go_on", c=row.id))]


def offer_resume(context: EventContext, row: Conversation, draft: Draft) -> list[Reply]:
    buttons = (
        context.button("go_on", "go_on", c=row.id),
        context.button("start_over", "start_over", c=row.id),
        context.button("cancel", "cancel_yes", c=row.id),
    )
    offer(context.resident, "resume")
    return [context.say("conversation.resume", *buttons, title=draft.service.title)]


def offer_switch(context: EventContext, row: Conversation, draft: Draft, other: Service) -> list[Reply]:
    buttons = (
        context.button("go_on", "go_on", c=row.id),
        context.button("switch", "switch", c=row.id, s=other.name),
    )
    offer(context.resident, "switch", other.name)
    return [context.say("conversation.switch", *buttons, title=draft.service.title, other=other.title)]


def go_on(context: EventContext, row: Conversation, draft: Draft) -> list[Reply]:
    save(context, row, draft)
    return ask(context, row, draft)


def confirm_cancel(context: EventContext, row: Conversation) -> list[Reply]:
    buttons = (
        context.button("cancel_yes", "cancel_yes", c=row.id),
        context.button("go_on", "go_on", c=row.id),
    )
    offer(context.resident, "cancel")
    return [context.say("conversation.confirm_cancel", *buttons)]


def leave_gone_service(context: EventContext, row: Conversation) -> list[Reply]:
    conversations.end(row, EndedAs.REPLACED)
    return [context.say("menu.service_gone"), *everything(context)]


def snapshot(draft: Draft, said_in: dict[str, str]) -> list[dict[str, Any]]:
    """Returns the questions and answers as the case keeps them, even if the service's questions change later."""
    return [
        {
            "key": question.key,
            "question": question.label,
            "answer": question.show(question.arrived(value)),
            "kind": question.kind,
            "value": question.kept(value),
            "message": said_in.get(question.key),
        }
        for question, value in drafts.answered(draft)
    ]
