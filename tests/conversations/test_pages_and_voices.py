"""Whole chats, page by page: every step, every voice, every order of pages, and every way to answer a page."""

from __future__ import annotations

import pytest

from tests.support.chat import Chat

pytestmark = pytest.mark.server

SIGNS = 25


def asked(chat: Chat) -> str:
    """The words of the question on screen."""
    return str(chat.last_question["text"])


def noted(chat: Chat) -> dict[str, dict]:
    """The signs of the summary that are present, by id."""
    return {entry["sign"]: entry for entry in chat.summary()["signs"]["present"]}


def test_a_woman_between_two_appointments_with_nothing_to_tell_is_done_in_fourteen_messages(chat: Chat) -> None:
    """In remission from AML, on a bus: 14 messages, every page once, and a direction although nothing is noted."""
    pages = []
    for choice in ("start", "none", "none", "self", "acute_leukaemia", "GB", "earlier"):
        chat.pick(choice)
        pages.append(chat.step)
    for _ in range(4):
        chat.pick("none")
        pages.append(chat.step)
    chat.pick("not")
    pages.append(chat.step)
    chat.pick("none")
    pages.append(chat.step)
    assert pages == [
        "right_now_1", "right_now_2", "who", "condition", "country", "recent_treatment",
        "page_body", "page_blood", "page_bones", "page_head", "worry", "anything_else", "review",
    ]  # fmt: skip
    assert "review_nothing" in chat.utterances
    chat.pick("finish")
    people = [m for m in chat.history()["messages"] if m["author"] == "person"]
    assert len(people) == 14
    assert chat.step == "summary" and chat.level == "keep"
    assert chat.directions[-1]["contacts"][0]["role"] == "care_team"
    assert "0808 2080 888" in chat.phones
    assert "keep_note" in chat.utterances
    signs = chat.summary()["signs"]
    assert len(signs["absent"]) == SIGNS and not signs["present"] and not signs["not_answered"]


def test_a_mother_of_a_child_with_all_is_asked_about_her_child(chat: Chat) -> None:
    """Her son is tired and has spots: from "my child" on, every page speaks of the child, as does the end."""
    chat.pick("start").pick("none").pick("none").pick("child")
    assert "your child" in asked(chat)
    chat.pick("acute_leukaemia").pick("IE")
    assert "Did your child have" in asked(chat)
    chat.pick("recent")
    assert "Your child's body" in asked(chat)
    chat.pick("fatigue")
    chat.pick("days")
    assert "usual for your child" in asked(chat)
    chat.pick("new").pick("none")
    chat.pick("petechiae").pick("today").pick("new").pick("none")
    chat.pick("none").pick("none")
    assert "worried are you about your child" in asked(chat)
    chat.pick("bit")
    assert "your child's care team" in asked(chat)
    chat.pick("none").pick("finish")
    assert chat.level == "today"
    assert chat.directions[-1]["say"].startswith("My child has had a blood cancer.")
    assert "Call your child's care team today" in chat.text
    assert chat.summary()["about"] == "child"
    assert set(noted(chat)) == {"fatigue", "petechiae"}


def test_a_daughter_who_cares_for_her_father_with_lymphoma_sees_lumps_first(chat: Chat) -> None:
    """The carer's voice says "they", lymphoma starts with lumps, and she is told what the documents say most about."""
    chat.pick("start").pick("none").pick("none").pick("adult")
    assert "Which blood cancer have they had" in asked(chat)
    chat.pick("lymphoma")
    assert "lymphoma_myeloma_note" in chat.utterances
    chat.pick("AU").pick("earlier")
    assert chat.step == "page_bones"
    assert "have you or they noticed" in asked(chat)
    chat.pick("lumps").pick("weeks").pick("same").pick("neck", "armpit")
    order = [chat.step]
    for _ in range(3):
        chat.pick("none")
        order.append(chat.step)
    assert order == ["page_body", "page_blood", "page_head", "worry"]
    chat.pick("bit").pick("none").pick("finish")
    assert chat.level == "soon"
    assert "I care for an adult who has had a blood cancer." in chat.directions[-1]["say"]
    assert len(noted(chat)["lumps"]["detail"]) == 2
    assert "Tell their care team" in chat.summary()["directions"][0]["title"]


