"""Long texts in parts that an app takes: cut between paragraphs, else lines, sentences or words. Nothing is lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import takewhile

#: Where a text may be cut, best first; what the pattern matches is white space, and is left out.
_CUTS = (
    re.compile(r"\n[^\S\n]*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile(r"(?:(?<=[.!?\u2026])|(?<=[.!?\u2026][\"')\u2019\u201d]))\s+"),
    re.compile(r"(?<![\d\s])\s+|(?<!\s)\s+(?![\d\s])"),
)
#: Half a phone number ("0808 2080 888") is worse than an early cut, and better than half a word.
_WITHIN_NUMBER = re.compile(r"(?<!\s)\s+")
_JOINER = "\N{ZERO WIDTH JOINER}"


def length(text: str) -> int:
    """Letters as apps count them, in UTF-16 code units: no app counts more."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def split(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` letters (see `length`), in order; none for a text without letters.

    Only white space at a cut is left out. `limit` is 2 or more.
    """
    return list(_parts(text.strip(), limit))


def _parts(text: str, limit: int) -> Iterator[str]:
    while text:
        end = _fitting(text, limit)
        if end == len(text):
            yield text
            return
        cut, after = _cut(text, end)
        yield text[:cut].rstrip()
        text = text[after:].lstrip()


def _fitting(text: str, limit: int) -> int:
    """How many code points of the text fit."""
    if len(text) * 2 <= limit:
        return len(text)
    letters = 0
    for place, letter in enumerate(text):
        letters += 1 + (letter > "\uffff")
        if letters > limit:
            return place
    return len(text)


def _cut(text: str, end: int) -> tuple[int, int]:
    """Where the first part ends and the next begins. A better kind of cut that leaves a mere crumb is passed over."""
    kinds = [(kind, least) for least in (end // 3, 1) for kind in _CUTS]
    for kind, least in (*kinds, (_WITHIN_NUMBER, 1)):
        # White space just behind the last letter that fits is a good place too, however much of it there is.
        fits = [m for m in takewhile(lambda m: m.start() <= end, kind.finditer(text)) if least <= m.start()]
        if fits:
            return fits[-1].start(), fits[-1].end()
    whole = end
    while whole > 1 and _belongs_to_the_one_before(text, whole):
        whole -= 1
    cut = whole if whole > 1 else end
    return cut, cut


def _belongs_to_the_one_before(text: str, place: int) -> bool:
    """Whether the letter at this place is drawn as one with that before it."""
    letter = text[place]
    return bool(unicodedata.combining(letter)) or letter == _JOINER or text[place - 1] == _JOINER
