"""Plain names of each sign and red flag, as somebody would list them who had only the label schema.

The word list reads messages with these alone, medspaCy takes them as its targets, and the starter pipeline falls back
to them where it marks words that it has no synonym for. They are deliberately not the words of `content/`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

SIGNS: dict[str, tuple[str, ...]] = {
    "fatigue": ("tired", "tiredness", "fatigue", "exhausted", "exhaustion", "no energy", "weakness", "worn out"),
    "dizziness": ("dizzy", "dizziness", "light-headed", "lightheaded", "light headed", "faint", "vertigo"),
    "pallor": ("pale", "pallor", "washed out", "washed-out", "yellowish skin", "sallow", "jaundice"),
    "infections": ("infection", "infections", "keeps coming back", "recurrent infections", "pneumonia", "uti"),
    "fever": ("fever", "fevers", "feverish", "temperature", "high temperature", "febrile"),
    "chills": ("chills", "shivering", "shivers", "rigors", "shaking with cold"),
    "night_sweats": ("night sweats", "night sweat", "sweating at night", "drenched in sweat", "soaked sheets"),
    "weight_loss": ("weight loss", "losing weight", "lost weight", "lose weight", "clothes are loose"),
    "appetite_loss": ("no appetite", "loss of appetite", "poor appetite", "not hungry", "off food", "not eating"),
    "bruising": ("bruise", "bruises", "bruising", "bruised", "black and blue"),
    "bleeding": ("bleeding", "bleed", "bleeds", "nosebleed", "nosebleeds", "heavy periods", "blood"),
    "petechiae": ("petechiae", "red spots", "purple spots", "pinpoint spots", "tiny spots", "red dots"),
    "lumps": ("lump", "lumps", "swollen glands", "swollen lymph nodes", "swollen gland", "swelling in neck"),
    "abdominal_fullness": ("stomach pain", "belly pain", "abdominal pain", "bloated", "swollen belly", "full quickly"),
    "bone_pain": ("bone pain", "bones hurt", "bones ache", "aching bones", "pain in bones", "sore bones"),
    "joint_muscle_pain": ("joint pain", "muscle pain", "muscle aches", "aching joints", "joints hurt", "sore muscles"),
    "fracture": ("fracture", "fractured", "broken bone", "broke a bone", "broken wrist", "broken hip"),
    "spinal_cord": ("numb legs", "leg weakness", "cannot control bladder", "lost bladder control", "saddle numbness"),
    "back_pain": ("back pain", "backache", "back ache", "sore back", "back hurts", "bad back"),
    "breathlessness": ("breathless", "short of breath", "shortness of breath", "out of breath", "breathlessness"),
    "cough": ("cough", "coughs", "coughing", "coughed"),
    "headache": ("headache", "headaches", "head hurts", "migraine", "sore head"),
    "vision_problems": ("blurred vision", "blurry vision", "double vision", "lost vision", "blurry", "cannot see"),
    "confusion": ("confused", "confusion", "disoriented", "not making sense", "muddled"),
    "balance_problems": ("unsteady", "poor balance", "off balance", "balance problems", "clumsy", "stumbling"),
    "low_mood": ("depressed", "low mood", "hopeless", "anxious", "feeling down", "crying"),
}
FLAGS: dict[str, tuple[str, ...]] = {
    "fever_38": (
        "high fever",
        "fever of 38",
        "temperature of 38",
        "temperature is 38",
        "fever and chills",
        "fever of 39",
    ),
    "low_temperature": ("low temperature", "temperature of 35", "temperature is 35", "hypothermia", "too cold"),
    "sepsis_look": ("sepsis", "mottled skin", "blotchy skin", "blue lips", "clammy", "rash that does not fade"),
    "uncontrolled_bleeding": ("bleeding will not stop", "won't stop bleeding", "vomiting blood", "a lot of blood"),
    "severe_breathlessness": (
        "cannot breathe",
        "can't breathe",
        "struggling to breathe",
        "gasping",
        "breathless at rest",
    ),
    "chest_pain": ("chest pain", "chest pains", "chest pressure", "chest tightness", "tight chest", "pain in my chest"),
    "seizure": ("seizure", "seizures", "having a fit", "had a fit", "convulsion", "convulsions"),
    "collapse": ("collapsed", "passed out", "unconscious", "unresponsive", "cannot be woken", "fainted", "blacked out"),
    "acute_confusion": ("suddenly confused", "sudden confusion", "not making sense", "delirious", "talking nonsense"),
    "stroke_like": (
        "face droop",
        "face drooping",
        "slurred speech",
        "one-sided weakness",
        "sudden loss of vision",
        "stroke",
    ),
    "spinal_cord": ("numb legs", "leg weakness", "cannot control bladder", "lost bladder control", "saddle numbness"),
    "allergic_reaction": (
        "allergic reaction",
        "anaphylaxis",
        "throat swelling",
        "swollen tongue",
        "swollen face",
        "hives",
    ),
    "overdose": ("overdose", "overdosed", "double dose", "too many tablets", "too many pills", "took too much"),
    "self_harm": ("suicide", "suicidal", "kill myself", "self-harm", "self harm", "want to die", "end my life"),
}


class Named(NamedTuple):
    """A plain name found in a text; `kind` is sign or flag."""

    kind: str
    id: str
    start: int
    end: int


def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + r")\b", re.IGNORECASE)


_PATTERNS = [("sign", name, _pattern(words)) for name, words in SIGNS.items()]
_PATTERNS += [("flag", name, _pattern(words)) for name, words in FLAGS.items()]


def named(text: str) -> list[Named]:
    """Every name in a text, signs before flags."""
    text = text.replace("’", "'")
    return [Named(kind, name, m.start(), m.end()) for kind, name, find in _PATTERNS for m in find.finditer(text)]
