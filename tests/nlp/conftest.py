"""The readers of all tests of the understanding: built once, and pure."""

from __future__ import annotations

import pytest

from bot.nlp.encoder import Encoder, encoder
from bot.nlp.understand import Understander, understander
from bot.nlp.words import words_of_content


@pytest.fixture(scope="session")
def reader() -> Understander:
    """The patterns and rules alone: what they promise holds whatever the network hears."""
    return Understander(*words_of_content(None))


@pytest.fixture(scope="session")
def product() -> Understander:
    """What the product runs: the patterns and the network."""
    return understander()


@pytest.fixture(scope="session")
def network() -> Encoder:
    """The network alone."""
    return encoder()
