"""Which red flags one message raises: a pure reading of what was understood and of temperatures.

Where the fever rule comes from stands in `content/urgency.yml` with its sources. Nothing is rounded, and a reading
counts also when a medicine brought the fever down since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clinical.state import Reading
from bot.clinical.understanding import Understanding
from bot.content.schema import FeverRule

#: What a reading can be counted as; `earlier` is noted but is not a flag now.
RECENT = ("now", "last_24h", None)


@dataclass(frozen=True)
class Alerts:
    """What must be dealt with before anything else. Ids in the order of the text, each once."""

    present: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    other: tuple[str, ...] = ()  # somebody else's
    emergency: bool = False  # the wish for an ambulance in words

    def __bool__(self) -> bool:
        return bool(self.present or self.unclear or self.other or self.emergency)


def reading_flag(reading: Reading, rule: FeverRule) -> str | None:
    """fever_38 at or above `raised_c`, low_temperature below `low_c`, else None; old or implausible: None."""
    if reading.when not in RECENT or not is_plausible(reading.c, rule):
        return None
    if reading.c >= rule.raised_c:
        return "fever_38"
    return "low_temperature" if reading.c < rule.low_c else None


def is_fresh(reading: Reading, now: str | None, rule: FeverRule) -> bool:
    """Whether a reading says something of the present: recent when told, and told less than the rule's hours ago."""
    if reading.when not in RECENT:
        return False
    if reading.at is None or now is None:
        return True
    return datetime.fromisoformat(now) - datetime.fromisoformat(reading.at) < timedelta(hours=rule.hours)


def stricter(rule: FeverRule, raised_c: float | None, low_c: float | None) -> FeverRule:
    """The rule with a site's own thresholds; which of them a site may set is checked when it is loaded."""
    changes = {name: value for name, value in (("raised_c", raised_c), ("low_c", low_c)) if value is not None}
    return rule.model_copy(update=changes)


def is_plausible(celsius: float, rule: FeverRule) -> bool:
    """Whether a thermometer could have shown this on a living person; otherwise the chat asks again."""
    low, high = rule.plausible_c
    return low <= celsius <= high


def alerts(understanding: Understanding, rule: FeverRule) -> Alerts:
    """The red flags of one message. An intent of crisis counts as self_harm, also without words that matched."""
    mentions = understanding.red_flag_mentions
    present = [m.flag for m in mentions if m.role == "present" and not m.unclear]
    readings = [Reading(t.c, t.when, t.words) for t in understanding.temperatures]
    present += [flag for flag in (reading_flag(r, rule) for r in readings) if flag]
    other = [m.flag for m in mentions if m.role == "other"]
    if understanding.intent == "crisis" and "self_harm" not in other:
        present.append("self_harm")
    # "Not sure if it was a fit" must not pass for a question about fits, which is answered and raises nothing; nor
    # may what is only guessed to be a question.
    asks = not understanding.is_guess and (understanding.intent.startswith("ask_") or understanding.intent == "why_ask")
    # Whoever asks what to do about such thoughts, or how much would kill, may have them: asking back does no harm
    # (nidirect, "Mental health emergency"; devon.gov.uk, "Suicide awareness").
    doubtful = [m.flag for m in mentions if m.unclear or (m.role == "question" and (not asks or m.flag == "self_harm"))]
    unclear = [flag for flag in doubtful if flag not in present]
    return Alerts(
        present=tuple(dict.fromkeys(present)),
        unclear=tuple(dict.fromkeys(unclear)),
        other=tuple(dict.fromkeys(f for f in other if f not in present)),
        emergency=understanding.intent == "emergency",
    )
