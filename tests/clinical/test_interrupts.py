"""Red flags interrupt everything, and each way on leads where it should."""

from __future__ import annotations

import pytest

from bot.clinical import checklist
from bot.clinical.checklist import Incoming
from bot.clinical.state import Interrupt
from bot.clinical.urgency import assess
from tests.support.core import Person, content, means, site

PLACES = ["right_now_2", "who", "country", "page_body", "page_head", "worry", "anything_else", "review", "summary"]
FLAGS = sorted(content().red_flags)


def level_of(person: Person) -> str:
    return assess(person.state, content()).level


def test_a_red_flag_before_the_start_is_met_too() -> None:
    """The welcome has no answer that comes before a direction."""
    person = Person().say("I cannot breathe", flags=["severe_breathlessness"])
    assert person.said == ["flag_heard", "level_emergency_direction", "step_red_flag_question"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("flag", ["fever_38", "uncontrolled_bleeding", "self_harm"])
def test_a_red_flag_in_words_interrupts_every_page(place: str, flag: str) -> None:
    """Its direction comes before anything else, with three ways on and no other."""
    person = Person().until(place).say("words", flags=[flag])
    entry = content().red_flags[flag]
    assert [d.level for d in person.directions] == [entry.level]
    assert person.directions[0].crisis is entry.crisis
    assert person.choices == ["called", "cannot_call", "not_meant"]
    assert person.state.flags == {flag: "present"}


@pytest.mark.parametrize("detour", ["stop", "restart", "delete_my_data", "later", "ask_definition", "goodbye"])
def test_a_red_flag_interrupts_every_side_way(detour: str) -> None:
    """A pause, a wish to forget, a list of topics: none of them is in the way."""
    person = Person().until("page_body").say("words", detour).say("it bleeds", flags=["uncontrolled_bleeding"])
    assert person.directions[-1].level == "emergency" and person.step == "red_flag"


@pytest.mark.parametrize("flag", FLAGS)
def test_every_flag_has_its_direction_and_is_named(flag: str) -> None:
    """What was heard is said back, and what to say on the phone names it."""
    person = Person().until("page_body").say("words", flags=[flag])
    assert f"flag_{flag}_say" in person.directions[0].say
    assert person.directions[0].contacts


@pytest.mark.parametrize("step", ["right_now_1", "right_now_2"])
def test_a_ticked_flag_is_a_flag(step: str) -> None:
    """Every line of both screens."""
    for flag in content().steps[step].flags:
        person = Person().until(step).pick(flag)
        assert person.state.flags == {flag: "present"} and person.directions
        assert person.directions[0].level == content().red_flags[flag].level


def test_a_tick_and_words_are_answered_by_one_direction() -> None:
    """Both flags are named, as heard for the first time."""
    person = Person().until("right_now_1").pick("chest_pain", means=means(flags=["chest_pain", "seizure"]))
    assert person.said == ["flag_heard", "level_emergency_direction", "step_red_flag_question"]
    assert set(person.state.flags) == {"chest_pain", "seizure"}


def test_a_sign_ticked_and_said_with_a_red_flag_is_named_once() -> None:
    """A tick and the same sign in words beside it: one line before the direction, not two."""
    person = Person().until("page_blood")
    person.pick("bleeding", means=means("it will not stop", present=["bleeding"], flags=["uncontrolled_bleeding"]))
    assert person.said == ["noted", "flag_heard", "level_emergency_direction", "step_red_flag_question"]


def test_what_else_was_said_is_kept_and_named() -> None:
    """A sign beside a red flag is noted in one line before the direction."""
    person = Person().until("page_body").say("words", flags=["seizure"], present=["cough"])
    assert person.said[0] == "noted" and person.state.status("cough") == "present"


# after the direction ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flag", "thanks"),
    [("fever_38", "now_called_ack"), ("collapse", "called_ack"), ("self_harm", "crisis_called_ack")],
)
@pytest.mark.parametrize("place", ["page_body", "page_head", "worry"])
def test_after_the_call_the_list_goes_on_where_it_was(flag: str, thanks: str, place: str) -> None:
    """The flag stays on record, and the level with it."""
    person = Person().until(place).say("words", flags=[flag]).pick("called")
    assert person.said[0] == thanks
    assert person.state.interrupt is None and person.state.flags == {flag: "present"}
    assert level_of(person) == content().red_flags[flag].level
    assert person.step == ("temperature" if flag == "fever_38" else place)


