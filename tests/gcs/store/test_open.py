"""Opening: one server a folder, old databases brought up to date, bad ones refused with one line."""

import asyncio
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from gcs.store.engine import writing_engine
from gcs.store.errors import BadDatabaseError, FolderInUseError, StoreError
from gcs.store.form import STEPS, known_forms
from gcs.store.schema import metadata
from gcs.store.store import FILE_NAME, Store

HOLD = """
import sys
from pathlib import Path
from gcs.store.store import Store
store = Store.open(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def refusal(folder, kind=BadDatabaseError):
    with pytest.raises(kind) as refused:
        Store.open(folder)
    assert "\n" not in str(refused.value)
    return str(refused.value)


async def test_a_folder_that_is_missing_is_made(tmp_path, make):
    store = Store.open(tmp_path / "a" / "b")
    await store.append_events([make.event()])
    await store.close()


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


async def test_a_second_server_on_the_folder_is_refused_and_told_who_has_it(tmp_path, holder):
    said = refusal(tmp_path, FolderInUseError)
    assert str(tmp_path) in said
    assert f"process {holder.pid}" in said
    holder.kill()
    holder.wait()
    await Store.open(tmp_path).close()


async def test_the_folder_is_free_after_a_refusal_and_after_closing(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"not a database, much longer than a header" * 100)
    refusal(tmp_path)
    (tmp_path / FILE_NAME).unlink()
    for _ in range(2):
        await Store.open(tmp_path).close()


def test_a_folder_that_cannot_be_one(tmp_path):
    (tmp_path / "file").write_text("x")
    assert "cannot be used as data folder" in refusal(tmp_path / "file", StoreError)


def test_what_is_no_database_is_named(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"\x89PNG" * 4096)
    said = refusal(tmp_path)
    assert str(tmp_path / FILE_NAME) in said
    assert "restore a copy" in said


async def test_a_damaged_database_is_named(tmp_path, make):
    store = Store.open(tmp_path)
    for _ in range(300):
        await store.append_events([make.event(operation="o" * 50)] * 3)
    await store.close()
    file = tmp_path / FILE_NAME
    data = bytearray(file.read_bytes())
    data[4096 * 3 : 4096 * 20] = bytes(4096 * 17)
    file.write_bytes(data)
    assert "is damaged" in refusal(tmp_path)


async def test_a_database_of_a_newer_program_is_left_alone(tmp_path):
    await Store.open(tmp_path).close()
    engine = writing_engine(tmp_path / FILE_NAME)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'v9999'"))
    assert "newer version of AeroPatrol" in refusal(tmp_path)


def test_the_migrations_lead_to_the_tables_of_the_schema(tmp_path):
    engine = writing_engine(tmp_path / FILE_NAME)
    asyncio.run(Store.open(tmp_path).close())
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_migration_is_done_whole_or_not_at_all(tmp_path):
    engine = writing_engine(tmp_path / FILE_NAME)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE units (id INTEGER)"))
    assert "cannot be brought up to date" in refusal(tmp_path)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == ["units"]


def test_the_tables_can_be_made_on_postgresql():
    dialect = postgresql.dialect()
    for table in metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=dialect))


async def test_opening_again_takes_up_the_numbers(tmp_path, make):
    store = Store.open(tmp_path)
    await store.append_events([make.event()] * 5)
    await store.close()
    again = Store.open(tmp_path)
    assert again.last_seq == 5
    await again.close()


async def test_the_forms_known_by_their_files_are_the_steps_that_alembic_takes(tmp_path):
    config = Config()
    config.set_main_option("script_location", str(STEPS.parent))
    script = ScriptDirectory.from_config(config)
    assert known_forms() == tuple(reversed([step.revision for step in script.walk_revisions()]))
    assert script.get_current_head() == known_forms()[-1]


def test_a_start_without_a_step_to_take_does_without_alembic(tmp_path):
    asyncio.run(Store.open(tmp_path).close())
    said = "import sys; from pathlib import Path; from gcs.store.store import Store; Store.open(Path(sys.argv[1]))"
    child = f"{said}; print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", child, tmp_path], check=True, capture_output=True, timeout=60)
    assert done.stdout == b"False\n"
