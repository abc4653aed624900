"""The only way from an utterance id to words: reviewed text, whole, always the same for the same person."""

from __future__ import annotations

from typing import Any, Dict, Optional

import structlog
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.clinical.reply import Say
from bot.content.render import Renderer
from bot.content.schema import VOICES
from bot.errors import RenderError
from bot.nlg.closed_set import OUTAGE, PREFIX, outage, utterance_of
from bot.resources import resources
from bot.server import in_process

log = structlog.get_logger(__name__)
#: Channels that print text alone; choices are written below it, numbered.
PLAIN_CHANNELS = frozenset({"cmdline"})


class ReviewedNLG(TemplatedNaturalLanguageGenerator):
    """Renders what the checklist core says; refuses everything else and gives the outage notice with its contacts.

    It inherits from Rasa's templated generator because Rasa hands the loaded model's responses to that class alone.
    Nothing of its templating is used: no random variant, no slot filled into a sentence.
    """

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None) -> None:
        """Read the content, and render the outage notice once in each voice: what breaks later cannot break that.

        Raises:
            ContentError, SiteError: there is nothing reviewed to say.
            RenderError: the outage notice itself cannot be filled.
        """
        super().__init__(domain.responses if domain else {})
        self._kit = resources()
        self._notices = {voice: self._message(self._outage(None), voice, None) for voice in VOICES}
        # Rasa creates this class before any action can run, for every one of its commands.
        in_process.install()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Optional[Dict[str, Any]]:
        """Return text and message object of the `Say` in `say`. Never raises: Rasa would then say nothing at all."""
        voice = str(kwargs.get("voice")) if kwargs.get("voice") in VOICES else "self"
        country = kwargs.get("country")
        try:
            message = self._message(self._say(utter_action, country, kwargs), voice, country)
        except Exception as error:  # noqa: BLE001 - whatever broke, the person gets the contacts
            # The id only when it is one of ours: an unknown one could be anybody's words.
            known = utter_action[len(PREFIX) :] in self._kit.content.utterances
            log.error("nlg.refused", utterance=utter_action if known else "unknown", error=type(error).__name__)
            message = self._notices[voice]
        if output_channel in PLAIN_CHANNELS:
            return {"text": plain(message), "id": message["utterance"]}
        return {"text": message["text"], "custom": message, "id": message["utterance"]}

    def _say(self, utter_action: str, country: str | None, kwargs: Dict[str, Any]) -> Say:
        if kwargs.get("text"):
            raise RenderError("free text")
        utterance = utterance_of(utter_action, self._kit.content)
        if utterance == OUTAGE:
            return self._outage(country)
        say = Say.from_json(kwargs["say"]) if kwargs.get("say") else Say(utterance)
        if say.utterance != utterance:
            raise RenderError("the response and what it is to say differ")
        return say

    def _outage(self, country: str | None) -> Say:
        return outage(self._kit.content, self._kit.site, country, self._kit.now)

    def _message(self, say: Say, voice: str, country: str | None) -> Dict[str, Any]:
        return Renderer(self._kit.content, self._kit.site, voice, country).message(say)


def plain(message: Dict[str, Any]) -> str:
    """The message as plain text: its words, whom to reach, and the choices, numbered."""
    lines = [message["text"]]
    if message["direction"]:
        lines += [message["direction"]["say"]]
        lines += [" ".join(filter(None, (c["name"], c["phone"], c["hours"]))) for c in message["direction"]["contacts"]]
    lines += [f"{number}. {choice['label']}" for number, choice in enumerate(message["choices"], start=1)]
    return "\n".join(lines)
