"""Wordings against the program: each is said, is filled in, and shows no number but those of the contacts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.content import usage
from bot.content.faults import Fault
from bot.content.loader import Content, lines_of
from bot.content.schema import VOICES
from bot.content.seeds import Document, plain

#: Not a number for people with a sign: appointments and referrals of one hospital (see SAFETY).
NEVER_SHOWN = "206-987-2106"

#: What may be filled in anywhere (settings of the site, numbers of the country).
AMBIENT = frozenset({"emergency", "care_number", "service", "days", "team", "support_name", "support_phone"})
#: What the core fills in, by utterance.
VALUES: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (pattern, frozenset(names.split()))
    for pattern, names in (
        (r"noted(_absent|_past|_unsure|_other)?|resumed|say_signs", "signs"),
        (r"review_(present|unsure|absent|unanswered|past)", "signs"),
        (r"say_unsure", "unsure_signs"),
        (r"step_(since|change)_question|sign_info|changed|change_now|review_change", "sign"),
        (r"flag_heard(_unsure)?|flag_again|review_flags", "flags"),
        (r"noted_temperature|say_temperature", "celsius fahrenheit"),
        (r"temp_implausible|summary_ago_(days|weeks|months|years)", "number"),
        (r"too_long", "limit"),
        (r"human_not_here", "hours"),
        (r"human_joined|text_staff", "name"),
        (r"human_case|human_waiting", "case"),
        (r"text_copy_app", "app"),
        (r"text_reply_(many|help)", "number"),
        (r"text_reply_words", "words"),
    )
)


def check_usage(content: Content) -> Iterator[Fault]:
    """Every utterance that the program names exists, and every phrase is said somewhere."""
    ids = set(content.utterances)
    for name in usage.named():
        if not any(re.fullmatch(name.pattern, id_) for id_ in ids):
            problem = f"`{name.shown}` is said by {name.file}, line {name.line}, but no content has that id."
            yield Fault("phrases.yml", f"phrases.{name.shown}", problem, "Write it, or correct the id in the code.")
    said = usage.mentioned()
    for utterance in content.utterances.values():
        if utterance.file == "phrases.yml" and not said.fullmatch(utterance.id):
            yield Fault("phrases.yml", utterance.key, "is never said by the program.", "Remove it, or correct its id.")


def check_placeholders(content: Content) -> Iterator[Fault]:
    """Only what the program fills in stands in braces, and the same in every voice."""
    for utterance in content.utterances.values():
        values = next((names for pattern, names in VALUES if re.fullmatch(pattern, utterance.id)), frozenset())
        found = {voice: set(re.findall(r"\{([^}]*)\}", utterance.text.in_voice(voice))) for voice in VOICES}
        for name in sorted(set().union(*found.values()) - values - AMBIENT):
            allowed = ", ".join(f"{{{n}}}" for n in sorted(values)) or "none of its own"
            yield Fault(
                utterance.file,
                utterance.key,
                f"`{{{name}}}` is not filled in here; filled in: {allowed}.",
                "Correct or remove it.",
            )
        if any(names != found["self"] for names in found.values()):
            yield Fault(
                utterance.file,
                utterance.key,
                "the voices do not have the same placeholders.",
                "Use the same in all four.",
            )


def check_numbers(content: Content, documents: dict[str, Document]) -> Iterator[Fault]:
    """Phone numbers in texts are those of the contacts; numbers from a document stand exactly as printed there."""
    known = {_digits(line.phone) for country in content.countries.values() for line in lines_of(country)}
    for utterance in content.utterances.values():
        text = " ".join(utterance.text.in_voice(voice) for voice in VOICES)
        for number in sorted(set(_phones(text))):
            if _digits(number) not in known:
                yield Fault(
                    utterance.file,
                    utterance.key,
                    f"the number `{number}` is not in contacts.yml.",
                    "Use a placeholder, or add the line with its source.",
                )
        if _digits(NEVER_SHOWN) in _digits(text):
            yield Fault(
                utterance.file,
                utterance.key,
                f"shows {NEVER_SHOWN}, which is for referrals of one hospital.",
                "Remove it.",
            )
    for country in content.countries.values():
        for line in lines_of(country):
            key = f"{country.code}.{line.id}.phone"
            if _digits(line.phone) == _digits(NEVER_SHOWN):
                yield Fault("contacts.yml", key, f"{NEVER_SHOWN} is for referrals of one hospital.", "Remove the line.")
            printed = [documents[c.source].text for c in line.sources if c.source in documents]
            if printed and not any(plain(line.phone) in plain(text) for text in printed):
                yield Fault(
                    "contacts.yml",
                    key,
                    f"`{line.phone}` does not stand so in the cited document.",
                    "Give it exactly as printed.",
                )


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _phones(text: str) -> Iterator[str]:
    """What looks like a phone number: five digits or more, or a short number after "call", "text" or "ring"."""
    yield from (
        m.group().strip()
        for m in re.finditer(r"(?<![\d.])\+?\d[\d -]{3,}\d(?![\d.]*\d)", text)
        if len(_digits(m.group())) >= 5
    )
    yield from re.findall(
        r"\b(?:call|text|ring|dial|to|phone) (\d{3,4})\b(?! ?(?:hours|days|letters))", text, re.IGNORECASE
    )
    yield from re.findall(r"\b(\d{3}) works in\b", text)


def check_reviews(content: Content, today: date) -> Iterator[Fault]:
    """A review whose date has passed is a warning: the operator is told, and signs of the file are no longer asked."""
    for file in content.expired(today):
        problem = f"the review ended on {content.reviews[file].review_by}."
        yield Fault(file, "review_by", problem, "Have a clinician read it again and set a new date.", warning=True)
