"""An alias may end: nobody holds it then."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TRIGGERS = (
    "CREATE TRIGGER alias_event_update BEFORE UPDATE ON alias_event "
    "BEGIN SELECT RAISE(ABORT, 'alias events are append-only'); END",
    "CREATE TRIGGER alias_event_delete BEFORE DELETE ON alias_event "
    "BEGIN SELECT RAISE(ABORT, 'alias events are append-only'); END",
)


def upgrade() -> None:
    """Let the version of an alias event be NULL; SQLite makes the table anew for it, without its triggers."""
    with op.batch_alter_table("alias_event", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("version_id", existing_type=sa.Integer(), nullable=True)
    if op.get_bind().dialect.name == "sqlite":
        for trigger in _TRIGGERS:
            op.execute(trigger)
