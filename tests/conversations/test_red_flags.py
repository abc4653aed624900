"""Whole chats in which something cannot wait: every red flag, however it is told, and each way on from there."""

from __future__ import annotations

import pytest

from tests.support.chat import Chat
from tests.support.server import Server

pytestmark = pytest.mark.server

WAYS_ON = ["called", "cannot_call", "not_meant"]


def assert_help_first(chat: Chat, level: str, first: str | None) -> None:
    """The last answer gives a direction of this level, this number first, and nothing but the three ways on."""
    direction = chat.directions[0]
    assert direction["level"] == level
    assert direction["contacts"][0]["phone"] == first
    assert direction["say"]
    assert chat.step == "red_flag" and chat.choices == WAYS_ON
    assert chat.level == level


# each flag in a chat of its own --------------------------------------------------------------------------------------


def test_fever_a_woman_after_chemo_ticks_it_on_the_first_screens(chat: Chat) -> None:
    """38 or above: the 24-hour line now and not 999 first; the reading is asked for after the call; it stays now."""
    chat.until("right_now_2").pick("fever_38")
    assert_help_first(chat, "now", None)
    assert "112" in chat.phones
    chat.pick("called")
    assert "now_called_ack" in chat.utterances
    chat.until("country").pick("GB")
    chat.until("temperature")
    chat.say("38.4")
    chat.until("review", temperature_when="now", medicines="paracetamol")
    chat.pick("finish")
    assert chat.level == "now" and "38.4" in chat.directions[-1]["say"]
    assert chat.summary()["red_flags"] == ["fever_38"]


def test_low_temperature_a_man_reads_it_off_his_thermometer(chat: Chat) -> None:
    """He feels shivery and types 35.4: below 36.0 is now, as a fever is."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="US").pick("chills")
    chat.say("it says 35.4")
    assert_help_first(chat, "now", None)
    assert "911" in chat.phones
    chat.pick("called")
    chat.walk(temperature_when="now")
    assert chat.level == "now" and "low_temperature" in chat.summary()["red_flags"]


def test_sepsis_a_father_describes_his_boys_skin(chat: Chat) -> None:
    """In his own words on the page of the body: an emergency, said for a child."""
    chat.until("page_body", who="child", condition="acute_leukaemia", country="GB", recent_treatment="recent")
    chat.say("his arms look mottled and his hands are blue")
    assert_help_first(chat, "emergency", "999")
    assert "Stay with your child" in chat.text
    chat.pick("called")
    assert chat.step == "page_body"
    chat.walk()
    assert chat.level == "emergency" and chat.summary()["red_flags"] == ["sepsis_look"]


def test_bleeding_a_man_types_it_before_anything_was_asked(chat: Chat) -> None:
    """The first words of the chat, at the welcome: help before any list; bleeding is then not asked about again."""
    chat.say("my nosebleed has been going for half an hour and I can't get it to stop")
    assert_help_first(chat, "emergency", "112")
    assert "bleeding" in chat.directions[0]["say"]
    chat.pick("called")
    chat.until("page_blood")
    assert "bleeding" not in chat.choices
    chat.walk()
    assert chat.level == "emergency" and "uncontrolled_bleeding" in chat.summary()["red_flags"]


def test_breathless_at_rest_is_told_as_a_detail(chat: Chat) -> None:
    """A son ticks breathlessness for his mother, then that it is there at rest: what was for today is an emergency."""
    chat.until("page_blood", who="adult", condition="myeloma", country="AU").pick("breathlessness")
    assert chat.level == "today"
    chat.pick("today").pick("worse").pick("at_rest")
    assert_help_first(chat, "emergency", "000")
    assert "Stay with them" in chat.text
    chat.pick("called").walk()
    assert chat.level == "emergency"


def test_chest_pain_is_what_she_adds_at_the_end(chat: Chat) -> None:
    """The last open question brings it out: even there it is not merely kept as a note."""
    chat.until("anything_else", who="self", condition="lymphoma", country="CA")
    chat.say("there is a tight squeezing feeling across my chest since I woke up")
    assert_help_first(chat, "emergency", "911")
    chat.pick("called").walk()
    assert chat.level == "emergency" and chat.summary()["red_flags"] == ["chest_pain"]


def test_a_seizure_ticked_on_the_first_screen(chat: Chat) -> None:
    """The first thing on the first screen: the second screen and the rest come only after the call."""
    chat.pick("start").pick("seizure")
    assert_help_first(chat, "emergency", "112")
    chat.pick("called")
    assert chat.step == "right_now_2"
    chat.walk(who="adult", country="NZ")
    assert chat.level == "emergency" and chat.phones[0] == "111"
    assert chat.summary()["red_flags"] == ["seizure"]


def test_a_collapse_is_told_on_the_page_of_head_and_mood(chat: Chat) -> None:
    """He was found on the floor this morning and mentions it as if it were nothing."""
    chat.until("page_head", who="self", condition="chronic_leukaemia", country="IN")
    chat.say("I blacked out in the kitchen this morning and my wife found me on the floor")
    assert_help_first(chat, "emergency", "112")
    chat.pick("called").walk()
    assert "collapse" in chat.summary()["red_flags"] and chat.level == "emergency"


def test_sudden_confusion_as_her_husband_sees_it(chat: Chat) -> None:
    """He ticked confusion, and that it came all at once."""
    chat.until("page_head", who="adult", condition="myeloma", country="GB").pick("confusion")
    assert chat.level == "now"
    chat.pick("today").pick("sudden")
    assert_help_first(chat, "emergency", "999")
    assert "for the person I care for" in chat.directions[0]["say"]
    chat.pick("called").walk()
    assert chat.summary()["red_flags"] == ["acute_confusion"]


def test_a_drooping_face_in_the_middle_of_another_question(chat: Chat) -> None:
    """Asked since when she is tired, she says that her face hangs: that comes first, the question waits."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="GB").pick("fatigue")
    chat.say("the left side of my face has gone droopy and my words come out slurred")
    assert_help_first(chat, "emergency", "999")
    chat.pick("called")
    assert chat.step == "since:fatigue"
    chat.walk()
    assert "stroke_like" in chat.summary()["red_flags"] and chat.level == "emergency"


