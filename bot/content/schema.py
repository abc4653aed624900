"""The shape of the reviewed content: one frozen model for each kind of entry below `content/`.

`Text` is what the bot says. In YAML it is either one string, where the sentence does not speak of the patient,
or a mapping with all four voices: self (the patient reads), carer (of an adult), parent (of a child), plain
(call mode and lists; speaks of "the person").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

LEVELS = ("keep", "soon", "today", "now", "emergency")
VOICES = ("self", "carer", "parent", "plain")
CONDITIONS = ("acute_leukaemia", "chronic_leukaemia", "lymphoma", "myeloma", "other")
#: The groups that a sign can be typical of; both leukaemias are one group.
GROUPS = ("leukaemia", "lymphoma", "myeloma")
RESERVED_CHOICES = ("none", "unsure", "skip", "back")

#: The places of the body outline, in the order in which a list of them is read: from head to foot.
PLACES = (
    "head", "eyes", "neck", "left_shoulder", "right_shoulder", "left_chest", "right_chest", "left_armpit",
    "right_armpit", "left_ribs", "right_ribs", "left_belly", "right_belly", "groin", "upper_back", "middle_back",
    "lower_back", "tailbone", "left_upper_arm", "right_upper_arm", "left_elbow", "right_elbow", "left_forearm",
    "right_forearm", "left_hand", "right_hand", "left_hip", "right_hip", "left_buttock", "right_buttock",
    "left_thigh", "right_thigh", "left_knee", "right_knee", "left_lower_leg", "right_lower_leg", "left_foot",
    "right_foot",
)  # fmt: skip

Level = Literal["keep", "soon", "today", "now", "emergency"]
Group = Literal["leukaemia", "lymphoma", "myeloma"]


def group_of(condition: str | None) -> str | None:
    """The group of a condition: acute and chronic leukaemia share one; other and unknown have none."""
    if condition in ("acute_leukaemia", "chronic_leukaemia"):
        return "leukaemia"
    return condition if condition in GROUPS else None


class Model(BaseModel):
    """Frozen, and closed: an unknown key is an error, not a silent omission."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Model):
    """One thing to say, in every voice. `varies` is False when one string serves all four."""

    self_: str = Field(alias="self", min_length=1)
    carer: str = Field(min_length=1)
    parent: str = Field(min_length=1)
    plain: str = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _one_string_for_all(cls, value: Any) -> Any:
        return dict.fromkeys(VOICES, value) if isinstance(value, str) else value

    def in_voice(self, voice: str) -> str:
        """The wording in `voice`, one of `VOICES`."""
        return self.self_ if voice == "self" else str(getattr(self, voice))

    @property
    def varies(self) -> bool:
        """Whether the voices differ."""
        return len({self.in_voice(voice) for voice in VOICES}) > 1


class Citation(Model):
    """Where a statement stands: source, heading (or first five words of the paragraph), terms that must occur there."""

    source: str
    section: str
    terms: tuple[str, ...] = Field(min_length=1)


class Source(Model):
    """A document (one of the five seed files) or a guidance page (address and the date it was read)."""

    id: str
    kind: Literal["document", "guidance"]
    title: str
    publisher: str
    file: str | None = None
    address: str | None = None
    read: date | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _can_be_found(self) -> Source:
        if self.kind == "document" and not self.file:
            raise ValueError("a document needs `file`, the name of the seed file")
        if self.kind == "guidance" and not (self.address and self.read):
            raise ValueError("guidance needs `address` and `read`, the date on which it was read")
        return self


class Review(Model):
    """Who signed a file, and until when that holds."""

    reviewed: bool
    reviewer: str | None = None
    review_by: date | None = None

    @model_validator(mode="after")
    def _signed_by_somebody(self) -> Review:
        if self.reviewed and not (self.reviewer and self.review_by):
            raise ValueError("`reviewed: true` needs `reviewer` and `review_by`")
        return self


class Raise(Model):
    """This level applies to the sign when any of these other signs is there too."""

    to: Level
    signs: tuple[str, ...] = Field(min_length=1)


class SignUrgency(Model):
    """How soon, for one sign. `base` is the level when it is present and nothing raises it."""

    base: Level
    with_: tuple[Raise, ...] = Field(default=(), alias="with")
    sources: tuple[Citation, ...] = Field(min_length=1)


class Option(Model):
    """One line to tick below a sign: a detail that raises its level or is a red flag by itself."""

    id: str
    label: Text
    raises: Level | None = None
    flag: str | None = None
    #: Shown but changes no level (where a lump is, for the summary).
    note: bool = False
    #: The places of the body outline that this line is about: who points at one has ticked the line.
    places: tuple[str, ...] = ()

    @field_validator("places")
    @classmethod
    def _on_the_outline(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(value) - set(PLACES)):
            raise ValueError(f"not on the body outline: {', '.join(unknown)}. Its places are in bot/content/schema.py")
        return value

    @model_validator(mode="after")
    def _does_one_thing(self) -> Option:
        if sum((self.raises is not None, self.flag is not None, self.note)) != 1:
            raise ValueError("an option has exactly one of `raises`, `flag` and `note: true`")
        return self


class Details(Model):
    """The follow-up "any of these too?" of a sign. At most seven lines."""

    question: Text
    options: tuple[Option, ...] = Field(min_length=1, max_length=7)
    #: `body`: the person can also point at the place, on an outline of the body.
    where: Literal["body"] | None = None

    @model_validator(mode="after")
    def _places_need_the_outline(self) -> Details:
        if self.where is None and any(option.places for option in self.options):
            raise ValueError("`places` of an option need `where: body` beside the options")
        return self


