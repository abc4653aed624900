"""Which step comes next, and what it offers."""

from __future__ import annotations

import json

import pytest

from bot.clinical import flow
from bot.clinical.checklist import new_state
from bot.clinical.state import Finding, State
from bot.content.schema import PLACES
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


def test_progress_is_the_place_of_the_step_on_screen() -> None:
    """A page whose signs were all told in free text is behind like the others; a change goes back to its place."""
    person = Person().until("page_bones")
    steps = flow.main_steps(person.state, content(), person.site)
    told = {sign: Finding("absent") for sign in content().steps["page_head"].signs}
    state = person.state.answer(findings={**person.state.findings, **told})
    assert flow.progress(state, content(), person.site)["done"] == steps.index("page_bones")
    state = state.answer(screens={**state.screens, "page_bones": "skipped"})
    assert flow.progress(state, content(), person.site) == {"step": "worry", "done": steps.index("worry"), "of": 13}
    again = state.answer(screens={k: v for k, v in state.screens.items() if k != "who"})
    assert flow.progress(again, content(), person.site)["done"] == steps.index("who")


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


# the body outline -----------------------------------------------------------------------------------------------------


def test_the_body_outline_stands_beside_the_questions_that_content_names() -> None:
    """All its places, and nowhere else; pointing at one ticks the line that names it."""
    asks = {s for s, sign in content().signs.items() if sign.detail and sign.detail.where}
    assert asks == {"lumps", "bone_pain", "joint_muscle_pain", "back_pain", "abdominal_fullness"}
    for sign in ("lumps", "bone_pain", "headache"):
        person = Person().until("page_bones" if sign != "headache" else "page_head").pick(sign)
        person.until(f"detail:{sign}")
        assert [place.id for place in person.question.places] == ([f"at:{p}" for p in PLACES] if sign in asks else [])
    ticks = {place.id: place.choice for place in asked_about("lumps").question.places}
    assert ticks["at:left_armpit"] == ticks["at:right_armpit"] == "armpit"
    assert ticks["at:left_knee"] is None and ticks["at:groin"] == "groin_or_belly"


def test_what_is_pointed_at_is_kept_with_the_lines_ticked() -> None:
    """Also beside "none of these", which is about the lines; it raises no level."""
    person = asked_about("bone_pain").pick("strong", "at:left_hip", "at:right_knee")
    assert person.state.findings["bone_pain"].details == ("strong",)
    assert person.state.findings["bone_pain"].places == ("left_hip", "right_knee")
    assert State.from_json(json.loads(json.dumps(person.state.to_json()))) == person.state
    person = asked_about("back_pain").pick("none", "at:lower_back")
    assert person.state.findings["back_pain"].places == ("lower_back",)
    assert not person.directions and person.step != "detail:back_pain"


def test_pointing_alone_leaves_the_lines_open() -> None:
    """Nobody passes the lines that are red flags by pointing at their back: silence is no no."""
    person = asked_about("back_pain").pick("at:lower_back")
    assert person.step == "detail:back_pain" and person.said[0] == "choose_something"
    assert person.pick("leg_weak_or_numb").directions
    assert person.state.findings["back_pain"].places == ("lower_back",)


def test_back_takes_what_was_pointed_at_with_it() -> None:
    """One press undoes the answer as a whole."""
    person = asked_about("bone_pain").pick("strong", "at:left_hip").pick("back")
    assert person.step == "detail:bone_pain" and person.state.findings["bone_pain"].places == ()


def test_a_place_that_is_not_offered_is_refused() -> None:
    """Elsewhere an id of a place is no choice."""
    person = asked_about("headache", "page_head").pick("at:head")
    assert person.said[0] == "unknown_choice" and person.step == "detail:headache"


def asked_about(sign: str, page: str = "page_bones") -> Person:
    """Somebody who has this sign and is asked about its details."""
    return Person().until(page).pick(sign).until(f"detail:{sign}")
