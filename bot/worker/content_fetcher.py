"""Fetches photos and documents from LINE soon after they were sent, because LINE deletes them unannounced."""

import logging
from dataclasses import dataclass
from enum import Enum

from sqlalchemy.orm import Session

from bot.context import AppContext
from bot.draft_files import drop_file, take_photo
from bot.line.messaging_api import ContentState, LineClient
from store.cases.actions import takes_more
from store.cases.models import Case
from store.database.advisory_locks import lock_senders
from store.database.engine import Database
from store.files import lifecycle
from store.files.decoding import Decoded, DecoderUnavailable
from store.files.models import File, FileReason, FileState
from store.files.scanner import ScannerUnavailable
from store.files.storage import StorageUnavailable
from store.logs import failure_fields
from store.messaging import outbox
from store.residents.contacts import lane_of
from store.residents.conversations import find_open
from store.residents.models import Resident

log = logging.getLogger(__name__)

# Long enough for the resident to write again, so that the notice goes with a free reply and needs no push.
HOLD_NEWS_SECONDS = 60


@dataclass(frozen=True)
class WantedFile:
    """Describes a file to fetch.

    `opens_as` is "photo" for what was sent as a picture, else "document", whose bytes may still be those of a photo.
    `lane` is the queue of the resident. If `is_harmful`, its last tries all ended the process or the decoder.
    """

    file_id: int
    token: str
    opens_as: str
    message_id: str
    lane: str
    is_harmful: bool


class FetchResult(Enum):
    """Names the outcome of one try.

    LATER means that LINE does not deliver the file yet; UNDECODED, that the decoder failed, perhaps because of the
    file; NOT_NOW, that the virus scanner or the storage cannot be reached, whatever the file is.
    """

    CLEAN = "clean"
    REFUSED = "refused"
    LATER = "later"
    MISSING = "missing"
    UNDECODED = "undecoded"
    NOT_NOW = "not now"


@dataclass(frozen=True)
class FetchedFile:
    """Holds the outcome of one try: `clean` is set if it is CLEAN. `reason` is why it is given up, if it is."""

    came: FetchResult
    clean: Decoded | None = None
    reason: FileReason = FileReason.LOST


_NOT_HERE = {
    ContentState.LATER: FetchedFile(FetchResult.LATER),
    ContentState.MISSING: FetchedFile(FetchResult.MISSING),
    # If it was unsent, LINE also delivers an event that says so, perhaps a moment later (bot/handlers/unsend.py).
    ContentState.GONE: FetchedFile(FetchResult.MISSING),
    ContentState.TOO_BIG: FetchedFile(FetchResult.REFUSED, reason=FileReason.TOO_BIG),
}


