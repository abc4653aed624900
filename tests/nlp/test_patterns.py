"""The pattern language of the word lists."""

from __future__ import annotations

import pytest

from bot.nlp.lexicon import Lexicon
from bot.nlp.patterns import PatternError, compile_pattern
from bot.nlp.tokens import tokenize


def found(pattern: str, text: str, **classes: str) -> list[str]:
    """The words of a text that a pattern matches."""
    tokens = tokenize(text)
    hits = Lexicon({"x": [pattern]}, classes, spelled=("x",)).find(tokens)
    longest = [h for h in hits if not any(o.first <= h.first and h.last <= o.last and o != h for o in hits)]
    return [text[tokens[h.first].start : tokens[h.last - 1].end] for h in longest]


@pytest.mark.parametrize(
    ("pattern", "text", "matched"),
    [
        ("bleeding gums", "My gums! Bleeding gums", ["Bleeding gums"]),
        ("bleed", "it bled", ["bled"]),
        ("(nose|gum) bleed", "a nose bleed", ["nose bleed"]),
        ("very? tired", "so tired", ["tired"]),
        ("very? tired", "very tired", ["very tired"]),
        ("cant stop ... bleeding", "can't stop this awful nose bleeding", ["can't stop this awful nose bleeding"]),
        ("cant stop ... bleeding", "can't stop one two three four five bleeding", []),
        ("cant stop ... bleeding", "can't stop. bleeding", []),
        ("% weeks", "about 3 weeks", ["3 weeks"]),
        ("chest pain", "chest, like, pain", ["chest, like, pain"]),
        ("headache", "hedache", ["hedache"]),
        ("very? tired", "Hello. Tired again", ["Tired"]),
        ("(% weeks|ages) ago", "about 3 weeks ago", ["3 weeks ago"]),
        ("bruising", "brushing", []),
    ],
)
def test_matching(pattern: str, text: str, matched: list[str]) -> None:
    """Stems, groups, options, gaps, numbers, fillers and misspellings."""
    assert found(pattern, text) == matched


def test_classes() -> None:
    """A named group is put in."""
    assert found("{cant} sleep", "could not sleep", cant="cant|could not") == ["could not sleep"]


@pytest.mark.parametrize("pattern", ["", "(a|b", "a)", "... a", "a ...", "{nope} a", "?", "a?", "(a ... b)", "!!"])
def test_faults_are_named(pattern: str) -> None:
    """A pattern that cannot be read says so."""
    with pytest.raises(PatternError, match="word pattern"):
        compile_pattern("x", pattern, {})
