#!/usr/bin/env python
"""Changes every urgency rule, one at a time, and sees whether the urgency oracle notices.

    .venv/bin/python scripts/mutate_urgency.py             every change
    .venv/bin/python scripts/mutate_urgency.py --sample 60 a sample, always the same one

A change of the content is made in memory; a change of the code is made in its syntax tree and put into the running
functions. The oracle is the table and the checks of `tests/safety/test_urgency_oracle.py`. A change that the oracle
does not notice is a survivor: a rule that nobody tests. Changes that cannot make a difference are listed below, each with
its reason; one that is listed and noticed all the same is reported too. Exits with 1 when there is any of either.
"""

from __future__ import annotations

import argparse
import ast
import functools
import inspect
import random
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.clinical import red_flags, urgency
from bot.content.loader import Content
from bot.content.schema import LEVELS, Option, RedFlag, Sign
from tests.safety.test_urgency_oracle import CHECKS, check_chat, check_state
from tests.safety.urgency_oracle import ROWS
from tests.support.core import content

#: Mutants that change nothing, by the beginning of their name, and why.
EQUIVALENT = {
    "sign fever: base": "fever is decided by the fever rule; the base is shown to reviewers only",
    "sign chills: base": "chills are decided by the fever rule; the base is shown to reviewers only",
    "sign cough: with fever, chills": "with fever means the fever rule, which fever itself brings along at the same level",
    "fever: fever_c": "what is named fever_38 is at `now` from raised_c on, which is below it",
}
SEED = 20261123


@dataclass(frozen=True)
class Mutant:
    """One change. `applied` is a context in which it holds, giving the content to judge."""

    name: str
    applied: Callable[[], Any]

    @property
    def excuse(self) -> str | None:
        """Why it cannot make a difference, if it is listed so."""
        return next((why for start, why in EQUIVALENT.items() if self.name.startswith(start)), None)


def survives(mutant: Mutant) -> bool:
    """Whether the oracle finds nothing wrong. Any error counts as noticed."""
    try:
        with mutant.applied() as shipped:
            for check in CHECKS:
                check(shipped)
            for row in ROWS:
                check_state(row, shipped)
            for row in ROWS[:: 1 if mutant.excuse is None else 20]:
                check_chat(row, shipped)
    except Exception:  # noqa: BLE001 - however a changed rule fails, it was noticed
        return False
    return True


# changes of the content -----------------------------------------------------------------------------------------------


def content_mutants() -> Iterator[Mutant]:
    """Every base, raise, detail, threshold, combination and red flag, changed."""
    shipped = content()
    for sign in shipped.signs.values():
        for name, changed in _sign_changes(sign):
            yield _of_content(f"sign {sign.id}: {name}", signs={**shipped.signs, sign.id: changed})
    for flag in shipped.red_flags.values():
        for name, changed in _flag_changes(flag):
            yield _of_content(f"red flag {flag.id}: {name}", red_flags={**shipped.red_flags, flag.id: changed})
    for name, rules in _rule_changes(shipped):
        yield _of_content(name, urgency=rules)


def _of_content(name: str, **changes: Any) -> Mutant:
    @contextmanager
    def applied() -> Iterator[Content]:
        yield replace(content(), **changes)

    return Mutant(name, applied)


def _others(level: str | None) -> list[str]:
    return [other for other in LEVELS if other != level]


def _sign_changes(sign: Sign) -> Iterator[tuple[str, Sign]]:
    rules = sign.urgency
    for level in _others(rules.base):
        yield f"base {rules.base} -> {level}", _copy(sign, urgency=_copy(rules, base=level))
    yield f"physical -> {not sign.physical}", _copy(sign, physical=not sign.physical)
    if "temperature" in sign.follow_ups:
        rest = tuple(kind for kind in sign.follow_ups if kind != "temperature")
        yield "asks no temperature", _copy(sign, follow_ups=rest)
    for i, rule in enumerate(rules.with_):
        name = f"with {', '.join(rule.signs)}"
        changed = [(f"{rule.to} -> {level}", _copy(rule, to=level)) for level in _others(rule.to)]
        changed += [(f"without {s}", _copy(rule, signs=tuple(o for o in rule.signs if o != s))) for s in rule.signs]
        for what, new in changed:
            with_ = (*rules.with_[:i], new, *rules.with_[i + 1 :])
            yield f"{name}: {what}", _copy(sign, urgency=_copy(rules, with_=with_))
    options = sign.detail.options if sign.detail else ()
    for i, option in enumerate(options):
        for what, new in _option_changes(option):
            detail = _copy(sign.detail, options=(*options[:i], new, *options[i + 1 :]))
            yield f"detail {option.id}: {what}", _copy(sign, detail=detail)


