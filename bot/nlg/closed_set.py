"""What an action may ask the bot to say: an utterance of the reviewed content, by id, and nothing else.

Imports no Rasa, so that an action server of its own needs nothing of the chat server.
"""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from bot.clinical.contacts import contacts_for
from bot.clinical.reply import Direction, Say
from bot.clinical.state import State
from bot.clock import Clock
from bot.content.loader import Content
from bot.errors import RenderError
from bot.site import Site

#: The name of a response in the domain is this and the utterance id.
PREFIX = "utter_"
#: What our actions pass along: the `Say` as JSON, the voice, the country that numbers are taken from.
OURS = frozenset({"response", "template", "say", "voice", "country"})
OUTAGE = "outage"


def response_name(utterance: str) -> str:
    """The name under which the domain knows an utterance."""
    return PREFIX + utterance


def utterance_of(response: str, content: Content) -> str:
    """The utterance behind a response.

    Raises:
        RenderError: there is none in the reviewed content.
    """
    utterance = response[len(PREFIX) :] if response.startswith(PREFIX) else ""
    if utterance not in content.utterances:
        raise RenderError("a response outside the reviewed content")
    return utterance


def check_responses(responses: Iterable[Mapping[str, Any]], content: Content) -> None:
    """See to it that every response of an action is a reviewed utterance, and brings no words of its own.

    Rasa would send `text`, buttons, images or custom JSON of an action as they are, past the NLG.

    Raises:
        RenderError: one is not; the message names no words.
    """
    for response in responses:
        utterance_of(response.get("response") or "", content)
        if foreign := sorted(name for name, value in response.items() if value and name not in OURS):
            raise RenderError(f"a response with content of its own: {', '.join(foreign)}")


def outage(content: Content, site: Site, country: str | None, now: Clock) -> Say:
    """What is said when something broke: that it did, and whom to reach. It depends on nothing that the person said."""
    contacts = contacts_for(
        "today",
        crisis=False,
        bodily_emergency=False,
        state=State(country=country),
        content=content,
        site=site,
        now=now(),
    )
    return Say(OUTAGE, "notice", direction=Direction("today", False, ("say_ask",), contacts))
