"""Keeps the rows of photos and documents: wanted from LINE, kept, refused, or gone. `media` has the bytes."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from store.clock import now
from store.database.engine import afterwards
from store.files.decoding import Decoded, Decoder, Refused
from store.files.media import Media
from store.files.models import File
from store.residents.models import Conversation, Resident

MOST_BYTES = 10 * 1024 * 1024
# LINE keeps content for a time it does not tell, so tries are many, early and then hourly.
_WAITS = (5, 15, 60, 300, 900, 3600, 3600, 3600, 3600, 3600)
# What LINE says it does not have will hardly turn up: the resident should hear of it while they still write.
_WAITS_WHEN_MISSING = _WAITS[:3]
# A fetcher that has not come to an end after this has died: a try takes less on any but the slowest machine.
CLAIMED_FOR = timedelta(minutes=2)
# So many tries may end without a word: whatever ends its fetchers or decoders every time is given up.
MOST_UNFINISHED = 5
# Of one resident's files so many are fetched at once.
MOST_OF_ONE = 2
ASK_AGAIN_FOR = timedelta(days=1)
WAIT_FOR_US = timedelta(minutes=1)
# A photo that nobody asked about and no case took is nobody's business after this long.
UNUSED_FOR = timedelta(hours=1)
# What a file that was still to be fetched bears after a restore: whether its resident was told since is not known.
RESTORED = "restored"
# Bytes are kept before the row that names them: those so old have missed theirs.
UNCLAIMED_FOR = timedelta(hours=1)

# Written down once: to build a statement takes longer than to run it.
_OTHER = aliased(File)
_UNDER_WAY = (
    select(func.count(_OTHER.id))
    .where(_OTHER.resident_id == File.resident_id, _OTHER.state == "wanted")
    .where(_OTHER.claimed_until > bindparam("now"))
    .correlate(File)
    .scalar_subquery()
)
# What was never tried comes first, so that slow files hold up nobody else's, and nobody has all fetchers.
_WANTED = (
    select(File)
    .where(File.state == "wanted", File.next_try_at <= bindparam("now"), _UNDER_WAY < MOST_OF_ONE)
    .order_by(File.tries > 0, File.next_try_at)
    .limit(1)
    .with_for_update(skip_locked=True, of=File)
)


class NotKept(ValueError):
    """The file was not taken; `reason` is a Reason of store.files.decoding, or wrong_type."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def want(
    session: Session,
    resident: Resident,
    *,
    kind: str,
    line_message_id: str,
    name: str,
    album: str | None,
    for_conversation: bool,
) -> File:
    """Notes a file that LINE holds for us; it is fetched right after this transaction. `kind`: photo or document."""
    file = File(
        token=secrets.token_urlsafe(20),
        kind=kind,
        state="wanted",
        line_message_id=line_message_id,
        resident_id=resident.id,
        name=name,
        album=album,
        for_conversation=for_conversation,
        tries=0,
        next_try_at=now(),
        created_at=now(),
    )
    session.add(file)
    session.flush()
    return file


def count_of_album(session: Session, resident: Resident, album: str) -> int:
    """Counts the photos of this album, which are those sent together, that have arrived."""
    query = select(func.count()).where(File.resident_id == resident.id, File.album == album)
    return session.execute(query).scalar_one()


def find_in_case(session: Session, resident: Resident, album: str) -> File | None:
    """Finds a photo of this album that belongs to a case by now."""
    query = select(File).where(
        File.resident_id == resident.id, File.album == album, File.case_id.is_not(None)
    )
    return session.scalars(query.order_by(File.id).limit(1)).one_or_none()


def attach_beside(file: File, other: File) -> None:
    """Attaches the file where the other one is: to the same case, in the same line of its timeline."""
    file.case_id, file.event_id = other.case_id, other.event_id


def ask_again(file: File) -> datetime:
    """Lets a photo sent anew take the place of a lost one of a request or case; returns until when."""
    file.again_until = now() + ASK_AGAIN_FOR
    return file.again_until


def lost_ones(session: Session, resident: Resident) -> list[File]:
    """Returns the files that were asked for again and have not come yet, the oldest first."""
    query = select(File).where(File.resident_id == resident.id, File.again_until > now())
    return list(session.scalars(query.order_by(File.id)))


def lost_in_request(session: Session, resident: Resident, running: Conversation) -> list[File]:
    """Returns the lost files of the running request, and none of an earlier one that was given up."""
    found = lost_ones(session, resident)
    return [file for file in found if file.case_id is None and file.created_at >= running.started_at]


def claim_wanted(session: Session) -> File | None:
    """Claims the next file to fetch for longer than a try should take."""
    moment = now()
    file = session.scalars(_WANTED, {"now": moment}).one_or_none()
    if file is not None:
        file.tries += 1
        file.unfinished += 1
        file.claimed_until = file.next_try_at = moment + CLAIMED_FOR
    return file


def is_harmful(file: File) -> bool:
    """Says whether the last tries of a claimed file never came to an end: each ended its fetcher, or its decoder."""
    return file.unfinished > MOST_UNFINISHED


