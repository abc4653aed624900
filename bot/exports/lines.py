"""The summary as headings and lines, in reviewed words and the reader's voice. Text, PDF and FHIR draw the same list.

The direction stands first: who to call, how soon, which number, and what to say. Then what was noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.content.render import Renderer
from bot.exports.words import Wording, clean, day, local_time, named, quoted, reading

Style = Literal["text", "strong", "item", "phone", "detail"]
ABOUT = {"self": "summary_about_self", "child": "summary_about_child", "adult": "summary_about_adult"}


@dataclass(frozen=True)
class Strip:
    """Where one line of a section stands on a line of time, between 0, its start, and 1, today.

    `open` is a strip without a known beginning. A day is a strip that ends where it begins.
    """

    start: float
    end: float
    open: bool = False


@dataclass(frozen=True)
class Axis:
    """The words for start, middle and end of the line of time, and what its marks mean."""

    ticks: tuple[str, str, str]
    key: str


@dataclass(frozen=True)
class Line:
    """One paragraph. `strong` is the direction in a few words; `phone` and `detail` belong to the `item` above them."""

    text: str
    style: Style = "text"
    strip: Strip | None = None


@dataclass(frozen=True)
class Section:
    """A heading with its lines; there is always at least one.

    A format that cannot draw leaves `axis` and the strips out: the lines say it all.
    """

    heading: str
    lines: tuple[Line, ...]
    axis: Axis | None = None


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
        sections=tuple(
            Section(say(id_), tuple(lines), _axis(summary, renderer) if id_ == "summary_timeline" else None)
            for id_, lines in _sections(summary, renderer, now)
            if lines
        ),
        closing=say("summary_not_diagnosis"),
    )


def _sections(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> Iterator[tuple[str, Sequence[Line]]]:
    """Each section as the id of its heading and its lines; one without lines is left out."""
    for direction in summary["directions"]:
        yield "summary_direction", [Line(direction["title"], "strong"), *_paragraphs(direction["text"])]
        yield "summary_contacts", list(_contacts(direction["contacts"]))
        yield "summary_say", [Line(quoted(direction["say"]))]
    yield from noted(summary, renderer, renderer.site.zone)
    yield "summary_about", list(_origin(summary, renderer, now))


def noted(summary: Mapping[str, Any], wording: Wording, zone: ZoneInfo | None) -> Iterator[tuple[str, Sequence[Line]]]:
    """What the person told, section by section: the id of its heading and its lines, which may be none.

    Without a zone the clock times at which things were told are left out, and so is the line of time.
    """
    signs = summary["signs"]
    flags = [named(wording, f"flag_{flag}_label", flag) for flag in summary["red_flags"]]
    yield "summary_red_flags", [Line(label, "item") for label in flags]
    yield ABOUT.get(summary["about"] or "", "summary_about_unknown"), list(_illness(summary, wording))
    yield "summary_present", _present(signs["present"], wording) or [Line(wording.text("summary_none"))]
    yield "summary_timeline", list(_timeline(summary, wording)) if zone else []
    yield "summary_not_sure", [Line(label, "item") for label in _labels(signs["not_sure"], wording)]
    yield "summary_temperatures", list(_temperatures(summary["temperatures"], wording, zone))
    yield "summary_medicines", _answers("medicines", summary["medicines"], wording)
    yield "summary_worry", _answers("worry", [summary["worry"]], wording)
    yield "summary_notes", [Line(quoted(note)) for note in summary["notes"]]
    yield "summary_past", [Line(label, "item") for label in _labels(signs["past"], wording)]
    yield "summary_absent", _list(_labels(signs["absent"], wording))
    yield "summary_not_answered", _list(_labels(signs["not_answered"], wording))


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


def _present(findings: Sequence[Mapping[str, Any]], wording: Wording) -> list[Line]:
    lines: list[Line] = []
    for finding in findings:
        lines.append(Line(clean(finding["label"]), "item"))
        if since := _since(finding["since"]):
            lines.append(_pair("summary_since", since, wording))
        if finding["change"]:
            change = named(wording, f"step_change_choice_{finding['change']}", finding["change"])
            lines.append(_pair("summary_change", change, wording))
        lines += [Line(clean(detail), "detail") for detail in finding["detail"]]
        if finding["words"]:
            lines.append(_pair("summary_words", quoted(finding["words"]), wording))
    return lines


def _timeline(summary: Mapping[str, Any], wording: Wording) -> Iterator[Line]:
    """The signs in the order in which they began, with when in the person's words; those of unknown date last."""
    found = summary.get("timeline")
    if not found:
        return
    present = {finding["sign"]: finding for finding in summary["signs"]["present"]}
    for row in found["rows"]:
        finding = present[row["sign"]]
        when = _since(finding["since"])
        if row["kind"] == "unknown":
            unknown = wording.text("summary_timeline_unknown")
            when, strip = f"{unknown}. {quoted(when)}" if when else unknown, None
        else:
            strip = Strip(row["from"], row["to"], open=row["kind"] == "before")
        yield Line(f"{clean(finding['label'])}: {when}", "item", strip)