def test_sight_lost_in_one_eye_is_told_as_a_detail(chat: Chat) -> None:
    """One-sided loss of sight: stroke_like, by the detail alone."""
    chat.until("page_head", who="self", country="IE").pick("vision_problems")
    chat.pick("today").pick("new").pick("one_sided")
    assert_help_first(chat, "emergency", "112")
    chat.pick("called").walk()
    assert chat.summary()["red_flags"] == ["stroke_like"]


def test_numb_legs_with_back_pain_while_asked_about_worry(chat: Chat) -> None:
    """Spinal cord signs in his own words, although the page of bones is long past."""
    chat.until("worry", who="self", condition="myeloma", country="GB")
    chat.say("I worry because my back hurts and both my legs feel weak and numb")
    assert_help_first(chat, "emergency", "999")
    chat.pick("called").walk()
    assert "spinal_cord" in chat.summary()["red_flags"]
    assert "my spine" in chat.directions[-1]["say"]


def test_an_allergic_reaction_ticked_on_the_second_screen(chat: Chat) -> None:
    """Swollen lips after an antibiotic: an emergency; afterwards the check goes on where it was."""
    chat.until("right_now_2").pick("allergic_reaction")
    assert_help_first(chat, "emergency", "112")
    chat.pick("called")
    assert chat.step == "who"
    chat.walk(country="US")
    assert chat.summary()["red_flags"] == ["allergic_reaction"] and chat.phones[0] == "911"


def test_too_many_tablets_by_mistake_are_told_on_the_question_about_medicines(chat: Chat) -> None:
    """A dosing mistake: emergency, told what to keep at hand, and no crisis."""
    chat.until("page_body", who="self", country="GB").pick("chills")
    chat.pick("no_thermometer")
    assert chat.step == "medicines"
    chat.say("I think I have taken too many of my morphine tablets by mistake")
    assert_help_first(chat, "emergency", "999")
    assert "overdose_note" in chat.utterances and chat.directions[0]["crisis"] is False
    chat.pick("called").walk()
    assert "overdose" in chat.summary()["red_flags"] and chat.summary()["crisis"] is False


def test_tablets_taken_on_purpose_are_an_emergency_and_a_crisis(chat: Chat) -> None:
    """Both at once: the emergency number stands before the crisis line, and both are there."""
    chat.until("page_head", who="self", country="GB")
    chat.say("I took too many tablets last night on purpose, I wanted to die")
    direction = chat.directions[0]
    assert direction["level"] == "emergency" and direction["crisis"] is True
    assert chat.phones[0] == "999" and "116 123" in chat.phones
    chat.pick("called").walk()
    assert set(chat.summary()["red_flags"]) == {"overdose", "self_harm"} and chat.summary()["crisis"] is True


