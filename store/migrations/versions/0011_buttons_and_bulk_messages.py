"""whose a linked LINE is, buttons that confirm, messages to many cases, who confirmed a surge"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
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
