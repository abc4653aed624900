"""What SAFETY.md demands, as a second implementation that knows nothing of `bot.clinical` or of `content/`.

`ROWS` are the hand-typed cases of `urgency_table.yml`. `demanded` works out the level for any person, from rules typed
here by hand; random walks are held against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from tests.support.core import Facts

TABLE = yaml.safe_load(Path(__file__).with_name("urgency_table.yml").read_text(encoding="utf-8"))
ORDER: list[str] = TABLE["order"]

EMERGENCIES = {
    "sepsis_look", "uncontrolled_bleeding", "severe_breathlessness", "chest_pain", "seizure", "collapse",
    "acute_confusion", "stroke_like", "spinal_cord", "allergic_reaction", "overdose", "self_harm",
}  # fmt: skip
NOW_FLAGS = {"fever_38", "low_temperature"}
BASE = {
    "soon": "fatigue dizziness pallor night_sweats weight_loss appetite_loss lumps abdominal_fullness bone_pain "
    "joint_muscle_pain cough headache low_mood",
    "today": "infections bruising petechiae bleeding back_pain breathlessness vision_problems balance_problems",
    "now": "fracture confusion",
    "emergency": "spinal_cord",
}
DETAILS = {
    "today": "nearly_fainting cannot_do_daily_things cannot_keep_food_down_a_day growing_over_days testicle around_eye "
    "wakes_at_night stops_walking strong new_lasting_days worse_lying_down with_vomiting vision_change cannot_cope "
    "not_sleeping_or_eating",
    "now": "spreading_hours keeps_coming_back heavy_period soaked_pads blood_in_urine_or_stool black_stool "
    "trouble_swallowing strong_or_sudden blood",
    "emergency": "cannot_stand bone_out_of_place worst_ever_sudden",
}
LEVEL_OF_SIGN = {sign: level for level, signs in BASE.items() for sign in signs.split()}
LEVEL_OF_DETAIL = {detail: level for level, details in DETAILS.items() for detail in details.split()}


#: The table of signs: "see red flags", "red flag", "spinal_cord", "stroke_like", "acute_confusion", "crisis".
FLAG_OF_DETAIL = {
    ("bleeding", "not_stopped"): "uncontrolled_bleeding",
    ("bleeding", "a_lot_of_blood"): "uncontrolled_bleeding",
    ("cough", "a_lot_of_blood"): "uncontrolled_bleeding",
    ("breathlessness", "at_rest"): "severe_breathlessness",
    ("breathlessness", "cannot_finish_sentence"): "severe_breathlessness",
    ("back_pain", "leg_weak_or_numb"): "spinal_cord",
    ("back_pain", "bladder_or_bowel"): "spinal_cord",
    ("vision_problems", "sudden"): "stroke_like",
    ("vision_problems", "one_sided"): "stroke_like",
    ("vision_problems", "speech_or_face"): "stroke_like",
    ("balance_problems", "sudden"): "stroke_like",
    ("balance_problems", "one_sided"): "stroke_like",
    ("balance_problems", "speech_or_face"): "stroke_like",
    ("confusion", "sudden"): "acute_confusion",
    ("low_mood", "self_harm"): "self_harm",
}


@dataclass(frozen=True)
class Row:
    """One case: the facts, and what is demanded."""

    name: str
    facts: Facts
    level: str
    crisis: bool = False
    leads: str | None = None


def _rows() -> Iterator[Row]:
    """Every case of the table, the grid of normal readings written out."""
    for row in TABLE["rows"]:
        yield Row(row["is"], _facts(row), row["level"], row.get("crisis", False), row.get("leads"))
    for sign in ("fever", "chills", "infections"):
        for medicine, by_treatment in TABLE["normal_reading"].items():
            for treatment, level in by_treatment.items():
                row = {"present": sign, "readings": "36.8", "medicines": medicine, "treatment": treatment}
                yield Row(f"{sign}, normal reading, {medicine}, treatment {treatment}", _facts(row), level)


def _facts(row: dict[str, Any]) -> Facts:
    def answer(name: str, usual: str) -> str | None:
        value = row.get(name, usual)
        return None if value == "unanswered" else value

    medicines = answer("medicines", "none")
    return Facts(
        present=dict(_sign(word) for word in row.get("present", "").split()),
        unsure=tuple(row.get("unsure", "").split()),
        past=tuple(row.get("past", "").split()),
        flags={flag: how or "present" for flag, _, how in (w.partition("=") for w in row.get("flags", "").split())},
        wish=row.get("wish"),
        readings=tuple(_reading(word) for word in row.get("readings", "").split()),
        medicines=(medicines,) if medicines else (),
        treatment=answer("treatment", "no"),
        worry=answer("worry", "not"),
        screens_answered=row.get("screens") != "unanswered",
    )


def _sign(word: str) -> tuple[str, tuple[tuple[str, ...], str]]:
    words, _, change = word.partition("@")
    sign, *details = words.split("+")
    return sign, (tuple(details), change or "new")


def _reading(word: str) -> tuple[float, str]:
    number, _, when = word.partition("@")
    celsius = (float(number[:-1]) - 32) * 5 / 9 if number.endswith("F") else float(number)
    return celsius, when or "now"


# the rules once more ----------------------------------------------------------------------------------------------


def most_urgent(levels: list[str]) -> str:
    """The highest of the levels wins."""
    return max(levels, key=ORDER.index)


def demanded(facts: Facts) -> str:
    """The level that SAFETY.md demands for these facts."""
    signs = {sign: _of_sign(sign, facts) for sign in facts.present}
    levels = ["keep", *signs.values(), *("soon" for _ in facts.unsure)]
    levels += [_of_flag(flag, how) for flag, how in facts.flags.items()]
    if facts.wish:
        levels.append("emergency" if facts.wish == "present" else "today")
    high = any(_counts(r) and (r[0] >= 37.5) for r in facts.readings)
    low = any(_counts(r) and (r[0] < 36.0) for r in facts.readings)
    if (high and facts.flags.get("fever_38") != "withdrawn") or (
        low and facts.flags.get("low_temperature") != "withdrawn"
    ):
        levels.append("now")
    new = [
        s for s, level in signs.items() if level == "soon" and s != "low_mood" and _new_or_worse(facts.present[s][1])
    ]
    if len(new) >= 2:
        levels.append("today")
    if not facts.screens_answered:
        levels.append("soon")
    level = most_urgent(levels)
    return {"keep": "soon", "soon": "today"}.get(level, level) if facts.worry == "very" else level


def with_flags_of_details(facts: Facts) -> Facts:
    """The facts with the red flags that ticked details are."""
    ticked = [(sign, detail) for sign, (details, _) in facts.present.items() for detail in details]
    flags = {FLAG_OF_DETAIL[one]: "present" for one in ticked if one in FLAG_OF_DETAIL}
    return replace(facts, flags={**facts.flags, **flags})


def _new_or_worse(change: str | None) -> bool:
    return change not in ("same", "better", "usual")


def _counts(reading: tuple[float, str | None]) -> bool:
    """Of the last 24 hours, and such as a thermometer can show."""
    return reading[1] != "earlier" and 30 <= reading[0] <= 43.5


def _of_flag(flag: str, how: str) -> str:
    if how == "withdrawn":
        return "today"
    assert flag in EMERGENCIES | NOW_FLAGS, flag
    return "emergency" if flag in EMERGENCIES else "now"


def _of_sign(sign: str, facts: Facts) -> str:
    details, change = facts.present[sign]
    there = set(facts.present)
    levels = [LEVEL_OF_DETAIL[d] for d in details if d in LEVEL_OF_DETAIL]
    if sign in ("fever", "chills"):
        levels.append("now" if {"fever", "chills"} <= there else _by_reading(facts))
    else:
        base = LEVEL_OF_SIGN[sign]
        levels.append("soon" if change == "usual" and base != "now" else base)
    if sign == "infections" and any(_counts(r) for r in facts.readings):
        levels.append(_by_reading(facts))
    if sign in ("fatigue", "dizziness", "pallor") and there & {"breathlessness", "bleeding"}:
        levels.append("today")
    if sign in ("bruising", "petechiae") and "bleeding" in there:
        levels.append("now")
    if sign == "headache" and "vision_problems" in there:
        levels.append("today")
    return most_urgent(levels)


def _by_reading(facts: Facts) -> str:
    recent = [c for c, when in facts.readings if _counts((c, when))]
    if not recent or max(recent) >= 37.5 or min(recent) < 36:
        return "now"
    may_be_hidden = facts.medicines != ("none",) and facts.treatment not in ("earlier", "no")
    return "now" if may_be_hidden else "today"


ROWS = tuple(_rows())
