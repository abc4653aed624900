"""Body temperatures, as people write them.

A number is a temperature only with a reason: a degree sign or unit, a word such as "temp" close by, a decimal in
the range of a living body, or the temperature question on screen. Weights, ages, pulses, prices and times are
never read as one. Fahrenheit is converted without rounding (content shows one decimal; thresholds use this value).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.clinical.understanding import Temperature
from bot.nlp.numbers import TENS, UNITS
from bot.nlp.tokens import Token

#: What a thermometer can show of a living person, in degrees Celsius; outside is another kind of number.
LOWEST_C, HIGHEST_C = 30.0, 43.5
#: More readings than this in one message are no report of a person.
MOST_READINGS = 12
_AROUND = 120

_FRACTIONS = {"half": 0.5, "quarter": 0.25}
_NEAR = {
    "temp",
    "temperature",
    "temperatur",
    "fever",
    "thermometer",
    "febrile",
    "feverish",
    "degree",
    "reading",
    "read",
    "spike",
    "tympanic",
    "rigor",
    "hypothermic",
}
_NEVER_AFTER = re.compile(
    r"^\s*(?:-\s*)?(?:kg|kgs|kilos?|lbs?|pounds?|st\b|stones?|years?|yrs?|y/?o\b|yo\b|months?|weeks?|"
    r"days?|hours?|hrs?|mins?|minutes?|secs?|"
    r"bpm|beats|mg|mcg|ug|ml|mls|g\b|grams?|%|percent|per\s?cent|am\b|pm\b|km|miles?|cm|mm\b|metres?|"
    r"meters?|feet|ft|times|people|"
    r"tablets?|pills?|units?|p\b|quid|dollars?|euros?|rupees|/\s*\d|th\b|st\b|nd\b|rd\b|x\s*10|mmol|g/l|"
    r"litres?|liters?|steps|pages?|bites?|fm\b|odd\b|a\s+minute|per\s+minute|to\s+the\s+minute|"
    r"(?:degrees?|°\s?c?|c)?\s*(?:outside|in\s+the\s+shade))(?![a-z])",
    re.IGNORECASE,
)
_NEVER_BEFORE = re.compile(
    r"(?:[£$€₹#]\s*|/|\b(?:pulse|breathing|waist|heart\s?rate|hr|sats?|spo2|oxygen|o2|weigh(?:s|ed|ing|t)?|hb|"
    r"ha?emoglobin|platelets?|neutrophils?|wbc|count|crp|"
    r"aged?|bp|blood\s+pressure|pressure|bed|ward|room|bus|size|row|page|chapter|number|no\.|flat|"
    r"apartment|house|highway|route|step|day|week|cycle|"
    r"ferritin|creatinine|sugar|glucose|bmi|score|born|since|at\s+age|rate|lost|gained|turned|"
    r"turning)\s*(?:is|was|are|of|at|about|around|=|:)?\s*)$",
    re.IGNORECASE,
)
_NOT_OF_A_BODY = re.compile(
    r"\b(?:weather|outside|oven|fridge|freezer|forecast|bath\s?water|room\s+temp\w*|the\s+room|pool|sea|"
    r"sunny|in\s+the\s+shade|summer\s+day|heatwave|cpu|engine|aircon\w*|thermostat|heating\s+(?:is|at|set))\b",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"^\s*(?:(?:degrees?|degs?|deg\.?|[°º]|o(?!f\b))\s*)?(?P<unit>celsius|centigrade|c\b|fahrenheit|farenheit|"
    r"fahrenheight|f\b)",
    re.IGNORECASE,
)
_DEGREES = re.compile(r"^\s*(?:degrees?|degs?\b|°|º|celsius|centigrade|fahrenheit|point)", re.IGNORECASE)
#: What shows or follows a reading without a unit: "the stick says 101", "39 flat", "38 on the dot".
_SHOWN = re.compile(
    r"\b(?:thermometer|stick|strip|gun|wand|probe|display|screen|digital|tympanic|glass|monitor|patch|braun)\s+"
    r"(?:thing\s+)?(?:says?|said|reads?|shows?|showed|beeps?|beeped|showing|reading|was|is)\s*$|"
    r"\b(?:burning\s+up|boiling|roasting|baking|spiking|spiked|spikes|running)\s*(?:at|on|to|of)?\s*$",
    re.IGNORECASE,
)
_EXACTLY = re.compile(
    r"^\s*(?:flat\b|dead\b|on\s+the\s+(?:dot|nose|button)|plus\b|and\s+(?:a\s+bit|rising|climbing)|something\b)",
    re.IGNORECASE,
)
_LAST_24H = re.compile(
    r"\b(?:was|had been|earlier|this morning|last night|yesterday|overnight|(?:an?|one|two|three|four|"
    r"five|six|\d{1,2}) (?:hours?|hrs?|minutes?|mins?) ago|"
    r"before|at first|peaked|up to|went up to|got to|hit|at \d{1,2}\s?(?:am|pm))\b",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\b(?:last (?:week|month|year|time|monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend)|"
    r"(?:two|three|four|five|six|seven|\d{1,2}|a few|few|couple of) (?:days|weeks|months|years) ago|"
    r"(?:a|one) (?:week|month|year) ago|the other (?:day|week)|when i was (?:diagnosed|on chemo|"
    r"in hospital)|during chemo|on (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|"
    r"back in|years ago|months ago|weeks ago|in (?:19|20)\d\d|in (?:january|february|march|april|june|july|august|"
    r"september|october|november|december|spring|lockdown)|last (?:winter|summer|spring|autumn|christmas)|"
    r"(?:two|three|four|five|six|\d{1,2}) (?:years|summers|winters|months|weeks) (?:ago|back)|as a (?:baby|child|kid)|"
    r"during (?:my|his|her|the)? ?(?:first|second|third|last)? ?(?:chemo|round|cycle|treatment|transplant|infusion)|"
    r"(?:was|were|hit|had|went|got|reached|down to|up to)\b[^,;.]{0,40}\b(?:on the (?:transplant )?ward|in hospital|"
    r"in intensive care|in icu|neutropenic days)|on day \d{1,2} of|before (?:diagnosis|i was diagnosed)|"
    r"when (?:i|he|she) had the)\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:now|just now|right now|currently|at the moment|just took|just taken|is|its|it's|today|still|"
    r"reads|says|down to|back to|come down)\b",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:if|over|above|below|under|when(?:ever)?|more than|less than|reaches|goes|gets|what|should|"
    r"normal(?:ly)? is|higher than)\b",
    re.IGNORECASE,
)


def temperatures(text: str, tokens: Sequence[Token], asked: bool = False) -> list[tuple[Temperature, int, int]]:
    """Readings in the order of the text, each with its place (code points of the raw text).

    `asked` is True when the temperature question is on screen, so that a bare "38" or "101" is an answer.
    """
    if _NOT_OF_A_BODY.search(text) and not re.search(r"\b(?:my|his|her)\s+(?:temp|fever)", text, re.IGNORECASE):
        return []
    found: list[tuple[Temperature, int, int]] = []
    for value, start, end, decimal in _numbers(tokens):
        if len(found) == MOST_READINGS:
            break
        reading = _read(text, tokens, value, start, end, decimal, asked)
        if reading is not None:
            unit = None if _UNIT.match(text, end) else _UNIT.match(text[end : end + 16])
            stop = end + unit.end() if unit else end
            found.append((Temperature(reading, _when(text, start, stop), text[start:stop]), start, stop))
    return found


def _numbers(tokens: Sequence[Token]) -> list[tuple[float, int, int, bool]]:
    """(value, start, end, has decimals) of every number in figures or words that could be a reading."""
    numbers: list[tuple[float, int, int, bool]] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.norm[0].isdigit():
            value, last, decimal = _figures(tokens, i)
        else:
            value, last, decimal = _spelled(tokens, i)
        if value is None:
            i += 1
            continue
        numbers.append((value, token.start, tokens[last].end, decimal))
        i = last + 1
    return numbers


def _figures(tokens: Sequence[Token], i: int) -> tuple[float | None, int, bool]:
    raw = tokens[i].norm.rstrip("\u00ba\u00b0o").replace(",", ".").replace("\u00b7", ".")
    try:
        value = float(raw)
    except ValueError:
        return None, i, False
    decimal = "." in raw
    last = i
    if decimal and len(raw.split(".")[1]) > 2:
        return None, i, False
    if not decimal and i + 2 < len(tokens) and tokens[i + 1].norm == "point":
        fraction = _digit(tokens[i + 2].norm)
        if fraction is not None:
            return value + fraction / 10, i + 2, True
    extra = _and_a_half(tokens, i + 1)
    if extra and not decimal:
        return value + extra[0], extra[1], True
    if len(tokens) == 2 and not i and len(raw) == 2 and tokens[1].gap == " " and len(tokens[1].norm) == 1:
        fraction = _digit(tokens[1].norm)  # "37 6" and no other word
        if fraction is not None:
            return value + fraction / 10, 1, True
    return value, last, decimal


def _digit(norm: str) -> int | None:
    if norm.isdigit() and len(norm) == 1:
        return int(norm)
    value = UNITS.get(norm)
    return value if value is not None and value < 10 else None


def _and_a_half(tokens: Sequence[Token], i: int) -> tuple[float, int] | None:
    words = [t.norm for t in tokens[i : i + 3]]
    if len(words) == 3 and words[:2] == ["and", "a"] and words[2] in _FRACTIONS:
        return _FRACTIONS[words[2]], i + 2
    return None


def _spelled(tokens: Sequence[Token], i: int) -> tuple[float | None, int, bool]:
    norm = tokens[i].norm
    value: float | None = None
    last = i
    if norm in TENS:
        value = float(TENS[norm])
        if i + 1 < len(tokens) and 0 < UNITS.get(tokens[i + 1].norm, 0) < 10 and not tokens[i + 1].after_comma:
            value, last = value + UNITS[tokens[i + 1].norm], i + 1
    elif norm in ("hundred", "one", "a") and _is_hundred(tokens, i):
        value, last = 100.0, i if norm == "hundred" else i + 1
        skip = last + 1 + (last + 1 < len(tokens) and tokens[last + 1].norm == "and")
        if skip < len(tokens) and 0 < UNITS.get(tokens[skip].norm, 0) < 10:
            value, last = value + UNITS[tokens[skip].norm], skip
    if value is None or value < LOWEST_C:
        return None, i, False
    decimal = False
    if last + 2 < len(tokens) and tokens[last + 1].norm == "point":
        fraction = _digit(tokens[last + 2].norm)
        if fraction is not None:
            return value + fraction / 10, last + 2, True
    extra = _and_a_half(tokens, last + 1) or _read_out(tokens, last, value, last > i)
    if extra:
        return value + extra[0], extra[1], True
    return value, last, decimal


def _read_out(tokens: Sequence[Token], last: int, value: float, whole: bool) -> tuple[float, int] | None:
    """The tenths of a reading without its point, as people read it out: "thirty eight three"."""
    if not whole or not LOWEST_C < value <= HIGHEST_C or last + 1 >= len(tokens):
        return None
    then = tokens[last + 1]
    tenths = UNITS.get(then.norm, 10)
    return (tenths / 10, last + 1) if tenths < 10 and then.gap in (" ", "-") and then.norm not in ("o", "oh") else None


def _is_hundred(tokens: Sequence[Token], i: int) -> bool:
    return tokens[i].norm == "hundred" or (i + 1 < len(tokens) and tokens[i + 1].norm == "hundred")


def _read(
    text: str, tokens: Sequence[Token], value: float, start: int, end: int, decimal: bool, asked: bool
) -> float | None:
    """Degrees Celsius when this number is a body temperature, else None."""
    never = _NEVER_AFTER.match(text[end : end + 14]) or _NEVER_BEFORE.search(text[max(0, start - 24) : start])
    if never and not _UNIT.match(text[end : end + 16]):
        return None
    joined = start > 1 and text[start - 1] in "-/:.," and text[start - 2 : start - 1].isdigit()
    if (
        (start and text[start - 1] in "-/.,")
        or joined
        or (text[end : end + 1] in ("/", ":") and text[end + 1 : end + 2].isdigit())
    ):
        return None
    unit = _UNIT.match(text[end : end + 16])
    named = (
        _DEGREES.match(text[end : end + 12])
        or text[end - 1 : end] in "°º"
        or _word_near(tokens, start)
        or _SHOWN.search(text[max(0, start - 40) : start])
        or ((34.0 <= value <= 42.5 or 95.0 <= value <= 106.0) and _EXACTLY.match(text[end : end + 16]))
    )
    if not (unit or named or asked or decimal):
        return None
    letter = unit.group("unit")[0].lower() if unit else ""
    celsius = _convert(value, letter)
    if celsius is None or not LOWEST_C <= celsius <= HIGHEST_C:
        return None
    bare = not (unit or named or asked)
    if bare and not (34.0 <= value <= 42.5 or 94.0 <= value <= 108.0):
        return None
    return celsius


def _convert(value: float, letter: str) -> float | None:
    """The unit as written; a number that cannot be in that unit is read in the other (100.4 is not Celsius)."""
    as_f = round((value - 32) * 5 / 9, 4)
    if letter == "f":
        return value if LOWEST_C <= value <= HIGHEST_C else as_f
    if LOWEST_C <= value <= HIGHEST_C:
        return value
    return as_f if 90.0 <= value <= 111.0 else None


def _word_near(tokens: Sequence[Token], start: int) -> bool:
    place = next((i for i, t in enumerate(tokens) if t.end > start), None)
    if place is None:
        return False
    low = place
    while low > 0 and place - low < 6 and not (tokens[low].starts_sentence and "." in tokens[low].gap):
        low -= 1
    high = place + 1
    while high < len(tokens) and high - place < 5 and not tokens[high].starts_sentence:
        high += 1
    return any(t.stem in _NEAR for t in tokens[low:high])


def _when(text: str, start: int, end: int) -> str:
    clause_start = (
        max(text.rfind(mark, 0, start) for mark in (",", ";", ".", "\n", "!", "?", " but ", " now ", " then ")) + 1
    )
    stops = [
        p
        for p in (text.find(mark, end) for mark in (",", ";", ". ", "\n", "!", "?", " but ", " now ", " then "))
        if p >= 0
    ]
    clause = text[max(clause_start, start - _AROUND) : min([*stops, len(text), end + _AROUND])]
    lead = text[max(0, start - 6) : start].lower()
    if "now" in lead:
        return "now"
    if _EARLIER.search(clause):
        return "earlier"
    if _LAST_24H.search(clause):
        return "last_24h"
    return "now"


#: A limit that somebody set, and a reading that somebody took.
_THRESHOLD = re.compile(
    r"\b(?:says?|said|told|call|ring|fret|worry|come in|go in|leaflet|card|pamphlet|unless|anything|warned|watch for)\b"
    r".{0,40}\b(?:over|above|under|below|more than|less than|hits|reaches)\s*$",
    re.IGNORECASE,
)
_TAKEN = re.compile(
    r"\b(?:it'?s|it was|was|said it|it said|it read|it showed|i got|got|gave|came out|came up|took it|just took|now)\b",
    re.IGNORECASE,
)


def is_hypothetical(text: str, start: int) -> bool:
    """True when the words just before a reading only ask about it: "if it goes over 38"."""
    sentence = max(text.rfind(mark, 0, start) for mark in (".", "\n", "!", "?")) + 1
    before = text[sentence:start]
    if _THRESHOLD.search(before) and not _TAKEN.search(before):
        return True
    if not re.search(r"\bif\b", before, re.IGNORECASE) and _TAKEN.search(before):
        return False  # "when I took it it said 38.4"
    return bool(
        re.search(
            r"(?:^\s*(?:so |and |but )?(?:is|should|does)|"
            r"\b(?:if|when(?:ever)?|what|at what|above what|until|once))\b.*\b(?:over|above|"
            r"below|under|than|reach\w*|goes?|gets?|hits?|a|temp\w*|fever|it)\b",
            before,
            re.IGNORECASE,
        )
    ) and not re.search(
        r"\b(?:my|his|her)\b.{0,20}\b(?:is|was)\b|\b(?:it'?s|it was|temp is|reads|says)\b", before, re.IGNORECASE
    )
