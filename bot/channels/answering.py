"""Working off what messaging apps brought: each person's messages in order, each answered once, none lost.

A message, the state after it, its transcript and its answer are kept in one transaction, with which it also leaves the
inbox. Where that cannot be, the person gets the contact card, and the old state stands.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any, Awaitable, Callable
from weakref import WeakKeyDictionary

import structlog

from bot.channels import limits
from bot.channels.counts import Counts
from bot.channels.provider import Incoming, Provider, Typed
from bot.channels.turns import Message, TurnFailed, Turns
from bot.clinical.reply import Say
from bot.errors import ConversationGone, MessageTaken, RecordsError, RecordsUnavailable
from bot.nlg.closed_set import OUTAGE
from bot.records.apps import Waiting
from bot.records.store import Transaction

log = structlog.get_logger(__name__)

LOCALE = "en-GB"
#: Seconds between two looks for messages that nobody in this process was told of: those of a process that ended.
LOOK = 1.0
#: Seconds that a person's messages rest when the store failed, and when something did that should not.
REST, LONG_REST = 2.0, 30.0
#: Messages that are remembered as met with a card that could not be kept, so that the card comes once.
CARDED = 1000

#: Rounds of the loop between two turns of all apps together; there is one turn at a time in a process. It is computing,
#: nearly all of it: two at once end no sooner, and an app must hear within seconds that its message was taken. The loop
#: takes one new connection in each round, and a turn is a round: a crowd would wait for as many turns as it has people.
BREATH = 20
_GATES: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

#: Sends messages to an address at once, past the outbox: (address, messages).
SendNow = Callable[[str, "list[dict[str, Any]]"], Awaitable[None]]


class Answering:
    """Answers the messages of one app. `answered` is called when something was put into the outbox."""

    def __init__(
        self,
        provider: Provider,
        turns: Turns,
        counts: Counts,
        answered: Callable[[], None],
        send_now: SendNow,
        *,
        look: float = LOOK,
        rest: float = REST,
    ) -> None:
        self._provider = provider
        self._turns = turns
        self._records = turns.runtime.records
        self._counts = counts
        self._answered = answered
        self._send_now = send_now
        self._look, self._rest = look, rest
        self._worker = secrets.token_hex(8)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._cards: set[asyncio.Task[None]] = set()
        self._carded: dict[int, None] = {}
        self._card_limit = limits.TokenBucket(burst=2, per_minute=2)

    def begin(self, person: str) -> None:
        """Work off what waits for a person, if nobody here is at it already."""
        if person not in self._tasks:
            self._tasks[person] = asyncio.create_task(self._work_off(person))

    async def run(self) -> None:
        """Look for messages that wait, until cancelled; what is under way then is cancelled too, and comes again."""
        try:
            while True:
                try:
                    with self._records.reading() as store:
                        waiting = store.people_waiting(self._provider.name, self._worker)
                except Exception as error:  # noqa: BLE001 - whatever it is, it must not end all answering
                    log.error("app.inbox.unread", app=self._provider.name, reason=type(error).__name__)
                    waiting = []
                for person in waiting:
                    self.begin(person)
                await asyncio.sleep(self._look)
        finally:
            for task in [*self._tasks.values(), *self._cards]:
                task.cancel()

    async def _work_off(self, person: str) -> None:
        # Nothing is awaited between finding no more and leaving the table, so no message can fall in between.
        try:
            while await self._answer_next(person):
                pass
        except MessageTaken:
            log.warning("app.message.taken_over", app=self._provider.name)
        except RecordsError as error:
            log.error("app.message.waits", app=self._provider.name, reason=type(error).__name__)
            await asyncio.sleep(self._rest if isinstance(error, RecordsUnavailable) else LONG_REST)
        except Exception as error:  # noqa: BLE001 - a fault of ours; the message stays and comes again
            log.error("app.message.failed", app=self._provider.name, reason=type(error).__name__)
            await asyncio.sleep(LONG_REST)
        finally:
            del self._tasks[person]

    async def _answer_next(self, person: str) -> bool:
        """Answer the oldest message of a person when there is room; False when there is none.

        It is taken only then: while it waits for room it is nobody's.

        Raises:
            MessageTaken, RecordsError: as for `_answer`.
        """
        async with _gate():
            for _ in range(BREATH):
                await asyncio.sleep(0)
            waiting = self._take(person)
            if waiting:
                await self._answer(waiting)
        return waiting is not None

    def _take(self, person: str) -> Waiting | None:
        with self._records.transaction() as store:
            return store.take(person, self._worker)

    async def _answer(self, waiting: Waiting) -> None:
        """Answer one message.

        Raises:
            MessageTaken: another process answers it.
            RecordsError: neither an answer nor a card could be kept; the message stays.
        """
        data = waiting.data
        typed = self._typed(data)
        message = self._message(data, typed)
        try:
            if typed.asks or (data["unread"] and not (message.text.strip() or message.choices)):
                self._keep_without_turn(waiting, typed)
                self._answered()
                return
            try:
                await self._turn(waiting, message)
            except ConversationGone:
                # Its time ended in between: what they wrote begins a new one.
                await self._turn(waiting, message)
        except MessageTaken:
            raise
        except TurnFailed as failed:
            self._keep_card(waiting, failed)
        except RecordsError as error:
            log.error("app.turn.unkept", app=waiting.app, reason=type(error).__name__)
            self._keep_card(waiting, self._turns.card(message))
        self._answered()

    async def _turn(self, waiting: Waiting, message: Message) -> None:
        conversation = self._conversation(waiting)
        with self._records.turn():
            # The turn is part of this block: its body is filled, and all of it kept, when the block ends.
            body = await self._turns.answer(conversation, message)
            self._records.write(lambda store: self._keep(store, waiting, body["messages"]))

    def _typed(self, data: dict[str, Any]) -> Typed:
        """What was typed, read against the question that its writer had seen; a pressed button needs no reading."""
        if data["choices"]:
            return Typed(tuple(data["choices"]), data["text"])
        return self._provider.typed(data["text"], data["question"])

    @staticmethod
    def _message(data: dict[str, Any], typed: Typed) -> Message:
        if data["choices"]:
            return Message(typed.text, data["step"], typed.choices)
        # Typed numbers belong to the question that they were read against, whichever is open by now.
        step = data["question"]["step"] if data["question"] and typed.choices else None
        return Message(typed.text, step, typed.choices)

    def _conversation(self, waiting: Waiting) -> str:
        """The conversation of who wrote; begun now, with its greeting in the outbox, when there is none."""
        with self._records.transaction() as store:
            if known := store.app_person(waiting.person):
                return known.conversation_id
            conversation, greeting = self._turns.begin(waiting.app, LOCALE)
            address = waiting.data["address"]
            store.add_app_person(conversation, waiting.app, waiting.person, address)
            # The answer to the message brings the question again, as it then stands.
            said = [message for message in greeting if message["kind"] != "question"]
            store.enqueue(waiting.app, waiting.person, address, said)
            return conversation

    def _keep(self, store: Transaction, waiting: Waiting, messages: list[dict[str, Any]]) -> None:
        """Let a message leave the inbox for its answer.

        Raises:
            MessageTaken: another process has it by now.
        """
        store.answered(waiting.seq, self._worker)
        if waiting.data["unread"]:
            messages = [self._only_words(), *messages]
        store.enqueue(waiting.app, waiting.person, waiting.data["address"], messages)

    # what is no turn ------------------------------------------------------------------------------------------------

    def _only_words(self) -> dict[str, Any]:
        return self._turns.stamped(Say("only_words", "notice"))

    def _keep_without_turn(self, waiting: Waiting, typed: Typed) -> None:
        """Say more about the lines asked about, or that only words are read: nothing was said that changes the state.

        Raises:
            MessageTaken, RecordsError: as for `_answer`.
        """
        self._conversation(waiting)
        messages = []
        if typed.asks:
            more = {"kind": "explanation", "question": waiting.data["question"], "asks": list(typed.asks)}
            messages = [{"id": secrets.token_urlsafe(9), "author": "bot", "utterance": None, **more}]
        with self._records.transaction() as store:
            self._keep(store, waiting, messages)

    def _keep_card(self, waiting: Waiting, failed: TurnFailed) -> None:
        """Answer with the contact card; when that cannot be kept, send it at once and leave the message for later.

        Raises:
            RecordsError: as said.
        """
        card = self._card(failed)
        self._counts.add(waiting.app, "card")
        try:
            with self._records.transaction() as store:
                self._keep(store, waiting, [card])
        except MessageTaken:
            raise
        except RecordsError:
            if waiting.seq not in self._carded:
                self._carded[waiting.seq] = None
                for old in list(self._carded)[:-CARDED]:
                    del self._carded[old]
                self._begin_sending(waiting.data["address"], card)
            raise

    def lost(self, message: Incoming) -> None:
        """Send the contact card for a message that could not even be kept; now and then only, as it comes again."""
        if self._card_limit.allow(f"{message.sender}"):
            card = self._card(self._turns.card(Message(message.text, message.step, message.choices)))
            self._begin_sending(message.address, card)

    def _begin_sending(self, address: str, card: dict[str, Any]) -> None:
        task = asyncio.create_task(self._send_card(address, card))
        self._cards.add(task)
        task.add_done_callback(self._cards.discard)

    async def _send_card(self, address: str, card: dict[str, Any]) -> None:
        try:
            await self._send_now(address, [card])
        except Exception as error:  # noqa: BLE001 - the last thing that could be tried
            log.error("app.card.unsent", app=self._provider.name, reason=type(error).__name__)

    def _card(self, failed: TurnFailed) -> dict[str, Any]:
        """The contact card as a message object."""
        plain = self._turns.stamped(Say(OUTAGE, "direction"))
        direction = {"level": failed.level, "crisis": failed.crisis, "say": "", "contacts": failed.contacts}
        return {**plain, "text": failed.message, "direction": direction}


def _gate() -> asyncio.Lock:
    """The room for turns in this process, whichever app they are of."""
    return _GATES.setdefault(asyncio.get_running_loop(), asyncio.Lock())
