"""Brings the database to the form this program knows, in one transaction, or says why it cannot."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gcs.store.errors import BadDatabaseError

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: sa.Engine, file: Path) -> None:
    """Run the steps that are missing. Raises BadDatabaseError when `file` is of a newer program."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == script.get_current_head():
            return
        if current is not None and current not in {step.revision for step in script.walk_revisions()}:
            raise BadDatabaseError(file, "was written by a newer version of AeroPatrol; update the program")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
