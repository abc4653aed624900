"""Turns: kept whole or not at all, and the contact card when a part fails. Rasa is played by a function here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.channels.turns import Message, TurnFailed, Turns
from bot.clinical import checklist
from bot.clinical.state import State
from bot.clinical.understanding import FlagMention, Understanding
from bot.content.loader import load_content
from bot.content.render import Renderer
from bot.errors import ConversationGone, ReplyConflict
from bot.records.cipher import Cipher, new_key
from bot.records.store import Records
from bot.server.runtime import Runtime
from bot.settings import Settings
from bot.site import Site
from tests.support.server import ROOT

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
BLEEDING = "blood will not stop"
SECRET_WORDS = "my secret words"


def understand(text: str, about: str = "self", question: Any = None) -> Understanding:
    """Knows one red flag and takes everything else for information."""
    flags = (FlagMention("uncontrolled_bleeding", "present", 0, len(text)),) if BLEEDING in text else ()
    return Understanding(text=text, intent="inform", confidence=1.0, red_flag_mentions=flags)


class Rasa:
    """Does what our action and tracker store do; `fault` is raised in the middle, `said` replaces what is said."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.fault: Exception | None = None
        self.said: list[dict[str, Any]] | None = None
        self.calls = 0
        self.before: Callable[[], Any] = lambda: None

    async def __call__(
        self, conversation: str, text: str, metadata: Mapping[str, Any], parse: Any
    ) -> Sequence[Mapping[str, Any]]:
        self.calls += 1
        await asyncio.sleep(0)
        kit = self.runtime
        with kit.records.reading() as records:
            state = State.from_json(records.state(conversation) or {})
        message = checklist.Incoming(understand(text), metadata["step"], tuple(metadata["choices"]))
        outcome = checklist.turn(state, message, kit.content, kit.site, kit.clock())
        kit.records.write(lambda records: records.save_state(conversation, outcome.state.to_json()))
        self.before()
        if self.fault:
            raise self.fault
        renderer = Renderer(kit.content, kit.site, outcome.state.voice, outcome.state.country)
        return self.said if self.said is not None else [renderer.message(say) for say in outcome.say]


def open_runtime(folder: Path) -> Runtime:
    """The project's content, a British site, noon, and an empty store."""
    site = Site(name="Test service", countries=("GB",), time_zone="Europe/London")
    records = Records.open(f"sqlite:///{folder / 'signpost.db'}", Cipher([new_key()]), lambda: NOW, 30)
    settings = Settings.from_env({"SIGNPOST_VAR": str(folder)})
    return Runtime(settings, load_content(ROOT / "content"), site, records, lambda: NOW)


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    opened = open_runtime(tmp_path)
    yield opened
    opened.records.dispose()


@pytest.fixture
def rasa(runtime: Runtime) -> Rasa:
    return Rasa(runtime)


@pytest.fixture
def turns(runtime: Runtime, rasa: Rasa) -> Turns:
    return Turns(runtime, rasa, understand)


@pytest.fixture
def person(turns: Turns) -> str:
    """A conversation that has begun."""
    return turns.begin("widget", "en-GB")[0]


def answer(
    turns: Turns, person: str, *choices: str, text: str = "", step: str | None = None, client_id: str | None = None
) -> dict[str, Any]:
    """One turn."""
    step = step or (turns.progress(turns.state(person))["step"] if choices else None)
    return asyncio.run(turns.answer(person, Message(text, step, choices, client_id)))


def stored(turns: Turns, person: str) -> tuple[Any, list[dict[str, Any]]]:
    """State and messages as they are kept."""
    with turns.runtime.records.reading() as records:
        return records.state(person), records.messages(person)


def test_a_turn_keeps_what_was_said_and_what_was_answered(turns: Turns, person: str) -> None:
    """The transcript holds the label of the pressed choice, then the answer; the state has moved."""
    body = answer(turns, person, "start")
    _, messages = stored(turns, person)
    said = [m for m in messages if m["author"] == "person"]
    assert len(said) == 1
    assert said[0]["text"] not in ("", "start")
    assert messages[-len(body["messages"]) :] == body["messages"]
    assert body["progress"]["step"] == "right_now_1"


def test_a_repeat_gets_the_first_answer_and_runs_nothing(turns: Turns, rasa: Rasa, person: str) -> None:
    """The same id and the same message: one turn, one answer."""
    first = answer(turns, person, "start", client_id="one")
    assert answer(turns, person, "start", step="welcome", client_id="one") == first
    assert rasa.calls == 1


def test_the_same_id_for_another_message_is_a_conflict(turns: Turns, person: str) -> None:
    """The first answer stands."""
    answer(turns, person, "start", client_id="one")
    before = stored(turns, person)
    with pytest.raises(ReplyConflict):
        answer(turns, person, text="something else", client_id="one")
    assert stored(turns, person) == before


