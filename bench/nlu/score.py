"""From gold rows and a system's answers to figures. Pure: the same rows and answers give the same figures.

A measure takes pairs of a row and what was said of it, and gives figures by name, in the order of the table. What a
system has no notion of (intents, say) is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bench.nlu.said import Said
from bench.nlu.sets import ALLOWED_FLAGS, OURS_ALONE, Row

Pairs = Sequence[tuple[Row, Said]]


class Share(NamedTuple):
    """So many of so many."""

    good: int
    total: int

    @property
    def value(self) -> float:
        """Between 0 and 1; of nothing, 0."""
        return self.good / self.total if self.total else 0.0


class Found(NamedTuple):
    """Ids found, raised in vain and missed, over all rows."""

    right: int
    extra: int
    missed: int

    @property
    def precision(self) -> Share:
        """How many of those found are right."""
        return Share(self.right, self.right + self.extra)

    @property
    def recall(self) -> Share:
        """How many of those that are there were found."""
        return Share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / max(1, 2 * self.right + self.extra + self.missed)


class Lowest(NamedTuple):
    """The lowest share of a group, and whose it is."""

    share: Share
    name: str


Figure = Share | Lowest | float
Figures = dict[str, Figure]


def share(hits: Iterable[bool]) -> Share:
    """How many of these are true."""
    known = list(hits)
    return Share(sum(known), len(known))


def found(rows: Iterable[tuple[set[str], set[str]]]) -> Found:
    """Counts over rows of what is there and what was found."""
    known = list(rows)
    return Found(
        sum(len(want & got) for want, got in known),
        sum(len(got - want) for want, got in known),
        sum(len(want - got) for want, got in known),
    )


def recall_by_id(rows: Iterable[tuple[set[str], set[str]]]) -> dict[str, Share]:
    """The recall of each id."""
    there: Counter[str] = Counter()
    got_of: Counter[str] = Counter()
    for want, got in rows:
        there.update(want)
        got_of.update(want & got)
    return {name: Share(got_of[name], there[name]) for name in sorted(there)}


def lowest(shares: Mapping[str, Share]) -> Lowest:
    """The lowest of them."""
    name = min(shares, key=lambda key: shares[key].value, default="")
    return Lowest(shares.get(name, Share(0, 0)), name)


# validation sets -----------------------------------------------------------------------------------------------------


def lay_symptoms(pairs: Pairs) -> Figures:
    """Signs and red flags present, by id; what the labeller left open counts neither way."""
    signs = found(_without(s.present, row["signs"], row["maybe"]) for row, s in pairs)
    flags = found(_without(s.raised, row["red_flags"], row.get("maybe_red_flags", ())) for row, s in pairs)
    return {
        "signs present, F1": signs.f1,
        "signs present, precision": signs.precision,
        "signs present, recall": signs.recall,
        "red flags, precision": flags.precision,
        "red flags, recall": flags.recall,
    }


def _without(got: set[str], want: Iterable[str], maybe: Iterable[str]) -> tuple[set[str], set[str]]:
    known = set(want)
    return known, got - OURS_ALONE - (set(maybe) - known)


def negation(pairs: Pairs) -> Figures:
    """Whether the given term reads as absent."""
    return {
        "patients' words": share(_denial_right(r, s) for r, s in pairs if r["subset"] == "patient_language"),
        "clinicians' notes": share(_denial_right(r, s) for r, s in pairs if r["subset"] != "patient_language"),
    }


def _denial_right(row: Row, said: Said) -> bool:
    """Past is as good as absent, as the labels know only absent and present."""
    return said.role in ("absent", "past") if row["label"] == "absent" else said.role != "absent"


def hypothetical(pairs: Pairs) -> Figures:
    """What is only advised or imagined is not present."""
    return {"not taken as present": share(said.role != "present" for _, said in pairs)}


def oos(pairs: Pairs) -> Figures:
    """Texts in which nothing may be found."""
    alarm = (bool(s.present or s.raised or s.crisis or s.intent == "emergency") for _, s in pairs)
    return {"false alarms": share(alarm)}


def yesno(pairs: Pairs) -> Figures:
    """Yes, no or unsure to a known question."""
    if all(said.answer is None for _, said in pairs):
        return {}
    right = [(row, said.answer == row["label"]) for row, said in pairs]
    return {
        "health questions": share(ok for row, ok in right if row["domain"] == "health"),
        "indirect answers (circa)": share(ok for row, ok in right if "circa_label" in row),
    }


def crisis(pairs: Pairs) -> Figures:
    """Self-harm found; false alarms where it is not, apart from distress, which may well be asked about."""
    return {
        "recall": share(said.crisis for row, said in pairs if row["crisis"]),
        "false alarms": share(s.crisis for row, s in pairs if not row["crisis"] and row.get("kind") != "distress"),
    }


def intents(pairs: Pairs) -> Figures:
    """The main purpose."""
    if all(said.intent is None for _, said in pairs):
        return {}
    return {"intent": share(said.intent == row["intent"] for row, said in pairs)}


# held-out sets -------------------------------------------------------------------------------------------------------


class RolePair(NamedTuple):
    """A labelled mention and the role that it was read with, None where it was not found."""

    kind: str
    id: str
    gold: str
    got: str | None

    @property
    def right(self) -> bool:
        """Whether the role is; what is over may as well be read as absent."""
        return self.got == self.gold or (self.gold == "past" and self.got == "absent")


def roles(row: Row, said: Said) -> Iterator[RolePair]:
    """Every labelled mention of a row with the role it was read with.

    Something read as present in one place is present for the product, whatever it is elsewhere in the message; only a
    message that is labelled with several roles of it is compared role by role.
    """
    for kind, gold, read in (
        ("sign", [(m["sign"], m["role"]) for m in row.get("mentions", ())], list(said.signs)),
        ("flag", [(m["flag"], m["role"]) for m in row["red_flag_mentions"]], [(f, r) for f, r, _ in said.flags]),
    ):
        for name, wanted in gold:
            got = [role for other, role in read if other == name]
            several = len({role for other, role in gold if other == name}) > 1
            yield RolePair(kind, name, wanted, _settled(got, wanted, several))


def _settled(got: Sequence[str], wanted: str, several: bool) -> str | None:
    if not got:
        return None
    if "present" in got and not several:
        return "present"
    good = [role for role in got if role == wanted or (wanted == "past" and role == "absent")]
    return (good or list(got))[0]


def heldout_signs(pairs: Pairs) -> Figures:
    """Signs with their roles."""
    rows = present_signs(pairs)
    signs = found(rows)
    mentions = [pair for row, said in pairs for pair in roles(row, said) if pair.kind == "sign"]
    return {
        "role, mentions found": share(pair.right for pair in mentions if pair.got),
        "role, all mentions": share(pair.right for pair in mentions),
        "signs present, F1": signs.f1,
        "signs present, precision": signs.precision,
        "signs present, recall": signs.recall,
        "lowest recall of a sign": lowest(recall_by_id(rows)),
        "rows without a red flag on which one is raised": _false_flags(pairs),
    }


def present_signs(pairs: Pairs) -> list[tuple[set[str], set[str]]]:
    """Signs there and found, by row."""
    return [({m["sign"] for m in row["mentions"] if m["role"] == "present"}, s.present) for row, s in pairs]


def heldout_flags(pairs: Pairs) -> Figures:
    """Red flags raised, missed and raised in vain."""
    rows = present_flags(pairs)
    missed = [flag in said.asked for row, said in pairs for flag in set(row["red_flags"]) - said.raised]
    wanted = sum(len(want) for want, _ in rows)
    mentions = [pair for row, said in pairs for pair in roles(row, said)]
    quiet = [(row, said) for row, said in pairs if not row["red_flags"]]
    return {
        "role, mentions found": share(pair.right for pair in mentions if pair.got),
        "role, all mentions": share(pair.right for pair in mentions),
        "red flags, recall": found(rows).recall,
        "lowest recall of a red flag": lowest(recall_by_id(rows)),
        "missed red flags that are asked about": share(missed),
        "red flags raised or asked about": Share(wanted - len(missed) + sum(missed), wanted),
        "rows without a red flag on which one is raised": _false_flags(pairs),
        "rows without a red flag on which one is only asked about": share(
            bool(said.asked - said.raised) and not _extra(row, said) for row, said in quiet
        ),
    }


def present_flags(pairs: Pairs) -> list[tuple[set[str], set[str]]]:
    """Red flags there and raised, by row."""
    return [(set(row["red_flags"]), said.raised) for row, said in pairs]


def _false_flags(pairs: Pairs) -> Share:
    return share(bool(_extra(row, said)) for row, said in pairs if not row["red_flags"])


def _extra(row: Row, said: Said) -> set[str]:
    return said.raised - set(row["red_flags"]) - {ALLOWED_FLAGS.get(row["id"], "")}


def heldout_roles(pairs: Pairs) -> Figures:
    """Roles over the mentions of signs and red flags of both files."""
    mentions = [pair for row, said in pairs for pair in roles(row, said)]
    return {
        "role, mentions found": share(pair.right for pair in mentions if pair.got),
        "role, all mentions": share(pair.right for pair in mentions),
    }


MEASURES: dict[str, Callable[[Pairs], Figures]] = {
    "eval/lay_symptoms": lay_symptoms,
    "eval/negation": negation,
    "eval/hypothetical": hypothetical,
    "eval/oos": oos,
    "eval/yesno": yesno,
    "eval/crisis": crisis,
    "eval/chat_intents": intents,
    "heldout/signs": heldout_signs,
    "heldout/flags": heldout_flags,
    "heldout/crisis": crisis,
    "heldout/intents": intents,
}


# misses --------------------------------------------------------------------------------------------------------------


class Miss(NamedTuple):
    """Something read wrongly; the lower `weight`, the worse."""

    weight: int
    set: str
    id: str
    what: str


def misses(name: str, pairs: Pairs) -> Iterator[Miss]:
    """What was read wrongly in a set, by what it could cost a person: a crisis first, then red flags, then signs."""
    for row, said in pairs:
        for weight, what in _wrong(name, row, said):
            yield Miss(weight, name, str(row["id"]), what)


def _wrong(name: str, row: Row, said: Said) -> Iterator[tuple[int, str]]:
    if "crisis" in row:
        if row["crisis"] != said.crisis:
            yield (0, "crisis not seen") if row["crisis"] else (3, "no crisis")
    elif "red_flags" in row:
        yield from _wrong_flags(row, said)
        yield from _wrong_signs(row, said)
    elif "intent" in row:
        if said.intent != row["intent"]:
            yield 9, f"{row['intent']}, read {said.intent}"
    else:
        yield from _wrong_answers(name, row, said)


def _wrong_answers(name: str, row: Row, said: Said) -> Iterator[tuple[int, str]]:
    if name == "eval/oos" and (said.present or said.raised or said.crisis):
        yield 4, f"nothing there, read {', '.join(sorted(said.present | said.raised)) or 'crisis'}"
    elif name == "eval/negation" and not _denial_right(row, said):
        yield 7, f"{row['label']}, read {said.role}"
    elif name == "eval/hypothetical" and said.role == "present":
        yield 7, "only imagined, read present"
    elif name == "eval/yesno" and row["domain"] == "health" and said.answer != row["label"]:
        yield 8, f"{row['label']}, read {said.answer}"


def _wrong_flags(row: Row, said: Said) -> Iterator[tuple[int, str]]:
    allowed = {*row.get("maybe_red_flags", ()), ALLOWED_FLAGS.get(row["id"], "")}
    if "maybe_red_flags" in row:
        allowed |= OURS_ALONE
    for flag in sorted(set(row["red_flags"]) - said.raised):
        yield (2, f"{flag} only asked about") if flag in said.asked else (1, f"{flag} not seen")
    for flag in sorted(said.raised - set(row["red_flags"]) - allowed):
        yield 4, f"{flag} raised in vain"


def _wrong_signs(row: Row, said: Said) -> Iterator[tuple[int, str]]:
    if "mentions" in row:
        want, maybe = {m["sign"] for m in row["mentions"] if m["role"] == "present"}, set[str]()
    elif "signs" in row:
        want, maybe = set(row["signs"]), set(row["maybe"]) | OURS_ALONE
    else:
        return  # a set of red flags alone
    for sign in sorted(want - said.present):
        yield 5, f"{sign} not seen as present"
    for sign in sorted(said.present - want - maybe):
        yield 6, f"{sign} present in vain"
