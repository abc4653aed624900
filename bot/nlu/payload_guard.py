"""The last component of the pipeline: a message that people type is text, never a command.

Rasa reads `/intent{"entity": "value"}` from any channel as an intent, after the whole pipeline and over its result.
This component replaces the leading slash of such a text, so that Rasa's handler finds nothing to do. The text that is
stored and shown stays as typed. Buttons of our own channel do not come this way: they carry ready parse data.
"""

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

#: Looks like a slash and means nothing to Rasa.
DIVISION_SLASH = "\u2215"


# Registered as an extractor because Rasa runs those at prediction only, in the order of the pipeline.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PayloadGuard(GraphComponent):
    """Takes the command out of typed payloads."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "PayloadGuard":
        """Nothing to load."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Replace the slash of each text that begins with one, blanks before it aside."""
        for message in messages:
            text = message.get(TEXT)
            if isinstance(text, str) and text.lstrip().startswith("/"):
                message.set(TEXT, text.replace("/", DIVISION_SLASH, 1))
        return messages