def test_suicidal_words_on_the_question_about_worry(chat: Chat) -> None:
    """An old man says it in passing: the crisis line first, "never mind" does not end it, and it stays on record."""
    chat.until("worry", who="self", condition="myeloma", country="US")
    chat.say("honestly I don't want to be alive any more")
    direction = chat.directions[0]
    assert direction["crisis"] is True and chat.phones[0] == "988"
    assert chat.utterances[0] == "crisis_heard"
    chat.say("never mind, forget I said it, let us stop")
    assert chat.step == "red_flag" and chat.directions[0]["crisis"] is True
    chat.pick("called").walk()
    assert chat.summary()["crisis"] is True and chat.phones[0] == "988"


# the ways on ---------------------------------------------------------------------------------------------------------


def test_a_woman_alone_who_cannot_call(chat: Chat) -> None:
    """Too breathless to speak: what to do instead, with the text and relay numbers; then help has been called."""
    chat.until("page_blood", who="self", country="GB")
    chat.say("I get so out of breath that I can't finish my words")
    assert_help_first(chat, "emergency", "999")
    chat.pick("cannot_call")
    assert chat.step == "cannot_call" and "18000" in chat.phones
    assert "neighbour" in chat.text
    assert chat.choices == ["called", "not_meant"]
    chat.pick("called")
    assert chat.step == "since:breathlessness"
    chat.walk()
    assert chat.level == "emergency"


def test_not_what_i_meant_keeps_a_floor(chat: Chat) -> None:
    """A slip of the thumb on chest pain, taken back: one closed question, and then never below today."""
    chat.pick("start").pick("chest_pain")
    assert_help_first(chat, "emergency", "112")
    chat.pick("not_meant")
    assert chat.step == "not_meant" and chat.choices == ["yes", "no", "unsure"]
    chat.pick("no")
    assert "not_meant_kept" in chat.utterances and chat.directions[-1]["level"] == "today"
    assert chat.step == "right_now_2"
    chat.walk(country="GB", worry="not")
    assert chat.level == "today" and chat.phones[0] == "999"
    assert chat.summary()["red_flags"] == []


def test_not_what_i_meant_but_not_sure_either(chat: Chat) -> None:
    """She takes it back, then is not sure whether it is happening: that counts as if it is."""
    chat.until("page_head", who="self", country="GB")
    chat.say("I think I may have fainted last night")
    chat.pick("not_meant").pick("unsure")
    assert_help_first(chat, "emergency", "999")
    assert "flag_heard_unsure" in chat.utterances or "flag_again" in chat.utterances
    chat.pick("called").walk()
    assert chat.summary()["red_flags"] == ["collapse"] and chat.level == "emergency"


def test_no_amount_of_talk_gets_past_a_red_flag(chat: Chat) -> None:
    """He thanks, changes the subject, wants to go back and to stop: the direction is there each time."""
    chat.until("page_bones", who="self", country="AU")
    chat.say("I can't control my bladder and my back is agony")
    for words in ("thanks", "what is remission?", "go back", "stop", "the weather is nice"):
        chat.say(words)
        assert chat.directions[-1]["level"] == "emergency" or "back_not_now" in chat.utterances, words
        assert chat.step == "red_flag" and chat.choices == WAYS_ON
    chat.pick("called").walk()
    assert chat.level == "emergency"


