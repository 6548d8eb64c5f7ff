"""wrong sign-ins in a row, limited uses, and where an audited act came from"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sign_in_streak',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sign_in_streak'))
    )
    op.create_table('limited_use',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_limited_use'))
    )
    with op.batch_alter_table('limited_use', schema=None) as batch_op:
        batch_op.create_index('ix_limited_use_recent', ['key', 'at'], unique=False)
    with op.batch_alter_table('staff_act', schema=None) as batch_op:
        batch_op.add_column(sa.Column('place', sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('staff_act', schema=None) as batch_op:
        batch_op.drop_column('place')
    op.drop_table('limited_use')
    op.drop_table('sign_in_streak')
