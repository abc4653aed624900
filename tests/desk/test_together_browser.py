"""A person in the widget and two of the staff at the desk, at the same time, in a real browser on the real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.widget.scripts import run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def found(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The whole handover; a picture of where it stopped lies in pytest's folder."""
    folder = str(tmp_path_factory.mktemp("together"))
    return run("real-desk.mjs", "--pictures", folder, model=trained_model, limit=280)["together"]


def test_nothing_is_wrong_on_any_page(found: dict[str, Any]) -> None:
    """Axe, width at 1280 and 800 px, the policy, errors, other addresses; in the widget the call link all the time."""
    assert found["faults"] == []


def test_a_person_asks_and_is_answered(found: dict[str, Any]) -> None:
    """With their very first words; who comes, what they write and that they leave is read in the chat."""
    saw = found["saw"]
    assert "Waiting" in saw["queued"]
    assert "You are now writing with Anna" in saw["joined"]
    assert saw["reply"] == "Hello, this is Anna. What is happening?"
    assert saw["typing"] == "A person is writing a message to you …"
    assert "has left this chat" in saw["left"]


def test_a_red_flag_during_a_handover_is_seen_by_both(found: dict[str, Any]) -> None:
    """The person gets the direction, the case rises, and what staff were typing stays."""
    saw = found["saw"]
    assert "Call 999 now" in saw["flag"]
    assert "Emergency" in saw["told"], "a screen reader hears of it"
    assert saw["why"].startswith("Emergency: bleeding that does not stop")
    assert saw["draft"] == "Half a sent"


def test_what_is_being_typed_is_never_lost(found: dict[str, Any]) -> None:
    """The focus and the cursor stay when the page changes below them; a reply that a colleague forestalled can be copied."""
    saw = found["saw"]
    assert saw["note"] == "Rang at half past nine"
    assert saw["unsent"] == "Good morning, I am"
    assert "not sent" in saw["unsentLabel"]


def test_a_helper_cannot_lower_and_a_clinician_says_why(found: dict[str, Any]) -> None:
    """No button for the one, no way without a reason for the other, and the reason stands in the history."""
    saw = found["saw"]
    assert saw["helperLowers"] == 0
    assert "reason is empty" in saw["noReason"]
    assert "lowered the level (from Emergency, to Today)" in saw["history"]
    assert "it has stopped" in saw["history"]
    assert "Told who to contact" in saw["closed"]


def test_practice_is_marked_on_every_page(found: dict[str, Any]) -> None:
    """Nobody takes a made-up case for a real one."""
    assert found["saw"]["practice"] == ["Practice.", "Practice."]
