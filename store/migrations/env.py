"""Runs the migrations over the connection that `python -m store` opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from store.database.encryption import EncryptedColumn
from store.database.engine import Instant
from store.operations.tables import TABLES


def plain_types(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A migration must still run when our own types have changed: it names the database's types."""
    if kind == "type" and isinstance(item, EncryptedColumn):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=TABLES, render_as_batch=True, render_item=plain_types
)
with context.begin_transaction():
    context.run_migrations()
