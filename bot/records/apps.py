"""People of messaging apps: who they are to us, what came from them and waits, what is to be sent to them.

An app delivers a message at least once and wants an answer within seconds; a turn can take longer, and a process can
end in the middle of it. So a message is kept here before the app is told that it arrived, and is deleted in the one
transaction that keeps its answer; the answer is kept here until the app has taken it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import MessageTaken
from bot.records.conversations import Conversations
from bot.records.engine import is_sqlite
from bot.records.tables import app_people, inbox, outbox, received

#: For how long one worker has a message, or one delivery a reply, before another may think that it has died.
INBOX_LEASE, OUTBOX_LEASE = timedelta(seconds=20), timedelta(seconds=60)
#: The states of a reply. Only a pending one holds text.
PENDING, SENT, GIVEN_UP = "pending", "sent", "given_up"
OUTBOX_STATES = (PENDING, SENT, GIVEN_UP)


@dataclass(frozen=True)
class AppPerson:
    """A person in one app. `question` is the last one that was delivered to them, as they saw it."""

    conversation_id: str
    person: str
    app: str
    address: str
    question: dict[str, Any] | None
    heard_at: datetime


@dataclass(frozen=True)
class Waiting:
    """A received message that nobody has answered yet. `data` is what `receive` was given, with `question` beside."""

    seq: int
    person: str
    app: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """Messages to be sent to one address: `parts_sent` of their parts have gone, after `attempts` failures."""

    seq: int
    lane: str
    app: str
    at: datetime
    attempts: int
    parts_sent: int
    address: str
    messages: list[dict[str, Any]]


@dataclass(frozen=True)
class LostReply:
    """What an app took and later said did not arrive: the messages of a reply; `whole` when no part of it arrived."""

    ids: list[str]
    whole: bool


@dataclass(frozen=True)
class Backlog:
    """What waits in one app: messages for an answer, replies to be sent; and how many replies were given up of late.

    `..._since` is when the one came that has waited longest; None where none waits.
    """

    inbox: int = 0
    inbox_since: datetime | None = None
    outbox: int = 0
    outbox_since: datetime | None = None
    given_up: int = 0


class Apps(Conversations):
    """The part of a transaction that keeps what messaging apps need."""

    # people ---------------------------------------------------------------------------------------------------------

    def person_of(self, app: str, sender: str) -> str:
        """Return the name under which a sender is kept: a keyed hash, another one in each app."""
        return self.keyed_hash("sender", f"{app}\0{sender}")

    def app_person(self, person: str) -> AppPerson | None:
        """Return a person, or None when they are unknown, forgotten, or their conversation is past its retention."""
        return self._app_person(app_people.c.person == person)

    def app_person_of(self, conversation_id: str) -> AppPerson | None:
        """Return the person of a conversation, or None when it is not of a messaging app, or is gone."""
        return self._app_person(app_people.c.conversation_id == conversation_id)

    def add_app_person(self, conversation_id: str, app: str, person: str, address: str) -> None:
        """Note whose conversation this is. An earlier one of the same person, past its retention, loses them.

        Raises:
            ConversationGone: there is no such conversation.
        """
        self._touch(conversation_id)
        self.execute(delete(app_people).where(app_people.c.person == person))
        row = {
            "conversation_id": conversation_id,
            "person": person,
            "app": app,
            "address": self.cipher.encrypt(address),
            "heard_at": self.now(),
        }
        self.execute(insert(app_people).values(row))

    def heard_at(self, conversation_id: str) -> datetime | None:
        """Return when the person of a conversation last wrote; None when it is not of a messaging app, or is gone."""
        row = self.first(select(app_people.c.heard_at).where(app_people.c.conversation_id == conversation_id))
        return row.heard_at if row else None

    def note_question(self, person: str, question: Mapping[str, Any]) -> None:
        """Note the question that was delivered last. Nothing happens for a person who was forgotten meanwhile."""
        data = self.cipher.encrypt(dict(question))
        self.execute(update(app_people).where(app_people.c.person == person).values(question=data))

    # what came ------------------------------------------------------------------------------------------------------

    def note_received(self, app: str, message_id: str) -> bool:
        """Note the id under which an app delivers something; False when it was delivered before."""
        row = {"id_hash": self.keyed_hash("received", f"{app}\0{message_id}"), "at": self.now()}
        make = sqlite.insert if is_sqlite(self.connection) else postgresql.insert
        return self.changed(make(received).values(row).on_conflict_do_nothing()) == 1

    def receive(self, app: str, sender: str, message_id: str, data: Mapping[str, Any]) -> str | None:
        """Keep a message until it is answered; return its person, or None for a repeat, which is not kept.

        The question that this person had been sent by now is kept with it, under `question`.
        """
        if not self.note_received(app, message_id):
            return None
        person = self.person_of(app, sender)
        now = self.now()
        known = self.app_person(person)
        self.execute(update(app_people).where(app_people.c.person == person).values(heard_at=now))
        whole = {**data, "question": known.question if known else None}
        row = {"person": person, "app": app, "at": now, "data": self.cipher.encrypt(whole)}
        self.execute(insert(inbox).values(row))
        return person

    def people_waiting(self, app: str, worker: str) -> list[str]:
        """Return the people of an app with a message that this worker may take, who waited longest first."""
        first = select(func.min(inbox.c.seq)).where(inbox.c.app == app).group_by(inbox.c.person).scalar_subquery()
        query = select(inbox.c.person).where(inbox.c.seq.in_(first), self._free(worker)).order_by(inbox.c.seq)
        return [str(person) for person in self.execute(query).scalars()]

    def take(self, person: str, worker: str) -> Waiting | None:
        """Take the oldest message of a person; None when there is none, or another worker has it.

        It stays until `answered`, or until the worker has been silent for `INBOX_LEASE`.
        """
        query = select(inbox).where(inbox.c.person == person).order_by(inbox.c.seq).limit(1)
        row = self.first(query.with_for_update())
        if row is None:
            return None
        until = self.now() + INBOX_LEASE
        mine = update(inbox).where(inbox.c.seq == row.seq, self._free(worker))
        if not self.changed(mine.values(worker=worker, worker_until=until)):
            return None
        return Waiting(row.seq, row.person, row.app, row.at, self.cipher.decrypt(row.data))

    def answered(self, seq: int, worker: str) -> None:
        """Delete a message whose answer is kept in this transaction.

        Raises:
            MessageTaken: another worker has it by now, so this answer must not be kept.
        """
        if not self.changed(delete(inbox).where(inbox.c.seq == seq, inbox.c.worker == worker)):
            raise MessageTaken("this message was taken over by another process, which answers it")

    # what is to be sent ---------------------------------------------------------------------------------------------

    def enqueue(self, app: str, person: str, address: str, messages: Sequence[Mapping[str, Any]]) -> None:
        """Have message objects sent to an address, after what waits for this person.

        A person who has been forgotten gets it too (it tells them so), under a name that leads to nobody.
        """
        if not messages:
            return
        now = self.now()
        row = {
            "lane": person if self.app_person(person) else secrets.token_hex(32),
            "app": app,
            "at": now,
            "state": PENDING,
            "attempts": 0,
            "parts_sent": 0,
            "next_at": now,
            "data": self.cipher.encrypt({"address": address, "messages": [dict(message) for message in messages]}),
        }
        self.execute(insert(outbox).values(row))

    def has_due(self, app: str) -> bool:
        """Whether `due` would find something; reads a few index entries, so it can be asked every second."""
        query = select(outbox.c.seq).where(outbox.c.state == PENDING, outbox.c.app == app)
        return self.first(query.where(outbox.c.next_at <= self.now()).limit(1)) is not None

    def due(self, app: str, limit: int) -> list[Reply]:
        """Take replies whose time has come, the oldest of each lane; they are this caller's for `OUTBOX_LEASE`."""
        now = self.now()
        pending = select(func.min(outbox.c.seq)).where(outbox.c.state == PENDING, outbox.c.app == app)
        first = pending.group_by(outbox.c.lane).scalar_subquery()
        query = select(outbox).where(outbox.c.seq.in_(first), outbox.c.next_at <= now)
        # Another process may be taking the same ones: what it holds is left to it.
        rows = self.execute(query.order_by(outbox.c.seq).limit(limit).with_for_update(skip_locked=True)).all()
        for row in rows:
            self.execute(update(outbox).where(outbox.c.seq == row.seq).values(next_at=now + OUTBOX_LEASE))
        return [
            Reply(row.seq, row.lane, row.app, row.at, row.attempts, row.parts_sent, data["address"], data["messages"])
            for row in rows
            for data in [self.cipher.decrypt(row.data)]
        ]

    def part_sent(self, seq: int) -> None:
        """Note that one more part of a reply has gone. Its failures are forgotten: the app works again."""
        values = {"parts_sent": outbox.c.parts_sent + 1, "attempts": 0, "next_at": self.now() + OUTBOX_LEASE}
        self.execute(update(outbox).where(outbox.c.seq == seq).values(values))

    def sent(self, seq: int) -> LostReply | None:
        """Note that a reply has gone whole. Its text and address are deleted; the ids of its messages stay.

        Returns:
            What the app has said meanwhile to be lost of it; None when nothing.
        """
        row = self.first(select(outbox).where(outbox.c.seq == seq).with_for_update())
        if row is None or row.data is None:
            # Its person was forgotten meanwhile.
            return None
        data = self.cipher.decrypt(row.data)
        ids, lost = _ids(data), data.get("lost", [])
        values = {
            "data": self.cipher.encrypt({"ids": ids, "lost": lost}),
            "state": GIVEN_UP if lost else SENT,
            "reason": row.reason if lost else None,
        }
        self.execute(update(outbox).where(outbox.c.seq == seq).values(values))
        return LostReply(ids, len(lost) >= row.parts_sent) if lost else None

    def note_lost(self, person: str, message_id: str, place: int, reason: str) -> LostReply | None:
        """Note that a part of a reply did not arrive, though the app had taken it. It counts as given up then.

        Args:
            person: whom it was for.
            message_id: the id of the first message of the reply.
            place: which part it was, from 0.
            reason: a word for the operator, never text of a person.

        Returns:
            What is lost of it by now; None when nothing such was sent to them, or this part was told before.
        """
        # The report can come before we have noted that the reply went; then it is still pending.
        query = select(outbox).where(outbox.c.lane == person, outbox.c.data.is_not(None)).order_by(outbox.c.seq.desc())
        for row in self.execute(query.with_for_update()).all():
            data = self.cipher.decrypt(row.data)
            ids, lost = _ids(data), data.get("lost", [])
            if ids[:1] != [message_id]:
                continue
            if place in lost:
                return None
            lost = [*lost, place]
            pending = row.state == PENDING
            state = PENDING if pending else GIVEN_UP
            values = {"data": self.cipher.encrypt({**data, "lost": lost}), "state": state, "reason": reason}
            self.execute(update(outbox).where(outbox.c.seq == row.seq).values(values))
            return LostReply(ids, not pending and len(lost) >= row.parts_sent)
        return None

    def try_again(self, seq: int, at: datetime, reason: str) -> None:
        """Note a failure, and when to try again. `reason` is a word for the operator, never text of a person."""
        values = {"attempts": outbox.c.attempts + 1, "next_at": at, "reason": reason}
        self.execute(update(outbox).where(outbox.c.seq == seq).values(values))

    def give_up(self, seq: int, reason: str) -> None:
        """Note that a reply will not be sent. Its text and address are deleted; the transcript keeps the text."""
        self._end(seq, GIVEN_UP, reason)

    def unsent(self, conversation_id: str) -> set[str]:
        """Return the ids of the messages of a conversation that wait to be sent, or of which a part does."""
        query = (
            select(outbox.c.data)
            .join(app_people, app_people.c.person == outbox.c.lane)
            .where(app_people.c.conversation_id == conversation_id, outbox.c.state == PENDING)
        )
        replies = [self.cipher.decrypt(data) for data in self.execute(query).scalars()]
        return {str(message.get("id")) for reply in replies for message in reply["messages"]}

    def outbox_counts(self) -> dict[tuple[str, str], int]:
        """Return how many replies there are by app and state, for the operator."""
        query = select(outbox.c.app, outbox.c.state, func.count()).group_by(outbox.c.app, outbox.c.state)
        return {(row[0], row[1]): int(row[2]) for row in self.execute(query)}

    def backlog(self) -> dict[str, Backlog]:
        """Return what waits, by app; apps without anything are not in it. Reads index entries and no text."""
        came = {row.app: row for row in self.execute(self._grouped(inbox))}
        waits = {row.app: row for row in self.execute(self._grouped(outbox).where(outbox.c.state == PENDING))}
        lost = {app: count for (app, state), count in self.outbox_counts().items() if state == GIVEN_UP}
        return {
            app: Backlog(
                inbox=came[app].many if app in came else 0,
                inbox_since=came[app].since if app in came else None,
                outbox=waits[app].many if app in waits else 0,
                outbox_since=waits[app].since if app in waits else None,
                given_up=lost.get(app, 0),
            )
            for app in {*came, *waits, *lost}
        }

    @staticmethod
    def _grouped(table: Table) -> Any:
        return select(table.c.app, func.count().label("many"), func.min(table.c.at).label("since")).group_by(
            table.c.app
        )

    def _end(self, seq: int, state: str, reason: str | None) -> None:
        values = {"state": state, "reason": reason, "data": None}
        self.execute(update(outbox).where(outbox.c.seq == seq).values(values))

    def _free(self, worker: str) -> Any:
        """The condition that this worker may take a message."""
        return or_(inbox.c.worker.is_(None), inbox.c.worker == worker, inbox.c.worker_until <= self.now())

    def _app_person(self, condition: Any) -> AppPerson | None:
        row = self.first(select(app_people).where(condition))
        if row is None or self.conversation(row.conversation_id) is None:
            return None
        values = self.values(row)
        values["address"] = self.cipher.decrypt(row.address)
        values["question"] = self.cipher.decrypt(row.question) if row.question else None
        return AppPerson(**values)


def _ids(data: Mapping[str, Any]) -> list[str]:
    """The ids of the messages of a reply, from what the outbox has of it before or after it went."""
    return [str(message.get("id")) for message in data["messages"]] if "messages" in data else list(data["ids"])
