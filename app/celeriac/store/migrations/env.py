"""Alembic's entry: runs on the connection that `store.migrate` (or a developer's Config) hands over."""

from alembic import context

from celeriac.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
