"""What a message says: signs with roles, red flags, temperatures, durations, intent, answer to the open question.

`Understander` is built once from the words of the content and is then pure: the same text gives the same
`Understanding`, whatever happened before. It never raises; a fault inside it yields the bare red-flag check, so
that a defect can cost nuance but not a red flag.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.clinical.understanding import FlagMention, Mention, OpenQuestion, Temperature, Understanding
from bot.nlp import answers, combine, intents, measurements, red_flags
from bot.nlp.assertion import Assertion, Reading
from bot.nlp.durations import durations
from bot.nlp.encoder import Encoder, Hearing, encoder
from bot.nlp.experiencer import Experiencer, People
from bot.nlp.language import Languages
from bot.nlp.lexicon import Hit, Lexicon
from bot.nlp.readability import LIMIT, readability
from bot.nlp.tokens import Token, tokenize
from bot.nlp.words import Words, words_of_content

log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
#: Events that happened to a body: "gone now" does not make them past within a day, so it only makes them unclear.
_EVENTS = {
    "seizure",
    "collapse",
    "uncontrolled_bleeding",
    "chest_pain",
    "stroke_like",
    "self_harm",
    "overdose",
    "acute_confusion",
}
#: Events that did not happen where they only nearly did, and are asked about: "almost fainted". Bleeding or pain is
#: there even so.
_NEAR_MISSES = {"collapse", "seizure", "overdose", "stroke_like"}
_FIRST_PERSON = {"i", "im", "ive", "id", "ill", "me", "myself", "meself", "mine"}
#: A yes, a no or a not sure of at most so many words says no more than that.
_BARE = 3
#: What Rasa's own channels would take for a command: "/crisis", "/inform@0.9". Here it is text, and no sentence.
_PAYLOAD = re.compile(r"\s*/\w+(?:@[\d.]*)?\s*")


def _load(name: str) -> Any:
    return yaml.load((_HERE / name).read_bytes(), yaml.CSafeLoader)


class Understander:
    """Reads messages. Built in under a second; one instance serves all threads."""

    def __init__(self, words_by_sign: Words, words_by_flag: Words, network: Encoder | None = None) -> None:
        """Compile the words of the content with the cues and intents of this package.

        Without a network only the patterns read, as when it fails on a message.

        Raises:
            PatternError: a word pattern cannot be read.
        """
        cues, rules = _load("cues.yml"), _load("intents.yml")
        patterns: dict[str, Sequence[str]] = {"never:": cues["never"]}
        patterns |= {f"sign:{sign}": words for sign, words in words_by_sign.items()}
        patterns |= {f"flag:{flag}": words for flag, words in words_by_flag.items()}
        patterns |= {f"cue:{kind}": words for kind, words in cues["cues"].items()}
        for kind in ("topics", "marks", "medicines"):
            patterns |= {f"{kind}:{name}": words for name, words in rules.pop(kind).items()}
        for intent, forms in rules.items():
            patterns |= {f"{form}:{intent}": words for form, words in forms.items()}
        self._order = tuple(rules)
        self._topics = tuple(p.partition(":")[2] for p in patterns if p.startswith("topics:"))
        self._lexicon = Lexicon(patterns, cues["classes"], spelled=("sign:", "flag:"))
        self._people = People(cues["people"], cues["reports"], cues["not_subject_after"])
        self._languages = Languages()
        self._network = network

    def understand(self, text: str, about: str = "self", question: OpenQuestion | None = None) -> Understanding:
        """Read one message. Never raises.

        Args:
            text: the message as typed.
            about: `self`, `child` or `adult` (`relative` is read as `adult`): whom the chat is about.
            question: the step on screen, for short answers.
        """
        about = {"relative": "adult", "carer": "adult"}.get(about, about)
        about = about if about in ("self", "child", "adult") else "self"
        try:
            return self._understand(text, about, question)
        except Exception as error:  # noqa: BLE001  the turn must go on, with the red flags at least
            log.error("understanding failed: %s", type(error).__name__)
            return self.bare(text)

    def bare(self, text: str) -> Understanding:
        """Red flags by phrase alone, every one taken as present: what holds when all else fails. Never raises."""
        found: list[FlagMention] = []
        try:
            tokens = tokenize(text[:LIMIT])
            hits = [h for h in self._lexicon.find(tokens) if h.label.startswith("flag:")]
            for hit in _longest(hits):
                start, end = tokens[hit.first].start, tokens[hit.last - 1].end
                found.append(FlagMention(hit.label[5:], "present", start, end))
        except Exception as error:  # noqa: BLE001  nothing is left to fall back to
            log.error("bare red-flag check failed: %s", type(error).__name__)
        crisis = any(f.flag == "self_harm" for f in found)
        return Understanding(
            text=text, intent="crisis" if crisis else "out_of_scope", confidence=1.0, red_flag_mentions=tuple(found)
        )

    def role_of(self, text: str, start: int, end: int, about: str = "self") -> Reading:
        """The role that any stretch of a text plays, whether or not it is a sign; for measuring the assertion alone."""
        tokens = tokenize(text[:LIMIT])
        inside = [i for i, t in enumerate(tokens) if t.start < end and start < t.end]
        if not inside:
            return Reading("present")
        hits = self._lexicon.find(tokens)
        span = (inside[0], inside[-1] + 1)
        spans = [
            span,
            *((h.first, h.last) for h in hits if h.label.startswith(("sign:", "flag:")) and not _overlap(h, span)),
        ]
        assertion = Assertion(tokens, hits, spans, Experiencer(tokens, self._people, about))
        return assertion.read(*span)

    def _understand(self, text: str, about: str, question: OpenQuestion | None) -> Understanding:
        too_long = len(text) > LIMIT
        read = text[:LIMIT]
        tokens = tokenize(read)
        hits = self._lexicon.find(tokens)
        never = [h for h in hits if h.label == "never:"]
        named = _longest([h for h in hits if h.label.startswith(("sign:", "flag:")) and not _is_never(h, never)])
        people = Experiencer(tokens, self._people, about)
        assertion = Assertion(tokens, hits, [(h.first, h.last) for h in named], people)
        nearly = [h for h in hits if h.label == "marks:nearly"]
        mentions, flags = self._mentions(read, tokens, named, nearly, assertion)
        asked = question is not None and question.step.startswith("temperature")
        readings = measurements.temperatures(read, tokens, asked)
        marks = [
            (h.label[6:], tokens[h.first].start, tokens[h.last - 1].end) for h in hits if h.label.startswith("marks:")
        ]
        language = self._languages.detect(read, tokens, self._lexicon.words)
        hearing = self._hear(read, about, tokens, language)
        if hearing is not None:
            hearing = _but_for_modesty(hearing, [(start, end) for mark, start, end in marks if mark == "modesty"])
            mentions, flags = combine.join(mentions, flags, hearing, measured=bool(readings))
            legs = any(mark == "leg_or_bladder" for mark, _, _ in marks)
            mentions, flags = combine.settle_spinal_cord(mentions, flags, legs)
            flags = [_said_of_another(flag, tokens, people) for flag in flags]
        readers = [_reader_of(tokens, place, assertion) for _, place, _ in readings]
        roles = [reader.role for reader in readers]
        mentions, flags = _add_readings(read, zip(readings, roles, strict=True), mentions, flags)
        put_together = [
            f
            for f in red_flags.composite(mentions, marks)
            if not any(o.flag == f.flag and o.role == "present" for o in flags)
        ]
        flags += combine.doubted(put_together, hearing) if hearing is not None else put_together
        flags += red_flags.about_asked(question.step if question else "", read, marks, flags)
        slip = red_flags.mistyped_self_harm(tokens, any(m.sign == "low_mood" and m.role == "present" for m in mentions))
        if slip and not any(f.flag == "self_harm" for f in flags):
            flags.append(slip)
        mentions = red_flags.settle_back_pain(mentions, flags)
        mentions += red_flags.signs_of_flags(mentions, flags)
        foreign = self._foreign(read, flags)
        flags += foreign
        if foreign and (language in ("und", "en") or read.isascii()):
            language = foreign[0].cue or language
        return self._finish(
            Understanding(
                text=text,
                mentions=tuple(sorted(mentions, key=lambda m: (m.start, m.end, m.sign))),
                red_flag_mentions=tuple(sorted(flags, key=lambda f: (f.start, f.end, f.flag))),
                temperatures=tuple(
                    reading
                    for (reading, start, _), reader in zip(readings, readers, strict=True)
                    if not self._is_anothers(tokens, reader) and not measurements.is_hypothetical(read, start)
                ),
                durations=tuple(durations(read)),
                language=language,
                exclusive=answers.is_exclusive(read[:400]),
                readability=readability(read, tokens, too_long),
                medicines=tuple(dict.fromkeys(h.label[10:] for h in hits if h.label.startswith("medicines:"))),
            ),
            read, tokens, hits, question, hearing,
        )  # fmt: skip

    def _hear(self, text: str, about: str, tokens: Sequence[Token], language: str) -> Hearing | None:
        """What the network hears; None where it has nothing to add or fails, so that the patterns go on alone."""
        if self._network is None or not self._is_for_network(text, tokens, language):
            return None
        try:
            return self._network.hear(text, about)
        except Exception as error:  # noqa: BLE001  the patterns alone are better than no answer
            log.error("nlp.network_failed error=%s", type(error).__name__)
            return None

    def used_network(self, text: str) -> bool:
        """Whether the network reads this message, or the patterns alone suffice; for measuring."""
        tokens = tokenize(text[:LIMIT])
        language = self._languages.detect(text[:LIMIT], tokens, self._lexicon.words)
        return self._network is not None and self._is_for_network(text[:LIMIT], tokens, language)

    @staticmethod
    def _is_for_network(text: str, tokens: Sequence[Token], language: str) -> bool:
        """Not for a bare yes, no, number or payload, nor for a language that the network never learned."""
        if _PAYLOAD.fullmatch(text) or language not in ("en", "und") or not any(t.norm.isalpha() for t in tokens):
            return False
        return not (len(tokens) <= _BARE and answers.yes_no(text))

    def _is_anothers(self, tokens: Sequence[Token], reading: Reading) -> bool:
        """Somebody else is named as the one who has it. A bare "she" may well be the patient: taken so, to be safe."""
        if reading.role != "other" or reading.first is None:
            return False
        return self._people.kind(tokens, reading.first) != "patient_pronoun"

    def _finish(
        self,
        understood: Understanding,
        text: str,
        tokens: Sequence[Token],
        hits: Sequence[Hit],
        question: OpenQuestion | None,
        hearing: Hearing | None,
    ) -> Understanding:
        """The parts that rest on the others: picks, topic, intent, and what a wish to change is about."""
        understood = replace(understood, picks=answers.picks(text[:400], tokens, understood.mentions, question))
        topic = self._topic(hits)
        intent, confidence = intents.rule_intent(
            text[:400], tokens, [h for h in hits if h.label.startswith(("any:", "whole:"))], self._order,
            replace(understood, topic=topic), question,
        )  # fmt: skip
        # a topic named in so many words is what is asked about, and one word of a choice on screen is that choice
        named = (topic and intent.startswith("ask_")) or (understood.picks and len(tokens) == 1)
        likely = hearing.intents if hearing and not (named and confidence == 1.0) else {}
        reported = any(m.role == "present" for m in understood.mentions)
        intent, confidence, source = intents.decide(
            intent, confidence, likely, signs_alone=reported and not understood.red_flag_mentions
        )
        understood = replace(
            understood, intent=intent, confidence=confidence, source=source, topic=self.topic_for(intent, topic)
        )
        if intent == "go_back":
            understood = replace(understood, change=_changed(understood, tokens))
        return understood

    def topic_for(self, intent: str, topic: str | None) -> str | None:
        """The reviewed topic that answers a question of this intent."""
        fixed = {"ask_contact": "contacts", "ask_privacy": "privacy", "ask_bot_identity": "about_bot"}
        if intent in fixed:
            return fixed[intent]
        if intent == "ask_sign_info":
            return "sign_info"
        return topic if intent in ("ask_definition", "ask_treatment", "express_distress", "out_of_scope") else None

    def _topic(self, hits: Iterable[Hit]) -> str | None:
        found = {h.label[7:] for h in hits if h.label.startswith("topics:")}
        return next((topic for topic in self._topics if topic in found), None)

    def _mentions(
        self, text: str, tokens: Sequence[Token], named: Sequence[Hit], nearly: Sequence[Hit], assertion: Assertion
    ) -> tuple[list[Mention], list[FlagMention]]:
        mentions: list[Mention] = []
        flags: list[FlagMention] = []
        for hit in named:
            kind, _, name = hit.label.partition(":")
            reading = assertion.read(hit.first, hit.last)
            start, end = tokens[hit.first].start, tokens[hit.last - 1].end
            cue = _cue_text(text, tokens, reading)
            if kind == "sign":
                mentions.append(Mention(name, reading.role, start, end, cue))
                continue
            missed = next((n for n in nearly if n.first < hit.first <= n.last + 1), None)
            if missed and name in _NEAR_MISSES and reading.role == "present":
                reading = Reading("absent", missed.first, missed.last, unclear=True)
                cue = _cue_text(text, tokens, reading)
            flags.append(_flag(name, reading, start, end, cue))
        return mentions, flags

    def _foreign(self, text: str, flags: Sequence[FlagMention]) -> list[FlagMention]:
        known = {f.flag for f in flags}
        return [
            FlagMention(flag, "present", start, end, code)
            for flag, code, start, end in self._languages.red_flags(text)
            if flag not in known
        ]


def _but_for_modesty(hearing: Hearing, modest: Sequence[tuple[int, int]]) -> Hearing:
    """What the network hears, but for a wish to die in words such as "I don't like to make a fuss"."""
    if not modest:
        return hearing
    plain = [
        h
        for h in hearing.heard
        if h.label != "flag:self_harm" or not any(start <= h.start and h.end <= end for start, end in modest)
    ]
    return replace(hearing, heard=tuple(plain))


def _flag(name: str, reading: Reading, start: int, end: int, cue: str | None) -> FlagMention:
    """A negation or a past that is not plain leaves a flag unclear: it is asked about, never set aside."""
    unclear = reading.unclear and reading.role == "absent"
    if reading.role == "past" and name in _EVENTS:
        unclear = cue is not None and not any(
            w in cue.lower()
            for w in ("year", "month", "diagnos", "chemo", "treatment", "transplant", "history", "used", "child")
        )
    return FlagMention(name, reading.role, start, end, cue, unclear)


def _said_of_another(flag: FlagMention, tokens: Sequence[Token], people: Experiencer) -> FlagMention:
    """Words of dying that the network heard without a cue, whose subject is somebody else and never the writer.

    With a single "I" in the message they stay the writer's: that mistake costs less than the other.
    """
    if flag.flag != "self_harm" or flag.role != "present" or flag.cue is not None:
        return flag
    if any(t.norm in _FIRST_PERSON for t in tokens):
        return flag
    inside = [i for i, t in enumerate(tokens) if t.start < flag.end and flag.start < t.end]
    if not inside or people.other(inside[0], inside[-1] + 1) is None:
        return flag
    return replace(flag, role="other", unclear=False)


def _reader_of(tokens: Sequence[Token], start: int, assertion: Assertion) -> Reading:
    """Whose reading it is, or whether it is only asked about; past and absent are for its own words to say."""
    at = next((i for i, t in enumerate(tokens) if t.end > start), 0)
    reading = assertion.read(at, at + 1)
    return reading if reading.role in ("other", "question") else Reading("present")


def _add_readings(
    text: str,
    readings: Iterable[tuple[tuple[Temperature, int, int], str]],
    mentions: list[Mention],
    flags: list[FlagMention],
) -> tuple[list[Mention], list[FlagMention]]:
    for item, role in readings:
        for flag, sign in red_flags.from_temperatures(text, [item], role):
            flags.append(flag)
            if sign and not any(m.sign == "fever" and m.role == sign.role for m in mentions):
                mentions.append(sign)
    return mentions, flags


def _cue_text(text: str, tokens: Sequence[Token], reading: Reading) -> str | None:
    if reading.first is None or reading.last is None:
        return None
    return text[tokens[reading.first].start : tokens[min(reading.last, len(tokens)) - 1].end]


def _overlap(hit: Hit, span: tuple[int, int]) -> bool:
    return hit.first < span[1] and span[0] < hit.last


def _is_never(hit: Hit, never: Iterable[Hit]) -> bool:
    """A look-alike phrase covers the match, or at least its beginning or end and is no shorter."""
    return any(
        (n.first <= hit.first and hit.last <= n.last)
        or (_overlap(hit, (n.first, n.last)) and n.last - n.first >= hit.last - hit.first)
        for n in never
    )


def _longest(hits: Sequence[Hit]) -> list[Hit]:
    """Drop matches inside a longer one of the same kind (sign or flag), and overlaps of the same id."""
    return [hit for hit in hits if not any(_replaces(other, hit) for other in hits)]


def _replaces(other: Hit, hit: Hit) -> bool:
    if other.label[:5] != hit.label[:5] or other == hit:
        return False
    longer = other.last - other.first > hit.last - hit.first
    if (other.label, hit.label) == ("flag:self_harm", "flag:overdose") and other.first == hit.first:
        # "Took too many tablets, I want to die": the body is in danger as well.
        return False
    if other.label != hit.label:
        return longer and other.first <= hit.first and hit.last <= other.last
    same_length_but_first = other.last - other.first == hit.last - hit.first and other.first < hit.first
    return _overlap(other, (hit.first, hit.last)) and (longer or same_length_but_first)


#: Words of a wish to change an answer that name a step rather than a sign.
_STEPS = {
    "temperature": "temperature", "temp": "temperature", "medicine": "medicines", "medicines": "medicines",
    "tablets": "medicines", "paracetamol": "medicines",
    "worry": "worry", "worried": "worry", "country": "country", "condition": "condition",
    "diagnosis": "condition", "treatment": "recent_treatment",
    "chemo": "recent_treatment", "transplant": "recent_treatment", "who": "who", "leukemia": "condition",
    "lymphoma": "condition", "myeloma": "condition",
}  # fmt: skip


def _changed(understood: Understanding, tokens: Sequence[Token]) -> str | None:
    if understood.mentions:
        return understood.mentions[0].sign
    return next((_STEPS[t.norm] for t in tokens if t.norm in _STEPS), None)


def understander(content: str | None = None) -> Understander:
    """The understander for a content folder (without one, the folder in use), built once.

    Raises:
        ContentError: the content cannot be read.
        PatternError: a word pattern cannot be read.
        EncoderError: the network cannot be loaded.
    """
    # A cache takes f() and f(None) for two calls, and the words take half a second of the first message to read.
    return _understander(content)


@lru_cache(maxsize=4)
def _understander(content: str | None) -> Understander:
    return Understander(*words_of_content(content), encoder())


def understand(text: str, about: str = "self", question: OpenQuestion | None = None) -> Understanding:
    """`Understander.understand` with the words of the installed content."""
    return understander().understand(text, about, question)


def open_question(data: Mapping[str, Any] | None) -> OpenQuestion | None:
    """An `OpenQuestion` from the plain dict that travels in message metadata; None when it is none."""
    if not isinstance(data, Mapping) or not isinstance(data.get("step"), str):
        return None
    choices = tuple(
        (str(c[0]), str(c[1])) for c in data.get("choices") or () if isinstance(c, (list, tuple)) and len(c) == 2
    )
    signs = data.get("signs")
    return OpenQuestion(
        data["step"], str(data.get("kind") or "free"), choices,
        {str(k): str(v) for k, v in signs.items()} if isinstance(signs, Mapping) else {},
    )  # fmt: skip
