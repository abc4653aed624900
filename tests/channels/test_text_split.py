"""Long texts in parts: under the limit, at the best place, with nothing lost."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.text_split import length, split


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 20, []),
        (" \n ", 20, []),
        ("It fits.", 20, ["It fits."]),
        ("One here. Two here. Three.", 20, ["One here. Two here.", "Three."]),
        ("Is it? Yes! It is so.", 12, ["Is it? Yes!", "It is so."]),
        ("He said \"no.\" Then he went.", 15, ["He said \"no.\"", "Then he went."]),
        ("First part.\n\nSecond one. Third.", 26, ["First part.", "Second one. Third."]),
        ("Head:\none line\nanother line", 20, ["Head:\none line", "another line"]),
        ("no full stop in these words", 12, ["no full stop", "in these", "words"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("call 0808 2080 888 now", 12, ["call", "0808 2080", "888 now"]),
        ("call 0808 2080 888 now", 16, ["call", "0808 2080 888", "now"]),
        ("call 0808  2080  888", 16, ["call", "0808  2080  888"]),
        ("37.5 is a reading. So is 38.", 20, ["37.5 is a reading.", "So is 38."]),
        ("\N{THUMBS UP SIGN}" * 3, 4, ["\N{THUMBS UP SIGN}" * 2, "\N{THUMBS UP SIGN}"]),
    ],
)  # fmt: skip
def test_where_a_text_is_cut(text: str, limit: int, parts: list[str]) -> None:
    """Between paragraphs, else lines, sentences, words; inside a word only when nothing else is left."""
    assert split(text, limit) == parts


def test_a_crumb_is_not_sent_alone() -> None:
    """A heading stays with the beginning of its text, although a paragraph ends after it."""
    text = "Please note.\n\n" + "This is a sentence of some length. " * 6
    assert split(text, 120)[0].startswith("Please note.\n\nThis is")


@pytest.mark.parametrize(
    ("text", "letters"),
    [("abc", 3), ("\N{THUMBS UP SIGN}", 2), ("\N{LATIN SMALL LETTER E WITH ACUTE}", 1), ("\ud800", 1)],
)
def test_letters_are_counted_as_apps_count_them(text: str, letters: int) -> None:
    """In UTF-16 code units."""
    assert length(text) == letters


prose = st.lists(st.sampled_from(["word", "a", "Stop.", "no?", "0808 2080 888", "\n", "\n\n", "x" * 50, "1."])).map(
    " ".join
)


@given(st.text(max_size=300) | prose, st.integers(2, 60))
@example("e\u0301" * 30, 5)
@example("\N{MAN}\u200d\N{WOMAN}" * 9, 7)
def test_nothing_is_lost_and_every_part_fits(text: str, limit: int) -> None:
    """Only white space at the cuts is left out; no part is empty."""
    parts = split(text, limit)
    assert all(part.strip() for part in parts)
    assert all(length(part) <= limit for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@given(prose, st.integers(14, 60))
def test_a_phone_number_stays_whole(text: str, limit: int) -> None:
    """Wherever it stands, in parts that it fits into."""
    text = text.replace("1.", "one")
    joined = re.sub(r"888\s+(?=0808)", "888, ", text)
    numbers = sum(part.count("0808 2080 888") for part in split(joined, limit))
    assert numbers == joined.count("0808 2080 888")


@pytest.mark.parametrize(
    "text", [" " * 20_000 + "x", "1 " * 10_000, "\n \n" * 5_000 + "x", "x" * 20_000, "a.\n" * 5_000]
)
def test_long_runs_are_split_in_no_time(text: str) -> None:
    """No text makes the search for a cut slow: one of 20,000 letters is split well within a second."""
    started = time.perf_counter()
    split(f"x{text}", 1500)
    assert time.perf_counter() - started < 1