def test_who_cannot_call_is_told_what_to_do_then() -> None:
    """The numbers again, and the other ways to get help; then called, or not meant."""
    person = Person().until("worry").say("words", flags=["collapse"]).pick("cannot_call")
    assert person.step == "cannot_call" and person.directions[0].level == "emergency"
    assert person.choices == ["called", "not_meant"]
    assert person.pick("called").step == "worry"


@pytest.mark.parametrize(
    ("answer", "how", "level"),
    [("no", "withdrawn", "today"), ("yes", "present", "emergency"), ("unsure", "present", "emergency")],
)
@pytest.mark.parametrize("place", ["who", "page_blood", "review"])
def test_not_meant_asks_one_closed_question(answer: str, how: str, level: str, place: str) -> None:
    """Only a no withdraws it, with a floor; it stays on record either way."""
    person = Person().until(place).say("words", flags=["seizure"]).pick("not_meant")
    assert person.step == "not_meant" and person.choices == ["yes", "no", "unsure"]
    person.pick(answer)
    assert person.state.flags == {"seizure": how}
    assert person.directions[-1].level == level and level_of(person) == level
    assert (person.step == "red_flag") is (answer != "no")


def test_not_meant_does_not_take_away_what_was_ticked_by_itself() -> None:
    """A fever that was ticked stays a fever; one that only the flag noted becomes not sure."""
    ticked = Person().until("page_body").pick("fever").say("38.4", readings=[38.4]).pick("not_meant").pick("no")
    assert ticked.state.status("fever") == "present" and level_of(ticked) == "now"
    only_flag = Person().until("page_body").say("words", flags=["fever_38"]).pick("not_meant").pick("no")
    assert only_flag.state.status("fever") == "unsure" and level_of(only_flag) == "today"


def test_a_wish_for_an_ambulance_can_be_taken_back() -> None:
    """Together with the flags of the same message."""
    person = Person().until("who").say("ambulance", "emergency", flags=["chest_pain"])
    assert person.state.wish == "present" and person.directions[0].level == "emergency"
    person.pick("not_meant").pick("no")
    assert (person.state.wish, person.state.flags) == ("withdrawn", {"chest_pain": "withdrawn"})
    assert level_of(person) == "today"


@pytest.mark.parametrize(
    "intent", ["greet", "thanks", "skip", "stop", "restart", "delete_my_data", "why_ask", "out_of_scope", "get_summary"]
)
@pytest.mark.parametrize("place", ["right_now_2", "page_body", "summary"])
def test_nothing_else_leads_on_and_the_direction_is_said_again(intent: str, place: str) -> None:
    """Words that are no way on leave the interruption as it is."""
    person = Person().until(place).say("words", flags=["collapse"]).say("words", intent)
    assert person.step == "red_flag" and person.directions[-1].level == "emergency"


def test_back_does_not_unsay_a_red_flag() -> None:
    """Not while it is on screen, and not afterwards."""
    person = Person().until("page_body").say("words", flags=["collapse"]).say("go back", "go_back")
    assert person.said[0] == "back_not_now" and person.step == "red_flag"
    person.pick("called").say("go back", "go_back")
    assert person.state.flags == {"collapse": "present"}


def test_a_wish_for_a_person_is_heard_during_an_interruption() -> None:
    """A case is opened, and the direction stays."""
    person = Person().until("who").say("words", flags=["collapse"]).say("a human please", "ask_human")
    assert "open_case:asked" in person.out.effects and person.directions[-1].level == "emergency"


@pytest.mark.parametrize(("settings", "effects"), [({"case_required": True}, ("open_case:red_flag",)), ({}, ())])
def test_staff_are_told_at_once_where_the_site_requires_it(settings: dict[str, bool], effects: tuple[str, ...]) -> None:
    """Without waiting for "I have called"; elsewhere nobody is told unasked."""
    person = Person(site(support=settings)).until("who").say("words", flags=["collapse"])
    assert person.out.effects == effects


def test_staff_are_offered_where_somebody_would_read() -> None:
    """After the call, once; a yes opens the case."""
    support = {"hours": {"mon": {"opens": "09:00", "closes": "17:00"}}}
    person = Person(site(support=support)).until("who").say("words", flags=["collapse"]).pick("called")
    assert person.step == "case"
    assert "open_case:red_flag" in person.pick("yes").out.effects
    assert person.step == "who"
    assert (
        Person(site(support=support)).until("who").say("words", flags=["collapse"]).pick("called").pick("no").step
        == "who"
    )


