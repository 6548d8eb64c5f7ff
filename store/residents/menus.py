"""Which rich menus are residents' own, and what LINE was last told of them and of everybody's.

bot.richmenus.season tells LINE, and store.broadcasts.season_menu knows the season; this module only asks the database.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.orm import Session

from store.clock import now
from store.residents.models import MenuShown, Resident

# The aliases of menus: each is the name of a file in bot/richmenus.
DEFAULT, REGISTERED = "resident", "registered"
# Menus that a broadcast or a surge may show to everybody for a time, as staff call them.
SEASONS: Final = {"flood": "เมนูน้ำท่วม", "tax": "เมนูภาษี"}
# What residents see instead who chose English; a menu that is missing here everybody sees in Thai.
IN_ENGLISH: Final = {DEFAULT: "resident-en", "flood": "flood-en"}
NONE_OF_THEIR_OWN = ""
THAI, ENGLISH = "th", "en"
# LINE takes so many people at once: https://developers.line.biz/en/reference/messaging-api/#link-rich-menu-to-users
MOST_AT_ONCE = 500
# Rows changed in one transaction: no resident's message waits longer for it than a moment.
SLICE = 2000
WANTED = "wanted"


def own_menu(resident: Resident, season: str | None) -> str:
    """The menu this resident is to see instead of everybody's, or NONE_OF_THEIR_OWN.

    A season's menu comes before what they usually have: somebody in a flood looks for help, not for their cases.
    """
    for_all = season or DEFAULT
    if resident.language not in (None, THAI) and for_all in IN_ENGLISH:
        return IN_ENGLISH[for_all]
    return REGISTERED if season is None and is_registered(resident.person) else NONE_OF_THEIR_OWN


def is_registered(person: dict[str, Any] | None) -> bool:
    return bool(person and person.get("name") and person.get("phone"))


def look_again(resident: Resident) -> None:
    """LINE is to be told anew which menu is theirs: after this transaction, and also if this process ends then."""
    resident.menu_linked = None


def look_again_at_all(session: Session, after_id: int) -> int | None:
    """At everybody who has, or may be due, a menu of their own: a slice; the id to go on after, None at the end."""
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
    """Residents whose menu LINE has yet to hear of, in order of their ids; without those whom no key opens."""
    query = select(Resident).where(Resident.menu_linked.is_(None)).order_by(Resident.id).limit(MOST_AT_ONCE)
    while found := session.scalars(query.where(Resident.id > after_id)).all():
        if readable := [resident for resident in found if resident.can_be_read()]:
            return readable
        after_id = found[-1].id
    return []


def note_linked(session: Session, residents: Iterable[Resident], menu: str, *, season: str | None) -> None:
    """LINE was told that these have `menu`. Who is due another one in this `season` stays to be told."""
    query = select(Resident).where(Resident.id.in_([resident.id for resident in residents]))
    for resident in session.scalars(query.order_by(Resident.id).with_for_update()):
        if own_menu(resident, season) == menu:
            resident.menu_linked = menu


def find_shown(session: Session) -> MenuShown | None:
    return session.get(MenuShown, 1)


def note_shown(session: Session, menu: str) -> None:
    """LINE was told to show everyone this menu. After another one, all menus of their own are to be taken away."""
    shown = find_shown(session)
    if shown is None:
        letting_go = None if menu == DEFAULT else WANTED
        session.add(MenuShown(id=1, alias=menu, letting_go=letting_go, at=now()))
    elif shown.alias != menu:
        shown.alias, shown.letting_go, shown.at = menu, WANTED, now()


def note_letting_go(session: Session, before: str, after: str | None) -> bool:
    """Goes on from one state of letting everybody go to the next, unless the menu has changed since."""
    change = update(MenuShown).where(MenuShown.letting_go == before).values(letting_go=after)
    result = session.execute(change)
    return isinstance(result, CursorResult) and result.rowcount == 1
