"""Short answers in the light of the question on screen."""

from __future__ import annotations

import pytest

from bot.clinical.understanding import OpenQuestion
from bot.nlp.understand import Understander

YES_NO = OpenQuestion("sign:cough", "yes_no", (("yes", "Yes"), ("no", "No"), ("unsure", "Not sure")), {"yes": "cough"})
PAGE = OpenQuestion(
    "page_body",
    "multiple",
    (("fatigue", "Very tired"), ("fever", "Fever"), ("chills", "Shivering"), ("night_sweats", "Drenching sweats at night"),
     ("none", "None of these"), ("unsure", "Not sure")),
    {"fatigue": "fatigue", "fever": "fever", "chills": "chills", "night_sweats": "night_sweats"},
)  # fmt: skip
WHO = OpenQuestion(
    "who", "single", (("self", "Me"), ("child", "My child"), ("adult", "Someone I care for"), ("skip", "Skip"))
)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("yes", "yes"), ("yeah but only at night", "yes"), ("yep, on and off", "yes"), ("a bit", "yes"),
        ("sometimes", "yes"),
        ("i do", "yes"), ("no", "no"), ("nope", "no"), ("not really", "no"), ("not that i know of", "no"),
        ("i don't", "no"),
        ("never", "no"), ("no i dont have that", "no"), ("not sure", "unsure"), ("dunno", "unsure"), ("i can't say", "unsure"),
        ("maybe", "unsure"), ("i haven't checked", "unsure"), ("yes and no", "unsure"), ("no idea", "unsure"),
        ("i've been coughing all night", "yes"), ("no cough", "no"), ("yeah no cough at all", "no"),
        ("i have none", "no"),
    ],
)  # fmt: skip
def test_yes_no(reader: Understander, text: str, choice: str) -> None:
    """Yes, no or unsure is picked as said."""
    assert reader.understand(text, question=YES_NO).picks == (choice,)


@pytest.mark.parametrize(
    ("text", "picks"),
    [
        ("the first two", ("fatigue", "fever")),
        ("just the second one", ("fever",)),
        ("only the sweats", ("night_sweats",)),
        ("nope none", ("none",)),
        ("none of those", ("none",)),
        ("1 and 4", ("fatigue", "night_sweats")),
        ("number 3", ("chills",)),
        ("2-4", ("fever", "chills", "night_sweats")),
        ("1 & 3 please", ("fatigue", "chills")),
        ("2 weeks", ()),
        ("all of them", ("fatigue", "fever", "chills", "night_sweats")),
        ("the last one", ("night_sweats",)),
        ("tired and shivery", ("fatigue", "chills")),
        ("im not sure", ("unsure",)),
        ("no fever but im shattered", ("fatigue",)),
        ("not that i know of", ("none",)),
    ],
)
def test_page_with_several(reader: Understander, text: str, picks: tuple[str, ...]) -> None:
    """Words, places and numbers pick the lines of a page."""
    assert reader.understand(text, question=PAGE).picks == picks


@pytest.mark.parametrize(
    ("text", "choice"),
    [("me", "self"), ("my child", "child"), ("the third one", "adult"), ("someone i care for", "adult")],
)
def test_single(reader: Understander, text: str, choice: str) -> None:
    """A label or a place picks one button."""
    assert reader.understand(text, question=WHO).picks == (choice,)


@pytest.mark.parametrize("text", ["what a day", "hmm", "blue", "the bus was late"])
def test_nothing_said_picks_nothing(reader: Understander, text: str) -> None:
    """Words that answer nothing are never a no."""
    assert reader.understand(text, question=PAGE).picks == ()


@pytest.mark.parametrize(
    ("text", "exclusive"),
    [("only the sweats", True), ("just a cough, nothing else", True), ("a cough", False), ("cough and fever", False)],
)
def test_exclusive(reader: Understander, text: str, exclusive: bool) -> None:
    """The word Only leaves no room for more."""
    assert reader.understand(text).exclusive is exclusive


@pytest.mark.parametrize("text", ["back", "stop", "skip", "help", "again", "repeat", "later"])
def test_a_word_that_steers_the_chat_picks_no_line(reader: Understander, text: str) -> None:
    """ "back" alone is the wish to go back, also where a line speaks of the back."""
    page = OpenQuestion(
        "page_bones",
        "multiple",
        (("back_pain", "New back pain"), ("none", "None of these")),
        {"back_pain": "back_pain"},
    )
    assert reader.understand(text, question=page).picks == ()


@pytest.mark.parametrize(
    ("text", "choice"), [("very worried", "very"), ("a bit worried", "bit"), ("not worried", "not")]
)
def test_of_labels_that_share_words_the_one_said_in_full_is_picked(
    reader: Understander, text: str, choice: str
) -> None:
    """Three answers to one question all hold the word "worried"."""
    worry = OpenQuestion(
        "worry", "single", (("not", "Not worried"), ("bit", "A bit worried"), ("very", "Very worried"))
    )
    assert reader.understand(text, question=worry).picks == (choice,)


@pytest.mark.parametrize("text", ["new", "New.", "same", "better"])
def test_one_word_of_a_choice_is_that_choice_whatever_the_network_hears(product: Understander, text: str) -> None:
    """ "New" was heard as the wish to begin anew, which asked whether to lose all that was noted."""
    choices = (("new", "It is new"), ("worse", "It is worse"), ("same", "It is the same"), ("better", "It is better"))
    understood = product.understand(text, question=OpenQuestion("change:fatigue", "single", choices))
    assert (understood.intent, understood.picks) == ("inform", (text.lower().strip("."),))
