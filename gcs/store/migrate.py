"""Brings the database to the form this program knows, in one transaction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from gcs.store.form import STEPS


def take_missing_steps(connection: sa.Connection) -> None:
    """As a part of the transaction of `connection`."""
    config = Config()
    config.set_main_option("script_location", str(STEPS.parent).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
