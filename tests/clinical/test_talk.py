"""What is said beside the answers, on several pages: it is answered, and the same question comes back."""

from __future__ import annotations

from typing import Any

import pytest

from bot.clinical.draft import Incoming
from tests.support.core import Person, content, means, site

PAGES = ["who", "page_body", "page_bones", "worry"]
ON_PAGES = pytest.mark.parametrize("place", PAGES)


@ON_PAGES
@pytest.mark.parametrize(
    ("intent", "utterance", "directed"),
    [
        ("greet", "greet", False),
        ("thanks", "thanks", False),
        ("ask_diagnosis", "say_diagnosis", True),
        ("ask_prognosis", "say_prognosis", True),
        ("ask_results", "say_results", True),
        ("ask_medication_advice", "say_medicine", True),
        ("ask_treatment", "say_treatment", True),
        ("ask_contact", "contact_intro", True),
        ("ask_privacy", "topic_privacy", False),
        ("ask_bot_identity", "topic_about_bot", False),
        ("repeat", "repeat_intro", False),
        ("ask_sign_info", "topic_sign_list", False),
        ("get_summary", "summary_intro", True),
    ],
)
def test_a_question_is_answered_and_the_same_question_comes_back(
    place: str, intent: str, utterance: str, directed: bool
) -> None:
    """With the numbers where only the care team can answer."""
    person = Person().until(place).say("words", intent)
    assert person.said[0] == utterance
    assert bool(person.directions) is directed
    assert person.step == place and person.out.say[-1].kind == "question"


@ON_PAGES
def test_a_refusal_never_directs_below_soon(place: str) -> None:
    """Whoever asks for a diagnosis has a reason to call; what is noted demands more."""
    assert Person().until(place).say("is it back?", "ask_diagnosis").directions[0].level == "soon"
    person = Person().until(place).say("words", present=["bleeding"]).say("is it back?", "ask_diagnosis")
    assert person.directions[0].level == "today"


@ON_PAGES
@pytest.mark.parametrize(
    ("intent", "utterance", "step"),
    [
        ("goodbye", "goodbye", "paused"),
        ("stop", "stop_text", "paused"),
        ("later", "later_text", "paused"),
        ("restart", "step_restart_question", "restart"),
        ("delete_my_data", "step_forget_question", "forget"),
    ],
)
def test_a_wish_to_leave_opens_a_side_way(place: str, intent: str, utterance: str, step: str) -> None:
    """Whoever stops is told whom to contact; nothing is deleted before it is confirmed."""
    person = Person().until(place).say("words", intent)
    assert person.said[0] == utterance and person.step == step
    assert bool(person.directions) is (step == "paused")
    assert not person.out.effects


@ON_PAGES
def test_a_pause_goes_on_where_it_was(place: str) -> None:
    """With one button."""
    assert Person().until(place).say("stop", "stop").pick("continue").step == place


@ON_PAGES
def test_a_pause_shows_the_summary(place: str) -> None:
    """With what is noted so far, and its direction."""
    person = Person().until(place).say("stop", "stop").pick("summary")
    assert person.said[0] == "summary_intro" and person.directions


@ON_PAGES
@pytest.mark.parametrize(
    ("topic", "directed"), [("relapse", False), ("mrd", False), ("fear_of_relapse", True), ("feelings", True)]
)
def test_a_topic_is_answered(place: str, topic: str, directed: bool) -> None:
    """Those about fear and feelings with the numbers."""
    person = Person().until(place).say("words", "ask_definition", topic=topic)
    assert person.said[0] == f"topic_{topic}" and person.step == place
    assert bool(person.directions) is directed


@ON_PAGES
def test_an_unknown_question_gets_the_list_of_topics(place: str) -> None:
    """Each of the listed ones can be pressed, and the page comes back."""
    person = Person().until(place).say("words", "ask_definition", topic=None)
    assert person.said[0] == "definition_unknown" and person.step == "topics"
    assert set(person.choices) >= {t.id for t in content().topics.values() if t.listed}
    person.pick("relapse")
    assert person.said[0] == "topic_relapse"


