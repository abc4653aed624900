"""English or not."""

from __future__ import annotations

import pytest

from bot.nlp.understand import Understander


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hello i have a cough", "en"), ("temp 38", "en"), ("knackered", "en"), ("Siobhan", "en"), ("ok", "en"),
        ("!!", "en"),
        ("hola, tengo fiebre y estoy muy mal", "es"), ("ayuda por favor", "es"), ("bonjour j'ai besoin d'aide", "fr"),
        ("ich habe fieber", "de"), ("saya demam sejak kemarin", "id"), ("мне плохо", "ru"), ("أنا مريض", "ar"),
        ("मुझे बुखार है", "hi"), ("我发烧了", "zh"), ("熱があります", "ja"), ("mujhe bahut bukhar hai", "hi"),
        ("xyqq blorf wexel trumdle", "und"),
    ],
)  # fmt: skip
def test_language(reader: Understander, text: str, language: str) -> None:
    """A code for the language, `en` when in doubt, `und` when nothing is recognised."""
    assert reader.understand(text).language == language
