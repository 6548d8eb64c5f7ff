"""Photos and documents come from LINE at once after the answer was accepted: LINE deletes them unannounced."""

import logging
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.handlers.conversation import drop_file
from bot.line_client import Content, LineClient
from bot.visit import Office
from store import files, outbox
from store.conversations import find_open
from store.db import Database
from store.decoding import Decoded, DecoderUnavailable
from store.lanes import hold_lanes
from store.models import File, Resident

log = logging.getLogger(__name__)

# Long enough for the resident to write again, so that the bad news costs no push.
HOLD_BAD_NEWS_SECONDS = 60


@dataclass(frozen=True)
class Wanted:
    file_id: int
    token: str
    kind: str
    message_id: str
    lane: str


@dataclass(frozen=True)
class Catch:
    """What came of one try: something clean to keep, or why there is nothing."""

    content: Content
    clean: Decoded | None = None
    refused_because: str = ""


class Fetcher:
    def __init__(self, database: Database, office: Office, line: LineClient) -> None:
        self._database, self._office, self._line = database, office, line

    def fetch_once(self) -> bool:
        """Fetches one file if one is wanted. No transaction is open while LINE is called or a photo is redrawn."""
        with self._database.transaction() as session:
            file = files.claim_wanted(session)
            wanted = self._noted(session, file) if file else None
        if wanted is None:
            return False
        catch = self._fetch(wanted)
        if catch.clean is not None:
            self._office.media.keep(wanted.token, catch.clean.data)
        with self._database.transaction() as session:
            hold_lanes(session, [wanted.lane])
            self._conclude(session, session.get_one(File, wanted.file_id, with_for_update=True), catch)
        return True

    def _noted(self, session: Session, file: File) -> Wanted:
        resident = session.get_one(Resident, file.resident_id)
        return Wanted(file.id, file.token, file.kind, file.line_message_id or "", resident.line_key)

    def _fetch(self, wanted: Wanted) -> Catch:
        fetched = self._line.content(wanted.message_id)
        if fetched.content is Content.TOO_BIG:
            return Catch(Content.HERE, refused_because="too_big")
        if fetched.content is not Content.HERE:
            return Catch(fetched.content)
        try:
            return Catch(Content.HERE, files.clean(self._office.media.decoder, wanted.kind, fetched.data))
        except files.NotKept as error:
            return Catch(Content.HERE, refused_because=error.reason)
        except DecoderUnavailable as error:
            log.warning("file not decoded", extra={"file": wanted.file_id, "error": str(error)})
            return Catch(Content.LATER)

    def _conclude(self, session: Session, file: File, catch: Catch) -> None:
        if file.state == "kept":
            return  # Another fetcher was faster, after our promise had run out: the bytes are the same.
        if file.state != "wanted":
            # The resident took it back while it was on its way.
            files.destroy_bytes(session, self._office.media, file)
        elif catch.clean is not None:
            files.note_kept(file, catch.clean)
        elif catch.refused_because:
            self._give_up(session, file, catch.refused_because)
        elif catch.content is Content.GONE:
            files.destroy(session, self._office.media, file)
            self._drop_from_request(session, file)
        elif not files.put_off(file, missing=catch.content is Content.MISSING):
            self._give_up(session, file, "lost")

    def _give_up(self, session: Session, file: File, reason: str) -> None:
        """The question is open again, and the resident hears why."""
        log.warning("file refused", extra={"file": file.id, "reason": reason})
        was_restored = file.refused_because == files.RESTORED
        files.refuse(file, reason)
        resident = self._drop_from_request(session, file)
        if was_restored:
            return  # It comes out of a backup: the photo may have been taken, or its loss told, long ago.
        outbox.put_notice(
            session,
            resident,
            "file_lost",
            {"reason": reason},
            case_id=file.case_id,
            hold_seconds=HOLD_BAD_NEWS_SECONDS,
        )

    def _drop_from_request(self, session: Session, file: File) -> Resident:
        resident = session.get_one(Resident, file.resident_id)
        if (row := find_open(session, resident)) is not None:
            drop_file(self._office, row, file.token)
        return resident
