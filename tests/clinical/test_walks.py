"""Random people at the checklist: whatever they press, say, take back or leave lying for days, its promises hold.

What a walk is held against is worked out here and in `tests.safety.urgency_oracle`, not by the core itself.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from bot.clinical import checklist, flow
from bot.clinical.checklist import Incoming, Outcome
from bot.clinical.contacts import contacts_for
from bot.clinical.reply import Direction
from bot.clinical.state import Finding, Interrupt, State
from bot.clinical.understanding import ROLES, Duration, FlagMention, Mention, Temperature, Understanding
from bot.clinical.urgency import assess
from bot.content.render import PLACEHOLDER, Renderer
from tests.safety.urgency_oracle import EMERGENCIES, ORDER, demanded, most_urgent
from tests.support.core import NOW, Facts, Person, content, site

CONTENT = content()
SIGNS, FLAGS, STEPS = sorted(CONTENT.signs), sorted(CONTENT.red_flags), sorted(CONTENT.steps)
INTENTS = [
    "greet",
    "goodbye",
    "thanks",
    "affirm",
    "deny",
    "unsure",
    "start_checklist",
    "inform",
    "ask_diagnosis",
    "ask_prognosis",
    "ask_treatment",
    "ask_medication_advice",
    "ask_results",
    "ask_definition",
    "ask_sign_info",
    "ask_contact",
    "ask_human",
    "emergency",
    "express_distress",
    "crisis",
    "ask_privacy",
    "delete_my_data",
    "ask_bot_identity",
    "why_ask",
    "go_back",
    "repeat",
    "skip",
    "stop",
    "get_summary",
    "out_of_scope",
    "restart",
    "later",
]
#: Ways in which an interruption may be answered; without one of them it stays.
WAYS_ON = {"called", "not_meant", "cannot_call", "yes", "no", "unsure", "patient", "other", "none", *FLAGS}
#: Three faces of one interruption, which waits for a call.
CALL = dict.fromkeys(("red_flag", "cannot_call", "not_meant"), "call")
DAY = {"opens": "09:00", "closes": "17:00"}
SITES = [
    site(),
    site(numbers={}, support={"hours": dict.fromkeys(("mon", "tue"), DAY)}),
    site(countries=["AU"], support={"case_required": True}),
    site(thresholds={"raised_c": 37.2, "low_c": 36.2}),
]
#: What differs between two ways to the same answers: times, what was told, and the record.
OF_TIME = ("last_at", "started_at", "flagged_at", "told", "notes", "effects", "flags", "wish", "others")

few = st.sampled_from([0] * 6 + [1, 1, 2])


@st.composite
def understandings(draw: Any) -> Understanding:
    """Anything that words can mean, sense or not."""

    def some(strategy: Any, often: Any = few) -> tuple[Any, ...]:
        return tuple(draw(strategy) for _ in range(draw(often)))

    mentions = some(st.builds(Mention, st.sampled_from(SIGNS), st.sampled_from(ROLES), st.just(0), st.just(1)))
    flag = st.builds(
        FlagMention,
        st.sampled_from(FLAGS),
        st.sampled_from(ROLES),
        st.just(0),
        st.just(1),
        unclear=st.sampled_from([False, False, False, True]),
    )
    degrees = st.sampled_from([29.0, 35.9, 36.0, 36.6, 37.2, 37.4, 37.5, 38.2, 44.0, 100.0])
    reading = st.builds(Temperature, degrees, st.sampled_from(["now", "last_24h", "earlier"]), st.just("so much"))
    duration = st.builds(
        Duration, st.just("a while"), st.sampled_from([None, 0.5, 2.0, 90.0, 1e6]), st.just(0), st.just(1)
    )
    return Understanding(
        text=draw(st.sampled_from(["", "  ", "hello", "{emergency}", "x" * 2000, "since tuesday", "👍", "=sum", "{}"])),
        intent=draw(st.sampled_from(INTENTS)),
        confidence=draw(st.sampled_from([0.0, 0.5, 0.9, 1.0])),
        topic=draw(st.sampled_from([None, None, "nonsense", *sorted(CONTENT.topics)])),
        mentions=mentions,
        red_flag_mentions=some(flag, st.sampled_from([0] * 10 + [1, 1, 2])),
        temperatures=some(reading, st.sampled_from([0] * 8 + [1, 2])),
        durations=some(duration),
        language=draw(st.sampled_from(["en"] * 8 + ["und", "fr"])),
        exclusive=draw(st.booleans()),
        readability=draw(st.sampled_from(["ok"] * 8 + ["empty", "emoji", "unreadable", "too_long"])),
        change=draw(st.sampled_from([None] * 8 + [*SIGNS, *STEPS, "nonsense"])),
        picks=draw(st.sampled_from([()] * 6 + [("yes",), ("none",), ("called",), ("not_meant",), ("no",), ("fever",)])),
        medicines=draw(st.sampled_from([()] * 6 + [("paracetamol",), ("steroid", "ibuprofen")])),
    )


class Walk(RuleBasedStateMachine):
    """One chat."""

    #: Messages sent by all walks.
    steps = 0
    ends = 0

    @initialize(where=st.sampled_from(SITES), after=st.integers(0, 400))
    def begin(self, where: Any, after: int) -> None:
        """The greeting, on any day of the coming year; content past its date is not asked."""
        self.site, self.now = where, NOW + timedelta(days=after)
        self.forgotten = False
        self.out = checklist.greeting(checklist.new_state(CONTENT), CONTENT, self.site, self.now)
        self._holds(None, Incoming(), self.out)

    # what people do ---------------------------------------------------------------------------------------------------

    @rule(data=st.data(), words=st.one_of(st.just(Understanding(intent="inform")), understandings()))
    def press(self, data: Any, words: Understanding) -> None:
        """Press one choice of the question on screen, or several."""
        self._send(Incoming(words, self._step, self._drawn(data)))

    @rule(words=understandings())
    def say(self, words: Understanding) -> None:
        """Say anything."""
        self._send(Incoming(words))

    @rule(words=understandings(), step=st.sampled_from([*STEPS, "since:fever", "nonsense"]), data=st.data())
    def press_what_is_not_there(self, words: Understanding, step: str, data: Any) -> None:
        """Press a button of an older question, or one that was never offered."""
        choice = data.draw(st.sampled_from([*SIGNS, *FLAGS, "yes", "none", "back", "finish", "nonsense"]))
        self._send(Incoming(words, step, (choice,)))

    @rule(hours=st.sampled_from([1, 2, 23, 25, 100, 2000]))
    def wait(self, hours: int) -> None:
        """Come back after hours or months; the chat says what it remembers."""
        self.now += timedelta(hours=hours)
        before = self.out.state
        self.out = checklist.resume(before, CONTENT, self.site, self.now)
        self._holds(before, Incoming(), self.out)

    @rule()
    def go_back(self) -> None:
        """Take the last answer back."""
        self._send(Incoming(Understanding("go back", "go_back", 1.0)))

    @rule(intent=st.sampled_from(["get_summary", "restart", "stop"]))
    def end(self, intent: str) -> None:
        """Ask for the summary, for a fresh start, or stop."""
        self._send(Incoming(Understanding(intent, intent, 1.0)))

    @rule(data=st.data())
    def answer_many(self, data: Any) -> None:
        """Answer several questions in a row, so that walks come to an end of the list."""
        for _ in range(data.draw(st.integers(1, 8))):
            self._send(Incoming(Understanding(intent="inform"), self._step, self._drawn(data)))

    @precondition(lambda self: self.out.state.interrupt is None and self.out.state.detour is None)
    @rule(data=st.data())
    def answer_back_and_the_same_again(self, data: Any) -> None:
        """Back after an answer, then the same answer again, gives the same state."""
        choices = tuple(c for c in self._drawn(data) if c not in ("back", "person", "forget", "ask"))
        before, step = self.out.state, self._step
        if not choices:
            return
        self._send(Incoming(Understanding(intent="inform"), step, choices))
        once = self.out.state
        accepted = len(once.history) == len(before.history) + 1 and before.history == once.history[:-1]
        # After the summary, the way to a new one is opened by whatever comes next.
        again = "summary" in before.screens
        if not accepted or once.interrupt or once.detour != before.detour or again:
            return
        if "back" not in [choice.id for choice in self.out.say[-1].choices]:
            return
        self._send(Incoming(Understanding(intent="inform"), self._step, ("back",)))
        assert _answers(self.out.state) == _answers(before)
        self._send(Incoming(Understanding(intent="inform"), step, choices))
        assert _answers(self.out.state) == _answers(once)

    # how it is done ---------------------------------------------------------------------------------------------------

    @property
    def _step(self) -> str:
        return flow.current_step(self.out.state, self._content, self.site)

    @property
    def _content(self) -> Any:
        return checklist.in_force(CONTENT, self.site, self.now)

    def _drawn(self, data: Any) -> tuple[str, ...]:
        question = flow.ask(self.out.state, self._content, self.site)
        ids = [choice.id for choice in question.choices]
        if not ids:
            return ()
        count = data.draw(st.sampled_from([1, 1, 2, 3])) if question.multiple else 1
        return tuple(dict.fromkeys(data.draw(st.sampled_from(ids)) for _ in range(count)))

    def _send(self, message: Incoming) -> None:
        self.now += timedelta(minutes=1)
        before = self.out.state
        self.out = checklist.turn(before, message, CONTENT, self.site, self.now)
        self._holds(before, message, self.out)

    # the promises -----------------------------------------------------------------------------------------------------

    def _holds(self, before: State | None, message: Incoming, out: Outcome) -> None:
        Walk.steps += 1
        self._speaks(out)
        self._directs(before, message, out)
        self._keeps(before, message, out)
        self._never_below(out.state)

    def _speaks(self, out: Outcome) -> None:
        """Never silent; every word from the closed set, in this person's voice, filled; a question at the end."""
        state, shipped = out.state, self._content
        renderer = Renderer(CONTENT, self.site, state.voice, state.country)
        assert out.say
        for said in out.say:
            message = renderer.message(said)
            assert message["text"].strip()
            shown = [
                message["text"],
                *(c["label"] for c in message["choices"]),
                *(c["help"] or "" for c in message["choices"]),
            ]
            assert not any(PLACEHOLDER.search(text) for text in shown)
            # What is said of somebody else is in nobody's voice.
            wording = CONTENT.utterances[said.utterance].text.in_voice(said.voice or state.voice)
            assert said.voice is None or said.kind == "direction"
            assert PLACEHOLDER.search(wording) or wording.strip() == message["text"]
            if said.direction:
                assert message["direction"]["contacts"] and message["direction"]["say"].strip()
        last = out.say[-1]
        assert last.kind == "question" or ("forget" in out.effects and last.kind == "direction")
        assert last.kind == "direction" or last == flow.ask(state, shipped, self.site)
        assert sum(said.kind == "question" for said in out.say) <= 1
        assert sum(c.id in CONTENT.signs or c.id in CONTENT.red_flags for c in last.choices) <= 7
        progress = flow.progress(state, shipped, self.site)
        assert 0 <= progress["done"] <= progress["of"]

    def _directs(self, before: State | None, message: Incoming, out: Outcome) -> None:
        """An end carries a direction after it; a red flag gets one of its level in the same turn, at every step."""
        kinds = [said.kind for said in out.say]
        if "summary" in kinds:
            Walk.ends += 1
            after = _directions(out.say[kinds.index("summary") :])
            assert after and after[-1].level == assess(out.state, self._content).level
        if before is None or _is_answer_of_the_same(before, message):
            return
        wanted = _alarms(message.understanding)
        told = most_urgent(["keep", *(d.level for d in _directions(out.say))])
        assert ORDER.index(told) >= ORDER.index(wanted)
        crisis = _self_harm(message.understanding)
        assert not crisis or any(d.crisis for d in _directions(out.say))

    def _keeps(self, before: State | None, message: Incoming, out: Outcome) -> None:
        """Nothing of the record is lost, an interruption is left by its own ways on alone, and JSON keeps it all."""
        state = out.state
        assert State.from_json(json.loads(json.dumps(state.to_json()))) == state
        if before is None:
            return
        restarted = any(said.utterance == "restarted" for said in out.say)
        flagged = before.flagged_at and self.now - datetime.fromisoformat(before.flagged_at) >= timedelta(hours=24)
        if not (restarted and flagged):
            assert set(before.flags) <= set(state.flags)
            assert before.wish is None or state.wish
        assert set(before.notes) <= set(state.notes) or len(state.notes) == 30
        answered = {*message.choices, *message.understanding.picks} & WAYS_ON
        answered |= {message.understanding.intent} & {"affirm", "deny", "unsure"}
        still = [CALL.get(i.step, i.step) for i in _chain(state.interrupt)]
        gone = [i for i in _chain(before.interrupt) if CALL.get(i.step, i.step) not in still]
        # A closed question that is not answered becomes a flag that may be there, with its direction.
        gone = [i for i in gone if i.step in CALL or not set(i.flags) & set(state.flags)]
        assert not gone or answered or _alarms(message.understanding) != "keep"
        withdrawn = [f for f, how in state.flags.items() if how == "withdrawn" != before.flags.get(f)]
        assert not withdrawn or (before.interrupt and before.interrupt.step == "not_meant")

    def _never_below(self, state: State) -> None:
        """The level is never below what the noted signs and flags demand, and "not sure" never lowers it."""
        shipped = self._content
        level = assess(state, shipped).level
        assert ORDER.index(level) >= ORDER.index(demanded(facts_of(state)))
        assert ORDER.index(checklist.level_now(state, shipped) or "emergency") >= ORDER.index(
            demanded(replace(facts_of(state), screens_answered=True, worry=None))
        )
        for sign, finding in state.findings.items():
            if finding.status in ("unsure", "absent"):
                unsure = replace(state, findings={**state.findings, sign: Finding("unsure")})
                absent = replace(state, findings={**state.findings, sign: Finding("absent")})
                levels = [ORDER.index(assess(s, shipped).level) for s in (unsure, absent)]
                assert levels[0] >= levels[1]


