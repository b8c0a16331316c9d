"""Alembic runs this file; the connection comes from `gcs.store.migrate`."""

from alembic import context

from gcs.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
