"""A call in a real browser on the real server, with nothing but the keyboard: from the first key to the paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.widget.scripts import run

pytestmark = [pytest.mark.browser, pytest.mark.long]

Found = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def found(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """All walks, on one server; a picture of where one stopped lies in pytest's folder."""
    return run("real-desk-call.mjs", "--pictures", str(tmp_path_factory.mktemp("call")), model=trained_model, limit=600)


@pytest.mark.parametrize("name", ["keyboard-1280", "keyboard-800", "broken", "dark", "forced"])
def test_nothing_is_wrong_with_any_page(found: Found, name: str) -> None:
    """axe, sideways scrolling, the policy, errors, foreign requests, and a focus that is on nothing."""
    assert found[name]["faults"] == []


@pytest.mark.parametrize("name", ["keyboard-1280", "keyboard-800"])
def test_from_the_first_key_to_the_printed_log_sheet(found: Found, name: str) -> None:
    """What was noted, read and said in the call is in its summary, on its sheet, and on its case."""
    saw = found[name]["saw"]
    assert "happening" in saw["announced"] and saw["focus"] == "ask"
    assert "Your child's body" in saw["child"]
    assert saw["afterEscape"] == "ask"
    assert saw["switchedOff"], "a key still answered"
    assert (saw["alertRole"], saw["alertFocus"], saw["phone"]) == ("alert", "urgent", "tel:02079460000")
    assert "Words for the caller to say" in saw["alert"]
    for part in ("020 7946 0000", "38.4", "She is on a train until five", "Still missing"):
        assert part in saw["end"], part
    for part in ("Ruth Lee", "daughter", "38.4", "sbn 1 sleeps all day"):
        assert part in saw["sheet"], part
    assert saw["file"].endswith(".pdf")
    assert "Now" in saw["case"] and "Telephone" in saw["case"]


def test_nothing_is_lost_when_things_break(found: Found) -> None:
    """A second window, no connection, a lost answer, a session that ended."""
    saw = found["broken"]["saw"]
    assert "answered already" in saw["stale"] and saw["staleStep"] == "right_now_1"
    assert "Not sent" in saw["lost"]
    assert "Ruth Lee" not in saw["left"]
    assert saw["goesOn"] == "who"
