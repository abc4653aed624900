"""The made-up people of practice: who they are, and how a chat with one of them goes. Pure.

They say what stands in `practice.yml`. The checklist is the real one, and so are its words and the understanding of
what they write, so that a trainee sees what a chat would show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from bot.channels.turns import Message, labels_on_screen, said_by_person
from bot.clinical import checklist, flow
from bot.clinical.checklist import Outcome
from bot.clinical.state import State
from bot.clinical.understanding import Understanding
from bot.content.loader import Content
from bot.content.render import Renderer
from bot.content.schema import Model
from bot.site import Site

FILE = Path(__file__).with_name("practice.yml")
#: Between two messages of a person.
PACE = timedelta(seconds=20)
#: What is answered where the file says nothing, the first that is offered.
PLAIN = ("start", "continue", "called", "none", "no", "not", "skip", "finish", "unsure")
#: No check is longer; one that is does not end.
LONGEST = 80

Understand = Callable[..., Understanding]


class Deed(Model):
    """What the made-up colleague did with a case: `ago` minutes before now; a follow-up is due `due` minutes after."""

    do: Literal["claim", "reply", "undelivered", "note", "follow_up", "release", "close"]
    ago: int = Field(ge=0)
    text: str = ""
    due: int | None = None
    outcome: str | None = None


class MadeUp(Model):
    """One person. `began` is how many minutes before now their chat did.

    `answers` are given once each when their step is on screen: choices as a list, words as a text. At the step `until`
    they write `last`, which ends it. `address` is where an app would reach them.
    """

    id: str
    began: int = Field(gt=0)
    channel: str = "widget"
    address: str | None = None
    answers: Mapping[str, tuple[str, ...] | str] = Field(default_factory=dict)
    until: str = "summary"
    last: str = ""
    deeds: tuple[Deed, ...] = ()
    sheet: Mapping[str, str] = Field(default_factory=dict)


class People(Model):
    """The whole file. `colleague` is whom some of the cases belong to; no account of a real person has this name."""

    colleague: str
    people: tuple[MadeUp, ...]


@dataclass(frozen=True)
class Turn:
    """One step of a chat: the message objects (without `id`) that it adds, and the state after it.

    The first has the welcome alone; each later one begins with what the person sent, which is also in `sent`.
    """

    at: datetime
    sent: Message | None
    messages: tuple[dict[str, Any], ...]
    state: State


@lru_cache(maxsize=1)
def people() -> People:
    """The people of `practice.yml`. Read once."""
    return People.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def play(made: MadeUp, content: Content, site: Site, began: datetime, understand: Understand) -> Iterator[Turn]:
    """A chat with one of them, turn by turn.

    Raises:
        ValueError: they have no answer to a step, or never come to their last one.
    """
    return _Chat(made, content, site, began, understand).turns()


class _Chat:
    """One chat in the making."""

    def __init__(self, made: MadeUp, content: Content, site: Site, began: datetime, understand: Understand) -> None:
        self.made, self.site, self.at, self.understand = made, site, began, understand
        self.whole = content
        self.answers = dict(made.answers)
        self.state = checklist.new_state(content)

    @property
    def content(self) -> Content:
        return checklist.in_force(self.whole, self.site, self.at)

    @property
    def renderer(self) -> Renderer:
        return Renderer(self.whole, self.site, self.state.voice, self.state.country)

    def turns(self) -> Iterator[Turn]:
        yield self._turn(None, checklist.greeting(self.state, self.whole, self.site, self.at))
        for _ in range(LONGEST):
            step = flow.current_step(self.state, self.content, self.site)
            if step == self.made.until:
                if self.made.last:
                    yield self._send(Message(self.made.last))
                return
            yield self._send(self._answer(step))
        raise ValueError(f"{self.made.id} of {FILE.name} never comes to {self.made.until}")

    def _answer(self, step: str) -> Message:
        answer = self.answers.pop(step, None)
        if isinstance(answer, str):
            return Message(answer)
        offered = [choice.id for choice in flow.ask(self.state, self.content, self.site).choices]
        # Content of a site's own may offer less.
        picked = tuple(choice for choice in answer or () if choice in offered)
        plain = next(((choice,) for choice in PLAIN if choice in offered), ())
        if not (picked or plain):
            raise ValueError(f"{self.made.id} of {FILE.name} has no answer to {step}; it offers {', '.join(offered)}")
        return Message(step=step, choices=picked or plain)

    def _send(self, message: Message) -> Turn:
        self.at += PACE
        labels = labels_on_screen(self.state, self.content, self.renderer)
        question = flow.open_question(self.state, self.content, self.site, labels)
        # As in a turn of a channel: buttons alone need no understanding.
        meant = Understanding(intent="inform", confidence=1.0)
        if message.text:
            meant = self.understand(message.text, self.state.about or "self", question)
        incoming = checklist.Incoming(meant, message.step, message.choices)
        said = said_by_person(message, labels)
        outcome = checklist.turn(self.state, incoming, self.whole, self.site, self.at)
        return self._turn(message, outcome, said)

    def _turn(self, sent: Message | None, outcome: Outcome, *before: dict[str, Any]) -> Turn:
        self.state = outcome.state
        at = self.at.isoformat(timespec="milliseconds")
        messages = (*before, *(self.renderer.message(say) for say in outcome.say))
        return Turn(self.at, sent, tuple({"at": at, **message} for message in messages), self.state)
