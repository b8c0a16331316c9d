"""Doors for other systems that report, and the keys that links are signed with."""

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision: str | None = "v0003"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "intakes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_intakes"),
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_keys"),
    )
