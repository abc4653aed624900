"""The widget on the real server in every size, colour and direction, and while everything around it breaks.

A seed that failed runs alone with `node widget/tests/real-faults.mjs --seeds 17`, or `pytest -m long -k seed-17`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.widget.scripts import run

pytestmark = [pytest.mark.browser, pytest.mark.long]

VARIANTS = [f"{size}-{direction}" for size in ("320x640", "320x256", "1280x800") for direction in ("ltr", "rtl")]
CASES = [
    "lost_network",
    "server_in_trouble",
    "server_killed_in_mid_answer",
    "token_expired_in_mid_check",
    "two_tabs",
    "reload_while_the_old_page_lingers",
    "laptop_closed_for_a_day",
    "a_button_older_than_the_question",
    "words_older_than_the_question",
    "deleted_elsewhere",
    "storage_blocked",
    "scripts_off",
    "widget_file_missing",
    "extras_file_missing",
    "channel_down_from_the_start",
    "staff_while_no_stream_opens",
    "staff_while_the_stream_is_silent",
]
SEEDS = range(1, 101)

Found = dict[str, dict[str, Any]]


def wanted(request: pytest.FixtureRequest, test: str) -> list[str]:
    """The names of a test that this run selected, so that one alone does not run all."""
    items = (item for item in request.session.items if getattr(item, "originalname", "") == test)
    return [item.callspec.params["name"] for item in items]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def cases(trained_model: Path, request: pytest.FixtureRequest) -> Found:
    """The named cases, one after the other on one server."""
    names = wanted(request, "test_when_one_thing_breaks")
    alone = [part for name in names for part in ("--case", name)] if len(names) < len(CASES) else []
    found = run("real-faults.mjs", *alone, model=trained_model, limit=900)
    assert set(found) == set(names), "CASES here and in cases.mjs are the same"
    return found


@pytest.fixture(scope="module")
def walks(trained_model: Path, request: pytest.FixtureRequest) -> Found:
    """The seeded walks, three at a time, each with a server of its own."""
    seeds = [name.removeprefix("seed-") for name in wanted(request, "test_nothing_is_lost_or_doubled_on_a_walk")]
    arguments = [part for seed in seeds for part in ("--seeds", seed)]
    return run("real-faults.mjs", *arguments, "--workers", "3", model=trained_model, limit=1_700)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_state_in_every_colour(trained_model: Path, name: str) -> None:
    """axe, rings, targets, reflow, spacing, isolation, the call link, and the host page, in each state of the tour."""
    found = run("real-matrix.mjs", "--only", name, model=trained_model, limit=900)[name]
    assert found["faults"] == []
    assert found["states"] >= 20


@pytest.mark.parametrize("name", CASES)
def test_when_one_thing_breaks(cases: Found, name: str) -> None:
    """What each case is stands at its name in `widget/tests/support/cases.mjs`."""
    assert cases[name]["faults"] == []


@pytest.mark.parametrize("name", [f"seed-{seed}" for seed in SEEDS])
def test_nothing_is_lost_or_doubled_on_a_walk(walks: Found, name: str) -> None:
    """Random answers, random faults: server, page and person agree; a word in 2 s, on the way again in 10 s."""
    walk = walks[name]
    assert walk["faults"] == [], f"{name}: {walk}"
    assert walk["answers"] >= 5
