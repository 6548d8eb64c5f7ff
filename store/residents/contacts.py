"""Finds and adds the contacts of residents: their addresses on LINE and on other channels."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from store.clock import now
from store.database.encryption import DatabaseCipher
from store.errors import Refusal
from store.residents.models import Channel, Contact, Resident

# Built once, because building a statement takes longer than running it.
_OF_KEYS = (
    select(Contact)
    .where(Contact.channel == bindparam("channel"), Contact.key.in_(bindparam("keys", expanding=True)))
    .options(joinedload(Contact.resident))
)


class ContactTaken(Refusal):
    """Says that another resident has this address. An equal address is no proof that two residents are one."""


def find_contacts(session: Session, channel: Channel, keys: Iterable[str]) -> dict[str, Contact]:
    """Returns the known contacts of a channel among these keys, by key, with their residents, in one query."""
    found = session.scalars(_OF_KEYS, {"channel": channel, "keys": list(keys)})
    return {contact.key: _with_its_resident(contact) for contact in found}


def find_or_add_contact(session: Session, cipher: DatabaseCipher, channel: Channel, address: str) -> Contact:
    """Returns the contact with this address. A new address is that of a new resident."""
    key = cipher.fingerprint(address)
    if known := find_contacts(session, channel, [key]).get(key):
        return known
    return _add(session, Resident(created_at=now()), channel, key, address)


def add_contact(
    session: Session, cipher: DatabaseCipher, resident: Resident, channel: Channel, address: str
) -> Contact:
    """Gives a resident one more contact; the caller has proof that it is theirs.

    Returns the contact if the resident has it already; raises ContactTaken if another resident has it.
    """
    key = cipher.fingerprint(address)
    if known := find_contacts(session, channel, [key]).get(key):
        if known.resident is not resident:
            raise ContactTaken(channel)
        return known
    return _add(session, resident, channel, key, address)


def _add(session: Session, resident: Resident, channel: Channel, key: str, address: str) -> Contact:
    contact = Contact(resident=resident, channel=channel, key=key, address=address, created_at=now())
    session.add(contact)
    session.flush()
    return _with_its_resident(contact)


def _with_its_resident(contact: Contact) -> Contact:
    """Sets `resident.line`, so that reading it needs no query."""
    if contact.channel is Channel.LINE:
        set_committed_value(contact.resident, "line", contact)
    return contact


def contact_for_notices(resident: Resident) -> Contact | None:
    """Returns where news for the resident goes: to LINE, or to their first other address where something is sent to.

    Nothing is sent to a telephone or a house; None if there is no other contact.
    """
    if resident.line is not None:
        return resident.line
    return next((contact for contact in resident.contacts if contact.channel is Channel.EMAIL), None)


def lane_of(resident: Resident) -> str:
    """Returns the name of the resident's queue: of their LINE contact, or one by their id where they have none."""
    return resident.line.key if resident.line is not None else f"resident {resident.id}"
