"""The sets that are measured on: where they lie, and what is asked of a system for each of their rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.nlu.said import Ask

Row = dict[str, Any]

VALIDATION = ("lay_symptoms", "negation", "hypothetical", "oos", "yesno", "crisis", "chat_intents")
HELD_OUT = ("signs", "flags", "crisis", "intents")
#: Names as they are chosen with --sets and head the table.
ALL = (*(f"eval/{name}" for name in VALIDATION), *(f"heldout/{name}" for name in HELD_OUT))
#: Sets whose rows give words and ask for their role alone.
OF_TERMS = ("eval/negation", "eval/hypothetical")

#: "Rows a careful second reader could label with one flag more", from tests/heldout/README.md.
ALLOWED_FLAGS: dict[str, str] = {
    **dict.fromkeys(("s082", "s083", "s085", "s089", "s092", "s095", "s097", "f171"), "fever_38"),
    **dict.fromkeys(("s228", "s241"), "chest_pain"),
    **dict.fromkeys(("f170", "f175", "f181", "f185", "f189"), "collapse"),
    **dict.fromkeys(("f195", "f327"), "acute_confusion"),
    **dict.fromkeys(("f063", "f068", "f075", "f082"), "severe_breathlessness"),
}
#: Ids of the product that the validation sets do not know.
OURS_ALONE = {"back_pain", "low_temperature", "sepsis_look", "allergic_reaction", "overdose"}


def read(name: str, validation: Path, held_out: Path) -> list[Row] | None:
    """The rows of a set, or None where its file is missing."""
    folder, _, file = name.partition("/")
    path = (validation if folder == "eval" else held_out) / f"{file}.jsonl"
    if not path.is_file():
        return None
    # split at line ends alone: texts may hold the other marks that `splitlines` splits at
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    if name in OF_TERMS:
        rows = [row for row in rows if row["term"].lower() in row["text"].lower()]
    return rows


def ask_of(name: str, row: Row) -> Ask:
    """What a system is asked about a row."""
    return _ASKS.get(name, _whole)(row)


def _whole(row: Row) -> Ask:
    about = str(row.get("about", "self"))
    return Ask(row["text"], {"relative": "adult"}.get(about, about))


def _negation(row: Row) -> Ask:
    # clinicians' notes speak of their patient as "he" or "she"
    return _term(row, "self" if row["subset"] == "patient_language" else "adult")


def _term(row: Row, about: str = "self") -> Ask:
    at = row["text"].lower().find(row["term"].lower())
    return Ask(row["text"], about, start=at, end=at + len(row["term"]))


def _yesno(row: Row) -> Ask:
    return Ask(row["answer"], question=row["question"])


_ASKS: dict[str, Callable[[Row], Ask]] = {
    "eval/negation": _negation,
    "eval/hypothetical": _term,
    "eval/yesno": _yesno,
}
