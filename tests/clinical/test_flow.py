"""Which step comes next, and what it offers."""

from __future__ import annotations

import pytest

from bot.clinical import flow
from bot.clinical.checklist import new_state
from bot.clinical.state import Finding, State
from tests.support.core import Person, content, site

INTRO = ["right_now_1", "right_now_2", "who", "condition", "country", "recent_treatment"]
CLOSING = ["worry", "anything_else", "review"]
USUAL = ["page_body", "page_blood", "page_bones", "page_head"]


def walked(person: Person, **answers: str) -> list[str]:
    """The steps on the way to the summary."""
    seen = []
    while person.step != "summary":
        seen.append(person.step)
        answer = answers.get(person.step)
        person.pick(answer) if answer else person.pick(person._plainest())
    return seen


@pytest.mark.parametrize(
    ("condition", "pages"),
    [
        ("acute_leukaemia", USUAL),
        ("chronic_leukaemia", USUAL),
        ("other", USUAL),
        ("skip", USUAL),
        ("lymphoma", ["page_bones", "page_body", "page_blood", "page_head"]),
        ("myeloma", ["page_bones", "page_blood", "page_body", "page_head"]),
    ],
)
def test_the_order_of_pages_follows_the_condition(condition: str, pages: list[str]) -> None:
    """Right now first, then who and what, the pages in their order, worry and words, the review."""
    assert walked(Person(), condition=condition) == ["welcome", *INTRO, *pages, *CLOSING]


def test_the_country_is_asked_only_where_there_are_several() -> None:
    """A site in one country knows it."""
    assert "country" not in walked(Person(site(countries=["GB"])))


@pytest.mark.parametrize("step", ["who", "condition", "country", "recent_treatment", *USUAL, "worry", "anything_else"])
def test_a_step_can_be_skipped(step: str) -> None:
    """Everything but the red-flag screens and the review; what is skipped is not answered, not absent."""
    person = Person().until(step).pick("skip")
    assert person.step != step and person.state.screens[step] == "skipped"
    if step.startswith("page_"):
        assert not set(content().steps[step].signs) & set(person.state.findings)


@pytest.mark.parametrize("step", ["right_now_1", "right_now_2", "review"])
def test_a_step_that_must_be_answered_offers_no_skip(step: str) -> None:
    """Silence on a red flag is no answer."""
    person = Person().until(step)
    assert "skip" not in person.choices
    assert person.say("skip", "skip").step == step


def test_every_page_offers_its_signs_none_unsure_skip_and_back() -> None:
    """At most seven lines, and the ways to say no, not sure, later and oops."""
    for step in USUAL:
        person = Person().until(step)
        signs = content().steps[step].signs
        assert set(person.choices) == {*signs, "none", "unsure", "skip", "back"}
        assert len(signs) <= 7 and person.question.multiple


@pytest.mark.parametrize(
    ("condition", "first"), [("lymphoma", "lymphoma"), ("myeloma", "myeloma"), ("acute_leukaemia", "leukaemia")]
)
def test_signs_typical_of_the_condition_come_first(condition: str, first: str) -> None:
    """On each page, without leaving one out."""
    for step in USUAL:
        person = Person().until(step, condition=condition)
        typical = [first in content().signs[s].conditions for s in person.choices if s in content().signs]
        assert typical == sorted(typical, reverse=True)


def test_follow_ups_come_only_for_what_was_ticked_and_before_the_next_page() -> None:
    """Since when, how now, the details: of each noted sign, in the order of ticking."""
    person = Person().until("page_body").pick("night_sweats", "fatigue")
    steps = []
    while ":" in person.step:
        steps.append(person.step)
        person.pick(next(c for c in ("days", "new", "none") if c in person.choices))
    assert steps == [f"{kind}:{s}" for s in ("fatigue", "night_sweats") for kind in ("since", "change", "detail")]
    assert person.step == "page_blood"


