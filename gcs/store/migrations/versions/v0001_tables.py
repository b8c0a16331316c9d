"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision: str | None = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _events()
    _operations()
    _sightings()
    op.create_table(
        "probes",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_probes"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", _SERIAL, autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("operation", sa.String()),
        sa.Column("sighting", sa.String()),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
    )
    for column in ("operation", "sighting"):
        op.create_index(f"ix_events_{column}", "events", [column], sqlite_where=sa.text(f"{column} IS NOT NULL"))


def _operations() -> None:
    op.create_table(
        "plans",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_plans"),
    )
    op.create_table(
        "operations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_operations"),
    )
    op.create_table(
        "tracks",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("vehicle", sa.String(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tracks"),
    )
    op.create_index("ix_tracks_operation_vehicle_id", "tracks", ["operation", "vehicle", "id"])


def _sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("operation", sa.String()),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sightings"),
    )
    op.create_index("ix_sightings_received_us", "sightings", ["received_us"])
    op.create_index("ix_sightings_open", "sightings", ["open"], sqlite_where=sa.text("open IS 1"))
    op.create_index("ix_sightings_operation", "sightings", ["operation"], sqlite_where=sa.text("operation IS NOT NULL"))
    op.create_table(
        "units",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
    )
