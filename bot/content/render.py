"""Turns what the core says (`Say`: ids and data) into the message object of the widget contract.

The closed set is held here: an id that is not reviewed content, or a placeholder that nobody filled, raises
`RenderError`; nothing half filled ever leaves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.clinical.contacts import country_of, emergency_number, support_line
from bot.clinical.reply import Choice, Contact, Direction, Say, Value
from bot.clinical.state import State
from bot.content.loader import Content
from bot.errors import RenderError
from bot.site import Site

#: The steps whose choice ids stand in a summary, by the field that holds them.
SUMMARY_STEPS = {
    "about": "who",
    "condition": "condition",
    "recent_treatment": "recent_treatment",
    "worry": "worry",
    "medicines": "medicines",
    "change": "change",
    "temperature_when": "temperature_when",
}
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Renderer:
    """Renders for one reader: the content, the site, the voice, and the country that numbers are taken from."""

    content: Content
    site: Site
    voice: str = "self"
    country: str | None = None

    def message(self, say: Say) -> dict[str, Any]:
        """The message object without `id` and `at`.

        Raises:
            RenderError: an unknown utterance, or a placeholder without a value.
        """
        if say.voice not in (None, self.voice):
            return replace(self, voice=say.voice).message(say)
        text = self.text(say.utterance, say.values)
        message: dict[str, Any] = {
            "author": "bot",
            "utterance": say.utterance,
            "kind": say.kind,
            "text": text,
            "step": say.step,
            "choices": [self._choice(choice) for choice in say.choices],
            "multiple": say.multiple,
            "direction": self.direction(say.direction) if say.direction else None,
        }
        if say.places:
            message["places"] = [{"id": p.id, "label": self.text(p.label), "choice": p.choice} for p in say.places]
        if say.summary is not None:
            message["summary"] = self.summary(say.summary)
        return message

    def text(self, utterance: str, values: Mapping[str, Value] | None = None) -> str:
        """The wording of an utterance in this voice, filled.

        Raises:
            RenderError: as for `message`.
        """
        if utterance.startswith("="):
            return utterance[1:]
        entry = self.content.utterances.get(utterance)
        if entry is None:
            raise RenderError(f"the utterance {utterance!r} is not in the reviewed content")
        return self._fill(entry.text.in_voice(self.voice), values or {}, utterance)

    def direction(self, direction: Direction) -> dict[str, Any]:
        """The `direction` field of a message: level, crisis, what to say, and whom to reach."""
        say = " ".join(self.text(utterance, direction.values) for utterance in direction.say)
        contacts = [self.contact(contact) for contact in direction.contacts]
        return {"level": direction.level, "crisis": direction.crisis, "say": say, "contacts": contacts}

    def contact(self, contact: Contact) -> dict[str, Any]:
        """One contact with its words."""
        return {
            "role": contact.role,
            "name": self.text(contact.name),
            "phone": contact.phone,
            "hours": self.text(contact.hours) if contact.hours else None,
            "open_now": contact.open_now,
            "if_no_answer": self.text(contact.if_no_answer) if contact.if_no_answer else None,
        }

    def summary(self, summary: Mapping[str, Any]) -> dict[str, Any]:
        """The summary object with its directions in words, and `labels` for every id in it, as "<field>.<id>"."""
        directions = [self._summary_direction(d) for d in summary["directions"]]
        return {**summary, "directions": directions, "labels": self._labels()}

    def _labels(self) -> dict[str, str]:
        """What a program that shows the summary needs to say for its ids, in this voice."""
        found = {f"sign.{sign}": self.text(f"sign_{sign}_label") for sign in self.content.signs}
        found |= {f"red_flag.{flag}": self.text(f"flag_{flag}_label") for flag in self.content.red_flags}
        for field, step in SUMMARY_STEPS.items():
            found |= {
                f"{field}.{c.id}": self.text(f"step_{step}_choice_{c.id}") for c in self.content.steps[step].choices
            }
        return found

    def _summary_direction(self, found: Mapping[str, Any]) -> dict[str, Any]:
        direction = found["direction"]
        if not isinstance(direction, Direction):
            direction = Say.from_json({"utterance": "", "direction": direction}).direction
        if direction is None:
            raise RenderError("a summary needs its direction")
        return {
            "title": self.text(found["title"]),
            "text": self.text(found["text"]),
            **self.direction(direction),
        }

    def _choice(self, choice: Choice) -> dict[str, Any]:
        help_ = " ".join(self.text(part) for part in choice.help) or None
        return {"id": choice.id, "label": self.text(choice.label, choice.values), "help": help_}

    def _fill(self, text: str, values: Mapping[str, Value], utterance: str) -> str:
        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            found = values[name] if name in values else self._ambient(name)
            if found is None:
                raise RenderError(f"the utterance {utterance!r} has no value for {{{name}}}")
            return self._value(found)

        # Values are data (a number, a name, words of the site): braces in them are text and are not filled again.
        filled = PLACEHOLDER.sub(value, text)
        return filled.strip()

    def _value(self, value: Value) -> str:
        if isinstance(value, (tuple, list)):
            return self.join([self.text(part) for part in value])
        return self.text(value) if isinstance(value, str) and value.startswith("=") else str(value)

    def _ambient(self, name: str) -> Value | None:
        """What every utterance may use: settings of the site and numbers of the country."""
        country = country_of(State(country=self.country), self.content, self.site)
        line = support_line(country)
        ambient: dict[str, Value | None] = {
            "emergency": emergency_number(country),
            "care_number": self._care_number(),
            "service": self.site.name,
            "days": self.site.retention_days,
            "team": self.site.support.name,
            "support_name": line.name if line else None,
            "support_phone": line.phone if line else None,
        }
        return ambient.get(name)

    def _care_number(self) -> Value:
        """The one number to ring when this chat cannot be reached: a line that is always open before all others."""
        numbers = [n for n in (self.site.numbers.day, self.site.numbers.out_of_hours) if n]
        numbers.sort(key=lambda number: not number.all_day)
        return numbers[0].phone if numbers else ("care_number_card",)

    def join(self, parts: Sequence[str]) -> str:
        """A list in words: "a, b and c"."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.text('list_and')} {parts[-1]}"


def render(
    say: Say,
    content: Content,
    site: Site,
    *,
    voice: str,
    country: str | None,
) -> dict[str, Any]:
    """`Renderer.message` in one call."""
    return Renderer(content, site, voice, country).message(say)
