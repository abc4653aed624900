"""Passwords of staff: which are taken, and their Argon2 hashes.

The rule is length alone; no kinds of characters are asked for, which makes passwords worse. Those that everybody tries
first are refused: common words with digits around them, runs along the keyboard, one piece repeated.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
#: Enough for any sentence; beyond it a request only costs time.
LONGEST = 200

#: 19 MiB, two passes: the least that OWASP advises. A desk beside the chat on a small machine has to bear several at
#: once, and a stolen hash lies encrypted besides.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop[]",
    "asdfghjkl;",
    "qwertyuiopasdfghjklzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertzuiopasdfghjklyxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
#: In either direction.
_RUNS = (*_ROWS, *(row[::-1] for row in _ROWS))
_COMMON = (
    *("password", "passwort", "passphrase", "passw", "pass", "word", "secret", "secure", "security", "welcome"),
    *("letmein", "login", "signin", "admin", "administrator", "root", "user", "guest", "test", "demo", "default"),
    *("changeme", "change", "qwerty", "qwertz", "azerty", "asdf", "zxcv", "qaz", "wsx", "abc", "xyz", "iloveyou"),
    *("sunshine", "princess", "dragon", "monkey", "football", "baseball", "liverpool", "arsenal", "chelsea", "master"),
    *("superman", "batman", "trustno", "whatever", "freedom", "computer", "internet", "summer", "winter", "spring"),
    *("autumn", "january", "december", "monday", "friday", "nurse", "doctor", "hospital", "clinic", "health"),
    *("support", "helper", "helpline", "haematology", "hematology", "oncology", "cancer", "blood", "leukaemia"),
    *("leukemia", "lymphoma", "myeloma", "signpost", "desk", "supervisor", "clinician", "my", "the", "is", "a", "i"),
)
_UNMASKED = str.maketrans("013457@$!", "oieastasi")


def fault(password: str, name: str = "") -> str | None:
    """Return what is wrong with a password, in words that say what to do; None when it is taken.

    Args:
        password: what somebody chose.
        name: the name of the account, which is no secret.
    """
    if len(password) < SHORTEST:
        return f"too short: use at least {SHORTEST} characters, such as four words that do not belong together"
    if len(password) > LONGEST:
        return f"too long: use at most {LONGEST} characters"
    if _is_common(password, name):
        return "one of the first that others would try: use four words that do not belong together"
    return None


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, with salt and parameters in it."""
    return _HASHER.hash(_plain(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed. None costs the same time, and never is."""
    try:
        _HASHER.verify(password_hash or _nobody(), _plain(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's, and should be made anew."""
    return _HASHER.check_needs_rehash(password_hash)


@cache
def _nobody() -> str:
    """Return a hash of nothing that anybody knows: a name without an account must cost as much as one with."""
    return _HASHER.hash(secrets.token_hex(16))


def _plain(password: str) -> bytes:
    """Return the same bytes for what looks the same, whichever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _is_common(password: str, name: str) -> bool:
    folded = "".join(unicodedata.normalize("NFKC", password).casefold().split())
    if re.fullmatch(r"(.{1,6})\1+.{0,5}", folded, flags=re.DOTALL):
        return True
    own = re.split(r"\W+", unicodedata.normalize("NFKC", name).casefold())
    words = {*_COMMON, *own} - {""}
    # Digits and signs may stand beside a word, within it, or for its letters.
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    letters = re.sub(r"[\W\d_]", "", folded)
    return any(_is_made_of(words, each) for each in (folded, letters, core.translate(_UNMASKED)))


def _is_made_of(words: Iterable[str], text: str) -> bool:
    """Whether nothing but these words and runs stands there, one after the other; so it is where nothing stands."""
    # Step by step, and not by a pattern: one with so many ways to match would take for ever.
    reached = {0}
    for place in range(len(text)):
        if place in reached:
            reached |= {place + len(word) for word in words if text.startswith(word, place)}
            reached |= {place + length for length in _run_lengths(text[place:])}
    return len(text) in reached


def _run_lengths(text: str) -> Iterator[int]:
    """How far a run along the keyboard or the alphabet goes on from the beginning: every length from three on."""
    for length in range(3, len(text) + 1):
        if not any(text[:length] in run for run in _RUNS):
            return
        yield length
