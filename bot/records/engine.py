"""The database engine: SQLite with a write-ahead log, or PostgreSQL. Waiting is short by design.

A turn that cannot be stored must end in the contact card at once, not after the drivers' usual 5 to 30
seconds, and every call here blocks the server's event loop. So a lock is waited for one second, and a
connection two.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, exc
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.pool import QueuePool

from bot.errors import RecordsError, RecordsUnavailable

LOCK_SECONDS = 1
CONNECT_SECONDS = 2
STATEMENT_SECONDS = 10
#: At the start nobody waits for an answer yet, and another process may be migrating.
START_SECONDS = 15


def make_engine(url: str) -> Engine:
    """Return an engine for the URL; nothing is connected yet, but the folder and file of SQLite are made.

    Raises:
        RecordsError: the URL is not one for SQLite (a file) or PostgreSQL, or the file cannot be made or
            written.
    """
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        raise RecordsError(
            "SIGNPOST_DATABASE_URL is not a database address such as sqlite:///var/signpost.db"
        ) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(parsed)
    if backend in ("postgresql", "postgres"):
        return _postgresql(parsed.set(drivername="postgresql+psycopg2"))
    raise RecordsError(
        f"SIGNPOST_DATABASE_URL names {backend}; use sqlite:///<file> or postgresql://<user>@<host>/<name>"
    )


def is_sqlite(connection: Connection) -> bool:
    """Whether the connection goes to SQLite."""
    return bool(connection.dialect.name == "sqlite")


def begin_writing(connection: Connection) -> None:
    """Start a transaction that writes. SQLite takes its lock now: a reader that turns writer cannot wait."""
    if is_sqlite(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def wait_longer(connection: Connection) -> None:
    """Wait for locks as long as a start may take, in the transaction that comes next or has just begun."""
    if is_sqlite(connection):
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {START_SECONDS * 1000}")
    else:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{START_SECONDS}s'")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def begin_reading(connection: Connection) -> None:
    """Start a transaction that sees one moment of the store, never waits for a writer, and cannot write."""
    if is_sqlite(connection):
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def empty_log(engine: Engine) -> None:
    """On SQLite, empty the write-ahead log, where pages from before a deletion still stand; else nothing.

    When a reader is at work it stays for now, and the next deletion or purge empties it.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def reclaim(engine: Engine) -> None:
    """After many deletions: empty SQLite's log, or give PostgreSQL's dead rows back for reuse."""
    if engine.dialect.name == "sqlite":
        empty_log(engine)
        return
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM")


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn database errors into ours, without the statement and its values, which hold ids."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise RecordsUnavailable(f"the database cannot be used just now: {_reason(error)}") from None
    except exc.SQLAlchemyError as error:
        # The messages of the other kinds can quote a value.
        kind = type(error)
        reason = _reason(error) if kind in (exc.DatabaseError, exc.ProgrammingError) else kind.__name__
        raise RecordsError(f"the database refused an operation: {reason}") from None


def _reason(error: exc.SQLAlchemyError) -> str:
    """Return the first line of the driver's own message: it tells locked from full from unreachable."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise RecordsError("SIGNPOST_DATABASE_URL needs a file, such as sqlite:///var/signpost.db")
    _make_file(Path(url.database))
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_timeout=LOCK_SECONDS,
        connect_args={"timeout": LOCK_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "checkin", _restore_sqlite)
    return engine


def _postgresql(url: URL) -> Engine:
    limits = f"-c lock_timeout={LOCK_SECONDS}s -c statement_timeout={STATEMENT_SECONDS}s"
    return create_engine(
        url,
        future=True,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=LOCK_SECONDS,
        connect_args={"connect_timeout": CONNECT_SECONDS, "options": limits},
    )


def _make_file(path: Path) -> None:
    """Make the folder and the file (mode 0600, which SQLite gives to its log as well)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise RecordsError(f"the database file {path} cannot be made or written: {error.strerror}") from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own way of beginning transactions is switched off: it begins late, and never before a
    # table is made.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _restore_sqlite(connection: Any, _record: Any) -> None:
    """Take back what one user of a connection set, before the next one gets it."""
    if connection is not None:
        connection.execute("PRAGMA query_only = OFF")
        connection.execute(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")
