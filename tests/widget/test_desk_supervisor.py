"""The supervisor's pages in a real browser, on the real server, with the keyboard alone, at 1280 and 800 px."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.widget.scripts import run

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture(scope="module")
def walk(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One walk over all of them; pictures of every page lie in pytest's folder."""
    pictures = str(tmp_path_factory.mktemp("pictures"))
    return run("real-desk-supervisor.mjs", "--pictures", pictures, model=trained_model, limit=600)["supervisor"]


def test_nothing_is_wrong_on_any_page(walk: dict[str, Any]) -> None:
    """At both widths, light and dark: axe, what sticks out, the policy, rings, letters of charts; reached by keyboard."""
    assert walk["faults"] == []


def test_the_log_is_checked(walk: dict[str, Any]) -> None:
    """What was found is what is read first."""
    assert "the log is whole" in walk["saw"]["log"]


def test_an_account_is_added_and_disabled(walk: dict[str, Any]) -> None:
    """After a name that cannot be one, which stays typed."""
    saw = walk["saw"]
    assert "means something else in the log" in saw["refused"]
    assert saw["kept"] == "person"
    assert saw["first"] == "First secrets of Ben"
    assert "Ben" in saw["picture"]
    assert "disabled" in saw["disabled"]


def test_a_month_is_drawn_and_taken_out(walk: dict[str, Any]) -> None:
    """Seven charts, and the file."""
    saw = walk["saw"]
    assert saw["title"].startswith("Cases opened in ")
    assert saw["charts"] == 7
    assert saw["file"].startswith("counts-")


def test_hours_are_set_and_taken_back(walk: dict[str, Any]) -> None:
    """After a day with one time alone, which stays typed."""
    saw = walk["saw"]
    assert "Monday: give both times" in saw["half"]
    assert saw["typed"] == "9:00"
    assert saw["hours"].startswith("Sue set these on")
    assert saw["back"] == "These are the hours of the site file."


def test_a_snippet_is_put_where_the_cursor_stands(walk: dict[str, Any]) -> None:
    """With its source beside it; it can be edited at once, and without a script it stands there to be copied."""
    saw = walk["saw"]
    assert "Our own leaflet" in saw["offered"]
    assert saw["about"].startswith("Source: Our own leaflet. Review by ")
    text = "Please ring the team now.\n\nThe number is on your card."
    assert saw["reply"] == f"Hello Jo. {text}Goodbye."
    assert saw["edited"] == f"Hello Jo. {text}Yours, Sue. Goodbye."
    assert saw["plain"] == {"picks": False, "copies": True}
