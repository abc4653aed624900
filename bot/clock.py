"""The one source of time. What needs the time is handed a `Clock`, so that tests decide what time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from bot.errors import StartError

#: Returns the present moment, aware, in UTC.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the machine's time, aware, in UTC."""
    return datetime.now(timezone.utc)


def shifted_clock(path: Path) -> Clock:
    """Return a clock that adds the seconds written in a file to the machine's time; to test a running server.

    The file is read at every call, so that a test can let days pass without waiting for them.

    Raises:
        StartError: from the clock itself, when the file is missing or holds no number.
    """

    def clock() -> datetime:
        try:
            seconds = float(path.read_text(encoding="utf-8"))
            return system_clock() + timedelta(seconds=seconds)
        except (OSError, ValueError, OverflowError):
            raise StartError(f"the clock file {path} must hold a number of seconds to add to the time") from None

    return clock
