"""Whether a message can be read at all: empty, only emoji, pasted code or keyboard noise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.nlp.tokens import Token

#: Longer messages are cut here before they are read, so that a turn stays fast.
LIMIT = 5000

_CODE = re.compile(r"[{}<>;=\\]|</|/>|\(\)|=>|::|\bfunction\b|\bdef \w+\(|\bimport \w+|\bSELECT\b|\bvar \w+ =")
_VOWELS = set("aeiouyáéíóúàèìòùäëïöü")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def readability(text: str, tokens: Sequence[Token], too_long: bool) -> str:
    """One of ok, empty, emoji, unreadable, too_long."""
    if too_long:
        return "too_long"
    visible = [c for c in text if unicodedata.category(c)[0] not in "ZC"]
    if not visible:
        return "empty"
    if not tokens:
        pictures = any(unicodedata.category(c) in ("So", "Sk") or ord(c) >= 0x1F000 for c in visible)
        letters = any(unicodedata.category(c)[0] == "L" for c in visible)
        return "ok" if letters else "emoji" if pictures else "unreadable" if len(visible) > 3 else "empty"
    if len(_CODE.findall(text)) >= 4 and len(_CODE.findall(text)) * 12 >= len(text) / 3:
        return "unreadable"
    words = [t.norm for t in tokens if t.norm[0].isalpha()]
    if words and all(_is_noise(word) for word in words):
        return "unreadable"
    return "ok"


def _is_noise(word: str) -> bool:
    """Hammered keys: "asdfgh", "kkkkkk", "xcvbnm"."""
    if len(word) < 5 or not word.isascii():
        return False
    if len(set(word)) <= 2 and len(word) >= 6:
        return True
    run = any(word[i : i + 5] in row or word[i : i + 5] in row[::-1] for row in _ROWS for i in range(len(word) - 4))
    return run or not set(word) & _VOWELS
