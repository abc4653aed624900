"""The schema: migrations give exactly the tables of the code, and a newer schema is left alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from bot.errors import RecordsError
from bot.records import Records
from bot.records.engine import LOCK_SECONDS
from bot.records.schema import alembic_config
from bot.records.tables import metadata


def _is_ours(name: str | None, *_: object) -> bool:
    """SQLite's own table, in which it counts, is not ours."""
    return name != "sqlite_sequence"


def test_the_migrated_schema_is_that_of_the_code(records: Records) -> None:
    """No table, column, type, index or key differs."""
    with records._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
        assert compare_metadata(context, metadata) == []
        found = {
            table: {column["name"]: column["nullable"] for column in inspect(connection).get_columns(table)}
            for table in metadata.tables
        }
    assert found == {
        table.name: {column.name: column.nullable for column in table.c} for table in metadata.sorted_tables
    }


def test_opening_again_changes_nothing(url: str, open_store: Callable[[str], Records]) -> None:
    """What one process stored, the next one reads."""
    with open_store(url).transaction() as store:
        chat = store.create_conversation("widget", "en").id
    with open_store(url).reading() as store:
        assert store.conversation(chat)


def test_a_newer_schema_is_refused(url: str, open_store: Callable[[str], Records]) -> None:
    """An older release does not touch the tables of a newer one, and says what to do."""
    with open_store(url)._engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RecordsError, match="newer release"):
        open_store(url)
    with pytest.raises(RecordsError, match="newer release"):
        open_store(url)


def test_processes_that_start_at_once_agree(url: str, open_store: Callable[[str], Records]) -> None:
    """Several that open an empty database end with one schema and one secret."""
    opened: list[Any] = []

    def start() -> None:
        try:
            opened.append(open_store(url))
        except RecordsError as error:
            opened.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(each) for each in opened] == [Records] * 4, opened
    with opened[0].transaction() as store:
        code = store.set_resume_code(store.create_conversation("widget", "en", "chat").id)
    for each in opened:
        with each.reading() as store:
            assert store.conversation_by_resume_code(code) == "chat"


def test_a_start_waits_for_one_that_is_migrating(sqlite_url: str, open_store: Callable[[str], Records]) -> None:
    """A second process that starts meanwhile waits for longer than a chat would."""
    other = open_store(sqlite_url)
    begun, opened = threading.Event(), []

    def start() -> None:
        begun.set()
        opened.append(open_store(sqlite_url))

    with other.transaction() as store:
        store.create_conversation("widget", "en")
        thread = threading.Thread(target=start)
        thread.start()
        begun.wait()
        time.sleep(2 * LOCK_SECONDS)
        assert opened == []
    thread.join()
    with opened[0].reading() as store:
        assert store.connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == LOCK_SECONDS * 1000


def test_the_migration_can_be_taken_back(sqlite_records: Records) -> None:
    """Downgrading leaves no table of ours behind."""
    with sqlite_records._engine.connect() as connection, connection.begin():
        command.downgrade(alembic_config(connection), "base")
        names = inspect(connection).get_table_names()
        assert [name for name in names if _is_ours(name)] == ["alembic_version"]


def test_the_log_of_an_older_release_stays_whole(url: str, open_store: Callable[[str], Records]) -> None:
    """Entries from before there were facts beside them are still as they were written, and go on as one chain."""
    older = open_store(url)
    with older.transaction() as store:
        store.audit("case.viewed", "anna", "CASE1")
    with older._engine.connect() as connection, connection.begin():
        command.downgrade(alembic_config(connection), "0002")
        assert "facts" not in {column["name"] for column in inspect(connection).get_columns("audit")}
    older.dispose()
    with open_store(url).transaction() as store:
        store.audit("case.exported", "anna", "CASE1", form="pdf")
        assert [dict(entry.facts) for entry in store.entries_about("CASE1")] == [{}, {"form": "pdf"}]
        assert store.verify_audit() is None