def test_two_at_once_get_one_direction_with_both(chat: Chat) -> None:
    """Chest pain and gums that will not stop bleeding in one breath: both named, both to be said on the phone."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="GB")
    chat.say("I have a crushing pain in my chest and my gums won't stop bleeding")
    assert_help_first(chat, "emergency", "999")
    say = chat.directions[0]["say"]
    assert "chest" in say and "bleeding" in say
    chat.pick("called").walk()
    assert set(chat.summary()["red_flags"]) == {"chest_pain", "uncontrolled_bleeding"}


def test_a_second_one_while_the_first_is_on_screen(chat: Chat) -> None:
    """Fever first, then, before she has called, no breath: the level rises in the same place."""
    chat.until("page_body", who="self", country="GB")
    chat.say("my temperature is 38.6")
    assert_help_first(chat, "now", None)
    chat.say("and I'm gasping for air even sitting still")
    assert_help_first(chat, "emergency", "999")
    while chat.step == "red_flag":
        chat.pick("called")
    chat.walk()
    assert chat.level == "emergency"
    assert set(chat.summary()["red_flags"]) >= {"fever_38", "severe_breathlessness"}


# somebody else, and doubt --------------------------------------------------------------------------------------------


def test_her_husband_collapses_while_she_checks_herself(chat: Chat) -> None:
    """Help for him at once, in words that fit him; it is not added to her list, and her own check goes on."""
    chat.until("page_body", who="self", condition="lymphoma", country="GB")
    chat.say("my husband has just collapsed in the hallway")
    assert chat.directions[0]["level"] == "emergency" and chat.phones[0] == "999"
    assert "to me" not in chat.directions[0]["say"] and "Please send help now." in chat.directions[0]["say"]
    assert chat.step == "whose"
    chat.pick("other")
    assert chat.step == "page_body"
    chat.walk(worry="not")
    assert chat.summary()["red_flags"] == [] and chat.level == "keep"


def test_a_mother_whose_first_words_are_about_her_daughters_fit(chat: Chat) -> None:
    """Help at once; and when the check turns out to be for that child, the fit is on the list and in the summary."""
    chat.say("my daughter had a fit ten minutes ago")
    assert chat.directions[0]["level"] == "emergency"
    if chat.step == "whose":
        chat.pick("other")
        chat.until("who").pick("child")
    assert_help_first(chat, "emergency", "112")
    chat.pick("called")
    chat.walk(country="GB")
    assert chat.summary()["red_flags"] == ["seizure"] and chat.level == "emergency"


def test_a_mother_whose_daughter_speaks_of_suicide(chat: Chat) -> None:
    """A relative's suicidal words in a chat about herself: help for the daughter, nothing on the mother's list."""
    chat.until("page_head", who="self", condition="chronic_leukaemia", country="AU")
    chat.say("my daughter is talking about suicide since my diagnosis")
    assert "crisis_other" in chat.utterances
    assert chat.directions[0]["crisis"] is True and "13 11 14" in chat.phones
    assert "I am thinking of" not in chat.directions[0]["say"]
    chat.pick("other").walk()
    assert chat.summary()["crisis"] is False and chat.summary()["red_flags"] == []


def test_unclear_words_get_one_closed_question(chat: Chat) -> None:
    """She is not sure if it was a fit: asked once; "no" leads on, and nothing was taken as a yes."""
    chat.until("page_head", who="self", country="GB")
    chat.say("not sure if it was a fit")
    assert chat.step == "confirm_flag" and chat.choices == ["yes", "no", "unsure"]
    chat.pick("no")
    assert chat.step == "page_head"
    chat.walk()
    assert chat.summary()["red_flags"] == []


def test_unclear_words_and_no_clear_answer_count_as_there(chat: Chat) -> None:
    """The same doubt about chest pain, met with a shrug: it may be present, so help comes first."""
    chat.until("page_blood", who="self", country="GB")
    chat.say("is it chest pain or just a stitch")
    assert chat.step == "confirm_flag"
    chat.say("hard to say really, it comes and goes")
    assert_help_first(chat, "emergency", "999")
    chat.pick("called").walk()
    assert chat.summary()["red_flags"] == ["chest_pain"]


# after the end, and beside a person ----------------------------------------------------------------------------------


def test_it_comes_after_the_summary(chat: Chat) -> None:
    """All was done and nothing noted; an hour of reading later it is not: the chat is as awake as before."""
    chat.walk(who="self", condition="other", country="GB")
    assert chat.level == "keep"
    chat.say("actually I now have a nosebleed that won't stop")
    assert_help_first(chat, "emergency", "999")
    chat.pick("called")
    assert chat.summary()["level"] == "emergency"
    chat.walk()
    assert chat.level == "emergency"


def test_it_comes_while_a_person_of_the_staff_answers(chat: Chat, server: Server) -> None:
    """The bot keeps quiet for Maya, but not about this; the case shows that it cannot wait."""
    chat.until("page_body", who="self", country="GB")
    before = server.staff("list").split()
    chat.say("can I talk to a person please")
    case = next(line.split()[0] for line in server.staff("list").splitlines() if line.split()[0] not in before)
    server.staff("claim", case)
    chat.say("hello Maya, thank you for being there")
    assert not chat.directions
    chat.say("my face has swollen up and I am wheezing")
    assert_help_first(chat, "emergency", "999")
    assert "emergency" in server.staff("show", case)
    chat.pick("called")
    server.staff("close", case, "--outcome", "ambulance_called")
    chat.walk()
    assert chat.level == "emergency"


def test_a_wish_for_an_ambulance_is_enough(chat: Chat) -> None:
    """No sign named, only the wish: an emergency by itself, and it stays in the result."""
    chat.until("page_body", who="self", country="GB")
    chat.say("please just get me an ambulance")
    assert_help_first(chat, "emergency", "999")
    chat.pick("called").walk()
    assert chat.level == "emergency"
