"""From the message as Rasa knows it to what the checklist core reads."""

from __future__ import annotations

from typing import Any, Mapping

from bot.clinical.checklist import Incoming
from bot.clinical.understanding import FlagMention, Mention, Understanding
from bot.site import Site, SupportTimes

#: Where the NLU leaves its whole understanding, beside the intent and the entities.
UNDERSTANDING = "understanding"


def incoming(message: Mapping[str, Any], metadata: Mapping[str, Any]) -> Incoming:
    """The message for the core. `metadata` is what our own channel set: the step answered and the choices made."""
    choices = metadata.get("choices") or ()
    return Incoming(understanding=understanding_of(message), step=metadata.get("step"), choices=tuple(choices))


def site_of(site: Site, metadata: Mapping[str, Any]) -> Site:
    """The site, with the times of the people who answer here that a supervisor set; our own channel sends them along.

    Raises:
        ValidationError: they are no times; the turn then fails, rather than tell some other times.
    """
    sent = metadata.get("support")
    return site if sent is None else site.with_support_times(SupportTimes.model_validate(sent))


def understanding_of(message: Mapping[str, Any]) -> Understanding:
    """The understanding that the NLU wrote, else what intent and entities say (a message that came without NLU)."""
    whole = message.get(UNDERSTANDING)
    return Understanding.from_json(whole) if whole else _from_entities(message)


def _from_entities(message: Mapping[str, Any]) -> Understanding:
    intent = message.get("intent") or {}
    entities = message.get("entities") or ()
    return Understanding(
        text=message.get("text") or "",
        intent=intent.get("name") or "out_of_scope",
        confidence=float(intent.get("confidence") or 0.0),
        mentions=tuple(Mention(e["value"], *_place(e)) for e in entities if e["entity"] == "warning_sign"),
        red_flag_mentions=tuple(
            FlagMention(e["value"], *_place(e), unclear=bool(e.get("unclear")))
            for e in entities
            if e["entity"] == "red_flag"
        ),
    )


def _place(entity: Mapping[str, Any]) -> tuple[str, int, int]:
    """Role, start and end. Without a role it is present: nothing is set aside for want of a word."""
    return entity.get("role") or "present", int(entity.get("start") or 0), int(entity.get("end") or 0)
