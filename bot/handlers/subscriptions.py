"""Lets residents choose their topics of broadcasts (requirement L7): single ones, all, or only urgent ones."""

from bot.handlers.event_context import EventContext
from bot.line.events import Tap
from bot.replies import Button, Reply, TopicCard, TopicRow
from store.municipality.profile import Topic
from store.residents import preferences
from store.residents.preferences import EVERYTHING


def show(context: EventContext) -> list[Reply]:
    return [_card(context)]


def choose(context: EventContext, button: Tap) -> list[Reply]:
    """Sets one topic as the button's label says; the button of an earlier message still does what its label says."""
    known = {topic.code: topic for topic in context.app.municipality.topics}
    topic = known.get(button.about.get("t", ""))
    wanted = _WANTED.get(button.about.get("w", ""))
    if topic is None or wanted is None:
        return [context.say("topics.gone"), _card(context)]
    preferences.choose(context.session, context.resident, topic.code, wanted=wanted)
    if wanted:
        return [context.say("topics.now_yes", topic=topic.name), _card(context)]
    return [context.say("topics.now_no", topic=topic.name), _card(context)]


def choose_all(context: EventContext, button: Tap) -> list[Reply]:
    wanted = _WANTED.get(button.about.get("w", ""))
    if wanted is None:
        return show(context)
    preferences.choose(context.session, context.resident, EVERYTHING, wanted=wanted)
    return [context.say("topics.all_yes") if wanted else context.say("topics.all_no"), _card(context)]


_WANTED = {"yes": True, "no": False}


def _card(context: EventContext) -> TopicCard:
    chosen = preferences.choices_of(context.session, context.resident)
    offered = context.app.municipality.topics
    rows = tuple(_row(context, topic, wanted=preferences.wants(chosen, topic.code)) for topic in offered)
    wanted = [row.wanted for row in rows] or [preferences.wants(chosen, EVERYTHING)]
    buttons = []
    if not all(wanted):
        buttons.append(context.button("topics_all", "topics_all", w="yes"))
    if any(wanted):
        buttons.append(context.button("topics_none", "topics_all", w="no"))
    say = context.app.phrases.say
    return TopicCard(say("topics.title"), say("topics.how"), rows, tuple(buttons))


def _row(context: EventContext, topic: Topic, *, wanted: bool) -> TopicRow:
    say = context.app.phrases.say
    word = say("topics.no") if wanted else say("topics.yes")
    label = f"{word} {topic.name}"
    about = {"t": topic.code, "w": "no" if wanted else "yes"}
    return TopicRow(
        name=topic.name,
        state=say("topics.is_yes") if wanted else say("topics.is_no"),
        wanted=wanted,
        word=word,
        button=Button(label, "topic", about, label),
    )
