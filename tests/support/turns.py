"""Turns without Rasa: a function plays it, on the project's own content and an empty store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from actions.incoming import site_of
from bot.clinical import checklist
from bot.clinical.state import State
from bot.clinical.understanding import FlagMention, Understanding
from bot.content.loader import load_content
from bot.content.render import Renderer
from bot.records.cipher import Cipher, new_key
from bot.records.store import Records
from bot.server.runtime import Runtime
from bot.settings import Settings
from bot.site import Site
from tests.support.server import ROOT

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
BLEEDING = "blood will not stop"
SECRET_WORDS = "my secret words"


def understand(text: str, about: str = "self", question: Any = None) -> Understanding:
    """Knows one red flag and takes everything else for information."""
    flags = (FlagMention("uncontrolled_bleeding", "present", 0, len(text)),) if BLEEDING in text else ()
    return Understanding(text=text, intent="inform", confidence=1.0, red_flag_mentions=flags)


class Rasa:
    """Does what our action and tracker store do; `fault` is raised in the middle, `said` replaces what is said."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.fault: Exception | None = None
        self.said: list[dict[str, Any]] | None = None
        self.calls = 0
        self.before: Callable[[], Any] = lambda: None

    async def __call__(
        self, conversation: str, text: str, metadata: Mapping[str, Any], parse: Any
    ) -> Sequence[Mapping[str, Any]]:
        self.calls += 1
        await asyncio.sleep(0)
        kit = self.runtime
        with kit.records.reading() as records:
            state = State.from_json(records.state(conversation) or {})
        message = checklist.Incoming(understand(text), metadata["step"], tuple(metadata["choices"]))
        outcome = checklist.turn(state, message, kit.content, site_of(kit.site, metadata), kit.clock())
        kit.records.write(lambda records: records.save_state(conversation, outcome.state.to_json()))
        self.before()
        if self.fault:
            raise self.fault
        renderer = Renderer(kit.content, kit.site, outcome.state.voice, outcome.state.country)
        return self.said if self.said is not None else [renderer.message(say) for say in outcome.say]


def open_runtime(folder: Path) -> Runtime:
    """The project's content, a British site, noon, and an empty store."""
    site = Site(name="Test service", countries=("GB",), time_zone="Europe/London")
    records = Records.open(f"sqlite:///{folder / 'signpost.db'}", Cipher([new_key()]), lambda: NOW, 30)
    settings = Settings.from_env({"SIGNPOST_VAR": str(folder)})
    return Runtime(settings, load_content(ROOT / "content"), site, records, lambda: NOW)