class Fetcher:
    def __init__(self, database: Database, app: AppContext, line: LineClient) -> None:
        self._database = database
        self._office = app
        self._line = line
        # Ids of files whose outcome could not be stored. Their tries are uncounted: they did not end the process.
        self._not_noted: set[int] = set()

    def fetch_once(self) -> bool:
        """Fetches one file; returns False if none is due.

        The try is committed first, so that a file that ends the process is given up after a few tries. No transaction
        is open while LINE is called or the file is decoded.
        """
        wanted = self._claim()
        if wanted is None:
            return False
        catch = self._fetch(wanted)
        try:
            with self._database.transaction() as session:
                lock_senders(session, [wanted.lane])
                self._conclude(session, session.get_one(File, wanted.file_id, with_for_update=True), catch)
        except Exception:
            self._not_noted.add(wanted.file_id)
            raise
        return True

    def _claim(self) -> WantedFile | None:
        # set.copy is atomic, so other threads may add to the set at the same time.
        ended = self._not_noted.copy()
        with self._database.transaction() as session:
            lifecycle.uncount(session, ended)
            file = lifecycle.claim_wanted(session)
            wanted = self._noted(session, file) if file else None
        self._not_noted -= ended
        return wanted

    def _noted(self, session: Session, file: File) -> WantedFile:
        resident = session.get_one(Resident, file.resident_id)
        message_id = file.line_message_id or ""
        has_name = file.value_or("name", "a name that cannot be read") != ""
        opens_as = "document" if file.kind == "document" or has_name else "photo"
        return WantedFile(
            file.id, file.token, opens_as, message_id, lane_of(resident), lifecycle.is_harmful(file)
        )

    def _fetch(self, wanted: WantedFile) -> FetchedFile:
        if wanted.is_harmful:
            return FetchedFile(FetchResult.REFUSED, reason=FileReason.UNREADABLE)
        fetched = self._line.content(wanted.message_id)
        if fetched.content is not ContentState.HERE:
            return _NOT_HERE[fetched.content]
        try:
            if self._office.scanner.has_virus(fetched.data):
                return FetchedFile(FetchResult.REFUSED, reason=FileReason.INFECTED)
            clean = lifecycle.clean(self._office.media.decoder, wanted.opens_as, fetched.data)
            self._office.media.keep(wanted.token, clean.data)
        except lifecycle.FileNotAccepted as error:
            return FetchedFile(FetchResult.REFUSED, reason=FileReason(error.reason))
        except (DecoderUnavailable, ScannerUnavailable, StorageUnavailable) as error:
            log.warning("file not kept", extra={"file": wanted.file_id, **failure_fields(error)})
            return FetchedFile(
                FetchResult.UNDECODED if isinstance(error, DecoderUnavailable) else FetchResult.NOT_NOW
            )
        return FetchedFile(FetchResult.CLEAN, clean)

    def _conclude(self, session: Session, file: File, catch: FetchedFile) -> None:
        if file.state == FileState.KEPT:
            return  # Another fetcher was faster, after our claim had expired: the bytes are the same.
        if file.state != FileState.WANTED:
            # The resident unsent it while it was being fetched.
            lifecycle.destroy_bytes(session, self._office.media, file)
        elif catch.clean is not None:
            was = file.kind
            lifecycle.note_kept(file, catch.clean)
            if was == "document" and file.kind == "photo":
                self._give_to_request(session, file)
        else:
            self._go_without(session, file, catch)

    def _give_to_request(self, session: Session, file: File) -> None:
        """Adds a photo that was sent as a document to the running request, if its service asks for photos."""
        resident = session.get_one(Resident, file.resident_id)
        row = find_open(session, resident)
        if (
            row is None
            or not row.can_be_read()
            or not file.for_conversation
            or file.created_at < row.started_at
        ):
            return
        if take_photo(self._office, row, file.token):
            outbox.put_notice(
                session, resident, "file_is_photo", {}, case_id=None, hold_seconds=HOLD_NEWS_SECONDS
            )

    def _go_without(self, session: Session, file: File, catch: FetchedFile) -> None:
        match catch.came:
            case FetchResult.REFUSED:
                self._give_up(session, file, catch.reason)
            case FetchResult.NOT_NOW:
                lifecycle.wait_for_us(file)
            case came:
                missing, finished = came is FetchResult.MISSING, came is not FetchResult.UNDECODED
                if not lifecycle.put_off(file, missing=missing, finished=finished):
                    self._give_up(session, file, catch.reason)

    def _give_up(self, session: Session, file: File, reason: FileReason) -> None:
        """Refuses the file, and tells the resident why and whether to send it again.

        Nothing is told of a file that comes from a backup, or whose request does not need it any more.
        """
        log.warning("file refused", extra={"file": file.id, "reason": reason})
        was_restored = file.reason is FileReason.RESTORED
        lifecycle.refuse(file, reason)
        dropped = self._drop_from_request(session, file)
        if was_restored:
            return  # A file from a backup may have been kept, or its resident told of the loss, long ago.
        if file.for_conversation and file.case_id is None and not dropped:
            return  # The request that it was sent for no longer needs it.
        if dropped:
            lifecycle.ask_again(file)
        outbox.put_notice(
            session,
            session.get_one(Resident, file.resident_id),
            "file_lost",
            {"reason": reason, "kind": file.kind, **_of_case(session, file)},
            case_id=file.case_id,
            hold_seconds=HOLD_NEWS_SECONDS,
        )

    def _drop_from_request(self, session: Session, file: File) -> bool:
        row = find_open(session, session.get_one(Resident, file.resident_id))
        return row is not None and row.can_be_read() and drop_file(self._office, row, file.token)


def _of_case(session: Session, file: File) -> dict[str, str]:
    """Returns the number of the file's case, and until when a new file may be sent; {} without a case.

    The time is "" if the case takes no more files.
    """
    if file.case_id is None:
        return {}
    case = session.get_one(Case, file.case_id)
    until = lifecycle.ask_again(file).isoformat() if takes_more(case) else ""
    return {"number": case.shown_number, "until": until}
