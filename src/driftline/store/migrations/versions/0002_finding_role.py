"""A drift finding says which rule it serves: an alert, or the trigger of a retraining."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; every finding so far was an alert's."""
    op.add_column("drift_finding", sa.Column("role", sa.String(), nullable=False, server_default="alert"))
