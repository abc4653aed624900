"""The desk's own words: every text that the code names is there, and none is ever half filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.errors import RenderError
from desk.words import FILE, catalogue, say

DESK = Path(FILE).parent


def test_values_are_data() -> None:
    """Braces in a value stay braces."""
    assert say("counts.total", number="{number} <b>") == "{number} <b> cases"


@pytest.mark.parametrize(("id_", "problem"), [("no.such.text", "is not in words.yml"), ("counts.total", "no value")])
def test_half_a_text_is_never_given(id_: str, problem: str) -> None:
    """An unknown id, or a placeholder without a value, raises."""
    with pytest.raises(RenderError, match=problem):
        say(id_)


def test_no_id_is_given_twice() -> None:
    """YAML takes the last of two texts with one id, and the other is gone without a word."""

    def ids(node: yaml.Node, path: str) -> Iterator[str]:
        if isinstance(node, yaml.MappingNode):
            for key, below in node.value:
                yield f"{path}{key.value}"
                yield from ids(below, f"{path}{key.value}.")

    found = list(ids(yaml.compose(FILE.read_text(encoding="utf-8")), ""))
    assert [id_ for id_ in set(found) if found.count(id_) > 1] == []


def test_every_text_named_in_the_code_is_there() -> None:
    """Ids written out whole; those with a part filled in have their beginning in the catalogue."""
    called = re.findall(r'\bsay\(\s*f?"([^"]+)"', "".join(f.read_text(encoding="utf-8") for f in DESK.rglob("*.py")))
    assert called
    for id_ in called:
        beginning = id_.partition("{")[0]
        assert any(known == id_ or ("{" in id_ and known.startswith(beginning)) for known in catalogue()), id_


def test_every_text_named_in_a_template_is_there() -> None:
    """Ids written out whole, and the beginnings of those that are put together."""
    beginnings = "|".join(sorted({id_.partition(".")[0] for id_ in catalogue()}))
    templates = "".join(file.read_text(encoding="utf-8") for file in (DESK / "templates").rglob("*.html"))
    named = re.findall(rf'"((?:{beginnings})\.[a-z0-9_.]*)"', templates)
    assert named
    for id_ in named:
        assert id_ in catalogue() or (
            id_.endswith((".", "_")) and any(known.startswith(id_) for known in catalogue())
        ), id_
