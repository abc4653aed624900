"""The trained model as a plain function, for `python -m bot parse`."""

import asyncio
import logging
from pathlib import Path
from typing import Any, Dict, Mapping

from rasa.core.agent import load_agent
from rasa.core.channels.channel import UserMessage
from rasa.utils.log_utils import configure_structlog

from bot.errors import SignpostError
from bot.nlp.parse_cli import Interpreter


class ModelError(SignpostError):
    """The trained model cannot be loaded."""


def rasa_interpreter(model: Path) -> Interpreter:
    """Load a model file and return a function from (text, metadata) to Rasa's parse data.

    Raises:
        ModelError: the file is missing or Rasa cannot load it.
    """
    # unset, Rasa prints every message to standard output, among the answers
    configure_structlog(logging.ERROR)
    loop = asyncio.new_event_loop()
    agent = loop.run_until_complete(load_agent(model_path=str(model))) if model.is_file() else None
    if agent is None or agent.processor is None:
        raise ModelError(f"{model}: no model that can be loaded; run `make train` to make one")
    processor = agent.processor

    def parse(text: str, metadata: Mapping[str, Any]) -> Dict[str, Any]:
        message = UserMessage(text, sender_id="parse", metadata=dict(metadata))
        return dict(loop.run_until_complete(processor.parse_message(message)))

    return parse
