"""Answers a message about danger with a card of emergency numbers, before anything else.

The message is not lost: it goes into the running request or the case that the resident is writing to, or it is kept
for the next request. Two are not kept: one with a password or code, and one of self-harm outside a request and a case.
"""

from dataclasses import replace

from bot.conversations import engine
from bot.conversations.drafts import Asking, Draft
from bot.conversations.emergencies import Emergency, says_only_danger
from bot.conversations.engine import Heard, Remark
from bot.conversations.service_matching import meant
from bot.handlers import conversation, my_cases
from bot.handlers.event_context import EventContext
from bot.phrases.hotlines import OF_KIND
from bot.replies import Button, CallCard, Quick, Reply
from store.cases.models import Case
from store.residents.conversations import is_cold
from store.residents.models import Conversation
from store.residents.residents import keep_words, listening_for
from store.services import Question
from store.services.answers.inputs import TypedText
from store.services.answers.secret_words import tells_a_secret
from store.services.forms import AnswerWords


def answer(context: EventContext, emergency: Emergency, text: str) -> list[Reply]:
    """Returns the card with the numbers, and after it what continues the conversation.

    The first of these cases decides what follows:
    1. The message holds a password or code: it is not kept, and the open question is asked again.
    2. A request is running: the message answers its question, or the question is asked again. A request that was left
       alone for long is offered to be resumed.
    3. The resident was about to write about a case, other than a comment: the message is added to the case.
    4. The message is about self-harm: nothing follows.
    5. Otherwise the message is kept, and buttons below the card begin a request with it.
    """
    if tells_a_secret(text):
        return [
            _card(context, emergency),
            context.say("menu.told_a_secret"),
            *conversation.ask_again(context),
        ]
    if (row := context.running) is not None and (draft := context.draft) is not None:
        return [_card(context, emergency), *_go_on(context, row, draft, text)]
    listening = listening_for(context.resident)
    if listening is not None and listening[0] != "comment":
        case = context.session.get_one(Case, listening[1])
        return [_card(context, emergency), *my_cases.take_more(context, case, note=text, may_answer=False)]
    if emergency.kind == "self_harm":
        return [_card(context, emergency)]
    keep_words(context.resident, text, context.event.message_id)
    report = context.button("report", "report")
    return [_card(context, emergency, *_services_meant(context, text), report)]


def _card(context: EventContext, emergency: Emergency, *quick: Quick) -> CallCard:
    """Returns the card with the numbers, in the language of the message."""
    phrases = context.app.phrases
    say = phrases.say_in_english if emergency.in_english else phrases.say
    return CallCard(
        title=say(f"emergency.{emergency.kind}_title"),
        text=f"{say(f'emergency.{emergency.kind}')}\n{say('emergency.call_yourself')}",
        calls=context.calls(OF_KIND[emergency.kind], in_english=emergency.in_english),
        quick=quick,
    )


def _services_meant(context: EventContext, text: str) -> tuple[Button, ...]:
    found = meant(context.app.services.values(), text)
    return tuple(Button(each.label, "open", {"s": each.name}, each.label) for each in found)


def _go_on(context: EventContext, row: Conversation, draft: Draft, text: str) -> list[Reply]:
    if is_cold(row):
        return conversation.offer_resume(context, row, draft)
    turn = draft.turn
    if not isinstance(turn, Asking) or context.late:
        return conversation.ask(context, row, draft)
    heard = _hear(context, draft, turn.question, text)
    return conversation.answer_with(context, row, heard)


def _hear(context: EventContext, draft: Draft, question: Question, text: str) -> Heard:
    """Takes the words as the answer to the current question, or counts a miss; repeated misses offer a way out.

    A question about danger gets its first urgent choice. Words of danger alone are no place and no name.
    """
    if (danger := question.in_danger()) is not None:
        picked = engine.hear(draft, danger, context.app.setting())
        # The card has said what to do in danger: the advice of the question would say it a second time.
        return replace(picked, remarks=(Remark("danger_noted"),))
    is_fact = question.answer_words is AnswerWords.FACT
    if question.answer_words is AnswerWords.FORM or (is_fact and says_only_danger(text)):
        return engine.miss(draft, question)
    heard = engine.hear(draft, TypedText(text), context.app.setting())
    if heard.refused or not is_fact:
        return heard
    return replace(heard, remarks=(Remark("words_noted", {"label": question.label}), *heard.remarks))
