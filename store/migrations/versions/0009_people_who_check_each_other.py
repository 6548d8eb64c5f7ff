"""people who check each other: everybody who wrote a broadcast"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

NOBODY_WHO_WROTE = "written_by NOT LIKE '%,' || CAST(approver_id AS VARCHAR(12)) || ',%'"
# A history names everybody who saved the words; author and last editor are in it, and are added where it is not whole.
WRITERS = """
SELECT id, author_id FROM broadcast UNION SELECT id, editor_id FROM broadcast
UNION SELECT broadcast_id, staff_id FROM broadcast_act
WHERE act IN ('write', 'edit', 'void') AND staff_id IS NOT NULL
"""


def upgrade() -> None:
    _add_writers()


def _add_writers() -> None:
    check = f"CONSTRAINT ck_broadcast_nobody_who_wrote CHECK ({NOBODY_WHO_WROTE})"
    column = "ALTER TABLE broadcast ADD COLUMN written_by TEXT DEFAULT '' NOT NULL"
    connection = op.get_bind()
    if connection.dialect.name == 'sqlite':
        # With its check in the column, the table need not be copied, which others point at.
        op.execute(f"{column} {check}")
    else:
        op.execute(column)
    approvers = dict(connection.execute(sa.text("SELECT id, approver_id FROM broadcast")).all())
    writers: dict[int, set[int]] = {}
    for broadcast_id, staff_id in connection.execute(sa.text(WRITERS)):
        # What was approved by one who wrote it long before stays as the history tells it.
        if staff_id != approvers[broadcast_id]:
            writers.setdefault(broadcast_id, set()).add(staff_id)
    for broadcast_id, people in writers.items():
        listed = f",{','.join(map(str, sorted(people)))},"
        row = sa.text("UPDATE broadcast SET written_by = :listed WHERE id = :id")
        connection.execute(row, {"listed": listed, "id": broadcast_id})
    if connection.dialect.name != 'sqlite':
        op.execute(f"ALTER TABLE broadcast ADD {check}")


def downgrade() -> None:
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint(op.f('ck_broadcast_nobody_who_wrote'), 'broadcast', type_='check')
    op.drop_column('broadcast', 'written_by')
