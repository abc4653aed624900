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
    Date,
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

#: When staff last typed in the reply to a chat: a sign for the person that is over within seconds.
staff_typing = Table("staff_typing", metadata, _owner(), Column("at", UtcDateTime, nullable=False))

#: People who write in a messaging app. Who they are is a keyed hash (of app and sender); where replies go is encrypted.
app_people = Table(
    "app_people",
    metadata,
    _owner(),
    Column("person", String(64), nullable=False, unique=True),
    Column("app", String(40), nullable=False),
    Column("address", Text, nullable=False, info=ENCRYPTED),
    # The last question that was delivered: a typed "1" answers this one, whatever is asked by now.
    Column("question", Text, info=ENCRYPTED),
    Column("heard_at", UtcDateTime, nullable=False),
)

#: The ids of messages that apps have delivered, as keyed hashes, so that a repeat is known for one.
received = Table(
    "received",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)

#: Messages that were taken from an app and are not answered yet. A row is deleted together with keeping its answer.
inbox = Table(
    "inbox",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("person", String(64), nullable=False),
    Column("app", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("data", Text, nullable=False, info=ENCRYPTED),
    # The worker that is at it, and until when nobody else begins: a process may end in the middle of a turn.
    Column("worker", String(40)),
    Column("worker_until", UtcDateTime),
    Index("ix_inbox_person", "person", "seq"),
    # A number that was used once never means another row, not even after a deletion.
    sqlite_autoincrement=True,
)

#: What is to be sent to an app. Rows of one lane go out one after the other; text is deleted once it was sent.
outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("lane", String(64), nullable=False),
    Column("app", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    # An answer can be too long for one message of the app: how many of its parts have gone.
    Column("parts_sent", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("reason", String(40)),
    Column("data", Text, info=ENCRYPTED),
    Index("ix_outbox_lane", "lane", "seq"),
    Index("ix_outbox_state", "state", "app"),
    sqlite_autoincrement=True,
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

#: What staff fill in about a case (who called, who was told): kept as one value, replaced as one.
case_sheets = Table(
    "case_sheets",
    metadata,
    Column("case_id", String(20), ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("data", Text, nullable=False, info=ENCRYPTED),
)

#: Accounts of staff. Never deleted, so that a name in the log always means the same person.
staff = Table(
    "staff",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("name", String(80), nullable=False),
    # Of the name as everybody would read it: "Anna" and "anna " are one account.
    Column("name_hash", String(64), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    # A hash already. Encrypted as well, it cannot even be guessed at without the keys.
    Column("password", Text, nullable=False, info=ENCRYPTED),
    Column("must_change", Boolean, nullable=False),
    Column("totp", Text, nullable=False, info=ENCRYPTED),
    # The time step of the last code that was taken: a code counts once.
    Column("totp_step", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("staff_id", String(20), ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False, index=True),
)

#: Browsers in which an account has signed in before: strangers who guess cannot slow these down.
staff_devices = Table(
    "staff_devices",
    metadata,
    Column("device_hash", String(64), primary_key=True),
    Column("staff_id", String(20), ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("used_at", UtcDateTime, nullable=False, index=True),
)

#: Who an account is at a provider of sign-ins (OpenID Connect): one person there has one account here, and the reverse.
staff_identities = Table(
    "staff_identities",
    metadata,
    Column("issuer", String(ID_LENGTH), primary_key=True),
    Column("subject_hash", String(64), primary_key=True),
    Column("staff_id", String(20), ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("linked_at", UtcDateTime, nullable=False),
    Index("ix_staff_identities_staff_id", "staff_id", "issuer", unique=True),
)

#: Wrong sign-ins by account, by address and by device, each as a keyed hash.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, index=True),
)

#: Reviewed texts that staff put into replies. Every change adds a row: the latest version counts, earlier ones stay.
snippets = Table(
    "snippets",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(80), nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("review_by", Date, nullable=False),
    # The draft that it was made from, so that this one is not shown any more.
    Column("draft", String(40)),
    # No patient's, but people read it: encrypted, it cannot be altered unseen by somebody without a key.
    Column("data", Text, nullable=False, info=ENCRYPTED),
)

#: What supervisors changed at run time, in versions as above. Without data, the site file holds again.
desk_settings = Table(
    "desk_settings",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(80), nullable=False),
    Column("data", Text, info=ENCRYPTED),
)

#: Append-only. `what`, `who`, `about` and `facts` are types and ids, never text, since forgetting must not need to
#: change them.
audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("what", String(80), nullable=False),
    Column("who", String(80), nullable=False),
    Column("about", String(ID_LENGTH), nullable=False, index=True),
    # Ids beside it, as in `from=now to=today note=12`.
    Column("facts", String(ID_LENGTH)),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
