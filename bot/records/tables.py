"""The tables. What people and staff wrote is encrypted; in the clear stand ids, times, types, levels, states.

A column with `info=ENCRYPTED` holds a Fernet token: key rotation finds what to renew by this mark, and a
test checks that every free text column carries it. A change here needs a migration; a test compares the two.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

ENCRYPTED = {"encrypted": True}

#: Long enough for any id that a channel brings; longer ones are refused before they reach the database.
ID_LENGTH = 255


class UtcDateTime(TypeDecorator[datetime]):
    """Aware moments in UTC; SQLite, which keeps no zone, gives them back aware as well."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """Refuse naive moments, which would be read in the zone of whichever machine reads them."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """Return the moment aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


metadata = MetaData()


def _owner() -> Column[Any]:
    owner = ForeignKey("conversations.id", ondelete="CASCADE")
    return Column("conversation_id", String(ID_LENGTH), owner, primary_key=True, nullable=False)


#: Facts about the store itself: the check of the key, the look-up salt, the head of the audit log, the last
#: health check.
meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False, info=ENCRYPTED),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("locale", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("closed_at", UtcDateTime),
    Column("keep", Boolean, nullable=False),
    # Kept here so that neither counting nor appending reads the whole conversation.
    Column("event_count", Integer, nullable=False),
    Column("message_count", Integer, nullable=False),
)

states = Table("states", metadata, _owner(), Column("data", Text, nullable=False, info=ENCRYPTED))

events = Table(
    "events",
    metadata,
    _owner(),
    Column("seq", Integer, primary_key=True),
    Column("data", Text, nullable=False, info=ENCRYPTED),
)

messages = Table(
    "messages",
    metadata,
    _owner(),
    Column("seq", Integer, primary_key=True),
    Column("id", String(ID_LENGTH), nullable=False),
    Column("author", String(20), nullable=False),
    Column("data", Text, nullable=False, info=ENCRYPTED),
    Index("ix_messages_id", "conversation_id", "id", unique=True),
)

#: What was answered to a client's message. The client chooses its ids, so only their keyed hash is kept.
replies = Table(
    "replies",
    metadata,
    _owner(),
    Column("client_hash", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("data", Text, nullable=False, info=ENCRYPTED),
)

resume_codes = Table(
    "resume_codes",
    metadata,
    _owner(),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

#: A case outlives its conversation, empty of text, so that counts and the log stay true.
cases = Table(
    "cases",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("conversation_id", String(ID_LENGTH), ForeignKey("conversations.id", ondelete="SET NULL")),
    Column("channel", String(40), nullable=False),
    Column("level", String(20), nullable=False),
    Column("crisis", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, info=ENCRYPTED),
    Column("opened_by", String(80), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("waiting_since", UtcDateTime, nullable=False),
    Column("claimed_by", String(80)),
    Column("claimed_at", UtcDateTime),
    Column("replied_at", UtcDateTime),
    Column("follow_up_at", UtcDateTime),
    Column("closed_by", String(80)),
    Column("closed_at", UtcDateTime),
    Column("outcome", String(40)),
    Index("ix_cases_state", "state"),
    Index(
        "ix_cases_one_open",
        "conversation_id",
        unique=True,
        sqlite_where=text("state <> 'closed'"),
        postgresql_where=text("state <> 'closed'"),
    ),
)

case_notes = Table(
    "case_notes",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("case_id", String(20), ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(80), nullable=False),
    Column("data", Text, nullable=False, info=ENCRYPTED),
)

#: Append-only. `what`, `who` and `about` are types and ids, never text, since forgetting must not need to
#: change them.
audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("what", String(80), nullable=False),
    Column("who", String(80), nullable=False),
    Column("about", String(ID_LENGTH), nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
