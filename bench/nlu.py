"""Measure the understanding on the validation sets: `python bench/nlu.py [folder] [--misses SET]`.

The sets are for measuring only (see their README). Signs are scored by micro precision, recall and F1 over ids,
leaving `maybe` out both ways; negation by whether the given term reads as absent; yes/no with the question known.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.clinical.understanding import OpenQuestion
from bot.nlp.understand import Understander, understander

Row = dict[str, Any]
YES_NO = (("yes", "Yes"), ("no", "No"), ("unsure", "Not sure"))
#: Ids of the product that the sets do not know.
_OURS = {"back_pain", "low_temperature", "sepsis_look", "allergic_reaction", "overdose"}


def rows(folder: Path, name: str) -> list[Row]:
    """The rows of one set."""
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def about_of(row: Row) -> str:
    """Whom the row's chat is about, in our ids."""
    return {"relative": "adult"}.get(row.get("about", "self"), row.get("about", "self"))


def lay_symptoms(reader: Understander, data: list[Row], misses: list[str]) -> str:
    """Signs and red flags present, by id."""
    signs, flags, errors = Counter(), Counter(), Counter()
    for row in data:
        said = reader.understand(row["text"], about_of(row))
        got = {m.sign for m in said.mentions if m.role == "present"} - _OURS
        _count(signs, set(row["signs"]), got, set(row["maybe"]), row, misses, errors)
        known = set(row["red_flags"])
        _count(flags, known, set(said.red_flags) - _OURS, set(row.get("maybe_red_flags", ())), row, misses, errors)
    worst = ", ".join(f"{name} {n}" for name, n in errors.most_common(12))
    return f"signs {_prf(signs)} | flags {_prf(flags)} | most errors: {worst}"


def _count(
    counts: Counter, want: set[str], got: set[str], maybe: set[str], row: Row, misses: list[str], errors: Counter
) -> None:
    got = got - (maybe - want)
    counts["tp"] += len(want & got)
    counts["fn"] += len(want - got)
    counts["fp"] += len(got - want)
    for kind, wrong in (("-", want - got), ("+", got - want)):
        errors.update(kind + name for name in wrong)
        if wrong:
            misses.append(f"{row['id']} {kind}{sorted(wrong)} {row['text'][:260]}")


def _prf(counts: Counter) -> str:
    precision = counts["tp"] / max(1, counts["tp"] + counts["fp"])
    recall = counts["tp"] / max(1, counts["tp"] + counts["fn"])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f} (tp {counts['tp']}, fp {counts['fp']}, fn {counts['fn']})"


def negation(reader: Understander, data: list[Row], misses: list[str]) -> str:
    """The role of the given term, absent or not, by subset."""
    right: Counter = Counter()
    total: Counter = Counter()
    for row in data:
        at = row["text"].lower().find(row["term"].lower())
        if at < 0:
            continue
        # clinicians' notes speak of their patient as "he" or "she"
        about = "self" if row["subset"] == "patient_language" else "adult"
        role = reader.role_of(row["text"], at, at + len(row["term"]), about).role
        # "gone" and "resolved" are past for us; the schema counts past as good where the label is absent
        ok = role in ("absent", "past") if row["label"] == "absent" else role != "absent"
        group = "patients" if row["subset"] == "patient_language" else "notes"
        total[group] += 1
        right[group] += ok
        if not ok:
            misses.append(f"{row['id']} [{group}] want {row['label']} got {role} <{row['term']}> {row['text'][:240]}")
    return " | ".join(f"{g} {right[g]}/{total[g]} = {right[g] / total[g]:.3f}" for g in sorted(total))


def hypothetical(reader: Understander, data: list[Row], misses: list[str]) -> str:
    """Nothing that is only advised or imagined may be present: the given term, and any sign or flag found."""
    good = 0
    for row in data:
        at = row["text"].lower().find(row["term"].lower())
        role = reader.role_of(row["text"], at, at + len(row["term"])).role if at >= 0 else "question"
        good += role != "present"
        if role == "present":
            misses.append(f"{row['id']} <{row['term']}> {row['text'][:240]}")
    return f"{good}/{len(data)} not taken as present"


