"""What a person types in an app, read against the question that was shown: the picks, and the words beside them.

Nothing is guessed. What is not surely a pick stays text, and the understanding reads it with all that it knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.apps import App
from bot.clinical.understanding import OpenQuestion
from bot.nlp.answers import RESERVED, bare_picks
from bot.nlp.numbered import read_numbers

#: Choices that lead away: beside another they contradict it, and neither is taken.
LEADS_AWAY = ("skip", "back")
_COMMANDS = {
    "skip": "skip", "skip it": "skip", "skip this": "skip", "skip this one": "skip",
    "back": "back", "go back": "back", "back please": "back",
}  # fmt: skip
#: "3?", "what is 3", "what does number 3 mean?", "more about 3", and "?" alone for every line.
_ASKED = re.compile(
    r"\s*(?:(?:what(?:'|\u2019)?s|what (?:is|does|do|are)|explain|tell me about|more (?:about|on)|about)\s+)?"
    r"(?:(?:number|no\.|line|option)\s*|#)?(?P<number>\d{1,2})(?P<more>\s+(?:mean|look like))?\s*(?P<mark>\?*)\s*",
    re.IGNORECASE,
)
#: Between the two ids of a button. No id holds it.
_BETWEEN = "|"


@dataclass(frozen=True)
class Read:
    """What was read. `choices` belong to the question that it was read against, not to whichever is open now.

    `text` is what is left for the understanding: the words beside the picks, or the whole message. `asks` are the
    choices that the person wants to read more about (see `bot.channels.text.explain`); then nothing was picked.
    """

    choices: tuple[str, ...] = ()
    text: str = ""
    asks: tuple[str, ...] = ()


def read(text: str, question: Mapping[str, Any] | None, app: App) -> Read:
    """What a typed message picks of the question that was on the screen when it was written; None for none.

    A message written before the newest question came is read against the one before, and its step goes with the
    choices: the core then says that the answer came late, and shows the question that is open.
    """
    options = shown(question, app) if question else ()
    if not options or not text.strip():
        return Read(text=text)
    offered = tuple(choice["id"] for choice in options)
    if asks := _asks(text, options):
        return Read(text=text, asks=asks)
    if choice := _by_name(text, options):
        return Read((choice,))
    multiple = bool(question and question["multiple"])
    if (said := read_numbers(text, len(options), words=True)) is not None:
        picked = tuple(offered[number - 1] for number in said.numbers)
        if _fits(picked, multiple=multiple):
            labels = [options[number - 1]["label"] for number in said.numbers]
            return Read(picked, "" if _plain(said.rest) in map(_plain, labels) else said.rest)
        return Read(text=text)
    labelled = [(choice["id"], choice["label"]) for choice in options]
    step = str(question["step"]) if question else ""
    return Read(picked, "") if (picked := _bare(text, step, labelled, multiple=multiple)) else Read(text=text)


def shown(question: Mapping[str, Any], _app: App) -> Sequence[Mapping[str, Any]]:
    """The choices in the order in which they are shown and numbered, from 1: first those of this question alone.

    Rendering and reading both use it, and `bot.nlp.answers` counts "the first two" in the same way.
    """
    choices = question["choices"]
    own = [choice for choice in choices if choice["id"] not in RESERVED]
    return (*own, *(choice for choice in choices if choice["id"] in RESERVED))


def button_data(step: str, choice: str) -> str:
    """What a button carries, so that an old one is known for what it is. Ids are ASCII: a letter is a byte."""
    return f"{step}{_BETWEEN}{choice}"


def read_button(data: str) -> tuple[str, str] | None:
    """The step and the choice of a pressed button; None for what no button of ours carries."""
    step, between, choice = data.partition(_BETWEEN)
    return (step, choice) if step and between and choice else None


def _fits(picked: Sequence[str], *, multiple: bool) -> bool:
    """Whether these can be the answer. "1 and 3" to a yes or no is none: taking either would be a guess."""
    return len(picked) == 1 or (multiple and not set(picked) & set(LEADS_AWAY))


def _asks(text: str, options: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The choices asked about, of those that there is more to read about."""
    if text.strip() in ("?", "??"):
        return tuple(choice["id"] for choice in options if choice["help"])
    asked = _ASKED.fullmatch(text)
    if not asked or text.strip().isdigit() or not (asked["mark"] or text.strip()[0].isalpha()):
        return ()
    number = int(asked["number"])
    chosen = options[number - 1 : number] if number else ()
    return tuple(choice["id"] for choice in chosen if choice["help"])


def _by_name(text: str, options: Sequence[Mapping[str, Any]]) -> str | None:
    """The choice whose label, or whose word of the legend, is the whole message."""
    said = _plain(text)
    named = [choice["id"] for choice in options if _plain(choice["label"]) == said]
    if len(named) == 1:
        return str(named[0])
    command = _COMMANDS.get(said)
    return command if command and any(choice["id"] == command for choice in options) else None


def _bare(text: str, step: str, labelled: Sequence[tuple[str, str]], *, multiple: bool) -> tuple[str, ...]:
    return bare_picks(text, OpenQuestion.of(step, labelled, multiple=multiple))


def _plain(text: str) -> str:
    """Lower case, without marks: as people copy a line."""
    return " ".join(re.findall(r"\w+", text.replace("'", "").replace("\u2019", "").lower()))
