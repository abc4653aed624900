"""The tokens that the network reads: BERT's own, with their places in the text as it was typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.nlp.encoder import FOLDER, WINDOW, WINDOWS, windows
from bot.nlp.wordpiece import WordPiece

#: Texts with the ids that the publisher's own tokenizer gives, written by training/reference.py.
REFERENCE = json.loads((Path(__file__).parent / "wordpiece_reference.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pieces() -> WordPiece:
    """The shipped vocabulary."""
    lines = (FOLDER / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return WordPiece({piece: number for number, piece in enumerate(lines) if piece})


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: row["text"][:30])
def test_ids_are_those_of_the_publishers_tokenizer(pieces: WordPiece, row: dict[str, object]) -> None:
    """Accents, contractions, figures, emoji, other scripts, unknown and endless words."""
    assert pieces.encode(str(row["text"]))[0] == row["ids"]


@given(st.text(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_text_has_places_in_order(pieces: WordPiece, text: str) -> None:
    """No text breaks it; places lie within the text and never go back."""
    ids, places = pieces.encode(text)
    assert len(ids) == len(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


@pytest.mark.parametrize(("words", "count"), [(0, 1), (1, 1), (124, 1), (125, 2), (224, 2), (225, 3), (2000, WINDOWS)])
def test_long_texts_are_read_in_windows(pieces: WordPiece, words: int, count: int) -> None:
    """None is longer than the network's; they overlap, and a very long text is read at its beginning and its end."""
    text = " ".join(["cold"] * words)
    made = windows(pieces, "self", text)
    seen = {span for _, places in made for span in places}
    places = pieces.encode(text)[1]
    assert len(made) == count and all(len(ids) == len(spans) <= WINDOW for ids, spans in made)
    assert set(places[:100] + places[-50:]) <= seen
    if count < WINDOWS:
        assert set(places) <= seen
