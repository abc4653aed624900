"""Whether a message is English, which other language it may be, and red flags in the commonest of them.

Only function words and scripts are looked at: enough to tell that a person needs another card, no more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import yaml

from bot.nlp.tokens import Token, fold

_SCRIPTS = (
    ("HANGUL", "ko"), ("HIRAGANA", "ja"), ("KATAKANA", "ja"), ("CJK", "zh"), ("ARABIC", "ar"), ("DEVANAGARI", "hi"),
    ("BENGALI", "bn"), ("CYRILLIC", "ru"), ("GREEK", "el"), ("HEBREW", "he"), ("THAI", "th"), ("TAMIL", "ta"),
    ("TELUGU", "te"), ("GURMUKHI", "pa"), ("GUJARATI", "gu"), ("KANNADA", "kn"), ("MALAYALAM", "ml"), ("SINHALA",
    "si"),
    ("MYANMAR", "my"), ("KHMER", "km"), ("LAO", "lo"), ("ETHIOPIC", "am"), ("GEORGIAN", "ka"), ("ARMENIAN", "hy"),
)  # fmt: skip
_URDU = re.compile("[\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2]")
_PERSIAN = re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc]")


class Languages:
    """The word lists of languages.yml."""

    def __init__(self, path: Path | None = None) -> None:
        """Read the lists.

        Raises:
            OSError: the file cannot be read.
        """
        data = yaml.load((path or Path(__file__).with_name("languages.yml")).read_bytes(), yaml.CSafeLoader)
        self.english = frozenset(fold(word) for word in data["english"].split())
        self._others: Mapping[str, frozenset[str]] = {
            code: frozenset(fold(word) for word in words.split()) for code, words in data["function_words"].items()
        }
        self._flags = [
            (flag, code, _squash(phrase))
            for code, by_flag in data["red_flags"].items()
            for flag, phrases in by_flag.items()
            for phrase in phrases
        ]

    def detect(self, text: str, tokens: Sequence[Token], also_english: AbstractSet[str]) -> str:
        """A language code: `en`, another one, or `und` when words are there but none is recognised.

        `also_english` are stems beyond the function words that count as English.
        """
        script = _script(text)
        if script:
            return script
        words = [t for t in tokens if t.norm[0].isalpha()]
        if not words:
            return "en"
        english = sum(t.norm in self.english or t.stem in also_english for t in words)
        best, hits = "en", 0
        for code, known in self._others.items():
            found = sum(fold(text[t.start : t.end]) in known for t in words)
            if found > hits:
                best, hits = code, found
        strong = hits and hits > sum(t.norm in self.english for t in words)
        if strong and (hits >= 2 or english <= hits or len(words) <= 2):
            return best
        if len(words) >= 4 and english / len(words) < 0.15:
            return "und"
        return "en"

    def red_flags(self, text: str) -> list[tuple[str, str, int, int]]:
        """Red flags said in other languages: (flag, language code, start, end) in the raw text."""
        squashed, places = _squash_with_places(text)
        found = []
        for flag, code, phrase in self._flags:
            at = squashed.find(phrase)
            if at >= 0 and _whole(squashed, at, at + len(phrase)):
                found.append((flag, code, places[at], places[at + len(phrase) - 1] + 1))
        return found


def _whole(text: str, start: int, end: int) -> bool:
    """No Latin word is cut in two at either end."""
    before = start > 0 and text[start - 1].isalpha() and text[start].isascii()
    after = end < len(text) and text[end].isalpha() and text[end - 1].isascii()
    return not (before or after)


def _squash_with_places(text: str) -> tuple[str, list[int]]:
    letters: list[str] = []
    places: list[int] = []
    for i, char in enumerate(text):
        # accents are folded away in Latin only: in Indic scripts the marks carry the vowels
        folded = fold(char) if not char.isascii() and unicodedata.name(char, "").startswith("LATIN") else char.lower()
        if char.isspace():
            folded = "" if letters and letters[-1] == " " else " "
        elif unicodedata.category(char) in ("Mn", "Cf") and not "\u0590" <= char <= "\u0eff":
            folded = ""
        for piece in folded:
            letters.append(piece)
            places.append(i)
    return "".join(letters), places


def _squash(text: str) -> str:
    return _squash_with_places(text)[0].strip()


def _script(text: str) -> str | None:
    """The language that the script of most letters points to; None for Latin letters."""
    letters = [c for c in text[:400] if c.isalpha()]
    counts: dict[str, int] = {}
    for char in letters:
        if char.isascii():
            continue
        name = unicodedata.name(char, "")
        for prefix, code in _SCRIPTS:
            if name.startswith(prefix):
                counts[code] = counts.get(code, 0) + 1
                break
    if not counts or sum(counts.values()) * 2 < len(letters):
        return None
    if "ja" in counts:
        return "ja"
    code = max(counts, key=lambda c: counts[c])
    if code == "ar":
        return "ur" if _URDU.search(text) else "fa" if _PERSIAN.search(text) else "ar"
    return code