def oos(reader: Understander, data: list[Row], misses: list[str]) -> str:
    """Texts in which no sign, flag or crisis may be found."""
    bad = 0
    for row in data:
        said = reader.understand(row["text"])
        found = {m.sign for m in said.mentions if m.role == "present"} | set(said.red_flags)
        if found or said.intent in ("crisis", "emergency"):
            bad += 1
            misses.append(f"{row['id']} {sorted(found)} {said.intent} {row['text'][:160]}")
    return f"false alarms {bad} of {len(data)}"


def yesno(reader: Understander, data: list[Row], misses: list[str]) -> str:
    """Yes, no or unsure, with the question's sign known to the reader."""
    right: Counter = Counter()
    total: Counter = Counter()
    for row in data:
        signs = {m.sign for m in reader.understand(row["question"]).mentions}
        question = OpenQuestion("asked", "yes_no", YES_NO, {str(i): s for i, s in enumerate(sorted(signs))})
        said = reader.understand(row["answer"], "self", question)
        got = said.picks[0] if said.picks else "none"
        total[row["domain"]] += 1
        right[row["domain"]] += got == row["label"]
        if got != row["label"] and row["domain"] == "health":
            misses.append(
                f"{row['id']} want {row['label']} got {got} | {row['question'][:110]} | {row['answer'][:160]}"
            )
    return " | ".join(f"{d} {right[d]}/{total[d]} = {right[d] / total[d]:.3f}" for d in sorted(total))


def crisis(reader: Understander, data: list[Row], misses: list[str]) -> str:
    """Self-harm found, and false alarms by kind."""
    found, true, false = 0, 0, Counter()
    for row in data:
        got = reader.understand(row["text"]).intent == "crisis"
        true += row["crisis"]
        found += got and row["crisis"]
        if got and not row["crisis"]:
            false[row.get("kind")] += 1
        if got != row["crisis"]:
            misses.append(f"{row['id']} want {row['crisis']} ({row.get('kind')}) {row['text'][:200]}")
    return f"recall {found}/{true} | false alarms {sum(false.values())} {dict(false)}"


def chat_intents(reader: Understander, data: list[Row], misses: list[str]) -> str:
    """Intents by the rules alone, without the classifier."""
    right = 0
    for row in data:
        got = reader.understand(row["text"])
        right += got.intent == row["intent"]
        if got.intent != row["intent"]:
            misses.append(f"{row['id']} want {row['intent']} got {got.intent} {got.confidence} | {row['text']}")
    return f"{right}/{len(data)} = {right / len(data):.3f} (rules alone)"


SETS = {f.__name__: f for f in (lay_symptoms, negation, hypothetical, oos, yesno, crisis, chat_intents)}


def timings(reader: Understander, texts: Iterator[str]) -> str:
    """Milliseconds for one message."""
    taken = []
    for text in texts:
        start = time.perf_counter()
        reader.understand(text)
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    slow = taken[int(len(taken) * 0.99)]
    return f"median {statistics.median(taken):.2f} ms, 99th percentile {slow:.2f} ms, n {len(taken)}"


def main() -> None:
    """Print one line a set, then the misses asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "eval")
    parser.add_argument("--misses", choices=sorted(SETS), help="list the misses of one set")
    chosen = parser.parse_args()
    start = time.perf_counter()
    reader = understander()
    print(f"{'built in':14} {time.perf_counter() - start:.2f} s")
    texts: list[str] = []
    for name, measure in SETS.items():
        data = rows(chosen.folder, name)
        texts += [row.get("text") or row["answer"] for row in data]
        misses: list[str] = []
        print(f"{name:14} {measure(reader, data, misses)}")
        if name == chosen.misses:
            print(*misses, sep="\n")
    print(f"{'time':14} {timings(reader, iter(texts))}")


if __name__ == "__main__":
    main()
