"""The document says what the code does."""

from __future__ import annotations

import re

import pytest

from bot.channels.apps import APPS, SMS, App
from bot.channels.text_reading import read
from tests.channels.test_text_reading import PAGE, question
from tests.support.core import ROOT
from tests.support.wire.apps import WIRES
from tests.support.wire.base import Wire

YES_NO = question("confirm_flag")
PAGE_OF_DOCS = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("app", APPS.values(), ids=APPS)
def test_the_limits_of_every_app_are_told(app: App) -> None:
    """One row each, with the numbers of the code."""
    buttons = f"{app.buttons} of {app.button_letters} letters" if app.buttons else "-"
    rows = f"{app.list_rows} of {app.row_letters} letters" if app.list_rows else "-"
    with_buttons = app.options_limit if app.buttons else "-"
    file = "yes" if app.can_file else "no"
    assert f"| {app.name} | {app.text_limit} | {with_buttons} | {buttons} | {rows} | {file} |" in PAGE_OF_DOCS


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_every_channel_has_what_to_set_and_the_address_to_give(wire: Wire) -> None:
    """Each variable in a table of its section, the address, a picture and the limits; credentials.yml has its line."""
    sections = PAGE_OF_DOCS.split("\n## ")
    (section,) = [one for one in sections if f"chat.example.org{wire.path}" in one]
    assert [name for name in wire.environment("") if f"| `{name}` |" not in section] == []
    assert "Limits: " in section and "```text" in section
    assert f"# {wire.channel}: {{}}" in (ROOT / "credentials.yml").read_text(encoding="utf-8")


def test_every_seized_word_is_told() -> None:
    """An operator can look up what their people should not be asked to send."""
    assert [word for word in SMS.seized if not re.search(rf"\b{word}\b", PAGE_OF_DOCS)] == []


def test_the_answers_of_the_table_are_read_as_it_says() -> None:
    """Those that are picks are, those that are words are left to the understanding."""
    section = PAGE_OF_DOCS.partition("## How people answer")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+) \| (.+) \|$", section, re.MULTILINE)
    assert len(rows) == 6
    for written, meaning in rows:
        asked = YES_NO if "yes or no" in written or "`y`" in written else PAGE
        for text in re.findall(r"`([^`]+)`", written):
            found = read(text, PAGE if text in ("skip", "back") else asked, SMS)
            if meaning.startswith("no pick"):
                assert found.text == text, text
            elif meaning.startswith("more about"):
                assert found.asks, text
            else:
                assert found.choices, text