@ON_PAGES
def test_a_question_about_a_sign_shows_what_it_looks_like(place: str) -> None:
    """Also on black and brown skin; it is not noted."""
    person = Person().until(place)
    before = person.state.findings
    person.say("what does it look like?", "ask_sign_info", question=["petechiae"])
    assert person.said[:3] == ["sign_info", "sign_petechiae_looks_like", "sign_petechiae_dark_skin"]
    assert person.state.findings == before and person.step == place


@ON_PAGES
def test_why_is_answered_by_the_step_itself(place: str) -> None:
    """Each has its reason."""
    assert Person().until(place).say("why?", "why_ask").said[0] == f"step_{place}_why"


def test_why_a_sign_is_asked_is_answered_by_the_sign() -> None:
    """With what its source says."""
    person = Person().until("page_blood").pick("cough").say("why?", "why_ask")
    assert person.said[0] == "sign_cough_why" and person.step == "since:cough"


@ON_PAGES
@pytest.mark.parametrize(
    ("hours", "utterance"),
    [
        ({}, "human_no_hours"),
        ({"mon": {"opens": "09:00", "closes": "17:00"}}, "human_here"),
        ({"tue": {"opens": "09:00", "closes": "17:00"}}, "human_not_here"),
    ],
)
def test_a_wish_for_a_person_is_met_honestly(place: str, hours: dict[str, Any], utterance: str) -> None:
    """A case is opened; who is there now is said as it is; and the numbers to ring meanwhile."""
    person = Person(site(support={"name": "Ann", "hours": hours})).until(place).say("a human", "ask_human")
    assert person.out.effects == ("open_case:asked",)
    assert person.said[:3] == ["human_case", utterance, "human_numbers"] and person.directions
    assert person.step == place


def test_a_person_can_be_asked_for_at_the_welcome() -> None:
    """From the first message."""
    assert "open_case:asked" in Person().pick("person").out.effects


@ON_PAGES
@pytest.mark.parametrize(
    ("country", "utterance"), [("GB", "distress_path"), ("international", "distress_path_no_line")]
)
def test_distress_is_met_first_then_the_path(place: str, country: str, utterance: str) -> None:
    """With the support line of the country where it has one; the mood is noted where it was not answered before."""
    person = Person(site(countries=[country])).until(place).say("I am so scared", "express_distress")
    assert person.said[:2] == ["distress_met", utterance]
    assert person.state.status("low_mood") == ("absent" if place == "worry" else "present")


@ON_PAGES
def test_going_back_takes_back_one_answer(place: str) -> None:
    """And says so."""
    person = Person().until(place)
    steps = len(person.state.history)
    person.say("go back", "go_back")
    assert person.said[0] == "back_done" and len(person.state.history) == steps - 1


def test_there_is_nothing_before_the_beginning() -> None:
    """It is said, not ignored."""
    assert Person().say("go back", "go_back").said[0] == "back_at_start"


@ON_PAGES
@pytest.mark.parametrize(
    ("readability", "utterance"),
    [("empty", "empty_input"), ("emoji", "emoji_input"), ("unreadable", "unreadable_input"), ("too_long", "too_long")],
)
def test_what_cannot_be_read_gets_a_short_answer(place: str, readability: str, utterance: str) -> None:
    """Never an error, never silence; the page comes back."""
    person = Person().until(place).say("???", "out_of_scope", readability=readability)
    assert person.said[0] == utterance and person.step == place


@ON_PAGES
@pytest.mark.parametrize("language", ["fr", "es"])
def test_another_language_gets_the_contact_card(place: str, language: str) -> None:
    """The numbers, and how to ask for an interpreter."""
    person = Person().until(place).say("no entiendo", "out_of_scope", language=language)
    assert person.said[0] == "not_english" and person.directions and person.step == place


@ON_PAGES
def test_what_is_not_understood_is_kept_for_the_team(place: str) -> None:
    """The words stand in the notes, and the question comes again."""
    person = Person().until(place).say("the dog sat on my foot", "out_of_scope")
    assert person.state.notes == ("the dog sat on my foot",) and person.step == place


