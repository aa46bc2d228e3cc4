"""A metric summary knows how many of its points are finite, so that its mean can grow with each of them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column, and count the finite points that are there."""
    op.add_column("metric_summary", sa.Column("finite_count", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE metric_summary SET finite_count = (SELECT count(metric_point.value) FROM metric_point "
        "WHERE metric_point.run_id = metric_summary.run_id AND metric_point.key = metric_summary.key)"
    )
