"""Drives the checklist core without a server, a clock or an understanding of words: the test says what was understood.

`Person` is one chat. It presses choices, says things whose meaning the test gives, and can answer the rest of the
checklist as plainly as possible. `Facts` is what is true of a person; `Person.tell(facts)` answers every step by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.clinical import checklist, flow
from bot.clinical.checklist import Incoming, Outcome
from bot.clinical.reply import Direction, Say
from bot.clinical.state import State
from bot.clinical.understanding import FlagMention, Mention, Temperature, Understanding
from bot.content.loader import Content, load_content
from bot.content.render import Renderer
from bot.site import Site

ROOT = Path(__file__).resolve().parents[2]
#: A Monday morning on which no shipped file is past its review date.
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)


@lru_cache(maxsize=1)
def content() -> Content:
    """The shipped content."""
    return load_content(ROOT / "content")


def site(**settings: Any) -> Site:
    """A site in several countries with a day number and a night number, unless told otherwise."""
    week = {day: {"opens": "09:00", "closes": "17:00"} for day in ("mon", "tue", "wed", "thu", "fri")}
    numbers = {
        "day": {"name": "Day unit", "phone": "01632 960001", "hours": week},
        "out_of_hours": {"name": "Advice line", "phone": "01632 960002", "all_day": True},
    }
    plain = {"name": "Test service", "countries": ["GB", "AU", "US", "international"], "numbers": numbers}
    return Site.model_validate({**plain, **settings})


def means(text: str = "words", intent: str = "inform", **fields: Any) -> Understanding:
    """An understanding.

    `present`, `absent`, `past`, `other` and `question` take signs by their role. `flags`, `flags_unclear`,
    `flags_other`, `flags_absent` and `flags_question` take red flags. `readings` takes degrees Celsius or
    (degrees, when).
    """
    roles = {role: fields.pop(role, ()) for role in ("present", "absent", "past", "other", "question")}
    mentions = tuple(Mention(sign, role, 0, 1) for role, signs in roles.items() for sign in signs)
    flags = [FlagMention(f, "present", 0, 1) for f in fields.pop("flags", ())]
    flags += [FlagMention(f, "present", 0, 1, unclear=True) for f in fields.pop("flags_unclear", ())]
    flags += [FlagMention(f, "other", 0, 1) for f in fields.pop("flags_other", ())]
    flags += [FlagMention(f, "absent", 0, 1) for f in fields.pop("flags_absent", ())]
    flags += [FlagMention(f, "question", 0, 1) for f in fields.pop("flags_question", ())]
    pairs = [r if isinstance(r, tuple) else (r, "now") for r in fields.pop("readings", ())]
    temperatures = tuple(Temperature(c, when, f"{c}") for c, when in pairs)
    return Understanding(
        text, intent, 0.9, mentions=mentions, red_flag_mentions=tuple(flags), temperatures=temperatures, **fields
    )


@dataclass
class Facts:
    """What is true of a person. `present` holds, by sign, the details to tick and the answer to `change`."""

    present: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    flags: dict[str, str] = field(default_factory=dict)  # present, unsure or withdrawn
    wish: str | None = None
    readings: tuple[tuple[float, str], ...] = ()
    medicines: tuple[str, ...] = ("none",)
    treatment: str | None = "no"
    worry: str | None = "not"
    screens_answered: bool = True


class Person:
    """One chat with the core."""

    def __init__(self, site_: Site | None = None, now: datetime = NOW, content_: Content | None = None) -> None:
        self.content = content_ or content()
        self.site = site_ or site()
        self.now = now
        self.sent = 0
        self.out: Outcome = checklist.greeting(checklist.new_state(self.content), self.content, self.site, now)

    # what came back ---

    @property
    def state(self) -> State:
        return self.out.state

    @property
    def in_force(self) -> Content:
        """The content of this day and site."""
        return checklist.in_force(self.content, self.site, self.now)

    @property
    def step(self) -> str:
        return flow.current_step(self.state, self.in_force, self.site)

    @property
    def question(self) -> Say:
        return flow.ask(self.state, self.in_force, self.site)

    @property
    def choices(self) -> list[str]:
        return [choice.id for choice in self.question.choices]

    @property
    def said(self) -> list[str]:
        """Utterance ids of the last answer."""
        return [say.utterance for say in self.out.say]

    @property
    def directions(self) -> list[Direction]:
        return [say.direction for say in self.out.say if say.direction]

    @property
    def texts(self) -> list[str]:
        renderer = Renderer(self.content, self.site, self.state.voice, self.state.country)
        return [renderer.message(say)["text"] for say in self.out.say]

    # what the person does ---

    def send(self, message: Incoming, **later: float) -> Person:
        """One message, `later` (hours=3) after the one before."""
        self.now += timedelta(**later)
        self.out = checklist.turn(self.state, message, self.content, self.site, self.now)
        self.sent += 1
        return self

    def pick(self, *choices: str, means: Understanding | None = None, step: str | None = None) -> Person:
        """Press choices of the step on screen, or of an older one."""
        return self.send(Incoming(means or Understanding(intent="inform"), step or self.step, choices))

    def say(self, text: str = "words", intent: str = "inform", **fields: Any) -> Person:
        """Say something that means this; see `means`."""
        return self.send(Incoming(means(text, intent, **fields)))

    def until(self, step: str, **answers: Any) -> Person:
        """Answer as plainly as possible until a step is on screen; `answers` replace that, by step."""
        for _ in range(150):
            if self.step == step:
                return self
            answer = answers.pop(self.step, None) or self._plainest()
            self.pick(*([answer] if isinstance(answer, str) else answer))
        raise AssertionError(f"{step} never came; {self.step} is on screen")

    def _plainest(self) -> str:
        plain = ("start", "continue", "none", "no", "not", "skip", "finish", "called", "unsure")
        return next(choice for choice in plain if choice in self.choices)

    # telling facts ---

    def tell(self, facts: Facts) -> Person:
        """Go through the whole checklist as a person of whom `facts` are true, up to the summary."""
        asked = {"fever", "chills", "infections"} & {*facts.present}
        answered_on_screen = asked and all(when == "now" for _, when in facts.readings)
        self.pick("start")
        if facts.wish:
            self.say("send an ambulance", "emergency")
            self._take_back(facts.wish)
        if facts.readings and not answered_on_screen:
            self.say("it was", readings=facts.readings)
            while self.state.interrupt:
                self._take_back(next(iter(facts.flags.values()), "present"))
        for sign in facts.present:
            if self.content.signs[sign].page == "right_now":
                self.say("words", present=[sign])
                self.pick("called")
        if facts.past:
            self.say("years ago", past=facts.past)
        for _ in range(200):
            if self.step == "summary":
                return self
            self._answer(facts)
        raise AssertionError(f"the summary never came; {self.step} is on screen")

    def _take_back(self, how: str) -> None:
        if how == "withdrawn":
            self.pick("not_meant")
            self.pick("no")
        else:
            self.pick("called")

    def _answer(self, facts: Facts) -> None:
        kind, _, sign = self.step.partition(":")
        if self.state.interrupt:
            self._answer_interrupt(facts)
        elif sign:
            self._answer_about(kind, sign, facts)
        elif kind.startswith("right_now"):
            self._answer_screen(facts)
        elif kind.startswith("page_"):
            self._answer_page(facts)
        else:
            self._answer_plain(kind, facts)

    def _answer_interrupt(self, facts: Facts) -> None:
        interrupt = self.state.interrupt
        assert interrupt
        if interrupt.step == "right_now_unsure":
            ticked = [f for f in interrupt.flags if facts.flags.get(f) == "unsure"]
            self.pick(*(ticked or ["none"]))
            return
        back = [f for f in interrupt.flags if facts.flags.get(f) == "withdrawn"]
        self._take_back("withdrawn" if back and set(back) == set(interrupt.flags) else "present")

    def _answer_screen(self, facts: Facts) -> None:
        # A fever that is ticked on its page and measured is told there.
        later = {"fever_38"} if facts.readings and "fever" in facts.present else set()
        flags = [f for f in self.content.steps[self.step].flags if f in facts.flags and f not in later]
        ticked = [f for f in flags if facts.flags[f] != "unsure"]
        if not facts.screens_answered or len(ticked) < len(flags):
            self.pick(*(ticked or ["unsure"]))
        else:
            self.pick(*(ticked or ["none"]))

    def _answer_page(self, facts: Facts) -> None:
        open_ = flow.open_signs(self.state, self.content.steps[self.step])
        ticked = [s for s in open_ if s in facts.present]
        unsure = [s for s in open_ if s in facts.unsure]
        if unsure:
            self.say("change", "go_back", change=unsure[0])
            self.pick("unsure")
        else:
            self.pick(*(ticked or ["none"]))

    def _answer_about(self, kind: str, sign: str, facts: Facts) -> None:
        details, change = facts.present.get(sign, ((), "unsure"))
        answer: Mapping[str, tuple[str, ...]] = {
            "since": ("days",),
            "change": (change,),
            "detail": details or ("none",),
        }
        self.pick(*answer[kind])

    def _answer_plain(self, step: str, facts: Facts) -> None:
        if step == "temperature" and facts.readings and not self.state.temperatures:
            self.send(Incoming(means("it was", readings=facts.readings), step))
            if self.step == step:  # it could not be a reading, and is asked again
                self.pick("skip")
            return
        values = {
            "who": "self",
            "recent_treatment": facts.treatment or "skip",
            "temperature": "skip",
            "temperature_when": "now",
            "worry": facts.worry or "skip",
        }
        if step == "medicines":
            self.pick(*(facts.medicines or ("skip",)))
        elif step in values:
            self.pick(values[step])
        else:
            self.pick(self._plainest())
