"""the workflow of a case, whose statuses are its own: the database no longer lists them"""

import re

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

# The services of the group request, on the day of this migration; all others report problems.
REQUESTS = "'general_request', 'water_truck'"
STATUSES = (
    "'submitted', 'received', 'need_info', 'in_progress', 'forwarded_out', 'done', 'closed', 'cancelled', 'reopened'"
)
CHECK = f"CONSTRAINT ck_case_status CHECK (status IN ({STATUSES}))"


def upgrade() -> None:
    op.execute("""ALTER TABLE "case" ADD COLUMN workflow VARCHAR(20) DEFAULT 'problem' NOT NULL""")
    op.execute(f"""UPDATE "case" SET workflow = 'request' WHERE service IN ({REQUESTS})""")
    if op.get_bind().dialect.name == 'sqlite':
        _rebuild(lambda table: re.sub(r",\s*CONSTRAINT ck_case_status CHECK \(status IN \([^)]*\)\)", "", table))
    else:
        op.execute('ALTER TABLE "case" DROP CONSTRAINT ck_case_status')


def _rebuild(change) -> None:
    """Copies the table of cases into one that `change` makes of its definition: SQLite drops no constraint.

    Its indexes are created again as they were. Foreign keys are not checked while migrations run, so what points at the
    table points at its copy afterwards.
    """
    connection = op.get_bind()
    parts = "SELECT type, sql FROM sqlite_master WHERE tbl_name = 'case' AND sql IS NOT NULL"
    found = connection.execute(sa.text(parts)).all()
    [before] = [sql for kind, sql in found if kind == 'table']
    after = change(before)
    if after == before:
        raise ValueError("the table of cases does not look as it did when this migration was written")
    columns = ', '.join(f'"{row.name}"' for row in connection.execute(sa.text('PRAGMA table_info("case")')))
    op.execute(re.sub(r'CREATE TABLE "?case"?', 'CREATE TABLE case_copy', after, count=1))
    op.execute(f'INSERT INTO case_copy ({columns}) SELECT {columns} FROM "case"')
    op.execute('DROP TABLE "case"')
    op.execute('ALTER TABLE case_copy RENAME TO "case"')
    for kind, sql in found:
        if kind == 'index':
            op.execute(sql)


def downgrade() -> None:
    op.drop_column('case', 'workflow')
    if op.get_bind().dialect.name == 'sqlite':
        _rebuild(lambda table: re.sub(r"\)\s*$", f", {CHECK})", table))
    else:
        op.execute(f'ALTER TABLE "case" ADD {CHECK}')
