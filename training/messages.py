"""The labelled messages of `data/messages`: reading, checking and counting them.

One JSON object a line: `text`; `about` (self, child or adult; self if left out); `signs` and `flags`, each from id to
role (present, absent, past, other, question); `intent` (inform if left out). `python -m training.messages` checks all
files, or those named, prints what is wrong with file and line, and counts the rows of each label.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.clinical.understanding import ROLES

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = ROOT / "data" / "messages"
ABOUT = ("self", "child", "adult")
SIGNS = tuple(sorted(p.stem for p in (ROOT / "content" / "signs").glob("*.yml")))
FLAGS = tuple(sorted(p.stem for p in (ROOT / "content" / "red_flags").glob("*.yml")))
INTENTS: tuple[str, ...] = tuple(sorted(yaml.load((ROOT / "domain.yml").read_bytes(), yaml.CSafeLoader)["intents"]))
_KEYS = {"text", "about", "signs", "flags", "intent"}


@dataclass(frozen=True)
class Labelled:
    """One message with its labels; `place` is its file and line."""

    text: str
    about: str = "self"
    signs: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    intent: str = "inform"
    place: str = ""


class MessagesError(ValueError):
    """A line cannot be read or carries a label that does not exist."""


def read(path: Path) -> Iterator[Labelled]:
    """The messages of one file.

    Raises:
        MessagesError: with every fault of the file, each with its line.
    """
    faults = []
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path.name}:{number}"
        try:
            row = json.loads(line)
            faults += [f"{place}: {fault}" for fault in _faults(row)]
            rows.append(Labelled(**row, place=place))
        except (ValueError, TypeError) as error:
            faults.append(f"{place}: {error}")
    if faults:
        raise MessagesError("\n".join(faults))
    yield from rows


def _faults(row: Mapping[str, object]) -> Iterator[str]:
    if unknown := set(row) - _KEYS:
        yield f"unknown keys {sorted(unknown)}"
    if not str(row.get("text", "")).strip():
        yield "no text"
    if row.get("about", "self") not in ABOUT:
        yield f"about: {row['about']}"
    if row.get("intent", "inform") not in INTENTS:
        yield f"intent: {row['intent']}"
    for key, known in (("signs", SIGNS), ("flags", FLAGS)):
        labels = row.get(key, {})
        if not isinstance(labels, Mapping):
            yield f"{key} must be an object from id to role"
            continue
        for name, role in labels.items():
            if name not in known:
                yield f"{key}: {name}"
            if role not in ROLES:
                yield f"{key} {name}: role {role}"


def read_all(folder: Path = MESSAGES) -> list[Labelled]:
    """The messages of every file of a folder, in order."""
    return [row for path in sorted(folder.glob("*.jsonl")) for row in read(path)]


def plain(text: str) -> str:
    """A text without case, punctuation and spacing, to tell repeated messages."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def repeated(rows: list[Labelled]) -> Iterator[tuple[Labelled, Labelled]]:
    """Pairs of the same text, or of nearly the same words (three quarters of their three-word runs are shared)."""
    seen: dict[str, Labelled] = {}
    runs: dict[tuple[str, ...], list[int]] = {}
    grams: list[set[tuple[str, ...]]] = []
    for number, row in enumerate(rows):
        key = plain(row.text)
        if key in seen:
            yield seen[key], row
        seen.setdefault(key, row)
        words = key.split()
        mine = {tuple(words[i : i + 3]) for i in range(len(words) - 2)}
        shared = Counter(other for run in mine for other in runs.get(run, ()))
        for other, count in shared.most_common(1):
            if len(mine) >= 4 and count / len(mine | grams[other]) >= 0.75 and plain(rows[other].text) != key:
                yield rows[other], row
        for run in mine:
            runs.setdefault(run, []).append(number)
        grams.append(mine)


def counts(rows: list[Labelled]) -> str:
    """How many rows each label and role has."""
    roles: dict[str, Counter[str]] = {}
    for row in rows:
        for name, role in (*row.signs.items(), *((f"flag {k}", v) for k, v in row.flags.items())):
            roles.setdefault(name, Counter())[role] += 1
    lines = [f"{name:28}" + "  ".join(f"{r} {n[r]}" for r in ROLES if n[r]) for name, n in sorted(roles.items())]
    intents = Counter(row.intent for row in rows)
    about = Counter(row.about for row in rows)
    lines.append("intents  " + ", ".join(f"{k} {v}" for k, v in sorted(intents.items())))
    lines.append("about    " + ", ".join(f"{k} {v}" for k, v in sorted(about.items())))
    lines.append(f"rows     {len(rows)}, without any label {sum(not r.signs and not r.flags for r in rows)}")
    return "\n".join(lines)


def main() -> int:
    """Check and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="default: all of data/messages")
    files = parser.parse_args().files or sorted(MESSAGES.glob("*.jsonl"))
    rows: list[Labelled] = []
    bad = 0
    for path in files:
        try:
            rows += read(path)
        except MessagesError as error:
            print(error)
            bad = 1
    for first, second in repeated(rows):
        print(f"{second.place} repeats {first.place}: {second.text[:90]}")
        bad = 1
    print(counts(rows))
    return bad


if __name__ == "__main__":
    raise SystemExit(main())
