"""Finds the residents in the audience of a broadcast, and those of them who neither blocked us nor opted out."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from sqlalchemy import Boolean, LargeBinary, ScalarSelect, Select, bindparam, func, select, true, type_coerce
from sqlalchemy.orm import Session

from store.broadcasts.models import AudienceSnapshot, Broadcast
from store.cases.models import Case
from store.database.encryption import CannotDecrypt, DatabaseCipher, cipher_of
from store.errors import Refusal
from store.residents.models import Channel, Contact, Resident, TopicChoice
from store.residents.preferences import EVERYTHING, wants

log = logging.getLogger(__name__)

Who = Literal["everyone", "friends", "moo", "community", "topic", "service", "cases", "list"]


class BadAudience(Refusal):
    """Says why an audience cannot be used, such as that it names nobody; `reason` is a word such as no_values."""


class Audience(BaseModel):
    """Describes the audience of a broadcast.

    `who` says what `values` are: villages, communities, topics, services or case ids. `residents` are the resident ids
    of an imported list. "everyone" means all residents we know. "friends" means LINE's own broadcast to every friend of
    the account: it also reaches those who never wrote to us and those who opted out, and is for urgent news only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    who: Who
    values: tuple[str, ...] = ()
    residents: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _names_somebody(self) -> "Audience":
        if self.who in ("moo", "community", "topic", "service", "cases") and not self.values:
            raise ValueError("no_values")
        if self.who == "list" and not self.residents:
            raise ValueError("no_residents")
        if self.who == "cases" and not all(value.isascii() and value.isdecimal() for value in self.values):
            raise ValueError("wrong")
        return self


@dataclass(frozen=True)
class Reach:
    """Lists the residents that can be reached now, in order of their ids, and counts the others by the reason."""

    residents: tuple[int, ...]
    blocked: int
    opted_out: int

    @property
    def meant(self) -> int:
        return len(self.residents) + self.blocked + self.opted_out


def read_audience(data: dict[str, Any]) -> Audience:
    try:
        return Audience.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        reason = str(first["ctx"]["error"]) if first["type"] == "value_error" else "wrong"
        raise BadAudience(reason) from error


def reach(session: Session, audience: Audience, topic: str | None) -> Reach:
    """Returns whom a broadcast can reach. `topic` is None for urgent news, which also goes to those who opted out."""
    found = session.execute(_meant(audience).order_by(Resident.id)).all()
    out = _not_wanting(session, topic)
    reachable = tuple(row.id for row in found if row.blocked_at is None and row.id not in out)
    blocked = sum(row.blocked_at is not None for row in found)
    return Reach(reachable, blocked, len(found) - blocked - len(reachable))


def frozen_audience(session: Session, broadcast: Broadcast) -> dict[str, Any]:
    """Returns the audience as data: after the submission the list of residents that was stored then.

    Before the submission, for a broadcast to all friends, and where that list is empty, it is the audience as written.
    """
    snapshot = session.get(AudienceSnapshot, broadcast.id)
    if snapshot is None or not snapshot.residents or broadcast.audience["who"] == "friends":
        return broadcast.audience
    return {"who": "list", "residents": snapshot.residents}


def _word_on(topic: Any) -> ScalarSelect[bool]:
    """Selects whether the resident of the enclosing query wants this topic; null if they have not chosen."""
    said = (TopicChoice.resident_id == Resident.id) & (TopicChoice.topic == topic)
    return select(TopicChoice.wanted).where(said).correlate(Resident).scalar_subquery()


_NAME = Contact.address
_HAS_LINE = (Contact.resident_id == Resident.id) & (Contact.channel == Channel.LINE)
_REACHABLE = (
    select(Resident.id, type_coerce(_NAME, LargeBinary), Contact.row_key)
    .join(Contact, _HAS_LINE)
    .where(Resident.id.in_(bindparam("residents", expanding=True)), Contact.blocked_at.is_(None))
    .order_by(Resident.id)
)
_WANTING = _REACHABLE.where(
    func.coalesce(_word_on(bindparam("topic")), _word_on(EVERYTHING), true(), type_=Boolean)
)


