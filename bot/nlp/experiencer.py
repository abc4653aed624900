"""Who a mention is about: the person the chat is about, or somebody else.

When a parent or carer writes, the words for the patient ("she", "my son", "mum") mean the patient, and "I"
means somebody else. When unsure the mention belongs to the patient: it is then asked about, never lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.nlp.tokens import Token, stem, tokenize

_SELF, _PATIENT, _OTHER = "self", "patient", "other"
#: Words that call somebody by no name ("no lumps, mate") unless a word such as "my" stands before.
_CALLS = {"mate", "man", "boss", "guy", "lady", "bro", "sis", "pal", "girl", "boy", "fella", "lad", "lass"}
_DETERMINERS = {
    "my", "his", "her", "the", "a", "our", "your", "their", "this", "that", "an", "one", "two", "three", "some", "old",
    "best", "another", "other", "little", "wee", "big", "each", "every", "poor", "us", "me", "older", "younger", "late",
}  # fmt: skip
#: A pain is likened to somebody: "like someone is standing on my chest".
_WHO_IS = {"on", "in", "at", "next", "opposite", "who", "from", "with", "was", "is", "had", "has", "behind", "beside"}
#: Beside these "me" and "her" only say where somebody was: "a man in the bay opposite me".
_BESIDE = {"of", "beside", "opposite", "behind", "near", "to", "by", "alongside", "above", "below"}
#: "On my ward", "in our street": a place, and no change of subject.
_PLACES = {
    "ward", "street", "office", "class", "work", "course", "dorm", "clinic", "road", "bay", "house", "family", "school",
    "team", "train", "group", "building", "flat", "choir", "unit", "hospital", "village", "estate", "table", "shop",
}  # fmt: skip
#: "I'm the one with the cough": the one who writes.
_ROLES = {
    "one", "carer", "wife", "husband", "mum", "dad", "daughter", "son", "partner", "mother", "father", "caregiver",
    "sister", "brother", "parent", "nan", "granddaughter", "grandson",
}  # fmt: skip
_PRESSING = {
    "standing", "sitting", "kneeling", "sat", "stood", "bang", "squeez", "hitt", "hit", "stabb", "kick", "walk",
    "punch", "twist", "pull", "grabb", "press", "flick", "drill", "hammer", "tak",
}  # fmt: skip
#: After "dog's" these say that it has or is something; other words are only a thing of its: "the dog's lead".
_HAS_OR_IS = {
    "got", "been", "had", "having", "off", "a", "an", "in", "on", "not", "very", "really", "so", "just", "always",
    "also", "down", "ill", "poorly", "sick", "up", "still", "come", "gone", "too", "all", "bringing", "is", "the",
    "taken", "lost", "out", "no", "never", "quite", "being", "getting", "feeling", "constantly",
}  # fmt: skip
_THING_OF = 4
#: Parts of a carer's own body: "my back's gone from lifting her".
_BODY = {
    "back", "neck", "head", "shoulder", "knee", "hip", "arm", "stomach", "throat", "own", "wrist", "ankle", "migraine",
}  # fmt: skip
#: What a carer did to find out, which is no sign of theirs: "I've checked every two hours".
_DID = {
    "check", "count", "notice", "seen", "see", "taken", "take", "given", "give", "measur", "look", "feel", "found",
    "chang", "just", "photograph", "wash", "tri", "rung", "phone", "call", "told", "tell", "ask", "read", "test",
}  # fmt: skip
_REPORTING = {"noticed", "worri", "scared", "can", "cant", "thought", "know", "not", "dont", "need"}
_QUOTES = set("\"'\u2018\u2019\u201c\u201d")


class People:
    """The words for people, by kind, from cues.yml."""

    def __init__(
        self, people: Mapping[str, Sequence[str]], reports: Sequence[str], not_subject_after: Sequence[str]
    ) -> None:
        """Compile the lists; two-word entries are matched on both words."""
        self.kinds: dict[tuple[str, ...], str] = {}
        for kind, names in people.items():
            for name in names:
                self.kinds[tuple(t.norm if kind in ("self", "patient_pronoun") else t.stem for t in tokenize(name))] = (
                    kind
                )
        self.reports = frozenset(stem(word) for word in reports)
        self.not_subject_after = frozenset(not_subject_after)

    def is_pair(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the word at `at` names a person only together with the next: "little man"."""
        return at + 1 < len(tokens) and (tokens[at].stem, tokens[at + 1].stem) in self.kinds

    def kind(self, tokens: Sequence[Token], at: int) -> str | None:
        """The kind of person that the word at `at` names, or None."""
        token = tokens[at]
        if at + 1 < len(tokens):
            pair = self.kinds.get((token.stem, tokens[at + 1].stem))
            if pair:
                return pair
        found = self.kinds.get((token.norm,)) or self.kinds.get((token.stem,))
        if found is None and token.norm != "ours" and len(token.norm) > 3 and token.norm.endswith("s"):
            found = self.kinds.get((stem(token.norm[:-1]),))
        return found