def _option_changes(option: Option) -> Iterator[tuple[str, Option]]:
    if option.flag:
        yield "no red flag", _copy(option, flag=None, note=True)
        other = "seizure" if option.flag != "seizure" else "collapse"
        yield f"{option.flag} -> {other}", _copy(option, flag=other)
        return
    # Those that raise nothing, and a note: every level above soon would be a change.
    levels = _others(option.raises) if option.raises else ("today", "now", "emergency")
    for level in levels:
        yield f"raises {option.raises} -> {level}", _copy(option, raises=level, note=False)


def _flag_changes(flag: RedFlag) -> Iterator[tuple[str, RedFlag]]:
    for level in _others(flag.level):
        yield f"{flag.level} -> {level}", _copy(flag, level=level)
    yield f"crisis -> {not flag.crisis}", _copy(flag, crisis=not flag.crisis)


def _rule_changes(shipped: Content) -> Iterator[tuple[str, Any]]:
    rules = shipped.urgency
    fever, combination = rules.fever, rules.combination
    low, high = fever.plausible_c
    thresholds: dict[str, Sequence[Any]] = {
        "raised_c": (37.4, 37.45, 37.51, 37.6, 38.0, 38.3),
        "fever_c": (37.5, 37.9, 38.1, 38.3),
        "low_c": (35.0, 35.9, 35.99, 36.01, 36.1),
        "plausible_c": ((29.9, high), (30.1, high), (low, 43.4), (low, 43.6)),
        "hours": (12, 23, 25, 48),
    }
    for name, values in thresholds.items():
        for value in values:
            yield f"fever: {name} -> {value}", _copy(rules, fever=_copy(fever, **{name: value}))
    for name, value in combination:
        for new in _combination_values(name, value):
            yield f"combination: {name} -> {new}", _copy(rules, combination=_copy(combination, **{name: new}))


def _combination_values(name: str, value: Any) -> Iterator[Any]:
    if name == "several_count":
        yield from (1, 3)
    elif name == "very_worried":
        yield from ({k: v for k, v in value.items() if k != gone} for gone in value)
        yield from ({**value, level: to} for level in value for to in LEVELS if to not in (level, value[level]))
        yield {**value, "today": "now"}
        yield {**value, "now": "emergency"}
    elif name != "sources":
        yield from _others(value)


def _copy(model: Any, **changes: Any) -> Any:
    return model.model_copy(update=changes)


# changes of the code --------------------------------------------------------------------------------------------------

Change = tuple[str, Callable[[], None]]
SWAPS: dict[type, type] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
NAMES = {"max": "min", "min": "max", "any": "all", "all": "any"}


def code_mutants() -> Iterator[Mutant]:
    """Every decision of the two modules: operators, constants, conditions, calls, and statements left out."""
    for module in (urgency, red_flags):
        tree = ast.parse(inspect.getsource(module))
        for place, node in enumerate(ast.walk(tree)):
            for number, (what, _) in enumerate(_changes(node)):
                name = f"{module.__name__.rpartition('.')[2]}.py:{getattr(node, 'lineno', '')}: {what}"
                yield Mutant(name, _of_code(module, place, number))


