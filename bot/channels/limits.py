"""Limits that hold before anything is parsed or stored: how large, and how often."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Callable

#: Bytes of a request body. The longest message a person can send is a fraction of this.
BODY_BYTES = 64 * 1024
#: The same where an app gathers what many people wrote while it could not reach us: a thousand messages.
BATCH_BYTES = 1024 * 1024
#: Choices in one answer: the longest page has seven lines, and a body outline some forty places.
CHOICES = 64
#: Code points of a choice id, a step id and a client id.
ID_LENGTH = 80


class TokenBucket:
    """Allows `burst` events at once and `per_minute` in the long run, for each key. Remembers the last `keys` keys."""

    def __init__(
        self, burst: int, per_minute: float, *, keys: int = 10_000, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.burst = burst
        self.rate = per_minute / 60
        self.keys = keys
        self._monotonic = monotonic
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allow(self, key: str) -> bool:
        """Take one token; False when none is left."""
        now = self._monotonic()
        level, at = self._levels.pop(key, (float(self.burst), now))
        level = min(self.burst, level + (now - at) * self.rate)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        while len(self._levels) > self.keys:
            self._levels.popitem(last=False)
        return allowed