@pytest.mark.parametrize("sign", ["fever", "chills", "infections"])
def test_a_fever_is_measured_before_anything_else_is_asked(sign: str) -> None:
    """The reading, when it was taken, and what may hide it; then the usual follow-ups."""
    person = Person().until("page_body").pick(sign)
    assert person.step == "temperature"
    person.send(person_says(person, 36.9))
    assert person.step == "temperature_when"
    assert person.pick("now").step == "medicines"
    assert person.pick("none").step.startswith("since:")


def person_says(person: Person, celsius: float):
    """The reading as an answer to the step on screen."""
    from bot.clinical.checklist import Incoming
    from tests.support.core import means

    return Incoming(means(f"{celsius}", readings=[celsius]), person.step)


def test_an_impossible_reading_is_asked_again() -> None:
    """It is named, not dropped in silence, and not kept."""
    person = Person().until("page_body").pick("fever")
    person.send(person_says(person, 48.0))
    assert person.said[0] == "temp_implausible" and person.step == "temperature"
    assert not person.state.temperatures


def test_signs_noted_from_words_are_not_asked_again() -> None:
    """The page offers only the rest; a page without a rest is left out."""
    person = (
        Person().pick("start").say("I sweat at night", present=["night_sweats"], absent=["fever"]).until("page_body")
    )
    assert not {"night_sweats", "fever"} & set(person.choices)
    every = content().steps["page_head"].signs
    person = Person().pick("start").say("none of that", absent=every)
    assert "page_head" not in walked(person)


@pytest.mark.parametrize(
    ("picked", "status", "screen"),
    [(("none",), "absent", "done"), (("unsure",), "unsure", "unsure"), (("skip",), None, "skipped")],
)
def test_what_the_rest_of_a_page_counts_as(picked: tuple[str, ...], status: str | None, screen: str) -> None:
    """None is absent, not sure is unsure, and silence is neither."""
    person = Person().until("page_head").pick(*picked)
    assert {person.state.status(s) for s in content().steps["page_head"].signs} == {status}
    assert person.state.screens["page_head"] == screen


def test_ticks_without_none_leave_the_rest_unanswered() -> None:
    """Nobody said no to the rest."""
    person = Person().until("page_head").pick("headache")
    assert person.state.status("headache") == "present" and person.state.status("confusion") is None


def test_ticks_with_not_sure_leave_the_rest_unsure() -> None:
    """Both at once are taken."""
    person = Person().until("page_head").pick("headache", "unsure")
    assert (person.state.status("headache"), person.state.status("confusion")) == ("present", "unsure")


def test_progress_counts_the_main_steps() -> None:
    """From nothing to all of them."""
    person = Person()
    first = flow.progress(person.state, content(), person.site)
    assert first == {"step": "welcome", "done": 0, "of": 13}
    person.until("summary")
    assert flow.progress(person.state, content(), person.site) == {"step": "summary", "done": 13, "of": 13}


def test_the_open_question_tells_the_understanding_what_is_on_screen() -> None:
    """Its step, its kind, its choices with their labels, and the signs behind them."""
    person = Person().until("page_body")
    question = flow.open_question(person.state, content(), person.site)
    assert (question.step, question.kind) == ("page_body", "multiple")
    assert dict(question.choices)["fever"] == content().signs["fever"].choice.plain
    assert question.signs["fever"] == "fever" and "skip" not in dict(question.choices)
    asked = State(started=True, detour="sign:cough", findings={"cough": Finding("unsure")})
    question = flow.open_question(asked, content(), person.site)
    assert (question.kind, question.signs) == ("yes_no", {"yes": "cough"})


def test_a_fresh_state_is_at_the_welcome() -> None:
    """Start, ask, a person."""
    state = new_state(content())
    assert flow.current_step(state, content(), site()) == "welcome"
    assert [c.id for c in flow.ask(state, content(), site()).choices] == ["start", "ask", "person"]
