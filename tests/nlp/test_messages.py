"""The messages that the network learned from: well formed, not repeated, and none of them a test sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from training.examples import intent_examples
from training.messages import FLAGS, INTENTS, MessagesError, plain, read, read_all, repeated

ROOT = Path(__file__).resolve().parents[2]
ROWS = read_all()
TEXTS = {plain(row.text): row.place for row in (*ROWS, *intent_examples())}
#: Shorter ones ("not sure", "temp 38.2") are what everybody says, in a test as in life.
SAYINGS = 5


def test_sentences(folder: Path) -> Iterator[tuple[str, str]]:
    """The sentences of test sets, with the set they are of."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield path.name, row.get("text") or row["answer"]


test_sentences.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("folder", [ROOT / "tests" / "heldout", ROOT.parent / "shared" / "eval"], ids=lambda p: p.name)
def test_no_test_sentence_is_learned(folder: Path) -> None:
    """Held-out and validation sets measure; what is measured on must not have been learned."""
    learned = [
        (name, TEXTS[plain(text)])
        for name, text in test_sentences(folder)
        if plain(text) in TEXTS and len(plain(text).split()) >= SAYINGS
    ]
    assert not learned


def test_every_line_is_well_formed_and_none_is_said_twice() -> None:
    """Ids, roles and intents exist; no message is repeated, nearly or word for word."""
    assert len(ROWS) > 10_000
    assert not [(a.place, b.place) for a, b in repeated(ROWS)]


def test_every_label_has_enough_to_learn_from() -> None:
    """Each sign and flag is present in many messages and stands in every other role too; each intent has examples."""
    for kind in ("signs", "flags"):
        for label in FLAGS if kind == "flags" else {s for row in ROWS for s in row.signs}:
            roles = [getattr(row, kind)[label] for row in ROWS if label in getattr(row, kind)]
            assert roles.count("present") >= 80, label
            assert all(roles.count(role) >= 5 for role in ("absent", "past", "other", "question")), label
    intents = [row.intent for row in intent_examples()]
    assert all(intents.count(intent) >= 60 for intent in INTENTS)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "Expecting"),
        ('{"text": ""}', "no text"),
        ('{"text": "a", "signs": {"cogh": "present"}}', "cogh"),
        ('{"text": "a", "flags": {"seizure": "maybe"}}', "maybe"),
        ('{"text": "a", "intent": "infrom"}', "infrom"),
        ('{"text": "a", "about": "dog"}', "dog"),
        ('{"text": "a", "sings": {}}', "sings"),
    ],
)
def test_a_faulty_line_is_named_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    """So that who writes a message sees at once what to mend."""
    path = tmp_path / "new.jsonl"
    path.write_text('{"text": "fine"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(MessagesError, match=f"new.jsonl:2.*{says}"):
        list(read(path))
