"""Whether a mention is present, absent, past, about somebody else, or only asked about.

The parts are those that ConText names: a cue has a direction (before or after the mention), a scope that a
stop word or a sentence end terminates, and pseudo-cues look like cues but change nothing ("no idea why").
A negation that belongs to the mention itself ("can't stop bleeding", "no energy") never negates it: words
inside any mention are not read as cues. Where cues disagree the safer reading wins, and a red flag whose
negation is far off or crosses a comma is marked unclear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.nlp.experiencer import Experiencer
from bot.nlp.lexicon import Hit
from bot.nlp.tokens import Token

_FAR = 14
_UNCLEAR_FROM = 6
_CONTRAST = {"but", "however", "though", "although", "now", "yet"}
#: One-word stops that also follow a negation as a part of it: "haven't really got", "don't really feel".
_PART_OF_NEGATION = {"got", "feel", "feeling", "felt", "having", "experience", "a"}
_FAR_IN_LIST = 40
_AUXILIARY = {"is", "are", "was", "can", "could", "does", "do", "would", "will", "should", "might", "may", "did"}
_OPENERS = {
    "so",
    "and",
    "but",
    "also",
    "hi",
    "hello",
    "hey",
    "please",
    "or",
    "ok",
    "okay",
    "then",
    "plus",
    "well",
    "um",
    "just",
}
_BARE = {"no", "not", "none", "never", "negative", "neg", "nil", "nope", "nah", "zero", "na", "nothing", "havent"}
#: Cues that negate a list of things, across commas; the others negate a verb and what belongs to it.
_LISTING = {
    "no",
    "without",
    "denies",
    "deny",
    "denied",
    "denying",
    "nor",
    "neither",
    "negative",
    "free",
    "nil",
    "zero",
    "any",
    "of",
    "for",
}


@dataclass(frozen=True)
class Reading:
    """The role of one mention, with the tokens [first, last) of the cue that decided it."""

    role: str
    first: int | None = None
    last: int | None = None
    unclear: bool = False


class Assertion:
    """The cues of one message, ready to be asked about spans of it."""

    def __init__(
        self, tokens: Sequence[Token], hits: Iterable[Hit], spans: Iterable[tuple[int, int]], experiencer: Experiencer
    ) -> None:
        """Sort the cues out.

        Args:
            tokens: the words of the message.
            hits: everything that the lexicon found; labels that do not begin with `cue:` are ignored.
            spans: the token spans of all mentions, whose own words are no cues.
            experiencer: who each span is about.
        """
        self._tokens = tokens
        self._experiencer = experiencer
        self._spans = sorted(set(spans))
        cues = [h for h in hits if h.label.startswith("cue:")]
        pseudo = [h for h in cues if h.label == "cue:pseudo"]
        longer_past = [h for h in cues if h.label == "cue:past"]
        inside = {i for first, last in self._spans for i in range(first, last)}
        self._by: dict[str, list[Hit]] = {}
        for cue in cues:
            kind = cue.label[4:]
            if kind in ("neg", "neg_post", "past", "past_post") and self._is_pseudo(cue, pseudo):
                continue
            if kind == "neg" and self._is_pseudo(cue, longer_past):
                continue  # the "no" of "no longer"
            kept = cue
            if kind not in ("claim", "stop", "again", "new_item") and any(
                i in inside for i in range(cue.first, cue.last)
            ):
                if kind not in ("neg", "past", "question") or cue.first in inside:
                    continue
                # "not had the | sweats": the cue ends where the mention begins
                kept = Hit(cue.first, next(i for i in range(cue.first, cue.last) if i in inside), cue.label)
            self._by.setdefault(kind, []).append(kept)

    @staticmethod
    def _is_pseudo(cue: Hit, pseudo: Iterable[Hit]) -> bool:
        return any(p.first <= cue.first < p.last and (p.last - p.first >= cue.last - cue.first) for p in pseudo)

    def read(self, first: int, last: int) -> Reading:
        """The role of the mention on tokens [first, last). Question wins, then other, absent, past; else present."""
        asked = self._question(first)
        if asked:
            return Reading("question", asked.first, asked.last)
        who = self._experiencer.other(first)
        if who is not None:
            return Reading("other", who, who + 1)
        negated, unclear = self._negation(first, last)
        past = self._past(first, last)
        if negated:
            formerly = self._same_sentence_after(self._by.get("past_if_negated", ()), last)
            if formerly and not unclear:
                return Reading("past", negated.first, formerly.last)
            return Reading("absent", negated.first, negated.last, unclear)
        if past:
            return Reading("past", past.first, past.last)
        return Reading("present")

    def _blocked(self, cue_last: int, first: int, kinds: tuple[str, ...] = ("stop",)) -> bool:
        return any(
            cue_last <= h.first < first
            and not (
                h.first - cue_last <= 1 and h.last - h.first == 1 and self._tokens[h.first].norm in _PART_OF_NEGATION
            )
            for kind in kinds
            for h in self._by.get(kind, ())
        )

    def _new_item(self, cue_last: int, first: int) -> bool:
        """An adjective of its own begins another item of the list, up to the mention itself."""
        tokens = self._tokens
        return any(
            cue_last < h.first <= first and (tokens[h.first].after_comma or tokens[h.first - 1].norm == "and")
            for h in self._by.get("new_item", ())
        )

    def _question(self, first: int) -> Hit | None:
        for cue in reversed(self._by.get("question", ())):
            if cue.last > first or self._broken(cue.last, first):
                continue
            word = self._tokens[cue.first].norm
            if word in _AUXILIARY and not self._opens_clause(cue.first):
                continue
            if any(cue.last <= h.first < first for h in self._by.get("claim", ())):
                continue
            if first - cue.last <= 3 * _FAR:
                return cue
        return None

    def _opens_clause(self, at: int) -> bool:
        token = self._tokens[at]
        return at == 0 or token.starts_sentence or token.after_comma or self._tokens[at - 1].norm in _OPENERS

    def _broken(self, start: int, stop: int) -> bool:
        """A sentence begins after `start` and up to `stop`."""
        return any(self._tokens[i].starts_sentence for i in range(start, min(stop + 1, len(self._tokens))))

    def _negation(self, first: int, last: int) -> tuple[Hit | None, bool]:
        before = [c for c in self._by.get("neg", ()) if self._negates(c, first)]
        if before:
            cue = max(before, key=lambda c: (c.last, c.last - c.first))
            crosses = any(t.after_comma for t in self._tokens[cue.last : first + 1])
            far = first - cue.last >= _UNCLEAR_FROM
            doubled = any(0 < cue.first - c.last <= 2 for c in before)
            return cue, crosses or far or doubled
        for cue in self._by.get("neg_post", ()):
            if self._negates_back(cue, last):
                return cue, cue.first - last > 1
        return None, False

    def _is_list(self, cue: Hit) -> bool:
        return any(t.norm in _LISTING for t in self._tokens[cue.first : cue.last])

    def _negates(self, cue: Hit, first: int) -> bool:
        reach = _FAR_IN_LIST if self._is_list(cue) else _FAR
        if cue.last > first or first - cue.last > reach or self._broken(cue.last, first):
            return False
        if cue.last < len(self._tokens) and self._tokens[cue.last].after_comma and cue.last - cue.first == 1:
            return False  # "No, a cough": an answer, not a negation of what follows
        if self._blocked(cue.last, first) or self._new_item(cue.last, first):
            return False
        joints = [
            i for i in range(cue.last + 1, first + 1) if self._tokens[i].after_comma or self._tokens[i].norm == "and"
        ]
        if not joints:
            return True
        if self._is_list(cue) and (len(joints) < 2 or self._listed(cue, first)):
            return True
        named = any(cue.last <= a and b <= joints[0] for a, b in self._spans)
        return named or any(t.norm in ("or", "nor", "any") for t in self._tokens[cue.last : first])

    def _listed(self, cue: Hit, first: int) -> bool:
        """A list of things runs on: "or" closes it somewhere in the sentence, or another mention stands before."""
        if any(cue.last <= a < first for a, _ in self._spans):
            return True
        for token in self._tokens[cue.last :]:
            if token.starts_sentence:
                return False
            if token.norm in ("or", "nor"):
                return True
        return False

    def _negates_back(self, cue: Hit, last: int) -> bool:
        if not last <= cue.first <= last + 2 or any(last <= a < cue.first for a, _ in self._spans):
            return False
        tokens = self._tokens
        for i in range(last, cue.first + 1):
            if tokens[i].starts_sentence and not set(tokens[i].gap) & set("?-\u2013\u2014:"):
                return False
        if cue.last - cue.first == 1 and tokens[cue.first].norm in _BARE:
            closes = cue.last >= len(tokens) or tokens[cue.last].starts_sentence or tokens[cue.last].after_comma
            return closes and cue.first - last <= 1
        return True

    def _past(self, first: int, last: int) -> Hit | None:
        if any(
            h.first - last <= 8 and first - h.last <= 8 and self._together(h, first, last)
            for h in self._by.get("again", ())
        ):
            return None
        for cue in reversed(self._by.get("past", ())):
            if (
                cue.last <= first <= cue.last + 10
                and not self._broken(cue.last, first)
                and not self._contrast(cue.last, first)
            ) and (cue.last - cue.first > 1 or first - cue.last <= 2):
                return cue
        for cue in self._by.get("past_post", ()):
            reach = 1 if cue.last - cue.first == 1 else 6
            near = last <= cue.first <= last + reach and not self._broken(last, cue.first)
            if near and not any(last <= a < cue.first for a, _ in self._spans):
                return cue
        return None

    def _together(self, hit: Hit, first: int, last: int) -> bool:
        low, high = min(hit.last, last), max(hit.first, first)
        return not self._broken(low, high)

    def _contrast(self, start: int, stop: int) -> bool:
        return any(t.norm in _CONTRAST for t in self._tokens[start:stop])

    def _same_sentence_after(self, cues: Iterable[Hit], last: int) -> Hit | None:
        for cue in cues:
            near = last <= cue.first <= last + 6 and not self._broken(last, cue.first)
            if near and not any(h.first >= last and h.last <= cue.first for h in self._by.get("stop", ())):
                return cue
        return None