def _axis(summary: Mapping[str, Any], wording: Wording) -> Axis:
    unit, count = summary["timeline"]["unit"], summary["timeline"]["count"]

    def ago(number: int) -> str:
        if number == 1:
            return wording.text(f"summary_ago_{unit}")
        return wording.text(f"summary_ago_{unit}s", {"number": number})

    ticks = (ago(count), ago(count // 2), wording.text("summary_ago_today"))
    return Axis(ticks, wording.text("summary_timeline_note"))


def _since(since: Mapping[str, Any] | None) -> str:
    """The words, and the date as far as it is known: "Tuesday (2026-03-03)"."""
    if since is None:
        return ""
    words, date = clean(since["words"] or ""), day(since)
    return f"{words} ({date})" if words and date else words or date or ""


def _temperatures(readings: Sequence[Mapping[str, Any]], wording: Wording, zone: ZoneInfo | None) -> Iterator[Line]:
    """Each reading with when it was taken, and the time at which that was said: "just now" is not now for ever."""
    for taken in readings:
        yield Line(reading(taken["c"]), "item")
        if taken["when"]:
            yield Line(named(wording, f"step_temperature_when_choice_{taken['when']}", taken["when"]), "detail")
        if zone and taken.get("at"):
            yield _pair("summary_told", local_time(taken["at"], zone), wording)
        if clean(taken["words"]) not in ("", f"{taken['c']:g}"):
            yield _pair("summary_words", quoted(taken["words"]), wording)


def _answers(step: str, picked: Sequence[str | None], wording: Wording) -> list[Line]:
    """The answers to one question by their labels; nothing for one that was not answered."""
    return [Line(named(wording, f"step_{step}_choice_{choice}", choice), "item") for choice in picked if choice]


def _illness(summary: Mapping[str, Any], wording: Wording) -> Iterator[Line]:
    """Which illness, and whether infections are harder to fight; "not answered" is said, not left out."""
    for step in ("condition", "recent_treatment"):
        choice = summary[step]
        unknown = wording.text("summary_not_answered")
        answer = named(wording, f"step_{step}_choice_{choice}", choice) if choice else unknown
        yield _pair(f"summary_{step}", answer, wording, "text")


def _origin(summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> Iterator[Line]:
    """How this page came to be."""
    if summary["started_at"]:
        yield _pair("summary_started", local_time(summary["started_at"], renderer.site.zone), renderer, "text")
    yield _pair("summary_made", local_time(now, renderer.site.zone), renderer, "text")
    yield _pair("summary_version", clean(summary["content_version"]), renderer, "text")


def _pair(term: str, value: str, wording: Wording, style: Style = "detail") -> Line:
    return Line(f"{wording.text(term)}: {value}", style)


def _labels(signs: Sequence[str], wording: Wording) -> list[str]:
    return [named(wording, f"sign_{sign}_label", sign) for sign in signs]


def _list(labels: Sequence[str]) -> list[Line]:
    """A long list that a nurse looks things up in, not one to read through: one paragraph."""
    return [Line("; ".join(labels))] if labels else []
