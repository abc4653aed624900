"""The small pattern language of the word lists (`words:` in the content, and the YAML files beside this one).

cant stop bleeding        words, each matched on its stem, so "bleeds" and "bled" match too
(nose|gum) bleed          one of several; an alternative may be several words
very? tired, (so|very)?   an optional word or group
{cant} stop               a named group from `classes` in cues.yml
cant stop ... bleeding    up to four other words may stand between, within one sentence
%                         any number in figures (a number named as such, like 999, is matched as itself)
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import SignpostError
from bot.nlp.tokens import stem, tokenize

#: How many words `...` may stand for.
MAX_GAP = 4
#: Words of hesitation and degree that may slip in between two words of any pattern, at most two at a place.
FILLERS = frozenset(
    stem(w)
    for w in [
        "um",
        "uh",
        "er",
        "erm",
        "like",
        "really",
        "just",
        "quite",
        "kind",
        "sort",
        "of",
        "bit",
        "very",
        "so",
        "also",
        "actually",
        "well",
        "yeah",
        "basically",
        "literally",
        "slightly",
        "little",
        "pretty",
        "kinda",
        "sorta",
        "a",
    ]
)
MAX_FILLERS = 2
#: Words that a gap never leaps over: they turn what follows into something else.
NEVER_SKIPPED = frozenset(
    [
        "no",
        "not",
        "never",
        "without",
        "nor",
        "neither",
        "but",
        "dont",
        "doesnt",
        "didnt",
        "havent",
        "hasnt",
        "isnt",
        "arent",
        "wasnt",
        "werent",
    ]
)
#: Written in full these are two words, and mean the same: a pattern that has one has the other.
_IN_FULL = {
    stem(short): tuple(stem(word) for word in full.split())
    for short, full in {
        "dont": "do not", "doesnt": "does not", "didnt": "did not", "isnt": "is not", "arent": "are not",
        "wasnt": "was not", "werent": "were not", "hasnt": "has not", "havent": "have not", "hadnt": "had not",
        "wont": "will not", "wouldnt": "would not", "cant": "can not", "couldnt": "could not",
        "shouldnt": "should not",
    }.items()
}  # fmt: skip
#: Stands for any number in figures.
NUMBER = "%"
#: A group may stand for this many phrases; wider ones are a mistake in the pattern.
_WIDEST_GROUP = 4000
_PIECE = re.compile(r"\.\.\.|[()|?%]|[^\s()|?%]+")

Phrase = tuple[str, ...]


class PatternError(SignpostError):
    """A word pattern cannot be read."""


@dataclass(frozen=True)
class Step:
    """One place in a pattern: the phrases that may stand there, by first word; or a gap."""

    phrases: Mapping[str, tuple[Phrase, ...]]
    optional: bool = False
    gap: bool = False


@dataclass(frozen=True)
class Pattern:
    """A pattern ready to match against stems."""

    label: str
    steps: tuple[Step, ...]

    def first_words(self) -> set[str]:
        """The words with which a match can begin."""
        words: set[str] = set()
        for step in self.steps:
            words |= set(step.phrases)
            if not step.optional:
                break
        return words

    def words(self) -> set[str]:
        """Every word that stands in the pattern."""
        return {w for step in self.steps for group in step.phrases.values() for phrase in group for w in phrase}

    def ends(self, stems: Sequence[str], breaks: Sequence[bool], at: int) -> Iterator[int]:
        """Where matches that begin at `at` end (exclusive). `breaks[i]` is True when a sentence begins at i."""
        yield from _ends(self.steps, 0, stems, breaks, at, at)


def _ends(  # noqa: C901 - one branch for each kind of step
    steps: Sequence[Step], k: int, stems: Sequence[str], breaks: Sequence[bool], begun: int, at: int, fillers: int = 0
) -> Iterator[int]:
    if k == len(steps):
        yield at
        return
    step, size = steps[k], len(stems)
    if step.gap:
        for skip in range(MAX_GAP + 1):
            place = at + skip
            if place >= size or breaks[place] or (skip and stems[place - 1] in NEVER_SKIPPED):
                return
            yield from _ends(steps, k + 1, stems, breaks, begun, place)
        return
    if step.optional:
        yield from _ends(steps, k + 1, stems, breaks, begun, at)
    if at >= size or (at > begun and breaks[at]):
        return
    if at > begun and fillers < MAX_FILLERS and stems[at] in FILLERS:
        yield from _ends(steps, k, stems, breaks, begun, at + 1, fillers + 1)
    word = stems[at]
    phrases = step.phrases.get(word, ())
    if word[0].isdigit():
        phrases = (*phrases, *step.phrases.get(NUMBER, ()))
    for phrase in phrases:
        last = at + len(phrase)
        if len(phrase) == 1 or (last <= size and _fits(phrase, stems[at:last]) and not any(breaks[at + 1 : last])):
            yield from _ends(steps, k + 1, stems, breaks, begun, last)


def _fits(phrase: Phrase, stems: Sequence[str]) -> bool:
    return all(
        wanted == stem or (wanted == NUMBER and stem[0].isdigit()) for wanted, stem in zip(phrase, stems, strict=True)
    )


def compile_pattern(label: str, pattern: str, classes: Mapping[str, str]) -> Pattern:
    """Read one pattern.

    Raises:
        PatternError: a bracket is open, a class is unknown, the pattern names no word, or `...` stands at an end.
    """
    text = pattern
    for _ in range(3):
        text = re.sub(r"\{(\w+)\}", lambda m: f"({_known_class(m.group(1), classes, pattern)})", text)
    pieces = _PIECE.findall(text)
    steps: list[Step] = []
    while pieces:
        piece, pieces = pieces[0], pieces[1:]
        phrases: set[Phrase] | None = None
        if piece == "(":
            phrases, pieces = _alternatives(pieces, pattern)
            if not pieces:
                raise PatternError(f"word pattern {pattern!r}: a bracket is not closed")
            pieces = pieces[1:]
        elif piece in ")|?":
            raise PatternError(f"word pattern {pattern!r}: {piece!r} stands where a word should")
        elif piece == "...":
            steps.append(Step({}, gap=True))
            continue
        else:
            phrases = {_literal(piece, pattern)}
        optional = bool(pieces and pieces[0] == "?")
        pieces = pieces[optional:]
        steps.append(_step(phrases, optional))
    if not steps or steps[0].gap or steps[-1].gap or all(step.optional for step in steps):
        raise PatternError(f"word pattern {pattern!r}: it must begin and end with words, and need at least one")
    return Pattern(label, tuple(steps))


def _step(phrases: set[Phrase], optional: bool) -> Step:
    by_first: dict[str, tuple[Phrase, ...]] = {}
    full = {tuple(itertools.chain.from_iterable(_IN_FULL.get(word, (word,)) for word in phrase)) for phrase in phrases}
    for phrase in sorted((phrases | full) - {()}, key=len, reverse=True):
        by_first[phrase[0]] = (*by_first.get(phrase[0], ()), phrase)
    return Step(by_first, optional or () in phrases)


def _known_class(name: str, classes: Mapping[str, str], pattern: str) -> str:
    if name not in classes:
        raise PatternError(
            f"word pattern {pattern!r}: no class {{{name}}}; the classes are {', '.join(sorted(classes))}"
        )
    return classes[name]


def _alternatives(pieces: list[str], pattern: str) -> tuple[set[Phrase], list[str]]:
    done: set[Phrase] = set()
    current: list[set[Phrase]] = []
    while pieces and pieces[0] != ")":
        piece, pieces = pieces[0], pieces[1:]
        if piece == "|":
            done |= _product(current, pattern)
            current = []
        elif piece == "(":
            inner, pieces = _alternatives(pieces, pattern)
            if not pieces:
                raise PatternError(f"word pattern {pattern!r}: a bracket is not closed")
            pieces = pieces[1:]
            current.append(inner)
        elif piece == "?" and current:
            current[-1] = current[-1] | {()}
        elif piece in ("?", "..."):
            raise PatternError(f"word pattern {pattern!r}: {piece!r} cannot stand there inside a bracket")
        else:
            current.append({_literal(piece, pattern)})
    return done | _product(current, pattern), pieces


def _literal(piece: str, pattern: str) -> Phrase:
    if piece == NUMBER:
        return (piece,)
    stems = tuple(token.stem for token in tokenize(piece))
    if not stems:
        raise PatternError(f"word pattern {pattern!r}: {piece!r} holds no word")
    return stems


def _product(slots: list[set[Phrase]], pattern: str) -> set[Phrase]:
    size = 1
    for options in slots:
        size *= len(options)
    if size > _WIDEST_GROUP:
        raise PatternError(f"word pattern {pattern!r}: one group stands for {size} phrases; split it")
    return {tuple(itertools.chain.from_iterable(choice)) for choice in itertools.product(*slots)}
