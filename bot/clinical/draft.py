"""The one mutable thing of a turn: the state as it changes, and what will be said, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.clinical import flow
from bot.clinical.contacts import contacts_for, country_of, support_line
from bot.clinical.red_flags import is_fresh, reading_flag
from bot.clinical.reply import Contact, Direction, Say, Value
from bot.clinical.state import Finding, Interrupt, State
from bot.clinical.understanding import Understanding
from bot.clinical.urgency import URGENT, Assessment, assess
from bot.content.loader import Content
from bot.site import Site

#: A message of more words than this says something besides its yes, no or "the first two", and is kept.
BARE_ANSWER = 3
#: More signs than this that the person is not sure of are left to the summary: nobody reads seven of them out.
UNSURE_SAID = 3


@dataclass(frozen=True)
class Incoming:
    """One message: what its words mean, and the choices pressed, with the step that they belong to."""

    understanding: Understanding = field(default_factory=Understanding)
    step: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words as typed."""
        return self.understanding.text

    @property
    def is_bare(self) -> bool:
        """Whether the words can be no more than the answer that they give."""
        return len(self.text.split()) <= BARE_ANSWER

    @property
    def has_letters(self) -> bool:
        """Whether there are words at all: a number alone is no question and no feeling."""
        return any(letter.isalpha() for letter in self.text)


