"""A4 paper for the PDF summary: an embedded font that covers what people type, tags for screen readers, and lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.enums import MethodReturnValue, TextDirection
from fpdf.prefs import ViewerPreferences

from bot.errors import SignpostError
from bot.exports.words import LANGUAGE

FONT = "DejaVu"
FACES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
MARGIN = 17.0  # millimetres, as are all lengths here
#: A point in millimetres, and the height of a line in heights of its letters.
POINT, LEADING = 25.4 / 72, 1.35
#: For a character that the font has no picture of.
BOX = "\N{WHITE SQUARE}"
#: Replaced by the number of pages; not in the font, so that no words of a person can be taken for it. As wide as three
#: digits, since fpdf2 keeps the room of the alias for the number.
PAGES = "\U0010fffd" * 3


@lru_cache(maxsize=1)
def font_folder() -> Path:
    """Where DejaVu Sans lies: in the data of matplotlib, which is installed with Rasa.

    Raises:
        SignpostError: it is not there.
    """
    spec = find_spec("matplotlib")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" if spec and spec.origin else Path()
    if not all((folder / face).is_file() for face in FACES.values()):
        raise SignpostError("the font of the PDF is missing. Install matplotlib again, as in requirements.lock.")
    return folder


@lru_cache(maxsize=2)
def covered(style: str) -> frozenset[int]:
    """The code points that the face of this style can draw."""
    with TTFont(font_folder() / FACES[style], lazy=True) as font:
        return frozenset(font.getBestCmap())


def drawable(text: str, style: str = "") -> str:
    """The text with a box for each character that the face lacks; fpdf2 would write such characters to its log."""
    return "".join(character if ord(character) in covered(style) else BOX for character in text)


class Paper(FPDF):
    """A document that is drawn from top to bottom, line by line, each paragraph under its own tag."""

    def __init__(self, title: str, foot: str, made: datetime) -> None:
        super().__init__(format="A4", unit="mm")
        self.foot = foot
        self.set_title(title)
        self.set_lang(LANGUAGE)
        self.set_creation_date(made)
        self.producer = ""  # the title is all that a reader needs to be told
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        for style, face in FACES.items():
            self.add_font(FONT, style, font_folder() / face)
        self.alias_nb_pages(PAGES)
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=False)
        self.add_page()

    @property
    def room(self) -> float:
        """What is left on this page, above the foot."""
        return float(self.h - MARGIN - 6 - self.y)

    def footer(self) -> None:
        """The closing sentence and the page number, on every page. Called by fpdf2."""
        self.set_font(FONT, "", 8)
        self.set_text_color(70)
        self.set_xy(MARGIN, self.h - MARGIN)
        with self.decoration():
            self.cell(self.epw - 15, 4, drawable(self.foot))
            self.cell(15, 4, f"{self.page_no()} / {PAGES}", align="R")

    def paragraph(
        self,
        text: str,
        *,
        size: float,
        bold: bool = False,
        indent: float = 0,
        width: float | None = None,
        tag: str = "P",
    ) -> None:
        """Draw a paragraph from the left margin, wrapped to `width` or the page, on as many pages as it needs."""
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(0)
        height = size * POINT * LEADING
        width = width or self.epw - indent
        lines = self._wrap(text, width)
        while lines:
            if self.room < height:
                self.add_page()
                self.set_font(FONT, "B" if bold else "", size)
                self.set_text_color(0)
            fitting = max(1, int(self.room // height))
            with self._tagged(tag):
                for line in lines[:fitting]:
                    self.set_x(MARGIN + indent)
                    self.cell(width, height, _visual(line), new_x="LMARGIN", new_y="NEXT")
            lines = lines[fitting:]

    def height_of(
        self, text: str, *, size: float, bold: bool = False, indent: float = 0, width: float | None = None
    ) -> float:
        """How high `paragraph` will be."""
        self.set_font(FONT, "B" if bold else "", size)
        return len(self._wrap(text, width or self.epw - indent)) * size * POINT * LEADING

    def beside(self, text: str, *, size: float, x: float) -> None:
        """Draw one bold line at `x`, at the height of the last line drawn, in the way of a table's second column."""
        height = size * POINT * LEADING
        self.set_font(FONT, "B", size)
        self.set_text_color(0)
        y = self.y
        self.set_xy(x, y - height)
        with self._tagged("P"):
            self.cell(self.w - MARGIN - x, height, _visual(drawable(text, "B")), new_x="LMARGIN", new_y="NEXT")
        self.set_y(y)

    def width_of(self, text: str, *, size: float) -> float:
        """The width of a bold line."""
        self.set_font(FONT, "B", size)
        return float(self.get_string_width(drawable(text, "B")))

    def _wrap(self, text: str, width: float) -> list[str]:
        shown = drawable(text, self.font_style)
        lines = self.multi_cell(width, 5, shown, align="L", dry_run=True, output=MethodReturnValue.LINES)
        return cast("list[str]", lines)

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """What is drawn inside is passed over by screen readers: the text beside it says the same."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")

    @contextmanager
    def _tagged(self, tag: str) -> Iterator[None]:
        """Everything drawn inside is one element of the document's structure (H1, H2, P).

        fpdf2 itself tags pictures alone; this does for text what its own `_marked_sequence` does for them.
        """
        mcid = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{tag}", mcid=mcid)
        self._out(f"/{tag} <</MCID {mcid}>> BDC")
        yield
        self._out("EMC")


def _visual(line: str) -> str:
    """The line in the order in which it is drawn: right-to-left words are turned round, all others stay."""
    if line.isascii():
        return line
    return str(BidiParagraph(line, base_direction=TextDirection.LTR).get_reordered_string())
