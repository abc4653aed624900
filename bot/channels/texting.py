"""How apps that show texts read and write: `bot.channels.text` with this service's words and this app's limits."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from bot.channels.apps import App
from bot.channels.provider import Typed
from bot.channels.summary_file import SummaryFile, in_voice_of
from bot.channels.text import Outgoing, numbered, render
from bot.channels.text_reading import read
from bot.content.render import Renderer


class Texting:
    """Text of one app, both ways."""

    def __init__(self, app: App, renderer: Renderer) -> None:
        self.app = app
        self._renderer = renderer

    def typed(self, text: str, question: Mapping[str, Any] | None) -> Typed:
        """What typed words answer of the question that their writer had seen."""
        found = read(text, question, self.app)
        return Typed(found.choices, found.text, found.asks)

    def parts(self, messages: Sequence[Mapping[str, Any]]) -> list[Outgoing]:
        """Message objects as texts within the limits of the app.

        Raises:
            RenderError: a wording is missing.
        """
        summaries = (message["summary"] for message in messages if message["kind"] == "summary")
        renderer = next((in_voice_of(summary, self._renderer) for summary in summaries), self._renderer)
        return render(messages, self.app, renderer.text)

    def numbered(self, part: Outgoing) -> Outgoing:
        """A question with buttons or a list as one that is answered by number.

        Raises:
            RenderError: a wording is missing.
        """
        return numbered(part, self._renderer.text)

    def parts_with_file(self, messages: Sequence[Mapping[str, Any]]) -> list[Outgoing | SummaryFile]:
        """`parts`, and each summary as a file too: behind its direction, which may not wait for an upload.

        What is asked next comes after the file, since some apps take the buttons away when anything follows them.

        Raises:
            RenderError: as for `parts`.
        """
        for place, message in enumerate(messages):
            if message["kind"] == "summary":
                end = place + 1
                while end < len(messages) and messages[end]["kind"] == "direction":
                    end += 1
                file = SummaryFile(message, self._renderer)
                return [*self.parts(messages[:end]), file, *self.parts_with_file(messages[end:])]
        return list(self.parts(messages))
