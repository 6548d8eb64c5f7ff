"""Finds the rich menu that residents should see during a surge or a season, and checks that its approval holds."""

from collections.abc import Iterable

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from store.broadcasts.models import Broadcast, BroadcastAct
from store.broadcasts.transitions import BroadcastStatus, digest_of
from store.cases.models import Surge
from store.clock import now
from store.residents import menus
from store.residents.models import Contact


def menu_now(session: Session) -> str | None:
    """Returns the menu of the running surge or else of the approved broadcast that began last and has not ended.

    None means the default menu.
    """
    return _menu_of_surge(session) or _menu_of_broadcast(session)


def note_linked(session: Session, contacts: Iterable[Contact], menu: str) -> None:
    """Records that LINE has linked `menu` to these contacts, except those that should have another one by now."""
    menus.note_linked(session, contacts, menu, season=menu_now(session))


def _menu_of_surge(session: Session) -> str | None:
    return session.scalars(select(Surge.menu).where(Surge.is_running.is_(True))).one_or_none()


def _menu_of_broadcast(session: Session) -> str | None:
    begins = func.coalesce(Broadcast.send_at, Broadcast.approved_at)
    # A broadcast that had begun to go out stays approved when it is cancelled: its menu ends all the same.
    cancelled = exists().where(BroadcastAct.broadcast_id == Broadcast.id, BroadcastAct.act == "cancel")
    query = select(Broadcast).where(
        Broadcast.status == BroadcastStatus.APPROVED,
        Broadcast.menu.is_not(None),
        begins <= now(),
        Broadcast.ends_at > now(),
        ~cancelled,
    )
    latest_first = session.scalars(query.order_by(begins.desc(), Broadcast.id.desc()))
    return next((found.menu for found in latest_first if _approval_holds(session, found)), None)


def _approval_holds(session: Session, broadcast: Broadcast) -> bool:
    """Says whether another person than its writers approved the broadcast and nothing of it has changed since."""
    if broadcast.approver_id is None or broadcast.approver_id in broadcast.writers:
        return False
    return digest_of(session, broadcast) == broadcast.digest
