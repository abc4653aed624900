"""How hard a screen is to read, and whether each voice is written for its reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import textstat

from bot.content.faults import Fault
from bot.content.loader import Content
from bot.content.schema import VOICES, Text

#: Flesch-Kincaid grade that no screen may pass (SAFETY, "Wording": reading age 9 to 11).
MAX_GRADE = 6.0

#: Names that a reader of this chat has from their own letters and packets, or that are printed on what they hold. They
#: are long, but a plainer word would not be the name. Nothing else is neutralised: not "emergency" or "temperature".
NAMES = re.compile(
    r"\b(?:(?:acute|chronic) )?(?:(?:lymphoblastic|myeloid|lymphocytic) )?(?:leuk(?:ae|e)mia|lymphoma|myeloma)s?\b"
    r"|\b(?:non-)?Hodgkin\b"
    r"|\bCAR-T\b|\bMRD\b|\b(?:minimal|measurable) residual disease\b"
    r"|\b(?:paracetamol|ibuprofen|prednisolone|dexamethasone|Tylenol|Panadol)\b"
    r"|\b(?:Leukaemia Foundation|Seattle Children's|GetWellGo|Blood Cancer UK"
    r"|findahelpline\.com|Celsius|Fahrenheit|DRAFT)\b"
    r"|\b(?:relapse|refractory|remission|recurrence|palliative care|salvage therapy|targeted therapy|clinical trial)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b\d[\d.,\-]*(?: ?\u00b0?[CF]\b)?")
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")

#: Utterances that are a name, a heading or a line to tick: read as part of a screen, never alone.
_FRAGMENT = re.compile(
    r"sign_.+_(label|choice)|sign_.+_detail_.+|flag_.+_(label|choice)|step_.+_(choice|help)_.+|topic_.+_label|line_.+"
    r"|(choice|name|contact|hours|summary)_\w+|level_\w+_title|reminder_title|list_and|review_change"
)


@dataclass(frozen=True)
class Screen:
    """What stands together before the reader: one text, or a question with its choices."""

    id: str
    file: str
    key: str
    texts: tuple[Text, ...]

    def in_voice(self, voice: str) -> str:
        """The screen as one text; each line ends a sentence, as it does for the eye."""
        return "\n".join(text.in_voice(voice) for text in self.texts)


def screens(content: Content) -> Iterator[Screen]:
    """Every screen of the chat."""
    for utterance in content.utterances.values():
        if not _FRAGMENT.fullmatch(utterance.id) or utterance.text.in_voice("plain").rstrip().endswith("."):
            yield Screen(utterance.id, utterance.file, utterance.key, (utterance.text,))
    for step in content.steps.values():
        labels = [c.label for c in step.choices] + [
            content.red_flags[f].choice for f in step.flags if f in content.red_flags
        ]
        labels += [content.signs[s].choice for s in step.signs if s in content.signs]
        labels += [t.label for t in content.topics.values() if t.listed] if step.id == "topics" else []
        yield Screen(f"step {step.id}", "steps.yml", f"flow.steps.{step.id}", (step.question, *labels))
    for sign in content.signs.values():
        if sign.detail:
            texts = (sign.detail.question, *(option.label for option in sign.detail.options))
            yield Screen(f"detail of {sign.id}", f"signs/{sign.id}.yml", "sign.detail", texts)


@lru_cache(maxsize=16384)
def grade(text: str) -> float:
    """The Flesch-Kincaid grade, with names of diseases, placeholders and numbers neutralised."""
    neutral = _NUMBER.sub("ten", _PLACEHOLDER.sub("name", NAMES.sub("name", text)))
    lines = (line.strip().removeprefix("- ") for line in neutral.splitlines())
    whole = "\n".join(line if re.search(r"[.?!]$", line) else f"{line.rstrip(':')}." for line in lines if line)
    return float(textstat.flesch_kincaid_grade(whole))


def check_grades(content: Content) -> Iterator[Fault]:
    """No screen, in any voice, is above grade 6."""
    for screen in screens(content):
        found = {voice: grade(screen.in_voice(voice)) for voice in VOICES}
        hard = {voice: g for voice, g in found.items() if g > MAX_GRADE}
        if hard:
            shown = ", ".join(f"{voice} {g:.1f}" for voice, g in hard.items())
            yield Fault(
                screen.file,
                screen.key,
                f"reads at grade {shown}; at most {MAX_GRADE:g}.",
                "Use shorter sentences and shorter words.",
            )


# voices -------------------------------------------------------------------------------------------------------------

_PATIENT = re.compile(
    r"\b(?:the person you care for|your child|the child|the person|your|yours|yourself|you|they|them|their|theirs"
    r"|themselves|he|she|his|her|my|me|I)(?:'s)?\b"
)
_VERBS = {"does": "do", "has": "have", "had": "have", "is": "are", "was": "were"}


def skeleton(text: str) -> list[str]:
    """A text without who it speaks of: pronouns, articles and the endings that go with them are taken out."""
    bare = _PATIENT.sub(
        " ", re.sub(r"(?i)^(your|you|their|they)", lambda m: m.group().lower(), text.replace("\u2019", "'"))
    )
    words = (_VERBS.get(word, word) for word in re.findall(r"[a-z']+", bare.lower()))
    return [
        word.removesuffix("s") if len(word) > 3 else word
        for word in words
        if word not in ("the", "a", "an", "of", "do", "are", "have")
    ]


def check_voices(content: Content) -> Iterator[Fault]:
    """The questions of signs and red flags are written for carer and parent, not the self voice with other pronouns."""
    for utterance in content.utterances.values():
        text = utterance.text
        if re.fullmatch(r"sign_.+_question", utterance.id) or re.fullmatch(r"flag_.+_question", utterance.id):
            for voice in ("carer", "parent"):
                if skeleton(text.in_voice(voice)) == skeleton(text.in_voice("self")):
                    problem = f"the {voice} voice is the self voice with other pronouns."
                    yield Fault(
                        utterance.file,
                        f"{utterance.key}.{voice}",
                        problem,
                        "Say what this reader can see, hear or ask.",
                    )
        elif not text.varies and _speaks_of_patient(utterance.id, text):
            problem = "speaks of the patient's body, but has one text for all voices."
            yield Fault(utterance.file, utterance.key, problem, "Write self, carer, parent and plain.")
        for voice in ("carer", "parent", "plain"):
            wrong = re.search(_WRONG[voice], text.in_voice(voice), re.IGNORECASE)
            if text.varies and wrong:
                problem = f"the {voice} voice speaks to another reader: `{wrong.group()}`."
                yield Fault(utterance.file, f"{utterance.key}.{voice}", problem, "Write it for this reader.")


_BODY = (
    r"\byour (?:body|skin|child|face|head|legs?|arms?|chest|belly|back|bones?|joints?|cancer|treatment|blood|signs?)\b"
    r"|\bdo you (?:have|feel)\b"
)
_WRONG = {
    "carer": r"\byour child\b|\bdo you have\b|\bdo you feel\b",
    "parent": r"\bthe person you care for\b|\bdo you have\b|\bdo you feel\b",
    "plain": r"\byour child\b|\bthe person you care for\b",
}


def _speaks_of_patient(id_: str, text: Text) -> bool:
    return not id_.startswith(("topic_", "line_")) and bool(re.search(_BODY, text.self_, re.IGNORECASE))
