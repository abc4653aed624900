"""The scripts of `scripts.yml`, read strictly: what a person means, line by line, and how it must end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).with_name("scripts.yml")
REST = "rest"


@dataclass(frozen=True)
class Answer:
    """What a person means: choices of a step, or words alone, or both."""

    step: str | None = None
    choices: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Turn:
    """Answers given before the first of them is replied to; nearly always one. `wait` passes before they are given."""

    answers: tuple[Answer, ...]
    wait: timedelta = timedelta()


@dataclass(frozen=True)
class End:
    """What must be on record at the end. The four lists of signs hold all signs of the checklist between them."""

    level: str
    first: str
    crisis: bool = False
    about: str | None = None
    condition: str | None = None
    treatment: str | None = None
    worry: str | None = None
    flags: frozenset[str] = frozenset()
    temperatures: tuple[float, ...] = ()
    medicines: tuple[str, ...] = ()
    signs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cases: int = 0


@dataclass(frozen=True)
class Script:
    """One way through. `by` is how choices are given where there is a say in it: press, numbers or voice."""

    id: str
    person: str
    turns: tuple[Turn, ...]
    end: End
    by: str = "press"
    daily: bool = False


def load_scripts(pages: Mapping[str, Sequence[str]], table: Path = TABLE) -> tuple[Script, ...]:
    """All scripts. `pages` are those of the checklist, with their signs.

    Raises:
        ValueError: a script holds something that means nothing, or names a sign in two lists or in none.
    """
    found = yaml.safe_load(table.read_text(encoding="utf-8"))["scripts"]
    return tuple(_script(id_, entry, pages) for id_, entry in found.items())


def _script(id_: str, entry: dict[str, Any], pages: Mapping[str, Sequence[str]]) -> Script:
    entry = dict(entry)
    try:
        turns, end = tuple(_turns(entry.pop("chat"))), _end(entry.pop("end"), pages)
        return Script(id_, turns=turns, end=end, **entry)
    except (TypeError, KeyError, ValueError) as fault:
        raise ValueError(f"{id_}: {fault}") from fault


def _turns(lines: Any) -> Iterator[Turn]:
    wait = timedelta()
    for line in _flat(lines):
        if isinstance(line, dict) and "wait" in line:
            wait += timedelta(**line["wait"])
            continue
        together = line["together"] if isinstance(line, dict) and "together" in line else [line]
        yield Turn(tuple(_answer(each) for each in together), wait)
        wait = timedelta()


def _flat(lines: Any) -> Iterator[Any]:
    """The lines, those of nested lists too: a shared part stands in a script as one item."""
    for line in lines:
        if isinstance(line, list):
            yield from _flat(line)
        else:
            yield line


def _answer(line: Any) -> Answer:
    if isinstance(line, str):
        return Answer(words=line)
    ((step, meant),) = line.items()
    if isinstance(meant, dict):
        return Answer(step, _ids(meant["pick"]), meant["words"])
    return Answer(step, _ids(meant))


def _ids(meant: Any) -> tuple[str, ...]:
    ids = tuple(meant) if isinstance(meant, list) else (meant,)
    if not all(isinstance(id_, str) for id_ in ids):
        raise ValueError(f"{meant!r}: ids are strings; write quotation marks")
    return ids


def _end(entry: dict[str, Any], pages: Mapping[str, Sequence[str]]) -> End:
    entry = dict(entry)
    lists = {name: entry.pop(name, []) for name in ("present", "absent", "not_sure", "not_answered")}
    whole = _whole({name: [] if list_ == REST else list_ for name, list_ in lists.items()}, pages)
    left = {sign for signs in pages.values() for sign in signs}.difference(*whole.values())
    whole |= {name: frozenset(left) for name, list_ in lists.items() if list_ == REST}
    listed = [sign for page in pages.values() for sign in page]
    if any(sum(sign in list_ for list_ in whole.values()) != 1 for sign in listed):
        raise ValueError("each sign of a page stands in exactly one list")
    entry["flags"] = frozenset(entry.get("flags", ()))
    for name in ("temperatures", "medicines"):
        entry[name] = tuple(entry.get(name, ()))
    return End(signs=whole, **entry)


def _whole(lists: Mapping[str, Sequence[str]], pages: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """The lists with the signs of a page in place of its name, as far as they are not named themselves."""
    named = {id_ for list_ in lists.values() for id_ in list_}
    return {
        name: frozenset(s for id_ in list_ for s in (set(pages[id_]) - named if id_ in pages else {id_}))
        for name, list_ in lists.items()
    }
