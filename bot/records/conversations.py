"""Conversations: their state, Rasa's events, resume codes. Messages are in `messages.py`."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update

from bot.errors import ConversationGone, RecordsError
from bot.records.tables import ID_LENGTH, cases, conversations, events, resume_codes, states
from bot.records.work import Work, new_code, plain_code

_CODE_LENGTH = 12
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,3}")
_GONE = "this conversation is unknown, was forgotten, or is past its retention"

#: While a case is in one of these states a person of the staff has the chat, and the bot keeps quiet.
LIVE_STATES = ("claimed", "replied")
#: The channel of a caller, for whom staff answer the checklist.
CALL = "call"


@dataclass(frozen=True)
class Conversation:
    """One chat. `handover`: staff have it now. `keep`: the person wants it kept on their device."""

    id: str
    channel: str
    locale: str
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    keep: bool
    handover: bool


_COLUMNS = [column for column in conversations.c if column.name not in ("event_count", "message_count")]
# In call mode staff have the case from the beginning, and the checklist goes on: it is they who answer it.
_HANDOVER = (
    exists()
    .where(conversations.c.channel != CALL)
    .where(cases.c.conversation_id == conversations.c.id)
    .where(cases.c.state.in_(LIVE_STATES))
    .label("handover")
)


class Conversations(Work):
    """The part of a transaction that keeps conversations."""

    def create_conversation(self, channel: str, locale: str, conversation_id: str | None = None) -> Conversation:
        """Start a conversation under a random id.

        Args:
            channel: the name of the channel.
            locale: the language that was asked for.
            conversation_id: only from a channel that has proved whose id it is (Rasa's own shell, a
                messaging app).

        Raises:
            RecordsError: the given id is taken, empty or too long, or the locale is not a language tag.
        """
        new_id = secrets.token_urlsafe(32) if conversation_id is None else conversation_id
        if not 0 < len(new_id) <= ID_LENGTH:
            raise RecordsError(f"a conversation id has 1 to {ID_LENGTH} characters")
        # The locale comes from the client and is stored in the clear, so it must not carry anything else.
        if not _LANGUAGE_TAG.fullmatch(locale):
            raise RecordsError("a locale is a language tag, such as en or en-GB")
        if self.first(select(conversations.c.id).where(conversations.c.id == new_id)):
            raise RecordsError("this conversation id is taken")
        now = self.now()
        conversation = Conversation(
            new_id,
            channel,
            locale,
            now,
            now,
            now + self.retention,
            closed_at=None,
            keep=False,
            handover=False,
        )
        values = {column.name: getattr(conversation, column.name) for column in _COLUMNS}
        self.execute(insert(conversations).values(**values, event_count=0, message_count=0))
        return conversation

    def conversation(self, conversation_id: str) -> Conversation | None:
        """Return a conversation, or None when it is unknown, forgotten or past its retention."""
        row = self.first(select(*_COLUMNS, _HANDOVER).where(conversations.c.id == conversation_id))
        if row is None or not self._is_kept(row.updated_at, row.expires_at):
            return None
        return Conversation(**self.values(row))

    def lock(self, conversation_id: str) -> None:
        """Have other writers of this conversation wait until this transaction ends; unknown ones are no fault.

        Who writes to a chat and to its case must begin here: everybody takes the chat first, so nobody waits in a ring.
        """
        self.execute(select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update())

    def touch(self, conversation_id: str) -> None:
        """Note that the conversation is in use: its retention begins anew.

        Raises:
            ConversationGone: there is no such conversation.
        """
        self._touch(conversation_id)

    def close_conversation(self, conversation_id: str) -> None:
        """Mark the conversation as ended by the person. It stays until its retention ends.

        Raises:
            ConversationGone: there is no such conversation.
        """
        self._touch(conversation_id, closed_at=self.now())

    def set_keep(self, conversation_id: str, keep: bool) -> None:
        """Note whether the person wants the chat kept on their device.

        Raises:
            ConversationGone: there is no such conversation.
        """
        self._touch(conversation_id, keep=keep)

    def state(self, conversation_id: str) -> dict[str, Any] | None:
        """Return the state saved last, or None.

        Raises:
            KeyLost: it cannot be read with the keys at hand.
        """
        row = self.first(select(states.c.data).where(states.c.conversation_id == conversation_id))
        return self.cipher.decrypt(row.data) if row else None

    def save_state(self, conversation_id: str, state: Mapping[str, Any]) -> None:
        """Replace the state.

        Raises:
            ConversationGone: there is no such conversation; one that was forgotten does not come back.
        """
        self._touch(conversation_id)
        data = self.cipher.encrypt(dict(state))
        if not self.changed(update(states).where(states.c.conversation_id == conversation_id).values(data=data)):
            self.execute(insert(states).values(conversation_id=conversation_id, data=data))

    def append_events(self, conversation_id: str, new: Sequence[Mapping[str, Any]]) -> None:
        """Append Rasa's events, in order.

        Raises:
            ConversationGone: there is no such conversation.
        """
        if not new:
            return
        last = self._extend(conversation_id, "event_count", len(new))
        rows = [
            {
                "conversation_id": conversation_id,
                "seq": last + place,
                "data": self.cipher.encrypt(dict(event)),
            }
            for place, event in enumerate(new, start=1)
        ]
        self.execute(insert(events), rows)

    def tail_events(self, conversation_id: str, limit: int) -> list[dict[str, Any]]:
        """Return the last events, at most `limit`, oldest first. The cost does not grow with the chat."""
        query = (
            select(events.c.data)
            .where(events.c.conversation_id == conversation_id)
            .order_by(events.c.seq.desc())
            .limit(limit)
        )
        return [self.cipher.decrypt(row.data) for row in reversed(self.execute(query).all())]

    def event_count(self, conversation_id: str) -> int:
        """Return how many events the conversation has; 0 when there is no such conversation."""
        row = self.first(select(conversations.c.event_count).where(conversations.c.id == conversation_id))
        return int(row.event_count) if row else 0

    def set_resume_code(self, conversation_id: str) -> str:
        """Return a new code that finds this conversation again. Only its hash is kept; an earlier code ends.

        It holds 60 random bits and is valid for the retention time from now. It is for the person alone: who
        has it, reads the chat. The caller must limit how often codes can be tried.

        Raises:
            ConversationGone: there is no such conversation.
        """
        self._touch(conversation_id)
        code = new_code(_CODE_LENGTH)
        self.execute(delete(resume_codes).where(resume_codes.c.conversation_id == conversation_id))
        row = {
            "conversation_id": conversation_id,
            "code_hash": self.keyed_hash("resume", code),
            "expires_at": self.now() + self.retention,
        }
        self.execute(insert(resume_codes).values(row))
        return "-".join(code[start : start + 4] for start in range(0, _CODE_LENGTH, 4))

    def conversation_by_resume_code(self, code: str) -> str | None:
        """Return the id of the conversation of a code; None for an unknown, replaced or expired code."""
        query = select(resume_codes.c.conversation_id).where(
            resume_codes.c.code_hash == self.keyed_hash("resume", plain_code(code)),
            resume_codes.c.expires_at > self.now(),
        )
        row = self.first(query)
        if row is None or self.conversation(row.conversation_id) is None:
            return None
        return str(row.conversation_id)

    def _is_kept(self, updated_at: datetime, expires_at: datetime) -> bool:
        """Whether retention still runs; a site that shortens it shortens it for what it already has."""
        return self.now() < min(expires_at, updated_at + self.retention)

    def _touch(self, conversation_id: str, **values: Any) -> None:
        """Update the row of a conversation. This locks it, so that two writers of one chat take turns."""
        now = self.now()
        statement = update(conversations).where(
            conversations.c.id == conversation_id,
            conversations.c.expires_at > now,
            conversations.c.updated_at > now - self.retention,
        )
        if not self.changed(statement.values(updated_at=now, expires_at=now + self.retention, **values)):
            raise ConversationGone(_GONE)

    def _extend(self, conversation_id: str, counter: str, by: int) -> int:
        """Raise a counter of the conversation and return its old value."""
        self._touch(conversation_id, **{counter: conversations.c[counter] + by})
        row = self.first(select(conversations.c[counter]).where(conversations.c.id == conversation_id))
        if row is None:
            raise ConversationGone(_GONE)
        return int(row[0]) - by
