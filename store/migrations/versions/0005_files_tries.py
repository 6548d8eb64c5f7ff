"""tries of a file that did not end, and photos that are asked for again"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unfinished', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('again_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_file_again', ['resident_id', 'again_until'], unique=False, sqlite_where=sa.text('again_until IS NOT NULL'), postgresql_where=sa.text('again_until IS NOT NULL'))


def downgrade() -> None:
    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.drop_index('ix_file_again')
        batch_op.drop_column('again_until')
        batch_op.drop_column('claimed_until')
        batch_op.drop_column('unfinished')