def facts_of(state: State) -> Facts:
    """What the oracle reads of a state. A reading of more than a day ago is one of earlier."""

    def when(told: str | None, when: str | None) -> str:
        age = (
            datetime.fromisoformat(state.last_at) - datetime.fromisoformat(told)
            if told and state.last_at
            else timedelta()
        )
        return "earlier" if age >= timedelta(hours=24) else when or "now"

    return Facts(
        present={s: (f.details, f.change or "skip") for s, f in state.findings.items() if f.status == "present"},
        unsure=state.signs("unsure"),
        flags=dict(state.flags),
        wish=state.wish,
        readings=tuple((r.c, when(r.at, r.when)) for r in state.temperatures),
        medicines=state.medicines,
        treatment=state.recent_treatment,
        worry=state.worry,
        screens_answered=all(state.screens.get(s) == "done" for s in ("right_now_1", "right_now_2")),
    )


def _alarms(words: Understanding) -> str:
    """The level that red flags in these words demand at once, worked out from SAFETY.md."""
    flags = [m.flag for m in words.red_flag_mentions if m.role == "present" and not m.unclear]
    levels = ["emergency" if flag in EMERGENCIES else "now" for flag in flags]
    levels += ["now" for t in words.temperatures if t.when != "earlier" and 30 <= t.c <= 43.5 and not 36 <= t.c < 37.5]
    if words.intent == "emergency" or _self_harm(words):
        levels.append("emergency")
    return most_urgent(["keep", *levels])


