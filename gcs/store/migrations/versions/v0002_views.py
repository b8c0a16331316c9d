"""Reports that joined a sighting which was there already: from the report's id to the sighting's."""

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision: str | None = "v0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "views",
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("sighting", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("report", name="pk_views"),
    )
