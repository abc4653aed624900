"""Reviewed content for Rasa: one response for each utterance, and examples of how people name a sign."""

from __future__ import annotations

import re
import warnings
from typing import Any, Dict, Iterator, List, Optional, Union

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content.loader import Content
from bot.errors import ContentError
from bot.nlg.closed_set import response_name
from bot.resources import resources

INFORM = "inform"
#: Words of the lexicon that are plain words; others carry signs of its pattern language and are no example of speech.
PLAIN_WORDS = re.compile(r"[a-z][a-z' -]+")

# Rasa looks for responses in rules and stories only. Ours are said by the actions, each by its id, which the content
# check follows up; that Rasa finds none of them in a rule says nothing.
warnings.filterwarnings("ignore", message=r"The utterance 'utter_\w+' is not used in any story or rule")


class ContentImporter(RasaFileImporter):
    """Rasa's own file importer, with the reviewed content added.

    One importer and not two: of two that define the same response Rasa would silently keep the first.
    """

    def __init__(
        self,
        config_file: Optional[str] = None,
        domain_path: Optional[str] = None,
        training_data_paths: Optional[Union[List[str], str]] = None,
    ) -> None:
        """Read the content.

        Raises:
            ContentError: as `bot.content.loader.load_content`.
        """
        super().__init__(config_file, domain_path, training_data_paths)
        self._content = resources().content
        self._merged: Optional[Domain] = None

    def get_domain(self) -> Domain:
        """The domain file with every utterance as a response, in the plain voice.

        Raises:
            ContentError: the domain file holds wording of its own.
        """
        if self._merged is None:
            domain = super().get_domain()
            if domain.responses:
                raise ContentError(
                    f"domain.yml: holds the response {min(domain.responses)!r}. Wording belongs into content/."
                )
            self._merged = domain.merge(Domain.from_dict({"responses": dict(responses(self._content))}))
        return self._merged

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """The examples of the files, and those of the content that the files do not have."""
        data = super().get_nlu_data(language)
        known = {example.get(TEXT) for example in data.intent_examples}
        added = [text for text in examples(self._content) if text not in known]
        return data.merge(TrainingData([Message.build(text=text, intent=INFORM) for text in added]))


def responses(content: Content) -> Iterator[tuple[str, List[Dict[str, Any]]]]:
    """Name and text of every response, in a fixed order."""
    for id_ in sorted(content.utterances):
        yield response_name(id_), [{"text": content.utterances[id_].text.in_voice("plain"), "id": id_}]


def examples(content: Content) -> List[str]:
    """How a sign is named: its label, its line on the page, and everyday words for it. Each once, in a fixed order."""
    found: dict[str, None] = {}
    for id_ in sorted(content.signs):
        sign = content.signs[id_]
        for text in (sign.label.in_voice("self"), sign.choice.in_voice("self"), *sign.words):
            plain = text.strip().lower()
            if PLAIN_WORDS.fullmatch(plain):
                found[plain] = None
    return list(found)
