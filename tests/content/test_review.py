"""The document for sign-off: complete, self-contained, and escaped."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.cli import main
from bot.content.loader import Content, Utterance, load_content
from bot.content.review import render_review
from bot.content.schema import VOICES, Text
from bot.site import Site


@pytest.fixture(scope="module")
def content() -> Content:
    """The real content."""
    return load_content()


@pytest.fixture(scope="module")
def page(content: Content) -> str:
    """The document, as a site without numbers gets it."""
    return render_review(content, Site(name="Test ward", countries=("GB",)))


def test_every_wording_in_every_voice(content: Content, page: str) -> None:
    """Every sentence that the bot can say stands there in each voice, with its id."""
    shown = html.unescape(page)
    for utterance in content.utterances.values():
        assert all(utterance.text.in_voice(voice) in shown for voice in VOICES), utterance.id
        assert utterance.id in shown or utterance.id.startswith("line_"), utterance.id


def test_every_sign_with_its_urgency(content: Content, page: str) -> None:
    """The urgency table has a row for each sign, with its level and what raises it."""
    table = page[page.index('id="urgency"') : page.index('id="flags"')]
    for sign in content.signs.values():
        row = next(row for row in table.split("<tr>") if f">{sign.id}<" in row)
        assert f"<td>{sign.urgency.base}</td>" in row
        assert all(f"<strong>{rule.to}</strong>" in row for rule in sign.urgency.with_)


def test_sources_and_left_out(content: Content, page: str) -> None:
    """Each source is listed with file or address, and each left-out statement with its reason."""
    shown = html.unescape(page)
    assert all((source.file or source.address or "") in shown for source in content.sources.values())
    assert all(entry.statement in shown and entry.reason in shown for entry in content.left_out)


def test_every_number(content: Content, page: str) -> None:
    """Each number that can be shown stands there."""
    for country in content.countries.values():
        for line in (*country.emergency, *country.emergency_text, *country.crisis, *country.cancer):
            assert html.escape(line.phone) in page


def test_a_place_to_sign_each_file(content: Content, page: str) -> None:
    """The sign-off table has a row for each file, with its state."""
    table = page[page.index('id="signoff"') : page.index('id="urgency"')]
    assert all(f"<td>{file}</td>" in table for file in content.reviews)
    for column in ("Name", "Role", "Date", "Signature"):
        assert f"<th>{column}</th>" in table


def test_signed_and_draft_differ(content: Content) -> None:
    """A signed file shows who signed it; the others say draft."""
    signed = content.reviews["urgency.yml"].model_copy(update={"reviewed": True, "reviewer": "Dr Example"})
    page = render_review(
        replace(content, reviews={**content.reviews, "urgency.yml": signed}), Site(name="x", countries=("GB",))
    )
    assert "Signed by Dr Example" in page
    assert "DRAFT, not signed" in page


def test_self_contained(page: str) -> None:
    """Nothing is loaded from anywhere, and nothing runs."""
    assert not re.search(r"<(?:script|link|img|iframe)\b|\bsrc=|@import|url\(|\bon\w+=", page)
    assert "@media print" in page


def test_contents_point_to_parts(page: str) -> None:
    """Each entry of the list of contents leads to a part."""
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page


def test_text_is_escaped(content: Content) -> None:
    """Markup in a wording is shown as text."""
    text = Text.model_validate("<b>not bold</b>")
    extra = {**content.utterances, "x": Utterance("x", text, "phrases.yml", "phrases.x")}
    page = render_review(replace(content, utterances=extra), Site(name="<i>ward</i>", countries=("GB",)))
    assert "<b>not bold" not in page
    assert "<i>ward" not in page
    assert "&lt;b&gt;not bold" in page


def test_command_writes_the_file(tmp_path: Path) -> None:
    """`review --out` writes the document."""
    site = tmp_path / "site.yml"
    site.write_text("name: Ward\ncountries: [GB]\n", encoding="utf-8")
    out = tmp_path / "review.html"
    assert main(["review", "--out", str(out), "--site", str(site)]) == 0
    assert "Ward" in out.read_text(encoding="utf-8")


def test_command_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A target that cannot be written, and a site that cannot be read, give one line and status 1."""
    site = tmp_path / "site.yml"
    site.write_text("name: Ward\ncountries: [GB]\n", encoding="utf-8")
    assert main(["review", "--out", str(tmp_path), "--site", str(site)]) == 1
    assert "--out" in capsys.readouterr().err
    assert main(["review", "--out", str(tmp_path / "x.html"), "--site", str(tmp_path / "none.yml")]) == 1
    assert "none.yml" in capsys.readouterr().err


def test_check_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check` prints a line a fault and returns 1; a folder of documents that is not there is 2."""
    assert main(["check", "--content", str(tmp_path / "none")]) == 1
    assert "SIGNPOST_CONTENT" in capsys.readouterr().out
    assert main(["check", "--seeds", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err
