"""The figures as Markdown: one table with a column for each system, recall by id, confusions, and the worst misses."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.nlu.said import Said
from bench.nlu.score import (
    MEASURES,
    Figure,
    Figures,
    Lowest,
    Miss,
    Pairs,
    Share,
    heldout_roles,
    present_flags,
    present_signs,
    recall_by_id,
    roles,
)
from bench.nlu.sets import OF_TERMS, Row

HEADS = {"ours": "ours", "starter": "Rasa starter", "medspacy": "medspaCy ConText", "word_list": "word list"}
#: What we hold ourselves to, by set and measure; a measure without one is there to be watched.
TARGETS: dict[tuple[str, str], str] = {
    ("eval/lay_symptoms", "signs present, F1"): "≥ 0.90",
    ("eval/lay_symptoms", "signs present, recall"): "≥ 0.93",
    ("eval/negation", "patients' words"): "≥ 0.93",
    ("eval/negation", "clinicians' notes"): "≥ 0.97",
    ("eval/hypothetical", "not taken as present"): "1.000",
    ("eval/oos", "false alarms"): "≤ 4 rows",
    ("eval/yesno", "health questions"): "≥ 0.92",
    ("eval/crisis", "recall"): "1.000",
    ("eval/crisis", "false alarms"): "≤ 5 rows",
    ("heldout/signs and flags", "role, mentions found"): "≥ 0.95",
    ("heldout/signs", "lowest recall of a sign"): "≥ 0.90",
    ("heldout/flags", "red flags, recall"): "≥ 0.98",
    ("heldout/flags", "lowest recall of a red flag"): "≥ 0.95",
    ("heldout/flags", "rows without a red flag on which one is raised"): "≤ 0.04",
    ("heldout/crisis", "recall"): "≥ 0.98",
    ("heldout/intents", "intent"): "≥ 0.93",
    ("time", "median, of the starter's"): "≤ 0.50, aim 0.20",
}
ROLES = ("present", "absent", "past", "other", "question")
_NONE = "-"

#: Sets by name, each with its rows and every system's answers.
Answers = Mapping[str, tuple[Sequence[Row], Mapping[str, Sequence[Said]]]]


def table(answers: Answers, systems: Sequence[str]) -> str:
    """All measures, and the time."""
    rows: list[tuple[str, str, list[str]]] = []
    for name in answers:
        rows += _rows(name, [MEASURES[name](pairs_of(answers, system, name)) for system in systems])
    both = [name for name in ("heldout/signs", "heldout/flags") if name in answers]
    if len(both) == 2:
        figures = [heldout_roles([p for name in both for p in pairs_of(answers, s, name)]) for s in systems]
        rows += _rows("heldout/signs and flags", figures)
    rows += _times(answers, systems)
    lines = [(name, what, TARGETS.get((name, what), _NONE), *cells) for name, what, cells in rows]
    return markdown(("set", "measure", "target", *(HEADS[s] for s in systems)), lines)


def pairs_of(answers: Answers, system: str, name: str) -> Pairs:
    """The rows of a set with what one system said."""
    rows, by_system = answers[name]
    return list(zip(rows, by_system[system], strict=True))


def cell(figure: Figure | None) -> str:
    """A figure as it stands in the table."""
    if figure is None:
        return _NONE
    if isinstance(figure, Lowest):
        return f"{figure.share.value:.3f} {figure.name}"
    if isinstance(figure, Share):
        return f"{figure.value:.3f} ({figure.good}/{figure.total})" if figure.total else _NONE
    return f"{figure:.3f}"


def markdown(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    rows = [heads, ["---"] * len(heads), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _rows(name: str, figures: Sequence[Figures]) -> Iterator[tuple[str, str, list[str]]]:
    measures = dict.fromkeys(what for of_system in figures for what in of_system)
    for what in measures:
        yield name, what, [cell(of_system.get(what)) for of_system in figures]


def _times(answers: Answers, systems: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Milliseconds over all messages that are read as a whole, which the rows about given words are not."""
    read = {s: [a for name, (_, by) in answers.items() if name not in OF_TERMS for a in by[s]] for s in systems}
    whole = {s: sorted(a.ms for a in known) for s, known in read.items()}
    if not all(whole.values()):
        return
    median = {s: statistics.median(times) for s, times in whole.items()}
    yield "time", "median, ms", [f"{median[s]:.2f}" for s in systems]
    yield "time", "99th percentile, ms", [f"{whole[s][int(len(whole[s]) * 0.99)]:.2f}" for s in systems]
    if "starter" in median:
        yield "time", "median, of the starter's", [f"{median[s] / median['starter']:.3f}" for s in systems]
    slow = [[a.slow for a in read[s] if a.slow is not None] for s in systems]
    yield "time", "messages that need the slower path", [cell(Share(sum(k), len(k)) if k else None) for k in slow]


def recalls(answers: Answers, systems: Sequence[str]) -> Iterator[str]:
    """The recall of each sign and each red flag."""
    for name, head, present in (("heldout/signs", "sign", present_signs), ("heldout/flags", "red flag", present_flags)):
        if name not in answers:
            continue
        by_system = [recall_by_id(present(pairs_of(answers, s, name))) for s in systems]
        lines = [(key, *(cell(shares[key]) for shares in by_system)) for key in by_system[0]]
        yield f"## Recall of each {head} ({name})\n\n" + markdown((head, *(HEADS[s] for s in systems)), lines)


def confusions(answers: Answers) -> Iterator[str]:
    """How we mistake intents and roles for one another."""
    for name in ("heldout/intents", "eval/chat_intents"):
        if name not in answers:
            continue
        read: dict[str, Counter[str]] = {}
        for row, said in pairs_of(answers, "ours", name):
            read.setdefault(row["intent"], Counter())[str(said.intent)] += 1
        lines = [
            (gold, f"{got[gold]}/{got.total()}", ", ".join(f"{k} {n}" for k, n in got.most_common() if k != gold))
            for gold, got in sorted(read.items())
        ]
        yield f"## Intents, ours ({name})\n\n" + markdown(("labelled", "right", "read as"), lines)
    both = [
        p for name in ("heldout/signs", "heldout/flags") if name in answers for p in pairs_of(answers, "ours", name)
    ]
    if both:
        grid = Counter((pair.gold, pair.got or "not found") for row, said in both for pair in roles(row, said))
        read_as = (*ROLES, "not found")
        counts = [(gold, *(str(grid[gold, got]) for got in read_as)) for gold in ROLES]
        yield "## Roles, ours (heldout)\n\n" + markdown(("labelled", *read_as), counts)


def worst(found_misses: Iterable[Miss], texts: Mapping[tuple[str, str], str], most: int = 20) -> str:
    """The worst misses; the words of a row only where `texts` holds them."""
    chosen = sorted(found_misses)[:most]
    lines = [(m.set, m.id, m.what, texts.get((m.set, m.id), "").replace("\n", " ").replace("|", "/")) for m in chosen]
    return "## Worst misses, ours\n\n" + markdown(("set", "row", "what", "text"), lines)
