"""The clock of the machine, and the one that tests of a running server move."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.clock import shifted_clock, system_clock
from bot.errors import StartError


def test_the_machine_clock_is_aware_and_in_utc() -> None:
    """The moment lies between two readings of the machine's own clock."""
    before = datetime.now(timezone.utc)
    moment = system_clock()
    assert moment.utcoffset() == timedelta(0)
    assert before <= moment <= datetime.now(timezone.utc)


def test_the_shift_is_read_at_every_call(tmp_path: Path) -> None:
    """Writing another number into the file moves the next reading."""
    file = tmp_path / "clock"
    clock = shifted_clock(file)
    for days in (0, 40, -1):
        file.write_text(f"{days * 86400}\n")
        assert abs(clock() - system_clock() - timedelta(days=days)) < timedelta(seconds=5)


@pytest.mark.parametrize("content", [None, "", "tomorrow", "nan", "1e300"])
def test_a_file_without_a_number_is_named(tmp_path: Path, content: str | None) -> None:
    """A test with a mistyped clock fails rather than running at the wrong time."""
    file = tmp_path / "clock"
    if content is not None:
        file.write_text(content)
    with pytest.raises(StartError, match="must hold a number of seconds"):
        shifted_clock(file)()
