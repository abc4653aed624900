"""Words of a message with their place in the raw text, and the light stemming that the word lists share.

Every token keeps the code-point offsets of the raw text, so that each mention can be shown where it stood.
Lower case, apostrophes, accents, zero-width characters and stacked marks are folded away in `norm` only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml

#: Marks and joiners that may stand inside a word without ending it (stacked accents, zero-width characters).
_INNER = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u200b-\u200d\u2060\ufeff\u00ad"
_APOSTROPHES = "'\u2019\u2018\u02bc`\u00b4\uff07"
_TOKEN = re.compile(
    rf"\d+(?:[.,\u00b7]\d+)?(?:\u00ba|\u00b0)?"
    rf"|[^\W\d_](?:[^\W\d_]|[{_INNER}]|[{_APOSTROPHES}](?=[^\W\d_]))*"
    rf"|&"
)
_DROP = re.compile(rf"[{_INNER}{_APOSTROPHES}]")
_SENTENCE_END = re.compile(r"[.!?;\n\r\u2026\u3002\uff01\uff1f\u0964]|\s[-\u2013\u2014]+\s|[\u2013\u2014]")
_COMMA = re.compile(r"[,:(){}\[\]\"\u201c\u201d]")

_FORMS = yaml.load(Path(__file__).with_name("forms.yml").read_bytes(), yaml.CSafeLoader)
#: As typed -> meaning.
_SHORT_FORMS: dict[str, str] = {form: word for word, forms in _FORMS["short_forms"].items() for form in forms}
#: Form -> stem, where the suffix rules would be wrong.
_STEMS: dict[str, str] = {form: word for word, forms in _FORMS["stems"].items() for form in forms}
_DOUBLED = re.compile(r"([bdfgklmnprt])\1$")


@dataclass(frozen=True)
class Token:
    """One word. `gap` is the raw text between the previous word and this one."""

    norm: str
    stem: str
    start: int
    end: int
    gap: str

    @property
    def starts_sentence(self) -> bool:
        """True when a full stop, question mark, line break or dash stands just before."""
        return bool(_SENTENCE_END.search(self.gap))

    @property
    def after_comma(self) -> bool:
        """True when a comma, colon, bracket or quotation mark stands just before."""
        return bool(_COMMA.search(self.gap))


def fold(raw: str) -> str:
    """Lower case without accents, apostrophes, joiners or stacked marks."""
    if raw.isascii():
        return _DROP.sub("", raw).lower()
    decomposed = unicodedata.normalize("NFKD", raw)
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _DROP.sub("", kept).casefold()


def stem(word: str) -> str:
    """The form under which inflected words meet: bruises, bruising and bruised are one."""
    known = _STEMS.get(word)
    if known is not None:
        return known
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix, shortest in (("ing", 6), ("ed", 5)):
        if len(word) >= shortest and word.endswith(suffix):
            word = _DOUBLED.sub(r"\1", word[: -len(suffix)])
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def tokenize(text: str) -> list[Token]:
    """Split a message into words; never raises, whatever the characters are."""
    tokens, last = [], 0
    for match in _TOKEN.finditer(text):
        norm = fold(match.group())
        norm = _SHORT_FORMS.get(norm, norm)
        if not norm:
            continue
        tokens.append(Token(norm, stem(norm), match.start(), match.end(), text[last : match.start()]))
        last = match.end()
    return tokens
