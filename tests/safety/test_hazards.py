"""The hazard log is tied to tests that exist."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LOG = ROOT / "docs" / "safety" / "hazards.yml"
HAZARDS: list[dict[str, Any]] = yaml.safe_load(LOG.read_text(encoding="utf-8"))["hazards"]


def names_in(file: Path) -> set[str]:
    """The names of the test functions in a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("hazard", HAZARDS, ids=[hazard["id"] for hazard in HAZARDS])
def test_each_control_is_checked_by_tests_that_exist(hazard: dict[str, Any]) -> None:
    """Every hazard has a cause, an effect, a control and a test, and every test it names is there."""
    assert all(hazard[key] for key in ("hazard", "causes", "effect", "controls", "tests"))
    missing = []
    for test in hazard["tests"]:
        file, _, name = test.partition("::")
        if not (ROOT / file).is_file() or name not in names_in(ROOT / file):
            missing.append(test)
    assert not missing


def test_ids_are_unique_and_in_order() -> None:
    """A hazard can be referred to by its id."""
    ids = [hazard["id"] for hazard in HAZARDS]
    assert ids == sorted(set(ids))
