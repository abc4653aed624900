"""Intents that rules decide, and how they are merged with what the network hears.

A rule decides where the words leave no doubt: a crisis, an emergency, a wish that the bot may never meet by
guessing (diagnosis, prognosis, medicines, results), a command, a report of signs. Everything else is the
network's. `decide` is the only place where the two meet, for the Rasa component and for `bot parse` alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.clinical.understanding import Mention, OpenQuestion, Understanding
from bot.nlp import answers
from bot.nlp.lexicon import Hit
from bot.nlp.tokens import Token

#: Below this the network's best guess is not believed: the message is out of scope rather than misread.
LEAST_CONFIDENCE = 0.30
#: A rule gives way where the network finds another intent likelier by more than this (see training/README.md).
OVERRULE = 0.4
#: From here on the network's word for an emergency is believed without words that a rule knows.
SURE_EMERGENCY = 0.8
#: ... and for stopping, which anger alone is not. Stopping is never put in place of what a rule heard.
SURE_STOP = 0.8
_SURE = 1.0
_FILLER = {
    "please", "ok", "okay", "oh", "well", "sorry", "um", "uh", "erm", "just", "so", "hi", "hello", "hey", "bot",
    "now", "and", "then",
    "right", "actually", "can", "you", "could", "i", "want", "to", "would", "like", "the", "a", "me", "thanks",
    "really", "mate", "love",
    "dear", "there", "lol", "yes", "no", "again", "too", "that", "it", "for", "very", "much", "all",
    "today", "sir", "madam", "friend", "doctor", "im", "think",
}  # fmt: skip
_ANSWERS = {"yes": "affirm", "no": "deny", "unsure": "unsure"}
#: Wishes that outrank a report of signs in the same message; for the rest, signs make it `inform`.
_BEFORE_SIGNS = {
    "emergency", "delete_my_data", "ask_medication_advice", "ask_prognosis", "ask_results", "ask_diagnosis",
    "ask_human", "ask_contact",
    "ask_privacy", "ask_bot_identity", "get_summary", "ask_sign_info", "go_back", "ask_definition", "ask_treatment",
}  # fmt: skip
#: Short commands and small talk: a rule believes them only in a short message or as a whole one.
_SHORT_ONLY = {
    "skip",
    "stop",
    "repeat",
    "later",
    "restart",
    "go_back",
    "start_checklist",
    "why_ask",
    "express_distress",
    "get_summary",
}
_SHORT = 12
#: From here on a report of signs is the purpose, whatever else is asked for in passing.
_LONG = 20
#: A longer text is no answer to the question on screen, and without one only a few words are.
_ANSWER_LENGTH = 25
_BARE_ANSWER_LENGTH = 4


def rule_intent(
    text: str,
    tokens: Sequence[Token],
    hits: Iterable[Hit],
    order: Sequence[str],
    understood: Understanding,
    question: OpenQuestion | None,
) -> tuple[str, float]:
    """(intent, confidence): confidence 1.0 when a rule decides, less when it is only the best guess without a model."""
    flags = understood.red_flag_mentions
    harm = [f for f in flags if f.flag == "self_harm"]
    if any((f.role == "present" and not f.unclear) or (f.unclear and f.cue) for f in harm):
        return "crisis", _SURE
    if any(f.unclear or f.role == "other" for f in harm):
        # heard faintly, which the closed question finds out, or somebody else's, which brings its own direction
        return "express_distress", _SURE
    if understood.readability in ("empty", "emoji", "unreadable"):
        return "out_of_scope", _SURE
    ruled = _by_pattern(tokens, hits, order, understood)
    if ruled in ("ask_diagnosis", "why_ask") and understood.topic in ("why_relapse", "how_doctors_check"):
        ruled = "ask_definition"
    reports = [m for m in understood.mentions if m.role != "question"]
    reported = bool(reports or understood.temperatures or any(f.role != "question" for f in flags))
    if ruled == "emergency" or (ruled and _stands(ruled, reported, len(tokens))):
        return ruled, _SURE
    if understood.picks == ("none",):
        return "inform", _SURE
    answer = answers.yes_no(text)
    if reported:
        fits = question is not None and question.kind == "yes_no" and not _names_new_sign(reports, question)
        return (_ANSWERS[answer] if answer and fits else "inform"), _SURE
    if any(m.role == "question" for m in understood.mentions):
        return "ask_sign_info", _SURE
    return _without_signs(text, tokens, understood, question, answer)


def _stands(ruled: str, reported: bool, length: int) -> bool:
    """Whether a wish outranks the signs reported in the same message."""
    if not reported:
        return True
    return ruled in _BEFORE_SIGNS and not (ruled in ("ask_human", "go_back", "get_summary") and length > _LONG)


def _without_signs(
    text: str, tokens: Sequence[Token], understood: Understanding, question: OpenQuestion | None, answer: str | None
) -> tuple[str, float]:
    """The intent of a message in which no sign stands and no rule fits."""
    if understood.picks and not answer:
        return "inform", _SURE
    if answer and question is not None and len(tokens) <= _ANSWER_LENGTH:
        return _ANSWERS[answer], _SURE
    if answer and len(tokens) <= _BARE_ANSWER_LENGTH:
        return _ANSWERS[answer], 0.9
    if understood.language != "en":
        return "out_of_scope", _SURE
    return ("ask_definition", 0.6) if understood.topic and "?" in text else ("out_of_scope", 0.2)


def _names_new_sign(reports: Sequence[Mention], question: OpenQuestion) -> bool:
    asked = set(question.signs.values())
    return any(m.role == "present" and m.sign not in asked for m in reports)


def _by_pattern(
    tokens: Sequence[Token], hits: Iterable[Hit], order: Sequence[str], understood: Understanding
) -> str | None:
    taken = [(m.start, m.end) for m in understood.mentions]
    taken += [(f.start, f.end) for f in understood.red_flag_mentions]
    found: dict[str, str] = {}
    for hit in hits:
        kind, _, intent = hit.label.partition(":")
        if kind == "any" and not (intent in _SHORT_ONLY and (len(tokens) > _SHORT or _inside(hit, tokens, taken))):
            found.setdefault(intent, kind)
        elif kind == "whole" and _covers(hit, tokens):
            found[intent] = kind
    best = next((intent for intent in order if found.get(intent) == "whole"), None)
    weighty = next((intent for intent in order if intent in found), None)
    if best and weighty and order.index(weighty) < order.index(best) and weighty in ("emergency", "delete_my_data"):
        return weighty
    return best or weighty


def _inside(hit: Hit, tokens: Sequence[Token], taken: Iterable[tuple[int, int]]) -> bool:
    start, end = tokens[hit.first].start, tokens[hit.last - 1].end
    return any(a < end and start < b for a, b in taken)


def _covers(hit: Hit, tokens: Sequence[Token]) -> bool:
    """The match is the whole message but for fillers, and not only fillers itself in a longer message."""
    if len(tokens) - (hit.last - hit.first) > 3:
        return False
    outside = [t.norm for i, t in enumerate(tokens) if not hit.first <= i < hit.last]
    if not outside:
        return True
    return all(word in _FILLER for word in outside) and hit.last - hit.first >= len(outside) - 1


def decide(
    intent: str, confidence: float, likely: Mapping[str, float], *, signs_alone: bool = False
) -> tuple[str, float, str]:
    """Merge the rules' intent with the network's.

    Args:
        intent: what the rules say.
        confidence: 1.0 means that a rule decided.
        likely: the network's likelihood of each intent; may be empty.
        signs_alone: the message reports signs, and no red flag.

    Returns:
        The final intent, its confidence, and the source: `rule`, `model` or `fallback`.
    """
    ruled = confidence >= _SURE
    if intent in ("crisis", "emergency") or not likely:
        return intent, confidence, "rule" if ruled else "fallback"
    # A crisis is what the red flags say, and an emergency is never guessed lightly; neither is dropped in silence.
    known = dict(likely)
    unsure = known.pop("crisis", 0.0)
    if signs_alone:
        # "Please help" with a fever in it is a plea; how soon to call follows from the signs.
        known.pop("emergency", None)
    elif known.get("emergency", 0.0) < SURE_EMERGENCY:
        unsure += known.pop("emergency", 0.0)
    if intent != "stop" and (ruled or known.get("stop", 0.0) < SURE_STOP):
        known.pop("stop", None)
    known["express_distress"] = known.get("express_distress", 0.0) + unsure
    name = max(known, key=lambda n: known[n])
    best = min(1.0, known[name])
    if ruled and best - known.get(intent, 0.0) <= OVERRULE:
        return intent, confidence, "rule"
    if not ruled and confidence >= 0.9 and name not in _ANSWERS.values():
        return intent, confidence, "rule"
    if best < LEAST_CONFIDENCE:
        return (intent, confidence, "fallback") if confidence >= 0.5 else ("out_of_scope", best, "fallback")
    return name, best, "model"
