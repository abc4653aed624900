"""The append-only log: who did what to which record, never any text. Each entry is chained to the last.

The chain is keyed: someone who can write to the database but holds no key can change an entry only so that
it shows. The head of the chain is kept apart and encrypted, so that cutting entries off the end shows as
well.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.records.tables import audit as log
from bot.records.tables import meta
from bot.records.work import Work, canonical

HEAD = "audit_head"
_START = "0" * 64
_HASHED = ("seq", "at", "what", "who", "about", "prev_hash")
#: An id, a number or a moment. A sentence does not fit.
_FACT = re.compile(r"[A-Za-z0-9_.:+-]{1,40}")


@dataclass(frozen=True)
class AuditFault:
    """The first entry of the log that is not as it was written."""

    seq: int
    why: str


@dataclass(frozen=True)
class Entry:
    """One entry of the log. `facts` are ids beside it, such as the levels before and after."""

    number: int
    at: datetime
    what: str
    who: str
    about: str
    facts: Mapping[str, str]


class AuditLog(Work):
    """The part of a transaction that keeps the log."""

    def audit(self, what: str, who: str, about: str, **facts: str | int) -> None:
        """Append an entry: types and ids (`case.claimed`, a staff name, a case id), never a person's text.

        Raises:
            ValueError: a fact is no id, number or moment; text has no place in the log, which forgets nothing.
        """
        if not all(_FACT.fullmatch(str(fact)) for fact in facts.values()):
            raise ValueError(f"a fact of {what} is no id: only ids, numbers and moments go into the log")
        seq, previous = self._lock_head()
        entry: dict[str, Any] = {
            "seq": seq + 1,
            "at": self.now().isoformat(timespec="microseconds"),
            "what": what,
            "who": who,
            "about": about,
            "facts": " ".join(f"{name}={fact}" for name, fact in facts.items()) or None,
            "prev_hash": previous,
        }
        entry["hash"] = self._hash(entry)
        self.execute(insert(log).values(entry))
        self._set_head(seq + 1, entry["hash"])

    def entries_about(self, about: str) -> list[Entry]:
        """Return the entries about one thing, oldest first."""
        query = select(log).where(log.c.about == about).order_by(log.c.seq)
        return [self.entry(row) for row in self.execute(query)]

    @staticmethod
    def entry(row: Any) -> Entry:
        """Return the entry in a row of the log."""
        return Entry(row.seq, datetime.fromisoformat(row.at), row.what, row.who, row.about, _facts(row.facts))

    def verify_audit(self) -> AuditFault | None:
        """Return the first broken entry, or None when the whole log is as it was written."""
        head = self.first(select(meta.c.value).where(meta.c.key == HEAD))
        count, last = self.cipher.decrypt(head.value) if head else (0, _START)
        seq, previous = 0, _START
        for row in self.execute(select(log).order_by(log.c.seq)):
            seq += 1
            if row.seq != seq:
                return AuditFault(seq, f"entry {seq} is missing")
            if row.prev_hash != previous or not hmac.compare_digest(self._hash(self.values(row)), row.hash):
                return AuditFault(seq, f"entry {seq} was changed")
            previous = row.hash
        if seq < count:
            return AuditFault(seq + 1, f"entries {seq + 1} to {count} are missing")
        if (seq, previous) != (count, last):
            return AuditFault(seq, f"entry {seq} is not the one that was written last")
        return None

    def _hash(self, entry: Mapping[Any, Any]) -> str:
        # Entries from before there were facts have none in their hash either.
        hashed = (*_HASHED, "facts") if entry["facts"] is not None else _HASHED
        return self.keyed_hash("audit", canonical({key: entry[key] for key in hashed}))

    def _lock_head(self) -> tuple[int, str]:
        """Return number and hash of the last entry; others that append wait until this transaction ends."""
        row = self.first(select(meta.c.value).where(meta.c.key == HEAD).with_for_update())
        if row is None:
            return 0, _START
        count, last = self.cipher.decrypt(row.value)
        return count, last

    def _set_head(self, count: int, last: str) -> None:
        token = self.cipher.encrypt([count, last])
        if not self.changed(update(meta).where(meta.c.key == HEAD).values(value=token)):
            self.execute(insert(meta).values(key=HEAD, value=token))


def _facts(text: str | None) -> dict[str, str]:
    return dict(fact.split("=", 1) for fact in (text or "").split())