def uncount(session: Session, file_ids: Collection[int]) -> None:
    """Uncounts tries that did end, although that could not be written down at the time, and frees their files."""
    if file_ids:
        ended = update(File).where(File.id.in_(file_ids), File.state == "wanted", File.unfinished > 0)
        session.execute(ended.values(unfinished=0, claimed_until=None, tries=File.tries - 1))


def put_off(file: File, *, missing: bool = False, finished: bool = True) -> bool:
    """Puts the file off: LINE did not give it or, not `finished`, it was not decoded. False after enough tries."""
    waits = _WAITS_WHEN_MISSING if missing else _WAITS
    if file.tries > len(waits):
        return False
    file.next_try_at, file.claimed_until = now() + timedelta(seconds=waits[file.tries - 1]), None
    file.unfinished = 0 if finished else file.unfinished
    return True


def wait_for_us(file: File) -> None:
    """Puts the file off because we could not scan or keep it: no fault of the file's, so this was no try."""
    file.tries, file.unfinished, file.claimed_until = file.tries - 1, 0, None
    file.next_try_at = now() + WAIT_FOR_US


def refuse(file: File, reason: str) -> None:
    file.state, file.refused_because = "refused", reason
    _end_tries(file)


def _end_tries(file: File) -> None:
    file.next_try_at, file.claimed_until, file.unfinished = None, None, 0


def clean(decoder: Decoder, kind: str, data: bytes) -> Decoded:
    """Returns what may be kept of a photo or document. NotKept: a bad file; DecoderUnavailable: trouble of our own.

    Takes a while, so nobody should wait for the database meanwhile.
    """
    if len(data) > MOST_BYTES:
        raise NotKept("too_big")
    try:
        return decoder.decode(kind, data)
    except Refused as error:
        wrong_type = kind == "document" and error.reason == "unreadable"
        raise NotKept("wrong_type" if wrong_type else error.reason) from error


def note_kept(file: File, kept: Decoded) -> None:
    """Notes that the file is kept; its bytes are durable already, so it can be shown. They decide what kind it is."""
    file.state, file.mime, file.size = "kept", kept.mime, len(kept.data)
    file.kind = "photo" if kept.mime == "image/jpeg" else "document"
    _end_tries(file)
    file.sha256, file.taken_at_place = hashlib.sha256(kept.data).hexdigest(), kept.place
    file.refused_because = None


def uploaded(media: Media, data: bytes, *, staff_id: int) -> File:
    """Returns the unsaved row of an officer's photo, which is cleaned and stored; NotKept when it is no photo.

    Cleaning takes a while: do it before the transaction, so that nobody waits for the database meanwhile.
    """
    file = File(
        token=secrets.token_urlsafe(20),
        kind="photo",
        state="wanted",
        staff_id=staff_id,
        tries=0,
        created_at=now(),
    )
    kept = clean(media.decoder, file.kind, data)
    media.keep(file.token, kept.data)
    note_kept(file, kept)
    return file


def forget(session: Session, media: Media, line_message_id: str, resident: Resident) -> File | None:
    """Destroys the bytes of a photo that the resident took back (unsend); the row remembers only that there was one."""
    own = select(File).where(File.line_message_id == line_message_id, File.resident_id == resident.id)
    # Held, so that whoever is fetching it this moment sees afterwards that it is gone.
    file = session.scalars(own.with_for_update()).first()
    if file is not None:
        destroy(session, media, file)
    return file


def destroy(session: Session, media: Media, file: File) -> None:
    """Clears the row, then destroys the bytes, without anybody waiting at the database meanwhile.

    `sweep` destroys those of a process that came to its end in between.
    """
    file.state, file.name, file.taken_at_place, file.sha256, file.again_until = "gone", None, None, None, None
    _end_tries(file)
    destroy_bytes(session, media, file)


def destroy_bytes(session: Session, media: Media, file: File) -> None:
    afterwards(session, partial(media.destroy, file.token))


def forget_unused(session: Session, media: Media) -> int:
    """Destroys what residents sent for nothing: for a request they gave up, or for none at all."""
    running = select(Conversation.id).where(
        Conversation.resident_id == File.resident_id, Conversation.ended_as.is_(None)
    )
    unused = (
        select(File)
        .where(
            File.state.in_(("wanted", "kept")),
            File.case_id.is_(None),
            File.resident_id.is_not(None),
            File.created_at < now() - UNUSED_FOR,
            ~running.exists(),
        )
        .with_for_update(skip_locked=True)
    )
    found = list(session.scalars(unused))
    for file in found:
        destroy(session, media, file)
    return len(found)


def sweep(session: Session, media: Media) -> int:
    """Destroys bytes that no row speaks of: a process came to its end between keeping them and saying so, or between
    saying that they are gone and destroying them."""
    names = media.untouched_since(now() - UNCLAIMED_FOR)
    swept = 0
    while batch := list(islice(names, 500)):
        spoken_of = select(File.token).where(File.token.in_(batch), File.state.in_(("wanted", "kept")))
        for name in set(batch).difference(session.scalars(spoken_of)):
            media.discard(name)
            swept += 1
    return swept
