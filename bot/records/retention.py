"""Forgetting: one conversation when the person asks, and every conversation when its retention ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from sqlalchemy import and_, delete, or_, select, update

from bot.records.apps import PENDING
from bot.records.case_work import CaseWork
from bot.records.tables import (
    app_people,
    case_notes,
    case_sheets,
    cases,
    conversations,
    events,
    inbox,
    messages,
    outbox,
    received,
    replies,
    resume_codes,
    states,
)

#: Answers to repeated requests serve a client that lost its connection; after a day none comes back for them.
REPLY_LIFE = timedelta(days=1)
#: Apps deliver a message again for up to a week. Where their signature has no time in it, this is also how long a copy
#: of a signed request is known for one.
RECEIVED_LIFE = timedelta(days=30)
#: How long it can be counted what was sent and what was given up, after the text has gone.
SENT_LIFE = timedelta(days=7)

_PARTS = (
    ("state", states),
    ("events", events),
    ("messages", messages),
    ("replies", replies),
    ("resume_code", resume_codes),
    ("sender", app_people),
)


class Receipt(TypedDict):
    """Says that a conversation was forgotten. The same conversation always gives the same receipt id."""

    id: str
    at: str
    what: list[str]


@dataclass(frozen=True)
class PurgeReport:
    """How much a purge deleted. `open_cases` were still open when the retention of their chat ended."""

    conversations: int = 0
    open_cases: int = 0
    replies: int = 0
    resume_codes: int = 0

    def __add__(self, other: PurgeReport) -> PurgeReport:
        """Return the sums."""
        return PurgeReport(
            self.conversations + other.conversations,
            self.open_cases + other.open_cases,
            self.replies + other.replies,
            self.resume_codes + other.resume_codes,
        )


class Retention(CaseWork):
    """The part of a transaction that deletes."""

    def forget(self, conversation_id: str) -> Receipt:
        """Delete all that was written in a conversation, and the text of its cases; the log keeps the fact.

        A case that is open is closed with the outcome `forgotten`. Forgetting again deletes nothing and
        gives the same receipt id with an empty `what`. In a messaging app, replies that were not sent yet go too; a
        message that came after the wish stays, and begins a new conversation.
        """
        what, _ = self._erase(conversation_id, by="person", outcome="forgotten")
        if what:
            self.audit("conversation.forgotten", "person", conversation_id)
        receipt_id = self.keyed_hash("receipt", conversation_id)[:16]
        return Receipt(id=receipt_id, at=self.now().isoformat(timespec="seconds"), what=what)

    def purge(self, now: datetime, limit: int | None = None) -> PurgeReport:
        """Delete conversations past their retention, at most `limit`, and all replies and codes out of date.

        A case that is still open goes with its conversation, since the person was told how long the chat is
        kept; it is counted, so that whoever runs this sees that somebody was left waiting.
        """
        query = select(conversations.c.id).where(
            or_(conversations.c.expires_at <= now, conversations.c.updated_at <= now - self.retention)
        )
        ids = self.execute(query.order_by(conversations.c.expires_at).limit(limit)).scalars().all()
        left_open = sum(self._erase(each, by="retention", outcome="retention_ended")[1] for each in ids)
        if ids:
            self.audit("records.purged", "retention", f"{len(ids)} conversations")
        old_replies = self.changed(delete(replies).where(replies.c.at <= now - REPLY_LIFE))
        old_codes = self.changed(delete(resume_codes).where(resume_codes.c.expires_at <= now))
        self.erased = self.erased or bool(old_replies or old_codes)
        self._purge_apps(now)
        self._purge_sign_ins(now)
        return PurgeReport(len(ids), left_open, old_replies, old_codes)

    def _purge_apps(self, now: datetime) -> None:
        """Delete what messaging apps no longer need, and what nobody could answer or send within the retention."""
        self.execute(delete(received).where(received.c.at <= now - RECEIVED_LIFE))
        unanswered = self.changed(delete(inbox).where(inbox.c.at <= now - self.retention))
        done = and_(outbox.c.state != PENDING, outbox.c.at <= now - SENT_LIFE)
        unsent = self.changed(delete(outbox).where(or_(done, outbox.c.at <= now - self.retention)))
        self.erased = self.erased or bool(unanswered or unsent)

    def _erase(self, conversation_id: str, by: str, outcome: str) -> tuple[list[str], int]:
        """Delete a conversation; return the kinds of things deleted and how many of its cases were open."""
        found = self.first(select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update())
        if found is None:
            return [], 0
        what = ["conversation"]
        if person := self.first(select(app_people.c.person).where(app_people.c.conversation_id == conversation_id)):
            # Sent ones have no text, but tell that this person was written to.
            self.execute(delete(outbox).where(outbox.c.lane == person.person))
        for name, table in _PARTS:
            if self.changed(delete(table).where(table.c.conversation_id == conversation_id)):
                what.append(name)
        scrubbed, left_open = self._scrub_cases(conversation_id, by, outcome)
        if scrubbed:
            what.append("case_text")
        self.execute(delete(conversations).where(conversations.c.id == conversation_id))
        self.erased = True
        return what, left_open

    def _scrub_cases(self, conversation_id: str, by: str, outcome: str) -> tuple[int, int]:
        """Delete the text of the conversation's cases; return how many there are and how many were open."""
        query = select(cases.c.id, cases.c.state).where(cases.c.conversation_id == conversation_id)
        rows = self.execute(query.with_for_update()).all()
        for row in rows:
            if row.state != "closed":
                self._end_case(row.id, by, outcome)
            for written in (case_notes, case_sheets):
                self.execute(delete(written).where(written.c.case_id == row.id))
            self.execute(update(cases).where(cases.c.id == row.id).values(reason=None, conversation_id=None))
            self.audit("case.scrubbed", by, row.id)
        return len(rows), sum(row.state != "closed" for row in rows)
