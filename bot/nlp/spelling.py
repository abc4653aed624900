"""Misspellings of the words in the lists, found by a symmetric-delete index.

A word is mended only towards a word of the lists, only when it is long enough, and never when it is a real
English word of its own (`look_alikes.txt`): "brushing" is not "bruising".
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rapidfuzz.distance import DamerauLevenshtein

from bot.nlp.tokens import stem

_SHORTEST = 5
_LONG = 8
_LOOK_ALIKES = Path(__file__).with_name("look_alikes.txt")


def _deletes(word: str) -> set[str]:
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


class SpellingIndex:
    """Stems of the lists, indexed by themselves less one letter."""

    def __init__(self, stems: Iterable[str]) -> None:
        """Index the stems that are long enough to be recognised when misspelt."""
        self._index: dict[str, list[str]] = {}
        for word in sorted(set(stems)):
            if len(word) >= _SHORTEST and word.isalpha():
                for key in _deletes(word):
                    self._index.setdefault(key, []).append(word)
        self._real = frozenset(_LOOK_ALIKES.read_text("utf-8").split())

    def correct(self, norm: str) -> str | None:
        """The stem that a misspelt word stands for, or None.

        One slip is allowed (a wrong, missing, added or swapped letter), two in long words with the same start.
        """
        if len(norm) < _SHORTEST or len(norm) > 24 or norm in self._real or stem(norm) in self._real:
            return None
        best: str | None = None
        least = 3
        for form in dict.fromkeys((stem(norm), norm)):
            for key in _deletes(form):
                for word in self._index.get(key, ()):
                    distance = DamerauLevenshtein.distance(form, word)
                    allowed = 2 if min(len(word), len(form)) >= _LONG else 1
                    if (
                        distance <= allowed
                        and distance < least
                        and (word[0] == form[0] or (distance == 1 and len(word) >= 6))
                    ):
                        best, least = word, distance
        return best
