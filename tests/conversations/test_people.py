"""Whole chats of believable people, from their first words to their end."""

from __future__ import annotations

import pytest

from tests.support.asides import noted
from tests.support.chat import Chat

pytestmark = pytest.mark.server


def test_a_frightened_mother_at_three_in_the_morning(chat: Chat) -> None:
    """Her teenager is burning up: called for before any form, heard with her first words, and worded for a parent at the end."""
    chat.say("it's 3 in the morning and my daughter is burning up. she's 15, she had leukaemia. please help")
    assert chat.directions[0]["level"] == "now" and chat.phones
    assert "fever" in noted(chat)
    chat.say("39.1")
    assert chat.step == "red_flag" and chat.level == "now"
    chat.say("what if I wake them for nothing?")
    assert chat.step == "red_flag" and chat.directions, "no answer is no call"
    chat.pick("called")
    assert "now_called_ack" in chat.utterances
    chat.until("who").pick("child").pick("acute_leukaemia").pick("GB").pick("recent")
    chat.until("page_body", medicines="paracetamol")
    assert "your child" in chat.last_question["text"].lower() and "fever" not in chat.choices
    chat.walk(worry="very")
    summary = chat.summary()
    assert summary["about"] == "child" and summary["level"] == "now" and summary["red_flags"] == ["fever_38"]
    assert "My child has had a blood cancer" in chat.directions[-1]["say"] and "39.1" in chat.directions[-1]["say"]


def test_edith_who_is_81_types_everything_in_one_message(chat: Chat) -> None:
    """One long letter: tiredness, weight and gums are noted with her words, what she denies is not, and none is asked again."""
    chat.say(
        "Good morning. My name is Edith and I am 81. I am more tired than I used to be. I have lost about half a stone. "
        "My gums bled on Tuesday when I cleaned my teeth. I have no fever and no cough. "
        "My daughter set this up for me, thank you kindly."
    )
    assert {"fatigue", "weight_loss", "bleeding"} == set(noted(chat)) and chat.level == "today"
    assert {"fever", "cough"} <= set(chat.summary()["signs"]["absent"])
    assert chat.step == "right_now_1"
    chat.say("No dear").say("none of these")
    chat.pick("self").pick("chronic_leukaemia").pick("GB").pick("earlier")
    chat.until("page_body")
    assert not {"fatigue", "weight_loss", "fever"} & set(chat.choices)
    chat.until("page_blood")
    assert not {"bleeding", "cough"} & set(chat.choices)
    chat.walk(worry="bit", anything_else="words: I do not like to make a fuss.")
    assert chat.level == "today" and "I do not like to make a fuss." in chat.summary()["notes"]
    assert "0808 2080 888" in chat.phones
    assert "gums bled on Tuesday" in noted(chat)["bleeding"]["words"]


def test_a_woman_who_cares_for_a_man_with_myeloma(chat: Chat) -> None:
    """His back and his legs: today becomes an emergency on the follow-up, and every word is about "the person you care for"."""
    chat.pick("start").pick("none").pick("none").pick("adult").pick("myeloma").pick("IE").pick("recent")
    assert chat.step == "page_bones" and "they noticed" in chat.last_question["text"]
    chat.say("he's had terrible back pain since last week")
    assert "back_pain" in noted(chat) and chat.level == "today"
    chat.until("detail:back_pain")
    chat.say("his legs are weak and he can't feel when he needs the toilet")
    assert chat.step == "red_flag" and chat.level == "emergency" and chat.phones[0] in ("112", "999")
    assert "I care for an adult" in chat.directions[0]["say"]
    chat.pick("called")
    assert "Stay" in chat.text or "stay" in chat.text
    chat.walk(worry="very")
    summary = chat.summary()
    assert summary["about"] == "adult" and summary["level"] == "emergency" and "spinal_cord" in summary["red_flags"]


