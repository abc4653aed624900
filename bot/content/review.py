"""`python -m bot review`: one HTML document with every wording in every voice, for a clinician to read and sign."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.content.loader import Content, Utterance
from bot.content.schema import VOICES
from bot.site import Site

#: The sign pages in the usual order, with the steps that stand before them.
PAGES = (
    ("page_body", "Page: the body as a whole"),
    ("page_blood", "Page: skin, bleeding and breath"),
    ("page_bones", "Page: lumps, belly, bones and joints"),
    ("page_head", "Page: head, eyes, balance and mood"),
    ("right_now", "Right-now screens"),
)
PARTS = (
    ("signoff", "Sign-off of the whole"),
    ("urgency", "How soon: the urgency table"),
    ("flags", "Red flags"),
    *((f"page-{page}", title) for page, title in PAGES),
    ("steps", "Other steps"),
    ("phrases", "Other wording"),
    ("topics", "Answers to questions"),
    ("contacts", "Contacts"),
    ("leftout", "Statements of the documents that are not used"),
    ("sources", "Sources"),
)


def render_review(content: Content, site: Site) -> str:
    """The document as HTML. It loads nothing: no scripts, no fonts, no images. Text is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    of_file: dict[str, list[Utterance]] = {}
    for utterance in content.utterances.values():
        of_file.setdefault(utterance.file, []).append(utterance)
    page_steps = {page: _of_step(of_file, page) for page, _ in PAGES}
    on_pages = {utterance.id for found in page_steps.values() for utterance in found}
    return environment.get_template("review.html.j2").render(
        content=content,
        site=site,
        voices=VOICES,
        contents=PARTS,
        of_file=of_file,
        unreviewed=content.unreviewed(),
        titles={s.id: f"{s.title} ({s.publisher})" for s in content.sources.values()},
        kinds={s.id: s.kind if s.kind == "document" else f"guidance read {s.read}" for s in content.sources.values()},
        levels=of_file.get("urgency.yml", []),
        fever=content.urgency.fever,
        combination=[(k, v) for k, v in content.urgency.combination.model_dump().items() if k != "sources"],
        pages=[(page, title, page_steps[page], _signs(content, page)) for page, title in PAGES],
        other_steps=[u for u in of_file.get("steps.yml", []) if u.id not in on_pages],
    )


def _of_step(of_file: dict[str, list[Utterance]], page: str) -> list[Utterance]:
    """The question and the why of a page; for `right_now` those of all its screens."""
    return [u for u in of_file.get("steps.yml", []) if u.id.startswith(f"step_{page}_")]


def _signs(content: Content, page: str) -> list[object]:
    return [sign for sign in content.signs.values() if sign.page == page.removeprefix("page_")]
