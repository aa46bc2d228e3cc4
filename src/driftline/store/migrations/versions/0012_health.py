"""Drift reports keep the health of the pipeline, and versions the first time they learnt from."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add both columns; what was stored before knows neither."""
    op.add_column("drift_report", sa.Column("health", sa.JSON(), nullable=True))
    op.add_column("model_version", sa.Column("trained_from", sa.DateTime(timezone=True), nullable=True))