@ON_PAGES
def test_deleting_asks_first_and_then_deletes(place: str) -> None:
    """A no keeps everything; a yes ends with a direction."""
    person = Person().until(place).say("delete it", "delete_my_data").pick("no")
    assert person.said[0] == "forget_declined" and person.step == place and not person.out.effects
    person.say("delete it", "delete_my_data").pick("yes")
    assert person.out.effects == ("forget",) and person.directions and person.out.say[-1].kind == "direction"


@ON_PAGES
def test_starting_again_asks_first(place: str) -> None:
    """A no keeps everything; a yes goes to the first question with nothing noted."""
    person = Person().until(place).say("words", present=["cough"]).say("start again", "restart").pick("no")
    assert person.state.status("cough") == "present"
    person.say("start again", "restart").pick("yes")
    assert person.state.findings == {} and person.step == "right_now_1"


@pytest.mark.parametrize(("hours", "stands"), [(1, True), (23, True), (25, False)])
def test_starting_again_does_not_take_a_red_flag_of_the_last_day_off_the_record(hours: int, stands: bool) -> None:
    """Nothing lowers a level but staff."""
    person = Person().until("who").say("words", flags=["collapse"]).pick("called").say("again", "restart")
    from bot.clinical.checklist import Incoming
    from bot.clinical.understanding import Understanding

    person.send(Incoming(Understanding(intent="inform"), "restart", ("yes",)), hours=hours)
    assert (person.state.flags == {"collapse": "present"}) is stands


@pytest.mark.parametrize(
    ("wish", "step", "told"), [("restart", "restart", "restarted"), ("delete_my_data", "forget", "forgotten")]
)
def test_what_ended_the_record_is_told_also_beside_a_red_flag_and_after_its_direction(
    wish: str, step: str, told: str
) -> None:
    """Days after a red flag, "yes, begin again, and now I have chest pain": nothing goes off the record unsaid."""
    from bot.clinical.checklist import Incoming
    from tests.support.core import means

    person = Person().until("who").say("words", flags=["collapse"]).pick("called").say("wish", wish)
    person.send(Incoming(means("and chest pain", flags=["chest_pain"]), step, ("yes",)), hours=25)
    utterances = [s.utterance for s in person.out.say]
    assert told in utterances and "chest_pain" in person.state.flags
    assert [s.kind for s in person.out.say].index("direction") < utterances.index(told)


@pytest.mark.parametrize(("minutes", "said"), [(10, False), (120, True), (60 * 24 * 90, True)])
def test_after_a_pause_it_is_said_what_is_remembered(minutes: int, said: bool) -> None:
    """And the same page goes on, also after months."""
    from bot.clinical.checklist import Incoming
    from tests.support.core import means

    person = Person().until("page_body").pick("fatigue").pick("days")
    person.send(Incoming(means("hello", "greet")), minutes=minutes)
    assert ("resumed" in person.said) is said and person.step == "change:fatigue"
    assert person.state.status("fatigue") == "present"


def test_words_of_an_earlier_question_do_not_answer_the_present_one() -> None:
    """Written while an answer was on its way: kept for the team, a wish is granted, and the open question stays open."""
    person = Person().until("page_body").pick("fatigue")
    weeks = means("two weeks ago", picks=("weeks",))
    person.send(Incoming(weeks, "page_body"))
    assert person.step == "since:fatigue" and person.said[0] == "noted_words"
    assert person.state.notes == ("two weeks ago",)
    for intent in ("skip", "go_back", "affirm"):
        assert person.send(Incoming(means("words", intent), "page_body")).step == "since:fatigue"
    assert person.send(Incoming(means("words", "ask_diagnosis"), "page_body")).said[0] == "say_diagnosis"
    assert person.step == "since:fatigue"
    assert person.send(Incoming(weeks, "since:fatigue")).step == "change:fatigue"


def test_words_of_an_earlier_question_do_not_answer_a_red_flag() -> None:
    """A "yes" that was meant for a page is not "I have called"; the direction comes again, and the words are kept."""
    person = Person().until("right_now_1").pick("chest_pain")
    person.send(Incoming(means("yes, it hurts", "affirm", picks=("called",)), "right_now_1"))
    assert person.step == "red_flag" and person.directions
    assert "yes, it hurts" in person.state.notes
