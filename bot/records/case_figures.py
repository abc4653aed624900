"""Many cases at once, for whoever runs the service: what is counted of them, and which replies did not arrive."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.records.audit import Entry
from bot.records.cases import Case, Cases
from bot.records.tables import audit as log
from bot.records.tables import cases

#: Entries that say how urgent a case was, and who took it first.
_COUNTED = ("case.opened", "case.raised", "case.lowered", "case.claimed", "case.assigned")


@dataclass(frozen=True)
class CaseHistory:
    """One case as counts need it: nothing of who it is about, nothing that anybody wrote.

    Args:
        channel: where the chat is.
        level: what the case has now.
        opened_at: when it began to wait.
        outcome: None while it is open.
        entries: what the log says of its levels and of who took it, oldest first.
    """

    channel: str
    level: str
    opened_at: datetime
    outcome: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Undelivered:
    """An open case whose person did not get what staff wrote last. `partly`: they got the beginning of it."""

    case: Case
    at: datetime
    partly: bool


class CaseFigures(Cases):
    """The part of a transaction that looks at many cases at once."""

    def case_histories(self, begins: datetime, ends: datetime) -> list[CaseHistory]:
        """Return the cases that were opened from one moment until before another, oldest first; text stays encrypted.

        A case is counted after its chat was forgotten, too: nothing in here is of the chat.
        """
        opened = (cases.c.opened_at >= begins, cases.c.opened_at < ends)
        mine = select(log, cases.c.id.label("case_id")).join_from(log, cases, log.c.about == cases.c.id)
        entries: dict[str, list[Entry]] = defaultdict(list)
        for row in self.execute(mine.where(*opened, log.c.what.in_(_COUNTED)).order_by(log.c.seq)):
            entries[row.case_id].append(self.entry(row))
        columns = (cases.c.id, cases.c.channel, cases.c.level, cases.c.opened_at, cases.c.outcome)
        query = select(*columns).where(*opened).order_by(cases.c.opened_at, cases.c.id)
        return [
            CaseHistory(row.channel, row.level, row.opened_at, row.outcome, tuple(entries[row.id]))
            for row in self.execute(query)
        ]

    def first_case_at(self) -> datetime | None:
        """Return when the first case of all was opened; None when there was none."""
        row = self.first(select(func.min(cases.c.opened_at)))
        return row[0] if row else None

    def undelivered(self) -> list[Undelivered]:
        """Return the open cases whose person did not get what staff wrote last, the one that failed last first."""
        failed = select(log.c.about).where(log.c.what == "case.reply_undelivered")
        query = select(cases).where(cases.c.state != "closed", cases.c.id.in_(failed))
        found = []
        for row in self.execute(query).all():
            case = self._case(row)
            # The notices that somebody came or left have staff as their author too, and an utterance.
            written = [
                message
                for message in (self.messages(case.conversation_id) if case.conversation_id else ())
                if message["author"] == "staff" and not message.get("utterance")
            ]
            if written and (mark := written[-1].get("undelivered")):
                found.append(Undelivered(case, datetime.fromisoformat(written[-1]["at"]), mark == "part"))
        return sorted(found, key=lambda one: one.at, reverse=True)
