"""Keeps residents: who writes to us, what they let us remember, and what a plain message of theirs means now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from store.clock import now
from store.database.encryption import DatabaseCipher
from store.line.limits import cut
from store.residents.contacts import find_or_add_contact
from store.residents.menus import is_registered, look_again
from store.residents.models import Channel, Resident

# After this time a plain message no longer belongs to the case that was being discussed.
LISTEN_FOR = timedelta(minutes=30)
# An answer to an officer's question may take this long.
LISTEN_FOR_ANSWER = timedelta(days=60)

Listening = Literal["answer", "more", "comment"]


def find_or_add_resident(session: Session, cipher: DatabaseCipher, line_user_id: str) -> Resident:
    """Returns the resident with this LINE user id, and creates them if they are new."""
    return find_or_add_contact(session, cipher, Channel.LINE, line_user_id).resident


def remember(resident: Resident, facts: dict[str, Any]) -> None:
    """Stores name, phone or address so that they need not be typed again."""
    was_registered = is_registered(resident.person)
    resident.person = {**(resident.person or {}), **facts}
    if not was_registered and is_registered(resident.person):
        look_again(resident)
    if address := facts.get("address"):
        resident.moo = address.get("moo")
        resident.community = cut(address.get("community") or "", 60) or None


def forget(resident: Resident, facts: Mapping[str, Any]) -> None:
    """Deletes these facts, except those that the resident has changed since."""
    known = resident.person or {}
    gone = {kind for kind, value in facts.items() if known.get(kind) == value}
    if not gone:
        return
    was_registered = is_registered(resident.person)
    resident.person = {kind: value for kind, value in known.items() if kind not in gone} or None
    if was_registered and not is_registered(resident.person):
        look_again(resident)
    if "address" in gone:
        resident.moo, resident.community = None, None


def choose_language(resident: Resident, language: str) -> None:
    """Sets the language of the resident's menu."""
    resident.language = language
    look_again(resident)


def listen(resident: Resident, what: Listening, case_id: int) -> None:
    """Records what the next plain messages mean for the case: `what` is answer, more or comment."""
    until = now() + (LISTEN_FOR_ANSWER if what == "answer" else LISTEN_FOR)
    resident.listening = {"for": what, "case": case_id, "until": until.isoformat()}


def stop_listening(resident: Resident) -> None:
    resident.listening = None


def listening_for(resident: Resident) -> tuple[Listening, int] | None:
    """Returns what a plain message of the resident means now and for which case id, or None."""
    heard = _still_heard(resident)
    return (heard["for"], heard["case"]) if heard and "case" in heard else None


def keep_words(resident: Resident, words: str, said_in: str | None) -> None:
    """Stores what the resident wrote, and its LINE message, while we ask which service it is about."""
    until = (now() + LISTEN_FOR).isoformat()
    resident.listening = {"words": words, "said_in": said_in, "until": until}


def kept_words(resident: Resident) -> tuple[str, str | None]:
    """Returns the recently stored text and its LINE message, or an empty text and None."""
    heard = _still_heard(resident) or {}
    return str(heard.get("words", "")), heard.get("said_in")


def offer(resident: Resident, what: str, about: str = "") -> None:
    """Records what our last message offered, so that a resident who sees no buttons can type the answer.

    `about` is the id of a case or the name of a service. It is valid for the next message only: see `take_offer`.
    """
    until = (now() + LISTEN_FOR).isoformat()
    resident.listening = {
        **(resident.listening or {}),
        "offered": {"what": what, "about": about, "until": until},
    }


def take_offer(resident: Resident) -> tuple[str, str]:
    """Returns what the last message offered and about what, or two empty texts; removes the offer."""
    if resident.listening is None or "offered" not in resident.listening:
        return "", ""
    rest = {key: value for key, value in resident.listening.items() if key != "offered"}
    offered = resident.listening["offered"]
    resident.listening = rest or None
    left = datetime.fromisoformat(offered["until"]) - now()
    return (offered["what"], offered["about"]) if timedelta(0) <= left <= LISTEN_FOR else ("", "")


def forget_words(resident: Resident, said_in: str) -> None:
    """Deletes the stored text of this LINE message, also when it is too old to be used."""
    if (resident.listening or {}).get("said_in") == said_in:
        stop_listening(resident)


def _still_heard(resident: Resident) -> dict[str, Any] | None:
    """Returns `listening` while it is valid, else None; a clock that was set back does not extend the time."""
    heard = resident.listening
    if heard is None or "until" not in heard:
        return None
    left = datetime.fromisoformat(heard["until"]) - now()
    longest = LISTEN_FOR_ANSWER if heard.get("for") == "answer" else LISTEN_FOR
    return heard if timedelta(0) <= left <= longest else None