def _changes(node: ast.AST) -> list[Change]:
    """What can be changed at this node, each with a function that does it in place."""
    found: list[Change] = []

    def change(what: str, holder: Any, field: str | int, new: Any) -> None:
        put = holder.__setitem__ if isinstance(holder, list) else lambda f, v: setattr(holder, f, v)
        found.append((what, lambda: put(field, new)))

    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            change(f"{ast.unparse(node)}: {SWAPS[type(op)].__name__}", node.ops, i, SWAPS[type(op)]())
    elif isinstance(node, (ast.BoolOp, ast.BinOp)) and type(node.op) in SWAPS:
        change(f"{ast.unparse(node)}: {SWAPS[type(node.op)].__name__}", node, "op", SWAPS[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        change(f"{ast.unparse(node)}: not left out", node, "operand", ast.UnaryOp(ast.Not(), node.operand))
    elif isinstance(node, (ast.If, ast.IfExp)):
        for value in (True, False):
            change(f"if {ast.unparse(node.test)}: always {value}", node, "test", ast.Constant(value))
    elif isinstance(node, ast.comprehension):
        for i, test in enumerate(node.ifs):
            for value in (True, False):
                change(f"... if {ast.unparse(test)}: always {value}", node.ifs, i, ast.Constant(value))
    elif isinstance(node, ast.Name) and node.id in NAMES:
        change(f"{node.id} -> {NAMES[node.id]}", node, "id", NAMES[node.id])
    elif isinstance(node, ast.Constant):
        for new in _other_constants(node.value):
            change(f"{node.value!r} -> {new!r}", node, "value", new)
    for i, statement in enumerate(getattr(node, "body", []) if isinstance(node, (ast.FunctionDef, ast.If)) else []):
        docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if isinstance(statement, (ast.AugAssign, ast.Expr, ast.If, ast.Return)) and not docstring:
            what = ast.unparse(statement).splitlines()[0]
            change(f"left out: {what}", node.body, i, ast.Pass())  # type: ignore[attr-defined]
    return found


def _other_constants(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [value - 1, value + 1]
    # A string with a space is a docstring or words for staff, not a decision.
    return ["mutant"] if isinstance(value, str) and value and " " not in value else []


def _of_code(module: types.ModuleType, place: int, number: int) -> Callable[[], Any]:
    @contextmanager
    def applied() -> Iterator[Content]:
        tree = ast.parse(inspect.getsource(module))
        node = next(node for i, node in enumerate(ast.walk(tree)) if i == place)
        _changes(node)[number][1]()
        with _running(module, tree):
            yield content()

    return applied


@contextmanager
def _running(module: types.ModuleType, tree: ast.Module) -> Iterator[None]:
    """Put the changed code into the functions that the other modules hold, and changed constants into the module."""
    fresh = types.ModuleType(module.__name__)
    code = compile(ast.fix_missing_locations(tree), str(module.__file__), "exec")
    exec(code, fresh.__dict__)  # noqa: S102 - our own module, changed
    kept: list[Callable[[], None]] = []

    def put(holder: Any, name: str, new: Any) -> None:
        kept.append(functools.partial(setattr, holder, name, getattr(holder, name)))
        setattr(holder, name, new)

    for holder, twin in ((module, fresh), *((c, getattr(fresh, c.__name__)) for c in _classes(module))):
        for name, new in vars(twin).items():
            old = vars(holder).get(name)
            if isinstance(old, types.FunctionType) and old.__module__ == module.__name__:
                put(old, "__code__", new.__code__)
                put(old, "__defaults__", new.__defaults__)
            elif isinstance(old, tuple) and not name.startswith("__"):
                put(holder, name, new)
    try:
        yield
    finally:
        for restore in kept:
            restore()


def _classes(module: types.ModuleType) -> list[type]:
    return [c for c in vars(module).values() if isinstance(c, type) and c.__module__ == module.__name__]


# the command -----------------------------------------------------------------------------------------------------------


def mutants() -> list[Mutant]:
    """Every change, of the content and of the code."""
    return [*content_mutants(), *code_mutants()]


def sample(size: int) -> list[Mutant]:
    """A sample, always the same one, of the changes that are not listed as making no difference."""
    return random.Random(SEED).sample([m for m in mutants() if m.excuse is None], size)


def faults(tried: Sequence[Mutant]) -> list[str]:
    """Survivors that are not listed, and listed ones that did not survive."""
    found = []
    for mutant in tried:
        alive = survives(mutant)
        if alive and mutant.excuse is None:
            found.append(f"survived: {mutant.name}")
        elif not alive and mutant.excuse is not None:
            found.append(f"listed as making no difference, but noticed: {mutant.name}")
    return found


def main() -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(description="Changes every urgency rule and sees whether the oracle notices.")
    parser.add_argument("--sample", type=int, help="how many changes to try (default: all)")
    size = parser.parse_args().sample
    tried = sample(size) if size else mutants()
    found = faults(tried)
    listed = sum(mutant.excuse is not None for mutant in tried)
    print("\n".join(found) or "no survivor")
    print(f"{len(tried)} changes, {listed} listed as making no difference, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
