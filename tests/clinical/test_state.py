"""The state: back, one entry a message, JSON, notes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.clinical.state import HISTORY_LIMIT, NOTE_LENGTH, NOTE_LIMIT, Finding, Interrupt, Reading, State
from bot.clinical.understanding import Understanding
from tests.support.core import Person, means

FULL = State(
    started_at="2026-11-23T10:00:00+00:00",
    last_at="2026-11-23T10:05:00+00:00",
    content_version="abc",
    started=True,
    about="child",
    condition="lymphoma",
    country="AU",
    recent_treatment="unsure",
    findings={
        "fever": Finding("present", "days", "for days", "2026-11-20", "day", "worse", ("a",), "hot", ("since",), True),
        "lumps": Finding("unsure"),
    },
    screens={"right_now_1": "done", "page_body": "unsure"},
    temperatures=(Reading(38.2, None, "38.2", "2026-11-23T10:00:00+00:00"),),
    medicines=("paracetamol",),
    worry="very",
    detour="topics",
    flags={"fever_38": "present", "collapse": "withdrawn"},
    wish="withdrawn",
    flagged_at="2026-11-23T10:00:00+00:00",
    told="now",
    notes=("words",),
    others=(("cough", "he coughs"),),
    interrupt=Interrupt("confirm_flag", ("seizure",), None, False, False, Interrupt("whose", ("collapse",), wish=True)),
    history=({"about": None, "screens": {"who": None}},),
    effects=("open_case:asked",),
)


@pytest.mark.parametrize("state", [State(), FULL, replace(FULL, interrupt=None)])
def test_json_keeps_everything(state: State) -> None:
    """What is written is read back as it was, types included."""
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_json_of_a_fresh_state_is_small() -> None:
    """Fields at their default are left out."""
    assert State().to_json() == {"version": 1}


def test_a_state_of_a_newer_program_is_refused() -> None:
    """A newer state is not read half."""
    with pytest.raises(ValueError, match="version 2"):
        State.from_json({"version": 2})


@pytest.mark.parametrize(
    "changes",
    [
        {"about": "adult"},
        {"worry": "very", "screens": {"worry": "done"}},
        {"findings": {"fever": Finding("present")}},
        {"temperatures": (Reading(37.0, "now", "37"),)},
        {"medicines": ("none",), "detour": "topics"},
    ],
)
@pytest.mark.parametrize("start", [State(), replace(FULL, interrupt=None)])
def test_back_gives_the_state_before_the_answer(start: State, changes: dict[str, object]) -> None:
    """Every kind of answer is undone exactly."""
    assert start.answer(**changes).back() == start


def test_back_at_the_start_is_nothing() -> None:
    """There is no answer to take back."""
    assert State().back() is None


def test_an_answer_that_changes_nothing_leaves_no_entry() -> None:
    """Back never undoes an answer that did nothing."""
    state = State().answer(about="self")
    assert state.answer(about="self") is state


def test_back_never_takes_the_record_back() -> None:
    """Flags, notes and the wish for an ambulance stay."""
    state = replace(State().answer(about="self"), flags={"collapse": "present"}, notes=("x",), wish="present")
    before = state.back()
    assert before is not None
    assert (before.flags, before.notes, before.wish, before.about) == ({"collapse": "present"}, ("x",), "present", None)


def test_the_entries_of_one_message_are_folded_into_one() -> None:
    """One back undoes one message, whatever it changed."""
    state = State().answer(about="self")
    more = state.with_screen("who", "done").with_finding("fever", Finding("present")).with_screen("page_body", "done")
    folded = more.merge_history(1)
    assert len(folded.history) == 2
    assert folded.back() == state


def test_folding_keeps_the_oldest_value() -> None:
    """A field that a message changed twice goes back to what it was before the message."""
    state = State(worry="bit")
    assert state.answer(worry="very").answer(worry="not").merge_history(0).back() == state


def test_a_long_history_drops_its_oldest_entries_and_still_goes_back_one_message_at_a_time() -> None:
    """Also where a message makes several entries while the history is full."""
    state = State()
    for i in range(HISTORY_LIMIT + 5):
        state = state.answer(detour=f"step{i}").merge_history(len(state.history))
    assert len(state.history) == HISTORY_LIMIT
    before = state
    length = len(state.history)
    state = state.answer(about="self").answer(worry="very").merge_history(length)
    assert len(state.history) == HISTORY_LIMIT
    back = state.back()
    assert back is not None and (back.about, back.worry, back.detour) == (None, None, before.detour)


def test_one_back_undoes_one_message_of_a_full_chat() -> None:
    """A page with three ticks is one answer."""
    person = Person().until("page_body")
    before = person.state
    person.pick("fatigue", "night_sweats", "weight_loss").pick("back")
    assert person.state.findings == before.findings and person.step == "page_body"


def test_words_are_kept_once_cut_and_only_so_many() -> None:
    """Notes are bounded; silence and repeats are no notes."""
    state = State().noted("  one ").noted("one").noted("   ").noted("y" * 5000)
    assert state.notes == ("one", "y" * NOTE_LENGTH)
    for i in range(NOTE_LIMIT + 3):
        state = state.noted(f"note {i}")
    assert len(state.notes) == NOTE_LIMIT and state.notes[-1] == f"note {NOTE_LIMIT + 2}"


@pytest.mark.parametrize(
    ("about", "voice"), [(None, "self"), ("self", "self"), ("child", "parent"), ("adult", "carer")]
)
def test_the_voice_follows_whom_it_is_about(about: str | None, voice: str) -> None:
    """Until it is known the person is spoken to themselves."""
    assert State(about=about).voice == voice


def test_an_understanding_survives_json() -> None:
    """Also the red flags that are derived."""
    found = means(present=["fever"], flags=["collapse"], readings=[38.0], picks=("none",))
    assert Understanding.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert found.to_json()["red_flags"] == ["collapse"]