def _self_harm(words: Understanding) -> bool:
    mentions = words.red_flag_mentions
    mine = any(m.flag == "self_harm" and m.role == "present" and not m.unclear for m in mentions)
    return mine or (words.intent == "crisis" and not any(m.flag == "self_harm" and m.role == "other" for m in mentions))


def _is_answer_of_the_same(before: State, message: Incoming) -> bool:
    """ "I have called about the chest pain": the very flags that the direction on screen is about, with a way on."""
    interrupt = before.interrupt
    if interrupt is None or interrupt.step not in ("red_flag", "cannot_call"):
        return False
    return bool({*message.choices, *message.understanding.picks} & WAYS_ON)


def _chain(interrupt: Interrupt | None) -> list[Interrupt]:
    return [interrupt, *_chain(interrupt.under)] if interrupt else []


def _directions(said: Any) -> list[Direction]:
    return [say.direction for say in said if say.direction]


def _answers(state: State) -> dict[str, Any]:
    """The answers of a state, without times and record."""
    data = {k: v for k, v in state.to_json().items() if k not in OF_TIME}
    data["temperatures"] = [{**r, "at": None} for r in data.get("temperatures", [])]
    return data


# the tests ----------------------------------------------------------------------------------------------------------


def _run(examples: int, length: int) -> tuple[int, int]:
    """Walk; how many messages were sent, and how many summaries came."""
    before = Walk.steps, Walk.ends
    options = settings(
        max_examples=examples,
        stateful_step_count=length,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # shrinking fifty messages takes longer than the whole run
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Walk, settings=options)
    return Walk.steps - before[0], Walk.ends - before[1]


