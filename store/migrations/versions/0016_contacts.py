"""addresses of residents on several channels: the one on LINE moves to a table of its own"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

CHANNELS = "'line', 'email', 'phone', 'address'"
OF_LINE = ('blocked_at', 'followed_at', 'unsent_at', 'menu_linked')


def upgrade() -> None:
    op.create_table(
        'contact',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('resident_id', sa.Integer(), nullable=False),
        sa.Column('channel', sa.String(length=8), nullable=False),
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('address', sa.LargeBinary(), nullable=False),
        sa.Column('blocked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('followed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('unsent_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('menu_linked', sa.String(length=32), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('row_key', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f'channel IN ({CHANNELS})', name=op.f('ck_contact_channel')),
        sa.ForeignKeyConstraint(['resident_id'], ['resident.id'], name=op.f('fk_contact_resident_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
        sa.UniqueConstraint('key', 'channel', name=op.f('uq_contact_key')),
    )
    # An address stays as it is encrypted: it is bound to the key of its row, which goes along.
    columns = ', '.join(OF_LINE)
    op.execute(
        f"INSERT INTO contact (resident_id, channel, key, address, {columns}, created_at, row_key) "
        f"SELECT id, 'line', line_key, line_user_id, {columns}, created_at, row_key FROM resident ORDER BY id"
    )
    op.create_index('ix_contact_resident_id', 'contact', ['resident_id'])
    _partial('uq_contact_line', 'contact', ['resident_id'], "channel = 'line'", unique=True)
    _partial('ix_contact_menu', 'contact', ['id'], 'menu_linked IS NULL')
    _add_contacts_to_outbox()
    op.drop_index('ix_resident_menu', 'resident')
    with op.batch_alter_table('resident') as resident:
        resident.drop_constraint(op.f('uq_resident_line_key'), type_='unique')
        for column in ('line_key', 'line_user_id', *OF_LINE):
            resident.drop_column(column)


def _add_contacts_to_outbox() -> None:
    check = f"CONSTRAINT ck_outbox_channel CHECK (channel IN ({CHANNELS}))"
    op.execute(f"ALTER TABLE outbox ADD COLUMN channel VARCHAR(8) DEFAULT 'line' NOT NULL {check}")
    op.execute("ALTER TABLE outbox ADD COLUMN contact_id INTEGER CONSTRAINT fk_outbox_contact_id REFERENCES contact (id)")
    op.execute("UPDATE outbox SET contact_id = (SELECT id FROM contact WHERE contact.key = outbox.lane)")
    op.create_index('ix_outbox_contact_id', 'outbox', ['contact_id'])
    op.drop_index('ix_outbox_due', 'outbox')
    _partial('ix_outbox_due', 'outbox', ['channel', 'next_try_at', 'id'], "state = 'ready'")


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )


def downgrade() -> None:
    with op.batch_alter_table('resident') as resident:
        resident.add_column(sa.Column('line_key', sa.String(length=40), nullable=True))
        resident.add_column(sa.Column('line_user_id', sa.LargeBinary(), nullable=True))
        for column in ('blocked_at', 'followed_at', 'unsent_at'):
            resident.add_column(sa.Column(column, sa.DateTime(timezone=True), nullable=True))
        resident.add_column(sa.Column('menu_linked', sa.String(length=32), nullable=True))
    for column, was in (('line_key', 'key'), ('line_user_id', 'address'), *((name, name) for name in OF_LINE)):
        op.execute(
            f"UPDATE resident SET {column} = (SELECT {was} FROM contact "
            "WHERE contact.resident_id = resident.id AND contact.channel = 'line')"
        )
    with op.batch_alter_table('resident') as resident:
        resident.alter_column('line_key', existing_type=sa.String(length=40), nullable=False)
        resident.alter_column('line_user_id', existing_type=sa.LargeBinary(), nullable=False)
        resident.create_unique_constraint(op.f('uq_resident_line_key'), ['line_key'])
    _partial('ix_resident_menu', 'resident', ['id'], 'menu_linked IS NULL')
    op.drop_index('ix_outbox_contact_id', 'outbox')
    op.drop_index('ix_outbox_due', 'outbox')
    _partial('ix_outbox_due', 'outbox', ['next_try_at', 'id'], "state = 'ready'")
    with op.batch_alter_table('outbox') as outbox:
        outbox.drop_constraint(op.f('ck_outbox_channel'), type_='check')
        outbox.drop_column('channel')
        outbox.drop_column('contact_id')
    op.drop_table('contact')
