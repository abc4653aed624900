"""Alembic's entry point: migrates over the connection, and in the transaction, of `bot.records.schema`."""

from __future__ import annotations

from alembic import context

from bot.records.tables import metadata

connection = context.config.attributes["connection"]
# Batch mode lets later migrations change columns on SQLite, which cannot alter a table in place.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
