"""Handles residents who add or block the account: the greeting, the privacy notice, and the end of all notices."""

from bot.handlers.event_context import EventContext
from bot.replies import Reply
from store.clock import now
from store.messaging import outbox
from store.residents.menus import look_again


def followed(context: EventContext) -> list[Reply]:
    """Greets a new or returning friend. Notices from the time of the block are not sent again."""
    contact, at = context.contact, context.event.at
    if contact.blocked_at is not None and at < contact.blocked_at:
        return []  # Delivered late: they have blocked us since.
    contact.blocked_at, contact.followed_at = None, at
    if contact.menu_linked:
        look_again(contact.resident)  # LINE links no menu to a user who blocks us, and reports no error.
    welcome = context.say("greeting.welcome")
    return [
        welcome,
        *show_privacy(context, again=True),
        context.say("greeting.start_here", *context.main_buttons()),
    ]


def unfollowed(context: EventContext) -> list[Reply]:
    contact, at = context.contact, context.event.at
    if contact.followed_at is not None and at < contact.followed_at:
        return []  # Delivered late: they have come back since.
    contact.blocked_at = at
    outbox.stop_notices(context.session, contact)
    return []


def show_privacy(context: EventContext, *, again: bool = False) -> list[Reply]:
    """Returns the notice of PDPA section 23, once for each version, and records which one was shown and when."""
    privacy, resident = context.app.municipality.privacy, context.resident
    if resident.privacy_version == privacy.version and not again:
        return []
    resident.privacy_version, resident.privacy_shown_at = privacy.version, now()
    return [context.say("greeting.privacy", privacy_text=privacy.text)]