def test_random_people_for_thousands_of_steps() -> None:
    """At least 2,000 messages, and enough ends among them."""
    steps, ends = _run(examples=52, length=50)
    assert steps >= 2000 and ends >= 10


@pytest.mark.long
def test_random_people_for_tens_of_thousands_of_steps() -> None:
    """At least 20,000 messages."""
    steps, ends = _run(examples=250, length=70)
    assert steps >= 20_000 and ends >= 100


@pytest.mark.parametrize("who", ["self", "child", "adult"])
@pytest.mark.parametrize("condition", ["acute_leukaemia", "chronic_leukaemia", "lymphoma", "myeloma", "other"])
def test_a_check_where_nothing_is_noted_is_short_and_ends_at_keep(who: str, condition: str) -> None:
    """With the country question it takes at most 14 messages."""
    person = Person().until("summary", who=who, condition=condition, country="GB", recent_treatment="no")
    assert person.sent <= 14
    assert [d.level for d in person.directions] == ["keep"] and person.said[0] == "summary_intro"
    assert "country" in person.state.screens and not person.state.findings.keys() - set(CONTENT.signs)
    assert set(person.state.signs("absent")) == {s for s, sign in CONTENT.signs.items() if sign.page != "right_now"}
    assert contacts_for(
        "keep",
        crisis=False,
        bodily_emergency=False,
        state=person.state,
        content=CONTENT,
        site=person.site,
        now=person.now,
    )
