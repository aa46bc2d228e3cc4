"""A process holds the runs that it executes, and is named so that its number, given away again, is told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Let runs that still stand as running be held by nobody, so that they are found lost; older locks end."""
    op.execute(sa.text("DELETE FROM lock"))
    op.execute(
        sa.text(
            "INSERT INTO lock (name, holder, expires_at) "
            "SELECT 'run ' || run_id, '', started_at FROM run WHERE status = 'running'"
        )
    )
