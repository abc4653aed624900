"""`make bench-nlu`: the understanding beside three others, on the same rows in the same run.

    .venv/bin/python -m bench.nlu [--only ours] [--sets heldout/signs ...] [--misses] [--rebuild]

Beside ours stand Rasa's starter pipeline trained on our data, medspaCy with its stock ConText, and a plain word list.
The first run makes two environments and trains the starter, all below `var/bench`. The sets are for measuring only.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.nlu import sets, table, workers
from bench.nlu.paths import EVAL, HELD_OUT, MADE
from bench.nlu.score import misses
from bench.nlu.starter_data import ROWS


def main() -> int:
    """Measure, print, and keep what was printed in `var/bench/nlu.md`."""
    chosen = _arguments()
    if chosen.rebuild:
        shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir(parents=True, exist_ok=True)
    names = [name for name in workers.NAMES if not chosen.only or name in chosen.only]
    rows = {name: known for name in chosen.sets if (known := sets.read(name, chosen.eval, HELD_OUT)) is not None}
    missing = [name for name in chosen.sets if name not in rows]
    if not rows:
        print("None of these sets is here.", file=sys.stderr)
        return 1
    running, training = workers.start(names, chosen.starter_rows)
    began = time.monotonic()
    try:
        asks = [sets.ask_of(name, row) for name, known in rows.items() for row in known]
        said = workers.interleaved(running, asks)
    finally:
        for worker in running:
            worker.close()
    at, answers = 0, {}
    for name, known in rows.items():
        answers[name] = (known, {system: all_of[at : at + len(known)] for system, all_of in said.items()})
        at += len(known)
    parts = ["# Understanding, figures", table.table(answers, names), *table.recalls(answers, names)]
    if "ours" in names:
        parts += table.confusions(answers)
        if chosen.misses:
            parts.append(_worst(answers))
    parts.append("## Notes\n\n" + "\n".join(_notes(names, training, missing)))
    parts[-1] += f"\n- {len(asks)} messages, {time.monotonic() - began:.0f} s."
    text = "\n\n".join(parts)
    print(text)
    (MADE / "nlu.md").write_text(text + "\n", encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=workers.NAMES, help="these systems alone")
    parser.add_argument("--sets", nargs="+", choices=sets.ALL, default=sets.ALL, metavar="SET", help="these sets alone")
    parser.add_argument("--eval", type=Path, default=EVAL, help="the folder of the validation sets")
    parser.add_argument(
        "--starter-rows", type=int, default=ROWS, metavar="N",
        help=f"train the starter on N rows drawn from our data ({ROWS}); 0 is all of them, and more than an hour",
    )  # fmt: skip
    parser.add_argument("--misses", action="store_true", help="list our twenty worst misses")
    parser.add_argument("--rebuild", action="store_true", help="make the environments and the starter's model anew")
    return parser.parse_args()


def _worst(answers: table.Answers) -> str:
    found = [miss for name in answers for miss in misses(name, table.pairs_of(answers, "ours", name))]
    # the texts of the validation sets are other people's: their rows are named, not quoted
    texts = {
        (name, str(row["id"])): row["text"]
        for name, (rows, _) in answers.items()
        if name.startswith("heldout/")
        for row in rows
    }
    return table.worst(found, texts)


_NOTES = {
    "": """\
- Every system runs on one thread of the same core ({cores} in all, {machine}); they take turns message by message.
- Times are of the parse alone, measured inside each system's process: the starter's of Rasa's `Agent.parse_message`,
  ours of `Understander.understand`.
- `-`: the system has no notion of it, or there is no target. Past read as absent counts as right in the role rows.
- A red flag is raised where it is present and would not first be asked about.""",
    "starter": """\
- Starter: the configuration of `rasa init` (3.6.21) without ResponseSelector, as our data hold no retrieval intents.
- Starter: trained in {seconds} s on {messages} of {of messages} messages and {examples} of {of examples} examples of
  intents, drawn at random.
- Starter: of {labels} labels {labels found} were found by our own understanding and marked at those words;
  {whole messages} messages were marked as a whole, as it found nothing to mark. Entities cannot overlap, so
  {labels marked} labels are marked, red flags going first. Examples of intents are marked as it reads them.
- Starter: an entity's id is its synonym's; where its words have no synonym, the plain names in them count. A red flag
  stands for its sign too. A term that it marks with no entity reads as neither absent nor present.""",
    "medspacy": """\
- medspaCy 1.3.1, stock pipeline; its targets are the plain word list's names, or the given term.""",
    "word_list": """\
- Word list: plain names of each sign and red flag; no, not, denies or without up to six words before deny them.""",
}


def _notes(names: Sequence[str], training: Mapping[str, Any], missing: Sequence[str]) -> Iterator[str]:
    facts = {"cores": os.cpu_count(), "machine": platform.machine(), **training}
    for name in ("", *names):
        if name in _NOTES:
            yield _NOTES[name].format_map(facts)
    if missing:
        yield f"- Not here, so not measured: {', '.join(missing)}."


if __name__ == "__main__":
    sys.exit(main())
