"""The five source documents as text: where they lie, which sections they have, and what stands in a section."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.content.outlines import OUTLINES
from bot.content.schema import Source

#: Beside the checkout, unless SIGNPOST_SEEDS names another folder.
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "seeds"
_SAME = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2212": "-", "\u00a0": " "}
)


def seeds_folder() -> Path | None:
    """The folder of the documents (`SIGNPOST_SEEDS`, else beside the checkout); None when it is not at hand."""
    named = os.environ.get("SIGNPOST_SEEDS")
    folder = Path(named) if named else BESIDE
    return folder if folder.is_dir() else None


def plain(text: str) -> str:
    """Text for comparing: lower case, straight quotation marks, single spaces."""
    return re.sub(r"\s+", " ", text.translate(_SAME)).strip().lower()


@dataclass(frozen=True)
class Document:
    """One document. `outline` is empty where the paragraphs stand without headings."""

    id: str
    text: str
    outline: tuple[tuple[int, str], ...]

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines, without bullets and outer spaces; blank ones are kept."""
        return tuple(line.strip().lstrip("\u2022").strip() for line in self.text.splitlines())

    @cached_property
    def _headings(self) -> dict[int, int]:
        """Depth of each heading, by line number. Matched in order, so that repeated headings find their own place."""
        found: dict[int, int] = {}
        at = 0
        for depth, heading in self.outline:
            line = next((n for n in range(at, len(self.lines)) if plain(self.lines[n]) == plain(heading)), None)
            if line is not None:
                found[line], at = depth, line + 1
        return found

    def missing_headings(self) -> list[str]:
        """Headings of the outline that the document does not have, in that order."""
        have = [plain(self.lines[n]) for n in self._headings]
        return [heading for _, heading in self.outline if plain(heading) not in have]

    def sections(self, section: str) -> list[str]:
        """The text of every section with this heading, with its sub-sections; empty when there is none.

        A paragraph under no heading is found by its first words (at least four, or a whole line).
        """
        wanted = plain(section)
        found = [self._from_heading(n) for n in self._headings if plain(self.lines[n]) == wanted]
        if found:
            return found
        whole_line = len(wanted.split()) < 4
        paragraphs = self._loose_paragraphs()
        return [
            p
            for p in paragraphs
            if plain(p.split("\n")[0]) == wanted or (not whole_line and plain(p).startswith(wanted))
        ]

    def _from_heading(self, start: int) -> str:
        after = [n for n, depth in self._headings.items() if n > start and depth <= self._headings[start]]
        return "\n".join(self.lines[start : min(after, default=len(self.lines))])

    def _loose_paragraphs(self) -> list[str]:
        """Paragraphs before the first heading: blocks between blank lines, or, in a block, from each line on."""
        lines = self.lines[: min(self._headings, default=len(self.lines))]
        blocks: list[list[str]] = [[]]
        for line in lines:
            blocks[-1].append(line) if line else blocks.append([])
        return ["\n".join(block[n:]) for block in blocks for n in range(len(block))]

    def list_lines(self, section: str) -> list[tuple[str, str]]:
        """The lines of a list of signs, each with the heading right above it.

        Headings and lead-ins (with a colon) are not lines, nor is text beside bullets.
        """
        start = next((n for n in self._headings if plain(self.lines[n]) == plain(section)), None)
        if start is None:
            return []
        end = start + len(self._from_heading(start).split("\n"))
        marked = [line.strip().startswith("\u2022") for line in self.text.splitlines()]
        bullets = any(marked[start:end])
        found, heading = [], self.lines[start]
        for n in range(start, end):
            if n in self._headings:
                heading = self.lines[n]
            elif self.lines[n] and not self.lines[n].endswith(":") and marked[n] == bullets:
                found.append((heading, self.lines[n]))
        return found


def load_documents(folder: Path, sources: Mapping[str, Source]) -> dict[str, Document]:
    """The documents at hand, by source id; a missing file is left out."""
    found = {}
    for source in sources.values():
        if source.kind == "document" and source.file and (folder / source.file).is_file():
            text = (folder / source.file).read_text(encoding="utf-8")
            found[source.id] = Document(source.id, text, OUTLINES.get(source.id, ()))
    return found
