"""messages taken back before they came, and wrong codes that residents typed"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('unsent_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['resident_id'], ['resident.id'], name=op.f('fk_unsent_message_resident_id_resident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unsent_message')),
    sa.UniqueConstraint('resident_id', 'message_id', name=op.f('uq_unsent_message_resident_id'))
    )
    with op.batch_alter_table('unsent_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unsent_message_at'), ['at'], unique=False)
    # Adding a column needs no copy of the table, which others point at.
    op.add_column('resident', sa.Column('unsent_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('resident', sa.Column('wrong_codes', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('resident', sa.Column('wrong_codes_since', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('resident', 'wrong_codes_since')
    op.drop_column('resident', 'wrong_codes')
    op.drop_column('resident', 'unsent_at')
    with op.batch_alter_table('unsent_message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unsent_message_at'))
    op.drop_table('unsent_message')
