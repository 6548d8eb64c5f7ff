"""Decides which residents have a rich menu of their own, and records which menus LINE shows.

bot.richmenus.season calls LINE, and store.broadcasts.season_menu knows the season; this module only uses the database.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.orm import Session

from store.clock import now
from store.line.limits import LINKED_RESIDENTS
from store.residents.models import MenuShown, Resident

# The aliases of menus: each is the name of a file in bot/richmenus.
DEFAULT, REGISTERED = "resident", "registered"
# The menus that a broadcast or a surge may show to everybody for a time, with staff's names for them.
SEASONS: Final = {"flood": "เมนูน้ำท่วม", "tax": "เมนูภาษี"}
# The menus of residents who chose English; a menu that is missing here is shown in Thai to everybody.
IN_ENGLISH: Final = {DEFAULT: "resident-en", "flood": "flood-en"}
NONE_OF_THEIR_OWN = ""
THAI, ENGLISH = "th", "en"
# Rows changed in one transaction, few enough that no resident's message waits long for it.
SLICE = 2000
WANTED = "wanted"


def own_menu(resident: Resident, season: str | None) -> str:
    """Returns the menu this resident should see instead of everybody's, or NONE_OF_THEIR_OWN.

    A season's menu comes before their usual one: somebody in a flood looks for help, not for their cases.
    """
    for_all = season or DEFAULT
    if resident.language not in (None, THAI) and for_all in IN_ENGLISH:
        return IN_ENGLISH[for_all]
    return REGISTERED if season is None and is_registered(resident.person) else NONE_OF_THEIR_OWN


def is_registered(person: dict[str, Any] | None) -> bool:
    return bool(person and person.get("name") and person.get("phone"))


def look_again(resident: Resident) -> None:
    """Marks the resident, so that bot.richmenus.season links their menu in LINE within a minute."""
    resident.menu_linked = None


def look_again_at_all(session: Session, after_id: int) -> int | None:
    """Marks a slice of the residents who have, or may need, a menu of their own; returns the id to continue after, or
    None.
    """
    last = session.scalar(select(func.max(Resident.id))) or 0
    until = after_id + SLICE
    session.execute(
        update(Resident)
        .where(Resident.id > after_id, Resident.id <= until, Resident.menu_linked.is_not(None))
        .where(
            or_(
                Resident.menu_linked != NONE_OF_THEIR_OWN,
                Resident.person.is_not(None),
                Resident.language.is_not(None),
            )
        )
        .values(menu_linked=None)
    )
    return until if until < last else None


def to_be_told(session: Session, after_id: int) -> list[Resident]:
    """Returns residents whose menu LINE does not know yet, in order of their ids, without those who cannot be
    decrypted.
    """
    query = (
        select(Resident).where(Resident.menu_linked.is_(None)).order_by(Resident.id).limit(LINKED_RESIDENTS)
    )
    while found := session.scalars(query.where(Resident.id > after_id)).all():
        if readable := [resident for resident in found if resident.can_be_read()]:
            return readable
        after_id = found[-1].id
    return []


def note_linked(session: Session, residents: Iterable[Resident], menu: str, *, season: str | None) -> None:
    """Records that LINE has linked `menu` to these residents. Those who need another one in this `season` stay
    marked.
    """
    query = select(Resident).where(Resident.id.in_([resident.id for resident in residents]))
    for resident in session.scalars(query.order_by(Resident.id).with_for_update()):
        if own_menu(resident, season) == menu:
            resident.menu_linked = menu


def find_shown(session: Session) -> MenuShown | None:
    return session.get(MenuShown, 1)


def note_shown(session: Session, menu: str) -> None:
    """Records that LINE shows everyone this menu. If it has changed, LINE must unlink all residents' own menus."""
    shown = find_shown(session)
    if shown is None:
        letting_go = None if menu == DEFAULT else WANTED
        session.add(MenuShown(id=1, alias=menu, letting_go=letting_go, at=now()))
    elif shown.alias != menu:
        shown.alias = menu
        shown.letting_go = WANTED
        shown.at = now()


def note_letting_go(session: Session, before: str, after: str | None) -> bool:
    """Moves the unlinking of all own menus from one state to the next, unless the menu has changed since."""
    change = update(MenuShown).where(MenuShown.letting_go == before).values(letting_go=after)
    result = session.execute(change)
    return isinstance(result, CursorResult) and result.rowcount == 1