def test_a_nurse_tries_it_out(chat: Chat) -> None:
    """She asks what it does and what it would do: questions are answered, and none of them becomes a sign."""
    chat.say("hi, I'm a haematology nurse, just trying this out")
    assert noted(chat) == {} and chat.step == "welcome"
    chat.say("what signs are on the list?")
    assert "topic_sign_list" in chat.utterances
    chat.say("do you store what I type?")
    assert "topic_privacy" in chat.utterances
    chat.say("what does petechiae look like?")
    assert "sign_petechiae_looks_like" in chat.utterances and "sign_petechiae_dark_skin" in chat.utterances
    chat.pick("start").say("what if someone can't stop bleeding?")
    assert chat.step in ("right_now_1", "confirm_flag") and chat.summary()["red_flags"] == []
    chat.until("page_body", who="adult", condition="lymphoma", country="GB")
    chat.pick("none", "fever", step="page_body")
    assert "unknown_choice" in chat.utterances and noted(chat) == {}, "none and a sign at once is no answer"
    chat.walk(worry="not")
    assert chat.level == "keep" and "keep_note" in chat.utterances and chat.directions


def test_a_man_who_reassures_himself(chat: Chat) -> None:
    """ "Probably nothing", again and again: what he has is noted all the same, and nobody agrees with him."""
    chat.until("page_bones", who="self", condition="lymphoma", country="AU")
    chat.say("there's a lump in my neck, probably nothing, my wife says I fuss")
    assert "lumps" in noted(chat) and chat.level == "soon"
    chat.say("dunno, a few weeks")
    assert chat.step == "change:lumps"
    chat.pick("worse")
    assert chat.step == "detail:lumps"
    chat.say("it's grown a bit, but it's probably just a cold")
    chat.until("worry")
    chat.say("not worried").say("nothing else, I'm sure it's fine").pick("finish")
    assert chat.level in ("soon", "today") and chat.directions[-1]["contacts"]
    assert "1800 620 420" in chat.phones
    said = " ".join(m["text"] for m in chat.history()["messages"] if m["author"] == "bot").lower()
    assert "you are fine" not in said and "nothing to worry" not in said and "all clear" not in said
    assert "probably nothing" in noted(chat)["lumps"]["words"]


def test_someone_who_only_wants_a_person(own_chat: Chat) -> None:
    """Their very first words: a case, an honest word on who is there, numbers; staff answer, and it stands in the same chat."""
    chat = own_chat
    chat.say("I don't want to talk to a robot, can I speak to a person please")
    assert chat.utterances[:2] == ["human_case", "human_no_hours"] and "human_numbers" in chat.utterances
    assert chat.directions[0]["contacts"]
    staff = chat.server.staff
    case = staff("list").split()[0]
    assert "I don't want to talk to a robot" in staff("show", case)
    staff("reply", case, "Hello, this is Maya. What is on your mind?")
    last = chat.history()["messages"][-1]
    assert (last["author"], last["text"]) == ("staff", "Hello, this is Maya. What is on your mind?")
    chat.say("I found a swelling in my armpit and I don't know who to ring")
    assert "I found a swelling in my armpit" in staff("show", case)
    staff("reply", case, "Please ring your day unit this morning. I will note it for them.")
    staff("close", case, "--outcome", "team_called")
    assert case not in staff("list")
    messages = chat.history()["messages"]
    assert [m["text"] for m in messages if m["author"] == "staff" and m["kind"] != "notice"] == [
        "Hello, this is Maya. What is on your mind?",
        "Please ring your day unit this morning. I will note it for them.",
    ]
    assert messages[-1]["utterance"] == "human_left"
    chat.say("start the checklist").walk(worry="bit")
    assert chat.directions[-1]["contacts"]


def test_a_man_says_goodbye_half_way_and_returns(own_chat: Chat) -> None:
    """Goodbye gives him a direction; two days later he is told what is noted, and goes on at the same page to the end."""
    chat = own_chat
    chat.until("page_bones", who="self", condition="acute_leukaemia", country="GB", page_body=["fatigue"])
    chat.say("bye for now")
    assert "goodbye" in chat.utterances and chat.directions and chat.step == "paused"
    chat.server.clock.advance(days=2)
    chat.say("hello, I'm back")
    assert "resumed" in chat.utterances and "tired" in chat.text.lower()
    chat.until("page_bones")
    assert set(noted(chat)) == {"fatigue"}
    chat.walk(worry="not")
    assert chat.level == "soon" and set(noted(chat)) == {"fatigue"}