def test_a_retired_teacher_with_myeloma_starts_with_bones(chat: Chat) -> None:
    """Myeloma: bones, blood, body, head; bone pain that wakes him is for today, and is in the summary in his voice."""
    chat.pick("start").pick("none").pick("none").pick("self").pick("myeloma").pick("NZ").pick("no")
    order = [chat.step]
    chat.pick("bone_pain").pick("weeks").pick("worse").pick("wakes_at_night")
    order.append(chat.step)
    for _ in range(3):
        chat.pick("none")
        order.append(chat.step)
    assert order == ["page_bones", "page_blood", "page_body", "page_head", "worry"]
    chat.pick("bit").pick("none").pick("finish")
    assert chat.level == "today" and "0800 15 10 15" in chat.phones
    found = noted(chat)["bone_pain"]
    assert found["change"] == "worse" and found["detail"] and found["since"]["precision"] == "weeks"
    assert chat.summary()["condition"] == "myeloma"


def test_a_tired_man_who_skips_whatever_can_be_skipped_is_never_taken_as_saying_no(chat: Chat) -> None:
    """Skipped is "not answered", for all signs and for himself; the end still says whom to call."""
    chat.pick("start").pick("none").pick("none")
    while chat.step != "review":
        chat.pick("skip" if "skip" in chat.choices else "none")
        assert chat.step == "review" or "skipped" in chat.utterances
    chat.pick("finish")
    summary = chat.summary()
    assert len(summary["signs"]["not_answered"]) == SIGNS and not summary["signs"]["absent"]
    assert summary["about"] is None and summary["condition"] is None and summary["recent_treatment"] is None
    assert chat.directions[-1]["contacts"]
    assert "112" in chat.directions[-1]["contacts"][0]["if_no_answer"]


def test_a_frightened_woman_who_is_not_sure_of_anything_is_not_told_no(chat: Chat) -> None:
    """Not sure on every page: asked which of the urgent ones, then each sign counts, and fever is asked about."""
    chat.pick("start").pick("unsure")
    assert chat.step == "right_now_unsure"
    chat.pick("none").pick("unsure")
    assert chat.step == "right_now_unsure"
    chat.pick("none").pick("self").pick("other").pick("GB").pick("unsure")
    chat.pick("unsure")
    assert chat.step == "temperature"
    chat.pick("unsure").pick("unsure")
    while chat.step != "worry":
        chat.pick("unsure")
    chat.pick("bit").pick("none").pick("finish")
    summary = chat.summary()
    assert len(summary["signs"]["not_sure"]) == SIGNS and not summary["signs"]["absent"]
    assert chat.level not in ("keep", None)
    assert summary["medicines"] == ["unsure"] and summary["recent_treatment"] == "unsure"


def test_a_student_who_ticks_and_types_in_one_message_is_heard_on_both(chat: Chat) -> None:
    """A tick for tiredness with "gums bled on Tuesday" beside it: both noted, and bleeding is not asked about again."""
    chat.until("page_body", who="self", condition="chronic_leukaemia", country="GB")
    chat.pick("fatigue", text="and my gums bled on Tuesday when I brushed")
    assert set(noted(chat)) == {"fatigue", "bleeding"}
    assert chat.step.endswith(":fatigue")
    chat.until("page_blood", detail__bleeding="none")
    assert "bleeding" not in chat.choices and "bruising" in chat.choices
    chat.walk()
    assert chat.level == "today"
    assert "bled" in noted(chat)["bleeding"]["words"]
    assert noted(chat)["bleeding"]["since"]["words"] == "on Tuesday"


def test_a_man_who_says_since_when_beside_his_tick_is_not_asked_again(chat: Chat) -> None:
    """Night sweats ticked, "since about Easter, three weeks or so" typed: the next question is how it changed."""
    chat.until("page_body", who="self", country="US")
    chat.pick("night_sweats", text="for about three weeks now")
    assert chat.step == "change:night_sweats"
    assert chat.utterances.count("noted") == 1
    chat.pick("worse").pick("none")
    chat.walk()
    since = noted(chat)["night_sweats"]["since"]
    assert since["precision"] == "weeks" and "three weeks" in since["words"]


def test_a_woman_who_says_only_the_sweats_has_answered_the_page(chat: Chat) -> None:
    """In words, without a tick: what she named is present, the rest of that page is absent, and the next page comes."""
    chat.until("page_body", who="self", condition="lymphoma", country="GB")
    chat.say("only the sweats, they soak my nightdress")
    signs = chat.summary()["signs"]
    assert [s["sign"] for s in signs["present"]] == ["night_sweats"]
    assert {"fatigue", "fever", "weight_loss"} <= set(signs["absent"])
    chat.until("page_blood")
    chat.walk()
    assert chat.level == "soon"


