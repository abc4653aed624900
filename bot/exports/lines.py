"""The summary as headings and lines, in reviewed words and the reader's voice. Text, PDF and FHIR draw the same list.

The direction stands first: who to call, how soon, which number, and what to say. Then what was noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.content.render import Renderer
from bot.exports.words import clean, day, local_time, named, quoted, reading

Style = Literal["text", "strong", "item", "phone", "detail"]
ABOUT = {"self": "summary_about_self", "child": "summary_about_child", "adult": "summary_about_adult"}


@dataclass(frozen=True)
class Line:
    """One paragraph. `strong` is the direction in a few words; `phone` and `detail` belong to the `item` above them."""

    text: str
    style: Style = "text"


@dataclass(frozen=True)
class Section:
    """A heading with its lines; there is always at least one."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Document:
    """Everything that a summary says, in order. `closing` is short enough to stand at the foot of every page."""

    title: str
    notices: tuple[Line, ...]
    sections: tuple[Section, ...]
    closing: str


def document(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> Document:
    """The rendered summary as headings and lines.

    Args:
        summary: The summary object, with its directions in words.
        renderer: Who reads; brings content and site.
        now: When it is made; shown in the zone of the site.
    """
    say = renderer.text
    notices = [Line(say("draft_notice"), "strong")] if renderer.content.unreviewed() else []
    return Document(
        title=f"{say('summary_title')}: {clean(renderer.site.name)}",
        notices=(*notices, Line(say("summary_take"))),
        sections=tuple(Section(say(id_), tuple(lines)) for id_, lines in _sections(summary, renderer, now) if lines),
        closing=say("summary_not_diagnosis"),
    )


def _sections(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> Iterator[tuple[str, Sequence[Line]]]:
    """Each section as the id of its heading and its lines; one without lines is left out."""
    signs = summary["signs"]
    for direction in summary["directions"]:
        yield "summary_direction", [Line(direction["title"], "strong"), *_paragraphs(direction["text"])]
        yield "summary_contacts", list(_contacts(direction["contacts"]))
        yield "summary_say", [Line(quoted(direction["say"]))]
    flags = [named(renderer, f"flag_{flag}_label", flag) for flag in summary["red_flags"]]
    yield "summary_red_flags", [Line(label, "item") for label in flags]
    yield ABOUT.get(summary["about"] or "", "summary_about_unknown"), list(_illness(summary, renderer))
    yield "summary_present", _present(signs["present"], renderer) or [Line(renderer.text("summary_none"))]
    yield "summary_not_sure", [Line(label, "item") for label in _labels(signs["not_sure"], renderer)]
    yield "summary_temperatures", list(_temperatures(summary["temperatures"], renderer))
    yield "summary_medicines", _answers("medicines", summary["medicines"], renderer)
    yield "summary_worry", _answers("worry", [summary["worry"]], renderer)
    yield "summary_notes", [Line(quoted(note)) for note in summary["notes"]]
    yield "summary_past", [Line(label, "item") for label in _labels(signs["past"], renderer)]
    yield "summary_absent", _list(_labels(signs["absent"], renderer))
    yield "summary_not_answered", _list(_labels(signs["not_answered"], renderer))
    yield "summary_about", list(_origin(summary, renderer, now))


def _paragraphs(text: str) -> list[Line]:
    """Reviewed text may hold several paragraphs; each is one line here."""
    return [Line(clean(part)) for part in text.splitlines() if part.strip()]


def _contacts(contacts: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Every contact with its number, its hours, and what to do when nobody answers (once for numbers that share it)."""
    for contact, after in zip(contacts, [*contacts[1:], None], strict=True):
        yield Line(clean(contact["name"]), "item")
        if contact["phone"]:
            yield Line(clean(contact["phone"]), "phone")
        if contact["hours"]:
            yield Line(clean(contact["hours"]), "detail")
        if contact["if_no_answer"] and (after is None or after["if_no_answer"] != contact["if_no_answer"]):
            yield Line(clean(contact["if_no_answer"]), "detail")


def _present(findings: Sequence[Mapping[str, Any]], renderer: Renderer) -> list[Line]:
    lines: list[Line] = []
    for finding in findings:
        lines.append(Line(clean(finding["label"]), "item"))
        if since := _since(finding["since"]):
            lines.append(_pair("summary_since", since, renderer))
        if finding["change"]:
            change = named(renderer, f"step_change_choice_{finding['change']}", finding["change"])
            lines.append(_pair("summary_change", change, renderer))
        lines += [Line(clean(detail), "detail") for detail in finding["detail"]]
        if finding["words"]:
            lines.append(_pair("summary_words", quoted(finding["words"]), renderer))
    return lines


def _since(since: Mapping[str, Any] | None) -> str:
    """The words, and the date as far as it is known: "Tuesday (2026-03-03)"."""
    if since is None:
        return ""
    words, date = clean(since["words"] or ""), day(since)
    return f"{words} ({date})" if words and date else words or date or ""


def _temperatures(readings: Sequence[Mapping[str, Any]], renderer: Renderer) -> Iterator[Line]:
    for taken in readings:
        yield Line(reading(taken["c"]), "item")
        if taken["when"]:
            yield Line(named(renderer, f"step_temperature_when_choice_{taken['when']}", taken["when"]), "detail")
        if clean(taken["words"]) not in ("", f"{taken['c']:g}"):
            yield _pair("summary_words", quoted(taken["words"]), renderer)


def _answers(step: str, picked: Sequence[str | None], renderer: Renderer) -> list[Line]:
    """The answers to one question by their labels; nothing for one that was not answered."""
    return [Line(named(renderer, f"step_{step}_choice_{choice}", choice), "item") for choice in picked if choice]


def _illness(summary: Mapping[str, Any], renderer: Renderer) -> Iterator[Line]:
    """Which illness, and whether infections are harder to fight; "not answered" is said, not left out."""
    for step in ("condition", "recent_treatment"):
        choice = summary[step]
        unknown = renderer.text("summary_not_answered")
        answer = named(renderer, f"step_{step}_choice_{choice}", choice) if choice else unknown
        yield _pair(f"summary_{step}", answer, renderer, "text")


def _origin(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> Iterator[Line]:
    """How this page came to be."""
    if summary["started_at"]:
        yield _pair("summary_started", local_time(summary["started_at"], renderer), renderer, "text")
    yield _pair("summary_made", local_time(now, renderer), renderer, "text")
    yield _pair("summary_version", clean(summary["content_version"]), renderer, "text")


def _pair(term: str, value: str, renderer: Renderer, style: Style = "detail") -> Line:
    return Line(f"{renderer.text(term)}: {value}", style)


def _labels(signs: Sequence[str], renderer: Renderer) -> list[str]:
    return [named(renderer, f"sign_{sign}_label", sign) for sign in signs]


def _list(labels: Sequence[str]) -> list[Line]:
    """A long list that a nurse looks things up in, not one to read through: one paragraph."""
    return [Line("; ".join(labels))] if labels else []
