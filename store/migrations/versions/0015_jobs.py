"""jobs: long work as rows with progress"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

IS_OPEN = "state IN ('waiting', 'running')"


def upgrade() -> None:
    op.create_table(
        'job',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('parameters', sa.JSON(), nullable=False),
        sa.Column('asked_by_id', sa.Integer(), nullable=True),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('phase', sa.String(length=10), nullable=True),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('cursor', sa.JSON(), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('lease', sa.Integer(), nullable=False),
        sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('result', sa.JSON(), nullable=True),
        sa.Column('reason', sa.String(length=16), nullable=True),
        sa.Column('log_reference', sa.String(length=16), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('backup', 'reencrypt')", name=op.f('ck_job_kind')),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f('ck_job_state')
        ),
        sa.CheckConstraint("phase IN ('rows', 'files')", name=op.f('ck_job_phase')),
        sa.CheckConstraint(
            "reason IN ('error', 'worker_ended', 'no_folder', 'no_key_file', 'no_room', 'restored')",
            name=op.f('ck_job_reason'),
        ),
        sa.ForeignKeyConstraint(['asked_by_id'], ['staff.id'], name=op.f('fk_job_asked_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    )
    for name, columns, unique in (('ix_job_due', ['next_try_at', 'id'], False), ('uq_job_open', ['kind'], True)):
        where = sa.text(IS_OPEN)
        op.create_index(name, 'job', columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table('job')
