"""The summary as a file, for apps that take one: a PDF beside its text, never in the text's place.

The message object of a summary holds all that the file shows, so nothing is looked up and nothing more is kept. The
same message always gives the same file: it bears the time of the message, not that of the sending.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from bot.channels.provider import SendFailed
from bot.clinical.state import State
from bot.content.render import Renderer
from bot.exports import EXPORTS

log = structlog.get_logger(__name__)

SUFFIX = "pdf"


def in_voice_of(summary: Mapping[str, Any], renderer: Renderer) -> Renderer:
    """The renderer in the voice of whoever a summary is for."""
    return replace(renderer, voice=State(about=summary["about"]).voice)


@dataclass(frozen=True)
class SummaryFile:
    """A part to be sent as a file. It is written when it is sent, not when parts are counted.

    `Delivery` leaves it out when the app does not take it: the text before it says the same.
    """

    message: Mapping[str, Any] = field(repr=False)
    renderer: Renderer = field(repr=False)
    name: str = f"signpost-summary.{SUFFIX}"
    media_type: str = EXPORTS[SUFFIX].content_type

    def write(self) -> bytes:
        """The bytes of the file, in the voice of whoever the summary is for. Takes a moment of computing."""
        summary = self.message["summary"]
        renderer = in_voice_of(summary, self.renderer)
        return EXPORTS[SUFFIX].render(summary, renderer, datetime.fromisoformat(self.message["at"]))

    async def content(self) -> bytes:
        """`write`, beside the loop that answers people.

        Raises:
            SendFailed: for good; it could not be written.
        """
        try:
            return await asyncio.to_thread(self.write)
        except Exception as error:  # noqa: BLE001 - whatever it is, the text has gone and the chat goes on
            # The kind alone: the text of an error could hold what the person wrote.
            log.error("app.file.unwritten", reason=type(error).__name__)
            raise SendFailed("file_unwritten", for_good=True) from None
