"""Brings the database to the form this program knows, in one transaction, or says why it cannot."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gcs.store.errors import BadDatabaseError

NEWER = "was written by a newer version of AeroPatrol; update the program"
OLDER = "was written by an older version of AeroPatrol; start the server once, which brings it up to date"
_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: sa.Engine, file: Path) -> None:
    """Run the steps that are missing. Raises BadDatabaseError when `file` is of a newer program."""
    config, script = _scripts()
    with engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == script.get_current_head():
            return
        if current is not None and current not in {step.revision for step in script.walk_revisions()}:
            raise BadDatabaseError(file, NEWER)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_form(engine: sa.Engine, file: Path) -> None:
    """Raises BadDatabaseError unless `file` is in the form this program knows; changes nothing."""
    _, script = _scripts()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == script.get_current_head():
        return
    older = current is None or current in {step.revision for step in script.walk_revisions()}
    raise BadDatabaseError(file, OLDER if older else NEWER)


def _scripts() -> tuple[Config, ScriptDirectory]:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config, ScriptDirectory.from_config(config)
