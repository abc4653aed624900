"""A whole turn through Rasa: the form takes every message, a red flag goes first, and a failure loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from rasa.shared.core.events import ActiveLoop, Restarted, SlotSet
from rasa_harness import ROOT, Bot, flag, sign, utterances

from actions import checklist as actions
from bot.clinical import checklist

INTENTS = [*yaml.safe_load((ROOT / "domain.yml").read_text())["intents"], "nlu_fallback", "back", "session_start"]


def test_a_conversation_opens_with_the_welcome_inside_the_form(bot: Bot) -> None:
    """The first message is met with the welcome, and everything after it comes to the form."""
    said = utterances(bot.send("hello", "greet"))
    assert said[0].startswith(("draft_notice", "welcome_what")) and "step_welcome_question" in said
    assert bot.tracker().active_loop_name == "checklist_form"
    assert bot.actions() == ["action_session_start", "action_listen", "checklist_form", "action_listen"]


def test_each_message_is_one_turn(bot: Bot) -> None:
    """The core is asked once for a message, inside the form and outside it."""
    bot.send("hello", "greet")
    for leave in (False, True):
        if leave:
            leave_form(bot)
        before = len(bot.actions())
        bot.send("I have a cough", "inform", [sign("cough")])
        assert bot.actions()[before:] == ["checklist_form", "action_listen"]


def test_choices_come_through(bot: Bot) -> None:
    """Step and choices that the channel sets as metadata reach the core."""
    bot.send("hello", "greet")
    said = bot.send("", None, metadata={"step": "welcome", "choices": ["start"]})
    assert said[-1]["step"] == "right_now_1"
    stale = utterances(bot.send("", None, metadata={"step": "welcome", "choices": ["start"]}))
    assert stale[0] == "stale_answer"


@pytest.mark.parametrize("intent", [*INTENTS, None])
@pytest.mark.parametrize("in_form", [True, False], ids=["in the form", "form lost"])
def test_every_message_is_answered_by_the_checklist(bot: Bot, intent: Any, in_form: bool) -> None:
    """No intent, in the form or out of it, ends in Rasa's own fallback, and none is left without an answer."""
    bot.send("I have a cough", "inform", [sign("cough")])
    if not in_form:
        leave_form(bot)
    before = len(bot.actions())
    assert bot.send("some words", intent)
    if intent != "go_back":
        assert bot.state()["findings"]["cough"]["status"] == "present"
    action = "action_interrupt" if intent in ("emergency", "crisis") else "checklist_form"
    assert bot.actions()[before:] == [action, "action_listen"]
    assert bot.tracker().active_loop_name == "checklist_form"


def test_a_red_flag_wins_inside_the_form(bot: Bot) -> None:
    """It is interrupted for, kept, and not filed as the answer to the question on screen."""
    bot.send("hello", "greet")
    said = bot.send("my chest hurts", "inform", [flag("chest_pain")])
    assert bot.actions()[-2:] == ["action_interrupt", "action_listen"]
    assert next(m for m in said if m["kind"] == "direction")["direction"]["level"] == "emergency"
    assert bot.state()["flags"] == {"chest_pain": "present"} and bot.tracker().get_slot("answer") is None


def test_after_a_red_flag_the_form_goes_on(bot: Bot) -> None:
    """The next message comes to the form, which waits for one of the ways on."""
    bot.send("hello", "greet")
    bot.send("my chest hurts", "inform", [flag("chest_pain")])
    said = bot.send("hello again", "greet")
    assert bot.actions()[-2] == "checklist_form" and said[-1]["step"] == "red_flag"
    bot.send("", None, metadata={"step": "red_flag", "choices": ["called"]})
    assert "interrupt" not in bot.state()


def test_a_red_flag_in_the_first_message(bot: Bot) -> None:
    """Nobody has to answer anything before an emergency is heard."""
    said = bot.send("she collapsed", "inform", [flag("collapse")])
    assert any(m["kind"] == "direction" and m["direction"]["level"] == "emergency" for m in said)


