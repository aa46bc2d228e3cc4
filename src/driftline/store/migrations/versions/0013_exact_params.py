"""Params keep their type and every digit, and readings of datasets say which rows they left out."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Hold params as text, since SQLite takes JSON numbers for numbers of its own; old readings left nothing out."""
    with op.batch_alter_table("param") as param:
        param.alter_column("value", existing_type=sa.JSON(), type_=sa.Text(), existing_nullable=False)
    op.add_column("dataset_reading", sa.Column("left_out", sa.JSON(), nullable=False, server_default="[]"))
