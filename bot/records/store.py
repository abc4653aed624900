"""The store: opening it, and the two ways to use it, a transaction and a turn."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, update
from sqlalchemy.engine import Engine

from bot.clock import Clock
from bot.errors import RecordsError
from bot.records.case_figures import CaseFigures
from bot.records.cipher import Cipher
from bot.records.desk_settings import DeskSettings
from bot.records.engine import (
    begin_reading,
    begin_writing,
    empty_log,
    make_engine,
    reclaim,
    translated_errors,
)
from bot.records.retention import PurgeReport, Retention
from bot.records.rotation import Place, encrypted_columns, renew
from bot.records.schema import prepare
from bot.records.tables import meta

#: Rows or conversations that one transaction of a long job handles, so that chats wait for milliseconds only.
BATCH = 50
_HEALTH = "checked_at"


class Transaction(Retention, CaseFigures, DeskSettings):
    """Everything that can be read or written together; see the base classes for what there is."""


@dataclass
class _Open:
    """A transaction that blocks of the same thread may join until it has ended."""

    transaction: Transaction
    writing: bool
    thread: int
    failed: bool = False
    ended: bool = False


@dataclass
class _Turn:
    """The writes of one turn; None once the turn is over."""

    waiting: list[Callable[[Transaction], object]] | None


class Records:
    """One database of conversations, cases and the audit log, for any number of threads and processes."""

    #: What its transactions are. Practice has one of its own, by which nothing can be sent.
    kind: type[Transaction] = Transaction

    def __init__(self, engine: Engine, cipher: Cipher, clock: Clock, retention: timedelta, lookup_salt: bytes) -> None:
        """Take what `open` made; use `open`."""
        self._engine = engine
        self._cipher = cipher
        self._clock = clock
        self._retention = retention
        self._lookup_salt = lookup_salt
        self._current: ContextVar[_Open | None] = ContextVar("transaction", default=None)
        self._turn: ContextVar[_Turn | None] = ContextVar("turn", default=None)
        self._thread = threading.local()

    @classmethod
    def open(cls, url: str, cipher: Cipher, clock: Clock, retention_days: float) -> Records:
        """Open the database, making or migrating its tables.

        Args:
            url: `sqlite:///<file>` or `postgresql://...`.
            cipher: holds the keys.
            clock: tells the time.
            retention_days: how long a conversation is kept after it was last used.

        Raises:
            RecordsError: with one line that says why: file not writable, tables of a newer release, no such
                server.
            KeyLost: the database was written with other keys.
        """
        if retention_days <= 0:
            raise RecordsError("the retention must be more than 0 days")
        engine = make_engine(url)
        try:
            lookup_salt = prepare(engine, cipher)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, cipher, clock, timedelta(days=retention_days), lookup_salt)

    def dispose(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def secret(self, purpose: str) -> bytes:
        """Return 32 secret bytes for one purpose, the same for every process on this database.

        They come from the secret that lies encrypted in the database, and so stay when keys are rotated.
        """
        return hmac.new(self._lookup_salt, f"secret\0{purpose}".encode(), hashlib.sha256).digest()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Read and write as one: all is kept when the block ends, nothing when it raises.

        A block inside another one of the same task is part of it. When the inner one raises, nothing of the
        outer one is kept either, even if the exception is caught in between.

        Keep blocks short and await nothing inside: a second chat would find the store locked. What belongs
        to a turn that awaits goes through `turn` and `write`.

        Raises:
            RecordsUnavailable: locked for a second, unreachable, not writable.
        """
        outer = self._joinable(writing=True)
        if outer is None:
            with self._begin(writing=True) as transaction:
                yield transaction
            return
        try:
            yield outer.transaction
        except BaseException:
            outer.failed = True
            raise

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Read one moment of the store without waiting for writers; in a transaction, what that one sees.

        Raises:
            RecordsUnavailable: unreachable, or something was written.
        """
        outer = self._joinable(writing=False)
        if outer is not None:
            yield outer.transaction
            return
        with self._begin(writing=False) as transaction:
            yield transaction

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Gather what `write` is given, for one transaction at the end; if the block raises, nothing is kept.

        Unlike a transaction it holds no lock meanwhile, so the block may await. Tasks that the block starts
        take part in it. A turn inside another one is part of it.

        Raises:
            RecordsUnavailable: at the end, when the store cannot be written.
        """
        if self._open_turn() is not None:
            yield
            return
        turn = _Turn(waiting=[])
        token = self._turn.set(turn)
        try:
            yield
            waiting, turn.waiting = turn.waiting, None
            if waiting:
                with self.transaction() as transaction:
                    for write in waiting:
                        write(transaction)
        finally:
            # A write that comes late, from a task that outlived the turn, must not land without the rest.
            turn.waiting = None
            self._turn.reset(token)

    def write(self, write: Callable[[Transaction], object]) -> None:
        """Do a write at the end of the turn; at once when there is no turn.

        Raises:
            RecordsError: the turn that this belongs to is over, so nothing of it may be kept.
        """
        turn = self._turn.get()
        if turn is None:
            with self.transaction() as transaction:
                write(transaction)
        elif turn.waiting is None:
            raise RecordsError("the turn is over; a write that came late was not kept")
        else:
            turn.waiting.append(write)

    def check(self) -> None:
        """Write to the database, for `/health`.

        Raises:
            RecordsError: it cannot be written.
        """
        with self.transaction() as transaction:
            value = self._cipher.encrypt(self._clock().isoformat())
            if not transaction.changed(update(meta).where(meta.c.key == _HEALTH).values(value=value)):
                transaction.execute(insert(meta).values(key=_HEALTH, value=value))

    def purge(self) -> PurgeReport:
        """Delete all that is past its time, in small transactions, and clean up the database files."""
        report = PurgeReport()
        while True:
            with self.transaction() as transaction:
                batch = transaction.purge(self._clock(), limit=BATCH)
            report += batch
            if batch.conversations < BATCH:
                break
        with translated_errors():
            reclaim(self._engine)
        return report

    def rotate(self) -> int:
        """Encrypt everything anew with the first key and return how many values that were.

        It may be stopped and started again at any time. The old key can be taken away when this has ended
        and every process runs with the new key first.

        Raises:
            KeyLost: a value cannot be read with any of the keys; those before it are renewed.
        """
        count = 0
        for table, column in encrypted_columns():
            place: Place = None
            while True:
                with self.transaction() as transaction:
                    renewed, place = renew(transaction, table, column, place, BATCH)
                count += renewed
                if place is None:
                    break
        with translated_errors():
            reclaim(self._engine)
        return count

    def _joinable(self, writing: bool) -> _Open | None:
        """Return the transaction around this block, if there is one that can do what this block needs."""
        current = self._current.get()
        if current is None or current.ended or current.thread != threading.get_ident():
            return None
        return current if current.writing or not writing else None

    def _open_turn(self) -> _Turn | None:
        turn = self._turn.get()
        return turn if turn is not None and turn.waiting is not None else None

    @contextmanager
    def _begin(self, writing: bool) -> Iterator[Transaction]:
        if writing and getattr(self._thread, "writing", False):
            # Waiting for the lock would stop the very task that has to give it back.
            raise RecordsError("another task holds a transaction over an await; use turn() and write() there")
        with translated_errors():
            with self._engine.connect() as connection, connection.begin():
                (begin_writing if writing else begin_reading)(connection)
                transaction = self.kind(connection, self._cipher, self._clock, self._retention, self._lookup_salt)
                with self._as_current(_Open(transaction, writing, threading.get_ident())):
                    yield transaction
            if transaction.erased:
                empty_log(self._engine)

    @contextmanager
    def _as_current(self, current: _Open) -> Iterator[None]:
        token = self._current.set(current)
        if current.writing:
            self._thread.writing = True
        try:
            yield
            if current.failed:
                raise RecordsError("a part of this transaction failed, so nothing of it was kept")
        finally:
            current.ended = True
            if current.writing:
                self._thread.writing = False
            self._current.reset(token)