FollowUp = Literal["since", "change", "detail", "temperature"]


class Sign(Model):
    """A warning sign."""

    id: str
    label: Text  # a noun phrase that fits into "You told me about {signs}."
    choice: Text  # the line to tick on its page
    question: Text  # asked on its own; all four voices written
    looks_like: Text
    dark_skin: Text | None = None
    page: Literal["body", "blood", "bones", "head", "right_now"]
    conditions: tuple[Group, ...] = Field(min_length=1)
    physical: bool = True
    urgency: SignUrgency
    follow_ups: tuple[FollowUp, ...]
    detail: Details | None = None
    why: Text
    sources: tuple[Citation, ...] = Field(min_length=1)
    words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _detail_matches_follow_ups(self) -> Sign:
        if ("detail" in self.follow_ups) != (self.detail is not None):
            raise ValueError("`detail` in follow_ups and the `detail` block go together")
        return self


class RedFlag(Model):
    """A red flag. `crisis` marks self-harm; its standing is that of `emergency`."""

    id: str
    label: Text
    choice: Text
    question: Text  # the one closed question when the reading is unclear
    looks_like: Text
    dark_skin: Text | None = None
    say: Text  # what to say on the phone about it, one sentence
    level: Literal["now", "emergency"]
    crisis: bool = False
    screen: Literal["right_now_1", "right_now_2"] | None = None
    sources: tuple[Citation, ...] = Field(min_length=1)
    words: tuple[str, ...] = ()


class LevelWording(Model):
    """What a person reads for one level."""

    title: Text
    direction: Text
    if_no_answer: Text
    say: Text
    sources: tuple[Citation, ...] = Field(min_length=1)


class FeverRule(Model):
    """Thresholds in degrees Celsius, compared without rounding. A site may only make them stricter."""

    raised_c: float  # at or above: now
    fever_c: float  # at or above: also named fever_38
    low_c: float  # below: now
    plausible_c: tuple[float, float]  # readings outside are asked again
    hours: int  # the highest reading of this many hours decides
    sources: tuple[Citation, ...] = Field(min_length=1)


class Combination(Model):
    """Rules that look at the whole: see SAFETY, "Urgency"."""

    unsure_sign: Level
    usual_unchanged: Level
    several_new_or_worse: Level
    several_count: int = Field(ge=2)
    flag_unanswered: Level
    flag_withdrawn: Level
    fever_no_reading: Level
    fever_normal_reading: Level
    fever_normal_masked: Level
    very_worried: Mapping[Level, Level]
    sources: tuple[Citation, ...] = Field(min_length=1)


class Urgency(Model):
    """Everything of `content/urgency.yml`."""

    levels: Mapping[Level, LevelWording]
    crisis: LevelWording
    fever: FeverRule
    combination: Combination


class StepChoice(Model):
    """One button of a step."""

    id: str
    label: Text
    help: Text | None = None


class Step(Model):
    """One screen. `signs` are the lines of a sign page, in their usual order; `flags` those of a right-now screen."""

    id: str
    question: Text
    why: Text | None = None
    choices: tuple[StepChoice, ...] = ()
    signs: tuple[str, ...] = Field(default=(), max_length=7)
    flags: tuple[str, ...] = Field(default=(), max_length=7)
    multiple: bool = False
    skippable: bool = False


class Steps(Model):
    """Everything of `content/steps.yml`."""

    steps: tuple[Step, ...]
    #: The order of the sign pages by group; `default` when the group is unknown.
    page_order: Mapping[str, tuple[str, ...]]


class Phrase(Model):
    """Any other wording, by utterance id."""

    text: Text
    sources: tuple[Citation, ...] = ()


class Topic(Model):
    """A reviewed answer to a question about the illness, the bot, privacy or contacts."""

    id: str
    label: Text
    answer: Text
    sources: tuple[Citation, ...] = ()
    #: Whether the topic stands in the list of things to ask.
    listed: bool = True


class Hours(Model):
    """Opening hours of one kind of day, local time. `None` means closed; both None and `all_day` False."""

    opens: time | None = None
    closes: time | None = None
    all_day: bool = False

    @field_validator("closes")
    @classmethod
    def _closes_with_opens(cls, value: time | None, info: Any) -> time | None:
        if (value is None) != (info.data.get("opens") is None):
            raise ValueError("`opens` and `closes` go together")
        return value


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Line(Model):
    """A telephone or text line of a country."""

    id: str
    name: str
    phone: str  # as printed by the source; shown as it is
    how: Literal["call", "text", "relay"] = "call"
    hours: Text | None = None
    for_: Text | None = Field(default=None, alias="for")
    sources: tuple[Citation, ...] = Field(min_length=1)


class Country(Model):
    """The lines of one country, or of `international`."""

    code: str
    name: str
    #: What stands for the emergency number in a sentence, where it is more than one number.
    dial: str | None = None
    emergency: tuple[Line, ...] = Field(min_length=1)
    emergency_text: tuple[Line, ...] = ()
    crisis: tuple[Line, ...] = ()
    cancer: tuple[Line, ...] = ()


class LeftOut(Model):
    """A statement of a seed document that is deliberately not used."""

    source: str
    section: str
    terms: tuple[str, ...] = Field(min_length=1)
    statement: str  # in our words
    reason: str
