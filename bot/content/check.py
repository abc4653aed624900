"""`python -m bot check`: everything about the content that can be proven without a clinician.

Each rule is a function, here or in a module beside.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.clock import system_clock
from bot.content import citations, reading, structure, wording
from bot.content.duplicates import check_duplicates
from bot.content.faults import Fault
from bot.content.language import hits
from bot.content.loader import Content, load_content
from bot.content.schema import VOICES
from bot.content.seeds import load_documents, seeds_folder
from bot.errors import ContentError

DEFAULT = Path(__file__).resolve().parents[2] / "content"

__all__ = ["Fault", "check_content", "strict_by_environment"]


def strict_by_environment() -> bool:
    """Whether missing seeds are a fault: in CI they always are."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def check_content(
    content_root: Path | str | None = None,
    seeds_dir: Path | None = None,
    strict_seeds: bool = False,
    today: date | None = None,
) -> list[Fault]:
    """All faults and warnings of the content, in the order of files.

    `seeds_dir` None means the seeds are not at hand: citations of documents are then not checked, which is a
    warning, and a fault with `strict_seeds`. `today` is for the dates of reviews.
    """
    try:
        content = load_content(content_root)
    except ContentError as error:
        return [_from_loader(line) for line in str(error).splitlines()]
    documents = load_documents(seeds_dir, content.sources) if seeds_dir else {}
    root = Path(content_root or os.environ.get("SIGNPOST_CONTENT") or DEFAULT)
    faults = [
        *check_duplicates(root),
        *_whole(content),
        *check_language(content),
        *reading.check_grades(content),
        *reading.check_voices(content),
    ]
    faults += wording.check_numbers(content, documents)
    faults += wording.check_reviews(content, today or system_clock().date())
    if seeds_dir:
        faults += citations.check_terms(content, documents)
        faults += citations.check_lists(content, documents)
        faults += citations.check_copied(content, documents)
    else:
        problem = "the source documents are not at hand, so no citation was checked."
        faults.append(
            Fault("sources.yml", "", problem, "Set SIGNPOST_SEEDS to their folder.", warning=not strict_seeds)
        )
    return sorted(set(faults))


def _whole(content: Content) -> Iterator[Fault]:
    yield from structure.check_complete(content)
    yield from structure.check_steps(content)
    yield from structure.check_references(content)
    yield from wording.check_usage(content)
    yield from wording.check_placeholders(content)
    yield from citations.check_sources(content)


def check_language(content: Content) -> Iterator[Fault]:
    """No sentence, in any voice, diagnoses, reassures, promises, predicts, doses or scores."""
    for utterance in content.utterances.values():
        seen = set()
        for voice in VOICES:
            for hit in hits(utterance.text.in_voice(voice)):
                if (hit.rule.name, hit.sentence) not in seen:
                    seen.add((hit.rule.name, hit.sentence))
                    problem = f"{hit.rule.kind} ({hit.rule.name}): `{hit.words}` in `{hit.sentence}`."
                    yield Fault(utterance.file, utterance.key, problem, f"Reword it: {hit.rule.reason}.")


def _from_loader(line: str) -> Fault:
    """A line of the loader, "file: key: problem", as a fault. Its mend is part of the line."""
    parts = line.split(": ", 2)
    if len(parts) == 3:
        return Fault(parts[0].rstrip(":"), parts[1], parts[2], "")
    return Fault(parts[0].rstrip(":"), "", ": ".join(parts[1:]) or "cannot be read.", "")


def report(content_root: Path | str | None, seeds: Path | None, strict: bool) -> tuple[str, int]:
    """What `python -m bot check` prints, and its exit status: one line a fault, or one line when there is none."""
    faults = check_content(content_root, seeds or seeds_folder(), strict or strict_by_environment())
    lines = [str(fault).strip() for fault in faults]
    broken = sum(not fault.warning for fault in faults)
    if broken:
        return "\n".join([*lines, f"{broken} fault{'s' if broken > 1 else ''} in the content."]), 1
    content = load_content(content_root)
    counts = f"{len(content.signs)} signs, {len(content.red_flags)} red flags, {len(content.topics)} topics"
    counts += f", {len(content.utterances)} utterances"
    return "\n".join([*lines, f"Content {content.version} is in order: {counts}, {len(VOICES)} voices."]), 0
