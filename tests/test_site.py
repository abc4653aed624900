"""The list of outcomes in the settings of a site: shipped with one, and refused with words when it cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.errors import SiteError
from bot.site import DEFAULT, Site, load_site


def _site(folder: Path, **changes: object) -> Path:
    file = folder / "site.yml"
    data = {**yaml.safe_load(DEFAULT.read_text(encoding="utf-8")), **changes}
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return file


def test_the_shipped_file_lists_the_defaults(tmp_path: Path) -> None:
    """So that a site sees what it changes; one whose file is older than the list has it too, in its order."""
    shipped = load_site(DEFAULT).outcomes
    assert list(shipped.items()) == list(Site(name="x", countries=("GB",)).outcomes.items())


def test_a_site_has_its_own_list(tmp_path: Path) -> None:
    """In its order, and nothing of the defaults beside it."""
    site = load_site(_site(tmp_path, outcomes={"rang_ward": "Rang the ward", "advised": "Advised"}))
    assert list(site.outcomes) == ["rang_ward", "advised"]
    site.check_outcome("rang_ward")
    site.check_outcome(None)
    with pytest.raises(SiteError, match="use one of rang_ward, advised"):
        site.check_outcome("team_called")


@pytest.mark.parametrize(
    ("outcomes", "message"),
    [
        ({}, "at least 1 item"),
        ({"Rang the ward": "x"}, "is no id: use a-z"),
        ({"x" * 41: "x"}, "at most 40"),
        ({"forgotten": "Forgotten"}, "kept for cases that ended without staff"),
        ({"retention_ended": "Over"}, "choose another id"),
        ({"advised": " "}, "advised has no words"),
        (["advised"], "outcomes"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, outcomes: object, message: str) -> None:
    """At the start, with the key and what to do."""
    with pytest.raises(SiteError, match=message) as caught:
        load_site(_site(tmp_path, outcomes=outcomes))
    assert "outcomes" in str(caught.value)
