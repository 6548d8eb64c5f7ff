"""why a message waits or ended, and whether LINE has it, as columns instead of words of an error"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

RECEIPTS = "'none', 'failed', 'unknown', 'taken'"
REASONS = (
    "'no_quota', 'no_key', 'rate_limit', 'unauthorised', 'server_error', 'no_answer', 'failed', 'refused', "
    "'no_clear_answer', 'undecryptable', 'no_contact', 'unwritable', 'worker_ended', 'restored', 'too_late', 'in_doubt', 'by_staff'"
)
FILES = (
    "'too_big', 'unreadable', 'wrong_type', 'cut_off', 'locked', 'unsafe', 'infected', 'lost', 'damaged', 'restored'"
)
STOPS = (
    "'not_approved', 'not_by_another', 'changed', 'over', 'approval_expired', 'no_quota', 'refused', "
    "'no_public_address', 'unwritable', 'restored'"
)
WAITS_FOR_KEY = "needs a key that DATA_KEY lacks since "
# How the error of a message began, and the reason that it means. The first that fits counts.
ERRORS = (
    ("monthly limit", "no_quota"),
    ("needs a key that DATA_KEY lacks", "no_key"),
    ("no answer", "no_answer"),
    ("server error", "server_error"),
    ("no clear answer", "no_clear_answer"),
    ("refused", "refused"),
    ("no key in DATA_KEY", "undecryptable"),
    ("cannot be written: no key", "undecryptable"),
    ("cannot be written: each worker", "worker_ended"),
    ("each worker", "worker_ended"),
    ("cannot be written", "unwritable"),
    ("restored from a backup", "restored"),
    ("too late for a reply", "too_late"),
    ("LINE did not say", "in_doubt"),
    ("dropped by staff", "by_staff"),
)
# Why a mailing was stopped, word for word.
STOPPED = (
    ("not approved", "not_approved"),
    ("not approved by another person", "not_by_another"),
    ("changed after approval", "changed"),
    ("over already", "over"),
    ("approval ran out", "approval_expired"),
    ("quota", "no_quota"),
    ("refused by LINE", "refused"),
    ("no public address", "no_public_address"),
    ("cannot be written", "unwritable"),
    ("restored from a backup", "restored"),
)


def upgrade() -> None:
    _add('inbox', f"reason VARCHAR(16) CONSTRAINT ck_inbox_reason CHECK (reason IN ({REASONS}))")
    _add('inbox', f"waits_since {_instant()}")
    _add('outbox', f"receipt VARCHAR(8) DEFAULT 'none' NOT NULL CONSTRAINT ck_outbox_receipt CHECK (receipt IN ({RECEIPTS}))")
    _add('outbox', f"reason VARCHAR(16) CONSTRAINT ck_outbox_reason CHECK (reason IN ({REASONS}))")
    _add('outbox', f"waits_since {_instant()}")
    _add('chunk', f"receipt VARCHAR(8) DEFAULT 'none' NOT NULL CONSTRAINT ck_chunk_receipt CHECK (receipt IN ({RECEIPTS}))")
    _add('chunk', f"reason VARCHAR(16) CONSTRAINT ck_chunk_reason CHECK (reason IN ({REASONS}))")
    _add('mailing', f"reason VARCHAR(20) CONSTRAINT ck_mailing_reason CHECK (reason IN ({STOPS}))")
    _add('file', f"reason VARCHAR(12) CONSTRAINT ck_file_reason CHECK (reason IN ({FILES}))")
    op.execute(f"UPDATE file SET reason = refused_because WHERE refused_because IN ({FILES})")
    op.drop_column('file', 'refused_because')
    for table in ('outbox', 'chunk'):
        _say_who_has_it(table)
    for table in ('inbox', 'outbox', 'chunk'):
        _say_why(table)
    # The error of an event named the exception of its last try.
    op.execute("UPDATE inbox SET reason = 'failed' WHERE reason IS NULL AND error IS NOT NULL AND state <> 'done'")
    for why, reason in STOPPED:
        _run("UPDATE mailing SET reason = :reason WHERE why = :why AND state = 'stopped'", why=why, reason=reason)
    op.drop_column('mailing', 'why')


def _say_who_has_it(table: str) -> None:
    """An error told whether LINE may have a message: it was a server error, or nothing where it certainly has none."""
    tried = "first_tried_at IS NOT NULL" if table == 'chunk' else "(first_tried_at IS NOT NULL OR lead_id IS NOT NULL)"
    # A chunk of residents who were left out is sent without a try.
    taken = tried if table == 'chunk' else "sent_at IS NOT NULL"
    op.execute(f"UPDATE {table} SET receipt = 'taken' WHERE state = 'sent' AND {taken}")
    op.execute(f"UPDATE {table} SET receipt = 'unknown' WHERE state = 'ready' AND {tried}")
    op.execute(f"UPDATE {table} SET receipt = 'failed' WHERE state = 'ready' AND {tried} AND error = 'server error'")
    known = "error LIKE 'refused%' OR error LIKE 'bad reply token%' OR error LIKE 'cannot be written%'"
    op.execute(f"UPDATE {table} SET receipt = 'unknown' WHERE state = 'dead' AND NOT coalesce({known}, false)")
    op.execute(f"UPDATE {table} SET receipt = 'unknown' WHERE state = 'dropped' AND error LIKE 'LINE did not say%'")


def _say_why(table: str) -> None:
    for begin, reason in ERRORS:
        where = "reason IS NULL AND error LIKE :begin"
        _run(f"UPDATE {table} SET reason = :reason WHERE {where}", reason=reason, begin=f"{begin}%")
    if table == 'chunk':
        return
    connection = op.get_bind()
    waiting = sa.text(f"SELECT id, error FROM {table} WHERE reason = 'no_key'")
    for row_id, error in connection.execute(waiting).all():
        since = datetime.fromisoformat(error.removeprefix(WAITS_FOR_KEY)).astimezone(UTC)
        since = since.replace(tzinfo=None) if connection.dialect.name == 'sqlite' else since
        row = sa.text(f"UPDATE {table} SET waits_since = :since, error = NULL WHERE id = :id")
        connection.execute(row.bindparams(sa.bindparam("since", type_=sa.DateTime(timezone=True))), {"since": since, "id": row_id})


def _add(table: str, column: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _instant() -> str:
    return 'DATETIME' if op.get_bind().dialect.name == 'sqlite' else 'TIMESTAMP WITH TIME ZONE'


def _run(statement: str, **values: Any) -> None:
    op.get_bind().execute(sa.text(statement), values)


def downgrade() -> None:
    op.add_column('file', sa.Column('refused_because', sa.String(length=40), nullable=True))
    op.execute("UPDATE file SET refused_because = reason")
    op.add_column('mailing', sa.Column('why', sa.String(length=200), nullable=True))
    for why, reason in STOPPED:
        _run("UPDATE mailing SET why = :why WHERE reason = :reason", why=why, reason=reason)
    for table in ('inbox', 'outbox'):
        _write_since(table)
    for table in ('inbox', 'outbox', 'chunk'):
        # Of two errors with one reason the first is that of most rows.
        for begin, reason in reversed(ERRORS):
            where = "reason = :reason AND (error IS NULL OR error NOT LIKE :any)"
            _run(f"UPDATE {table} SET error = :begin WHERE {where}", reason=reason, begin=begin, any=f"{begin}%")
    never_tried = "reason = 'undecryptable' AND receipt = 'none'"
    op.execute(f"UPDATE outbox SET error = 'cannot be written: no key' WHERE {never_tried}")
    for table, columns in {
        'inbox': ('reason', 'waits_since'),
        'outbox': ('receipt', 'reason', 'waits_since'),
        'chunk': ('receipt', 'reason'),
        'mailing': ('reason',),
        'file': ('reason',),
    }.items():
        with op.batch_alter_table(table) as changed:
            for column in columns:
                if column != 'waits_since':
                    changed.drop_constraint(op.f(f'ck_{table}_{column}'), type_='check')
                changed.drop_column(column)


def _write_since(table: str) -> None:
    connection = op.get_bind()
    waiting = sa.text(f"SELECT id, waits_since FROM {table} WHERE reason = 'no_key'")
    for row_id, since in connection.execute(waiting.columns(id=sa.Integer, waits_since=sa.DateTime(timezone=True))).all():
        since = since.replace(tzinfo=UTC) if since.tzinfo is None else since
        _run(f"UPDATE {table} SET error = :error WHERE id = :id", error=f"{WAITS_FOR_KEY}{since.isoformat()}", id=row_id)
