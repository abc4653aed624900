"""Whole chats of people who type instead of ticking: what they say is noted once, rightly, and in their own words."""

from __future__ import annotations

import pytest

from tests.support.asides import noted
from tests.support.chat import Chat

pytestmark = pytest.mark.server


def test_a_man_who_says_it_all_before_he_is_asked(chat: Chat) -> None:
    """Sweats and no appetite, told on the first screen: noted with his words and not offered again on their page."""
    chat.pick("start")
    words = "I've been sweating at night for a month and my appetite has gone"
    chat.say(words)
    assert "noted" in chat.utterances and chat.step == "right_now_1"
    assert {"night_sweats", "appetite_loss"} == set(noted(chat))
    chat.until("page_body", who="self", country="GB")
    assert not {"night_sweats", "appetite_loss"} & set(chat.choices)
    assert {"fatigue", "fever", "chills", "infections", "weight_loss"} <= set(chat.choices)
    chat.walk(since__night_sweats="weeks", since__appetite_loss="weeks", worry="not")
    assert noted(chat)["appetite_loss"]["words"] == words
    assert chat.level == "today", "two signs that may be new"
    assert words in " ".join(chat.summary("txt").decode().split())


def test_a_woman_with_only_the_sweats_and_gums_that_bled(chat: Chat) -> None:
    """Two signs of two pages in one sentence: both are noted, the rest of her page is ruled out, the other page stays open."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="GB")
    chat.say("only the sweats, and my gums bled on Tuesday")
    assert set(noted(chat)) == {"night_sweats", "bleeding"} and chat.level == "today"
    chat.until("page_blood")
    assert "bleeding" not in chat.choices and "bruising" in chat.choices
    assert {"fatigue", "fever", "weight_loss"} <= set(chat.summary()["signs"]["absent"])
    chat.pick("none").walk(worry="bit")
    assert chat.level == "today" and "Tuesday" in noted(chat)["bleeding"]["words"]


def test_a_man_who_is_fine_apart_from_a_cough(chat: Chat) -> None:
    """His own words rule out the rest of that page, and of that page alone."""
    chat.until("page_blood", who="self", country="IE")
    chat.say("apart from a cough im fine")
    assert set(noted(chat)) == {"cough"} and chat.step.endswith(":cough")
    assert {"bruising", "bleeding", "petechiae", "pallor", "breathlessness", "dizziness"} <= set(
        chat.summary()["signs"]["absent"]
    )
    assert "lumps" in chat.summary()["signs"]["not_answered"]
    chat.pick("days").pick("new").until("page_bones")
    chat.walk(worry="not")
    assert chat.level == "soon" and noted(chat)["cough"]["words"] == "apart from a cough im fine"


def test_a_woman_who_says_no_to_one_and_yes_to_another(chat: Chat) -> None:
    """Contrast and negation on three pages: "no lumps but", "no fever, just", "not dizzy, though": each lands where it belongs."""
    chat.until(
        "page_body",
        who="self",
        condition="lymphoma",
        country="NZ",
        page_bones="words: no lumps, but my bones ache at night",
    )
    assert "lumps" in chat.summary()["signs"]["absent"]
    chat.until("page_body").say("no fever, but I'm tired all the time")
    assert "fever" in chat.summary()["signs"]["absent"]
    chat.until("page_blood").say("I'm not dizzy, though I bruise very easily")
    signs = chat.summary()["signs"]
    assert {"fatigue", "bone_pain", "bruising"} == set(noted(chat))
    assert "dizziness" in signs["absent"] and "bruising" not in signs["absent"]
    chat.walk(worry="not")
    assert chat.level == "today"


def test_a_man_who_talks_of_what_is_long_gone(chat: Chat) -> None:
    """Past signs are shown as from before; they raise nothing, and they are not asked again."""
    chat.until("page_blood", who="self", condition="chronic_leukaemia", country="US")
    chat.say("I had bruises last year but they're gone")
    assert "noted_past" in chat.utterances and chat.step == "page_blood" and "bruising" not in chat.choices
    chat.pick("none")
    chat.say("I had swollen glands before my treatment, not any more")
    assert {"bruising", "lumps"} == set(chat.summary()["signs"]["past"])
    assert noted(chat) == {}
    chat.walk(worry="not")
    assert chat.level == "keep" and chat.directions[-1]["contacts"]


def test_a_wife_speaks_of_her_husband_before_it_is_known_whom_it_is_about(chat: Chat) -> None:
    """His cough is set aside as somebody else's until she says that the check is for him: then it is his, in her words."""
    chat.pick("start")
    chat.say("my husband has a cough")
    assert "noted_other" in chat.utterances and noted(chat) == {} and chat.step == "right_now_1"
    chat.pick("none").pick("none").pick("adult")
    assert noted(chat)["cough"]["words"] == "my husband has a cough"
    chat.until("page_blood", condition="myeloma", country="GB", since__cough="days", change__cough="new")
    assert "cough" not in chat.choices
    chat.say("he looks pale too")
    assert {"cough", "pallor"} == set(noted(chat))
    chat.walk(worry="bit")
    assert chat.level == "today" and chat.summary()["about"] == "adult"


