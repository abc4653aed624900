"""Our training data as Rasa's starter pipeline reads it: one YAML file of intents with marked entities.

Our messages name their signs and red flags without saying where they stand, so the words that our own understanding
finds for a label are marked; where it finds none, the whole message is. The examples of `data/nlu` carry no labels:
they are marked with what our own understanding makes of them, or the starter would learn to pass over their signs.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.nlp.understand import Understander, understander
from training.examples import intent_examples
from training.messages import Labelled, read_all

#: So many rows are drawn unless told otherwise: the hundred epochs then took 7 minutes, where 2,500 rows would have
#: taken more than an hour. Its time per message, which ours is compared with, does not hang on them.
ROWS = 400
#: Words of the longest row drawn. DIET's tagging walks through a batch word by word, as far as its longest row goes:
#: with rows of 120 words an epoch took 40 to 50 s. Nineteen rows in twenty are no longer than this.
LONGEST = 40
#: What `rasa init` of Rasa 3.6 writes, but for the ResponseSelector: our data hold no retrieval intents for it.
CONFIG = """\
recipe: default.v1
assistant_id: starter
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 100
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
"""
#: What has a meaning in Rasa's notation or ends a line of YAML; each becomes one other character, so places hold.
_NOTATION = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")"})
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Mark:
    """Words to be marked as an entity."""

    start: int
    end: int
    entity: str
    value: str
    role: str


@dataclass(frozen=True)
class Drawn:
    """The rows to train on: labelled messages, and examples of intents as (intent, text)."""

    messages: Sequence[Labelled]
    examples: Sequence[tuple[str, str]]
    of_messages: int
    of_examples: int


def draw(rows: int) -> Drawn:
    """Half messages, half examples of intents, at random; all that are not too long where `rows` is 0."""
    messages = [m for m in read_all() if len(m.text.split()) <= LONGEST]
    examples = [(e.intent, e.text) for e in intent_examples() if len(e.text.split()) <= LONGEST]
    of_messages, of_examples = len(messages), len(examples)
    if 0 < rows < of_messages + of_examples:
        chance = random.Random(0)  # noqa: S311  a draw, not a secret
        messages = chance.sample(messages, min(rows // 2, of_messages))
        examples = chance.sample(examples, min(rows - len(messages), of_examples))
    return Drawn(messages, examples, of_messages, of_examples)


def digest(drawn: Drawn) -> str:
    """What the rows and the configuration come to.

    The marks are left out: with them, every change of our own understanding would train the starter anew. After a
    change to the marking itself, `--rebuild`.
    """
    rows = [(m.intent, m.text, m.about, sorted(m.signs.items()), sorted(m.flags.items())) for m in drawn.messages]
    return hashlib.sha256(json.dumps([rows, list(drawn.examples), CONFIG]).encode()).hexdigest()


def training_yaml(drawn: Drawn) -> tuple[str, Counter[str]]:
    """The YAML, and counts of what became of the labels."""
    reader = understander()
    counts = Counter(
        {
            "messages": len(drawn.messages), "of messages": drawn.of_messages,
            "examples": len(drawn.examples), "of examples": drawn.of_examples,
        }
    )  # fmt: skip
    lines: dict[str, list[str]] = defaultdict(list)
    for message in drawn.messages:
        lines[message.intent].append(marked(message.text, marks_of_labels(message, reader, counts)))
    for intent, text in drawn.examples:
        lines[intent].append(marked(text, marks_of_reading(text, reader)))
    blocks = ["version: '3.1'", "nlu:"]
    for intent, texts in sorted(lines.items()):
        blocks += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in dict.fromkeys(texts))]
    return "\n".join(blocks) + "\n", counts


def marks_of_labels(message: Labelled, reader: Understander, counts: Counter[str]) -> list[Mark]:
    """A mark for each place of each label; red flags first, as entities cannot overlap."""
    said = reader.understand(message.text, message.about)
    places: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for mention in said.mentions:
        places["warning_sign", mention.sign].append((mention.start, mention.end))
    for flag in said.red_flag_mentions:
        places["red_flag", flag.flag].append((flag.start, flag.end))
    labels = [("red_flag", *pair) for pair in message.flags.items()]
    labels += [("warning_sign", *pair) for pair in message.signs.items()]
    found = [Mark(*place, *label) for label in labels for place in places[label[:2]]]
    chosen = apart(found, message.text)
    counts["labels"] += len(labels)
    counts["labels found"] += len({(m.entity, m.value) for m in found})
    missed = [label for label in labels if not places[label[:2]]]
    if missed and not chosen:
        chosen = apart([Mark(0, len(message.text), *missed[0])], message.text)
        counts["whole messages"] += 1
    counts["labels marked"] += len({(m.entity, m.value) for m in chosen})
    return chosen


def marks_of_reading(text: str, reader: Understander) -> list[Mark]:
    """Marks for all that our own understanding finds."""
    said = reader.understand(text)
    found = [Mark(f.start, f.end, "red_flag", f.flag, f.role) for f in said.red_flag_mentions]
    found += [Mark(m.start, m.end, "warning_sign", m.sign, m.role) for m in said.mentions]
    return apart(found, text)


def apart(marks: Iterable[Mark], text: str) -> list[Mark]:
    """Marks widened to whole words, without those that overlap an earlier one, in the order of the text."""
    chosen: list[Mark] = []
    for mark in marks:
        start, end = _words(mark.start, mark.end, text)
        if start < end and not any(start < m.end and m.start < end for m in chosen):
            chosen.append(Mark(start, end, mark.entity, mark.value, mark.role))
    return sorted(chosen, key=lambda m: m.start)


def _words(start: int, end: int, text: str) -> tuple[int, int]:
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    # the starter's tokenizer drops marks at the edges of a word, and a span must begin and end with a token
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return start, end


def marked(text: str, marks: Sequence[Mark]) -> str:
    """The text in Rasa's notation."""
    text = _BREAKS.sub(" ", text.translate(_NOTATION))
    parts, at = [], 0
    for mark in marks:
        entity = json.dumps({"entity": mark.entity, "value": mark.value, "role": mark.role})
        parts += [text[at : mark.start], f"[{text[mark.start : mark.end]}]{entity}"]
        at = mark.end
    return "".join([*parts, text[at:]]).strip()
