"""Reads a sentence for what the bot must never do: diagnose, reassure, promise, predict, dose or score.

The rules are patterns, each with a name and the reason why such words are dangerous here. They are stricter than a
human reader: a sentence that they stop is reworded, not excused. They know only what they were written for, so they do
not replace the clinician who signs. What a sentence says the bot can *not* do is let through by its grammar
(`_is_disclaimer`), never by a list of sentences. Source of the rules: SAFETY, "Urgency" and "Wording".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

KINDS = ("diagnosing", "reassuring", "promising", "predicting", "dosing", "scoring")

#: The rules, beside this module: data, so that they can be read in one go.
RULES_FILE = Path(__file__).with_name("language_rules.yml")


@dataclass(frozen=True)
class Rule:
    """One thing not to say. `statement_only`: a question or an "if" with the same words is harmless."""

    kind: str
    name: str
    reason: str
    pattern: re.Pattern[str]
    statement_only: bool = False


@dataclass(frozen=True)
class Hit:
    """Words of a sentence that a rule stops."""

    rule: Rule
    words: str
    sentence: str


def load_rules(file: Path = RULES_FILE) -> tuple[Rule, ...]:
    """The rules of the file, in its order.

    Raises:
        KeyError: a rule lacks a part, or a pattern names a block that is not there.
    """
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    blocks = data["blocks"]

    def fill(pattern: str) -> str:
        return re.sub(r"\{([A-Z]+)\}", lambda match: blocks[match.group(1)], pattern)

    return tuple(
        Rule(
            rule["kind"],
            rule["name"],
            rule["reason"],
            re.compile("|".join(map(fill, rule["patterns"])), re.IGNORECASE),
            rule.get("statement_only", False),
        )
        for rule in data["rules"]
    )


RULES = load_rules()

# What is let through by its grammar ---------------------------------------------------------------------------------

_CANNOT = (
    r"\b(?:(?:I|we|this (?:list|checklist|chat|program)|the checklist|it|one reading)(?: \w+)?"
    r" (?:cannot|can't|can not|do not|don't|does not|doesn't|will not)"
    r"|no (?:sign|list|checklist|chat|reading|number|one)(?: \w+)? can)"
    r" (?:\w+ ){0,2}?"
    r"(?:say|tell|read|know|judge|advise|give|diagnose|predict|promise|explain|show|name|rule|have to mean)\b"
)
#: The disclaimer reaches as far as its own clause: a "but", an "and" or a comma that is not "or" ends it.
_DISCLAIMER = re.compile(_CANNOT + r"(?:(?!,(?! or\b)|;|:| but | and ).)*$", re.IGNORECASE)
_DEFINES = re.compile(
    r"^(?:relapse|remission|refractory|MRD|it) (?:means|is the word|stands for|does not have to mean|can come back)\b",
    re.IGNORECASE,
)
_LOOKS_FOR = re.compile(r"\b(?:team|doctors|visits) (?:looks?|check|test)\b[^.?!]* for\b", re.IGNORECASE)
_IF = re.compile(r"\b(?:if|whether)\b[^,;:]*$", re.IGNORECASE)
_BEFORE = re.compile(
    r"\b(?:ask|call|tell|speak to|talk to)\b[^.?!]*\bbefore (?:you|they|anything|anyone)\b[^.?!]*$", re.IGNORECASE
)


def _is_disclaimer(before: str) -> bool:
    """Whether the words before a hit say that the bot, the list or a sign can not tell this."""
    return bool(_DISCLAIMER.search(before))


def _is_excused(rule: Rule, sentence: str, before: str) -> bool:
    if _is_disclaimer(before):
        return True
    if rule.statement_only and (sentence.endswith("?") or _IF.search(before)):
        return True
    if rule.kind == "diagnosing" and (_DEFINES.search(sentence) or _LOOKS_FOR.search(before)):
        return True
    return rule.kind == "dosing" and bool(_BEFORE.search(before))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text. A bullet is read together with the line that leads into it."""
    lead = ""
    for line in (line.strip() for line in text.replace("\u2019", "'").splitlines()):
        if not line:
            continue
        if line.startswith("- "):
            yield f"{lead} {line[2:]}".strip()
            continue
        found = [
            part.strip() for part in re.findall(r"[^.!?]+(?:[.!?]+(?=\s|$|[\"'])|[.!?](?=\S)[^.!?]*)*[.!?]*", line)
        ]
        yield from (part for part in found if part)
        lead = found[-1] if found and found[-1].endswith(":") else ""


def _first_hit(rule: Rule, sentence: str) -> Hit | None:
    """The first words that the rule stops. After words that are excused it looks again, also inside them."""
    match = rule.pattern.search(sentence)
    while match:
        if not _is_excused(rule, sentence, sentence[: match.start()]):
            return Hit(rule, match.group().strip(), sentence)
        match = rule.pattern.search(sentence, match.start() + 1)
    return None


@lru_cache(maxsize=16384)
def hits(text: str) -> tuple[Hit, ...]:
    """Everything in a text that a rule stops; empty for a text that may be said."""
    found = (_first_hit(rule, sentence) for sentence in sentences(text) for rule in RULES)
    return tuple(hit for hit in found if hit)