class Experiencer:
    """The people of one message."""

    def __init__(self, tokens: Sequence[Token], people: People, about: str) -> None:
        """Walk through the message once and note for each word who is the subject there."""
        self._tokens, self._people, self._about = tokens, people, about
        self._subject: list[tuple[str, int | None]] = []
        self._walk()

    @property
    def about(self) -> str:
        """Whom the chat is about: self, child or adult."""
        return self._about

    def other(self, first: int, last: int | None = None) -> int | None:
        """The place of the word for the other person whom the mention on [first, last) is about, or None."""
        if not 0 <= first < len(self._subject):
            return None
        who, at = self._subject[first]
        if who != _OTHER or at is None:
            return None
        named = {self._tokens[i].norm for i in range(first, last or first + 1)}
        whose = {"my", "me"} if self._about == "self" else {"his", "her", "him"}
        if named & whose and (self._about == "self" or self._tokens[at].norm.startswith("some")):
            return None  # "someone's sitting on my chest"
        return at

    def _walk(self) -> None:
        current: tuple[str, int | None] = (_PATIENT, None)
        named: tuple[str, int | None] = (_PATIENT, None)
        until: int | None = None
        pair = False
        for i, token in enumerate(self._tokens):
            if token.starts_sentence or (until is not None and (i > until or token.after_comma)):
                current, until = (_PATIENT, None), None
            kind = None if pair else self._people.kind(self._tokens, i)
            pair = bool(kind) and self._people.is_pair(self._tokens, i)
            if kind and (kind != _SELF or token.norm != "ill" or not i):
                who = self._who(kind, i, named)
                if who is not None:
                    current = who
                    until = i + _THING_OF if self._only_a_thing_of(i) or self._own_body(i) else None
                    if self._about != "self" and kind == "self":
                        until = until or (i + 2 * _THING_OF if self._is_writer(i) else None)
                    if kind not in ("self", "patient_pronoun") or token.norm in ("patient", "pt"):
                        named = who
            self._subject.append(current)

    def _only_a_thing_of(self, i: int) -> bool:
        """Somebody is named as the owner of a thing: "the dog's lead", not "the dog's got a cough"."""
        token = self._tokens[i]
        if not token.norm.endswith("s") or token.end - token.start != len(token.norm) + 1 or i + 1 >= len(self._tokens):
            return False
        after = self._tokens[i + 1].norm
        return token.norm not in ("hes", "shes", "theyre") and after not in _HAS_OR_IS and not after.endswith("ing")

    def _own_body(self, i: int) -> bool:
        """A carer speaks of their own body: "my back", "my own head"."""
        if self._about == "self" or self._tokens[i].norm != "my" or i + 1 >= len(self._tokens):
            return False
        following = self._tokens[i + 1].norm
        return following in _BODY or (following.endswith("s") and following[:-1] in _BODY)

    def _calls(self, i: int) -> bool:
        """The word only calls or quotes somebody, or likens a pain to them."""
        tokens = self._tokens
        before = tokens[i - 1].norm if i else ""
        after = tokens[i + 1].norm if i + 1 < len(tokens) else ""
        if tokens[i].norm in _CALLS and before not in _DETERMINERS and after not in _WHO_IS:
            return True
        if set(tokens[i].gap) & _QUOTES or (after and set(tokens[i + 1].gap) & _QUOTES):
            return True
        if tokens[i].norm.startswith(("someone", "somebody")):
            rest = [t.stem for t in tokens[i + 1 : i + 4]]
            return before in ("like", "say", "says", "saying", "if", "though") or any(t in _PRESSING for t in rest)
        return tokens[i].norm == "dog" and i + 1 < len(tokens) and tokens[i + 1].norm in ("tired", "rough", "sick")

    def _who(self, kind: str, i: int, named: tuple[str, int | None]) -> tuple[str, int | None] | None:
        """Who becomes the subject at word `i`, or None when the subject stays."""
        tokens = self._tokens
        here = (_OTHER, i)
        if kind == "self":
            return self._first_person(i)
        if kind != "patient_pronoun" and self._calls(i):
            return None
        after = tokens[i + 1].stem if i + 1 < len(tokens) else ""
        before = tokens[i - 1].norm if i else ""
        lead = tokens[i - 2].norm if i > 1 else ""
        is_subject = before not in self._people.not_subject_after and not (
            before in ("my", "his", "her", "the", "our", "a", "your") and lead in self._people.not_subject_after
        )
        if kind == "patient_pronoun":
            if self._about != "self":
                return None if before in _BESIDE and tokens[i].norm in ("her", "him", "them") else (_PATIENT, None)
            if tokens[i].norm in ("they", "their", "theyre", "theyve", "him", "her") and named[0] != _OTHER:
                return None
            if (after in self._people.reports and not self._wants_to(i + 1)) or not is_subject:
                return None
            if named[0] == _PATIENT and named[1] is not None:
                return (_PATIENT, None)
            return here
        if not is_subject or self._reports(i):
            return None
        if self._about == "adult" and before in ("his", "her") and kind in ("family", "adult", "child"):
            return here  # the patient's own family
        return here if self._is_other(kind) else (_PATIENT, i)

    def _reports(self, i: int) -> bool:
        """The person speaks of the patient: "my wife says", "mum was worried", "my son, 15, noticed"."""
        following = [t.stem for t in self._tokens[i + 1 : i + 4] if not t.norm[0].isdigit()]
        if following[:1] in (["was"], ["is"], ["keep"], ["kept"], ["also"], ["just"], ["have"]):
            following = following[1:]
        return bool(following) and following[0] in self._people.reports and not self._wants_to(i + 1)

    def _wants_to(self, i: int) -> bool:
        """A wish of their own, "she wants to die", and not one about the patient, "she wants me to ring"."""
        return i + 1 < len(self._tokens) and self._tokens[i].stem == "want" and self._tokens[i + 1].norm == "to"

    def _first_person(self, i: int) -> tuple[str, int | None] | None:
        norm = self._tokens[i].norm
        if norm in ("patient", "pt"):
            return (_PATIENT, i)
        following = self._tokens[i + 1].norm if i + 1 < len(self._tokens) else ""
        if norm == "me" and i and self._tokens[i - 1].norm in _BESIDE:
            return None
        if norm in ("my", "our") and following in _PLACES:
            return None
        if self._about == "self":
            return None if norm in ("my", "our", "me") and self._names_somebody(i) else (_PATIENT, None)
        if set(self._tokens[i].gap) & _QUOTES - {"\u2019"}:
            return (_PATIENT, None)  # the patient's words: he says "I'm fine"
        if self._own_body(i):
            return (_OTHER, i)
        if self._is_writer(i):
            return (_OTHER, i)
        # a carer's own "I": only as the one who has it, never "I noticed she ...", "my mum"
        if norm in ("i", "im", "ive") and not self._carer_reports(i):
            return (_OTHER, i)
        return None

    def _is_writer(self, i: int) -> bool:
        """A carer who says that it is they who have it: "I'm the one with the cough", "it's me that's not eating"."""
        norms = [t.norm for t in self._tokens[max(0, i - 1) : i + 5]]
        before = norms.pop(0) if i else ""
        if norms[0] == "me":
            return before in ("its", "was") and norms[1:2] in (
                ["that"],
                ["thats"],
                ["the"],
                ["with"],
                ["whos"],
                ["who"],
            )
        rest = norms[1:] if norms[0] == "im" else norms[2:] if norms[:2] == ["i", "am"] else []
        named = len(rest) > 1 and rest[0] == "the" and rest[1] in _ROLES
        return named and not (len(rest) > 2 and rest[2] == "who" and rest[3:4] not in ([], ["has"], ["is"], ["had"]))

    def _names_somebody(self, i: int) -> bool:
        return any(
            self._people.kind(self._tokens, j) not in (None, "self")
            for j in range(i + 1, min(i + 4, len(self._tokens)))
        )

    def _carer_reports(self, i: int) -> bool:
        """A carer's "I" that tells of the patient: "I noticed ...", "I've checked ...", "I have to hold him"."""
        tokens = self._tokens
        end = next((j for j in range(i + 1, len(tokens)) if tokens[j].starts_sentence), len(tokens))
        if any(self._people.kind(tokens, j) not in (None, "self") for j in range(i + 1, end)):
            return True
        nearby = [t.stem for t in tokens[i + 1 : min(i + 4, end)]]
        if nearby[:1] and nearby[0] in ("have", "am", "feel", "get", "too", "ve"):
            return len(nearby) > 1 and nearby[1] in _DID
        if tokens[i].norm != "i":
            return bool(nearby[:1]) and nearby[0] in _DID
        return bool(set(nearby) & (self._people.reports | _REPORTING))

    def _is_other(self, kind: str) -> bool:
        if kind == "stranger":
            return True
        if self._about == "child":
            return kind != "child"
        if self._about == "adult":
            return kind == "animal"
        return True
