"""The messages that people see, and the answers to requests that a client may repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from bot.errors import ReplyConflict
from bot.records.apps import Apps
from bot.records.tables import messages, replies


@dataclass(frozen=True)
class StoredReply:
    """What was answered to a client's message, and the digest of that message."""

    digest: str
    body: dict[str, Any]


class Messages(Apps):
    """The part of a transaction that keeps messages and replies."""

    def append_messages(self, conversation_id: str, new: Sequence[Mapping[str, Any]]) -> None:
        """Append message objects of the widget contract, in order; `id` is unique within the conversation.

        What staff write to a person in a messaging app is also put into the outbox: no open page reads it there.

        Raises:
            ConversationGone: there is no such conversation.
            ValueError: a message without an id or author.
        """
        if not new:
            return
        if not all(message.get("id") and message.get("author") for message in new):
            raise ValueError("a message needs an id and an author")
        last = self._extend(conversation_id, "message_count", len(new))
        rows = [
            {
                "conversation_id": conversation_id,
                "seq": last + place,
                "id": message["id"],
                "author": message["author"],
                "data": self.cipher.encrypt(dict(message)),
            }
            for place, message in enumerate(new, start=1)
        ]
        self.execute(insert(messages), rows)
        from_staff = [message for message in new if message["author"] == "staff"]
        if from_staff and (person := self.app_person_of(conversation_id)):
            self.enqueue(person.app, person.person, person.address, from_staff)

    def messages(self, conversation_id: str, after: str | None = None) -> list[dict[str, Any]]:
        """Return the messages of person, bot and staff in order: all, or those after the id `after`.

        An `after` that is not there gives all of them: showing one twice is better than losing one.
        """
        return self._messages(conversation_id, after)

    def message(self, conversation_id: str, message_id: str) -> dict[str, Any] | None:
        """Return one message of a conversation, or None when it has none of this id."""
        mine = (messages.c.conversation_id == conversation_id, messages.c.id == message_id)
        row = self.first(select(messages.c.data).where(*mine))
        return dict(self.cipher.decrypt(row.data)) if row else None

    def messages_after(
        self, conversation_id: str, message_id: str | None, author: str | None = None
    ) -> list[dict[str, Any]]:
        """Return what came after a message, of one author if wished; cheap enough to ask every second.

        With nothing new this reads two index entries and decrypts nothing, and it sees what other processes
        wrote.
        """
        return self._messages(conversation_id, message_id, author)

    def mark_undelivered(self, conversation_id: str, ids: Sequence[str], *, partly: bool) -> list[dict[str, Any]]:
        """Mark messages as not taken by the app of this conversation, `partly` when a part of them was; return them.

        The mark is the field `undelivered`, `all` or `part`. Ids that are not of this conversation are left out.
        """
        mine = messages.c.conversation_id == conversation_id
        marked = []
        for row in self.execute(select(messages.c.seq, messages.c.data).where(mine, messages.c.id.in_(ids))).all():
            message = {**self.cipher.decrypt(row.data), "undelivered": "part" if partly else "all"}
            data = self.cipher.encrypt(message)
            self.execute(update(messages).where(mine, messages.c.seq == row.seq).values(data=data))
            marked.append(message)
        return marked

    def reply(self, conversation_id: str, client_id: str) -> StoredReply | None:
        """Return what was answered to the client's message of this id, or None when it is new."""
        query = select(replies.c.data).where(
            replies.c.conversation_id == conversation_id,
            replies.c.client_hash == self.keyed_hash("client", client_id),
        )
        row = self.first(query)
        return StoredReply(**self.cipher.decrypt(row.data)) if row else None

    def save_reply(self, conversation_id: str, client_id: str, digest: str, body: Mapping[str, Any]) -> None:
        """Keep the answer to a client's message, for when the client asks again. The first answer stands.

        Raises:
            ReplyConflict: the id was used for a message with another digest.
            ConversationGone: there is no such conversation.
        """
        self._touch(conversation_id)
        known = self.reply(conversation_id, client_id)
        if known and known.digest != digest:
            raise ReplyConflict("this message id was used before for a different message")
        if known:
            return
        row = {
            "conversation_id": conversation_id,
            "client_hash": self.keyed_hash("client", client_id),
            "at": self.now(),
            "data": self.cipher.encrypt({"digest": digest, "body": dict(body)}),
        }
        self.execute(insert(replies).values(row))

    def _messages(self, conversation_id: str, after: str | None, author: str | None = None) -> list[dict[str, Any]]:
        query = select(messages.c.data).where(messages.c.conversation_id == conversation_id)
        if after is not None:
            place = self.first(
                select(messages.c.seq).where(messages.c.conversation_id == conversation_id, messages.c.id == after)
            )
            query = query.where(messages.c.seq > (place.seq if place else 0))
        if author is not None:
            query = query.where(messages.c.author == author)
        return [self.cipher.decrypt(row.data) for row in self.execute(query.order_by(messages.c.seq))]
