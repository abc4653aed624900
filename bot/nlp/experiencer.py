"""Who a mention is about: the person the chat is about, or somebody else.

When a parent or carer writes, the words for the patient ("she", "my son", "mum") mean the patient, and "I"
means somebody else. When unsure the mention belongs to the patient: it is then asked about, never lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.nlp.tokens import Token, stem, tokenize

_SELF, _PATIENT, _OTHER = "self", "patient", "other"


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

    def kind(self, tokens: Sequence[Token], at: int) -> str | None:
        """The kind of person that the word at `at` names, or None."""
        token = tokens[at]
        if at + 1 < len(tokens):
            pair = self.kinds.get((token.stem, tokens[at + 1].stem))
            if pair:
                return pair
        found = self.kinds.get((token.norm,)) or self.kinds.get((token.stem,))
        if found is None and len(token.norm) > 3 and token.norm.endswith("s"):
            found = self.kinds.get((stem(token.norm[:-1]),))
        return found


class Experiencer:
    """The people of one message."""

    def __init__(self, tokens: Sequence[Token], people: People, about: str) -> None:
        """Walk through the message once and note for each word who is the subject there."""
        self._tokens, self._people, self._about = tokens, people, about
        self._subject: list[tuple[str, int | None]] = []
        self._walk()

    def other(self, first: int) -> int | None:
        """The place of the word for the other person whom the mention at `first` is about, or None."""
        if not 0 <= first < len(self._subject):
            return None
        who, at = self._subject[first]
        return at if who == _OTHER else None

    def _walk(self) -> None:
        current: tuple[str, int | None] = (_PATIENT, None)
        named: tuple[str, int | None] = (_PATIENT, None)
        for i, token in enumerate(self._tokens):
            if token.starts_sentence:
                current = (_PATIENT, None)
            kind = self._people.kind(self._tokens, i)
            if kind and (kind != _SELF or token.norm != "ill" or not i):
                who = self._who(kind, i, named)
                if who is not None:
                    current = who
                    if kind not in ("self", "patient_pronoun") or token.norm in ("patient", "pt"):
                        named = who
            self._subject.append(current)

    def _who(self, kind: str, i: int, named: tuple[str, int | None]) -> tuple[str, int | None] | None:
        """Who becomes the subject at word `i`, or None when the subject stays."""
        tokens = self._tokens
        here = (_OTHER, i)
        if kind == "self":
            return self._first_person(i)
        after = tokens[i + 1].stem if i + 1 < len(tokens) else ""
        before = tokens[i - 1].norm if i else ""
        lead = tokens[i - 2].norm if i > 1 else ""
        is_subject = before not in self._people.not_subject_after and not (
            before in ("my", "his", "her", "the", "our", "a", "your") and lead in self._people.not_subject_after
        )
        if kind == "patient_pronoun":
            if self._about != "self":
                return (_PATIENT, None)
            if tokens[i].norm in ("they", "their", "theyre", "theyve", "him", "her") and named[0] != _OTHER:
                return None
            if after in self._people.reports or not is_subject:
                return None
            if named[0] == _PATIENT and named[1] is not None:
                return (_PATIENT, None)
            return here
        if not is_subject or after in self._people.reports:
            return None
        return here if self._is_other(kind) else (_PATIENT, i)

    def _first_person(self, i: int) -> tuple[str, int | None] | None:
        norm = self._tokens[i].norm
        if norm in ("patient", "pt"):
            return (_PATIENT, i)
        if self._about == "self":
            return None if norm in ("my", "our", "me") and self._names_somebody(i) else (_PATIENT, None)
        # a carer's own "I": only as the one who has it, never "I noticed she ...", "my mum"
        if norm in ("i", "im", "ive") and not self._carer_reports(i):
            return (_OTHER, i)
        return None

    def _names_somebody(self, i: int) -> bool:
        return any(
            self._people.kind(self._tokens, j) not in (None, "self")
            for j in range(i + 1, min(i + 4, len(self._tokens)))
        )

    def _carer_reports(self, i: int) -> bool:
        nearby = [t.stem for t in self._tokens[i + 1 : i + 4]]
        verbs = self._people.reports | {
            "noticed",
            "worri",
            "scared",
            "have",
            "had",
            "can",
            "cant",
            "know",
            "not",
            "dont",
            "am",
            "need",
        }
        if any(t in ("have", "am", "had", "been", "feel", "got", "get", "too") or t == "ve" for t in nearby[:1]):
            return any(
                self._people.kind(self._tokens, j) not in (None, "self")
                for j in range(i + 1, min(i + 8, len(self._tokens)))
            )
        return self._tokens[i].norm == "i" and bool(set(nearby) & verbs)

    def _is_other(self, kind: str) -> bool:
        if self._about == "child":
            return kind != "child"
        if self._about == "adult":
            return kind == "animal"
        return True
