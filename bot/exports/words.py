"""Words and figures as the exports show them: what a person typed is made harmless, never dropped and never run."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.clinical.reply import Value
from bot.errors import RenderError

#: The language of the reviewed words, as a language tag.
LANGUAGE = "en-GB"
#: Stands for a character that cannot be shown, or that would do something instead of showing something.
UNSHOWN = "\N{REPLACEMENT CHARACTER}"
#: Joiners inside words and emoji: format characters that belong to what was typed.
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
#: A date is given to the day only where the person said the day.
TO_THE_DAY = ("day", "days")


class Wording(Protocol):
    """Whatever gives reviewed words by utterance, in the voice of the reader: a `Renderer`."""

    def text(self, utterance: str, values: Mapping[str, Value] | None = None) -> str:
        """The wording, filled.

        Raises:
            RenderError: an unknown utterance, or a placeholder without a value.
        """
        ...


def clean(words: object) -> str:
    """The words as one line of text.

    White space of any kind becomes one space; control characters, also those that turn the direction of the text
    around, become a visible mark.
    """
    return " ".join("".join(_shown(character) for character in str(words)).split())


def _shown(character: str) -> str:
    if character.isspace() or character in JOINERS:
        return character
    noncharacter = ord(character) & 0xFFFE == 0xFFFE
    return UNSHOWN if noncharacter or unicodedata.category(character) in ("Cc", "Cf", "Cs") else character


def quoted(words: object) -> str:
    """A person's own words, in quotation marks."""
    return f"“{clean(words)}”"


def named(wording: Wording, utterance: str, id_: str) -> str:
    """The reviewed name of an answer.

    An id that the content no longer holds is shown as it is: it is data, and a summary must not be lost because a
    sign was renamed since the check began.
    """
    try:
        return wording.text(utterance)
    except RenderError:
        return clean(id_)


def reading(celsius: float) -> str:
    """A temperature in both scales: "38.2 °C (100.8 °F)". Celsius as it was given, Fahrenheit to one decimal."""
    return f"{celsius:g} °C ({celsius * 9 / 5 + 32:.1f} °F)"


def day(since: Mapping[str, Any]) -> str | None:
    """When a sign began, as `YYYY-MM-DD` or `YYYY-MM`: never more exact than what was said. None if unknown."""
    if not since["date"]:
        return None
    return str(since["date"])[: 10 if since["precision"] in TO_THE_DAY else 7]


def local_time(instant: datetime | str, zone: ZoneInfo) -> str:
    """An instant in the zone of the site: "2026-03-06 14:05 Europe/London"."""
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
