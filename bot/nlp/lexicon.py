"""One pass over a message for signs, red flags, cues and intents alike.

Patterns are indexed by the words with which they can begin, so a message costs only the patterns that its own
words call up. Words are matched on stems, after spelling is mended towards the words of signs and red flags.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.nlp.patterns import FILLERS, NEVER_SKIPPED, NUMBER, Pattern, compile_pattern
from bot.nlp.spelling import SpellingIndex
from bot.nlp.tokens import Token

_UNKNOWN = "\u25a1"
_RUN = 3


@dataclass(frozen=True, order=True)
class Hit:
    """A label found on tokens [first, last)."""

    first: int
    last: int
    label: str


class Lexicon:
    """Patterns by label, compiled once; `find` is pure and safe to call from several threads."""

    def __init__(
        self, patterns: Mapping[str, Iterable[str]], classes: Mapping[str, str], spelled: tuple[str, ...] = ()
    ) -> None:
        """Compile every pattern.

        Args:
            patterns: label -> patterns (see `bot.nlp.patterns`).
            classes: named groups for `{name}` in patterns.
            spelled: prefixes of the labels whose words are matched with spelling mistakes too.

        Raises:
            PatternError: a pattern cannot be read.
        """
        index: dict[str, list[Pattern]] = defaultdict(list)
        words: set[str] = set()
        fuzzy: set[str] = set()
        for label, lines in patterns.items():
            for line in lines:
                pattern = compile_pattern(label, line, classes)
                words |= pattern.words()
                if label.startswith(spelled):
                    fuzzy |= pattern.words()
                for word in pattern.first_words():
                    index[word].append(pattern)
        self._index = dict(index)
        self.words = frozenset(words) | FILLERS | NEVER_SKIPPED
        self._spelling = SpellingIndex(fuzzy)

    def known(self, token: Token) -> str:
        """The stem under which a token is looked up, after spelling is mended; a placeholder when unknown."""
        if token.stem in self.words:
            return token.stem
        if token.norm[0].isdigit():
            return token.norm
        return self._spelling.correct(token.norm) or _UNKNOWN

    def find(self, tokens: Sequence[Token]) -> list[Hit]:
        """All labels with their places, the longest match of each label at each place, in the order of the text."""
        stems = [self.known(token) for token in tokens]
        breaks = [token.starts_sentence for token in tokens]
        best: dict[tuple[int, str], int] = {}
        for at, word in enumerate(stems):
            if at >= _RUN and len(set(stems[at - _RUN : at + 1])) == 1:
                continue  # the same word over and over says nothing new
            called = self._index.get(word, ())
            if word[0].isdigit():
                called = (*called, *self._index.get(NUMBER, ()))
            for pattern in called:
                key = (at, pattern.label)
                for end in pattern.ends(stems, breaks, at):
                    if end > best.get(key, at):
                        best[key] = end
        return sorted(Hit(at, end, label) for (at, label), end in best.items())
