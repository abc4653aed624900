"""The urgency oracle notices every change of a rule: `scripts/mutate_urgency.py` makes them, one at a time."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot.clinical.red_flags import RECENT
from bot.clinical.urgency import FEVER_SIGNS, URGENT, assess
from tests.safety.test_urgency_oracle import check_state
from tests.safety.urgency_oracle import ROWS
from tests.support.core import content

#: Changes tried in the normal run.
SAMPLE = 80


@pytest.fixture(scope="module")
def mutate() -> ModuleType:
    """The script, as a module."""
    path = Path(__file__).resolve().parents[2] / "scripts" / "mutate_urgency.py"
    spec = importlib.util.spec_from_file_location("mutate_urgency", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_sample_of_changed_rules_is_noticed(mutate: ModuleType) -> None:
    """Of a sample of all changes none survives."""
    assert mutate.faults(mutate.sample(SAMPLE)) == []


@pytest.mark.long
def test_every_changed_rule_is_noticed(mutate: ModuleType) -> None:
    """Of all changes none survives, but those that are listed as making no difference, with a reason."""
    assert mutate.faults(mutate.mutants()) == []


def test_every_kind_of_rule_is_changed(mutate: ModuleType) -> None:
    """Each base, company, detail, threshold, combination and red flag is among the changes, and both modules are."""
    names = [mutant.name for mutant in mutate.mutants()]
    shipped = content()
    details = [(s, o) for s in shipped.signs.values() if s.detail for o in s.detail.options]
    wanted = [f"sign {sign}: base" for sign in shipped.signs]
    wanted += [f"sign {s.id}: with" for s in shipped.signs.values() if s.urgency.with_]
    wanted += [f"sign {sign.id}: detail {option.id}" for sign, option in details]
    wanted += [f"red flag {flag}:" for flag in shipped.red_flags]
    wanted += [f"fever: {name}" for name in type(shipped.urgency.fever).model_fields if name != "sources"]
    wanted += [f"combination: {name}" for name in type(shipped.urgency.combination).model_fields if name != "sources"]
    wanted += ["urgency.py: if", "red_flags.py: if"]
    assert [start for start in wanted if not any(name.startswith(start) for name in names)] == []


def test_every_excuse_belongs_to_a_change(mutate: ModuleType) -> None:
    """A listed change that is made no more, say as the code was written anew, is taken off the list."""
    names = [mutant.name for mutant in mutate.mutants()]
    assert [start for start in mutate.EQUIVALENT if not any(name.startswith(start) for name in names)] == []
    assert all(mutate.EQUIVALENT.values())


def test_a_change_is_undone(mutate: ModuleType) -> None:
    """After a changed rule the code is as before: later tests do not run against a mutant."""
    before = assess.__code__, FEVER_SIGNS, URGENT, RECENT
    for mutant in mutate.sample(15):
        mutate.survives(mutant)
    from bot.clinical import red_flags, urgency

    assert (assess.__code__, urgency.FEVER_SIGNS, urgency.URGENT, red_flags.RECENT) == before
    for row in ROWS:
        check_state(row, content())
