"""Whole chats that end at each level: the right direction, the right numbers for the country, and what to say.

The levels and what raises them are those of the clinical safety conventions, written out here by hand.
"""

from __future__ import annotations

import pytest

from tests.support.chat import Chat

pytestmark = pytest.mark.server


def roles(chat: Chat) -> list[str]:
    """The roles of the contacts of the last direction, first one first."""
    return [contact["role"] for contact in chat.directions[-1]["contacts"]]


def test_keep_a_man_with_nothing_to_note_is_not_told_that_all_is_well(chat: Chat) -> None:
    """GB, nothing noted: the level is keep, in words that leave the door open, with the care team and support line."""
    chat.walk(who="self", condition="chronic_leukaemia", country="GB", worry="not")
    assert chat.level == "keep"
    assert roles(chat) == ["care_team", "support"] and chat.phones == ["0808 2080 888"]
    assert "if anything changes" in chat.text and "cannot rule anything out" in chat.text
    for promise in ("all clear", "you are fine", "nothing to worry", "no need to"):
        assert promise not in chat.text.lower()


def test_soon_an_australian_who_lost_weight(chat: Chat) -> None:
    """One sign at soon, new: tell the team before the next visit; the support line is the Australian one."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="AU")
    chat.pick("weight_loss").pick("weeks").pick("new").pick("none")
    chat.walk(worry="bit")
    assert chat.level == "soon" and roles(chat) == ["care_team", "support"]
    assert chat.phones == ["1800 620 420"]
    assert "next working day" in chat.text
    assert "weight loss" in chat.directions[-1]["say"]


def test_soon_an_american_whose_tiredness_is_as_usual(chat: Chat) -> None:
    """Usual and unchanged is noted, not dismissed: soon, never keep, and 911 in case it gets worse."""
    chat.until("page_body", who="self", condition="other", country="US")
    chat.pick("fatigue").pick("longer").pick("usual")
    assert "usual_note" in chat.utterances
    chat.pick("none")
    chat.walk()
    assert chat.level == "soon" and "800-955-4572" in chat.phones


def test_soon_easy_bruises_that_were_always_there(chat: Chat) -> None:
    """A sign whose own level is today, usual and unchanged for her: soon, and it stands in the summary as usual."""
    chat.until("page_blood", who="self", country="GB")
    chat.pick("bruising").pick("longer").pick("usual").pick("none")
    chat.walk()
    assert chat.level == "soon"
    assert chat.summary()["signs"]["present"][0]["change"] == "usual"


def test_soon_a_woman_in_ireland_with_no_sign_but_much_fear(chat: Chat) -> None:
    """Very worried raises keep to soon, says so on the phone, and her worry is met kindly first."""
    chat.until("worry", who="self", condition="lymphoma", country="IE").pick("very")
    assert "worry_met" in chat.utterances
    chat.walk()
    assert chat.level == "soon" and "1800 200 700" in chat.phones
    assert "I am very worried." in chat.directions[-1]["say"]


def test_soon_a_man_who_will_not_say_what_he_is_not_sure_of(chat: Chat) -> None:
    """Not sure on the first screen, none of them when asked: nothing noted, and still not keep."""
    chat.pick("start").pick("unsure").pick("none")
    chat.walk(who="self", country="GB")
    assert chat.summary()["signs"]["present"] == []
    assert chat.level == "soon"


def test_today_two_new_signs_in_new_zealand(chat: Chat) -> None:
    """Sweats and a lump, each soon on its own, both new: today, with the emergency number in case nobody answers."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="NZ")
    chat.pick("night_sweats").pick("weeks").pick("new").pick("none")
    assert chat.level == "soon"
    chat.until("page_bones").pick("lumps").pick("weeks").pick("new").pick("groin_or_belly")
    chat.walk()
    assert chat.level == "today" and roles(chat) == ["care_team", "emergency", "support"]
    assert chat.phones == ["111", "0800 15 10 15"]
    assert "even if it is the weekend" in chat.text


