"""What the checks report: where, what is wrong, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault, or one warning, of the content. `key` is the place inside the file."""

    file: str
    key: str
    problem: str
    mend: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}: " if self.key else f"{self.file}: "
        return f"{'warning: ' if self.warning else ''}{place}{self.problem} {self.mend}"
