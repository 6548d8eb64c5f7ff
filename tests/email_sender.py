"""Sends the outbox's messages of the channel `email` into a folder: one file for each message.

It shows what a channel needs: how it words a notice, how it composes a request, and how it sends one.
"""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bot.outbox_sender import OutboxSender
from store.database.engine import Database
from store.messaging.models import OutboxRow
from store.messaging.outcomes import Outcome, SendResult
from store.messaging.requests import OutgoingRequest
from store.messaging.states import SentBy
from store.residents.models import Channel


class FolderSender(OutboxSender):
    """Writes e-mails into a folder. The name of a file is its Message-ID, so the same e-mail never lies there twice."""

    channel = Channel.EMAIL

    def __init__(self, database: Database, folder: Path, *, refuses: str = "") -> None:
        super().__init__(database)
        self._folder, self._refuses = folder, refuses

    def messages_of(self, row: OutboxRow) -> list[dict[str, Any]]:
        details = row.details or {}
        return [{"subject": f"เรื่อง {details['case_number']}", "text": details.get("note") or row.notice}]

    def compose(self, lead: OutboxRow, by: SentBy, messages: list[dict[str, Any]]) -> str:
        email = EmailMessage()
        email["To"], email["Message-ID"] = lead.to, f"<{lead.retry_key}@example.go.th>"
        email["Subject"] = messages[-1]["subject"]
        email.set_content("\n\n".join(message["text"] for message in messages))
        return email.as_string()

    def in_simple_words(self, refused: OutboxRow) -> dict[str, Any]:
        return self.messages_of(refused)[0]

    def call(self, outgoing: OutgoingRequest) -> SendResult:
        if self._refuses and self._refuses in outgoing.body:
            return SendResult(Outcome.REFUSED, "550 no such mailbox")
        (self._folder / f"{outgoing.retry_key}.eml").write_text(outgoing.body, "utf-8")
        return SendResult(Outcome.ACCEPTED, request_id=outgoing.retry_key)
