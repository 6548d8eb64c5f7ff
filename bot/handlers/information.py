"""Shows what anybody can look up: announcements, emergency numbers, taxes, and the menu in another language."""

from bot.handlers.visit import Visit
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


def news(visit: Visit) -> list[Reply]:
    """Shows the latest announcements that were not ended, stopped or corrected, and where all of them are listed."""
    say, office = visit.office.phrases.say, visit.office
    published = list_announcements(visit.session, most=LOOKED_THROUGH)
    found = [one for one in published if not one.has_ended and not one.stopped and not one.corrected_by]
    lines = [f"📢 {thai_date(one.sent_at)}\n{cut(one.title, LONGEST_TITLE)}" for one in found[:SHOWN]]
    lines = lines or [say("information.no_news")]
    if office.public_url:
        lines.append(say("information.more_news", address=f"{office.public_url}/announcements"))
    return [visit.say("information.news", announcements="\n\n".join(lines))]


def emergency(visit: Visit) -> list[Reply]:
    """Shows every number with a button that dials it."""
    english, words = visit.in_english, visit.words
    names = (*EVERYTHING, "tourist_police") if english else EVERYTHING
    calls = visit.calls(names, in_english=english)
    return [CallCard(words("emergency.numbers_title"), words("emergency.numbers"), calls)]


def tax(visit: Visit) -> list[Reply]:
    return [visit.say("information.tax")]


def instalments(visit: Visit) -> list[Reply]:
    return [visit.say("information.instalments")]


def corruption(visit: Visit) -> list[Reply]:
    """Names bodies outside the town first, because a report made here is read by the town's own staff."""
    offered = visit.button("to_the_town", "open", s=COMPLAINT) if COMPLAINT in visit.office.services else None
    return [_with_button(visit, "corruption", offered)]


def power(visit: Visit) -> list[Reply]:
    """Says that the power of a house is the electricity company's; a street light may still be reported to us."""
    service = visit.office.services.get(STREET_LIGHT)
    offered = Button(service.label, "open", {"s": service.name}, service.label) if service else None
    return [_with_button(visit, "power", offered)]


def _with_button(visit: Visit, name: str, offered: Button | None) -> Say:
    """Names the button of the service in the words, unless the town does not offer the service."""
    said = visit.words(f"information.{name}")
    if offered is None:
        return Say(said)
    return Say(f"{said}\n{visit.words(f'information.{name}_here', button=offered.label)}", (offered,))


def privacy(visit: Visit) -> list[Reply]:
    """Says who sees what a resident tells, what is deleted when, and whom to ask for the rest.

    See PDPA, sections 30 to 33.
    """
    return [visit.say("information.privacy", days=FORGET_AFTER.days)]


def in_english(visit: Visit) -> list[Reply]:
    choose_language(visit.resident, ENGLISH)
    return [visit.say("information.in_english", visit.button("in_thai", "thai"))]


def in_thai(visit: Visit) -> list[Reply]:
    choose_language(visit.resident, THAI)
    return [visit.say("information.in_thai")]
