"""one audit log that only grows, with checkpoints; what was in staff_act goes on in it under the same ids"""

import json
import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

ENTRY = sa.table(
    'audit',
    sa.column('id', sa.Integer),
    sa.column('subject', sa.String),
    sa.column('subject_id', sa.Integer),
    sa.column('details', sa.JSON),
)
# What an entry was about was a sentence that began with the name of the thing.
_ABOUT = re.compile(
    r"(case|staff|surge|bulk message|event|message|template|tester|request|broadcast) (\d{1,9})\b[:,]? *(.*)"
)
_ONLY_GROWS = """
CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$
"""


def upgrade() -> None:
    _create_tables()
    _carry_over()
    op.drop_table('staff_act')
    for table in ('audit', 'audit_checkpoint'):
        _let_only_grow(table)


def _create_tables() -> None:
    op.create_table(
        'audit',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('act', sa.String(length=40), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=True),
        sa.Column('resident_id', sa.Integer(), nullable=True),
        sa.Column('subject', sa.String(length=20), nullable=True),
        sa.Column('subject_id', sa.Integer(), nullable=True),
        sa.Column('before', sa.String(length=80), nullable=True),
        sa.Column('after', sa.String(length=80), nullable=True),
        sa.Column('details', sa.JSON(), nullable=False),
        sa.Column('place', sa.String(length=64), nullable=True),
        sa.Column('session', sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    )
    op.create_index('ix_audit_subject', 'audit', ['subject', 'subject_id', 'id'])
    op.create_index('ix_audit_staff_id', 'audit', ['staff_id', 'id'])
    op.create_table(
        'audit_checkpoint',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('first_id', sa.Integer(), nullable=False),
        sa.Column('last_id', sa.Integer(), nullable=False),
        sa.Column('entries', sa.JSON(), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_checkpoint')),
    )


def _carry_over() -> None:
    town = op.get_bind()
    empty = "CAST('{}' AS JSON)" if town.dialect.name == 'postgresql' else "'{}'"
    op.execute(
        'INSERT INTO audit (id, at, act, staff_id, place, details) '
        f'SELECT id, at, act, staff_id, place, {empty} FROM staff_act ORDER BY id'
    )
    for number, about in town.execute(sa.text("SELECT id, about FROM staff_act WHERE about <> ''")).all():
        town.execute(sa.update(ENTRY).where(ENTRY.c.id == number).values(**_read(about)))
    if town.dialect.name == 'postgresql':
        op.execute(
            "SELECT setval(pg_get_serial_sequence('audit', 'id'), (SELECT max(id) FROM audit)) "
            'WHERE EXISTS (SELECT 1 FROM audit)'
        )


def _read(about: str) -> dict[str, Any]:
    """Returns the thing that the sentence names, and the rest of the sentence as details."""
    match = _ABOUT.fullmatch(about)
    if match is None:
        return {'details': {'about': about}}
    kind, number, rest = match.groups()
    details = {'about': rest} if rest else {}
    return {'subject': kind.replace(' ', '_'), 'subject_id': int(number), 'details': details}


def _let_only_grow(table: str) -> None:
    """Lets nobody change or delete rows, whatever rights they have; who owns the table can take this away."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(_ONLY_GROWS)
        op.execute(
            f'CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} '
            'FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()'
        )
        return
    for act in ('UPDATE', 'DELETE'):
        op.execute(
            f'CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} '
            "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
        )


def downgrade() -> None:
    op.create_table(
        'staff_act',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=True),
        sa.Column('act', sa.String(length=40), nullable=False),
        sa.Column('about', sa.String(length=120), nullable=False),
        sa.Column('place', sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_act_staff_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_act')),
    )
    town = op.get_bind()
    rows = town.execute(sa.text('SELECT id, at, staff_id, act, subject, subject_id, details, place FROM audit')).all()
    insert = sa.text(
        'INSERT INTO staff_act (id, at, staff_id, act, about, place) VALUES (:id, :at, :staff_id, :act, :about, :place)'
    )
    for row in rows:
        values = dict(row._mapping)
        details = values.pop('details')
        rest = (json.loads(details) if isinstance(details, str) else details).get('about', '')
        kind, number = values.pop('subject'), values.pop('subject_id')
        words = f"{kind.replace('_', ' ')} {number}: {rest}".rstrip(': ') if kind else rest
        town.execute(insert, {**values, 'about': words[:120]})
    op.drop_table('audit_checkpoint')
    op.drop_table('audit')
    if town.dialect.name == 'postgresql':
        op.execute('DROP FUNCTION audit_only_grows()')
