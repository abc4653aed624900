"""One message of a person, from any channel: through Rasa, and kept whole or not at all.

What the tracker store saves during the turn waits (`Records.turn`), and is written together with the messages, the
answer to repeat and the case, in one short transaction after Rasa is done. So a turn that fails leaves the old state,
and no lock on the database is held while Rasa works.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Awaitable, Callable, Mapping, Sequence
from weakref import WeakValueDictionary

import structlog

from bot.clinical import checklist, flow, interrupts
from bot.clinical.contacts import contacts_for
from bot.clinical.red_flags import Alerts, alerts
from bot.clinical.reply import Say
from bot.clinical.state import State
from bot.clinical.understanding import OpenQuestion, Understanding
from bot.clinical.urgency import Assessment, assess
from bot.content.loader import Content
from bot.content.render import Renderer
from bot.content.schema import LEVELS
from bot.errors import ConversationGone, ReplyConflict
from bot.nlg.closed_set import OUTAGE
from bot.records.accounts import BY_CHECKLIST
from bot.records.store import Transaction
from bot.server.runtime import Runtime
from bot.site import SupportTimes

log = structlog.get_logger(__name__)

#: Rasa's part of a turn: (conversation, text, metadata, parse data or None) -> the message objects it answered with.
AskRasa = Callable[[str, str, Mapping[str, Any], "Mapping[str, Any] | None"], Awaitable[Sequence[Mapping[str, Any]]]]
#: The understanding of a text: (text, about, question) -> Understanding.
Understand = Callable[..., Understanding]

#: Code points of a message that are read and kept. The checklist takes no answer longer than `checklist.LIMIT`, but
#: a red flag at the end of a longer one still counts.
TEXT_LENGTH = 5000
#: Steps that are asked although a person of the staff has the chat: about an emergency, and before all is deleted.
BESIDE_STAFF = frozenset({*interrupts.HANDLERS, "forget"})
#: Conversations that are remembered as told that a person answers; the oldest is told again.
TOLD = 1000


class TurnFailed(Exception):
    """The turn could not be finished. Nothing of it was kept. `contacts` is what the person gets at once."""

    def __init__(
        self, contacts: list[dict[str, Any]], message: str, *, level: str = "now", crisis: bool = False
    ) -> None:
        super().__init__("the turn could not be finished")
        self.contacts = contacts
        self.message = message
        self.level, self.crisis = level, crisis


@dataclass(frozen=True)
class Message:
    """What a person sent."""

    text: str = ""
    step: str | None = None
    choices: tuple[str, ...] = ()
    client_id: str | None = None

    @property
    def digest(self) -> str:
        """Tells a repeat from a different message under the same client id."""
        return hashlib.sha256(json.dumps([self.text, self.step, self.choices]).encode()).hexdigest()


class Turns:
    """Runs turns. One at a time for each conversation; different conversations do not wait for each other."""

    def __init__(self, runtime: Runtime, ask_rasa: AskRasa, understand: Understand) -> None:
        self.runtime = runtime
        self._ask_rasa = ask_rasa
        self._understand = understand
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._told: OrderedDict[str, None] = OrderedDict()

    # what is asked of a conversation --------------------------------------------------------------------------------

    def state(self, conversation: str) -> State:
        """The state of a conversation; a fresh one where nothing was said."""
        with self.runtime.records.reading() as records:
            return self._state(records.state(conversation))

    def _state(self, stored: Mapping[str, Any] | None) -> State:
        return State.from_json(stored) if stored else checklist.new_state(self.runtime.content)

    @property
    def content(self) -> Content:
        """The content of this moment and site, as the core sees it: see `checklist.in_force`."""
        return checklist.in_force(self.runtime.content, self.runtime.site, self.runtime.clock())

    def renderer(self, state: State) -> Renderer:
        """The renderer for the person of this state."""
        return Renderer(self.runtime.content, self.runtime.site, state.voice, state.country)

    def progress(self, state: State) -> dict[str, Any]:
        """The `progress` of the contract."""
        return flow.progress(state, self.content, self.runtime.site)

    def level(self, state: State) -> str | None:
        """The `level` of the contract."""
        return checklist.level_now(state, self.content)

    def contacts(self, state: State) -> list[dict[str, Any]]:
        """Whom to reach as things stand: what the call bar shows, and the contact card when a part fails."""
        found = assess(state, self.content)
        return self._contacts(state, found.level, crisis=found.crisis, bodily=found.bodily_emergency)

    def _contacts(self, state: State, level: str, *, crisis: bool, bodily: bool) -> list[dict[str, Any]]:
        runtime = self.runtime
        contacts = contacts_for(
            level,
            crisis=crisis,
            bodily_emergency=bodily,
            state=state,
            content=self.content,
            site=runtime.site,
            now=runtime.clock(),
        )
        renderer = self.renderer(state)
        return [renderer.contact(contact) for contact in contacts]

    # turns ----------------------------------------------------------------------------------------------------------

    def begin(self, channel: str, locale: str, conversation: str | None = None) -> tuple[str, list[dict[str, Any]]]:
        """Make a conversation; return its id and its first messages. Both are kept, or neither.

        `conversation` is an id that the channel has proved; without it the store makes one.

        Raises:
            RecordsError: the records could not be written, or the id is taken.
        """
        runtime = self.runtime
        outcome = checklist.greeting(
            checklist.new_state(runtime.content), runtime.content, runtime.site, runtime.clock()
        )
        renderer = self.renderer(outcome.state)
        messages = [self._stamp(renderer.message(say)) for say in outcome.say]
        with runtime.records.transaction() as records:
            conversation = records.create_conversation(channel, locale, conversation).id
            records.save_state(conversation, outcome.state.to_json())
            records.append_messages(conversation, messages)
        return conversation, messages

    async def answer(self, conversation: str, message: Message) -> dict[str, Any]:
        """The answer to one message: `{"messages", "progress", "level"}`. A repeat gets the first answer again.

        Raises:
            TurnFailed: something broke; the old state stands.
            ReplyConflict: the client id was used for a different message.
            ConversationGone: the conversation was deleted, or its time is over.
        """
        lock = self._locks.get(conversation)
        if lock is None:
            lock = self._locks[conversation] = asyncio.Lock()
        async with lock:
            state = State()
            try:
                with self.runtime.records.reading() as reading:
                    found = reading.conversation(conversation)
                    if found is None:
                        raise ConversationGone("the conversation was deleted, or its time is over")
                    earlier = reading.reply(conversation, message.client_id) if message.client_id else None
                    state = self._state(reading.state(conversation))
                    times = reading.hours()
                if earlier is None:
                    return await self._answer(conversation, message, state, times, handover=found.handover)
            except (ReplyConflict, ConversationGone):
                raise
            except Exception as error:
                # The kind alone: the text of an error could hold what the person wrote.
                log.error("turn.failed", reason=type(error).__name__)
                raise self.card(message, state) from error
        if earlier.digest != message.digest:
            raise ReplyConflict("the same id was sent with a different message; use a new id for each message")
        return dict(earlier.body)

    async def _answer(
        self, conversation: str, message: Message, state: State, times: SupportTimes | None, *, handover: bool
    ) -> dict[str, Any]:
        labels = self._labels(state)
        question = flow.open_question(state, self.content, self.runtime.site, labels)
        understood = self._understand(message.text, state.about or "self", question)
        found = alerts(understood, self.content.urgency.fever)
        urgent = self._is_urgent(message, state, found)
        quiet = handover and not urgent and not _is_about_forgetting(message, state, understood)
        body: dict[str, Any] = {}
        with self.runtime.records.turn():
            if quiet:
                said = self._say_once_that_staff_answer(conversation, state)
            else:
                asked = self._for_rasa(message, state, question, times)
                said = [dict(m) for m in await self._ask_rasa(conversation, *asked)]
                self._prove(said, state, found)
                if handover:
                    said = self._leave_to_staff(said, state)
            messages = [self._of_person(message, labels), *(self._stamp(m) for m in said)]
            self.runtime.records.write(
                lambda records: body.update(
                    self._keep(records, conversation, message, messages, before=state, acting=not quiet)
                )
            )
        if not handover:
            self._told.pop(conversation, None)
        return body

    def _is_urgent(self, message: Message, state: State, found: Alerts) -> bool:
        """Whether the bot answers although a person of the staff has the chat."""
        pressed = any(choice in self.runtime.content.red_flags for choice in message.choices)
        return bool(found) or pressed or state.interrupt is not None

    def _say_once_that_staff_answer(self, conversation: str, state: State) -> list[dict[str, Any]]:
        """One notice, then silence: a bot that talks between two people is in their way."""
        if conversation in self._told:
            return []
        self._told[conversation] = None
        while len(self._told) > TOLD:
            self._told.popitem(last=False)
        return [self.renderer(state).message(Say("human_quiet", "notice"))]

    def _leave_to_staff(self, said: Sequence[dict[str, Any]], state: State) -> list[dict[str, Any]]:
        """After an emergency was answered beside staff, what the checklist would ask next waits until they leave."""
        rest = [m for m in said if m["kind"] != "question" or m["step"] in BESIDE_STAFF]
        quiet = [] if len(rest) == len(said) else [self.renderer(state).message(Say("human_quiet", "notice"))]
        return [*rest, *quiet]

    @staticmethod
    def _prove(said: Sequence[Mapping[str, Any]], state: State, found: Alerts) -> None:
        """See to it that Rasa's answer may be kept: nothing of it failed, and it leads on.

        A red flag that is new must have been met with a direction, whatever Rasa made of the message.

        Raises:
            RuntimeError: it may not; the person gets the contact card.
        """
        kinds = {m["kind"] for m in said}
        if any(m["utterance"] == OUTAGE for m in said):
            raise RuntimeError("a part of the answer failed")
        if not kinds & {"question", "direction"}:
            raise RuntimeError("the turn ended without a question or a direction")
        new = [flag for flag in found.present if state.flags.get(flag) not in ("present", "unsure")]
        if (new or (found.emergency and state.wish != "present")) and "direction" not in kinds:
            raise RuntimeError("a red flag was met without a direction")

    def _for_rasa(
        self, message: Message, state: State, question: OpenQuestion, times: SupportTimes | None
    ) -> tuple[str, dict[str, Any], dict[str, Any] | None]:
        metadata: dict[str, Any] = {
            "step": message.step,
            "choices": list(message.choices),
            "about": state.about or "self",
            "question": {
                "step": question.step,
                "kind": question.kind,
                "choices": [list(choice) for choice in question.choices],
                "signs": dict(question.signs),
            },
        }
        if times is not None:
            # With the message, so that an action server of its own, which has no records, says the same hours.
            metadata["support"] = times.to_json()
        if message.text.strip() or not message.choices:
            return message.text, metadata, None
        # Buttons alone need no understanding: the pressed ids travel in the metadata.
        nothing = Understanding(intent="inform", confidence=1.0).to_json()
        intent = {"name": "inform", "confidence": 1.0}
        return "", metadata, {"text": "", "intent": intent, "entities": [], "understanding": nothing}

    def _keep(
        self,
        records: Transaction,
        conversation: str,
        message: Message,
        messages: list[dict[str, Any]],
        *,
        before: State,
        acting: bool,
    ) -> dict[str, Any]:
        """Write what belongs to the turn, after the state that the tracker store has written; give the answer."""
        state = self._state(records.state(conversation))
        body: dict[str, Any] = {"messages": messages[1:], "progress": self.progress(state), "level": self.level(state)}
        if acting and "forget" in state.effects:
            return {**body, "receipt": records.forget(conversation)}
        records.append_messages(conversation, messages)
        if message.client_id:
            records.save_reply(conversation, message.client_id, message.digest, body)
        found = assess(state, self.content)
        for effect in state.effects if acting else ():
            kind, _, reason = effect.partition(":")
            if kind == "open_case":
                by = "red_flag" if reason == "red_flag" else "person"
                records.open_case(conversation, reason, found.level, by, crisis=found.crisis)
        raise_case(records, conversation, was=assess(before, self.content), found=found)
        return body

    def card(self, message: Message, state: State | None = None) -> TurnFailed:
        """The contact card, in answer to a message that could not be answered. Needs neither Rasa nor records.

        When the words or the choices hold a red flag, it leads with the contacts for that.
        """
        state = state or State()
        level, crisis, bodily = "now", False, False
        try:
            known = self.runtime.content.red_flags
            found = alerts(self._understand(message.text, state.about or "self", None), self.content.urgency.fever)
            flags = [*found.present, *found.unclear, *found.other, *(c for c in message.choices if c in known)]
            crisis = any(known[flag].crisis for flag in flags)
            bodily = found.emergency or any(known[f].level == "emergency" and not known[f].crisis for f in flags)
        except Exception as error:  # noqa: BLE001 - the card must come, whatever else is broken
            log.error("turn.flags_unread", reason=type(error).__name__)
        text = self.renderer(state).text(OUTAGE)
        if bodily or crisis:
            level = "emergency"
            text += "\n\n" + self.renderer(state).text(f"level_{level if bodily else 'crisis'}_direction")
        contacts = self._contacts(state, level, crisis=crisis, bodily=bodily)
        return TurnFailed(contacts, text, level=level, crisis=crisis)

    # messages -------------------------------------------------------------------------------------------------------

    def stamped(self, say: Say) -> dict[str, Any]:
        """Something that a channel says by itself, as a message object, to somebody of whom nothing is known yet."""
        return self._stamp(self.renderer(State()).message(say))

    def _stamp(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": secrets.token_urlsafe(9),
            "at": self.runtime.clock().isoformat(timespec="milliseconds"),
            **message,
        }

    def _labels(self, state: State) -> dict[str, str]:
        return labels_on_screen(state, self.content, self.renderer(state))

    def _of_person(self, message: Message, labels: Mapping[str, str]) -> dict[str, Any]:
        return self._stamp(said_by_person(message, labels))


def labels_on_screen(state: State, content: Content, renderer: Renderer) -> dict[str, str]:
    """The choices on screen as the person reads them, by id. `content` is what is in force."""
    asked = renderer.message(flow.ask(state, content, renderer.site))
    return {choice["id"]: choice["label"] for choice in (*asked["choices"], *asked.get("places", ()))}


def said_by_person(message: Message, labels: Mapping[str, str]) -> dict[str, Any]:
    """What the person sent, as the transcript shows it: the labels of what was pressed, then the words.

    A message object without `id` and `at`.
    """
    pressed = [labels.get(choice, choice) for choice in message.choices]
    text = "\n".join(part for part in ("; ".join(pressed), message.text.strip()) if part)
    return {
        "author": "person",
        "utterance": None,
        "kind": "statement",
        "text": text,
        "step": message.step,
        "choices": [],
        "multiple": False,
        "direction": None,
    }


def raise_case(records: Transaction, conversation: str, *, was: Assessment, found: Assessment) -> None:
    """Raise the open case of a chat when this turn has raised what the checklist demands: the queue goes by the case.

    A turn that raised nothing leaves the case alone, so that a level which a clinician lowered stays lowered.
    """
    marked = found.crisis and not was.crisis
    if not marked and LEVELS.index(found.level) <= LEVELS.index(was.level):
        return
    case = records.case_for(conversation)
    if case is None:
        return
    if marked and not case.crisis:
        records.raise_level(case.id, BY_CHECKLIST, "crisis")
    elif LEVELS.index(found.level) > LEVELS.index(case.level):
        records.raise_level(case.id, BY_CHECKLIST, found.level)


def _is_about_forgetting(message: Message, state: State, understood: Understanding) -> bool:
    """Whether the person wants everything deleted, or answers whether they do: their right, whoever has the chat."""
    asked = state.detour == "forget" and (understood.picks or (message.step == "forget" and message.choices))
    return bool(asked) or (understood.intent == "delete_my_data" and not understood.is_guess)
