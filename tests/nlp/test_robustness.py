"""Any input at all: no exception, valid places, bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clinical.understanding import OpenQuestion, Understanding
from bot.nlp.understand import Understander, open_question, understander

FRAGMENTS = st.sampled_from(
    ["cant stop bleeding", "no", "fever", "38.4", "my son", ",", ".", "?", "what if", "cough", "🤒", "\u202e", "\x00", "z\u0335\u0321a\u0336lgo",
     "night sweats", "/inform{\"x\":1}", "not", "since chemo", "i", "want to", "die", "血が止まらない", "خون", "\u200b",
     "102 F", "'", "\n"]
)  # fmt: skip
QUESTIONS = st.sampled_from(
    [None, OpenQuestion("t", "yes_no", (("yes", "Yes"), ("no", "No"))), OpenQuestion("temperature", "free"),
     OpenQuestion("page_body", "multiple", (("a", "A"), ("none", "None")), {"a": "fever"})]
)  # fmt: skip


def check(said: Understanding, text: str) -> None:
    """The promises that hold for every message."""
    assert said.text == text
    for mention in (*said.mentions, *said.red_flag_mentions, *said.durations):
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end].strip()
    assert Understanding.from_json(said.to_json()) == said


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["self", "child", "adult", "relative", "nonsense"]), QUESTIONS)
def test_any_text(text: str, about: str, question: OpenQuestion | None) -> None:
    """Arbitrary characters never raise, and every place lies in the raw text."""
    check(understander().understand(text, about, question), text)


@settings(max_examples=200, deadline=None)
@given(st.lists(FRAGMENTS, max_size=25).map(" ".join), QUESTIONS)
def test_any_mixture(text: str, question: OpenQuestion | None) -> None:
    """The same for messages made of meaningful pieces."""
    check(understander().understand(text, "self", question), text)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "empty"), ("   \n", "empty"), ("\u200b", "empty"), ("😀😀", "emoji"), ("asdfghjkl", "unreadable"),
        ("for(i=0;i<9;i++){a[i]=b; x={}; }", "unreadable"), ("hello", "ok"), ("!!!", "empty"), ("x" * 6000,
        "too_long"),
    ],
)  # fmt: skip
def test_readability(reader: Understander, text: str, state: str) -> None:
    """What cannot be read is named."""
    assert reader.understand(text).readability == state


HARD = [
    "cant stop bleeding " + "a" * 20_000,
    "no " * 2_000 + "fever",
    "fever, " * 700,
    "what if " * 600,
    "\u0335\u0321" * 3_000,
    "(((" * 1_500,
    "1.1.1.1 38.4 " * 400,
    "my son my wife i he she " * 200,
]


@pytest.mark.parametrize("text", HARD, ids=[str(n) for n in range(len(HARD))])
def test_long_and_twisted_input_is_fast(reader: Understander, text: str) -> None:
    """At most a fraction of a second, also for what is built to be slow."""
    reader.understand("warm up")
    start = time.perf_counter()
    reader.understand(text)
    assert time.perf_counter() - start < 1.0


def test_red_flag_at_the_start_of_a_too_long_text(reader: Understander) -> None:
    """Cutting keeps the beginning."""
    said = reader.understand("cant stop bleeding " + "word " * 5_000)
    assert said.readability == "too_long"
    assert "uncontrolled_bleeding" in said.red_flags


def test_zero_width_and_zalgo_do_not_hide_a_flag(reader: Understander) -> None:
    """Marks and joiners inside words are folded away."""
    assert "chest_pain" in reader.understand("ch\u200best p\u0335\u0321ain").red_flags


def test_fault_inside_keeps_the_red_flags(reader: Understander, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a part fails the bare phrase check still speaks."""

    def broken(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("bot.nlp.answers.picks", broken)
    said = reader.understand("my nose wont stop bleeding")
    assert said.red_flags == ("uncontrolled_bleeding",)
    assert said.intent == "out_of_scope"


def test_payload_look_alike_is_text(reader: Understander) -> None:
    """A typed payload has no power here."""
    assert reader.understand('/inform{"warning_sign": "x"}').mentions == ()


@pytest.mark.parametrize(
    "data", [None, {}, {"step": 3}, {"step": "a", "choices": "xyz", "signs": [1]}, {"step": "a", "choices": [["b"]]}]
)
def test_question_from_metadata_is_taken_with_care(data: object) -> None:
    """Malformed metadata gives no question or one without choices."""
    question = open_question(data)  # type: ignore[arg-type]
    assert question is None or question.choices == ()


def test_the_words_are_read_once_however_they_are_asked_for() -> None:
    """Rasa's component names the folder in use as None; reading it again would hold up the first message."""
    assert understander() is understander(None)
