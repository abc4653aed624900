"""What is noted from a person's own words."""

from __future__ import annotations

import pytest

from bot.clinical.checklist import Incoming
from bot.clinical.understanding import Duration, Understanding
from tests.support.core import Person, content, means

PAGES = ["right_now_1", "who", "page_body", "page_head", "worry", "review"]
ON_PAGES = pytest.mark.parametrize("place", PAGES)


@ON_PAGES
@pytest.mark.parametrize(
    ("role", "status", "utterance"),
    [
        ("present", "present", "noted"),
        ("absent", "absent", "noted_absent"),
        ("past", "past", "noted_past"),
        ("other", None, "noted_other"),
    ],
)
def test_each_role_is_noted_as_what_it_is(place: str, role: str, status: str | None, utterance: str) -> None:
    """And acknowledged, with the words kept. The sign is one that this place has not asked about."""
    person = Person().pick("start") if place == "right_now_1" else Person().until(place)
    before = person.state.status("cough")
    person.say("about a cough", **{role: ["cough"]})
    assert utterance in person.said
    if before is None or role == "present":
        assert person.state.status("cough") == (status or before)


def test_a_sign_in_a_question_is_not_noted() -> None:
    """Asking about a cough is not having one."""
    person = Person().until("page_body").say("is a cough a sign?", "ask_sign_info", question=["cough"])
    assert person.state.status("cough") is None


@pytest.mark.parametrize("place", ["page_blood", "page_bones", "worry"])
@pytest.mark.parametrize(("role", "noted"), [("absent", True), ("past", True)])
def test_words_against_an_earlier_answer_are_asked_about(place: str, role: str, noted: bool) -> None:
    """Neither wins in silence: what was noted stays until the question is answered."""
    person = Person().pick("start").say("tired", present=["fatigue"]).until(place)
    person.say("not tired", **{role: ["fatigue"]})
    assert person.step == "sign:fatigue" and person.state.status("fatigue") == "present"
    assert person.pick("no").state.status("fatigue") == "absent" and person.step == place


def test_not_sure_is_not_lowered_by_words_alone() -> None:
    """It is asked, as for a sign that is there."""
    person = Person().until("page_body").pick("unsure").say("no fever", absent=["fever"])
    assert person.step == "sign:fever" and person.state.status("fever") == "unsure"


def test_of_two_contradictions_one_is_asked_and_the_words_of_the_rest_are_kept() -> None:
    """One question at a time; nothing is dropped."""
    person = Person().pick("start").say("words", present=["fatigue", "cough"])
    person.say("neither any more", absent=["fatigue", "cough"])
    assert person.step == "sign:fatigue" and "neither any more" in person.state.notes
    assert person.state.status("cough") == "present"


def test_present_wins_over_absent_in_one_message() -> None:
    """Both said: there is something to tell."""
    person = Person().until("page_body").say("words", present=["cough"], absent=["cough"])
    assert person.state.status("cough") == "present"


@ON_PAGES
def test_an_absent_sign_that_comes_up_is_noted(place: str) -> None:
    """Saying it later counts, also at the review, which then comes again."""
    person = Person().pick("start").say("no cough", absent=["cough"])
    person = person if place == "right_now_1" else person.until(place)
    person.say("now I do cough", present=["cough"])
    assert person.state.status("cough") == "present"


def test_only_the_sweats_closes_the_page() -> None:
    """Words that leave no room for more rule out the rest of the page on screen, and of no other."""
    person = Person().until("page_body").say("only the sweats", present=["night_sweats"], exclusive=True)
    rest = set(content().steps["page_body"].signs) - {"night_sweats"}
    assert {person.state.status(s) for s in rest} == {"absent"} and "page_body" in person.state.screens
    assert person.state.status("cough") is None


def test_without_such_words_the_page_stays_open() -> None:
    """After the follow-ups the same page comes again, with what is left."""
    person = Person().until("page_body").say("sweats", present=["night_sweats"])
    while ":" in person.step:
        person.pick(next(c for c in ("days", "new", "none") if c in person.choices))
    assert person.step == "page_body" and "night_sweats" not in person.choices


@pytest.mark.parametrize("who", ["child", "adult"])
def test_signs_of_somebody_else_are_taken_over_when_it_turns_out_to_be_about_them(who: str) -> None:
    """Said before it was asked whom the check is for; with the words."""
    person = Person().pick("start").say("my husband coughs", other=["cough"])
    assert person.state.findings == {}
    person.until("who").pick(who)
    assert person.state.status("cough") == "present" and person.state.findings["cough"].words == "my husband coughs"


