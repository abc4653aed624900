"""The PDF: what the text file says, on paper, for any words, with nothing hidden in it."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.clinical.state import State
from bot.content.loader import Content
from bot.errors import SignpostError
from bot.exports import EXPORTS, paper
from bot.exports.lines import document
from tests.exports.conftest import NOW, Made, with_words
from tests.exports.states import ODD, states

Summarise = Callable[[State], Made]


def read(made: Made) -> PdfReader:
    """The file, opened."""
    return PdfReader(io.BytesIO(EXPORTS["pdf"].render(*made, NOW)))


def words_of(reader: PdfReader) -> str:
    """The text of all pages without white space."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))


def test_it_says_what_the_text_file_says(summarise: Summarise, busy: State) -> None:
    """Every line of the summary can be found in the text of the pages."""
    made = summarise(busy)
    found = words_of(read(made))
    page = document(*made, NOW)
    lines = [page.title, page.closing, *(line.text for section in page.sections for line in section.lines)]
    on_one_page = [line for line in lines if re.sub(r"\s+", "", line) not in found]
    assert on_one_page == []


def test_a_busy_check_takes_two_pages_and_an_empty_one_takes_one(summarise: Summarise, busy: State) -> None:
    """Short enough to hand over; each page has its number and the closing sentence."""
    assert len(read(summarise(busy)).pages) == 2
    (only,) = read(summarise(State())).pages
    assert "1 / 1" in only.extract_text()
    second = read(summarise(busy)).pages[1].extract_text()
    assert "2 / 2" in second
    assert summarise(busy)[1].text("summary_not_diagnosis") in second


def test_title_language_and_tags_and_no_other_metadata(summarise: Summarise, busy: State) -> None:
    """A screen reader finds title, language and headings; nothing tells who or what made it."""
    made = summarise(busy)
    reader = read(made)
    assert set(reader.metadata or {}) <= {"/Title", "/CreationDate"}
    assert reader.metadata is not None and reader.metadata.title == document(*made, NOW).title
    root = reader.root_object
    assert root["/Lang"] == "en-GB" and root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    (whole,) = root["/StructTreeRoot"]["/K"]
    kinds = [element.get_object()["/S"] for element in whole.get_object()["/K"]]
    assert kinds[0] == "/H1" and kinds.count("/H2") >= 8 and set(kinds) == {"/H1", "/H2", "/P"}
    assert "/Metadata" not in root


@pytest.mark.parametrize("words", ["Ünïcödé façade", "Ελληνικά λόγια", "кровь из носа", "Łódź, Čeština, İstanbul"])
def test_words_in_many_scripts_come_out(summarise: Summarise, busy: State, words: str) -> None:
    """Latin with accents, Greek and Cyrillic are drawn and can be copied."""
    summary, renderer = summarise(busy)
    assert re.sub(r"\s+", "", words) in words_of(read((with_words(summary, words), renderer)))


def test_a_character_without_a_glyph_is_a_box_and_is_not_logged(
    summarise: Summarise, busy: State, caplog: pytest.LogCaptureFixture
) -> None:
    """Chinese, which the font lacks, shows as boxes; what was typed reaches no log."""
    summary, renderer = summarise(busy)
    with caplog.at_level(logging.INFO):
        reader = read((with_words(summary, "漢字"), renderer))
    assert "“□□”" in words_of(reader)
    assert [r for r in caplog.records if r.name.startswith("fpdf") or "漢" in r.getMessage()] == []


def test_markup_in_words_is_only_words(summarise: Summarise, busy: State) -> None:
    """Neither the mark for the number of pages nor markdown does anything when a person types it."""
    summary, renderer = summarise(busy)
    found = words_of(read((with_words(summary, f"{{nb}} **b** {paper.PAGES}"), renderer)))
    assert "{nb}**b**□" in found


def test_right_to_left_words_are_drawn_in_their_order(summarise: Summarise, busy: State) -> None:
    """Hebrew stands as it is read, from right to left."""
    assert paper._visual("a אבג b") == "a גבא b"
    summary, renderer = summarise(busy)
    found = words_of(read((with_words(summary, "אבג"), renderer)))
    assert "אבג" in found or "גבא" in found


@pytest.mark.parametrize("words", ODD, ids=range(len(ODD)))
def test_odd_words_break_nothing(summarise: Summarise, busy: State, words: str) -> None:
    """Whatever a person typed, the file opens and has the direction on its first page."""
    summary, renderer = summarise(busy)
    reader = read((with_words(summary, words), renderer))
    title = re.sub(r"\s+", "", summary["directions"][0]["title"])
    assert title in re.sub(r"\s+", "", reader.pages[0].extract_text())


@pytest.mark.parametrize("voice", ["self", "carer", "parent", "plain"])
def test_every_voice_fits(summarise: Summarise, busy: State, voice: str) -> None:
    """The longest wordings, too, stay on two pages."""
    summary, renderer = summarise(busy)
    assert len(read((summary, replace(renderer, voice=voice))).pages) == 2


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator reads what to install."""
    monkeypatch.setattr(paper, "FACES", {"": "NoSuchFont.ttf"})
    paper.font_folder.cache_clear()
    with pytest.raises(SignpostError, match="matplotlib"):
        paper.font_folder()
    paper.font_folder.cache_clear()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_summary_becomes_a_pdf(summarise: Summarise, content: Content, data: st.DataObject) -> None:
    """Any state gives a file that opens, with its direction on the first page."""
    made = summarise(data.draw(states(content)))
    title = re.sub(r"\s+", "", made[0]["directions"][0]["title"])
    assert title in re.sub(r"\s+", "", read(made).pages[0].extract_text())
