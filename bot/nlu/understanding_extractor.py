"""The pipeline component that writes what `bot.nlp` understood into a Rasa message.

It is intent classifier and entity extractor in one, as Rasa's own DIET is: it sets the intent, adds the entities
`warning_sign` and `red_flag` (value, role, place, cue), and puts the whole understanding beside them under
`understanding`. It learns nothing when Rasa trains: the network behind it is trained offline (training/README.md) and
comes with the code. Nothing raised inside costs the turn.
"""

import hashlib
import logging
from pathlib import Path
from typing import Any, Dict, List, Optional, Union

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    METADATA,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot import nlp as _nlp
from bot.clinical.understanding import FlagMention, Mention, Understanding
from bot.nlp.understand import Understander, open_question, understander
from bot.nlp.words import words_of_content

log = logging.getLogger(__name__)

#: Where the whole understanding stands in the parse data; `actions.incoming` reads it there.
UNDERSTANDING = "understanding"
#: Where the decision about the intent came from: rule, model or fallback.
INTENT_SOURCE = "intent_source"
EXTRACTOR = "UnderstandingExtractor"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=False,
)
class UnderstandingExtractor(GraphComponent, IntentClassifier, EntityExtractorMixin):
    """Signs, red flags, readings and the final intent of each message."""

    def __init__(self, reader: Understander) -> None:
        """Keep the reader; building it is the caller's work."""
        self._reader = reader

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "UnderstandingExtractor":
        """Build the reader from the content in use, so that a fault in the words stops the start.

        Raises:
            SignpostError: content or a word pattern cannot be read.
        """
        return cls(understander(config.get("content")))

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`content`: a content folder; by default the one in use."""
        return {"content": None}

    @staticmethod
    def fingerprint_addon(config: Dict[str, Any]) -> Optional[str]:
        """A hash of the code and lists behind this class, which Rasa's cache does not see."""
        digest = hashlib.sha256()
        folder = Path(str(_nlp.__file__)).parent
        for file in sorted(p for p in folder.iterdir() if p.suffix in (".py", ".yml", ".txt")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        for words in words_of_content(config.get("content")):
            digest.update(repr(sorted(words.items())).encode())
        return digest.hexdigest()

    def process(self, messages: List[Message]) -> List[Message]:
        """Read each message in place."""
        for message in messages:
            self._read(message)
        return messages

    def _read(self, message: Message) -> None:
        try:
            understood = self._understand(message)
        except Exception as error:  # noqa: BLE001  the turn must go on: red flags by phrase, intent out_of_scope
            log.error("nlu.understanding_failed error=%s", type(error).__name__)
            understood = self._reader.bare(str(message.get(TEXT) or ""))
        self._write(message, understood)

    def _understand(self, message: Message) -> Understanding:
        metadata = message.get(METADATA)
        known = metadata if isinstance(metadata, dict) else {}
        text = message.get(TEXT)
        return self._reader.understand(
            text if isinstance(text, str) else "",
            str(known.get("about") or "self"),
            open_question(known.get("question")),
        )

    @staticmethod
    def _write(message: Message, understood: Understanding) -> None:
        intent = {INTENT_NAME_KEY: understood.intent, PREDICTED_CONFIDENCE_KEY: understood.confidence}
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [intent], add_to_output=True)
        message.set(ENTITIES, [*(message.get(ENTITIES) or []), *entities(understood)], add_to_output=True)
        message.set(UNDERSTANDING, understood.to_json(), add_to_output=True)
        message.set(INTENT_SOURCE, understood.source, add_to_output=True)


def entities(understood: Understanding) -> List[Dict[str, Any]]:
    """Mentions and red flags as Rasa entities, in the order of the text."""
    found = [{"entity": "warning_sign", "value": m.sign, **_place(m)} for m in understood.mentions]
    found += [
        {"entity": "red_flag", "value": f.flag, **_place(f), "unclear": f.unclear} for f in understood.red_flag_mentions
    ]
    return sorted(found, key=lambda e: (e["start"], e["end"], e["entity"], e["value"]))


def _place(mention: Union[Mention, FlagMention]) -> Dict[str, Any]:
    """Role, place and cue, and which component found it."""
    place = {"role": mention.role, "start": mention.start, "end": mention.end, "cue": mention.cue}
    return {**place, "extractor": EXTRACTOR}
