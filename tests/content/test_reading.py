"""Reading grade and voices."""

from __future__ import annotations

import pytest
import textstat

from bot.content.reading import grade, skeleton


def test_grade_is_flesch_kincaid() -> None:
    """A text without names and numbers is graded as textstat grades it."""
    text = "The cat sat on the mat. It was a very comfortable afternoon."
    assert grade(text) == pytest.approx(textstat.flesch_kincaid_grade(text))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("I have had lymphoblastic leukaemia before.", "I have had name before."),
        ("Please call on 0808 2080 888 at once.", "Please call on ten ten ten at once."),
        ("I have noted {signs} for your team.", "I have noted name for your team."),
    ],
)
def test_names_and_numbers_are_neutral(text: str, same: str) -> None:
    """Names of diseases, numbers and what is filled in do not make a text harder."""
    assert grade(text) == pytest.approx(grade(same))


def test_long_words_are_not_neutral() -> None:
    """Only names are: a long common word counts."""
    assert grade("Your appointment is about medication.") > grade("Your visit is about a pill.")


def test_bullets_end_sentences() -> None:
    """Five short bullets are five short sentences, not one long one."""
    bullets = "Look for these:\n\n- a rash on the arm\n- a lump in the neck\n- a pain in the leg"
    assert grade(bullets) < grade(bullets.replace("\n", " ").replace("-", ""))


@pytest.mark.parametrize(
    ("self_", "other", "same"),
    [
        ("Do you get out of breath?", "Does your child get out of breath?", True),
        ("Have you lost weight?", "Has the person you care for lost weight?", True),
        ("Do you have pain in your back?", "Does your child have pain in the back?", True),
        ("Do you get out of breath?", "Does your child stop to rest at play?", False),
        ("Have you lost weight?", "Are your child's clothes loose?", False),
    ],
)
def test_pronouns_swapped(self_: str, other: str, *, same: bool) -> None:
    """A voice that only swaps pronouns has the same skeleton; one that is written has not."""
    assert (skeleton(self_) == skeleton(other)) is same