def test_someone_angry(chat: Chat) -> None:
    """Swearing and shouting get short, even answers; what he has is noted; stopping in anger still gives him a number."""
    chat.say("oh for god's sake not another bloody robot")
    assert chat.step == "welcome"
    chat.say("FINE. START.")
    assert chat.step == "right_now_1"
    chat.say("NO!!!")
    assert chat.step == "right_now_2"
    chat.say("this is a waste of my time")
    assert chat.step == "right_now_2" and noted(chat) == {}
    chat.pick("none").until("page_blood", who="self", country="GB")
    chat.say("I'm covered in bruises and nobody at that hospital gives a damn")
    assert "bruising" in noted(chat) and chat.level == "today"
    chat.say("stop asking me stupid questions")
    assert chat.step == "paused" and chat.directions[0]["level"] == "today" and "0808 2080 888" in chat.phones
    chat.say("no more")
    assert chat.step == "paused" and chat.directions
    assert chat.summary()["directions"][0]["contacts"]


def test_someone_typing_in_text_speak(chat: Chat) -> None:
    """Short forms, no capitals, no stops: read as what they are, with the words as typed in the summary."""
    chat.say("hi can u start pls")
    assert chat.step in ("welcome", "right_now_1")
    chat.until("right_now_1").say("nah")
    assert chat.step == "right_now_2"
    chat.say("nope")
    chat.say("me").say("lymphoma").pick("GB").say("nah")
    assert chat.step == "page_bones"
    chat.say("lump in my neck 2 wks")
    assert noted(chat)["lumps"]["since"]["words"] == "2 wks"
    chat.pick("worse").pick("none").until("page_body")
    chat.say("im rly tired all the time 2")
    assert "fatigue" in noted(chat)
    chat.pick("weeks").pick("new").until("worry").say("a bit worried tbh").walk()
    assert chat.level == "today" and noted(chat)["lumps"]["words"] == "lump in my neck 2 wks"


def test_someone_with_suicidal_words(chat: Chat) -> None:
    """Said softly on the mood follow-up: crisis line and a person to be with, at once, and again until help is called."""
    chat.until("page_head", who="self", condition="myeloma", country="GB").pick("low_mood")
    chat.say("honestly I'd be better off dead")
    assert chat.step == "red_flag" and chat.utterances[0] == "crisis_heard"
    assert chat.directions[0]["crisis"] and "crisis" in [c["role"] for c in chat.directions[0]["contacts"]]
    assert "999" in chat.phones
    chat.say("nobody would notice")
    assert chat.step == "red_flag" and chat.directions[0]["crisis"], "no answer leads past it"
    chat.pick("cannot_call")
    assert chat.directions[0]["crisis"]
    chat.say("I'm scared to")
    assert chat.step == "cannot_call" and chat.phones
    chat.pick("called")
    assert "crisis_called_ack" in chat.utterances and chat.step == "since:low_mood"
    chat.walk(worry="very")
    summary = chat.summary()
    assert summary["crisis"] and summary["red_flags"] == ["self_harm"] and summary["level"] == "emergency"
    assert chat.directions[-1]["crisis"]


def test_someone_who_only_asks_questions(chat: Chat) -> None:
    """Never starts the list: seven reviewed answers, then goodbye, which has a direction like every other end."""
    chat.pick("ask")
    assert chat.step == "topics"
    chat.say("what is a clinical trial?")
    assert "topic_clinical_trial" in chat.utterances
    chat.say("what does refractory mean?")
    assert "topic_refractory" in chat.utterances
    chat.say("how would the doctors check for it?")
    assert "topic_how_doctors_check" in chat.utterances
    chat.say("what is salvage therapy?")
    assert "topic_salvage_therapy" in chat.utterances
    chat.pick("transplant")
    assert "topic_transplant" in chat.utterances
    chat.say("is it going to come back?")
    assert "say_diagnosis" in chat.utterances or "say_prognosis" in chat.utterances
    assert chat.directions
    chat.say("who do I call at night?")
    assert "contact_intro" in chat.utterances and chat.directions[0]["contacts"]
    chat.say("thanks")
    assert "thanks" in chat.utterances
    chat.say("goodbye")
    assert chat.step == "paused" and chat.directions[0]["contacts"]
    assert noted(chat) == {} and chat.summary()["red_flags"] == []
