"""What a channel needs from the environment once credentials.yml switches it on. Nothing is opened without it."""

from __future__ import annotations

import os
from typing import Mapping
from urllib.parse import urlsplit

from bot.errors import StartError

#: Characters of a secret that we share with another program.
SECRET_LENGTH = 32
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Needs:
    """Reads the variables of one channel, and collects what is wrong with them."""

    def __init__(self, channel: str, env: Mapping[str, str] | None = None) -> None:
        self._channel = channel
        self._env = os.environ if env is None else env
        self._faults: list[str] = []

    def text(self, name: str, what: str, *, length: int = 1) -> str:
        """A variable that must hold something, `length` characters at least."""
        value = self._env.get(name, "").strip()
        if len(value) < length:
            size = f" of at least {length} characters" if length > 1 else ""
            self._faults.append(f"{name} must hold {what}{size}: credentials.yml switches {self._channel} on.")
        return value

    def secret(self, name: str, what: str) -> str:
        """A secret that is long enough not to be guessed."""
        return self.text(name, what, length=SECRET_LENGTH)

    def address(self, name: str, what: str, default: str | None = None) -> str:
        """An address with TLS, without a slash at its end; one of this machine may do without TLS."""
        value = self._env.get(name, "").strip() or (default or "")
        parts = urlsplit(value)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not safe or not parts.hostname or parts.username or parts.query or parts.fragment:
            self._faults.append(
                f"{name} must hold {what}, beginning with https://: credentials.yml switches {self._channel} on."
            )
        return value.rstrip("/")

    def optional(self, name: str) -> str | None:
        """A variable that may be left out."""
        return self._env.get(name, "").strip() or None

    def check(self) -> None:
        """Refuse to go on with what is missing.

        Raises:
            StartError: one line for each variable.
        """
        if self._faults:
            raise StartError("\n".join(self._faults))
