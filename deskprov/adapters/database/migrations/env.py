"""What Alembic runs: the steps, on the connection and in the transaction that `upgrade` gives it."""

from alembic import context

from deskprov.adapters.database.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
