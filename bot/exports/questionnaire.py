"""Every question of the checklist as an `Item`, built from the content, with the answers of one summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.clinical.flow import AT
from bot.content.render import Renderer
from bot.content.schema import LEVELS, PLACES, Sign
from bot.exports.items import Answer, Item
from bot.exports.words import day

#: UCUM: the units of temperature that FHIR asks for.
UCUM = "http://unitsofmeasure.org"
PAGES = ("right_now", "body", "blood", "bones", "head")
#: The lists of the summary's `signs`, with the words for what each means.
STATUSES = {"present": "choice_yes", "absent": "choice_no", "not_sure": "choice_unsure", "past": "summary_past"}
#: The page with the spinal cord entry shares its question with the first right-now screen.
QUESTION_OF = {"right_now": "right_now_1"}


def items(summary: Mapping[str, Any], renderer: Renderer) -> tuple[Item, ...]:
    """The whole checklist, in the order of the paper summary: direction, person, signs, temperature, own words."""
    return tuple(_Builder(summary, renderer).build())


class _Builder:
    """Holds what every part needs: the summary, and the words for this reader."""

    def __init__(self, summary: Mapping[str, Any], renderer: Renderer) -> None:
        self.summary, self.renderer, self.content = summary, renderer, renderer.content
        self.say = renderer.text

    def build(self) -> Iterator[Item]:
        summary = self.summary
        yield self._directions()
        flags = [(flag, self.say(f"flag_{flag}_label")) for flag in self.content.red_flags]
        yield Item.choice("red_flags", self.say("summary_red_flags"), flags, *summary["red_flags"], repeats=True)
        yield self._step("who", summary["about"])
        yield self._step("condition", summary["condition"])
        yield self._step("recent_treatment", summary["recent_treatment"])
        for page in PAGES:
            step = QUESTION_OF.get(page, f"page_{page}")
            signs = [self._sign(sign) for sign in self.content.signs.values() if sign.page == page]
            yield Item.group(step, self.say(f"step_{step}_question"), signs)
        yield self._temperatures()
        yield self._step("medicines", *summary["medicines"], repeats=True)
        yield self._step("worry", summary["worry"])
        yield Item.words("anything_else", self.say("step_anything_else_question"), *summary["notes"], repeats=True)

    # the direction ------------------------------------------------------------------------------------------------

    def _directions(self) -> Item:
        """How soon, who, and what to say: worked out from the answers, never asked."""
        summary, say = self.summary, self.say
        levels = [(level, say(f"level_{level}_title")) for level in LEVELS]
        crisis: tuple[Answer, ...] = ({"valueBoolean": bool(summary["crisis"])},)
        rows = tuple(self._direction(direction) for direction in summary["directions"])
        return Item.group(
            "direction",
            say("summary_direction"),
            [
                Item.choice("level", say("summary_direction"), levels, summary["level"], read_only=True),
                Item("crisis", say("summary_crisis"), "boolean", answers=crisis, read_only=True),
                Item.group("directions", say("summary_direction"), self._direction({"contacts": []}), rows),
            ],
        )

    def _direction(self, direction: Mapping[str, Any]) -> tuple[Item, ...]:
        said = [direction.get(key) for key in ("title", "text")]
        rows = tuple(self._contact(contact) for contact in direction["contacts"])
        return (
            Item.words("direction_text", self.say("summary_direction"), *said, repeats=True, read_only=True),
            Item.words("direction_say", self.say("summary_say"), direction.get("say"), read_only=True),
            Item.group("contact", self.say("summary_contacts"), self._contact({}), rows),
        )

    def _contact(self, contact: Mapping[str, Any]) -> tuple[Item, ...]:
        heading = self.say("summary_contacts")
        keys = ("name", "phone", "hours", "if_no_answer")
        return tuple(Item.words(f"contact_{key}", heading, contact.get(key), read_only=True) for key in keys)

    # questions ----------------------------------------------------------------------------------------------------

    def _step(self, step: str, *picked: str | None, repeats: bool = False) -> Item:
        return Item.choice(step, self.say(f"step_{step}_question"), self._choices(step), *picked, repeats=repeats)

    def _choices(self, step: str) -> list[tuple[str, str]]:
        return [(choice.id, self.say(f"step_{step}_choice_{choice.id}")) for choice in self.content.steps[step].choices]

    def _sign(self, sign: Sign) -> Item:
        """The question about one sign; what was said of it stands below the answer. No answer: the sign is left out."""
        signs = self.summary["signs"]
        finding: Mapping[str, Any] = next((found for found in signs["present"] if found["sign"] == sign.id), {})
        status = next((key for key in STATUSES if key != "present" and sign.id in signs[key]), None)
        return Item.choice(
            sign.id,
            self.say(f"sign_{sign.id}_question"),
            [(code, self.say(words)) for code, words in STATUSES.items()],
            "present" if finding else status,
            children=tuple(self._follow_ups(sign, finding)),
        )

    def _follow_ups(self, sign: Sign, finding: Mapping[str, Any]) -> Iterator[Item]:
        say = self.say
        since = finding.get("since") or {"words": None, "date": None, "precision": None}
        date: tuple[Answer, ...] = ({"valueDate": day(since)},) if day(since) else ()
        yield Item.words(f"since:{sign.id}", say("summary_since"), since["words"])
        yield Item(f"since_date:{sign.id}", say("summary_since"), "date", answers=date)
        yield Item.choice(f"change:{sign.id}", say("summary_change"), self._choices("change"), finding.get("change"))
        if sign.detail:
            options = [(o.id, say(f"sign_{sign.id}_detail_{o.id}")) for o in sign.detail.options]
            if sign.detail.where:
                options += [(AT + place, say(f"place_{place}")) for place in PLACES]
            codes = {label: code for code, label in options}
            picked = [codes.get(label, label) for label in finding.get("detail", ())]
            yield Item.choice(f"detail:{sign.id}", say(f"sign_{sign.id}_detail"), options, *picked, repeats=True)
        yield Item.words(f"words:{sign.id}", say("summary_words"), finding.get("words"))

    def _temperatures(self) -> Item:
        heading = self.say("summary_temperatures")
        rows = tuple(self._temperature(taken) for taken in self.summary["temperatures"])
        return Item.group("temperatures", heading, self._temperature(None), rows)

    def _temperature(self, taken: Mapping[str, Any] | None) -> tuple[Item, ...]:
        value: tuple[Answer, ...] = ()
        if taken:
            value = ({"valueQuantity": {"value": taken["c"], "unit": "°C", "system": UCUM, "code": "Cel"}},)
        return (
            Item("temperature", self.say("step_temperature_question"), "quantity", answers=value),
            Item.choice(
                "temperature_when",
                self.say("step_temperature_when_question"),
                self._choices("temperature_when"),
                taken["when"] if taken else None,
            ),
            Item.words("temperature_words", self.say("summary_words"), taken["words"] if taken else None),
        )
