"""Answers by the number of a line: "1 and 3", "1,3", "2-4", "2 but only at night".

Strict on purpose: a number that may be anything else ("2 weeks ago", "2 or 3", "38.2") is not read at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.nlp.numbers import UNITS

_WORDS = {word: number for word, number in UNITS.items() if number and word.isalpha() and len(word) > 1}
#: The marks after a digit make it a keycap emoji.
_DIGITS = r"(?P<digits>\d{1,2})(?!\d)[\ufe0f\u20e3]*(?:st|nd|rd|th)?(?![^\W_])"
_NUMBER = re.compile(rf"{_DIGITS}|(?P<word>{'|'.join(_WORDS)})\b", re.IGNORECASE)
_TO = re.compile(r"\s*(?:-|\u2013|\bto\b|\bthrough\b|\bthru\b)\s*", re.IGNORECASE)
_AND = re.compile(r"(?:\s*(?:,\s*and\b|[,;&+/]|\band\b|\bn\b|\bplus\b|\balso\b)\s*|\s*\.\s*|\s+)(?=\S)", re.IGNORECASE)
_BEFORE = re.compile(
    r"[\s(\[\"'*#]*(?:(?:the\s+)?(?:numbers?|options?|lines?|choices?|answers?)\s*[:#]?\s*|no\.\s*)?", re.IGNORECASE
)
#: Before digits only: "just one" may count, "just 1" picks.
_BEFORE_DIGITS = re.compile(
    r"[\s\"']*(?:yes|yeah|yep|just|only|it'?s|its|i have|i(?:'|\u2019)?ve got)[\s,:]+(?=\d)", re.IGNORECASE
)
_AFTER = re.compile(
    r"[\s.,;:!)\]\"'*]*(?:(?:only|please|pls|plz|thanks|thank you|ty|yes|yeah|yep)\b[\s.,!]*)*", re.IGNORECASE
)
#: What can follow a pick and cannot follow a count, and takes nothing of it back.
_REMARK = re.compile(
    r"(?:(?:\s*[,.:;)\]\n]|\s+-|\s*[\u2013\u2014])\s*(?=[^\W\d])|\s+(?=\()"
    r"|\s+(?=(?:but|only|because|cos|since|although|though|especially|mainly|mostly|when|except"
    r"|and (?!(?:a|half|bit|some|or)\b))))"
    r"(?!(?:nope?|nah|not|never|none|nothing|neither|maybe|perhaps|possibly|unsure|idk|dunno|or)\b"
    r"|i (?:think|guess|don))",
    re.IGNORECASE,
)
#: The next line of a list in the remark: "1. tired all day. 3. only on my legs".
_ITEM = re.compile(r"(?:\n\s*|[.;,]\s+)(\d{1,2})[.):]\s+(?=[^\W\d])")


@dataclass(frozen=True)
class Numbered:
    """The numbers said, each once, in rising order, and the words said beside them."""

    numbers: tuple[int, ...]
    rest: str = ""


def read_numbers(text: str, count: int, *, words: bool = False) -> Numbered | None:
    """The lines that a message picks out of `count` lines by their numbers; None when it is not surely that.

    With `words`, numbers may be spelt out, as dictation does; a single one only if the message holds nothing besides.
    """
    said = _scan(text, count)
    if said is None or (said.spelt and not words):
        return None
    if _end(_AFTER, text, said.end) == len(text):
        return Numbered(tuple(sorted(said.numbers)))
    # With words after it, "two" may be a count, and "1.3" a reading.
    alone = said.dotted or (said.spelt and len(said.numbers) == 1)
    remark = _REMARK.match(text, said.end)
    if alone or not remark:
        return None
    items = {int(item[1]) for item in _ITEM.finditer(text, said.end)}
    if not items <= set(range(1, count + 1)):
        return None
    return Numbered(tuple(sorted(said.numbers | items)), text[remark.end() :].strip())


@dataclass(frozen=True)
class _Said:
    """The numbers at the beginning of a message, where they end, and how they are written."""

    numbers: frozenset[int]
    end: int
    spelt: bool
    dotted: bool


def _scan(text: str, count: int) -> _Said | None:
    """Numbers and ranges with what joins them; None where there is none, or one of no line."""
    lead = _BEFORE_DIGITS.match(text)
    place = _end(_BEFORE, text, lead.end() if lead else 0)
    numbers: set[int] = set()
    spelt = dotted = False
    while found := _NUMBER.match(text, place):
        ends = [found]
        to = _TO.match(text, found.end())
        if to and (until := _NUMBER.match(text, to.end())):
            ends.append(until)
        first, last = _value(ends[0]), _value(ends[-1])
        if not 1 <= first <= last <= count:
            return None
        numbers.update(range(first, last + 1))
        spelt = spelt or any(end["word"] for end in ends)
        end = ends[-1].end()
        joined = _AND.match(text, end)
        place = _end(_BEFORE, text, joined.end()) if joined else len(text)
        if not joined or not _NUMBER.match(text, place):
            return _Said(frozenset(numbers), end, spelt, dotted)
        dotted = dotted or "." in joined.group()
    return None


def _value(found: re.Match[str]) -> int:
    return int(found["digits"]) if found["digits"] else _WORDS[found["word"].lower()]


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    found = pattern.match(text, place)
    return found.end() if found else place