def test_soon_stays_soon_when_the_second_sign_is_an_old_one(chat: Chat) -> None:
    """A new lump and aches that stay the same: only what is new or worse adds up."""
    chat.until("page_bones", who="self", condition="chronic_leukaemia", country="GB")
    chat.pick("lumps", "joint_muscle_pain")
    chat.pick("weeks").pick("new").pick("armpit").pick("longer").pick("same").pick("none")
    chat.walk(worry="bit")
    assert chat.level == "soon"


def test_today_a_very_worried_canadian_with_one_sign(chat: Chat) -> None:
    """Very worried raises soon to today."""
    chat.until("page_blood", who="self", condition="acute_leukaemia", country="CA")
    chat.pick("pallor").pick("days").pick("new").pick("none")
    chat.until("worry").pick("very")
    chat.walk()
    assert chat.level == "today" and chat.phones[0] == "911" and "1-833-222-4884" in chat.phones


def test_today_a_headache_with_vomiting_abroad(chat: Chat) -> None:
    """A detail raises it; in a country without its own set the number works in many countries, and is said so."""
    chat.until("page_head", who="self", condition="acute_leukaemia", country="international")
    chat.pick("headache").pick("days").pick("new")
    assert chat.level == "soon"
    chat.pick("with_vomiting", "worse_lying_down")
    assert chat.level == "today"
    chat.walk()
    assert chat.level == "today" and chat.phones == ["112"]
    assert "112 works in many countries" in str(chat.directions[-1]["contacts"])


def test_today_a_normal_reading_without_anything_that_hides_a_fever(chat: Chat) -> None:
    """He felt hot, reads 36.8, took nothing, treated long ago: today, and the reading is not called good."""
    chat.until("page_body", who="self", condition="lymphoma", country="GB", recent_treatment="earlier").pick("fever")
    chat.say("36.8")
    assert "does not rule out an infection" in chat.text
    chat.pick("now").pick("none")
    chat.walk()
    assert chat.level == "today"
    assert "36.8" in chat.directions[-1]["say"]


def test_now_a_normal_reading_after_paracetamol_with_recent_treatment(chat: Chat) -> None:
    """Shivery at 36.9 after paracetamol, treated in spring: a fever may be hidden, so the 24-hour line now."""
    chat.until("page_body", who="self", condition="lymphoma", country="GB", recent_treatment="recent").pick("chills")
    chat.say("36,9")
    chat.pick("last_24h").pick("paracetamol")
    assert chat.level == "now"
    chat.walk()
    assert chat.level == "now" and roles(chat)[:2] == ["care_team", "emergency"] and chat.phones[0] == "999"
    assert "24-hour line now, whatever the hour" in chat.text
    assert "hard for me to fight an infection" in chat.directions[-1]["say"]


def test_now_a_man_in_sydney_who_feels_hot_and_has_no_thermometer(chat: Chat) -> None:
    """Feeling hot counts without a reading."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="AU").pick("fever")
    chat.pick("no_thermometer")
    assert "temp_none" in chat.utterances
    chat.walk()
    assert chat.level == "now" and "000" in chat.phones and "0423 677 767" in chat.phones


def test_now_black_stools_in_india(chat: Chat) -> None:
    """A detail of bleeding raises today to now, not to an emergency; 112 if nobody answers."""
    chat.until("page_blood", who="self", condition="myeloma", country="IN")
    chat.pick("bleeding").pick("days").pick("new")
    assert chat.level == "today"
    chat.pick("black_stool")
    assert chat.level == "now"
    chat.walk()
    assert chat.level == "now" and chat.phones == ["112"]
    assert "112" in chat.directions[-1]["contacts"][0]["if_no_answer"]


def test_now_bruises_together_with_bleeding(chat: Chat) -> None:
    """A girl whose bruises come with bleeding gums: each is for today, both together for now; in the parent's words."""
    chat.until("page_blood", who="child", condition="acute_leukaemia", country="US")
    chat.pick("bruising", "bleeding")
    assert chat.level == "now"
    chat.pick("days").pick("new").pick("none").pick("today").pick("new").pick("none")
    chat.walk()
    assert chat.level == "now" and chat.phones[0] == "911"
    assert "Call your child's care team's 24-hour line now" in chat.text


