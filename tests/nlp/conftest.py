"""One reader for all tests of the understanding: it is built once and pure."""

from __future__ import annotations

import pytest

from bot.nlp.understand import Understander, understander


@pytest.fixture(scope="session")
def reader() -> Understander:
    """The understander with the words of the content."""
    return understander()
