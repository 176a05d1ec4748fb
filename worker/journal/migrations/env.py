"""Alembic's entry: runs the migrations on the connection that the journal opened."""

from alembic import context

from worker.journal.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
