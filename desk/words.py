"""The desk's own words, for staff alone, from `desk/words.yml`. What patients read stands in `content/`.

An id is the path to a text in that file, with points: `counts.tables.level`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.errors import RenderError

FILE = Path(__file__).with_name("words.yml")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def say(id_: str, **values: object) -> str:
    """The text with this id, its placeholders filled. Values are data: braces in them stay braces.

    Raises:
        RenderError: there is no such text, or a placeholder has no value.
    """
    text = catalogue().get(id_)
    if text is None:
        raise RenderError(f"the text {id_!r} is not in {FILE.name} of the desk")

    def value(match: re.Match[str]) -> str:
        if match.group(1) not in values:
            raise RenderError(f"the text {id_!r} of the desk has no value for {{{match.group(1)}}}")
        return str(values[match.group(1)])

    return _PLACEHOLDER.sub(value, text)


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, str]:
    """Every text by its id. Read once."""
    return dict(_flat(yaml.safe_load(FILE.read_text(encoding="utf-8")), ""))


def _flat(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, below in node.items():
            yield from _flat(below, f"{path}.{key}" if path else str(key))
    else:
        yield path, str(node)
