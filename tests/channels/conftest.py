"""Turns on an empty store, and the routes of all messaging apps with one store behind them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.turns import Turns
from bot.server.runtime import Runtime
from tests.support.turns import Rasa, open_runtime, understand
from tests.support.wire.apps import WIRES
from tests.support.wire.inside import Inside


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    opened = open_runtime(tmp_path)
    yield opened
    opened.records.dispose()


@pytest.fixture
def rasa(runtime: Runtime) -> Rasa:
    return Rasa(runtime)


@pytest.fixture
def turns(runtime: Runtime, rasa: Rasa) -> Turns:
    return Turns(runtime, rasa, understand)


@pytest.fixture(scope="module")
def shared_runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """One store for all tests of a file, so that each also shows that those before it left nothing behind."""
    opened = open_runtime(tmp_path_factory.mktemp("shared"))
    yield opened
    opened.records.dispose()


@pytest.fixture(scope="module")
def channels(shared_runtime: Runtime) -> Iterator[dict[str, Inside]]:
    """Every channel, opened from the environment that its provider's driver gives; nothing is answered."""
    opened = {name: Inside(wire, shared_runtime) for name, wire in WIRES.items()}
    yield opened
    for inside in opened.values():
        inside.close()