@dataclass
class Draft:
    """A turn in the making."""

    state: State
    content: Content
    site: Site
    now: datetime
    say: list[Say] = field(default_factory=list)
    #: The flags that stood when the turn began: only these were told before.
    flags_before: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Remember what the turn began with."""
        self.flags_before = self.state.flags

    # saying --------------------------------------------------------------------------------------------------------

    def tell(self, utterance: str, kind: str = "statement", values: Mapping[str, Value] | None = None) -> None:
        """Add a statement, unless the very same stands there already."""
        said = Say(utterance, kind, values=values or {})
        if said not in self.say:
            self.say.append(said)

    def tell_signs(self, utterance: str, signs: tuple[str, ...]) -> None:
        """Add a statement about signs; nothing when there are none."""
        if signs:
            self.tell(utterance, values={"signs": tuple(f"sign_{s}_label" for s in signs)})

    def ask(self) -> None:
        """Add the question of the step on screen, unless it is the last thing said."""
        question = flow.ask(self.state, self.content, self.site)
        if not self.say or self.say[-1] != question:
            self.say.append(question)

    @property
    def step(self) -> str:
        """The step on screen."""
        return flow.current_step(self.state, self.content, self.site)

    @property
    def assessment(self) -> Assessment:
        """The level of the state as it is now."""
        return assess(self.state, self.content)

    def direct(self, level: str, *, crisis: bool = False, bodily_emergency: bool = False, mine: bool = True) -> None:
        """Add a direction. With `mine` False it is about somebody else, and nothing of this person is said."""
        wording = "crisis" if crisis and not bodily_emergency else level
        contacts = self.contacts(level, crisis=crisis, bodily_emergency=bodily_emergency)
        if mine:
            say, values = what_to_say(self.state, self.content, wording)
            if level in URGENT and self.state.told != "emergency":
                self.record(told=level)
        else:
            say, values = (f"level_{wording}_say", "say_ask"), {}
        direction = Direction(level, crisis, say, contacts, values)
        voice = None if mine else "plain"
        self.say.append(Say(f"level_{wording}_direction", "direction", direction=direction, voice=voice))

    def tell_support(self) -> None:
        """Say who listens to somebody in distress, and what to do with thoughts of self-harm."""
        line = support_line(country_of(self.state, self.content, self.site))
        if line:
            self.tell("distress_path", values={"support_name": f"={line.name}", "support_phone": f"={line.phone}"})
        else:
            self.tell("distress_path_no_line")

    def direct_by_state(self) -> None:
        """Add the direction that the state as a whole demands."""
        found = self.assessment
        self.direct(found.level, crisis=found.crisis, bodily_emergency=found.bodily_emergency)

    def contacts(self, level: str, *, crisis: bool = False, bodily_emergency: bool = False) -> tuple[Contact, ...]:
        """Whom to reach at this level, now, in this person's country."""
        return contacts_for(
            level,
            crisis=crisis,
            bodily_emergency=bodily_emergency,
            state=self.state,
            content=self.content,
            site=self.site,
            now=self.now,
        )

    # changing the state --------------------------------------------------------------------------------------------

    def set(self, **changes: object) -> None:
        """Set answers, so that "back" can undo them."""
        self.state = self.state.answer(**changes)

    def pass_step(self, step: str, how: str = "done") -> None:
        """Put a step behind."""
        self.state = self.state.with_screen(step, how)

    def record(self, **changes: object) -> None:
        """Set fields that "back" leaves alone."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]

    def find(self, sign: str, status: str, words: str = "") -> None:
        """Note a sign. What was said of it before is kept, and words are added once."""
        before = self.state.findings.get(sign, Finding(status))
        was = self.state.status(sign)
        kept = before.words or (words.strip()[:300] or None)
        if status not in ("present", "past"):
            before = Finding(status)
        self.state = self.state.with_finding(sign, replace(before, status=status, words=kept, by_flag=False))
        again = set()
        if {status, was} & {"present", "unsure"}:
            again.add("review")
        if status == "present" and self._only_old_readings(sign):
            again |= {"temperature", "temperature_when", "medicines"}
        self.set(screens={k: v for k, v in self.state.screens.items() if k not in again})

    def _only_old_readings(self, sign: str) -> bool:
        """A sign that asks for a temperature, noted anew when every reading is older than the fever rule looks back."""
        rule, readings = self.content.urgency.fever, self.state.temperatures
        asks = "temperature" in self.content.signs[sign].follow_ups
        return asks and bool(readings) and not any(is_fresh(r, self.now.isoformat(), rule) for r in readings)

    def interrupt(
        self, step: str, flags: tuple[str, ...] = (), screen: str | None = None, unsure: bool = False
    ) -> None:
        """Put a step before everything else, in place of the interruption that is on."""
        before = self.state.interrupt
        wish, under = (before.wish, before.under) if before else (False, None)
        self.record(interrupt=Interrupt(step, flags, screen, unsure, wish, under))

    def effect(self, name: str) -> None:
        """Ask the server for something that the core cannot do: `open_case:<reason>` or `forget`."""
        if name not in self.state.effects:
            self.record(effects=(*self.state.effects, name))


def what_to_say(state: State, content: Content, wording: str) -> tuple[tuple[str, ...], dict[str, Value]]:
    """What to say on the phone: utterance ids in order, and what fills them; `wording` is a level or crisis."""
    say: list[str] = ["say_who", f"level_{wording}_say"]
    values: dict[str, Value] = {}
    flags = [f for f, how in state.flags.items() if how != "withdrawn"]
    say += [f"flag_{flag}_say" for flag in flags]
    # A flag that stands is already put into words, and is not said twice.
    noted = {
        how: tuple(f"sign_{s}_label" for s in state.signs(how) if s in content.signs and s not in flags)
        for how in ("present", "unsure")
    }
    if noted["present"]:
        say.append("say_signs")
        values["signs"] = noted["present"]
    if 0 < len(noted["unsure"]) <= UNSURE_SAID:
        say.append("say_unsure")
        values["unsure_signs"] = noted["unsure"]
    if state.temperatures:
        rule = content.urgency.fever
        low = [r.c for r in state.temperatures if reading_flag(r, rule) == "low_temperature"]
        high = any(reading_flag(r, rule) == "fever_38" for r in state.temperatures)
        # The reading that decides: the highest, unless only a low one does.
        told = min(low) if low and not high else max(r.c for r in state.temperatures)
        say.append("say_temperature")
        values |= {"celsius": f"{told:g}", "fahrenheit": f"{told * 9 / 5 + 32:.1f}"}
    if state.recent_treatment in ("recent", "unsure"):
        say.append("say_treatment_recent")
    if state.worry == "very":
        say.append("say_worried")
    return (*say, "say_ask"), values
