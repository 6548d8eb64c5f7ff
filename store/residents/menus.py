"""Decides which residents have a rich menu of their own, and records which menus LINE shows.

bot.richmenus.season calls LINE, and store.broadcasts.season_menu knows the season; this module only uses the database.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from store.clock import now
from store.line.limits import LINKED_RESIDENTS
from store.residents.models import Channel, Contact, MenuShown, Resident

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
    if resident.line is not None:
        resident.line.menu_linked = None


def look_again_at_all(session: Session, after_id: int) -> int | None:
    """Marks a slice of the LINE contacts of residents who have, or may need, a menu of their own.

    Returns the contact's id to continue after, or None at the end.
    """
    last = session.scalar(select(func.max(Contact.id))) or 0
    until = after_id + SLICE
    known = select(Resident.id).where(or_(Resident.person.is_not(None), Resident.language.is_not(None)))
    session.execute(
        update(Contact)
        .where(Contact.id > after_id, Contact.id <= until, Contact.channel == Channel.LINE)
        .where(Contact.menu_linked.is_not(None))
        .where(or_(Contact.menu_linked != NONE_OF_THEIR_OWN, Contact.resident_id.in_(known)))
        .values(menu_linked=None)
    )
    return until if until < last else None


def to_be_told(session: Session, after_id: int) -> list[Contact]:
    """Returns the LINE contacts whose menu LINE does not know yet, in order of their ids, with their residents.

    Those that cannot be decrypted are left out.
    """
    query = select(Contact).where(Contact.menu_linked.is_(None)).order_by(Contact.id).limit(LINKED_RESIDENTS)
    query = query.options(joinedload(Contact.resident))
    while found := session.scalars(query.where(Contact.id > after_id)).all():
        if readable := [each for each in found if each.can_be_read() and each.resident.can_be_read()]:
            return readable
        after_id = found[-1].id
    return []


def note_linked(session: Session, contacts: Iterable[Contact], menu: str, *, season: str | None) -> None:
    """Records that LINE has linked `menu` to these contacts. Those that need another in this `season` stay marked."""
    query = select(Contact).where(Contact.id.in_([contact.id for contact in contacts]))
    for contact in session.scalars(query.order_by(Contact.id).with_for_update()):
        if own_menu(contact.resident, season) == menu:
            contact.menu_linked = menu


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
