"""A case on paper, as a table and for other systems; each for staff alone, who answer for where it goes.

The PDF is one page whatever a case holds. A CSV has counts, or whole cases with the consent of each person. The FHIR
file is the checklist's own with the log sheet behind it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.content.render import Renderer
from bot.errors import SignpostError
from bot.exports.fhir import to_fhir
from bot.exports.items import Item
from bot.exports.lines import Line, Section
from bot.exports.words import clean, local_time
from desk.counts import Counts
from desk.fields import NOTE, PARTS, label_of
from desk.sheet import Row, Sheet, SignRow
from desk.why import Why
from desk.words import say

if TYPE_CHECKING:
    from bot.exports.paper import Paper

#: Sizes of letters in points, of which the largest that lets everything fit is taken; lengths in millimetres.
SIZES = (9.5, 8.5, 7.5, 6.5)
LABELS, GUTTER, BETWEEN, SLACK = 46.0, 3.0, 0.5, 1.0
#: What one field may take of the page, in characters.
MOST = 400
#: What a spreadsheet may take for the beginning of a formula, also in letters of full width.
FORMULA = "=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
#: A formula at the start, or after what another program may take for the border of two cells.
_FORMULA = re.compile(rf"((?:^|[,;|])[\s\"']*)([{re.escape(FORMULA)}])")


class ConsentMissing(SignpostError):
    """A whole case was to be written into a table, and the person has not agreed."""


@dataclass(frozen=True)
class Consent:
    """The person agreed that their whole case is passed on: when, and who of the staff asked them. `at` is aware."""

    at: datetime
    taken_by: str


@dataclass(frozen=True)
class CaseExport:
    """A case as it is exported: its sheet, the reasons of its level, one line that says both, and the consent."""

    sheet: Sheet
    whys: tuple[Why, ...]
    headline: str
    consent: Consent | None = None


# one page of paper ----------------------------------------------------------------------------------------------------


def case_pdf(case: CaseExport, renderer: Renderer, now: datetime) -> bytes:
    """The case on one A4 page: level and why, what is missing, the log sheet, the signs, the person's own words.

    What is too long for its field is cut with a mark. What does not fit in the smallest letters is left out from the
    end, and the page says so: nothing is ever dropped without a word.
    """
    paper = _paper(case, now, renderer)
    lines, room = list(_page(case)), paper.room - SLACK
    for size in SIZES:
        heights = [_height(line, paper, size) for line in lines]
        if sum(heights) <= room:
            break
    shown, height = len(lines), sum(heights)
    if height > room:
        height += _height(_left_out(len(lines)), paper, size)
        while height > room and shown:
            shown -= 1
            height -= heights[shown]
    for line in lines[:shown]:
        _draw(line, paper, size)
    if shown < len(lines):
        _draw(_left_out(len(lines) - shown), paper, size)
    return bytes(paper.output())


@dataclass(frozen=True)
class _Entry:
    """A heading (no `text`), or a label with its text beside it."""

    label: str
    text: str = ""


def _paper(case: CaseExport, now: datetime, renderer: Renderer) -> Paper:
    # Imported when the first page is drawn: it takes a second, and the server starts without it.
    from bot.exports.paper import Paper

    """The page with its title, which holds the id of the case and no name, and the level."""
    title = say("sheet.title", case=clean(case.sheet.case_id))
    made = say("exports.made", at=local_time(now, renderer.site.zone))
    paper = Paper(title, f"{made}. {say('exports.confidential')}", now)
    paper.paragraph(title, size=11, bold=True, tag="H1")
    if renderer.content.unreviewed():
        paper.paragraph(renderer.text("draft_notice"), size=8, bold=True)
    paper.paragraph(_cut(case.headline), size=12, bold=True)
    return paper


def _page(case: CaseExport) -> Iterator[_Entry]:
    sheet = case.sheet
    yield _Entry(say("sheet.missing"), _cut("; ".join(sheet.missing)) or say("sheet.missing_none"))
    identified = [row for row in sheet.identifiers if row.typed]
    if identified:
        yield _Entry(say("sheet.identifiers"))
        yield from (_Entry(row.label, _cut(row.shown)) for row in identified)
    yield _Entry(say("exports.sheet"))
    yield from (_Entry(row.label, _cut(row.shown) or say("exports.blank")) for row in sheet.rows)
    if sheet.signs:
        yield _Entry(say("sheet.signs"))
        yield from (_Entry(clean(row.label), _cut(_of_sign(row))) for row in sheet.signs)
    if sheet.overrides:
        yield _Entry(say("sheet.overrides"))
        yield from (_Entry(str(number), _cut(line)) for number, line in enumerate(sheet.overrides, 1))
    words = [(why.title, part) for why in case.whys for part in _words(why)]
    if words:
        yield _Entry(say("exports.words"))
        yield from (_Entry(clean(title), _cut(part)) for title, part in words)


def _of_sign(row: SignRow) -> str:
    """Level, answers, what was noted beside it, what was done and what was said, in one line."""
    done = [f"{label_of(part)}: {getattr(row, part) or say('exports.blank')}" for part in PARTS]
    noted = f"{label_of(NOTE)}: {row.note}" if row.note else ""
    return ". ".join(part.rstrip(".") for part in (row.level, "; ".join(row.answers), noted, *done) if part)


def _words(why: Why) -> Iterator[str]:
    for quote in why.quotes:
        said = " ".join(part for part in (quote.before, quote.words, quote.after) if part)
        yield f"“{said}” ({say(f'roles_of_words.{quote.role}')})"
    yield from (f"“{words}”" for words in why.words)


def _cut(text: str) -> str:
    words = clean(text)
    return words if len(words) <= MOST else f"{words[:MOST]} {say('exports.cut')}"


def _left_out(number: int) -> _Entry:
    """The line that says how much is not on the page."""
    return _Entry(say("exports.more"), say("exports.more_lines", number=number))


def _height(line: _Entry, paper: Paper, size: float) -> float:
    if not line.text:
        return paper.height_of(line.label, size=size + 1, bold=True) + 3 * BETWEEN
    label = paper.height_of(line.label, size=size, bold=True, width=LABELS)
    return max(label, paper.height_of(line.text, size=size, width=_column(paper))) + BETWEEN


def _column(paper: Paper) -> float:
    return float(paper.epw) - LABELS - GUTTER


def _draw(line: _Entry, paper: Paper, size: float) -> None:
    top, height = paper.y, _height(line, paper, size)
    if not line.text:
        paper.set_y(top + 2 * BETWEEN)
        paper.paragraph(line.label, size=size + 1, bold=True, tag="H2")
        paper.set_line_width(0.2)
        paper.line(paper.l_margin, paper.y, paper.w - paper.r_margin, paper.y)
    else:
        paper.paragraph(line.label, size=size, bold=True, width=LABELS)
        paper.set_y(top)
        paper.paragraph(line.text, size=size, indent=LABELS + GUTTER, width=_column(paper))
    paper.set_y(top + height)


# tables ---------------------------------------------------------------------------------------------------------------


def counts_csv(counts: Counts) -> bytes:
    """The counts that may be shown, one number a line, and the waiting times. Nothing of any single case."""
    lines = [[say(f"exports.csv.{column}") for column in ("table", "label", "number")]]
    if counts.total is None:
        lines.append([say("counts.too_few"), "", ""])
    else:
        lines.append([say("exports.csv.total"), "", str(counts.total)])
    lines += [[table.title, cell.label, cell.shown] for table in counts.tables for cell in table.cells]
    none = say("counts.waiting.none")
    for waiting in counts.waiting:
        for figure, minutes in (("median", waiting.median), ("p90", waiting.p90)):
            what = f"{say('counts.waiting.title')}: {say(f'counts.waiting.{figure}')}"
            lines.append([what, waiting.label, none if minutes is None else str(minutes)])
    return _csv(lines)


def cases_csv(cases: Sequence[CaseExport], renderer: Renderer) -> bytes:
    """Whole cases, one a line, each with who consented when.

    Raises:
        ConsentMissing: one of them has no consent. Nothing is written then, so that none can be left out unseen.
    """
    without = [clean(case.sheet.case_id) for case in cases if case.consent is None]
    if without:
        raise ConsentMissing(f"{', '.join(without)}: no consent. Ask the person first, or leave the case out.")
    rows = [(*case.sheet.rows, *case.sheet.identifiers) for case in cases]
    head = [say("exports.csv.case"), say("exports.csv.why"), *(row.label for row in (rows[0] if rows else ()))]
    head += [say(f"exports.csv.{column}") for column in ("signs", "overrides", "missing", "consent", "consent_by")]
    return _csv([head, *(_record(case, case.consent, renderer) for case in cases if case.consent)])


def _record(case: CaseExport, consent: Consent, renderer: Renderer) -> list[str]:
    sheet = case.sheet
    return [
        sheet.case_id,
        case.headline,
        *(row.shown for row in (*sheet.rows, *sheet.identifiers)),
        " / ".join(f"{row.label}: {_of_sign(row)}" for row in sheet.signs),
        " / ".join(sheet.overrides),
        " / ".join(sheet.missing),
        local_time(consent.at, renderer.site.zone),
        consent.taken_by,
    ]


def harmless(text: object) -> str:
    """A cell that is only text in any spreadsheet.

    White space becomes spaces and control characters a mark (see `bot.exports.words.clean`); what could begin a formula
    gets an apostrophe before it, also after a character that a program set to another language takes for a border.
    """
    return _FORMULA.sub(r"\1'\2", clean(text))


def _csv(lines: Iterable[Sequence[str]]) -> bytes:
    """RFC 4180: every cell in quotation marks, lines end in CRLF; UTF-8 with the mark that spreadsheets look for."""
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([map(harmless, line) for line in lines])
    return file.getvalue().encode("utf-8-sig")


# FHIR -----------------------------------------------------------------------------------------------------------------


def case_fhir(case: CaseExport, summary: Mapping[str, Any], renderer: Renderer, now: datetime) -> bytes:
    """The QuestionnaireResponse of the checklist, followed by the log sheet as one group.

    Args:
        case: the sheet, and the reasons of the level.
        summary: the rendered summary of the same case.
        renderer: who reads.
        now: when it is made, aware.
    """
    rows = (*case.sheet.rows, *case.sheet.identifiers)
    items = [_item(row) for row in rows]
    signs = tuple(_sign_items(row) for row in case.sheet.signs)
    items.append(Item.group("sheet.signs", say("sheet.signs"), _sign_items(None), signs))
    items.append(Item.words("sheet.overrides", say("sheet.overrides"), *case.sheet.overrides, repeats=True))
    items.append(Item.words("sheet.why", say("exports.csv.why"), case.headline, read_only=True))
    group = Item.group("sheet", say("exports.sheet"), items)
    lines = [Line(f"{row.label}: {row.shown}") for row in rows if row.shown]
    lines += [Line(clean(f"{row.label}: {_of_sign(row)}")) for row in case.sheet.signs]
    lines += [Line(line) for line in case.sheet.overrides]
    section = Section(say("exports.sheet"), (Line(clean(case.headline)), *lines))
    return to_fhir(summary, renderer, now, more=(group,), sections=(section,))


def _item(row: Row) -> Item:
    answers = [*([row.typed] if row.typed else []), *row.known]
    return Item.words(f"sheet.{row.field}", row.label, *answers, repeats=True)


def _sign_items(row: SignRow | None) -> tuple[Item, ...]:
    return (
        Item.words("sheet.sign", say("exports.csv.sign"), row.label if row else None),
        Item.words("sheet.sign.level", label_of("level"), row.level if row else None, read_only=True),
        *(
            Item.words(f"sheet.sign.{part}", label_of(part), getattr(row, part) if row else None)
            for part in (*PARTS, NOTE)
        ),
    )