@pytest.mark.parametrize("fault", [RuntimeError(SECRET_WORDS), ValueError(), KeyError("x")])
def test_an_exception_in_the_turn_gives_the_card_and_keeps_nothing(
    turns: Turns, rasa: Rasa, person: str, fault: Exception
) -> None:
    """Whatever breaks: contacts at once, the old state, no half transcript; the next turn goes on."""
    before = stored(turns, person)
    rasa.fault = fault
    with pytest.raises(TurnFailed) as failed:
        answer(turns, person, "start", client_id="one")
    assert failed.value.contacts
    assert failed.value.message == turns.renderer(State()).text("outage")
    assert stored(turns, person) == before
    rasa.fault = None
    assert answer(turns, person, "start", client_id="one")["progress"]["step"] == "right_now_1"


@pytest.mark.parametrize("said", [[], [{"kind": "statement", "utterance": "greet"}]])
def test_an_answer_that_leads_nowhere_is_a_failure(
    turns: Turns, rasa: Rasa, person: str, said: list[dict[str, Any]]
) -> None:
    """Silence of Rasa, as when it is paused, gives the card and keeps nothing."""
    before = stored(turns, person)
    rasa.said = said
    with pytest.raises(TurnFailed):
        answer(turns, person, "start")
    assert stored(turns, person) == before


def test_an_outage_notice_among_the_answers_is_a_failure(turns: Turns, rasa: Rasa, person: str) -> None:
    """An action or a wording that failed takes the whole turn back."""
    before = stored(turns, person)
    rasa.said = [{"kind": "notice", "utterance": "outage"}, {"kind": "question", "utterance": "step_who_question"}]
    with pytest.raises(TurnFailed):
        answer(turns, person, "start")
    assert stored(turns, person) == before


@pytest.mark.parametrize("said", [[], [{"kind": "question", "utterance": "step_who_question"}]])
def test_a_red_flag_gets_its_contacts_whatever_rasa_says(
    turns: Turns, rasa: Rasa, person: str, said: list[dict[str, Any]]
) -> None:
    """Rasa silent, or going on as if nothing were: the card leads with the emergency number."""
    answer(turns, person, "start")
    rasa.said = said
    with pytest.raises(TurnFailed) as failed:
        answer(turns, person, text=BLEEDING)
    assert failed.value.contacts[0]["phone"] == "999"
    assert turns.renderer(State()).text("level_emergency_direction") in failed.value.message


def test_a_store_that_cannot_be_written_gives_the_card_and_the_old_state(turns: Turns, rasa: Rasa, person: str) -> None:
    """The write at the end fails: nothing of the turn is kept, and the next one goes on from the old state."""
    import sqlite3

    file = turns.runtime.settings.var / "signpost.db"
    before = stored(turns, person)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TurnFailed) as failed:
        answer(turns, person, "start")
    other.execute("ROLLBACK")
    other.close()
    assert failed.value.contacts
    assert stored(turns, person) == before
    assert answer(turns, person, "start")["progress"]["step"] == "right_now_1"


def test_a_conversation_that_is_gone_is_said_to_be_gone(turns: Turns, person: str) -> None:
    """A forgotten conversation is neither answered nor brought back."""
    with turns.runtime.records.transaction() as records:
        records.forget(person)
    with pytest.raises(ConversationGone):
        answer(turns, person, text="hello")


def test_two_messages_at_once_run_one_after_the_other(turns: Turns, person: str) -> None:
    """The second sees what the first has done: its button is from an earlier question."""

    async def both() -> list[dict[str, Any]]:
        start = Message(step="welcome", choices=("start",))
        return await asyncio.gather(turns.answer(person, start), turns.answer(person, start))

    first, second = asyncio.run(both())
    assert first["progress"]["step"] == "right_now_1"
    assert "stale_answer" in [m["utterance"] for m in second["messages"]]


def test_the_bot_keeps_quiet_while_staff_have_the_chat_but_not_about_red_flags(
    turns: Turns, rasa: Rasa, person: str
) -> None:
    """One notice, then silence; a red flag is answered; after the release the checklist goes on where it was."""
    answer(turns, person, "start")
    with turns.runtime.records.transaction() as records:
        case = records.open_case(person, "asked", "today", "person")
        records.claim(case.id, "Maya")
    calls, (state, _) = rasa.calls, stored(turns, person)
    assert [m["utterance"] for m in answer(turns, person, text="hello")["messages"]] == ["human_quiet"]
    assert answer(turns, person, text="hello again")["messages"] == []
    assert (rasa.calls, stored(turns, person)[0]) == (calls, state)
    urgent = answer(turns, person, text=BLEEDING)
    assert urgent["level"] == "emergency"
    assert "direction" in [m["kind"] for m in urgent["messages"]]
    with turns.runtime.records.transaction() as records:
        records.release(case.id)
    assert answer(turns, person, "called")["progress"]["step"] == "right_now_1"


def test_asking_for_a_person_opens_a_case(turns: Turns, person: str) -> None:
    """The effect of the state becomes a case in the same transaction."""
    answer(turns, person, "person")
    with turns.runtime.records.reading() as records:
        cases = records.cases()
    assert [(case.conversation_id, case.reason, case.opened_by) for case in cases] == [(person, "asked", "person")]


def test_no_lock_is_left_behind(turns: Turns, person: str) -> None:
    """Conversations at rest cost no memory."""
    answer(turns, person, "start")
    assert not list(turns._locks)
