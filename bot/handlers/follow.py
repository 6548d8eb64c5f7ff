"""Friends come and go: greeting, the privacy notice with its version, and silence for those who block us."""

from bot.handlers.visit import Visit
from bot.replies import Reply
from store.clock import now
from store.messaging import outbox
from store.residents.menus import look_again


def followed(visit: Visit) -> list[Reply]:
    """A new friend, or one who came back. Notices from the time of the block are not sent again."""
    resident, at = visit.resident, visit.event.at
    if resident.blocked_at is not None and at < resident.blocked_at:
        return []  # LINE tells it late: they have left since.
    resident.blocked_at, resident.followed_at = None, at
    if resident.menu_linked:
        look_again(resident)  # LINE links no menu to who blocks us, and does not say so.
    welcome = visit.say("greeting.welcome")
    return [
        welcome,
        *show_privacy(visit, again=True),
        visit.say("greeting.start_here", *visit.main_buttons()),
    ]


def unfollowed(visit: Visit) -> list[Reply]:
    resident, at = visit.resident, visit.event.at
    if resident.followed_at is not None and at < resident.followed_at:
        return []  # LINE tells it late: they have come back since.
    resident.blocked_at = at
    outbox.stop_notices(visit.session, resident.line_key)
    return []


def show_privacy(visit: Visit, *, again: bool = False) -> list[Reply]:
    """The notice of PDPA section 23, once for each version; what was shown and when is kept."""
    privacy, resident = visit.office.municipality.privacy, visit.resident
    if resident.privacy_version == privacy.version and not again:
        return []
    resident.privacy_version, resident.privacy_shown_at = privacy.version, now()
    return [visit.say("greeting.privacy", privacy_text=privacy.text)]
