"""What every part of a transaction works with: the connection, the cipher, the clock, and keyed hashes."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection, CursorResult

from bot.clock import Clock
from bot.records.cipher import Cipher

#: Crockford's base 32: no I, L, O or U, so that a code read aloud or copied by hand is not mistaken.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass
class Work:
    """One transaction on the store, as its parts see it."""

    connection: Connection
    cipher: Cipher
    clock: Clock
    retention: timedelta
    lookup_salt: bytes
    #: Set when text was deleted: SQLite's log, which still holds the old pages, is emptied after the commit.
    erased: bool = False

    def now(self) -> datetime:
        """Return the present moment."""
        return self.clock()

    def execute(self, statement: Any, rows: Sequence[Mapping[str, Any]] | None = None) -> CursorResult:
        """Run one statement, for each of several rows if they are given."""
        return self.connection.execute(statement, rows) if rows else self.connection.execute(statement)

    def changed(self, statement: Any) -> int:
        """Run one statement and return how many rows it changed."""
        return int(self.execute(statement).rowcount)

    def first(self, statement: Any) -> Any | None:
        """Return the first row that a query finds, or None."""
        return self.execute(statement).first()

    @staticmethod
    def values(row: Any) -> dict[str, Any]:
        """Return the values of a row by column."""
        return dict(row._mapping)  # noqa: SLF001  SQLAlchemy's public name, underscored to leave room for columns

    def keyed_hash(self, purpose: str, value: str) -> str:
        """Return a hash that nobody can make, or check a guess against, without the keys of this store.

        Its secret lies encrypted in the database, not in the keys, so that rotating the keys leaves the
        hashes valid.
        """
        plain = f"{purpose}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self.lookup_salt, plain, hashlib.sha256).hexdigest()


def new_code(length: int) -> str:
    """Return a random code that people can read out; each character carries 5 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def plain_code(typed: str) -> str:
    """Return a code as it was made from what was typed: any case, any hyphens, O for 0, I or L for 1."""
    return typed.strip().upper().translate(_READ_AS)


def canonical(value: Any) -> str:
    """Return JSON that is the same for equal values, for hashing."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
