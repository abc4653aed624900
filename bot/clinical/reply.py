"""What the core answers with: utterance ids and data, never wording.

A renderer (`bot.content.render`) turns a `Say` into text in the voice of the person who reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

#: A value for a placeholder: a number or an operator's setting as text, or utterance ids to be joined as a list.
Value = str | int | tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One choice. `label` and the parts of `help` are utterance ids, or literals after "="; `values` fill the label."""

    id: str
    label: str
    help: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """A place of the body to point at. `label` is an utterance id; `choice` is the line that pointing there ticks."""

    id: str
    label: str
    choice: str | None = None


@dataclass(frozen=True)
class Contact:
    """Whom to reach. `phone` is None when the site has no number: the name then says where to find it.

    `role` is care_team, out_of_hours, emergency, emergency_text, crisis, support or staff. `open_now` is None
    when the hours are not known. `name`, `hours` and `if_no_answer` are utterance ids or, where they
    start with "=", literal values from the site file or the contacts.
    """

    role: str
    name: str
    phone: str | None
    hours: str | None = None
    open_now: bool | None = None
    if_no_answer: str | None = None


@dataclass(frozen=True)
class Direction:
    """Who, how soon, which number, and what to say (`say` are utterance ids, in order)."""

    level: str
    crisis: bool
    say: tuple[str, ...]
    contacts: tuple[Contact, ...]
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Say:
    """One message of the bot. `kind` is statement, question, direction, summary or notice."""

    utterance: str
    kind: str = "statement"
    step: str | None = None
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    direction: Direction | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    #: The summary of a `summary` message; data, not wording.
    summary: Mapping[str, Any] | None = None
    #: What can be pointed at on a body outline, beside the choices, and is sent like them.
    places: tuple[Place, ...] = ()
    #: The voice, where it is not that of the person who reads: "send help to me" is wrong about somebody else.
    voice: str | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Say:
        """Read back what `to_json` wrote, also after lists replaced tuples.

        Raises:
            TypeError: a field is missing or unknown.
        """
        fields = dict(data)
        fields["choices"] = tuple(
            Choice(**{**c, "help": tuple(c.get("help", ())), "values": _values(c.get("values", {}))})
            for c in fields.get("choices", ())
        )
        fields["places"] = tuple(Place(**p) for p in fields.get("places", ()))
        fields["values"] = _values(fields.get("values", {}))
        if direction := fields.get("direction"):
            contacts = tuple(Contact(**c) for c in direction["contacts"])
            fields["direction"] = Direction(
                direction["level"],
                direction["crisis"],
                tuple(direction["say"]),
                contacts,
                _values(direction["values"]),
            )
        return cls(**fields)


def _values(data: Mapping[str, Any]) -> dict[str, Value]:
    return {key: tuple(value) if isinstance(value, (list, tuple)) else value for key, value in data.items()}
