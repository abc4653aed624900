"""Which reviewed texts staff are offered for a reply, and what a supervisor is warned of.

Pure, but for the file of drafts. What a snippet is, and the limits that the store holds it to, stands in
`bot.snippets`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from bot.content.language import Hit, hits
from bot.content.schema import Citation, Model, Source
from bot.snippets import Snippet, Wording
from desk.words import say

FILE = Path(__file__).with_name("snippets.yml")


class Draft(Model):
    """A shipped text that nobody has signed. It becomes a snippet when a supervisor takes it over."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    title: str
    text: str
    sources: tuple[Citation, ...] = Field(min_length=1)

    def source(self, known: Mapping[str, Source]) -> str:
        """The sources in words, each once, as a snippet names them; `known` are those of the content.

        Raises:
            KeyError: it cites a source that the content does not define.
        """
        found = [known[citation.source] for citation in self.sources]
        return "; ".join(dict.fromkeys(f"{source.title} ({source.publisher})" for source in found))


class _Drafts(Model):
    """The file. A draft cannot be signed in it: what is reviewed stands in the store, with who took it over."""

    reviewed: Literal[False]
    drafts: tuple[Draft, ...]


@dataclass(frozen=True)
class Shelf:
    """All snippets, sorted by what may be done with them; each part by title.

    Staff are offered `offered` alone. The rest is for the supervisor: `past_review` waits to be read again, `retired`
    can be brought back, `drafts` were never taken over.
    """

    offered: tuple[Snippet, ...]
    past_review: tuple[Snippet, ...]
    retired: tuple[Snippet, ...]
    drafts: tuple[Draft, ...]


@dataclass(frozen=True)
class Warned:
    """Words of a text that the chat itself would never say, and in words why; the supervisor decides."""

    words: str
    sentence: str
    warning: str


@lru_cache(maxsize=1)
def drafts() -> tuple[Draft, ...]:
    """The shipped drafts, in the order of their file. Read once."""
    return _Drafts.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8"))).drafts


def shelf(snippets: Iterable[Snippet], today: date, shipped: Iterable[Draft] | None = None) -> Shelf:
    """Sort the snippets by what may be done with them.

    Args:
        snippets: each as it stands now.
        today: the day at the site. On its review date a snippet is still offered, on the day after no more.
        shipped: the drafts; those of the file when left out. One that was taken over is not shown again, not even when
            the snippet that was made of it is retired.
    """
    known = sorted(snippets, key=lambda snippet: (snippet.title.casefold(), snippet.id))
    used = [snippet for snippet in known if not snippet.retired]
    taken_over = {snippet.draft for snippet in known}
    return Shelf(
        offered=tuple(snippet for snippet in used if snippet.review_by >= today),
        past_review=tuple(snippet for snippet in used if snippet.review_by < today),
        retired=tuple(snippet for snippet in known if snippet.retired),
        drafts=tuple(d for d in (drafts() if shipped is None else shipped) if d.id not in taken_over),
    )


def warnings(text: str) -> tuple[Warned, ...]:
    """What in a text would stop it in the reviewed content: words that diagnose, reassure, promise, dose and the like.

    They are warnings, since a person answers for a reply and knows whom they write to. An empty answer proves nothing.
    """
    found = hits(text)
    return tuple(
        Warned(hit.words, hit.sentence, say(f"snippets.warnings.{hit.rule.kind}", words=hit.words))
        for place, hit in enumerate(found)
        if not any(_says_more(other, hit) for other in found) and hit.words not in [h.words for h in found[:place]]
    )


def _says_more(other: Hit, hit: Hit) -> bool:
    """Whether the other hit quotes these words and more of the same sentence, for the same kind of reason."""
    same = (other.rule.kind, other.sentence) == (hit.rule.kind, hit.sentence)
    return same and hit.words in other.words and hit.words != other.words


def from_draft(draft: Draft, known: Mapping[str, Source], review_by: date) -> Wording:
    """A draft as the wording of a new snippet, for a supervisor to read, change and sign with a date.

    Raises:
        KeyError: it cites a source that the content does not define.
    """
    return Wording(draft.title, draft.text, draft.source(known), review_by)
