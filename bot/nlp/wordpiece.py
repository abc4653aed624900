"""BERT's tokens of a text, with their places: basic tokens without case and accents, then the longest known pieces."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

_LONGEST_WORD = 100
#: Scripts whose letters stand alone, as in BERT's own tokenizer.
_IDEOGRAPHS = (
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2CEAF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class WordPiece:
    """The tokenizer of an uncased BERT vocabulary."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """Keep the vocabulary: piece to id, with `##` before pieces that go on a word. No word of a person is kept."""
        self._ids = vocabulary
        self._unknown = vocabulary["[UNK]"]
        self.start, self.end = vocabulary["[CLS]"], vocabulary["[SEP]"]

    def encode(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """The ids of the pieces, and for each the start and end of its word in the text. No special tokens."""
        ids: list[int] = []
        places: list[tuple[int, int]] = []
        for start, end in _words(text):
            word = plain(text[start:end])
            if word:
                pieces = self._split(word)
                ids += pieces
                places += [(start, end)] * len(pieces)
        return ids, places

    def _split(self, word: str) -> list[int]:
        if len(word) > _LONGEST_WORD:
            return [self._unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            end = len(word)
            while end > start and (("##" if start else "") + word[start:end]) not in self._ids:
                end -= 1
            if end == start:
                return [self._unknown]
            found.append(self._ids[("##" if start else "") + word[start:end]])
            start = end
        return found


def plain(word: str) -> str:
    """Without case, accents and signs that are not seen, as an uncased vocabulary has it."""
    if word.isascii():
        return word.lower()
    kept = "".join(c for c in word if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    return "".join(c for c in unicodedata.normalize("NFD", kept.lower()) if unicodedata.category(c) != "Mn")


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Where the words and the single marks stand."""
    start = None
    for at, letter in enumerate(text):
        if letter.isspace() or _stands_alone(letter):
            if start is not None:
                yield start, at
                start = None
            if not letter.isspace():
                yield at, at + 1
        elif start is None:
            start = at
    if start is not None:
        yield start, len(text)


def _stands_alone(letter: str) -> bool:
    if letter.isascii():
        return not letter.isalnum() and letter.isprintable()
    return unicodedata.category(letter).startswith("P") or any(a <= ord(letter) <= b for a, b in _IDEOGRAPHS)