def test_a_man_who_mentions_his_wifes_cough_in_a_check_of_his_own(chat: Chat) -> None:
    """After he said that it is for him, what she has stays off his list, on three pages."""
    chat.until("page_body", who="self", country="CA")
    chat.say("my wife has been tired as well")
    assert "noted_other" in chat.utterances and "fatigue" in chat.choices and noted(chat) == {}
    chat.pick("weight_loss").pick("weeks").pick("new").until("page_blood")
    chat.say("my wife has a cough")
    assert "cough" in chat.choices
    chat.until("page_head").say("her mother gets bad headaches")
    assert "headache" in chat.choices
    chat.walk(worry="not")
    assert set(noted(chat)) == {"weight_loss"} and chat.level == "soon"


# temperatures ------------------------------------------------------------------------------------------------------------


def test_a_woman_with_a_fahrenheit_thermometer(chat: Chat) -> None:
    """100.6 F is read as 38.1 C, without rounding down: her team now, and the number stands in what she is to say."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="US").pick("fever")
    assert chat.step == "temperature"
    chat.say("100.6 F")
    assert chat.step == "red_flag" and chat.level == "now"
    reading = chat.summary()["temperatures"][0]
    assert 38.1 < reading["c"] < 38.12 and reading["words"] == "100.6 F"
    assert "38.1" in chat.text
    chat.pick("called").walk()
    assert chat.level == "now" and chat.summary()["red_flags"] == ["fever_38"]


def test_a_man_whose_comma_is_a_decimal_point(chat: Chat) -> None:
    """37,5 is the threshold itself and counts; said on the body page, before anybody asked for a temperature."""
    chat.until("page_body", who="self", country="IE")
    chat.say("I measured 37,5 just now")
    assert chat.step == "red_flag" and chat.level == "now"
    assert chat.summary()["temperatures"][0]["c"] == 37.5
    chat.pick("called")
    chat.walk(temperature_when="now")
    assert chat.level == "now"


def test_an_old_man_spells_his_temperature_out(chat: Chat) -> None:
    """Thirty-six point four, typed in words: a normal reading that is no reassurance; unwell and recently treated."""
    chat.until("page_body", who="self", country="GB", recent_treatment="recent").pick("chills")
    chat.say("thirty six point four")
    assert chat.step == "temperature_when" and "temp_noted" in chat.utterances
    assert chat.summary()["temperatures"][0]["c"] == 36.4
    chat.pick("now").pick("paracetamol")
    assert chat.level == "now", "paracetamol can hide a fever"
    chat.walk()
    assert chat.level == "now" and chat.summary()["medicines"] == ["paracetamol"]


def test_a_woman_whose_thermometer_cannot_be_right(chat: Chat) -> None:
    """Numbers that no body has are asked for again, kindly, and none is noted; the right one then is."""
    chat.until("page_body", who="self", country="GB").pick("fever")
    chat.say("52")
    assert chat.step == "temperature" and {"temp_implausible", "temp_invalid"} & set(chat.utterances)
    chat.say("3.7")
    assert chat.step == "temperature" and chat.summary()["temperatures"] == []
    chat.say("hang on, 36.9")
    assert [r["c"] for r in chat.summary()["temperatures"]] == [36.9]
    chat.walk(temperature_when="now")
    assert chat.level in ("today", "now") and "fever" in noted(chat)


def test_a_man_whose_fever_came_down(chat: Chat) -> None:
    """Was 38.4, now 37: the highest of the last day decides, also though it has come down."""
    chat.until("page_body", who="self", country="AU")
    chat.say("it was 38.4 last night, now 37")
    assert chat.step == "red_flag" and chat.level == "now"
    chat.pick("called").walk(medicines="none")
    assert chat.level == "now" and max(r["c"] for r in chat.summary()["temperatures"]) == 38.4


# durations and short answers --------------------------------------------------------------------------------------------


def test_a_woman_who_answers_since_when_in_words(chat: Chat) -> None:
    """ "About three weeks" and "since yesterday" are taken as times, with her words; a time told at once is not asked again."""
    chat.until("page_blood", who="self", condition="acute_leukaemia", country="GB")
    chat.say("a few bruises on my shins, came up about five days ago")
    assert chat.step == "change:bruising", "since when was told"
    assert noted(chat)["bruising"]["since"]["words"] == "about five days ago"
    chat.pick("new").pick("none").until("page_bones")
    chat.pick("joint_muscle_pain").say("three weeks or so")
    assert chat.step == "change:joint_muscle_pain"
    since = noted(chat)["joint_muscle_pain"]["since"]
    assert since["words"] == "three weeks or so" and since["precision"] == "weeks"
    chat.pick("same").until("page_head")
    chat.pick("headache").say("since yesterday")
    assert noted(chat)["headache"]["since"]["words"] == "since yesterday"
    chat.walk(worry="not")
    assert chat.level == "today"


def test_a_man_of_few_words(chat: Chat) -> None:
    """Nope, the first two, not sure, dunno: each is read against the question on screen; not sure is never a no."""
    chat.pick("start").say("nope")
    assert chat.step == "right_now_2"
    chat.say("none of those")
    assert chat.step == "who"
    chat.say("me").say("lymphoma")
    assert chat.step == "country"
    chat.pick("GB").say("not sure")
    assert chat.summary()["recent_treatment"] == "unsure"
    assert chat.step == "page_bones"
    first, second = chat.choices[:2]
    chat.say("the first two")
    assert {first, second} == set(noted(chat))
    chat.until("page_body").say("nah")
    assert chat.step == "page_blood"
    chat.say("not sure")
    assert {"bruising", "cough"} <= set(chat.summary()["signs"]["not_sure"])
    chat.until("worry").say("not worried").walk()
    assert chat.level == "today" and {"bruising", "cough"} <= set(chat.summary()["signs"]["not_sure"])


def test_a_woman_who_says_yes_but_only_at_night(chat: Chat) -> None:
    """On a page it names no line: kept for her team and asked again; on the question about one sign it is a yes."""
    chat.until("page_body", who="self", country="GB")
    chat.say("yes but only at night")
    assert chat.step == "page_body" and noted(chat) == {}
    assert chat.summary()["notes"] == ["yes but only at night"]
    chat.pick("none").until("page_head").say("change my answer about the night sweats")
    assert chat.step == "sign:night_sweats"
    chat.say("yes but only at night")
    assert noted(chat)["night_sweats"]["words"] == "yes but only at night"
    chat.walk(worry="not")
    assert chat.level == "soon"
    assert "yes but only at night" in chat.summary("txt").decode()


def test_a_woman_ticks_one_line_and_writes_beside_it(chat: Chat) -> None:
    """A tick and words together: both count, the words stay hers, and her last words go into the summary as they are."""
    chat.until("page_bones", who="self", condition="lymphoma", country="GB")
    chat.pick("abdominal_fullness", text="and my collarbone has a lump the size of a pea")
    assert {"abdominal_fullness", "lumps"} == set(noted(chat))
    assert "size of a pea" in noted(chat)["lumps"]["words"]
    chat.until("anything_else", worry="bit")
    last = "My next scan is on the 4th, at eight in the morning."
    chat.say(last)
    assert chat.step == "review" and "noted_words" in chat.utterances
    chat.pick("finish")
    assert last in chat.summary()["notes"] and last in " ".join(chat.summary("txt").decode().split())
    assert chat.level == "today"