def test_emergency_a_bone_that_broke_when_she_got_up(chat: Chat) -> None:
    """No red flag of the first screens, and still an emergency: help first, then the rest of the list."""
    chat.until("page_bones", who="self", condition="myeloma", country="US")
    chat.pick("fracture").pick("today").pick("cannot_stand")
    assert chat.level == "emergency" and chat.phones[0] == "911"
    assert chat.choices == ["called", "cannot_call", "not_meant"]
    chat.pick("called")
    chat.walk()
    assert chat.level == "emergency" and roles(chat)[0] == "emergency"
    assert "Call 911 now" in chat.text and "bone" in chat.directions[-1]["say"]


def test_emergency_a_sudden_headache_the_worst_ever(chat: Chat) -> None:
    """A detail makes it an emergency at once; the Irish numbers."""
    chat.until("page_head", who="adult", condition="acute_leukaemia", country="IE")
    chat.pick("headache").pick("today").pick("new").pick("worst_ever_sudden")
    assert chat.level == "emergency" and chat.phones[:2] == ["112", "999"]
    chat.pick("called")
    chat.walk()
    assert chat.level == "emergency" and "for the person I care for" in chat.directions[-1]["say"]


def test_crisis_a_young_man_whose_low_mood_is_more_than_that(chat: Chat) -> None:
    """Low mood with thoughts of suicide: the crisis line first, a person to be with, then the care team; met kindly."""
    chat.until("page_head", who="self", condition="lymphoma", country="GB")
    chat.pick("low_mood").pick("weeks").pick("worse").pick("self_harm", "cannot_cope")
    direction = chat.directions[-1]
    assert direction["level"] == "emergency" and direction["crisis"] is True
    assert chat.phones[:3] == ["116 123", "85258", "999"] and roles(chat)[-1] == "care_team"
    assert "crisis_heard" in chat.utterances and "stay with" in chat.text
    chat.pick("called")
    assert "crisis_called_ack" in chat.utterances
    chat.walk()
    summary = chat.summary()
    assert summary["crisis"] is True and summary["level"] == "emergency" and summary["red_flags"] == ["self_harm"]
    assert chat.phones[0] == "116 123"


def test_the_summary_of_a_long_check_has_every_field(chat: Chat) -> None:
    """A woman with much to tell: all fields of the contract, filled with what she said."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="GB", recent_treatment="recent")
    chat.pick("fever", "fatigue").say("37.1")
    chat.pick("now").pick("none")
    chat.until("page_blood", since__fever="today", change__fever="new", since__fatigue="weeks", change__fatigue="worse")
    chat.say("I have had a cough for four days")
    chat.until("page_head", change__cough="new").pick("unsure")
    chat.until("worry").pick("bit")
    chat.say("my next blood test is in May")
    chat.walk()
    summary = chat.summary()
    assert summary.keys() >= {
        "content_version", "started_at", "about", "condition", "recent_treatment", "signs", "temperatures",
        "medicines", "worry", "red_flags", "level", "crisis", "directions", "notes",
    }  # fmt: skip
    assert summary["signs"].keys() == {"present", "absent", "not_sure", "not_answered", "past"}
    present = {entry["sign"]: entry for entry in summary["signs"]["present"]}
    assert present.keys() == {"fever", "fatigue", "cough"}
    for entry in present.values():
        assert entry.keys() == {"sign", "label", "since", "change", "detail", "words"}
        assert entry["since"].keys() == {"words", "date", "precision"}
    assert present["cough"]["since"]["words"] == "for four days" and present["cough"]["since"]["date"]
    assert set(summary["signs"]["not_sure"]) == {
        "headache", "vision_problems", "balance_problems", "confusion", "low_mood",
    }  # fmt: skip
    assert summary["temperatures"][0]["c"] == 37.1 and summary["medicines"] == ["none"]
    assert summary["worry"] == "bit" and summary["notes"] == ["my next blood test is in May"]
    assert (summary["level"], summary["crisis"], summary["red_flags"]) == ("today", False, [])
    assert summary["directions"][0].keys() >= {"title", "text", "level", "crisis", "say", "contacts"}
