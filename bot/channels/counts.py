"""What messaging apps brought and took in this process, as numbers: nothing of a person, for the operator."""

from __future__ import annotations

from collections import Counter

#: What is counted from the first, at zero: an alarm cannot watch for what is not there yet.
EVENTS = ("received", "repeated", "sent", "retried", "given_up", "lost", "card", "file_left_out")


class Counts:
    """Counts events by app. `what` is one of a few fixed words, such as `received`, `refused:forged`, `given_up`."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, app: str, what: str, by: int = 1) -> None:
        """Count an event."""
        self._counts[app, what] += by

    def begin(self, app: str) -> None:
        """Have every event of an app at zero that did not happen yet."""
        for what in EVENTS:
            self.add(app, what, 0)

    def get(self, app: str, what: str) -> int:
        """How often it happened since the start."""
        return self._counts[app, what]

    def all(self) -> dict[tuple[str, str], int]:
        """Every number, by app and event."""
        return dict(self._counts)
