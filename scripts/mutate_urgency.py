#!/usr/bin/env python
"""Changes every urgency rule, one at a time, and sees whether the urgency oracle notices.

    .venv/bin/python scripts/mutate_urgency.py             every change
    .venv/bin/python scripts/mutate_urgency.py --sample 60 a sample, always the same one

A change of the content is made in memory; a change of the code is made in its syntax tree and put into the running
functions. The oracle is the table and the checks of `tests/safety/test_urgency_oracle.py`. A change that the oracle
does not notice is a survivor: a rule that nobody tests. Changes that cannot make a difference are listed below, each
with its reason; one that is listed and noticed all the same is reported too. Exits with 1 when there is any of either.
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

BY_LEVEL = "counts only for signs at soon; this one is at soon only when it is usual, and then it does not count"
#: Changes that make no difference, by the beginning of their name, and why.
EQUIVALENT = {
    "sign fever: base": "fever is decided by the fever rule; the base is shown to reviewers only",
    "sign chills: base": "chills are decided by the fever rule; the base is shown to reviewers only",
    "sign cough: with fever, chills": "this company means the fever rule, and fever itself is at that level already",
    "urgency.py: set(company) <= set(FEVER_SIGNS): Lt": "fever and chills together are at now, whatever cough adds",
    "fever: fever_c": "a name for readings that raised_c, which is lower, has put at now already",
    **{
        f"sign {sign}: physical": BY_LEVEL
        for sign in (
            *(
                "back_pain",
                "balance_problems",
                "bleeding",
                "breathlessness",
                "bruising",
                "confusion",
                "fever",
                "chills",
            ),
            *("fracture", "infections", "petechiae", "spinal_cord", "vision_problems"),
        )
    },
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
                name = f"{module.__name__.rpartition('.')[2]}.py: {what} (line {getattr(node, 'lineno', '?')})"
                yield Mutant(name, _of_code(module, place, number))


def _changes(node: ast.AST) -> list[Change]:
    """What can be changed at this node, each with a function that does it in place."""
    found = [
        _put(what, *place)
        for kind, changes in CHANGES.items()
        if isinstance(node, kind)
        for what, place in changes(node)
    ]
    return [*found, *_left_out(node)]


def _put(what: str, holder: Any, field: str | int, new: Any) -> Change:
    def change() -> None:
        if isinstance(holder, list):
            holder[field] = new
        else:
            setattr(holder, str(field), new)

    return what, change


Places = Iterator[tuple[str, tuple[Any, str | int, Any]]]


def _of_comparison(node: ast.Compare) -> Places:
    for i, op in enumerate(node.ops):
        yield f"{ast.unparse(node)}: {SWAPS[type(op)].__name__}", (node.ops, i, SWAPS[type(op)]())


def _of_operator(node: ast.BoolOp | ast.BinOp) -> Places:
    if new := SWAPS.get(type(node.op)):
        yield f"{ast.unparse(node)}: {new.__name__}", (node, "op", new())


def _of_not(node: ast.UnaryOp) -> Places:
    if isinstance(node.op, ast.Not):
        yield f"{ast.unparse(node)}: not left out", (node, "operand", ast.UnaryOp(ast.Not(), node.operand))


def _of_condition(node: ast.If | ast.IfExp) -> Places:
    for value in (True, False):
        yield f"if {ast.unparse(node.test)}: always {value}", (node, "test", ast.Constant(value))


def _of_filter(node: ast.comprehension) -> Places:
    for i, test in enumerate(node.ifs):
        for value in (True, False):
            yield f"... if {ast.unparse(test)}: always {value}", (node.ifs, i, ast.Constant(value))


def _of_name(node: ast.Name) -> Places:
    if node.id in NAMES:
        yield f"{node.id} -> {NAMES[node.id]}", (node, "id", NAMES[node.id])


def _of_constant(node: ast.Constant) -> Places:
    for new in _other_constants(node.value):
        yield f"{node.value!r} -> {new!r}", (node, "value", new)


CHANGES: dict[Any, Callable[[Any], Places]] = {
    ast.Compare: _of_comparison,
    (ast.BoolOp, ast.BinOp): _of_operator,
    ast.UnaryOp: _of_not,
    (ast.If, ast.IfExp): _of_condition,
    ast.comprehension: _of_filter,
    ast.Name: _of_name,
    ast.Constant: _of_constant,
}


def _left_out(node: ast.AST) -> list[Change]:
    """Each statement of a function or a branch that decides something, left out."""
    body = node.body if isinstance(node, (ast.FunctionDef, ast.If)) else []
    return [
        _put(f"left out: {ast.unparse(statement).splitlines()[0]}", body, i, ast.Pass())
        for i, statement in enumerate(body)
        if isinstance(statement, (ast.AugAssign, ast.Expr, ast.If, ast.Return))
        and not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
    ]


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
            elif isinstance(old, tuple) and old != new:
                for other in _that_hold(old, name):
                    put(other, name, new)
    try:
        yield
    finally:
        for restore in kept:
            restore()


def _that_hold(constant: tuple[Any, ...], name: str) -> list[types.ModuleType]:
    """The modules of the core that have this constant, their own or imported."""
    core = [m for n, m in sys.modules.items() if n.startswith("bot.clinical.") and isinstance(m, types.ModuleType)]
    return [m for m in core if vars(m).get(name) is constant]


def _classes(module: types.ModuleType) -> list[type]:
    return [c for c in vars(module).values() if isinstance(c, type) and c.__module__ == module.__name__]


# the command ----------------------------------------------------------------------------------------------------------


def mutants() -> list[Mutant]:
    """Every change, of the content and of the code."""
    return [*content_mutants(), *code_mutants()]


def sample(size: int) -> list[Mutant]:
    """A sample, always the same one, of the changes that are not listed as making no difference."""
    return random.Random(SEED).sample(  # noqa: S311 - a sample, not a secret
        [m for m in mutants() if m.excuse is None], size
    )


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
