"""The same person, told by the same words and choices, comes to the same end in every channel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.parity.player import Played, Player, comparable
from tests.parity.script import Script, load_scripts
from tests.support.chat import Chat
from tests.support.companies import Companies, Phone
from tests.support.core import content
from tests.support.server import Server
from tests.support.store import Store

pytestmark = pytest.mark.server

#: Numbers of Ofcom's for drama. More than one country, so that the chat asks.
SITE = """
name: Example blood cancer clinic
countries: [GB, IE, AU]
time_zone: Europe/London
numbers:
  day: {name: Example day unit, phone: 020 7946 0000, all_day: true}
  out_of_hours: {name: Example advice line, phone: 020 7946 0001, all_day: true}
"""
PAGES = {page: content().steps[page].signs for page in content().sign_pages(None)}
SCRIPTS = load_scripts(PAGES)


@pytest.fixture(scope="module")
def companies() -> Iterator[Companies]:
    with Companies() as opened:
        yield opened


@pytest.fixture(scope="module")
def store(companies: Companies, trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A server with all channels open, and its store."""
    folder = tmp_path_factory.mktemp("parity")
    site = folder / "site.yml"
    site.write_text(SITE, encoding="utf-8")
    env = {"SIGNPOST_SITE": str(site), **companies.settings(folder)}
    server = Server(folder / "server", trained_model, env).start()
    opened = Store(server, site)
    yield opened
    opened.close()
    server.close()


@pytest.mark.parametrize(
    "script", [pytest.param(s, id=s.id, marks=() if s.daily else pytest.mark.long) for s in SCRIPTS]
)
def test_the_same_in_all_channels(script: Script, companies: Companies, store: Store) -> None:
    """Signs, readings, worry, red flags, level, crisis, numbers to call, and every sentence on the way."""
    person = 1 + SCRIPTS.index(script)
    phones = [Phone(companies, store.server, wire, person) for wire in companies.wires.values()]
    played = Player(script, Chat(store.server), phones, companies, store).play()
    assert companies.broken_rules == []
    widget = played["widget"]
    for app, found in played.items():
        as_expected(script, found, app)
        assert comparable(found.summary) == comparable(widget.summary), app
        assert found.said == widget.said, app
        assert found.phones == widget.phones, app


def as_expected(script: Script, played: Played, app: str) -> None:
    """What stands in the table."""
    summary, end = played.summary, script.end
    assert (summary["level"], summary["crisis"]) == (end.level, end.crisis), app
    assert set(summary["red_flags"]) == end.flags, app
    signs: dict[str, Any] = {name: set(summary["signs"][name]) for name in ("absent", "not_sure", "not_answered")}
    signs["present"] = {sign["sign"] for sign in summary["signs"]["present"]}
    assert signs == {name: set(ids) for name, ids in end.signs.items()}, app
    assert (summary["about"], summary["condition"], summary["recent_treatment"]) == (
        end.about,
        end.condition,
        end.treatment,
    ), app
    assert (summary["worry"], tuple(summary["medicines"])) == (end.worry, end.medicines), app
    assert tuple(reading["c"] for reading in summary["temperatures"]) == end.temperatures, app
    assert summary["directions"][0]["contacts"][0]["phone"] == end.first, app
    assert played.cases == end.cases, app


def test_the_table_holds_what_it_is_for() -> None:
    """At least thirty scripts; a dozen of them in every run; every condition, level and way on from an emergency."""
    assert len(SCRIPTS) >= 30
    assert sum(script.daily for script in SCRIPTS) >= 10
    answered = {
        (answer.step, choice) for s in SCRIPTS for t in s.turns for answer in t.answers for choice in answer.choices
    }
    for step in ("welcome", "who", "condition", "recent_treatment", "red_flag", "cannot_call", "worry", "forget"):
        offered = {choice.id for choice in content().steps[step].choices} - {"person"}
        assert offered <= {choice for at, choice in answered if at == step} | {"not_meant"}, step
    assert ("red_flag", "not_meant") in answered
    assert {script.end.level for script in SCRIPTS} == {"keep", "soon", "today", "now", "emergency"}
