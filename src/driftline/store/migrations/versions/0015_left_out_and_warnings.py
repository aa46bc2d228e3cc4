"""Evaluations say which labelled predictions they left out, and readings which quality rules only warn."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the sentences; older evaluations left nothing out, and older readings had no rules."""
    op.add_column("evaluation", sa.Column("left_out", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("dataset_reading", sa.Column("warnings", sa.JSON(), nullable=False, server_default="[]"))
