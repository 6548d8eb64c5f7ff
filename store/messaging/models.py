"""Describes the tables of messages: events that arrived and messages that wait to be sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.closed_sets import must_be_one_of, one_of
from store.database.encrypted_rows import EncryptedRow, EncryptedValue
from store.database.engine import Table
from store.database.indexes import partial_index
from store.messaging.states import EventState, MessageKind, MessageState, Reason, Receipt, SentBy
from store.residents.models import Channel


class InboxEvent(EncryptedRow, Table):
    """Holds one LINE event, written before LINE is answered. `lane` names the queue of its resident or group; events of
    one queue keep their order.

    `reason` says why it waits or was given up, `waits_since` since when it waits for a key, and `error` names the last
    exception, for operators.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        must_be_one_of(EventState, "state"),
        must_be_one_of(Reason, "reason"),
        partial_index("ix_inbox_due", "occurred_at", "id", where="state = 'new'"),
        partial_index("ix_inbox_tried", "tries", "id", where="state = 'new' AND tries > 0"),
        partial_index("ix_inbox_lane", "lane", "occurred_at", "id", where="state = 'new'"),
        partial_index("ix_inbox_dead", "id", where="state = 'dead'"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    lane: Mapped[str] = mapped_column(String(64))
    body = EncryptedValue[dict[str, Any] | None]("inbox.body")
    occurred_at: Mapped[datetime]
    arrived_at: Mapped[datetime]
    state: Mapped[EventState] = mapped_column(one_of(EventState, 5), default=EventState.NEW)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    reason: Mapped[Reason | None] = mapped_column(one_of(Reason, 16))
    waits_since: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(200))


class OutboxRow(EncryptedRow, Table):
    """Holds a message to one contact of a resident, with everything needed to send it.

    `to` is the contact's address at the time. An answer to a group of LINE has neither contact nor address.
    Several rows for one resident can go out in one request. The row that holds the request (`body`, `retry_key`) is
    its lead; the others name it in `lead_id`. A reply that `must_arrive`, such as a receipt, is pushed where others are
    dropped: when something newer was replied, and when nobody knows whether LINE took it (then it may arrive twice).
    `write_tries` counts the tries to write a notice's text that have not succeeded. `receipt` says whether the channel
    has the message, `reason` why it waits or ended, `waits_since` since when it waits for a key. `error` is what the
    channel said, for operators; nothing depends on it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        must_be_one_of(MessageKind, "kind"),
        must_be_one_of(MessageState, "state"),
        must_be_one_of(Receipt, "receipt"),
        must_be_one_of(Reason, "reason"),
        must_be_one_of(Channel, "channel"),
        partial_index("ix_outbox_due", "channel", "next_try_at", "id", where="state = 'ready'"),
        partial_index("ix_outbox_lane", "lane", "id", where="state = 'ready'"),
        partial_index("ix_outbox_dead", "id", where="state = 'dead'"),
        # Before a row is purged, the rows that name it are looked up.
        partial_index("ix_outbox_lead", "lead_id", where="lead_id IS NOT NULL"),
        # LINE bills the rows that led a push. The month's count reads only these.
        partial_index("ix_outbox_billed", "sent_at", where="state = 'sent' AND sent_by = 'push'"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    retry_key: Mapped[str] = mapped_column(String(36), unique=True)
    lane: Mapped[str] = mapped_column(String(64))
    channel: Mapped[Channel] = mapped_column(one_of(Channel, 8), default=Channel.LINE, server_default="line")
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    to = EncryptedValue[str | None]("outbox.to")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[MessageKind] = mapped_column(one_of(MessageKind, 6))
    notice: Mapped[str | None] = mapped_column(String(40))
    details = EncryptedValue[dict[str, Any] | None]("outbox.details")
    reply_token = EncryptedValue[str | None]("outbox.reply_token")
    reply_until: Mapped[datetime | None]
    messages = EncryptedValue[list[dict[str, Any]] | None]("outbox.messages")
    must_arrive: Mapped[bool] = mapped_column(default=False)
    body = EncryptedValue[str | None]("outbox.body")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    state: Mapped[MessageState] = mapped_column(one_of(MessageState, 12), default=MessageState.READY)
    sent_by: Mapped[SentBy | None] = mapped_column(one_of(SentBy, 6))
    tries: Mapped[int] = mapped_column(default=0)
    write_tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    first_tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    line_request_id: Mapped[str | None] = mapped_column(String(60))
    receipt: Mapped[Receipt] = mapped_column(one_of(Receipt, 8), default=Receipt.NONE, server_default="none")
    reason: Mapped[Reason | None] = mapped_column(one_of(Reason, 16))
    waits_since: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
