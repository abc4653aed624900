"""No sentence of the closed set diagnoses, reassures, promises, predicts, doses or scores; and the check works."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.content.language import KINDS, RULES, hits, sentences
from bot.content.loader import load_content
from bot.content.schema import VOICES

EXAMPLES = yaml.safe_load((Path(__file__).parent / "bad_sentences.yml").read_text(encoding="utf-8"))
BAD = [(kind, sentence) for kind, found in EXAMPLES["bad"].items() for sentence in found]


def test_closed_set() -> None:
    """Every sentence that the bot can say, in every voice, passes."""
    stopped = {
        f"{utterance.file}: {utterance.key} [{voice}]: {hit.rule.kind}: {hit.words!r} in {hit.sentence!r}"
        for utterance in load_content().utterances.values()
        for voice in VOICES
        for hit in hits(utterance.text.in_voice(voice))
    }
    assert not stopped, "\n".join(sorted(stopped))


def test_enough_examples() -> None:
    """The examples are many and cover every kind; none is there twice, and none is both."""
    assert len(BAD) >= 80
    assert len(EXAMPLES["good"]) >= 40
    assert set(EXAMPLES["bad"]) == set(KINDS)
    everything = [sentence for _, sentence in BAD] + EXAMPLES["good"]
    assert len(everything) == len(set(everything))


@pytest.mark.parametrize(("kind", "sentence"), BAD)
def test_bad_sentence_is_caught(kind: str, sentence: str) -> None:
    """A bad sentence is stopped, as what it is."""
    assert kind in {hit.rule.kind for hit in hits(sentence)}


@pytest.mark.parametrize("sentence", EXAMPLES["good"])
def test_good_sentence_passes(sentence: str) -> None:
    """A sentence that the bot needs is not stopped."""
    assert not hits(sentence)


@pytest.mark.parametrize(
    "wrap",
    [
        "Thank you for telling me. {}",
        "I have noted it.\n\n{}",
        "Here is the list:\n\n- {}",
        "Call your care team today. {} Take care.",
    ],
)
@pytest.mark.parametrize(
    "sentence", ["That is normal.", "Your risk is low.", "Take two paracetamol.", "Your leukaemia has returned."]
)
def test_caught_inside_a_longer_text(wrap: str, sentence: str) -> None:
    """A bad sentence is found wherever it stands."""
    assert hits(wrap.format(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "I cannot say for sure, but this is probably a virus.",
        "I do not know your story; your risk is low.",
        "I cannot read results, and that is normal.",
        "I can tell you that the cancer is back.",
        "If you ask me, your leukaemia has returned.",
    ],
)
def test_a_disclaimer_excuses_only_its_own_clause(sentence: str) -> None:
    """Saying what it cannot do does not let the bot go on to do it."""
    assert hits(sentence)


def test_every_rule_is_proven() -> None:
    """Each rule stops at least one example: none stands there for nothing."""
    stopped = {rule.name: [s for _, s in BAD if any(hit.rule is rule for hit in hits(s))] for rule in RULES}
    assert not [name for name, found in stopped.items() if not found]


def test_every_rule_says_why() -> None:
    """An author who is stopped reads a reason, and the kinds are the six of the safety conventions."""
    assert all(rule.reason and rule.name for rule in RULES)
    assert {rule.kind for rule in RULES} == set(KINDS)


def test_bullets_are_read_with_their_lead() -> None:
    """A bullet is judged together with the line before the list."""
    assert list(sentences("They look for:\n\n- one thing\n- two things")) == [
        "They look for:",
        "They look for: one thing",
        "They look for: two things",
    ]
