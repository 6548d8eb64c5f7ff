"""A random key for each row with sealed values, and a secret of the database's own (filled in by store.keys)."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

TABLES = ('case', 'case_event', 'chunk', 'conversation', 'file', 'inbox', 'outbox', 'resident')


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    # A process of the version before may still add rows meanwhile: PostgreSQL gives each a key; SQLite, which takes
    # only a constant here, none, and then the row gets one when it is next written.
    default = sa.text("x''" if is_sqlite else 'uuid_send(gen_random_uuid())')
    for table in TABLES:
        op.add_column(table, sa.Column('row_key', sa.LargeBinary(), nullable=False, server_default=default))
        if is_sqlite:
            op.execute(f'UPDATE "{table}" SET row_key = randomblob(16)')
    op.create_table(
        'secret',
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('value', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_secret')),
    )


def downgrade() -> None:
    op.drop_table('secret')
    for table in TABLES:
        op.drop_column(table, 'row_key')