# several at a time ----------------------------------------------------------------------------------------------------


def test_a_second_flag_during_an_interruption_is_met_at_once() -> None:
    """And one call answers both."""
    person = Person().until("who").say("words", flags=["fever_38"]).say("and my chest", flags=["chest_pain"])
    assert person.directions[-1].level == "emergency"
    assert set(person.state.flags) == {"fever_38", "chest_pain"}
    assert person.pick("called").state.interrupt is None


def test_a_second_flag_that_was_not_meant_leaves_the_first() -> None:
    """Its direction comes again: it still waits for its call."""
    person = Person().until("who").say("words", flags=["collapse"]).say("and", flags=["fever_38"])
    person.pick("not_meant").pick("no")
    assert person.step == "red_flag" and person.state.interrupt == Interrupt("red_flag", ("collapse",))
    assert person.directions[-1].level == "emergency"
    assert person.state.flags == {"collapse": "present", "fever_38": "withdrawn"}


def test_an_unclear_flag_beside_a_clear_one_is_asked_after_the_call() -> None:
    """Nothing of a message is set aside for the rest of it."""
    person = Person().until("who").say("words", flags=["fever_38"], flags_unclear=["chest_pain"])
    assert [d.level for d in person.directions] == ["now"]
    person.pick("called")
    assert person.step == "confirm_flag" and person.question.utterance == "flag_chest_pain_question"
    assert person.pick("yes").directions[-1].level == "emergency"


def test_an_unclear_flag_during_an_interruption_is_asked_and_the_interruption_stays() -> None:
    """After the answer the call still waits."""
    person = Person().until("who").say("words", flags=["fever_38"]).say("maybe", flags_unclear=["seizure"])
    assert person.step == "confirm_flag"
    person.pick("no")
    assert person.step == "red_flag" and person.directions[-1].level == "now"


def test_what_was_said_again_beside_something_unclear_gets_its_direction_again() -> None:
    """A closed question alone is no answer to a red flag."""
    person = Person().until("who").say("words", flags=["collapse"])
    person.say("collapsed, and maybe a fit", flags=["collapse"], flags_unclear=["seizure"])
    assert person.directions[-1].level == "emergency"


def test_a_ticked_not_sure_interrupted_by_words_is_asked_afterwards() -> None:
    """The question which of the lines it was is not lost."""
    person = Person().until("right_now_1").pick("unsure").say("words", flags=["overdose"])
    assert person.directions[-1].level == "emergency"
    assert person.pick("called").step == "right_now_unsure"


def test_chains_stay_short() -> None:
    """However often flags are said, the state does not grow."""
    person = Person().until("who")
    for _ in range(5):
        for flag in FLAGS:
            person.say("words", flags=[flag]).say("maybe", flags_unclear=[flag]).say("his", flags_other=[flag])
    depth, interrupt = 0, person.state.interrupt
    while interrupt:
        depth, interrupt = depth + 1, interrupt.under
    assert depth <= len(FLAGS) + 3


# not sure, and not clear --------------------------------------------------------------------------------------------------


def test_not_sure_on_a_screen_asks_which_line() -> None:
    """The lines of that screen; each ticked one counts as there."""
    person = Person().until("right_now_1").pick("unsure")
    assert person.step == "right_now_unsure"
    assert set(content().steps["right_now_1"].flags) < set(person.choices)
    person.pick("chest_pain", "seizure")
    assert person.state.flags == {"chest_pain": "unsure", "seizure": "unsure"}
    assert person.said[0] == "flag_heard_unsure" and person.directions[0].level == "emergency"


def test_not_sure_and_then_none_is_never_keep() -> None:
    """The screen counts as not answered."""
    person = Person().until("right_now_1").pick("unsure").pick("none").until("summary")
    assert person.state.flags == {} and person.directions[-1].level == "soon"


def test_not_sure_of_any_line_counts_as_every_line() -> None:
    """Not sure counts as present."""
    person = Person().until("right_now_2").pick("unsure").pick("unsure")
    assert set(person.state.flags) == set(content().steps["right_now_2"].flags)
    assert person.directions[-1].crisis


