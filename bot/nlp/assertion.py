"""Whether a mention is present, absent, past, about somebody else, or only asked about.

The parts are those that ConText names: a cue has a direction (before or after the mention), a scope that a
stop word or a sentence end terminates, and pseudo-cues look like cues but change nothing ("no idea why").
A negation that belongs to the mention itself ("can't stop bleeding", "no energy") never negates it: words
inside any mention are not read as cues. Where cues disagree the safer reading wins, and a red flag whose
negation is far off or crosses a comma is marked unclear.

The past reaches as far as its tense: a time that is over ("nine years ago", "on the ward") makes past what stands
in its clause, on either side; "now", "these days" or a verb in the present ends it. What closes a matter ("none
since", "fine these days") may stand in the next sentence, and never sets aside what began within a day or so.
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
#: How far, in words, a time that is over reaches, and how far back "none since" does.
_THEN = 12
_CLOSED = 24
_SUBJECTS = {"i", "im", "ive", "id", "he", "hes", "she", "shes", "we", "weve", "they", "theyve", "theyre"}
#: Before a subject these keep the clause in one piece: "the sweats that I had", "when he was on chemo".
_SUBORDINATE = {"that", "which", "when", "while", "after", "before", "until", "till", "if", "as", "than", "once", "by"}
#: Behind these "since" says from when on it was over: "gone since the line came out".
_ENDED = {"gone", "stopped", "settled", "cleared", "better", "fine", "none", "nothing", "never", "not", "well", "clear"}
_HELD = {"had", "have", "got", "was", "were", "used", "did"}
#: Verbs in the past that say of what follows that it was then: "back in 2019 I had swollen glands".
_WAS = {
    "had", "was", "were", "got", "did", "went", "came", "used", "felt", "kept", "became", "lost", "woke", "saw", "fell",
    "couldnt", "wasnt", "id", "hed", "shed", "they", "took", "put", "told", "started", "been",
}  # fmt: skip
#: The present of these ends nothing: "I have to stop for breath", "by the gate it passes".
_UNENDING = {"stop", "stops", "stopping", "pass", "passes", "clear", "clears", "settle", "settles", "better", "finish"}
#: "Gone from clear to pea soup", "has gone down to nothing": turned into something, not away.
_TURNED_INTO = {
    "from", "to", "down", "right", "through", "that", "on", "grey", "gray", "yellow", "blue", "white", "all", "pale",
    "off", "into", "up", "dry", "numb", "so", "very", "weak", "quiet", "dead", "funny",
}  # fmt: skip
#: One-word stops that also follow a negation as a part of it: "haven't really got", "don't really feel".
_PART_OF_NEGATION = {"got", "feel", "feeling", "felt", "having", "experience", "a"}
_FAR_IN_LIST = 40
#: Kinds of cue that count even where they are words of a mention.
_ANYWHERE = {"claim", "stop", "again", "new_item", "turn", "recent", "own", "habit", "me_too"}
_AUXILIARY = {"is", "are", "was", "can", "could", "does", "do", "would", "will", "should", "might", "may", "did"}
#: Cues of a question only where a clause opens with them: "which is" otherwise goes on with a statement.
_IF = {"if", "unless", "even", "only", "and"}
_OPENING = _AUXILIARY | {"which", "who", "how", "what", "whats", "define", "say"}
#: After an auxiliary, these go on with a statement whose subject was dropped: "could barely breathe".
_DROPPED = {
    "barely", "hardly", "not", "only", "just", "still", "even", "have", "get", "feel", "be", "see", "walk", "breathe",
    "breath", "sleep", "seem", "never", "always", "so", "very", "too", "really", "also", "now", "been",
}  # fmt: skip
#: What a question about a sign asks of it: whether it is one, whether it counts.
_COUNTS = {
    "sign", "symptom", "thing", "normal", "common", "list", "count", "mean", "matter", "different", "serious", "one",
    "usual", "part", "relaps", "related", "expect", "separat", "dangerou", "dangerous", "side",
}  # fmt: skip
#: "Mine is worse", "mine's from nothing": one has it too. What else follows may say that it is fine.
_LIKEWISE = {"from", "more", "worse", "still", "began", "started", "came", "comes", "wont", "constant", "every", "too"}
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
_BARE = {
    "no",
    "not",
    "none",
    "never",
    "negative",
    "neg",
    "nil",
    "nope",
    "nah",
    "zero",
    "na",
    "nothing",
    "havent",
    "0",
    "nowt",
    "nae",
}
#: These negate what stands right behind them, or so many words on, and no more.
_NEXT_ONLY = {"nothing": 0, "nowt": 0, "minus": 1}
_ANSWERS = {"none", "never", "nope", "nah", "nothing", "nowt", "nae", "zero", "nil"}
_UNABLE = {"cant", "cannot", "couldnt", "never", "not", "unable"}
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
            if kind in ("neg", "neg_post", "past", "past_post", "closed") and self._is_pseudo(cue, pseudo):
                continue
            if self._is_no_cue(cue, kind):
                continue
            if kind == "neg" and self._is_pseudo(cue, longer_past):
                continue  # the "no" of "no longer"
            kept = cue if kind in _ANYWHERE else self._outside(cue, kind, inside)
            if kept is not None:
                self._by.setdefault(kind, []).append(kept)

    @staticmethod
    def _outside(cue: Hit, kind: str, inside: set[int]) -> Hit | None:
        """The part of a cue that is no word of a mention, or None where that leaves no cue."""
        if not any(i in inside for i in range(cue.first, cue.last)):
            return cue
        if kind in ("past_post", "then", "closed") and cue.first in inside and cue.last - 1 not in inside:
            return cue  # "fainted last | year"
        if kind not in ("neg", "past", "question") or cue.first in inside:
            return None
        # "not had the | sweats": the cue ends where the mention begins
        return Hit(cue.first, next(i for i in range(cue.first, cue.last) if i in inside), cue.label)

    def _is_no_cue(self, cue: Hit, kind: str) -> bool:
        """Words that share the stem of a cue, or stand where it means something else."""
        tokens = self._tokens
        alone = cue.last - cue.first == 1
        if kind in ("past", "past_post"):
            return self._goes_on(cue)
        if kind in ("neg", "neg_post"):
            return alone and self._is_number_sign(cue.first)
        if kind == "then":
            year = tokens[cue.last - 1].norm  # "in 2019", not "in 3 weeks"
            return tokens[cue.first].norm == "in" and year[0].isdigit() and year[:2] not in ("19", "20")
        if kind == "closed":
            return alone and not _is_past(tokens[cue.first])  # "vanish", "lifting"
        # "had" shares its stem with "have"
        return kind == "turn" and any(_is_past(t) for t in tokens[cue.first : cue.last])

    def _is_number_sign(self, at: int) -> bool:
        """The "no." of "chest infection no. 3"."""
        tokens = self._tokens
        if tokens[at].norm != "no" or at + 1 >= len(tokens):
            return False
        return tokens[at + 1].gap.startswith(".") and tokens[at + 1].norm[0].isdigit()

    def _goes_on(self, cue: Hit) -> bool:
        """A word of ending that ends nothing here: "stops for breath", "gone from clear to green"."""
        last = self._tokens[cue.last - 1].norm
        if last in _UNENDING and cue.last - cue.first == 1:
            return True
        following = self._tokens[cue.last] if cue.last < len(self._tokens) else None
        joined = following is not None and not following.after_comma and not following.starts_sentence
        return last in ("gone", "went") and following is not None and joined and following.norm in _TURNED_INTO

    @staticmethod
    def _is_pseudo(cue: Hit, pseudo: Iterable[Hit]) -> bool:
        return any(p.first <= cue.first < p.last and (p.last - p.first >= cue.last - cue.first) for p in pseudo)

    def read(self, first: int, last: int) -> Reading:
        """The role of the mention on tokens [first, last). Question wins, then other, absent, past; else present."""
        asked = self._question(first, last)
        if asked:
            return Reading("question", asked.first, asked.last)
        who = self._experiencer.other(first, last)
        if who is not None and not self._mine_too(last):
            return Reading("other", who, who + 1)
        theirs = self._theirs(last)
        if theirs:
            return Reading("other", theirs.first, theirs.last)
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

    def _mine_too(self, last: int) -> bool:
        """Somebody else's sign is the person's as well: "the dog's off his food and so am I"."""
        if self._experiencer.about != "self":
            return False
        tokens = self._tokens
        near = [h for kind in ("me_too", "own") for h in self._by.get(kind, ()) if last <= h.first <= last + _THEN]
        for cue in near:
            after = tokens[cue.last].norm if cue.last < len(tokens) else ""
            mine = cue.label == "cue:me_too" or (tokens[cue.first].norm in ("mine", "mines") and after in _LIKEWISE)
            if mine and not any(last <= a <= cue.last for a, _ in self._spans):
                return True
        return False

    def _theirs(self, last: int) -> Hit | None:
        """Words behind it that give the sign to somebody else: "the cough is the husband's", "that's him, not me"."""
        if self._experiencer.about != "self":
            return None
        tokens = self._tokens
        for cue in self._by.get("other_post", ()):
            if not last <= cue.first <= last + 6 or any(last <= a < cue.first for a, _ in self._spans):
                continue
            if any(tokens[i].starts_sentence and "?" not in tokens[i].gap for i in range(last, cue.first + 1)):
                continue
            if tokens[cue.first - 1].norm in ("im", "am", "feel", "feeling", "like", "really", "just", "quite"):
                continue  # "I'm just not me"
            closes = cue.last >= len(tokens) or tokens[cue.last].starts_sentence or tokens[cue.last].after_comma
            owner = tokens[cue.last - 1].norm
            if (
                closes
                and (owner == "me" or owner.endswith("s"))
                and (tokens[cue.last - 1].norm == "me" or cue.first <= last + 1)
            ):
                return cue
        return None

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

    def _question(self, first: int, last: int) -> Hit | None:
        cue = self._asks(first) or self._inverted(first, last)
        if cue is None or any(self._is_own(h, last) for h in self._by.get("own", ())):
            return None
        return cue

    def _asks(self, first: int) -> Hit | None:
        tokens = self._tokens
        for cue in reversed(self._by.get("question", ())):
            if cue.last > first or self._broken(cue.last, first):
                continue
            word = tokens[cue.first].norm
            if word in ("says", "said", "saying"):
                continue  # "matron says his temp is ..." shares its stem with "say I had a temp"
            if word in _OPENING and not self._opens_clause(cue.first):
                continue
            if cue.last - cue.first == 1 and word.startswith("what") and (word == "what" or first > cue.last + 1):
                continue  # "what's a rigor", which shares its stem with "what"
            if word in _IF and any(":" in t.gap for t in tokens[cue.last : first + 1]):
                continue  # "if I say it fast it's easier: ..."
            if any(cue.last <= h.first < first for h in self._by.get("claim", ())):
                continue
            if tokens[cue.last - 1].norm == "of" and tokens[cue.last].norm in ("the", "my", "this", "these"):
                continue  # "scared of the bleeding": there is one
            if first - cue.last <= 3 * _FAR:
                return cue
        return None

    def _inverted(self, first: int, last: int) -> Hit | None:
        """An auxiliary opens the clause of the mention, which is asked: "could steroids make me dizzy"."""
        tokens = self._tokens
        end = next((i for i in range(last, len(tokens)) if tokens[i].starts_sentence), len(tokens))
        if end < len(tokens) and "?" not in tokens[end].gap:
            return None
        at = next((i for i in range(first, -1, -1) if tokens[i].starts_sentence), 0)
        while at < first and tokens[at].norm in _OPENERS:
            at += 1
        if at >= first or tokens[at].norm not in _AUXILIARY or tokens[at + 1].norm in _DROPPED:
            return None
        # "Is dizzy" is a statement without its subject, "is dizziness a sign" is a question.
        if first == at + 1 and not any(t.stem in _COUNTS for t in tokens[last:end]):
            return None
        if any(t.after_comma for t in tokens[at + 1 : end]):
            return None
        if any(at < h.first <= first for h in self._by.get("claim", ())):
            return None
        return Hit(at, at + 1, "cue:question")

    def _is_own(self, cue: Hit, last: int) -> bool:
        """The words that say after a question that one has it; not "I've none"."""
        after = self._tokens[cue.last].norm if cue.last < len(self._tokens) else ""
        breaks = sum(self._tokens[i].starts_sentence for i in range(last, cue.first + 1)) if cue.first >= last else 9
        return breaks <= 1 and cue.first - last <= 8 and after not in ("none", "no", "not", "never")

    def _opens_clause(self, at: int) -> bool:
        token = self._tokens[at]
        if at and self._tokens[at - 1].norm == "so" and not token.after_comma:
            return False  # "my belt is loose and so is the mattress"
        return at == 0 or token.starts_sentence or token.after_comma or self._tokens[at - 1].norm in _OPENERS

    def _broken(self, start: int, stop: int) -> bool:
        """A sentence begins after `start` and up to `stop`."""
        return any(self._tokens[i].starts_sentence for i in range(start, min(stop + 1, len(self._tokens))))

    def _negation(self, first: int, last: int) -> tuple[Hit | None, bool]:
        if self._corrected(last):
            return None, False
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

    def _cancelled(self, cue: Hit, first: int) -> bool:
        """Another negation takes this one back, or it belongs to the next word alone."""
        tokens = self._tokens
        word = tokens[cue.last - 1].norm
        if cue.last - cue.first == 1 and word in _NEXT_ONLY:
            return first > cue.last + _NEXT_ONLY[word]  # "nothing aches", but "nothing stops the bleeding"
        if word not in _LISTING and any(t.norm == "without" for t in tokens[cue.last : first]):
            return True
        if word == "without":
            start = next((i for i in range(cue.first, -1, -1) if tokens[i].starts_sentence), 0)
            # "can never get to the end of a sentence without coughing"
            return any(t.norm in _UNABLE for t in tokens[max(start, cue.first - _FAR) : cue.first])
        # "I ain't got no strength": said twice, meant once
        return (
            cue.last == first and word not in ("no", "not") and any(t.norm == "no" for t in tokens[first : first + 2])
        )

    def _corrected(self, last: int) -> bool:
        """Something like it is said in its stead: "wouldn't call it a lump, more a row of beads"."""
        return any(last <= h.first <= last + 2 for h in self._by.get("instead", ()))

    def _is_list(self, cue: Hit) -> bool:
        return any(t.norm in _LISTING for t in self._tokens[cue.first : cue.last])

    def _negates(self, cue: Hit, first: int) -> bool:
        reach = _FAR_IN_LIST if self._is_list(cue) else _FAR
        if cue.last > first or first - cue.last > reach or self._broken(cue.last, first):
            return False
        if cue.last < len(self._tokens) and self._tokens[cue.last].after_comma and cue.last - cue.first == 1:
            # "No, a cough" is an answer, not a negation of what follows; "no (fever)" negates
            gap = self._tokens[cue.last].gap
            if not ("(" in gap and "," not in gap) or any(")" in t.gap for t in self._tokens[cue.last : first + 1]):
                return False
        if self._cancelled(cue, first):
            return False
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
        if tokens[cue.first].norm in ("i", "ive") and self._experiencer.about != "self":
            return False  # "he has a fever, I don't have one"
        if cue.last - cue.first == 1 and tokens[cue.first].norm in _BARE:
            if "?" in tokens[cue.first].gap and cue.first == last and tokens[cue.first].norm in _ANSWERS:
                return True  # "chills? nah it's hot here"
            if cue.last < len(tokens) and "(" in tokens[cue.last].gap:
                return False  # "yes (sweats), no (fever)"
            closes = cue.last >= len(tokens) or tokens[cue.last].starts_sentence or tokens[cue.last].after_comma
            return closes and cue.first - last <= 1
        return True

    def _past(self, first: int, last: int) -> Hit | None:
        if self._again(first, last):
            return None
        return self._past_before(first) or self._past_after(first, last) or self._closed(first, last)

    def _again(self, first: int, last: int) -> bool:
        if any(
            h.first - last <= 8
            and first - h.last <= 8
            and self._together(h, first, last)
            and not (h.first and self._tokens[h.first - 1].norm in _ENDED)
            for h in self._by.get("again", ())
        ):
            return True
        return any(
            last <= h.first and not self._broken(last, h.first) and not any(a >= h.first for a, _ in self._spans)
            for h in self._by.get("moved", ())
        )

    def _past_before(self, first: int) -> Hit | None:
        for cue in reversed(self._by.get("past", ())):
            if (
                cue.last <= first <= cue.last + 10
                and not self._broken(cue.last, first)
                and not self._contrast(cue.last, first)
                and not self._turns(cue.last, first)
                and (cue.last - cue.first > 1 or first - cue.last <= 2)
                and self._was(cue, first)
            ):
                return cue
        for cue in reversed(self._by.get("then", ())):
            if (
                cue.last <= first <= cue.last + _THEN
                and not self._broken(cue.last, first)
                and not self._contrast(cue.last, first)
                and not self._turns(cue.last, first)
                and self._was(cue, first)
            ):
                return cue
        return None

    def _was(self, cue: Hit, first: int) -> bool:
        """Beyond a comma a time that is over needs a verb in the past: "AML in 2019, sweats every night" is now."""
        between = self._tokens[cue.last : first + 1]
        if not any(t.after_comma for t in between):
            return True
        opens = cue.first == 0 or self._tokens[cue.first].starts_sentence
        return opens or any(_is_past(t) for t in between)

    def _past_after(self, first: int, last: int) -> Hit | None:
        for kind in ("past_post", "then"):
            if kind == "past_post" and self._comes_and_goes(first):
                continue
            for cue in self._by.get(kind, ()):
                reach = (1 if cue.last - cue.first == 1 else 6) if kind == "past_post" else _THEN
                if (
                    last - 1 <= cue.first <= last + reach
                    and cue.last > last
                    and not self._broken(last, cue.first)
                    and not self._turns(last, cue.first)
                    and not self._new_clause(last, cue.first)
                    and self._runs_to(last, cue.first)
                ):
                    return cue
        return None

    def _closed(self, first: int, last: int) -> Hit | None:
        """Words that close the matter, later in the sentence or in the next one."""
        if self._comes_and_goes(first):
            return None
        for cue in self._by.get("closed", ()):
            if not last <= cue.first <= last + _CLOSED:
                continue
            breaks = [i for i in range(last, cue.first + 1) if self._tokens[i].starts_sentence]
            if len(breaks) > 1 or (breaks and cue.first - breaks[0] > 3) or not self._runs_to(last, cue.first):
                continue
            start = next((i for i in range(first, -1, -1) if self._tokens[i].starts_sentence), 0)
            end = breaks[0] if breaks else cue.first
            # "ten years back" ends its own clause only: "breathless, I had lymphoma ten years back"
            if self._tokens[cue.last - 1].norm in ("ago", "back", "gone", "old") and self._new_clause(last, cue.first):
                continue
            if any(start <= h.first < end for kind in ("recent", "turn") for h in self._by.get(kind, ())):
                continue
            return cue
        return None

    def _comes_and_goes(self, first: int) -> bool:
        """A habit is told close by: by morning it is gone, and the next evening it is back."""
        return any(
            h.first - first <= 8 and first - h.last <= 8 and self._together(h, first, first)
            for h in self._by.get("habit", ())
        )

    def _turns(self, start: int, stop: int) -> bool:
        """The tense turns to the present between the two places."""
        return any(
            start <= h.first < stop and (h.first == 0 or self._tokens[h.first - 1].norm not in ("that", "which", "it"))
            for h in self._by.get("turn", ())
        )

    def _new_clause(self, start: int, stop: int) -> bool:
        """A subject of its own begins another clause, as in "I'm tired, I had leukaemia nine years ago"."""
        tokens = self._tokens
        for i in range(start, stop):
            if tokens[i].norm in _SUBJECTS and (not i or tokens[i - 1].norm not in _SUBORDINATE):
                relative = i == start and not tokens[i].after_comma and i + 1 < len(tokens)
                if not (relative and tokens[i + 1].norm in _HELD):  # "the sweats I had in 2019"
                    return True
        return False

    def _runs_to(self, last: int, place: int) -> bool:
        """No other mention stands between, unless it is joined on: "sweats and lumps, years ago"."""
        at = last
        for a, b in self._spans:
            if at <= a < place:
                joints = self._tokens[at:a]
                if len(joints) > 4 or any(t.starts_sentence for t in self._tokens[at : a + 1]):
                    return False
                if not (self._tokens[a].after_comma or any(t.norm in ("and", "or", "with", "plus") for t in joints)):
                    return False
                at = b
        return True

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


def _is_past(token: Token) -> bool:
    return token.norm in _WAS or (len(token.norm) > 4 and token.norm.endswith("ed"))
