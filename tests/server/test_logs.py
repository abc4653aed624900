"""Log lines: what they keep, and what they lose."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from bot.server.logs import Redaction, only_fields, place_of

SECRET = "my gums bleed"


def record(name: str, message: str, *args: object, exception: bool = False) -> logging.LogRecord:
    """A log record as the standard library makes it."""
    info = sys.exc_info() if exception else None
    return logging.LogRecord(name, logging.WARNING, __file__, 12, message, args, info)


@pytest.fixture
def serving() -> Redaction:
    """The formatter, once people are answered."""
    redaction = Redaction()
    redaction.serving = True
    return redaction


@pytest.mark.parametrize(
    "name", ["rasa.core.processor", "sanic.error", "asyncio", "py.warnings", "root", "sqlalchemy.engine"]
)
def test_a_line_of_a_library_loses_its_words(serving: Redaction, name: str) -> None:
    """Formatted or not: what is left is level, logger and place."""
    for line in (serving.format(record(name, f"said: {SECRET}")), serving.format(record(name, "said: %s", SECRET))):
        assert SECRET not in line
        assert name in line
        assert "test_logs.py:12" in line


def test_a_line_of_a_library_keeps_its_words_before_anybody_is_answered() -> None:
    """It then says why a start failed."""
    assert "no such model" in Redaction().format(record("rasa.core.agent", "no such model"))


def test_a_line_of_ours_keeps_its_words(serving: Redaction) -> None:
    """Our own lines hold kinds and counts only (see `only_fields`)."""
    assert "turn.failed reason=KeyError" in serving.format(record("bot.channels.turns", "turn.failed reason=KeyError"))


@pytest.mark.parametrize("name", ["bot.channels.turns", "rasa.core.processor"])
def test_an_exception_is_its_type_and_place(serving: Redaction, name: str) -> None:
    """Neither its text nor any value of its frames."""
    words = SECRET
    try:
        raise ValueError(words)
    except ValueError:
        line = serving.format(record(name, "failed", exception=True))
    assert "ValueError" in line
    assert "test_logs.py" in line
    assert SECRET not in line
    assert "\n" not in line


def test_a_structured_line_keeps_only_the_fields_that_may_be_named() -> None:
    """Rasa's structured lines carry text, slots and sender."""
    line = only_fields(
        None, "error", {"event": "rest.message.failure", "text": SECRET, "sender_id": "x1", "reason": "KeyError"}
    )
    assert line == "rest.message.failure reason=KeyError"


@pytest.mark.parametrize("event", [SECRET, f"said {SECRET}\nand more", "", "e" * 200])
def test_an_event_that_is_no_name_is_dropped(event: str) -> None:
    """A sentence in place of an event's name could be anybody's words."""
    assert only_fields(None, "error", {"event": event}) == "event"


def test_places_do_not_tell_where_the_checkout_lies() -> None:
    """A file of ours is named from the checkout, one of a package from its package."""
    assert place_of(str(Path(__file__).resolve())) == "tests/server/test_logs.py"
    assert place_of("/somewhere/site-packages/rasa/core/agent.py") == "rasa/core/agent.py"
