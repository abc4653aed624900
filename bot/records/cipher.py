"""Encryption of stored text: Fernet (AES-128-CBC with HMAC-SHA256), several keys, the first one encrypts."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import KeyLost, RecordsError

_MAKE_ONE = "python -m bot new-key"


def new_key() -> str:
    """Return a new random key."""
    return Fernet.generate_key().decode("ascii")


class Cipher:
    """Turns values into text that only the holder of a key can read, and back."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take Fernet keys, the one that encrypts first.

        Raises:
            RecordsError: no key, or one that is not a Fernet key; the message gives its place, never the key.
        """
        if not keys:
            raise RecordsError(f"SIGNPOST_KEYS holds no key; make one with: {_MAKE_ONE}")
        fernets = []
        for place, key in enumerate(keys, start=1):
            try:
                fernets.append(Fernet(key))
            except (ValueError, TypeError):
                raise RecordsError(
                    f"key {place} of SIGNPOST_KEYS is no Fernet key (44 characters); make one: {_MAKE_ONE}"
                ) from None
        self._fernet = MultiFernet(fernets)

    @classmethod
    def from_text(cls, text: str) -> Cipher:
        """Read comma-separated keys, as SIGNPOST_KEYS holds them; spaces around them are ignored."""
        return cls([key for key in (part.strip() for part in text.split(",")) if key])

    @classmethod
    def development(cls, path: Path) -> Cipher:
        """Read the keys in a local file, making the file (mode 0600) with a new key when it is not there.

        Raises:
            RecordsError: the file cannot be made or read, or other users may read it.
        """
        try:
            _make_key_file(path)
            if path.stat().st_mode & 0o077:
                raise RecordsError(f"other users may read the key file {path}; run: chmod 600 {path}")
            return cls.from_text(path.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError):
            raise RecordsError(f"the key file {path} cannot be made or read; check the folder and its owner") from None

    def encrypt(self, value: Any) -> str:
        """Return a JSON value as encrypted text."""
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return self._fernet.encrypt(plain.encode("utf-8", "surrogatepass")).decode("ascii")

    def decrypt(self, token: str) -> Any:
        """Return the value that `encrypt` was given.

        Raises:
            KeyLost: no key at hand reads it, or it was changed.
        """
        try:
            plain = self._fernet.decrypt(token.encode("ascii"))
        except (InvalidToken, UnicodeEncodeError):
            raise KeyLost(
                "stored text cannot be read with the keys in SIGNPOST_KEYS; put back the key that wrote it, "
                "without that key the text is lost"
            ) from None
        # Half a character pair, which a client may send, must not break the turn.
        return json.loads(plain.decode("utf-8", "surrogatepass"))

    def renew(self, token: str) -> str:
        """Return the same value encrypted with the first key.

        Raises:
            KeyLost: no key at hand reads it.
        """
        self.decrypt(token)
        return self._fernet.rotate(token.encode("ascii")).decode("ascii")


def _make_key_file(path: Path) -> None:
    """Create the file with a new key; of two processes that start at once, both end with the same key."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(new_key() + "\n")
    try:
        # A link, unlike a rename, never replaces a key that the other process has begun to use.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
