"""Keeps the rows of photos and documents: wanted from LINE, kept, refused, or gone. `media` stores the bytes."""

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
from store.errors import Refusal
from store.files.decoding import Decoded, Decoder, FileRefused
from store.files.limits import MAX_BYTES
from store.files.media import Media
from store.files.models import File, FileReason, FileState
from store.residents.models import Conversation, Resident

# LINE keeps content for a time it does not publish, so tries are many, frequent at first and then hourly.
_WAITS = (5, 15, 60, 300, 900, 3600, 3600, 3600, 3600, 3600)
# Content that LINE reports as missing will hardly appear: the resident should hear of it while they still write.
_WAITS_WHEN_MISSING = _WAITS[:3]
# A fetcher that has not finished after this has died: a try takes less on any but the slowest machine.
CLAIMED_FOR = timedelta(minutes=2)
# So many tries may end without a result: a file that ends its fetcher or decoder every time is given up.
MAX_UNFINISHED = 5
# So many files of one resident are fetched at once.
MAX_OF_ONE = 2
ASK_AGAIN_FOR = timedelta(days=1)
WAIT_FOR_US = timedelta(minutes=1)
# A photo that answers no question and belongs to no case is deleted after this time.
UNUSED_FOR = timedelta(hours=1)
# Bytes are stored before the row that names them; bytes this old without a row are orphans.
UNCLAIMED_FOR = timedelta(hours=1)

# Built once, because building a statement takes longer than running it.
_OTHER = aliased(File)
_UNDER_WAY = (
    select(func.count(_OTHER.id))
    .where(_OTHER.resident_id == File.resident_id, _OTHER.state == FileState.WANTED)
    .where(_OTHER.claimed_until > bindparam("now"))
    .correlate(File)
    .scalar_subquery()
)
# Files that were never tried come first, so that slow files hold up no others and nobody occupies all fetchers.
_WANTED = (
    select(File)
    .where(File.state == FileState.WANTED, File.next_try_at <= bindparam("now"), _UNDER_WAY < MAX_OF_ONE)
    .order_by(File.tries > 0, File.next_try_at)
    .limit(1)
    .with_for_update(skip_locked=True, of=File)
)


