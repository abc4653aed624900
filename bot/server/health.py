"""Whether the chat answers: one real turn through Rasa, of which nothing is kept, and one write to the records."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import structlog

from bot.channels.turns import AskRasa
from bot.errors import RecordsError
from bot.nlg.closed_set import OUTAGE
from bot.server.runtime import Runtime

log = structlog.get_logger(__name__)

#: Seconds for which a result stands, so that whoever asks often does not keep the chat busy.
FRESH = 2.0
#: What the throwaway person says. It goes the whole way: understanding, policies, action, wording.
WORDS = "hello"


class _NothingKept(Exception):
    """Leaves the turn before its writes."""


class Health:
    """Checks the parts of one process. `check` names the first part that fails, or gives None."""

    def __init__(self, runtime: Runtime, ask_rasa: AskRasa, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._runtime = runtime
        self._ask_rasa = ask_rasa
        self._monotonic = monotonic
        self._checked_at: float | None = None
        self._failing: str | None = None

    async def check(self) -> str | None:
        """`records`, `chat`, or None when both work. Never raises."""
        now = self._monotonic()
        if self._checked_at is None or now - self._checked_at >= FRESH:
            self._failing = await self._check()
            self._checked_at = self._monotonic()
        return self._failing

    async def _check(self) -> str | None:
        try:
            self._runtime.records.check()
        except Exception as error:  # noqa: BLE001 - whatever it is, this part does not work
            log.error("health.failed", part="records", reason=type(error).__name__)
            return "records"
        try:
            await self._turn()
        except RecordsError as error:
            log.error("health.failed", part="records", reason=type(error).__name__)
            return "records"
        except Exception as error:  # noqa: BLE001 - as above
            log.error("health.failed", part="chat", reason=type(error).__name__)
            return "chat"
        return None

    async def _turn(self) -> None:
        """One turn of a conversation that is never written.

        Raises:
            RuntimeError: there was no proper answer.
        """
        try:
            with self._runtime.records.turn():
                said = await self._ask_rasa(f"health-{secrets.token_urlsafe(16)}", WORDS, {}, None)
                if not any(m["kind"] == "question" for m in said) or any(m["utterance"] == OUTAGE for m in said):
                    raise RuntimeError("no answer")
                raise _NothingKept
        except _NothingKept:
            return