def test_signs_of_somebody_else_are_not_mine() -> None:
    """If the check is about me they stay off the list."""
    person = Person().pick("start").say("my husband coughs", other=["cough"]).until("page_body", who="self")
    assert person.state.status("cough") is None


def test_going_back_on_whom_it_is_about_keeps_what_was_said_of_them() -> None:
    """Back takes it off the list; the same answer again puts it back."""
    person = Person().pick("start").say("my husband coughs", other=["cough"]).until("who").pick("adult")
    person.say("go back", "go_back")
    assert person.state.status("cough") is None and person.step == "who"
    assert person.pick("adult").state.status("cough") == "present"


@ON_PAGES
@pytest.mark.parametrize(("celsius", "flag"), [(36.8, None), (37.5, "fever_38"), (35.5, "low_temperature")])
def test_a_reading_in_passing_is_noted(place: str, celsius: float, flag: str | None) -> None:
    """At any moment; a flagged one interrupts."""
    person = Person().until(place).say("it was", readings=[celsius])
    assert [r.c for r in person.state.temperatures] == [celsius]
    assert list(person.state.flags) == ([flag] if flag else [])
    assert bool(person.directions) is bool(flag)


def test_the_same_reading_is_noted_once_and_a_later_one_again() -> None:
    """A repeat within the day is a repeat; the day after it is a new reading."""
    person = Person().until("who").say("36.8", readings=[36.8]).say("36.8", readings=[36.8])
    assert len(person.state.temperatures) == 1
    person.send(Incoming(means("36.8", readings=[36.8])), hours=30)
    assert len(person.state.temperatures) == 2


def test_the_reading_that_decides_is_the_one_to_say_on_the_phone() -> None:
    """The highest; a low one where only that is out of line."""
    high = Person().until("who").say("words", readings=[38.4, 36.9]).directions[-1]
    assert high.values["celsius"] == "38.4"
    low = Person().until("who").say("words", readings=[35.2, 36.9]).directions[-1]
    assert low.values["celsius"] == "35.2"


def test_medicines_in_passing_are_noted() -> None:
    """In the words of the checklist; a question about one is not taking it."""
    person = Person().until("who").say("took some", medicines=("steroid", "ibuprofen"))
    assert person.state.medicines == ("steroids", "ibuprofen")
    asked = Person().until("who").say("can I take it?", "ask_medication_advice", medicines=("paracetamol",))
    assert asked.state.medicines == ()


@pytest.mark.parametrize(
    ("days", "date", "precision"),
    [(0.0, "2026-11-23", "day"), (3.0, "2026-11-20", "day"), (14.0, "2026-11-09", "weeks"), (None, None, None)],
)
def test_since_when_is_taken_from_words(days: float | None, date: str | None, precision: str | None) -> None:
    """As a date as exact as the words were; the words themselves are kept."""
    said = (Duration("since then", days, 0, 1),)
    person = Person().until("page_blood").say("a cough since then", present=["cough"], durations=said)
    finding = person.state.findings["cough"]
    assert (finding.since_words, finding.since_date, finding.precision) == ("since then", date, precision)
    assert person.step == "change:cough"


def test_about_so_many_days_is_not_to_the_day() -> None:
    """The date is kept, and that it is not exact."""
    said = (Duration("about three days", 3.0, 0, 1, loose=True),)
    person = Person().until("page_blood").say("a cough for about three days", present=["cough"], durations=said)
    finding = person.state.findings["cough"]
    assert (finding.since_date, finding.precision) == ("2026-11-20", "days")


def test_a_date_is_that_of_the_site() -> None:
    """At ten in the evening of UTC it is tomorrow in Sydney."""
    from datetime import datetime, timezone

    from tests.support.core import site

    evening = datetime(2026, 11, 23, 22, 0, tzinfo=timezone.utc)
    person = Person(site(time_zone="Australia/Sydney"), evening).until("page_blood").pick("cough").pick("today")
    assert person.state.findings["cough"].since_date == "2026-11-24"


def test_words_with_two_times_are_not_guessed_at() -> None:
    """Which is the sign's nobody can tell: it is asked."""
    two = (Duration("since May", 180.0, 0, 1), Duration("on Tuesday", 6.0, 0, 1))
    person = Person().until("page_blood").say("words", present=["cough"], durations=two)
    assert person.step == "since:cough"


def test_an_unknown_sign_is_left_alone() -> None:
    """An id that the content does not have is no error."""
    assert Person().until("who").say("words", present=["gone"]).state.findings == {}


def test_nothing_at_all_is_met_with_the_question() -> None:
    """An empty understanding is no error either."""
    person = Person().until("who").send(Incoming(Understanding()))
    assert person.step == "who" and person.out.say[-1].kind == "question"
