"""Alembic's entry point: runs the revisions on the connection that `engine.migrate` hands over."""

from alembic import context

from backend.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
