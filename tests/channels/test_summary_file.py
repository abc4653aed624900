"""The summary as a file beside its text: the right words, the right place, and no text lost when it is not taken."""

from __future__ import annotations

import asyncio
import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from bot.channels.apps import SMS, TELEGRAM
from bot.channels.provider import SendFailed
from bot.channels.summary_file import SummaryFile
from bot.channels.text import Outgoing
from bot.channels.texting import Texting
from bot.clinical import flow, talk
from bot.clinical.draft import Draft
from bot.clinical.state import Finding, State
from bot.content.render import Renderer
from tests.support.core import NOW, content, site

#: What an app knows of its reader: nothing.
READER = Renderer(content(), site())
QUESTION = flow.ask(State().answer(started=True), content(), site())


def summary_turn(about: str = "child") -> list[dict[str, Any]]:
    """The message objects with which a check of one sign ends."""
    findings = {"cough": Finding("present", since_words="since Sunday", change="usual", words="a dry one")}
    state = State(about=about, condition="lymphoma", findings=findings)
    draft = Draft(state, content(), site(), NOW)
    talk.show_summary(draft)
    renderer = Renderer(content(), site(), state.voice)
    return [{"id": f"m{n}", "at": NOW.isoformat(), **renderer.message(say)} for n, say in enumerate(draft.say)]


def shown(file: SummaryFile) -> str:
    """The words on its pages, without white space."""
    reader = PdfReader(io.BytesIO(file.write()))
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))


def file_of(messages: list[dict[str, Any]]) -> SummaryFile:
    (file,) = (part for part in Texting(TELEGRAM, READER).parts_with_file(messages) if isinstance(part, SummaryFile))
    return file


def test_the_file_holds_what_the_message_holds() -> None:
    """Direction and number, sign and words; in the voice of a parent, although the app knows no reader."""
    messages = summary_turn()
    file = file_of(messages)
    words = shown(file)
    direction = messages[0]["summary"]["directions"][0]
    usual = messages[0]["summary"]["labels"]["change.usual"]
    assert "my child" in usual
    for expected in (direction["title"], direction["contacts"][0]["phone"], "a dry one", "since Sunday", usual):
        assert re.sub(r"\s+", "", expected) in words
    assert (file.name, file.media_type) == ("signpost-summary.pdf", "application/pdf")


def test_the_text_of_a_summary_speaks_in_the_voice_of_whoever_it_is_for() -> None:
    """As the file does: a parent does not read "as usual for me"."""
    messages = summary_turn()
    usual = messages[0]["summary"]["labels"]["change.usual"]
    assert any(usual in part.text for part in Texting(SMS, READER).parts(messages))


def test_the_same_message_gives_the_same_file_whenever_it_is_sent() -> None:
    """It is made once more for each try; the time on it is that of the message."""
    assert file_of(summary_turn()).write() == file_of(summary_turn()).write()


def test_its_place_is_behind_the_direction_and_before_what_is_asked_next() -> None:
    """The texts are those of an app without files, and in their order."""
    messages = [*summary_turn(), {"id": "q", "at": NOW.isoformat(), **READER.message(QUESTION)}]
    kinds = [message["kind"] for message in messages]
    assert kinds[:2] == ["summary", "direction"]
    assert kinds[-1] == "question"
    texting = Texting(TELEGRAM, READER)
    parts = texting.parts_with_file(messages)
    place = next(place for place, part in enumerate(parts) if isinstance(part, SummaryFile))
    texts = [part for part in parts if isinstance(part, Outgoing)]
    assert texts == texting.parts(messages)
    assert parts[:place] == texting.parts(messages[:2])
    assert parts[place + 1 :]
    assert parts == texting.parts_with_file(messages)


def test_without_a_summary_there_is_no_file() -> None:
    """And the parts of a question are those of any app."""
    messages = [{"id": "q", "at": NOW.isoformat(), **READER.message(QUESTION)}]
    assert Texting(SMS, READER).parts_with_file(messages) == Texting(SMS, READER).parts(messages)


def test_a_file_that_cannot_be_written_is_a_send_that_failed_for_good() -> None:
    """Its error may quote the person: only its kind goes on."""
    file = SummaryFile({"summary": {"about": None, "signs": "my words"}, "at": NOW.isoformat()}, READER)
    with pytest.raises(SendFailed) as failed:
        asyncio.run(file.content())
    assert (failed.value.reason, failed.value.for_good) == ("file_unwritten", True)
    assert failed.value.__cause__ is None
    assert "my words" not in repr(file)
