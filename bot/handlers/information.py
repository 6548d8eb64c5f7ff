"""Shows what anybody can look up: announcements, emergency numbers, taxes, and the menu in another language."""

from bot.handlers.event_context import EventContext
from bot.phrases.hotlines import EVERYTHING
from bot.replies import Button, CallCard, Reply, Say
from store.broadcasts.published import list_announcements
from store.line.limits import cut
from store.residents.conversations import FORGET_AFTER
from store.residents.menus import ENGLISH, THAI
from store.residents.residents import choose_language
from store.thai import thai_date

COMPLAINT, STREET_LIGHT = "complaint", "street_light"
LOOKED_THROUGH = 10
SHOWN = 3
LONGEST_TITLE = 100


def news(context: EventContext) -> list[Reply]:
    """Shows the latest announcements that were not ended, stopped or corrected, and where all of them are listed."""
    say, app = context.app.phrases.say, context.app
    published = list_announcements(context.session, most=LOOKED_THROUGH)
    found = [one for one in published if not one.has_ended and not one.stopped and not one.corrected_by]
    lines = [f"📢 {thai_date(one.sent_at)}\n{cut(one.title, LONGEST_TITLE)}" for one in found[:SHOWN]]
    lines = lines or [say("information.no_news")]
    if app.public_url:
        lines.append(say("information.more_news", address=f"{app.public_url}/announcements"))
    return [context.say("information.news", announcements="\n\n".join(lines))]


def emergency(context: EventContext) -> list[Reply]:
    """Shows every number with a button that dials it."""
    english, words = context.in_english, context.words
    names = (*EVERYTHING, "tourist_police") if english else EVERYTHING
    calls = context.calls(names, in_english=english)
    return [CallCard(words("emergency.numbers_title"), words("emergency.numbers"), calls)]


def tax(context: EventContext) -> list[Reply]:
    return [context.say("information.tax")]


def instalments(context: EventContext) -> list[Reply]:
    return [context.say("information.instalments")]


def corruption(context: EventContext) -> list[Reply]:
    """Names bodies outside the town first, because a report made here is read by the town's own staff."""
    offered = (
        context.button("to_the_town", "open", s=COMPLAINT) if COMPLAINT in context.app.services else None
    )
    return [_with_button(context, "corruption", offered)]


def power(context: EventContext) -> list[Reply]:
    """Says that the power of a house is the electricity company's; a street light may still be reported to us."""
    service = context.app.services.get(STREET_LIGHT)
    offered = Button(service.label, "open", {"s": service.name}, service.label) if service else None
    return [_with_button(context, "power", offered)]


def _with_button(context: EventContext, name: str, offered: Button | None) -> Say:
    """Names the button of the service in the words, unless the town does not offer the service."""
    said = context.words(f"information.{name}")
    if offered is None:
        return Say(said)
    return Say(f"{said}\n{context.words(f'information.{name}_here', button=offered.label)}", (offered,))


def privacy(context: EventContext) -> list[Reply]:
    """Says who sees what a resident tells, what is deleted when, and whom to ask for the rest.

    See PDPA, sections 30 to 33.
    """
    return [context.say("information.privacy", days=FORGET_AFTER.days)]


def in_english(context: EventContext) -> list[Reply]:
    choose_language(context.resident, ENGLISH)
    return [context.say("information.in_english", context.button("in_thai", "thai"))]


def in_thai(context: EventContext) -> list[Reply]:
    choose_language(context.resident, THAI)
    return [context.say("information.in_thai")]
