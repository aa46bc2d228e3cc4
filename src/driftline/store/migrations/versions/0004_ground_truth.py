"""Deliveries of ground truth; evaluations say as of when their labels were known."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables of deliveries, and add the time whose labels an evaluation stands on."""
    op.create_table(
        "ground_truth_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pipeline", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("same_count", sa.Integer(), nullable=False),
        sa.Column("corrected_count", sa.Integer(), nullable=False),
        sa.Column("waiting_count", sa.Integer(), nullable=False),
        sa.Column("orphan_count", sa.Integer(), nullable=False),
        sa.Column("history_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ground_truth_delivery_pipeline", "ground_truth_delivery", ["pipeline", "id"])
    op.create_table(
        "ground_truth_part",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("partition_key", sa.String(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("corrected_count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["ground_truth_delivery.id"]),
        sa.PrimaryKeyConstraint("delivery_id", "partition_key"),
    )
    op.create_index("ix_ground_truth_part_partition", "ground_truth_part", ["partition_key", "delivery_id"])
    op.add_column("evaluation", sa.Column("as_of", sa.DateTime(timezone=True), nullable=True))
