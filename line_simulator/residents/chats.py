"""Holds one resident's chat with the account: the bubbles on the screen, in order."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
_HIDDEN_FROM_THE_PAGE = ("sender",)


@dataclass
class Bubble:
    seq: int
    id: str
    who: str
    """Is resident, account or system."""
    at: int
    message: Message
    read: bool = False
    unsent: bool = False
    quote_token: str | None = None
    mark_as_read_token: str | None = None
    reply_token: str | None = None
    """Names the event that this message answers; None for a push."""

    def as_json(self, *, live: bool) -> dict[str, Any]:
        message = {name: item for name, item in self.message.items() if name not in _HIDDEN_FROM_THE_PAGE}
        shown: dict[str, Any] = {
            "seq": self.seq,
            "id": self.id,
            "from": self.who,
            "at": self.at,
            "read": self.read,
            "unsent": self.unsent,
            "message": message,
        }
        if "sender" in self.message:
            shown["sender"] = self.message["sender"]
        if self.reply_token:
            shown["reply_token"] = self.reply_token
        if live:
            shown["quick_reply_live"] = True
        return shown


@dataclass
class Chat:
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    bubbles: list[Bubble] = field(default_factory=list)
    quick_reply_used: bool = False

    def add(self, bubble: Bubble) -> Bubble:
        self.bubbles.append(bubble)
        self.quick_reply_used = False
        return bubble

    def is_live(self, bubble: Bubble) -> bool:
        """Says whether the quick replies of this bubble show: only on the newest bubble, until one of them is used."""
        return (
            bubble.who == "account"
            and "quickReply" in bubble.message
            and bubble is self.bubbles[-1]
            and not self.quick_reply_used
        )

    def as_json(self, bubble: Bubble) -> dict[str, Any]:
        return bubble.as_json(live=self.is_live(bubble))

    @property
    def live_quick_replies(self) -> list[dict[str, Any]]:
        if not self.bubbles or not self.is_live(self.bubbles[-1]):
            return []
        return [item["action"] for item in self.bubbles[-1].message["quickReply"]["items"]]

    def find(self, message_id: str) -> Bubble | None:
        return next((bubble for bubble in self.bubbles if bubble.id == message_id), None)

    def find_quoted(self, quote_token: str) -> Bubble | None:
        return next((bubble for bubble in self.bubbles if bubble.quote_token == quote_token), None)

    def mark_read_up_to(self, mark_as_read_token: str) -> bool:
        """Marks the resident's message with this token and all earlier ones as read; returns False for an
        unknown token."""
        last = next((b.seq for b in self.bubbles if b.mark_as_read_token == mark_as_read_token), None)
        if last is None:
            return False
        for bubble in self.bubbles:
            if bubble.who == "resident" and bubble.seq <= last:
                bubble.read = True
        return True

    @property
    def unread(self) -> int:
        return sum(bubble.who == "account" and not bubble.read for bubble in self.bubbles)

    def read_all(self) -> bool:
        unread = [bubble for bubble in self.bubbles if bubble.who == "account" and not bubble.read]
        for bubble in unread:
            bubble.read = True
        return bool(unread)