def test_an_engineer_with_a_raised_reading_goes_through_every_fever_question(chat: Chat) -> None:
    """A fever page by page: reading in Fahrenheit, when, medicines, since, change; a high one goes before the rest."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="US", recent_treatment="recent")
    chat.pick("fever")
    assert chat.step == "temperature"
    chat.say("100.2 F")
    assert chat.step == "red_flag" and chat.level == "now"
    chat.pick("called")
    assert chat.step == "temperature_when"
    chat.pick("last_24h")
    assert chat.step == "medicines"
    chat.pick("ibuprofen", "steroids")
    assert chat.step == "since:fever"
    chat.pick("today")
    assert chat.step == "change:fever"
    chat.pick("new")
    chat.walk()
    summary = chat.summary()
    assert chat.level == "now" and chat.phones[0] == "911"
    assert summary["medicines"] == ["ibuprofen", "steroids"]
    assert round(summary["temperatures"][0]["c"], 1) == 37.9 and summary["temperatures"][0]["when"] == "last_24h"
    assert "100.2" in chat.directions[-1]["say"]


def test_a_father_changes_an_answer_and_a_page_on_the_review(chat: Chat) -> None:
    """He reads the list again, takes back the cough, opens the page of bones, and the summary holds what he changed."""
    chat.until("review", who="child", condition="acute_leukaemia", country="GB", page_blood="cough")
    assert "change:cough" in chat.choices and "change:page_bones" in chat.choices
    chat.pick("change:cough")
    assert chat.step == "sign:cough"
    chat.pick("no")
    assert chat.step == "review"
    chat.pick("change:page_bones")
    assert chat.step == "page_bones"
    chat.pick("joint_muscle_pain").pick("days").pick("new").pick("stops_walking")
    assert chat.step == "review"
    chat.pick("change:worry").pick("bit")
    chat.pick("finish")
    summary = chat.summary()
    assert set(noted(chat)) == {"joint_muscle_pain"} and "cough" in summary["signs"]["absent"]
    assert summary["worry"] == "bit" and chat.level == "today"


def test_a_woman_in_her_own_words_finds_them_in_every_form_of_the_summary(chat: Chat) -> None:
    """What she adds at the end stands in the JSON and in the text file, as she wrote it; the PDF and FHIR come too."""
    words = "My boots are too big lately, odd as it sounds"
    chat.until("anything_else", who="self", condition="myeloma", country="CA", page_head="headache")
    chat.say(words)
    chat.walk()
    assert words in chat.summary()["notes"]
    assert "boots are too big" in " ".join(chat.summary("txt").decode().split())
    assert chat.summary("pdf").startswith(b"%PDF-") and b"QuestionnaireResponse" in chat.summary("fhir.json")
    assert b"headache" not in chat.summary("ics").lower()
    assert chat.level == "soon"


def test_a_man_goes_back_from_a_slip_of_his_thumb(chat: Chat) -> None:
    """He ticked fever by mistake: back takes it off, the page stands as it was, and the level is gone with it."""
    chat.until("page_body", who="self", condition="chronic_leukaemia", country="GB")
    before = chat.choices
    chat.pick("fever")
    assert chat.step == "temperature" and chat.level == "now"
    chat.pick("back")
    assert chat.step == "page_body" and chat.choices == before and chat.level is None
    chat.pick("appetite_loss").pick("weeks").pick("new").pick("cannot_keep_food_down_a_day")
    chat.walk()
    assert set(noted(chat)) == {"appetite_loss"} and chat.level == "today"


def test_a_wife_fills_in_the_page_of_head_and_mood_for_her_husband(chat: Chat) -> None:
    """Low mood and balance, in the carer's voice: each with its own follow-ups, both in the summary."""
    chat.until("page_head", who="adult", condition="other", country="international")
    chat.pick("balance_problems", "low_mood")
    assert chat.step == "since:balance_problems"
    chat.pick("weeks").pick("worse").pick("none")
    assert chat.step == "since:low_mood"
    chat.pick("longer")
    assert "usual for them" in asked(chat)
    chat.pick("same").pick("not_sleeping_or_eating")
    chat.walk()
    assert chat.level == "today"
    found = noted(chat)
    assert found["low_mood"]["detail"] and not found["balance_problems"]["detail"]
    assert "in the person I care for" in chat.directions[-1]["say"]
