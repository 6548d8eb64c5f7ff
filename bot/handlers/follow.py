"""Handles residents who add or block the account: the greeting, the privacy notice, and the end of all notices."""

from bot.handlers.visit import Visit
from bot.replies import Reply
from store.clock import now
from store.messaging import outbox
from store.residents.menus import look_again


def followed(visit: Visit) -> list[Reply]:
    """Greets a new or returning friend. Notices from the time of the block are not sent again."""
    resident, at = visit.resident, visit.event.at
    if resident.blocked_at is not None and at < resident.blocked_at:
        return []  # Delivered late: they have blocked us since.
    resident.blocked_at, resident.followed_at = None, at
    if resident.menu_linked:
        look_again(resident)  # LINE links no menu to a user who blocks us, and reports no error.
    welcome = visit.say("greeting.welcome")
    return [
        welcome,
        *show_privacy(visit, again=True),
        visit.say("greeting.start_here", *visit.main_buttons()),
    ]


def unfollowed(visit: Visit) -> list[Reply]:
    resident, at = visit.resident, visit.event.at
    if resident.followed_at is not None and at < resident.followed_at:
        return []  # Delivered late: they have come back since.
    resident.blocked_at = at
    outbox.stop_notices(visit.session, resident.line_key)
    return []


def show_privacy(visit: Visit, *, again: bool = False) -> list[Reply]:
    """Returns the notice of PDPA section 23, once for each version, and records which one was shown and when."""
    privacy, resident = visit.office.municipality.privacy, visit.resident
    if resident.privacy_version == privacy.version and not again:
        return []
    resident.privacy_version, resident.privacy_shown_at = privacy.version, now()
    return [visit.say("greeting.privacy", privacy_text=privacy.text)]
