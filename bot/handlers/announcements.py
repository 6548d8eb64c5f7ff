"""Answers whether a broadcast is genuine (requirement L9), presses of its buttons, and the codes that testers type."""

from bot.handlers.event_context import EventContext
from bot.line.events import Tap, row_number
from bot.replies import Reply, Say
from store.broadcasts import testers
from store.broadcasts.models import Broadcast
from store.broadcasts.published import Announcement, buttons_of, list_announcements
from store.broadcasts.statistics import press, was_sent
from store.cases.rate_limits import may_guess, note_wrong_code
from store.line.limits import cut
from store.thai import thai_date

SHOWN, LONGEST_TITLE = 3, 100


def genuine(context: EventContext) -> list[Reply]:
    """Says how to tell our broadcasts from forgeries: who sends them, the latest ones, and where all are listed."""
    say, app = context.app.phrases.say, context.app
    parts = [say("genuine.from_whom")]
    if found := list_announcements(context.session, most=SHOWN):
        parts.append("\n".join([say("genuine.latest"), *(_line(one) for one in found)]))
    if app.public_url:
        parts.append(say("genuine.where", address=f"{app.public_url}/announcements"))
    parts.append(say("genuine.in_doubt"))
    return [Say("\n\n".join(parts), (context.button("topics", "topics"),))]


def _line(one: Announcement) -> str:
    return f"• {thai_date(one.sent_at)} {cut(one.title, LONGEST_TITLE)}"


def note_press(context: EventContext, button: Tap) -> bool:
    """Says whether the broadcast has this button. Presses count only after it was sent, not when colleagues test it."""
    number, which = row_number(button.about.get("b")), row_number(button.about.get("n"))
    broadcast = context.session.get(Broadcast, number) if number else None
    if broadcast is None or which is None or which >= len(buttons_of(broadcast)):
        return False
    if was_sent(context.session, broadcast.id):
        press(context.session, broadcast.id, which)
    return True


def link_tester(context: EventContext, code: str) -> list[Reply]:
    """Links the chat of a colleague who typed their code, and says so."""
    if not may_guess(context.resident, context.app.municipality.limits):
        return [context.say("limits.codes", context.button("mine", "mine"))]
    if testers.link(context.session, context.resident, code) is None:
        note_wrong_code(context.resident)
        return [context.say("broadcast.code_gone")]
    return [context.say("broadcast.code_taken")]
