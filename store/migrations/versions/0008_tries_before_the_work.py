"""tries before the work"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    tried = sa.text("state = 'new' AND tries > 0")
    op.create_index('ix_inbox_tried', 'inbox', ['tries', 'id'], sqlite_where=tried, postgresql_where=tried)
    op.add_column('outbox', sa.Column('write_tries', sa.Integer(), nullable=False, server_default='0'))


def downgrade() -> None:
    op.drop_column('outbox', 'write_tries')
    op.drop_index('ix_inbox_tried', 'inbox')
