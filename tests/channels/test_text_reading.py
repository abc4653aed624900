"""What people type in an app, read against the question they were shown: the picks, and not one more than they made."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.apps import APPS, SMS, WHATSAPP, App
from bot.channels.text import render
from bot.channels.text_reading import Read, button_data, read, read_button
from bot.clinical import flow
from bot.clinical.checklist import Incoming
from bot.content.render import Renderer
from tests.channels.text_questions import messages
from tests.support.core import Person, content, means, site

QUESTIONS = messages()
apps = pytest.mark.parametrize("app", APPS.values(), ids=APPS)


def question(step: str, *, about: str = "self") -> dict[str, Any]:
    """The question of a step in the real content."""
    voice = {"self": "self", "child": "parent", "adult": "carer"}[about]
    return next(m for m, r in QUESTIONS if m["step"] == step and r.voice == voice and len(m["choices"]) > 1)


PAGE = question("page_body")  # 1 fatigue, 2 fever, 3 chills, 4 night_sweats, ... 8 none, 9 unsure, 10 skip, 11 back


@pytest.mark.parametrize(
    ("text", "picked", "left"),
    [
        ("1 and 3", ("fatigue", "chills"), ""),
        ("1,3", ("fatigue", "chills"), ""),
        ("1 3", ("fatigue", "chills"), ""),
        ("3 & 1", ("fatigue", "chills"), ""),
        ("1.3", ("fatigue", "chills"), ""),
        ("2-4", ("fever", "chills", "night_sweats"), ""),
        ("one and three", ("fatigue", "chills"), ""),
        ("numbers 1 and 3 please", ("fatigue", "chills"), ""),
        ("first two", ("fatigue", "fever"), ""),
        ("the second one", ("fever",), ""),
        ("1\ufe0f\u20e3", ("fatigue",), ""),
        ("2 but only at night", ("fever",), "but only at night"),
        ("1 and 4, worse since Sunday", ("fatigue", "night_sweats"), "worse since Sunday"),
        ("1. tired all day. 3. only at night", ("fatigue", "chills"), "tired all day. 3. only at night"),
        ("none", ("none",), ""),
        ("None.", ("none",), ""),
        ("nope none", ("none",), ""),
        ("not that i know of", ("none",), ""),
        ("8", ("none",), ""),
        ("idk", ("unsure",), ""),
        ("not sure", ("unsure",), ""),
        ("9", ("unsure",), ""),
        ("4 and 9", ("night_sweats", "unsure"), ""),
        ("skip", ("skip",), ""),
        ("10", ("skip",), ""),
        ("Back", ("back",), ""),
        ("go back", ("back",), ""),
        ("11", ("back",), ""),
    ],
)
def test_a_page_of_several(text: str, picked: tuple[str, ...], left: str) -> None:
    """Numbers as shown, places, and the words of the legend; what is said beside them is kept."""
    assert read(text, PAGE, SMS) == Read(picked, left)


@pytest.mark.parametrize(
    "text",
    [
        "2 weeks ago", "two and a half weeks", "2 or 3", "12", "0", "38.2", "13 3", "maybe 2", "3, not sure", "2 no",
        "no fever but a cough", "i feel awful", "not the first", "not well", "yes", "just one", "2am", "1 and 10",
        "how many?", "have i got any of these?", "call 999", "no idea why im bruising", "i dont want to be here", "stop",
        "none of this feels right, i cant breathe", "/inform{\"x\": 1}", "\N{THUMBS UP SIGN}", "  ", "",
    ],
)  # fmt: skip
def test_what_is_not_surely_a_pick_is_left_whole(text: str) -> None:
    """The understanding reads it; nothing is guessed here, and no word is lost."""
    assert read(text, PAGE, SMS) == Read(text=text)


@pytest.mark.parametrize(
    ("step", "text", "picked", "left"),
    [
        ("confirm_flag", "y", ("yes",), ""),
        ("confirm_flag", "n", ("no",), ""),
        ("confirm_flag", "yeah", ("yes",), ""),
        ("confirm_flag", "2", ("no",), ""),
        ("confirm_flag", "yes and no", (), "yes and no"),
        ("confirm_flag", "1 and 2", (), "1 and 2"),
        ("confirm_flag", "1, but less now", ("yes",), "but less now"),
        ("who", "My child", ("child",), ""),
        ("who", "2 my child", (), "2 my child"),
        ("who", "2. My child", ("child",), ""),
        ("who", "the last one", ("adult",), ""),
        ("since:fever", "2", ("days",), ""),
        ("since:fever", "2 days", (), "2 days"),
        ("since:fever", "3, since the flu jab", ("weeks",), "since the flu jab"),
        ("temperature", "37.2", (), "37.2"),
        ("temperature", "38", (), "38"),
        ("temperature", "101", (), "101"),
        ("temperature", "1", ("no_thermometer",), ""),
        ("temperature", "no thermometer", ("no_thermometer",), ""),
        ("temperature", "thirty eight", (), "thirty eight"),
        ("anything_else", "none", ("none",), ""),
        ("anything_else", "my knee hurts", (), "my knee hurts"),
        ("red_flag", "i have called", ("called",), ""),
        ("red_flag", "1", ("called",), ""),
        ("red_flag", "1 and 3", (), "1 and 3"),
        ("red_flag", "i cant call", ("cannot_call",), ""),
        ("recent_treatment", "2 years ago", (), "2 years ago"),
        ("recent_treatment", "none of these", ("no",), ""),
        ("review", "yes", (), "yes"),
    ],
)
def test_a_question_of_one_answer(step: str, text: str, picked: tuple[str, ...], left: str) -> None:
    """One pick, or none: two contradict each other, and a count, a date or a reading is no pick."""
    assert read(text, question(step), WHATSAPP) == Read(picked, left)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("3?", ("chills",)), ("what is 3", ("chills",)), ("What does number 3 mean?", ("chills",)), ("#3 ?", ("chills",)),
        ("3", ()), ("8?", ()), ("20?", ()), ("is 3 bad?", ()), ("3 weeks?", ()), ("what about 38?", ()),
    ],
)  # fmt: skip
def test_asking_about_a_line_picks_nothing(text: str, asks: tuple[str, ...]) -> None:
    """A line with more to read can be asked about; the rest is for the understanding."""
    found = read(text, PAGE, SMS)
    assert found.asks == asks
    assert not asks or found == Read(text=text, asks=asks)


def test_a_question_mark_asks_about_every_line() -> None:
    """All that can be read beside the lines of the page."""
    assert read("?", PAGE, SMS).asks == tuple(c["id"] for c in PAGE["choices"] if c["help"])


def test_without_a_question_all_is_text() -> None:
    """Before anything was asked, and after a notice, a number picks nothing."""
    assert read("1", None, SMS) == Read(text="1")


@apps
def test_every_choice_is_read_back_by_its_number_and_by_its_name(app: App) -> None:
    """In every step of the content, in every voice: the number that is shown, and the label copied."""
    for message, _ in QUESTIONS:
        shown = _shown(message, app)
        for number, (id_, label) in enumerate(shown, 1):
            assert read(str(number), message, app) == Read((id_,)), (message["step"], number)
            assert read(f" {number}. ", message, app) == Read((id_,)), (message["step"], number)
            assert read(label, message, app).choices in ((id_,), ()), (message["step"], label)
        labels = [label for _, label in shown]
        unique = [(id_, label) for id_, label in shown if labels.count(label) == 1]
        assert all(read(label, message, app) == Read((id_,)) for id_, label in unique), message["step"]


def _shown(message: dict[str, Any], app: App) -> list[tuple[str, str]]:
    """The choices by their numbers, as a reader of the rendered text sees them."""
    renderer = Renderer(content(), site())
    return [(option.id, option.label) for option in render([message], app, renderer.text)[-1].options]


def test_two_lines_of_a_page_are_read_back_together() -> None:
    """Any two signs of any page, in either order."""
    for message, _ in QUESTIONS:
        if message["multiple"]:
            own = [id_ for id_, _ in _shown(message, SMS) if id_ not in ("none", "unsure", "skip", "back")]
            for first in range(1, len(own)):
                assert read(f"{first + 1}, {first}", message, SMS).choices == (own[first - 1], own[first])


def test_places_are_counted_as_the_numbers_are_shown() -> None:
    """ "The first one" is number 1, whoever reads it."""
    for message, _ in QUESTIONS:
        shown = _shown(message, SMS)
        if shown[0][0] not in ("none", "unsure", "skip", "back", "yes", "no") and message["step"] != "anything_else":
            assert read("the first one", message, SMS).choices in ((shown[0][0],), ()), message["step"]


@given(st.text(max_size=60), st.integers(0, len(QUESTIONS) - 1))
def test_any_text_is_read_without_loss(text: str, number: int) -> None:
    """Only what is offered is picked, a pick or a question about a line is all or nothing, and words are kept."""
    message, _ = QUESTIONS[number]
    found = read(text, message, SMS)
    assert set(found.choices) | set(found.asks) <= {choice["id"] for choice in message["choices"]}
    assert len(found.choices) <= 1 or message["multiple"]
    assert not (found.choices and found.asks)
    assert found.text == text if not found.choices else found.text in text


@given(
    st.lists(st.integers(1, 7), min_size=1, max_size=4),
    st.sampled_from((", ", ",", " and ", " & ", " ", "\n", " + ")),
    st.sampled_from(("", ".", " please", "!", " thanks")),
)
def test_numbers_in_any_writing(numbers: list[int], between: str, after: str) -> None:
    """Each number picks its line, whatever stands between, repeated or not."""
    own = [c["id"] for c in PAGE["choices"]]
    text = between.join(map(str, numbers)) + after
    assert read(text, PAGE, SMS) == Read(tuple(own[n - 1] for n in sorted(set(numbers))))


def test_words_of_an_emergency_are_never_swallowed() -> None:
    """What stands beside a pick goes on to the understanding, in full."""
    assert read("1, and blood will not stop pouring", PAGE, SMS).text == "and blood will not stop pouring"
    assert read("none but i took too many pills", PAGE, SMS) == Read(text="none but i took too many pills")


def test_a_button_names_its_step() -> None:
    """What a button carries is read back; what no button of ours carries is nothing."""
    assert read_button(button_data("since:fever", "today")) == ("since:fever", "today")
    assert read_button(button_data("review", "change:page_body")) == ("review", "change:page_body")
    assert [read_button(data) for data in ("", "today", "|today", "who|", "/start")] == [None] * 5


def test_a_late_number_does_not_answer_the_newer_question() -> None:
    """Read against the question under which it was typed, it is told to be late, and the open one is shown."""
    person = Person().until("who")
    old = Renderer(content(), site()).message(person.question)
    person.pick("child")
    late = read("3", old, SMS)
    person.send(Incoming(means(late.text), old["step"], late.choices))
    assert person.said == ["stale_answer", flow.ask(person.state, content(), site()).utterance]
    assert person.state.about == "child"


@apps
def test_a_whole_check_by_numbers_ends_as_one_by_buttons(app: App) -> None:
    """The same answers give the same state, typed in any app or pressed in the widget."""
    pressed, typed = Person(), Person()
    answers = {
        "who": "child", "country": "GB", "recent_treatment": "recent", "page_blood": ("bruising", "cough"),
        "page_head": "unsure", "worry": "very", "since:bruising": "days", "change:cough": "worse",
    }  # fmt: skip
    for _ in range(60):
        if pressed.step == "summary":
            break
        wanted = answers.get(pressed.step) or pressed._plainest()
        choices = (wanted,) if isinstance(wanted, str) else wanted
        message = Renderer(content(), site(), typed.state.voice).message(typed.question)
        numbers = [n for n, (id_, _) in enumerate(_shown(message, app), 1) if id_ in choices]
        found = read(" and ".join(map(str, numbers)), message, app)
        typed.send(Incoming(means(found.text), message["step"], found.choices))
        pressed.pick(*choices)
    assert pressed.step == typed.step == "summary"
    assert typed.state == pressed.state
    assert typed.out.say == pressed.out.say


@pytest.mark.parametrize(
    "text", ["1 " * 2500, "1," * 2500, " " * 5000, "1 and " * 800, "1. x\n" * 1000, "?" * 5000, "no " * 1600]
)
def test_no_message_is_slow_to_read(text: str) -> None:
    """The longest message that is read takes well under a second, whatever it holds."""
    started = time.perf_counter()
    read(text, PAGE, SMS)
    assert time.perf_counter() - started < 0.5
