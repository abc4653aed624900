"""The summary as FHIR R4 (4.0.1): a QuestionnaireResponse that contains the Questionnaire it answers.

Identifiers (`linkId`, codes) are ours: step ids, sign ids, choice ids. Codes have no `system`: they mean what the
contained Questionnaire says, and nothing outside it. No name, no identifier, no subject: who receives the file
knows whom it is about. The same summary made at the same instant gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from bot.content.render import Renderer
from bot.exports.items import Item
from bot.exports.lines import Document, Section, document
from bot.exports.questionnaire import items
from bot.exports.words import LANGUAGE, clean

QUESTIONNAIRE = "checklist"


def to_fhir(
    summary: Mapping[str, Any],
    renderer: Renderer,
    now: datetime,
    more: tuple[Item, ...] = (),
    sections: tuple[Section, ...] = (),
) -> bytes:
    """The QuestionnaireResponse as JSON, `status` in-progress as long as one sign is not answered.

    Args:
        summary: The summary object, with its directions in words.
        renderer: Who reads; brings content and site.
        now: When it is made.
        more: Questions and answers that are no part of the checklist, with link ids of their own; they come last.
        sections: The same in words, for the narrative.
    """
    tree = (*items(summary, renderer), *more)
    page = document(summary, renderer, now)
    resource = {
        "resourceType": "QuestionnaireResponse",
        "language": LANGUAGE,
        "text": {"status": "generated", "div": _narrative(replace(page, sections=(*page.sections, *sections)))},
        "contained": [_questionnaire(tree, summary, renderer)],
        "questionnaire": f"#{QUESTIONNAIRE}",
        "status": "in-progress" if summary["signs"]["not_answered"] else "completed",
        "authored": now.astimezone(renderer.site.zone).isoformat(timespec="seconds"),
        "item": [answered for item in tree for answered in item.response()],
    }
    return json.dumps(resource, ensure_ascii=False, indent=1).encode("utf-8")


def _questionnaire(tree: tuple[Item, ...], summary: Mapping[str, Any], renderer: Renderer) -> dict[str, Any]:
    """The questions as this person was asked them. `draft` until a clinician has signed all content."""
    return {
        "resourceType": "Questionnaire",
        "id": QUESTIONNAIRE,
        "language": LANGUAGE,
        "version": clean(summary["content_version"]),
        "name": "SignpostChecklist",
        "title": renderer.text("summary_title"),
        "status": "draft" if renderer.content.unreviewed() else "active",
        "subjectType": ["Patient"],
        "item": [item.definition() for item in tree],
    }


def _narrative(page: Document) -> str:
    """The same words as the text file, as XHTML for systems that show a resource rather than read it."""
    parts = [f"<h1>{escape(page.title)}</h1>", *(f"<p>{escape(line.text)}</p>" for line in page.notices)]
    for section in page.sections:
        parts.append(f"<h2>{escape(section.heading)}</h2>")
        parts += [f"<p>{escape(line.text)}</p>" for line in section.lines]
    parts.append(f"<p>{escape(page.closing)}</p>")
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{"".join(parts)}</div>'
