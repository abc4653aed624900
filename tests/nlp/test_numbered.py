"""Answers by the number of a line, and everything that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlp.numbered import Numbered, read_numbers


@pytest.mark.parametrize(
    ("text", "numbers", "rest"),
    [
        ("3", (3,), ""), ("(3)", (3,), ""), ("3.", (3,), ""), ("#3", (3,), ""), ("3!", (3,), ""), ("3rd", (3,), ""),
        ("no. 3", (3,), ""), ("option 3", (3,), ""), ("the numbers 1 and 3", (1, 3), ""), ("just 3", (3,), ""),
        ("yes 3", (3,), ""), ("3 only", (3,), ""), ("3 thanks", (3,), ""), ("1 and 3 yes", (1, 3), ""), ("3 3", (3,), ""), ("1 , 3", (1, 3), ""),
        ("1+3", (1, 3), ""), ("1/3", (1, 3), ""), ("1;3", (1, 3), ""), ("1, 2, and 9", (1, 2, 9), ""),
        ("1 to 3", (1, 2, 3), ""), ("1\u20133", (1, 2, 3), ""), ("1-3 and 5", (1, 2, 3, 5), ""),
        ("\uff11 \uff13", (1, 3), ""), ("3 (at night)", (3,), "(at night)"), ("3: at night", (3,), "at night"),
        ("3 - at night", (3,), "at night"), ("3\nat night", (3,), "at night"), ("3 and tired", (3,), "and tired"),
        ("3 since Sunday", (3,), "since Sunday"), ("1. legs. 3. arms", (1, 3), "legs. 3. arms"),
    ],
)  # fmt: skip
def test_numbers_are_read(text: str, numbers: tuple[int, ...], rest: str) -> None:
    """As people write them."""
    assert read_numbers(text, 9) == Numbered(numbers, rest)


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "0", "10", "13", "3 weeks", "3am", "3x", "x3", "3.5 kg", "2:30", "3 or 4", "3?", "no 3", "38.2", "3-1",
        "3 and a half", "3 at night", "3 not sure", "3, not sure", "3, maybe", "1. legs. 12. arms", "1 and 12", "-3 weeks",
        "one", "three and one", "1 yes 2 no",
    ],
)  # fmt: skip
def test_what_may_be_something_else_is_not_read(text: str) -> None:
    """A count, a time, a reading, a doubt, or a line that is not there."""
    assert read_numbers(text, 9) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("one", (1,)), ("one and three", (1, 3)), ("Number two", (2,)), ("two weeks", None), ("two and tired", None),
     ("just one", None), ("twelve", None), ("one and a half weeks", None), ("two three weeks", None),
     ("one and three and also my back hurts since tuesday", (1, 3)), ("number one number three", (1, 3))],
)  # fmt: skip
def test_a_word_for_a_number_counts_alone_or_beside_another(text: str, numbers: tuple[int, ...] | None) -> None:
    """Dictation spells numbers out; so do people who count weeks."""
    found = read_numbers(text, 9, words=True)
    assert (found and found.numbers) == numbers


@given(st.text(max_size=40) | st.text("0123456789 ,.-and()", max_size=30), st.integers(0, 30), st.booleans())
def test_any_text_gives_lines_that_are_there(text: str, count: int, words: bool) -> None:
    """Never an error; numbers rise, and each is a line."""
    found = read_numbers(text, count, words=words)
    if found:
        assert found.numbers == tuple(sorted(set(found.numbers)))
        assert found.numbers
        assert 1 <= found.numbers[0] <= found.numbers[-1] <= count
        assert found.rest in text
