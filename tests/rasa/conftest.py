"""A trained model for the tests here, and the resources that every turn works with."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
import rasa.model_training
import structlog
from rasa.core.tracker_store import InMemoryTrackerStore

from bot import resources
from bot.content.loader import load_content
from bot.site import Site

DATA = Path(__file__).parent / "data"
# `tests` is no package of ours (another one of that name is installed), so the helpers are found by their folder.
sys.path.insert(0, str(DATA.parent))

from rasa_harness import ROOT, Bot  # noqa: E402

SITE = Site(name="Test service", countries=("GB",), time_zone="Europe/London")
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)


@pytest.fixture(autouse=True, scope="session")
def _quiet() -> None:
    """Rasa writes every event of every turn to its debug log, which nobody reads here."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.fixture(autouse=True)
def kit() -> Iterator[resources.Resources]:
    """The project's content, one British site, and noon."""
    before = resources._current
    yield resources.use(resources.Resources(load_content(ROOT / "content"), SITE, lambda: NOON))
    resources._current = before


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model of the project's domain and rules."""
    folder = tmp_path_factory.mktemp("model")
    result = rasa.model_training.train(
        domain=str(ROOT / "domain.yml"),
        config=str(DATA / "config.yml"),
        training_files=[str(ROOT / "data" / "rules"), str(DATA / "nlu.yml")],
        output=str(folder),
        force_training=True,
        fixed_model_name="tests",
    )
    assert result.model
    return result.model


@pytest.fixture(scope="session")
def loaded(model: str) -> Iterator[Bot]:
    """A bot with that model; loading it takes longer than any test here."""
    before = resources._current
    resources.use(resources.Resources(load_content(ROOT / "content"), SITE, lambda: NOON))
    yield Bot(model)
    resources._current = before


@pytest.fixture
def bot(loaded: Bot) -> Bot:
    """The bot, with a memory of its own for each test."""
    loaded.keep_in(InMemoryTrackerStore(loaded.agent.domain))
    return loaded
