"""accounts that need two people, all departments as a grant, devices of sessions"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('username', sa.String(length=60), nullable=False),
    sa.Column('full_name', sa.String(length=120), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('department', sa.String(length=40), nullable=True),
    sa.Column('was_role', sa.String(length=12), nullable=True),
    sa.Column('was_department', sa.String(length=40), nullable=True),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('link_hash', sa.String(length=64), nullable=True),
    sa.Column('link_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('wrong_codes', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('open', 'role', 'reset', 'reopen')", name=op.f('ck_account_request_kind')),
    sa.CheckConstraint("state IN ('waiting', 'confirmed', 'refused')", name=op.f('ck_account_request_state')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['staff.id'], name=op.f('fk_account_request_asked_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['staff.id'], name=op.f('fk_account_request_decided_by_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_account_request_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_request')),
    sa.UniqueConstraint('link_hash', name=op.f('uq_account_request_link_hash'))
    )
    op.create_index('ix_account_request_state', 'account_request', ['state', 'asked_at'])
    op.create_index('ix_account_request_staff_id', 'account_request', ['staff_id'])
    # Adding a column needs no copy of the table, which others point at.
    op.add_column('staff', sa.Column('password_expires_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('staff', sa.Column('approves_from', sa.DateTime(timezone=True), nullable=True))
    op.add_column('staff_session', sa.Column('device', sa.String(length=60), nullable=False, server_default=''))
    # To have no department meant to see all of them; who saw all goes on seeing all.
    op.execute(sa.text("UPDATE staff SET department = '*' WHERE department IS NULL AND role <> 'admin'"))


def downgrade() -> None:
    op.execute(sa.text("UPDATE staff SET department = NULL WHERE department = '*'"))
    op.drop_column('staff_session', 'device')
    op.drop_column('staff', 'approves_from')
    op.drop_column('staff', 'password_expires_at')
    op.drop_index('ix_account_request_staff_id', 'account_request')
    op.drop_index('ix_account_request_state', 'account_request')
    op.drop_table('account_request')
