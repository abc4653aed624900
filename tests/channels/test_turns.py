"""Turns: kept whole or not at all, and the contact card when a part fails. Rasa is played by a function here."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.turns import Message, TurnFailed, Turns, raise_case
from bot.clinical.state import State
from bot.clinical.urgency import assess
from bot.errors import ConversationGone, ReplyConflict
from bot.records import Secrets
from tests.support.turns import BLEEDING, SECRET_WORDS, Rasa


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


def opened(turns: Turns, person: str, level: str) -> str:
    """Have a case of this level open; its id."""
    with turns.runtime.records.transaction() as records:
        return records.open_case(person, "asked", level, "person").id


def levels(turns: Turns, case_id: str) -> tuple[str, list[str]]:
    """The level of a case, and who has raised it."""
    with turns.runtime.records.reading() as records:
        events = records.case_events(case_id)
        return records.case(case_id).level, [event.who for event in events if event.what == "case.raised"]


def test_a_turn_that_raises_what_the_checklist_demands_raises_the_open_case(turns: Turns, person: str) -> None:
    """The queue goes by the level of the case; the log says that it was the checklist, and says it once."""
    answer(turns, person, "start")
    case = opened(turns, person, "keep")
    answer(turns, person, text=BLEEDING)
    answer(turns, person, text=BLEEDING)
    assert levels(turns, case) == ("emergency", ["checklist"])


def test_a_crisis_marks_a_case_that_is_an_emergency_already(turns: Turns, person: str) -> None:
    """The mark stands beside the level, and is as much news as a higher one."""
    answer(turns, person, "start")
    case = opened(turns, person, "emergency")
    content = turns.content
    crisis = next(id_ for id_, flag in content.red_flags.items() if flag.crisis)
    before = State()
    found = assess(replace(before, flags={crisis: "present"}), content)
    with turns.runtime.records.transaction() as records:
        raise_case(records, person, was=assess(before, content), found=found)
        raise_case(records, person, was=found, found=found)
    with turns.runtime.records.reading() as records:
        assert records.case(case).crisis
    assert levels(turns, case) == ("emergency", ["checklist"])


def test_a_level_that_a_clinician_lowered_comes_back_only_with_something_new(turns: Turns, person: str) -> None:
    """Turns that raise nothing leave it; what raises the demand again raises the case to it."""
    case = opened(turns, person, "today")
    with turns.runtime.records.transaction() as records:
        records.add_account("Dr Lee", "clinician", Secrets("hash", "secret"), "root")
        records.lower_level(case, "Dr Lee", "keep", "seen this morning")
    answer(turns, person, "start")
    answer(turns, person, text="hello")
    assert levels(turns, case) == ("keep", [])
    answer(turns, person, text=BLEEDING)
    assert levels(turns, case)[0] == "emergency"


def test_a_turn_without_a_case_opens_none_by_rising(turns: Turns, person: str) -> None:
    """The person was not asked, and the site does not require it."""
    answer(turns, person, "start")
    answer(turns, person, text=BLEEDING)
    with turns.runtime.records.reading() as records:
        assert records.case_for(person) is None


def test_no_lock_is_left_behind(turns: Turns, person: str) -> None:
    """Conversations at rest cost no memory."""
    answer(turns, person, "start")
    assert not list(turns._locks)
