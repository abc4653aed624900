"""The main path in a real browser, on the real server, at 320 px. The wide matrix and the fault runs: `test_browser_long`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.widget.scripts import run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def found(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Both walks, in one browser and on one server; a picture of where one stopped lies in pytest's folder."""
    return run("real-check.mjs", "--pictures", str(tmp_path_factory.mktemp("stopped")), model=trained_model, limit=240)


def test_every_state_is_reached_by_keyboard_and_nothing_is_wrong_in_any(found: dict[str, dict[str, Any]]) -> None:
    """Check, error, emergency, staff, summary, forgetting: axe, sizes, the call link, the policy, who was asked, focus."""
    keyboard = found["keyboard"]
    assert keyboard["faults"] == []
    assert keyboard["emergencies"] == 1, "one emergency is one alert"


def test_what_is_printed_is_the_summary(found: dict[str, dict[str, Any]]) -> None:
    """The sign that was ticked, the person's own words, the direction and its number."""
    paper = found["keyboard"]["summary"]
    for part in ("a lump or swollen glands", "It does not hurt", "Call your care team today", "020 7946 0000"):
        assert part in paper


def test_a_reload_at_every_step_brings_everything_back_within_a_second(found: dict[str, dict[str, Any]]) -> None:
    """Transcript, ticks, the words in the box, the emergency; and at the end the page holds what the server holds."""
    reloads = found["reloads"]
    assert reloads["faults"] == []
    assert reloads["steps"] >= 15, "the walk went through the whole check"
