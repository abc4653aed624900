"""Which utterances the program names, read from its code: finds a typo, or a phrase that nobody says.

Two readings. Strict: the words passed where an utterance is said (`SPEAKING`), with loop variables and f-strings
resolved; each must exist. Loose: every string and f-string anywhere in the code; a phrase that none fits is not used.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Calls that say something, and at which places (or under which names) their arguments are utterances.
SPEAKING: dict[str, tuple[int | str, ...]] = {
    "tell": (0, "utterance"),
    "tell_signs": (0, "utterance"),
    "Say": (0, "utterance"),
    "simple": (0,),
    "refuse": (0,),
    "detour": (1,),
    "Choice": (1, "label"),
    "Place": (1, "label"),
    "Contact": (1, 3, 5, "name", "hours", "if_no_answer"),
    "_line": (2,),
    "text": (0,),
    "_question": (2,),
}
#: Modules whose calls are read strictly, relative to the checkout. Others may use the same names for other things.
STRICT = ("bot/clinical", "bot/content/render.py")


@dataclass(frozen=True)
class Named:
    """An utterance that code names: `pattern` is a regular expression, plain where the id stands in full."""

    pattern: str
    file: str
    line: int

    @property
    def shown(self) -> str:
        """The id as a person would write it; `*` for what is filled in."""
        return self.pattern.replace(".+", "*")


def named(root: Path = ROOT) -> list[Named]:
    """Every utterance that the core and the renderer say."""
    return list(_named(root, _stamp(root, STRICT)))


@cache
def _named(root: Path, _changed: int) -> tuple[Named, ...]:
    found: dict[tuple[str, str], Named] = {}
    for file in _files(root, STRICT):
        for node, scope in _calls(_tree(file)):
            for pattern in _spoken(node, scope):
                found.setdefault((pattern, file.name), Named(pattern, file.relative_to(root).as_posix(), node.lineno))
    return tuple(found.values())


def mentioned(root: Path = ROOT, folders: tuple[str, ...] = ("bot", "actions", "desk")) -> re.Pattern[str]:
    """Matches every id that is a string, or fits an f-string, in code that speaks; the checks of the content do not."""
    return _mentioned(root, folders, _stamp(root, folders))


def _stamp(root: Path, places: Iterable[str]) -> int:
    """Changes when a file of the code does: reading all of it takes a second, and the checks ask often."""
    return hash(tuple((file, file.stat().st_mtime_ns) for file in _files(root, places)))


@cache
def _mentioned(root: Path, folders: tuple[str, ...], _changed: int) -> re.Pattern[str]:
    patterns = set()
    for file in _files(root, folders):
        if file.parent == root / "bot" / "content" and file.name != "render.py":
            continue
        for node in ast.walk(_tree(file)):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"[a-z0-9_]+", node.value)
            ):
                patterns.add(node.value)
            elif isinstance(node, ast.JoinedStr) and (pattern := _template(node, {})):
                patterns.update(p for p in pattern if re.match(r"[a-z]+_", p))
    return re.compile("|".join(sorted(patterns)))


def _files(root: Path, places: Iterable[str]) -> Iterator[Path]:
    for place in places:
        path = root / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


Scope = dict[str, list[ast.expr]]


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, Scope]]:
    """Every call, with what each name of the surrounding function can stand for."""
    functions = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    inside = set()
    for function in functions:
        scope = _scope(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                inside.add(node)
                yield node, scope
    yield from ((node, {}) for node in ast.walk(tree) if isinstance(node, ast.Call) and node not in inside)


def _scope(function: ast.AST) -> Scope:
    scope: Scope = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    scope.setdefault(target.id, []).append(node.value)
        elif isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.iter, (ast.Tuple, ast.List)):
            name = node.target.id if isinstance(node.target, ast.Name) else ""
            scope.setdefault(name, []).extend(node.iter.elts)
    return scope


def _spoken(call: ast.Call, scope: Scope) -> Iterator[str]:
    function = call.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    for place in SPEAKING.get(name, ()):
        if isinstance(place, int) and place < len(call.args):
            yield from _ids(call.args[place], scope)
        elif isinstance(place, str):
            yield from (p for word in call.keywords if word.arg == place for p in _ids(word.value, scope))


def _ids(node: ast.expr, scope: Scope, depth: int = 0) -> Iterator[str]:
    """The ids that an expression can be. What cannot be known here (a parameter) gives nothing."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z0-9_]+", node.value):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from _template(node, scope)
    elif isinstance(node, ast.Name) and depth < 3:
        for value in scope.get(node.id, ()):
            yield from _ids(value, scope, depth + 1)
    else:
        yield from (p for part in _branches(node) for p in _ids(part, scope, depth))


def _branches(node: ast.expr) -> list[ast.expr]:
    """The expressions that this one can come to: both sides of a choice, the values of a dictionary."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, (ast.BoolOp, ast.Dict)):
        return list(node.values)
    if isinstance(node, (ast.Tuple, ast.List)):
        return list(node.elts)
    if isinstance(node, ast.Subscript):
        return [node.value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return [node.func.value, *node.args[1:]]
    return []


def _template(node: ast.JoinedStr, scope: Scope) -> list[str]:
    """An f-string as patterns: a loop over written-out words gives one each, anything else fits every id."""
    patterns = [""]
    for part in node.values:
        if isinstance(part, ast.Constant):
            endings = [re.escape(str(part.value)).replace("\\ ", " ").replace("\\-", "-")]
        else:
            value = part.value if isinstance(part, ast.FormattedValue) else None
            known = scope.get(value.id, []) if isinstance(value, ast.Name) else []
            words = [v.value for v in known if isinstance(v, ast.Constant) and isinstance(v.value, str)]
            endings = words if words and len(words) == len(known) else [".+"]
        patterns = [start + ending for start in patterns for ending in endings]
    return [p for p in patterns if re.fullmatch(r"[a-z0-9_.+]+", p) and not p.startswith(".+")]
