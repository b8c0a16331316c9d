"""Which form a database has, and whether this program knows it. The forms are the steps in `migrations/versions`."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from gcs.store.errors import BadDatabaseError

NEWER = "was written by a newer version of AeroPatrol; update the program"
OLDER = "was written by an older version of AeroPatrol; start the server once, which brings it up to date"
STEPS = Path(__file__).parent / "migrations" / "versions"


def known_forms() -> tuple[str, ...]:
    """Oldest first: `v0001_tables.py` leads to the form v0001."""
    return tuple(sorted(file.stem.partition("_")[0] for file in STEPS.glob("v*.py")))


def is_current(connection: sa.Connection, file: Path) -> bool:
    """Whether `file` has the newest form; False for an older one, or an empty file. BadDatabaseError for one that
    only a newer program knows."""
    form = _form(connection)
    if form is not None and form not in known_forms():
        raise BadDatabaseError(file, NEWER)
    return form == known_forms()[-1]


def check_form(engine: sa.Engine, file: Path) -> None:
    """Raises BadDatabaseError unless `file` is in the form this program knows; changes nothing."""
    with engine.connect() as connection:
        if not is_current(connection, file):
            raise BadDatabaseError(file, OLDER)


def _form(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    form = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if form is None else str(form)
