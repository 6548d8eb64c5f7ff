"""words of staff: what one person told whom today is looked up before more is told"""

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_case_event_staff_id', 'case_event', ['staff_id', 'at'])


def downgrade() -> None:
    op.drop_index('ix_case_event_staff_id', table_name='case_event')
