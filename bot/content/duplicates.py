"""Keys that stand twice in one YAML mapping.

YAML itself keeps the last and says nothing, so a wording could vanish unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.content.faults import Fault
from bot.content.loader import YamlLoader


def check_duplicates(root: Path) -> Iterator[Fault]:
    """Every key of every mapping of every file stands there once."""
    for path in sorted(root.rglob("*.yml")):
        file = path.relative_to(root).as_posix()
        tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=YamlLoader)
        for key, first, again in _twice(tree, ()):
            problem = f"stands in line {first} and again in line {again}; only the second is used."
            yield Fault(file, key, problem, "Keep one of them.")


def _twice(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    if isinstance(node, yaml.SequenceNode):
        for n, item in enumerate(node.value):
            yield from _twice(item, (*path, str(n)))
    elif isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in lines:
                yield ".".join((*path, name)), lines[name], line
            lines[name] = line
            yield from _twice(value, (*path, name))
