"""A case as PDF, CSV and FHIR: all of it on one page, harmless in a spreadsheet, valid R4."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.clinical.state import Finding, State
from bot.clinical.understanding import Mention, Understanding
from bot.clinical.urgency import assess
from bot.content.loader import Content
from bot.content.render import Renderer
from bot.exports.fhir import to_fhir
from desk.counts import count
from desk.exports import (
    FORMULA,
    CaseExport,
    Consent,
    ConsentMissing,
    case_fhir,
    case_pdf,
    cases_csv,
    counts_csv,
    harmless,
)
from desk.fields import FIELDS, IDENTIFIERS
from desk.sheet import fill
from desk.why import Said, headline, reasons
from tests.desk.test_counts import LONDON, row
from tests.desk.test_sheet import CASE, ENTRIES
from tests.exports.conftest import NOW, Made
from tests.exports.r4 import faults
from tests.exports.states import ODD, states, words

Summarise = Callable[[State], Made]
CONSENT = Consent(datetime(2026, 3, 6, 14, 0, tzinfo=timezone.utc), "Ann Lee")


def export(state: State, plain: Renderer, entries: dict[str, str] | None = None, *said: Said) -> CaseExport:
    found = assess(state, plain.content)
    whys = reasons(state, found, plain, said)
    return CaseExport(fill(CASE, state, whys, entries or {}, plain), whys, headline(found.level, whys), CONSENT)


def page(case: CaseExport, plain: Renderer) -> str:
    """The text of the only page, without white space."""
    (only,) = PdfReader(io.BytesIO(case_pdf(case, plain, NOW))).pages
    return re.sub(r"\s+", "", only.extract_text())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def table(file: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=delimiter))


# PDF ------------------------------------------------------------------------------------------------------------------


def test_a_busy_case_is_on_one_page_whole(plain: Renderer, busy: State) -> None:
    """Every field, every sign with what was done, who it is about, and what is missing."""
    text = "blood on the pillow twice"
    said = Said(text, Understanding(text=text, mentions=(Mention("bleeding", "present", 0, 5, None),)), NOW)
    case = export(busy, plain, ENTRIES, said)
    found = page(case, plain)
    lines = [case.headline, *case.sheet.missing, text, "Kit Lee", "Made 2026-03-06 14:05 Europe/London"]
    lines += [part for row in case.sheet.rows for part in (row.label, row.shown)]
    lines += [part for row in case.sheet.signs for part in (row.label, row.level, row.action or "", row.advice or "")]
    assert [line for line in lines if squeezed(line) not in found] == []
    assert squeezed(plain.text("draft_notice")) in found
    assert "1/1" in found and "Notonthispage" not in found


def test_what_does_not_fit_is_left_out_with_a_word(plain: Renderer, content: Content) -> None:
    """Every sign at once, with long words everywhere: still one page, the level and the sheet on it, and the rest counted."""
    findings = {sign: Finding("present", words="word " * 100, change="new") for sign in content.signs}
    entries = {f"{part}:sign:{sign}": "done and said " * 30 for sign in content.signs for part in ("action", "advice")}
    entries |= {field.id: "long " * 200 for field in FIELDS if field.kind == "text"}
    case = export(State(findings=findings), plain, entries)
    found = page(case, plain)
    assert squeezed(case.headline) in found and squeezed("Who was told") in found
    assert "[…]" in found
    left = re.search(r"Notonthispage(\d+)morelines", found)
    assert left and int(left[1]) > 5


def test_the_page_names_nobody_in_its_metadata(plain: Renderer, busy: State) -> None:
    """The title holds the id of the case alone."""
    reader = PdfReader(io.BytesIO(case_pdf(export(busy, plain, ENTRIES), plain, NOW)))
    assert reader.metadata is not None and reader.metadata.title == "Log sheet of case K3F9QX"
    assert set(reader.metadata) <= {"/Title", "/CreationDate"}


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_words_stay_on_the_page(plain: Renderer, busy: State, text: str) -> None:
    """Whatever was typed, it is one page that begins with the level."""
    case = export(
        replace(busy, notes=(text,)), plain, {"caller": text, "action:sign:bleeding": text, "patient_name": text}
    )
    assert "Emergency" in page(case, plain)


# CSV ------------------------------------------------------------------------------------------------------------------


def test_counts_are_written_as_they_may_be_shown(plain: Renderer) -> None:
    """Hidden numbers in words, and every line of three cells."""
    rows = [row("emergency")] * 12 + [row("now")] * 3 + [row("today")] * 12
    found = table(counts_csv(count(rows, channels=("widget",), outcomes={"advice": "Advice"}, zone=LONDON)))
    assert found[:2] == [["Table", "Group", "Number"], ["All cases", "", "27"]]
    assert ["Cases by level", "Now", "fewer than 5"] in found and ["Cases by level", "Emergency", "hidden"] in found
    assert ["Waiting times by level, in minutes: Median", "Today", "10"] in found
    assert {len(line) for line in found} == {3}
    few = table(counts_csv(count(rows[:2], channels=(), outcomes={}, zone=LONDON)))
    assert len(few) == 2 and "Fewer than 5 cases" in few[1][0]


def test_whole_cases_need_consent(plain: Renderer, busy: State) -> None:
    """One without it, and nothing is written; the fault names the case, for whoever asks next."""
    case = export(busy, plain, ENTRIES)
    with pytest.raises(ConsentMissing, match="K3F9QX: no consent"):
        cases_csv([case, replace(case, consent=None)], plain)
    head, line = table(cases_csv([case], plain))
    record = dict(zip(head, line, strict=True))
    assert record["Case"] == "K3F9QX" and record["Name of the patient"] == "Kit Lee"
    assert record["Diagnosis"] == "Hodgkin lymphoma; Lymphoma"
    assert (record["Consent given"], record["Consent taken by"]) == ("2026-03-06 14:00 Europe/London", "Ann Lee")
    assert "Action: rang 999 with her" in record["Signs"]
    assert len(head) == len(set(head))
    assert len(table(cases_csv([], plain))) == 1


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ("Ann", "Ann"),
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")'),
        ("+44 20 7946 0000", "'+44 20 7946 0000"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\t=1", "'=1"),
        ("\r\n=1", "'=1"),
        ("hot; =1+1", "hot; '=1+1"),
        ('a";=1', "a\";'=1"),
        ("a|=1", "a|'=1"),
        ("bell\x07", "bell\ufffd"),
        ("1 - 2, x-y", "1 - 2, x-y"),
    ],
)
def test_cells_are_only_text(typed: str, cell: str) -> None:
    """What could begin a formula gets an apostrophe; minus signs inside words stay."""
    assert harmless(typed) == cell


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(words, st.text(alphabet="=+-@;,|\"'\t\r\n ax", max_size=30)))
def test_no_cell_is_a_formula_in_any_program(plain: Renderer, text: str) -> None:
    """Read with commas, semicolons or tabs: no cell begins with what runs, and no line is torn in two."""
    entries = {field.id: text for field in (*FIELDS, *IDENTIFIERS) if field.kind in ("line", "text")}
    case = export(State(notes=(text,)), plain, entries)
    file = cases_csv([case, case], plain)
    lines = table(file)
    assert len(lines) == 3 and {len(line) for line in lines} == {len(lines[0])}
    for delimiter in ",;\t|":
        for line in table(file, delimiter):
            for cell in line:
                # A program that takes another border sees the quotation marks of ours as letters.
                assert not cell.lstrip(' "').startswith(tuple(FORMULA)), (delimiter, cell)
    assert not [c for line in lines for cell in line for c in cell if ord(c) < 32]


# FHIR -----------------------------------------------------------------------------------------------------------------


def test_the_sheet_follows_the_checklist(plain: Renderer, busy: State, summarise: Summarise) -> None:
    """Valid R4, the checklist unchanged before it, the sheet in answers and in the narrative."""
    summary, _ = summarise(busy)
    case = export(busy, plain, ENTRIES)
    found = json.loads(case_fhir(case, summary, plain, NOW))
    assert faults(found) == []
    alone = json.loads(to_fhir(summary, plain, NOW))
    *checklist, group = found["item"]
    assert checklist == alone["item"] and group["linkId"] == "sheet"
    answers = {item["linkId"]: [a["valueString"] for a in item.get("answer", [])] for item in group["item"]}
    assert answers["sheet.diagnosis"] == ["Hodgkin lymphoma", "Lymphoma"]
    assert answers["sheet.patient_name"] == ["Kit Lee"] and "sheet.born" not in answers
    signs = [item for item in group["item"] if item["linkId"] == "sheet.signs"]
    assert len(signs) == len(case.sheet.signs)
    assert "rang 999 with her" in found["text"]["div"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_case_is_valid(content: Content, plain: Renderer, summarise: Summarise, data: st.DataObject) -> None:
    """Whatever was said and typed."""
    state, text = data.draw(states(content)), data.draw(words)
    entries = {"caller": text, "reason": text, "action:sign:cough": text, "advice:flag:wish": text}
    found = json.loads(case_fhir(export(state, plain, entries), summarise(state)[0], plain, NOW))
    assert faults(found) == []
