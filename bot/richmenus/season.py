"""Sets, each minute, LINE's default menu to the one that is due, and residents' own menus to what the store says.

LINE shows a resident the menu that is linked to them instead of the default, and links a menu to everybody who taps a
tab. A change of the default alone would not reach them. So when the season changes, LINE is asked to unlink all linked
menus in one batch (LINE takes three an hour). Then menus that residents keep in the season, such as the English one,
are linked again. Menus that we linked ourselves are also changed by calls for up to 500 residents each, so that these
residents see the season's menu even while LINE takes no more batches.

A crash loses nothing: the database holds what LINE was asked last. No transaction is open while LINE is called, and
while LINE does not answer, everything waits for the next minute.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence

from bot.line.connection import LineApiError
from bot.line.rich_menu_links import RichMenuLinks
from store.broadcasts.season_menu import menu_now, note_linked
from store.database.engine import Database
from store.residents import menus
from store.residents.models import Contact

log = logging.getLogger(__name__)

MAX_ROUNDS = 60  # of up to 500 residents each; the others follow in the next minute
REFUSED, TOO_OFTEN = 400, 429


class Season:
    """Keeps the menus up to date. Several workers may do so at once: they repeat each other's calls without harm."""

    def __init__(self, database: Database, line: RichMenuLinks) -> None:
        self._database, self._line = database, line
        self._has_asked = False

    def keep(self) -> None:
        """Brings the menus up to date. It calls LINE only for a change, and once after the start, to check."""
        try:
            self._show_what_is_due()
            self._unlink_everyone()
            self._tell_own_menus()
        except LineApiError as trouble:
            log.warning("menus wait for LINE", extra={"reason": str(trouble)})

    def _show_what_is_due(self) -> None:
        with self._database.reading() as session:
            due = menu_now(session) or menus.DEFAULT
            shown = menus.find_shown(session)
        if self._has_asked and shown is not None and shown.alias == due:
            return
        menu_id = self._line.find_menu(due)
        if menu_id is None:
            log.error("a menu is due that was never published", extra={"reason": due})
            return
        if self._line.find_default() != menu_id:
            self._line.set_default(menu_id)
        self._has_asked = True
        if shown is None or shown.alias != due:
            self._note_change(due)

    def _note_change(self, due: str) -> None:
        """Marks all residents' own menus for a check, then records the change; after a crash both are done again."""
        self._look_again_at_all()
        with self._database.transaction() as session:
            menus.note_shown(session, due)
        log.info("everybody's menu has changed", extra={"reason": due})

    def _look_again_at_all(self) -> None:
        after: int | None = 0
        while after is not None:
            with self._database.transaction() as session:
                after = menus.look_again_at_all(session, after)

    def _unlink_everyone(self) -> None:
        """Asks LINE to unlink all menus, and in later calls whether it has; then all own menus are checked again."""
        state = self._letting_go()
        if state is None:
            return
        if state == menus.WANTED:
            state = self._ask_to_let_go()
        if state is None:
            return
        match self._line.phase_of(state):
            case "ongoing":
                return
            case "unknown":
                self._go_on_from(state, menus.WANTED)
            case phase:
                if phase == "failed":
                    log.error("LINE could not take away every menu", extra={"request_id": state})
                self._look_again_at_all()
                self._go_on_from(state, None)

    def _ask_to_let_go(self) -> str | None:
        try:
            request_id = self._line.unlink_everyone()
        except LineApiError as trouble:
            if trouble.status != TOO_OFTEN:
                raise
            log.warning("LINE takes no more batches this hour", extra={"reason": str(trouble)})
            return None
        return request_id if self._go_on_from(menus.WANTED, request_id) else None

    def _go_on_from(self, before: str, after: str | None) -> bool:
        with self._database.transaction() as session:
            return menus.note_letting_go(session, before, after)

    def _letting_go(self) -> str | None:
        with self._database.reading() as session:
            shown = menus.find_shown(session)
        return shown.letting_go if shown else None

    def _tell_own_menus(self) -> None:
        """Links residents' own menus, except while LINE unlinks all menus, because it would unlink new ones as well."""
        if self._letting_go() not in (None, menus.WANTED):
            return
        after = 0
        for _ in range(MAX_ROUNDS):
            groups = self._next_groups(after)
            if not groups:
                return
            for menu, contacts in groups.items():
                self._tell(menu, contacts)
            after = max(contact.id for contacts in groups.values() for contact in contacts)

    def _next_groups(self, after: int) -> dict[str, list[Contact]]:
        groups: dict[str, list[Contact]] = defaultdict(list)
        with self._database.reading() as session:
            season = menu_now(session)
            for contact in menus.to_be_told(session, after):
                groups[menus.own_menu(contact.resident, season)].append(contact)
        return groups

    def _tell(self, menu: str, contacts: Sequence[Contact]) -> None:
        if menu == menus.NONE_OF_THEIR_OWN:
            tell: Callable[[Sequence[str]], None] = self._line.unlink
        elif (menu_id := self._line.find_menu(menu)) is not None:
            tell = lambda user_ids: self._line.link(menu_id, user_ids)  # noqa: E731 - one of two calls
        else:
            log.error("residents are due a menu that was never published", extra={"reason": menu})
            return
        _tell_or_halve(contacts, tell)
        with self._database.transaction() as session:
            note_linked(session, contacts, menu)


def _tell_or_halve(contacts: Sequence[Contact], tell: Callable[[Sequence[str]], None]) -> None:
    """Calls LINE for all residents at once and, if it refuses, for each half: one unknown resident makes it refuse."""
    try:
        tell([contact.address for contact in contacts])
    except LineApiError as trouble:
        if trouble.status != REFUSED:
            raise
        if len(contacts) == 1:
            log.warning("LINE knows no such resident", extra={"row": contacts[0].id})
            return
        middle = len(contacts) // 2
        _tell_or_halve(contacts[:middle], tell)
        _tell_or_halve(contacts[middle:], tell)
