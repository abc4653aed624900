"""The understanding inside a spaCy pipeline."""

from __future__ import annotations

import spacy

from bot.nlp.spacy_pipe import SPANS, page


def test_spans_carry_sign_role_and_cue() -> None:
    """At the place of the words, with the whole understanding beside them."""
    nlp = spacy.blank("en")
    nlp.add_pipe("signpost_understanding", config={"about": "child"})
    doc = nlp("no cough but her nose wont stop bleeding")
    found = {(span.text, span.label_, span._.role, span._.cue) for span in doc.spans[SPANS]}
    assert ("cough", "cough", "absent", "no") in found
    assert any(label == "uncontrolled_bleeding" and role == "present" for _, label, role, _ in found)
    assert doc._.understanding.red_flags == ("uncontrolled_bleeding",)


def test_a_page_shows_what_was_understood_and_escapes_what_people_write() -> None:
    """For a clinician who wants to see why, without running the chat."""
    html = page(["no cough <script>alert(1)</script>"])
    assert "cough absent" in html and "<script>alert" not in html