def test_a_red_flag_after_the_form_was_lost(bot: Bot) -> None:
    """The policy needs no form, and opens it again."""
    bot.send("hello", "greet")
    leave_form(bot)
    bot.send("my chest hurts", "inform", [flag("chest_pain", "other")])
    assert bot.actions()[-2:] == ["action_interrupt", "action_listen"]
    assert bot.tracker().active_loop_name == "checklist_form"


def test_a_red_flag_that_is_denied_is_no_interruption(bot: Bot) -> None:
    """It goes the usual way, to the core, which does not clear anything silently."""
    bot.send("hello", "greet")
    bot.send("no chest pain", "inform", [flag("chest_pain", "absent")])
    assert bot.actions()[-2] == "checklist_form"


def test_what_was_said_survives_a_message_not_understood(bot: Bot) -> None:
    """A fallback takes nothing back: the signs before it and its own words are kept."""
    bot.send("hello", "greet")
    bot.send("I have a cough", "inform", [sign("cough")])
    said = bot.send("qwzx brr", "nlu_fallback")
    assert said and bot.state()["findings"]["cough"]["status"] == "present"
    assert not [e for e in bot.tracker().events if e.type_name in ("rewind", "undo")]


def test_a_restart_from_outside_starts_anew(bot: Bot) -> None:
    """When something outside the bot restarts the conversation, the person is welcomed and answered."""
    bot.send("hello", "greet")
    tracker = bot.tracker()
    tracker.update(Restarted())
    bot.save(tracker)
    said = utterances(bot.send("hello", "greet"))
    assert "welcome_what" in said and bot.tracker().active_loop_name == "checklist_form"


@pytest.mark.parametrize("red_flag", [False, True], ids=["form", "interruption"])
def test_a_failing_core_gives_the_contacts_and_keeps_the_state(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, red_flag: bool
) -> None:
    """An exception in a turn becomes the outage notice; the state stays, and the next turn works."""
    bot.send("hello", "greet")
    bot.send("I have a cough", "inform", [sign("cough")])
    before = bot.state()
    with monkeypatch.context() as broken:
        broken.setattr(checklist, "turn", _fail)
        said = bot.send("my chest hurts", "inform", [flag("chest_pain")] if red_flag else [])
    assert utterances(said) == ["outage"] and said[0]["direction"]["contacts"]
    assert bot.state() == before
    assert bot.send("I am tired", "inform", [sign("fatigue")])
    assert set(bot.state()["findings"]) == {"cough", "fatigue"}


def test_a_failing_welcome_gives_the_contacts(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even the very first thing said has somebody to call in it."""
    with monkeypatch.context() as broken:
        broken.setattr(checklist, "greeting", _fail)
        said = utterances(bot.send("hello", "greet"))
    assert said[0] == "outage" and len(said) > 1
    assert bot.state()


def test_words_of_an_action_never_arrive(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """An action that says something of its own is cut off, with everything else that it wanted."""

    def chat(dispatcher: Any, tracker: Any) -> list[Any]:
        dispatcher.utter_message(text="You are fine.")
        return [SlotSet("checklist", {"version": 1, "notes": ["made up"]}).as_dict()]

    bot.send("hello", "greet")
    before = bot.state()
    monkeypatch.setattr(actions, "take_turn", chat)
    assert utterances(bot.send("am I ill?", "ask_diagnosis")) == ["outage"]
    assert bot.state() == before


def _fail(*_args: Any) -> None:
    raise RuntimeError("the words of the person")


def leave_form(bot: Bot) -> None:
    """End the form, as nothing in the bot does."""
    tracker = bot.tracker()
    for event in (ActiveLoop(None), SlotSet("requested_slot", None)):
        tracker.update(event)
    bot.save(tracker)
    assert bot.tracker().active_loop_name is None