class FileNotAccepted(Refusal):
    """Says that the file was not kept; `reason` is the value of a FileReason."""


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
    """Records a file that LINE holds for us; it is fetched after this transaction. `kind`: photo or document."""
    file = File(
        token=secrets.token_urlsafe(20),
        kind=kind,
        state=FileState.WANTED,
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
    """Counts the photos of this album that have arrived. An album is a set of photos sent together."""
    query = select(func.count()).where(File.resident_id == resident.id, File.album == album)
    return session.execute(query).scalar_one()


def find_in_case(session: Session, resident: Resident, album: str) -> File | None:
    """Returns a photo of this album that already belongs to a case, or None."""
    query = select(File).where(
        File.resident_id == resident.id, File.album == album, File.case_id.is_not(None)
    )
    return session.scalars(query.order_by(File.id).limit(1)).one_or_none()


def attach_beside(file: File, other: File) -> None:
    """Attaches the file to the same case and timeline entry as the other file."""
    file.case_id, file.event_id = other.case_id, other.event_id


def ask_again(file: File) -> datetime:
    """Lets the resident's next photo replace this file, which could not be fetched; returns until when."""
    file.again_until = now() + ASK_AGAIN_FOR
    return file.again_until


def asked_again(session: Session, resident: Resident) -> list[File]:
    """Returns the files that were asked for again and have not come yet, the oldest first."""
    query = select(File).where(File.resident_id == resident.id, File.again_until > now())
    return list(session.scalars(query.order_by(File.id)))


def asked_again_in_request(session: Session, resident: Resident, running: Conversation) -> list[File]:
    """Returns those files of the running request that were asked for again and have not come yet, the oldest first."""
    found = asked_again(session, resident)
    return [file for file in found if file.case_id is None and file.created_at >= running.started_at]


def claim_wanted(session: Session) -> File | None:
    """Reserves the next file to fetch for two minutes, longer than a try takes. Returns None when none is due."""
    moment = now()
    file = session.scalars(_WANTED, {"now": moment}).one_or_none()
    if file is not None:
        file.tries += 1
        file.unfinished += 1
        file.claimed_until = file.next_try_at = moment + CLAIMED_FOR
    return file


def is_harmful(file: File) -> bool:
    """Says whether the last tries of a claimed file never finished: each ended its fetcher or its decoder."""
    return file.unfinished > MAX_UNFINISHED


def uncount(session: Session, file_ids: Collection[int]) -> None:
    """Undoes the count of tries that did end but could not be recorded at the time, and frees their files."""
    if file_ids:
        ended = update(File).where(File.id.in_(file_ids), File.state == FileState.WANTED, File.unfinished > 0)
        session.execute(ended.values(unfinished=0, claimed_until=None, tries=File.tries - 1))


def put_off(file: File, *, missing: bool = False, finished: bool = True) -> bool:
    """Postpones the file because LINE did not deliver it or, not `finished`, decoding failed. Returns False after the
    last try.
    """
    waits = _WAITS_WHEN_MISSING if missing else _WAITS
    if file.tries > len(waits):
        return False
    file.next_try_at, file.claimed_until = now() + timedelta(seconds=waits[file.tries - 1]), None
    file.unfinished = 0 if finished else file.unfinished
    return True


def wait_for_us(file: File) -> None:
    """Postpones the file because scanning or storing it failed on our side; this does not count as a try."""
    file.tries -= 1
    file.unfinished = 0
    file.claimed_until = None
    file.next_try_at = now() + WAIT_FOR_US


def refuse(file: File, reason: FileReason) -> None:
    file.state, file.reason = FileState.REFUSED, reason
    _end_tries(file)


def _end_tries(file: File) -> None:
    file.next_try_at = None
    file.claimed_until = None
    file.unfinished = 0


def clean(decoder: Decoder, kind: str, data: bytes) -> Decoded:
    """Returns what may be kept of a photo or document. It takes a while, so call it outside of transactions.

    Raises FileNotAccepted for a bad file and DecoderUnavailable for a failure of our own.
    """
    if len(data) > MAX_BYTES:
        raise FileNotAccepted("too_big")
    try:
        return decoder.decode(kind, data)
    except FileRefused as error:
        wrong_type = kind == "document" and error.reason == "unreadable"
        raise FileNotAccepted("wrong_type" if wrong_type else error.reason) from error


def note_kept(file: File, kept: Decoded) -> None:
    """Records that the file is kept. Its bytes are stored already, so it can be shown; they decide its kind."""
    file.state = FileState.KEPT
    file.mime = kept.mime
    file.size = len(kept.data)
    file.kind = "photo" if kept.mime == "image/jpeg" else "document"
    _end_tries(file)
    file.sha256, file.taken_at_place = hashlib.sha256(kept.data).hexdigest(), kept.place
    file.reason = None


def uploaded(media: Media, data: bytes, *, staff_id: int) -> File:
    """Cleans and stores an officer's photo, and returns its row, which is not saved yet.

    Cleaning takes a while, so call it before the transaction. Raises FileNotAccepted when the file is no photo.
    """
    file = File(
        token=secrets.token_urlsafe(20),
        kind="photo",
        state=FileState.WANTED,
        staff_id=staff_id,
        tries=0,
        created_at=now(),
    )
    kept = clean(media.decoder, file.kind, data)
    media.keep(file.token, kept.data)
    note_kept(file, kept)
    return file


def forget(session: Session, media: Media, line_message_id: str, resident: Resident) -> File | None:
    """Deletes the bytes of a photo that the resident unsent; the row records only that there was one. None for an
    unknown one.
    """
    own = select(File).where(File.line_message_id == line_message_id, File.resident_id == resident.id)
    # Locked, so that a process that is fetching the file sees afterwards that it is gone.
    file = session.scalars(own.with_for_update()).first()
    if file is not None:
        destroy(session, media, file)
    return file


def destroy(session: Session, media: Media, file: File) -> None:
    """Clears the row, then deletes the bytes after the commit, so that nobody waits for the database meanwhile.

    If the process ends in between, `sweep` deletes the bytes.
    """
    file.state = FileState.GONE
    file.name = None
    file.taken_at_place = None
    file.sha256 = None
    file.again_until = None
    _end_tries(file)
    destroy_bytes(session, media, file)


def destroy_bytes(session: Session, media: Media, file: File) -> None:
    afterwards(session, partial(media.destroy, file.token))


def forget_unused(session: Session, media: Media) -> int:
    """Deletes the files of requests that residents gave up, and those sent for no request; returns how many."""
    running = select(Conversation.id).where(
        Conversation.resident_id == File.resident_id, Conversation.ended_as.is_(None)
    )
    unused = (
        select(File)
        .where(
            File.state.in_((FileState.WANTED, FileState.KEPT)),
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
    """Deletes bytes that no row names; returns how many. A process may have ended between storing them and committing
    the row, or between committing that they are gone and deleting them.
    """
    names = media.untouched_since(now() - UNCLAIMED_FOR)
    swept = 0
    while batch := list(islice(names, 500)):
        spoken_of = select(File.token).where(
            File.token.in_(batch), File.state.in_((FileState.WANTED, FileState.KEPT))
        )
        for name in set(batch).difference(session.scalars(spoken_of)):
            media.discard(name)
            swept += 1
    return swept
