"""The state of one checklist: a small frozen value that serialises to JSON.

Two kinds of fields. *Answers* can be taken back: each accepted answer leaves in `history` the old values of the
fields that it changed, so that "back" is exact. *Record* fields (red flags, notes) only ever grow: going back never
unsays a red flag. Which step is on screen is derived (`bot.clinical.flow.current_step`), never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

#: Older entries are dropped: nobody goes back sixty answers, and the state stays small.
HISTORY_LIMIT = 60
NOTE_LIMIT = 30
NOTE_LENGTH = 600
VERSION = 1


@dataclass(frozen=True)
class Finding:
    """What is known of one sign. `status`: present, absent, unsure or past; `asked`: the follow-ups that are done."""

    status: str
    since: str | None = None  # choice id of the step `since`
    since_words: str | None = None
    since_date: str | None = None  # ISO date, as far as `precision` carries
    precision: str | None = None  # day (to the day), days (about), weeks or months
    change: str | None = None  # new, worse, same, better, usual or unsure
    details: tuple[str, ...] = ()
    words: str | None = None
    asked: tuple[str, ...] = ()
    #: Noted only because of the red flag that it is, not ticked or said by itself.
    by_flag: bool = False
    places: tuple[str, ...] = ()  # pointed at on the body outline


@dataclass(frozen=True)
class Reading:
    """A body temperature in degrees Celsius. `when` is now, last_24h, earlier, or None while not yet asked."""

    c: float
    when: str | None
    words: str
    at: str | None = None  # ISO instant at which it was told: "now" is not now for ever


@dataclass(frozen=True)
class Interrupt:
    """What stands before everything else; `step` is one of the keys of `interrupts.HANDLERS`."""

    step: str
    flags: tuple[str, ...] = ()
    #: The right-now screen that a `right_now_unsure` question came from.
    screen: str | None = None
    #: The flags were said with "not sure", and count as present.
    unsure: bool = False
    #: An ambulance was wished for in words.
    wish: bool = False
    #: What was on screen before, still waits for its answer, and comes back after this.
    under: Interrupt | None = None


@dataclass(frozen=True)
class State:
    """See the module docstring for which fields "back" restores."""

    started_at: str | None = None  # ISO instant of the first turn
    last_at: str | None = None
    content_version: str = ""
    # answers ("back" restores them)
    started: bool = False
    about: str | None = None
    condition: str | None = None
    country: str | None = None
    recent_treatment: str | None = None
    findings: Mapping[str, Finding] = field(default_factory=dict)
    #: Steps that are behind: done, skipped or unsure, by step id.
    screens: Mapping[str, str] = field(default_factory=dict)
    temperatures: tuple[Reading, ...] = ()
    medicines: tuple[str, ...] = ()
    worry: str | None = None
    detour: str | None = None
    # record (only grows)
    flags: Mapping[str, str] = field(default_factory=dict)  # present, unsure or withdrawn
    wish: str | None = None  # the wish for an ambulance in words: present or withdrawn
    flagged_at: str | None = None  # ISO instant of the last red flag
    #: now or emergency, once the person was directed so, and as long as that is demanded.
    told: str | None = None
    notes: tuple[str, ...] = ()
    #: Signs said of somebody else before it was known whom the chat is about: (sign, words).
    others: tuple[tuple[str, str], ...] = ()
    # bookkeeping
    interrupt: Interrupt | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    effects: tuple[str, ...] = ()  # of the last turn: open_case:<reason>, forget
    version: int = VERSION

    @property
    def voice(self) -> str:
        """The voice for the person who reads: self until something else is known."""
        return {"child": "parent", "adult": "carer"}.get(self.about or "", "self")

    def to_json(self) -> dict[str, Any]:
        """A compact JSON object: fields at their default are left out."""
        blank = State()
        data = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != getattr(blank, f.name)}
        data = {name: _json(name, value) for name, value in data.items()}
        data["version"] = self.version
        if self.interrupt:
            data["interrupt"] = asdict(self.interrupt)
        return {name: _plain(value) for name, value in data.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        """Read back what `to_json` wrote.

        Raises:
            ValueError: the state was written by a newer version.
        """
        if data.get("version", VERSION) > VERSION:
            raise ValueError(f"state of version {data['version']}; this program reads up to {VERSION}")
        values = {**_answers(data), **{k: v for k, v in data.items() if k not in ANSWERS}}
        for name in ("notes", "effects"):
            values[name] = tuple(values.get(name, ()))
        values["others"] = tuple((sign, words) for sign, words in values.get("others", ()))
        values["history"] = tuple(values.get("history", ()))
        values["interrupt"] = _interrupt(values.get("interrupt"))
        return cls(**values)

    # changing answers ----------------------------------------------------------------------------------------------

    def answer(self, **changes: Any) -> State:
        """The state with these answers, and the old values kept for "back". Changes nothing: the same state."""
        before = _plain({k: _json(k, getattr(self, k)) for k in changes})
        after = _plain({k: _json(k, v) for k, v in changes.items()})
        old = {
            k: _difference(before[k], after[k]) if k in MAPPINGS else before[k]
            for k in changes
            if before[k] != after[k]
        }
        if not old:
            return self
        return replace(self, **changes, history=(*self.history, old))

    def merge_history(self, since: int) -> State:
        """Fold the entries made since there were `since` into one, so that one "back" undoes one message.

        The oldest entries beyond the limit are dropped here, after the folding: else a full history would fold wrongly.
        """
        head, tail = self.history[:since], self.history[since:]
        if len(tail) < 2:
            return replace(self, history=self.history[-HISTORY_LIMIT:])
        merged: dict[str, Any] = {}
        for entry in reversed(tail):
            for key, old in entry.items():
                merged[key] = {**merged.get(key, {}), **old} if key in MAPPINGS else old
        return replace(self, history=(*head, merged)[-HISTORY_LIMIT:])

    def back(self) -> State | None:
        """The state before the last accepted answer, with the record kept; None at the start."""
        if not self.history:
            return None
        entry = dict(self.history[-1])
        for key in MAPPINGS & set(entry):
            now = {**_json(key, getattr(self, key)), **entry[key]}
            entry[key] = {k: v for k, v in now.items() if v is not None}
        blank = State()
        gone = {k: getattr(blank, k) for k, v in entry.items() if v is None}
        return replace(
            self,
            **gone,
            **_answers({k: v for k, v in entry.items() if v is not None}),
            history=self.history[:-1],
        )

    def noted(self, words: str) -> State:
        """The state with these words kept for the team. Repeats and silence are dropped; long words are cut."""
        words = words.strip()[:NOTE_LENGTH]
        if not words or words in self.notes:
            return self
        return replace(self, notes=(*self.notes, words)[-NOTE_LIMIT:])

    def with_finding(self, sign: str, finding: Finding) -> State:
        """The state with this finding as an answer."""
        return self.answer(findings={**self.findings, sign: finding})

    def with_screen(self, step: str, how: str) -> State:
        """The state with this step behind: done, skipped or unsure."""
        return self.answer(screens={**self.screens, step: how})

    def status(self, sign: str) -> str | None:
        """present, absent, unsure, past, or None while not answered."""
        finding = self.findings.get(sign)
        return finding.status if finding else None

    def signs(self, status: str) -> tuple[str, ...]:
        """The signs of this status, in the order in which they were noted."""
        return tuple(sign for sign, finding in self.findings.items() if finding.status == status)


#: Kept in `history` key by key, so that an entry is as small as what changed.
MAPPINGS = {"findings", "screens"}
ANSWERS = [
    "started",
    "about",
    "condition",
    "country",
    "recent_treatment",
    "findings",
    "screens",
    "temperatures",
    "medicines",
    "worry",
    "detour",
]


def _json(name: str, value: Any) -> Any:
    """One answer field as `to_json` writes it, defaults included."""
    if name == "findings":
        return {sign: _compact(finding) for sign, finding in value.items()}
    return [asdict(reading) for reading in value] if name == "temperatures" else value


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The old value of every key that differs; None where there was none."""
    return {key: before.get(key) for key in {*before, *after} if before.get(key) != after.get(key)}


def _interrupt(data: Mapping[str, Any] | None) -> Interrupt | None:
    if data is None:
        return None
    return Interrupt(**{**data, "flags": tuple(data["flags"]), "under": _interrupt(data.get("under"))})


def _compact(finding: Finding) -> dict[str, Any]:
    blank = Finding(status="")
    return {
        f.name: getattr(finding, f.name) for f in fields(finding) if getattr(finding, f.name) != getattr(blank, f.name)
    }


def _plain(value: Any) -> Any:
    """The value with lists for tuples, as JSON would give it back."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value


def _answers(data: Mapping[str, Any]) -> dict[str, Any]:
    """The answer fields of a JSON object, with their types."""
    found = {k: data[k] for k in ANSWERS if k in data}
    if "findings" in found:
        found["findings"] = {
            sign: Finding(**{**item, **{key: tuple(item.get(key, ())) for key in ("details", "places", "asked")}})
            for sign, item in found["findings"].items()
        }
    if "temperatures" in found:
        found["temperatures"] = tuple(Reading(**item) for item in found["temperatures"])
    if "medicines" in found:
        found["medicines"] = tuple(found["medicines"])
    if "screens" in found:
        found["screens"] = dict(found["screens"])
    return found
