"""Citations against the documents: cited words stand there, every listed sign is used, and nothing is copied."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.faults import Fault
from bot.content.loader import Content
from bot.content.outlines import SIGN_LISTS
from bot.content.schema import VOICES, Citation
from bot.content.seeds import Document, plain

#: So many words in a row that a document has too count as copied.
SHINGLE = 8


def cited(content: Content) -> Iterator[tuple[str, str, Citation]]:
    """Every citation of the content, with its file and key, each once."""
    seen = set()
    places: list[tuple[str, str, tuple[Citation, ...]]] = [
        (u.file, f"{u.key} (sources)", u.sources) for u in content.utterances.values()
    ]
    places += [(f"signs/{s.id}.yml", "sign.urgency.sources", s.urgency.sources) for s in content.signs.values()]
    places += [("urgency.yml", "urgency.fever.sources", content.urgency.fever.sources)]
    places += [("urgency.yml", "urgency.combination.sources", content.urgency.combination.sources)]
    for country in content.countries.values():
        for line in (*country.emergency, *country.emergency_text, *country.crisis, *country.cancer):
            places.append(("contacts.yml", f"{country.code}.{line.id}.sources", line.sources))
    for n, entry in enumerate(content.left_out):
        places.append(
            (
                "left_out.yml",
                f"left_out.{n}",
                (Citation(source=entry.source, section=entry.section, terms=entry.terms),),
            )
        )
    for file, key, citations in places:
        for citation in citations:
            if (file, citation) not in seen:
                seen.add((file, citation))
                yield file, key, citation


def check_sources(content: Content) -> Iterator[Fault]:
    """Every cited source exists (that guidance has its address and date is part of the schema)."""
    for file, key, citation in cited(content):
        if citation.source not in content.sources:
            yield Fault(
                file,
                key,
                f"cites the source `{citation.source}`, which sources.yml does not define.",
                "Correct the id, or add the source.",
            )


def check_terms(content: Content, documents: dict[str, Document]) -> Iterator[Fault]:
    """Cited sections exist and hold the cited words."""
    for source in content.sources.values():
        if source.kind == "document" and source.id not in documents:
            yield Fault(
                "sources.yml",
                source.id,
                f"the document {source.file} is not in the seeds folder.",
                "Add the file, or correct `file`.",
            )
    for document in documents.values():
        for heading in document.missing_headings():
            yield Fault(
                "sources.yml",
                document.id,
                f"the document has no heading `{heading}`.",
                "Correct bot/content/outlines.py.",
            )
    for file, key, citation in cited(content):
        if citation.source not in documents:
            continue
        sections = [plain(section) for section in documents[citation.source].sections(citation.section)]
        if not sections:
            mend = "Give a heading as printed, or the first five words of a paragraph that stands under no heading."
            yield Fault(file, key, f"`{citation.source}` has no section `{citation.section}`.", mend)
            continue
        for term in citation.terms:
            if not any(plain(term) in section for section in sections):
                problem = f"the words `{term}` do not stand in `{citation.section}` of `{citation.source}`."
                yield Fault(file, key, problem, "Cite words that stand there, or another section.")


def check_lists(content: Content, documents: dict[str, Document]) -> Iterator[Fault]:
    """Every line of the lists of signs is cited by a sign, or left out with a reason."""
    for source, section in SIGN_LISTS:
        document = documents.get(source)
        for heading, line in document.list_lines(section) if document else []:
            terms = [
                *_sign_terms(content, source, (section, heading)),
                *_left_out_terms(content, source, (section, heading)),
            ]
            here = [term for term in terms if term in plain(line)]
            uncovered = [part for part in _parts(line) if not any(_touches(term, part) for term in here)]
            if uncovered:
                problem = f"nothing cites `{'`, `'.join(uncovered)}` in the line `{line}` of `{section}` ({source})."
                yield Fault(
                    "signs",
                    source,
                    problem,
                    "Cite it in the sign that covers it, or add it to left_out.yml with the reason.",
                )


def _sign_terms(content: Content, source: str, sections: tuple[str, str]) -> Iterator[str]:
    wanted = {plain(section) for section in sections}
    cited_by_entry = [entry.sources for entry in content.signs.values()]
    cited_by_entry += [entry.sources for entry in content.red_flags.values()]
    for citations in cited_by_entry:
        for citation in citations:
            if citation.source == source and plain(citation.section) in wanted:
                yield from (plain(term) for term in citation.terms)


def _left_out_terms(content: Content, source: str, sections: tuple[str, str]) -> Iterator[str]:
    wanted = {plain(section) for section in sections}
    for entry in content.left_out:
        if entry.source == source and plain(entry.section) in wanted:
            yield from (plain(term) for term in entry.terms)


_SMALL = {
    "of",
    "frequent",
    "or",
    "and",
    "the",
    "a",
    "an",
    "in",
    "by",
    "from",
    "under",
    "with",
    "to",
    "other",
    "signs",
    "are",
    "easy",
    "feeling",
    "problems",
    "even",
    "small",
}


def _parts(line: str) -> list[str]:
    """The signs that a line names. What stands in brackets explains them."""
    bare = re.sub(r"\([^)]*\)", "", plain(line)).rstrip(".")
    parts = re.split(r",|/| or | and |;", bare)
    return [part.strip() for part in parts if set(re.findall(r"[a-z]+", part)) - _SMALL]


def _touches(term: str, part: str) -> bool:
    """Whether a cited term speaks of this part: they share a word that carries meaning."""
    words = set(re.findall(r"[a-z]+", part)) - _SMALL
    return bool(words & set(re.findall(r"[a-z]+", term)))


def check_copied(content: Content, documents: dict[str, Document]) -> Iterator[Fault]:
    """No text shares eight words in a row with a document: clinical text is in our own words."""
    seeds = {shingle: id_ for id_, document in documents.items() for shingle in _shingles(document.text)}
    texts = [(u.file, u.key, u.text.in_voice(voice)) for u in content.utterances.values() for voice in VOICES]
    texts += [("left_out.yml", f"left_out.{n}", entry.statement) for n, entry in enumerate(content.left_out)]
    reported = set()
    for file, key, text in texts:
        copied = next((shingle for shingle in _shingles(text) if shingle in seeds), None)
        if copied and (file, key) not in reported:
            reported.add((file, key))
            yield Fault(
                file,
                key,
                f"`{' '.join(copied)}` stands word for word in `{seeds[copied]}`.",
                "Say it in your own words.",
            )


def _shingles(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9']+", plain(text))
    return [tuple(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1)]