def still_reachable(session: Session, residents: Sequence[int], topic: str | None) -> dict[int, str]:
    """Maps the ids of those residents who can be reached now to their LINE user ids, in order of their ids.

    Left out are residents who blocked us, who opted out of the topic (unless it is None), and those whose LINE user id
    cannot be decrypted.
    """
    query = _REACHABLE if topic is None else _WANTING
    rows = session.execute(query, {"residents": residents, "topic": topic})
    found = {resident_id: (encrypted, row_key) for resident_id, encrypted, row_key in rows}
    cipher = cipher_of(session.get_bind().dialect)
    try:
        names = cipher.decrypt_all(found.values(), _NAME.type.about)
    except CannotDecrypt:
        return dict(_those_that_open(cipher, found))
    return dict(zip(found, names, strict=True))


def _those_that_open(
    cipher: DatabaseCipher, found: Mapping[int, tuple[bytes, bytes]]
) -> Iterator[tuple[int, str]]:
    """Yields the resident ids and LINE user ids that can be decrypted.

    A value that cannot be decrypted is logged; it must not keep a warning from everybody else.
    """
    for resident_id, (encrypted, row_key) in found.items():
        try:
            yield resident_id, cipher.decrypt_value(encrypted, _NAME.type.about, row_key)
        except CannotDecrypt:
            log.error("a resident cannot be reached: no key in DATA_KEY opens it", extra={"row": resident_id})


@dataclass(frozen=True)
class Homes:
    """Holds the villages and communities that residents named when they gave their address."""

    moos: tuple[str, ...]
    communities: tuple[str, ...]


def homes(session: Session) -> Homes:
    moos = session.scalars(select(Resident.moo).where(Resident.moo.is_not(None)).distinct())
    named = select(Resident.community).where(Resident.community.is_not(None)).distinct()
    return Homes(
        tuple(sorted((moo for moo in moos if moo), key=lambda moo: (len(moo), moo))),
        tuple(sorted(name for name in session.scalars(named) if name)),
    )


def _meant(audience: Audience) -> Select[int, datetime | None]:
    query = select(Resident.id, Contact.blocked_at).join(Contact, _HAS_LINE)
    match audience.who:
        case "moo":
            return query.where(Resident.moo.in_(audience.values))
        case "community":
            return query.where(Resident.community.in_(audience.values))
        case "topic":
            return query.where(Resident.id.in_(_chose(audience.values)))
        case "service":
            return query.where(
                Resident.id.in_(select(Case.resident_id).where(Case.service.in_(audience.values)))
            )
        case "cases":
            cases = [int(value) for value in audience.values]
            return query.where(Resident.id.in_(select(Case.resident_id).where(Case.id.in_(cases))))
        case "list":
            return query.where(Resident.id.in_(audience.residents))
        case "everyone" | "friends":
            return query


def _chose(topics: Sequence[str]) -> Select[int]:
    """Selects the residents who chose one of these topics themselves.

    Elsewhere a resident who has not chosen counts as wanting a topic, but not here.
    """
    return select(TopicChoice.resident_id).where(TopicChoice.topic.in_(topics), TopicChoice.wanted)


def _not_wanting(session: Session, topic: str | None) -> set[int]:
    if topic is None:
        return set()
    query = select(TopicChoice.resident_id, TopicChoice.topic, TopicChoice.wanted).where(
        TopicChoice.topic.in_((topic, EVERYTHING))
    )
    words: dict[int, dict[str, bool]] = {}
    for resident_id, about, wanted in session.execute(query):
        words.setdefault(resident_id, {})[about] = wanted
    return {who for who, said in words.items() if not wants(said, topic)}