@pytest.mark.parametrize("place", ["who", "page_body", "worry"])
@pytest.mark.parametrize(
    ("answer", "flags"), [("yes", {"seizure": "present"}), ("unsure", {"seizure": "unsure"}), ("no", {})]
)
def test_an_unclear_flag_is_asked_about_once(place: str, answer: str, flags: dict[str, str]) -> None:
    """One closed question; only a no leads on without a direction."""
    person = Person().until(place).say("words", flags_unclear=["seizure"])
    assert person.step == "confirm_flag" and person.question.utterance == "flag_seizure_question"
    person.pick(answer)
    assert person.state.flags == flags
    assert (bool(person.directions) is bool(flags) and (person.step == place) is not bool(flags)) or flags


def test_each_unclear_flag_is_asked_by_itself() -> None:
    """A yes is an answer to the question that was on screen, and to no other."""
    person = Person().until("who").say("words", flags_unclear=["seizure", "collapse"]).pick("yes")
    assert person.state.flags == {"seizure": "present"}
    person.pick("called")
    assert person.question.utterance == "flag_collapse_question"
    assert person.pick("no").step == "who" and "collapse" not in person.state.flags


@pytest.mark.parametrize("intent", ["ask_contact", "ask_sign_info", "ask_medication_advice", "why_ask"])
def test_a_question_about_self_harm_is_asked_back_and_never_ends_without_a_number(intent: str) -> None:
    """A wish for a number in case such thoughts come got the care team's, and no word on a crisis line."""
    person = Person().until("who").say("words", intent, flags_question=["self_harm"])
    assert person.question.utterance == "flag_self_harm_question"
    assert any(word.startswith("distress_path") for word in person.pick("no").said) and person.step == "who"
    person = Person().until("who").say("words", intent, flags_question=["self_harm"]).pick("yes")
    assert person.directions[0].crisis and person.directions[0].contacts[0].role == "crisis"


def test_no_answer_to_the_closed_question_counts_as_may_be_there() -> None:
    """Talking of something else does not clear it."""
    person = Person().until("who").say("words", flags_unclear=["seizure"]).say("thanks", "thanks")
    assert person.state.flags == {"seizure": "unsure"} and person.directions[0].level == "emergency"


@pytest.mark.parametrize(("confidence", "cleared"), [(0.9, True), (0.2, False)])
def test_a_no_that_is_only_guessed_at_does_not_clear(confidence: float, cleared: bool) -> None:
    """A plain no does."""
    person = Person().until("who").say("words", flags_unclear=["seizure"])
    understood = means("no", "deny")
    person.send(Incoming(type(understood)(text="no", intent="deny", confidence=confidence)))
    assert (person.state.flags == {}) is cleared


def test_a_no_with_the_flag_in_it_is_no_no() -> None:
    """Pressed "no", and in words that it is there: the words count."""
    person = Person().until("who").say("words", flags_unclear=["seizure"])
    person.pick("no", means=means("it is happening", flags=["seizure"]))
    assert person.state.flags == {"seizure": "present"} and person.directions


# somebody else ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["who", "page_body", "summary"])
def test_somebody_elses_emergency_gets_its_direction_and_is_not_this_persons(place: str) -> None:
    """Then it is asked who it is."""
    person = Person().until(place).say("my husband collapsed", flags_other=["collapse"])
    assert person.said[0] == "flag_other" and person.directions[0].level == "emergency"
    assert person.state.flags == {} and person.step == "whose"
    assert person.pick("other").state.flags == {}
    assert person.state.interrupt is None


def test_a_relatives_suicidal_words_are_a_crisis() -> None:
    """The crisis line leads, and nothing is added to this person's list."""
    person = Person().until("page_body", country="GB").say("words", flags_other=["self_harm"])
    assert person.said[0] == "crisis_other"
    assert person.directions[0].crisis and person.directions[0].contacts[0].role == "crisis"
    assert person.state.flags == {}


def test_it_was_the_patient_after_all() -> None:
    """Then the flag is this person's."""
    person = Person().until("page_body").say("words", flags_other=["collapse"]).pick("patient")
    assert person.state.flags == {"collapse": "present"} and person.directions[0].level == "emergency"


