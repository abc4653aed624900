"""The importer: content to responses and examples."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter

from bot.content.loader import load_content
from bot.errors import ContentError
from bot.importers.content_importer import ContentImporter, examples

ROOT = Path(__file__).resolve().parents[2]
NLU = str(ROOT / "tests" / "rasa" / "data" / "nlu.yml")


def importer(domain: Path = ROOT / "domain.yml") -> ContentImporter:
    """The importer on the project's own files."""
    return ContentImporter(str(ROOT / "config.yml"), str(domain), [str(ROOT / "data" / "rules"), NLU])


def test_one_response_for_each_utterance() -> None:
    """The closed set stands in the domain: every utterance, in the plain voice, and nothing besides."""
    content = load_content(ROOT / "content")
    found = importer().get_domain().responses
    assert set(found) == {f"utter_{id_}" for id_ in content.utterances}
    assert all(len(variants) == 1 for variants in found.values())
    assert found["utter_sign_cough_label"][0]["text"] == content.utterances["sign_cough_label"].text.plain


def test_rasa_uses_it() -> None:
    """Rasa builds it from config.yml; a name that it cannot load would silently give the plain file importer."""
    built = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [NLU])
    assert built.get_domain().responses


def test_wording_in_the_domain_file_is_refused(tmp_path: Path) -> None:
    """Of two wordings for one id Rasa would keep the first without a word, so the domain file may hold none."""
    file = tmp_path / "domain.yml"
    file.write_text((ROOT / "domain.yml").read_text() + "\nresponses:\n  utter_welcome_what:\n    - text: Hello\n")
    with pytest.raises(ContentError, match="utter_welcome_what"):
        importer(file).get_domain()


def test_the_domain_file_holds_no_wording() -> None:
    """As shipped there is none."""
    assert "responses" not in (ROOT / "domain.yml").read_text()


def test_examples_are_added_once() -> None:
    """Names of signs become examples of `inform`; none is there twice, and none under another intent."""
    data = importer().get_nlu_data()
    texts = [example.get("text") for example in data.intent_examples]
    assert len(texts) == len(set(texts))
    added = [
        example
        for example in data.intent_examples
        if example.get("text") in set(examples(load_content(ROOT / "content")))
    ]
    assert len(added) >= 20 and {example.get("intent") for example in added} == {"inform"}


def test_it_gives_the_same_each_time() -> None:
    """Two imports are equal, in order too: training is to be repeatable."""
    first, second = importer(), importer()
    assert first.get_domain().fingerprint() == second.get_domain().fingerprint()
    assert first.get_nlu_data().fingerprint() == second.get_nlu_data().fingerprint()
