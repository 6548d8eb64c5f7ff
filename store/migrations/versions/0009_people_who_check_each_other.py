"""people who check each other: who wrote a broadcast, whose a linked LINE is, who confirmed"""

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
    _add_links_and_buttons()
    _add_bulk_messages()
    column = "ALTER TABLE surge ADD COLUMN confirmed_by_id INTEGER CONSTRAINT fk_surge_confirmed_by_id REFERENCES staff (id)"
    op.execute(column)


def _add_links_and_buttons() -> None:
    # A unique index of its own: SQLite adds no unique column. Whose a link of before is, nobody wrote down.
    column = "ALTER TABLE tester ADD COLUMN staff_id INTEGER CONSTRAINT fk_tester_staff_id REFERENCES staff (id)"
    op.execute(column)
    op.create_index('uq_tester_staff_id', 'tester', ['staff_id'], unique=True)
    op.create_table(
        'confirm_button',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('broadcast_id', sa.Integer(), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['broadcast_id'], ['broadcast.id'], name=op.f('fk_confirm_button_broadcast_id')),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_confirm_button_staff_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_confirm_button')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_confirm_button_token_hash')),
    )
    op.create_index('ix_confirm_button_broadcast_id', 'confirm_button', ['broadcast_id'])


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


def _add_bulk_messages() -> None:
    op.create_table(
        'bulk_message',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('note', sa.LargeBinary(), nullable=True),
        sa.Column('cases', sa.JSON(), nullable=False),
        sa.Column('residents', sa.JSON(), nullable=False),
        sa.Column('state', sa.String(length=8), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('approver_id', sa.Integer(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('row_key', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'refused')", name=op.f('ck_bulk_message_state')),
        sa.CheckConstraint('approver_id <> author_id', name=op.f('ck_bulk_message_another_person')),
        sa.ForeignKeyConstraint(['author_id'], ['staff.id'], name=op.f('fk_bulk_message_author_id')),
        sa.ForeignKeyConstraint(['approver_id'], ['staff.id'], name=op.f('fk_bulk_message_approver_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_message')),
    )
    op.create_index('ix_bulk_message_author', 'bulk_message', ['author_id', 'created_at'])


def downgrade() -> None:
    with op.batch_alter_table('surge') as surge:
        surge.drop_column('confirmed_by_id')
    op.drop_table('bulk_message')
    op.drop_table('confirm_button')
    op.drop_index('uq_tester_staff_id', 'tester')
    with op.batch_alter_table('tester') as tester:
        tester.drop_column('staff_id')
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint(op.f('ck_broadcast_nobody_who_wrote'), 'broadcast', type_='check')
    op.drop_column('broadcast', 'written_by')
