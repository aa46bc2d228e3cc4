"""A drift finding says which rule its verdict follows from, and the values that the rule spoke on."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns; of findings so far only their sentence was recorded."""
    op.add_column("drift_finding", sa.Column("rule", sa.String(), nullable=False, server_default="recorded"))
    op.add_column("drift_finding", sa.Column("details", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