def test_an_ambulance_for_somebody_else_is_an_emergency_also_while_a_red_flag_is_on_screen() -> None:
    """The wish stays with the person that it is for, and is not lowered to the level of the sign named."""
    person = Person().until("who").say("words", flags=["chest_pain"])
    person.say("send an ambulance for him", "emergency", flags_other=["fever_38"])
    assert person.directions[0].level == "emergency" and person.step == "whose"


def test_an_ambulance_for_somebody_else_is_not_wished_for_this_person() -> None:
    """The direction is that of an emergency, whatever the flag."""
    person = Person().until("who").say("send an ambulance for him", "emergency", flags_other=["fever_38"])
    assert person.directions[0].level == "emergency"
    assert person.state.wish is None and person.state.flags == {}


def test_mine_and_somebody_elses_in_one_message_are_both_met() -> None:
    """His emergency is not hidden behind my fever."""
    person = Person().until("who").say("words", flags=["fever_38"], flags_other=["collapse"])
    assert [d.level for d in person.directions] == ["emergency", "now"]
    assert person.state.flags == {"fever_38": "present"}


@pytest.mark.parametrize("flag", ["seizure", "collapse"])
def test_somebody_elses_emergency_during_an_interruption_is_met_at_once(flag: str) -> None:
    """Also where the flag is the same as mine."""
    person = Person().until("who").say("words", flags=["fever_38", "collapse"]).say("he too", flags_other=[flag])
    assert person.said[0] == "flag_other" and person.step == "whose"
    person.pick("other")
    assert person.step == "red_flag"


# old buttons and pauses ---------------------------------------------------------------------------------------------------


def test_an_old_button_does_not_answer_a_red_flag() -> None:
    """It is said that the question has changed, and the question comes again."""
    person = Person().until("page_body").say("words", flags=["collapse"]).pick("none", step="page_body")
    assert person.said[0] == "stale_answer" and person.step == "red_flag"


def test_a_red_flag_in_words_beside_an_old_button_gets_its_direction() -> None:
    """Also where it is the one that is on screen."""
    person = Person().until("page_body").say("words", flags=["collapse"])
    person.pick("none", step="page_body", means=means(flags=["collapse"]))
    assert person.directions[-1].level == "emergency"


def test_after_a_pause_the_direction_comes_again() -> None:
    """Whoever comes back to a red flag may not have called."""
    person = Person().until("page_body").say("words", flags=["collapse"])
    out = checklist.resume(person.state, content(), person.site, person.now)
    assert [s.direction.level for s in out.say if s.direction] == ["emergency"]
    assert out.say[-1].step == "red_flag"


# levels that cannot wait ------------------------------------------------------------------------------------------------


def test_an_emergency_by_a_detail_waits_for_the_call() -> None:
    """The worst headache ever is no line to tick on the way to the next page."""
    person = Person().until("page_head").pick("headache").pick("today").pick("new").pick("worst_ever_sudden")
    assert person.directions[-1].level == "emergency"
    assert person.choices == ["called", "cannot_call", "not_meant"]
    assert "called_ack" in person.pick("called").said and person.state.interrupt is None


@pytest.mark.parametrize("picks", [("fracture",), ("confusion",)])
def test_now_is_told_when_it_is_reached(picks: tuple[str, ...]) -> None:
    """Not at the end of the list; once."""
    page = "page_bones" if "fracture" in picks else "page_head"
    person = Person().until(page).pick(*picks)
    assert [d.level for d in person.directions] == ["now"]
    assert not person.pick("days").directions


def test_a_fever_is_told_when_the_reading_is_known() -> None:
    """Not before the thermometer was asked for; without one at once."""
    person = Person().until("page_body").pick("fever")
    assert not person.directions and person.step == "temperature"
    assert [d.level for d in person.pick("no_thermometer").directions] == ["now"]


def test_a_normal_reading_that_may_be_masked_is_told_after_the_medicines() -> None:
    """With recent treatment and paracetamol it is now; without either it waits for the end."""
    person = Person().until("page_body", recent_treatment="recent").pick("fever")
    person.send(Incoming(means("36.8", readings=[36.8]), person.step)).pick("now")
    assert not person.directions and person.step == "medicines"
    assert [d.level for d in person.pick("paracetamol").directions] == ["now"]
    person = Person().until("page_body", recent_treatment="no").pick("fever")
    person.send(Incoming(means("36.8", readings=[36.8]), person.step)).pick("now").pick("paracetamol")
    assert not person.directions and level_of(person) == "today"
