"""Whole chats of people who do something else than answer: the same page comes back, and nothing noted is lost."""

from __future__ import annotations

import pytest

from tests.support.asides import aside, noted, record, same_page
from tests.support.chat import Chat

pytestmark = pytest.mark.server

#: A long story that names no sign, over the limit of one message.
STORY = (
    "We were at my sister's place for the christening of the twins, and the vicar told a joke about a parrot. "
    "Then my brother in law showed us his new shed, and after that we all sat in the garden under the apple tree. "
) * 6


# red flags in words --------------------------------------------------------------------------------------------------------


def test_a_woman_starts_to_bleed_while_she_is_asked_about_lumps(chat: Chat) -> None:
    """Her nosebleed interrupts the bones page; after the call the page is there again with what she had noted before."""
    chat.until("page_body", who="self", condition="chronic_leukaemia", country="GB").pick("fatigue")
    chat.pick("weeks").pick("same").until("page_bones")
    before, choices = noted(chat), chat.choices
    chat.say("sorry, my nose is pouring with blood, I've pinched it for 20 minutes and it won't stop")
    assert chat.step == "red_flag" and chat.level == "emergency"
    assert chat.phones[0] == "999"
    assert set(chat.choices) == {"called", "cannot_call", "not_meant"}
    aside(chat, "but I still have to finish your questions")
    assert chat.phones[0] == "999", "the direction is said again, as nothing was answered"
    chat.pick("called")
    assert "called_ack" in chat.utterances
    assert noted(chat)["fatigue"] == before["fatigue"]
    chat.until("page_bones")
    assert chat.choices == choices
    chat.walk()
    assert chat.level == "emergency" and chat.summary()["red_flags"] == ["uncontrolled_bleeding"]
    assert noted(chat)["fatigue"]["change"] == "same"


def test_a_man_gets_chest_pain_on_the_first_question_about_himself(chat: Chat) -> None:
    """Said where he is asked who the check is for; he cannot call, gets help to be found, and then goes on."""
    chat.pick("start").pick("none").pick("none")
    assert chat.step == "who"
    chat.say("hang on, I've got a crushing pain in my chest")
    assert chat.step == "red_flag" and chat.level == "emergency"
    chat.pick("cannot_call")
    assert chat.step == "cannot_call" and chat.phones, "a number stands there too, for whoever comes to help"
    chat.pick("called")
    assert chat.step == "who"
    chat.pick("self").walk()
    assert chat.level == "emergency" and "chest_pain" in chat.summary()["red_flags"]
    assert chat.directions[-1]["contacts"][0]["role"] == "emergency"


def test_a_student_faints_while_she_is_asked_how_worried_she_is(chat: Chat) -> None:
    """She says it at the end of the list and takes it back: it stays on record, and the end is not below today."""
    chat.until("worry", who="self", condition="acute_leukaemia", country="AU")
    chat.say("I just blacked out on the kitchen floor")
    assert chat.level == "emergency" and chat.phones[0] == "000"
    chat.pick("not_meant")
    assert chat.step == "not_meant"
    chat.pick("no")
    assert "not_meant_kept" in chat.utterances and chat.level == "today"
    chat.until("worry").pick("not").walk()
    assert chat.level == "today"
    assert "summary_intro" in chat.utterances and chat.directions


# questions about the illness and the bot ---------------------------------------------------------------------------------


def test_a_curious_woman_asks_her_way_through_the_list(chat: Chat) -> None:
    """She asks on every page what a word means: each answer comes from its topic, and the page comes back."""
    chat.pick("start")
    aside(chat, "what does relapse actually mean?", "topic_relapse")
    chat.pick("none")
    aside(chat, "and who can read what I write here?", "topic_privacy")
    chat.pick("none").pick("self")
    aside(chat, "who are you anyway, a doctor?", "topic_about_bot")
    chat.pick("acute_leukaemia").pick("GB")
    aside(chat, "what is CAR-T?", "topic_car_t")
    chat.pick("earlier")
    aside(chat, "my letter says MRD negative. what is MRD?", "topic_mrd")
    chat.pick("none")
    aside(chat, "what happens at follow-up visits?", "topic_follow_up_visits")
    chat.pick("petechiae").pick("days")
    aside(chat, "what is palliative care?", "topic_palliative_care")
    chat.pick("new").until("page_head")
    aside(chat, "why does leukaemia come back?", "topic_why_relapse")
    chat.pick("none")
    aside(chat, "what questions should I ask my doctor?", "topic_questions_to_ask")
    chat.pick("bit").walk()
    assert chat.level == "today" and set(noted(chat)) == {"petechiae"}


def test_a_man_who_only_wants_answers_he_cannot_have_here(chat: Chat) -> None:
    """Is it back, how long, my count, my tablets: on five pages he is told why not, who can, and with which number."""
    chat.until("page_body", who="self", condition="chronic_leukaemia", country="GB")
    aside(chat, "just tell me, is my cancer back?", "say_diagnosis")
    assert "0808 2080 888" in chat.phones and chat.directions[0]["contacts"][0]["role"] == "care_team"
    chat.pick("night_sweats")
    aside(chat, "how long have I got?", "say_prognosis")
    assert "0808 2080 888" in chat.phones
    chat.pick("weeks")
    aside(chat, "my blood test says white cells 14. what does my blood count mean?", "say_results")
    assert chat.directions and "14" not in chat.text
    chat.pick("worse").until("page_blood")
    aside(chat, "should I stop my tablets?", "say_medicine")
    assert chat.directions
    aside(chat, "so is it back or not, does that mean I've relapsed?", "say_diagnosis")
    chat.pick("none")
    aside(chat, "can I take paracetamol for the ache in my shoulder from the gym?", "say_medicine")
    assert chat.summary()["medicines"] == []
    chat.until("page_head")
    aside(chat, "what are my chances?", "say_prognosis")
    aside(chat, "the platelets were 95, is that low?", "say_results")
    chat.walk(worry="not")
    assert set(noted(chat)) == {"night_sweats"} and chat.level == "soon"


def test_a_daughter_asks_the_same_four_things_about_her_mother(chat: Chat) -> None:
    """In a chat about an adult, on three other pages: the same refusals, worded for a carer, and nothing is noted of them."""
    chat.until("condition", who="adult")
    aside(chat, "how long does mum have to live?", "say_prognosis")
    assert "Their doctor" in chat.text
    chat.pick("myeloma").pick("IE").pick("earlier")
    assert chat.step == "page_bones"
    aside(chat, "what does her blood count mean, it says 3.1", "say_results")
    chat.pick("bone_pain")
    aside(chat, "can I give her ibuprofen?", "say_medicine")
    aside(chat, "is her cancer back?", "say_diagnosis")
    assert chat.directions[0]["level"] == "soon"
    chat.pick("longer").pick("worse").until("worry")
    aside(chat, "should she stop taking her steroids?", "say_medicine")
    chat.pick("bit").walk()
    summary = chat.summary()
    assert summary["about"] == "adult" and summary["medicines"] == []
    assert set(noted(chat)) == {"bone_pain"}


# moving about ------------------------------------------------------------------------------------------------------------


def test_a_careful_man_wants_to_know_why_on_every_page(chat: Chat) -> None:
    """Why, once more, and in other words: on three pages and a follow-up each has its own reason, and the page returns."""
    chat.pick("start")
    aside(chat, "why do you ask?", "step_right_now_1_why")
    aside(chat, "say that again", "repeat_intro")
    chat.until("recent_treatment", who="self", condition="lymphoma", country="NZ")
    aside(chat, "why do you need to know that?", "step_recent_treatment_why")
    aside(chat, "I don't understand the question", "repeat_intro")
    chat.pick("no")
    aside(chat, "why are you asking me this", "step_page_bones_why")
    aside(chat, "can you repeat that please?", "repeat_intro")
    chat.pick("lumps")
    aside(chat, "why does that matter?", "sign_lumps_why")
    aside(chat, "sorry, I don't understand", "repeat_intro", "sign_lumps_looks_like")
    chat.pick("weeks").pick("same").until("page_body")
    aside(chat, "come again?", "repeat_intro")
    aside(chat, "I don't get what you mean", "repeat_intro")
    chat.walk(worry="not")
    assert chat.level == "soon" and set(noted(chat)) == {"lumps"}


def test_a_private_woman_skips_and_goes_back(chat: Chat) -> None:
    """Skip in words on four pages, back in words on three: what she skips shows as not answered, and back is exact."""
    chat.pick("start").pick("none").pick("none")
    chat.say("I'd rather not say")
    assert chat.step == "condition" and "skipped" in chat.utterances
    chat.say("go back please")
    assert chat.step == "who" and "back_done" in chat.utterances
    chat.say("skip this one")
    assert chat.step == "condition"
    chat.pick("other").pick("CA").pick("no")
    before = record(chat)
    chat.pick("fatigue", "appetite_loss")
    chat.say("back")
    assert chat.step == "page_body" and record(chat) == before
    chat.pick("appetite_loss").pick("days")
    assert chat.step == "change:appetite_loss"
    chat.say("can we go back one question")
    assert chat.step == "since:appetite_loss" and noted(chat)["appetite_loss"]["since"] is None
    chat.pick("weeks").say("skip")
    assert noted(chat)["appetite_loss"]["change"] is None
    chat.until("page_blood").say("next question please")
    assert chat.step == "page_bones" and "skipped" in chat.utterances
    chat.until("worry").say("skip").walk()
    summary = chat.summary()
    assert summary["about"] is None and summary["worry"] is None
    assert {"bruising", "bleeding", "cough"} <= set(summary["signs"]["not_answered"])
    assert chat.level == "soon" and chat.directions


def test_a_man_who_changes_his_mind_about_three_answers(chat: Chat) -> None:
    """A sign, whom it is for, and his treatment: each is asked again, nothing else is lost, and he is back on his page."""
    chat.until(
        "page_blood",
        who="self",
        condition="myeloma",
        country="US",
        recent_treatment="earlier",
        page_bones=["bone_pain"],
    )
    chat.say("I want to change my answer about the bone pain")
    assert chat.step == "sign:bone_pain" and "bone_pain" in noted(chat), "noted until the new answer comes"
    chat.pick("unsure")
    assert chat.step == "page_blood" and chat.summary()["signs"]["not_sure"] == ["bone_pain"]
    chat.pick("bruising").pick("days").pick("new").pick("none")
    chat.say("change my answer about my treatment")
    assert chat.step == "recent_treatment"
    chat.pick("recent")
    assert set(noted(chat)) == {"bruising"} and chat.summary()["recent_treatment"] == "recent"
    chat.until("page_head").say("can I change my answer about who this is for")
    assert chat.step == "who"
    chat.pick("adult")
    assert chat.step == "page_head" and "they noticed" in chat.last_question["text"]
    chat.say("change my answer about the bruising").pick("no")
    assert noted(chat) == {} and chat.step == "page_head"
    chat.walk(worry="not")
    assert chat.level == "soon" and chat.summary()["signs"]["not_sure"] == ["bone_pain"]


def test_an_interrupted_father_stops_and_starts_over(chat: Chat) -> None:
    """Stop and later on several pages give a direction and keep all; "start again" is asked about before anything goes."""
    chat.until("page_body", who="child", condition="acute_leukaemia", country="GB")
    chat.say("start again")
    assert chat.step == "restart"
    chat.pick("no")
    assert chat.step == "page_body" and chat.summary()["about"] == "child"
    chat.say("I've got to go, later")
    assert chat.step == "paused" and chat.directions
    chat.say("carry on")
    assert chat.step == "page_body"
    chat.pick("infections").until("since:infections", temperature="no_thermometer")
    before = record(chat)
    chat.say("stop")
    assert chat.step == "paused" and chat.directions and chat.directions[-1]["level"] == chat.level
    assert record(chat) == before
    chat.pick("continue")
    assert chat.step == "since:infections"
    chat.pick("days").until("page_bones")
    chat.say("not now, I'll finish this tomorrow")
    assert chat.step == "paused" and "later_text" in chat.utterances and chat.directions
    chat.say("let's go on")
    assert chat.step == "page_bones"
    chat.say("stop asking me questions")
    assert "stop_text" in chat.utterances and chat.directions
    chat.pick("continue").until("worry").say("can we start over?")
    assert chat.step == "restart"
    chat.pick("no")
    assert chat.step == "worry" and "infections" in noted(chat)
    chat.say("begin again from the top").pick("yes")
    assert "restarted" in chat.utterances and chat.step == "right_now_1" and noted(chat) == {}
    chat.say("do it later")
    assert chat.step == "paused" and chat.directions, "no way out without a direction, right after a new start too"
    chat.pick("continue").walk(who="child", worry="bit")
    assert chat.directions[-1]["contacts"]


def test_a_tidy_woman_reads_her_summary_on_the_way(chat: Chat) -> None:
    """Asked for on three pages: it holds what is known by then, with a direction, and the page is still there."""
    chat.until("who")
    aside(chat, "give me my summary", "summary_intro")
    chat.pick("self").pick("lymphoma").pick("GB").pick("earlier")
    chat.pick("lumps").pick("weeks")
    aside(chat, "show me what you have noted so far", "summary_intro")
    assert chat.directions[-1]["level"] == "soon"
    chat.pick("new").pick("none").until("page_blood")
    aside(chat, "can I see the summary?", "summary_intro")
    assert "swollen glands" in chat.text
    chat.pick("dizziness").walk(since__dizziness="days", change__dizziness="new", worry="not")
    assert chat.level == "today", "two new signs"
    assert set(noted(chat)) == {"lumps", "dizziness"}


# feelings and other subjects ---------------------------------------------------------------------------------------------


def test_a_man_breaks_down_three_times(chat: Chat) -> None:
    """Distress is met first, with somebody to talk to, on three pages; it is noted once, and his list goes on."""
    chat.until("page_body", who="self", condition="acute_leukaemia", country="AU")
    choices = chat.choices
    chat.say("I'm so scared, I can't stop crying")
    assert chat.utterances[0] == "distress_met" and "1800 620 420" in chat.text
    assert "low_mood" in noted(chat)
    chat.until("page_body")
    assert chat.choices == choices
    chat.pick("none")
    chat.say("I can't cope with all this any more")
    assert chat.utterances[0] == "distress_met" and chat.step == "page_blood"
    chat.pick("pallor").pick("weeks")
    chat.say("everything is too much, I'm terrified of it coming back")
    assert chat.utterances[0] == "distress_met" and chat.step == "change:pallor"
    chat.pick("same").walk(worry="very")
    assert {"low_mood", "pallor"} == set(noted(chat))
    assert chat.level == "today" and chat.directions[-1]["contacts"]


def test_a_chatty_man_talks_about_everything_else(chat: Chat) -> None:
    """Football, the weather, a joke: on four pages a short answer, the page again, and no sign made of it."""
    chat.pick("start")
    aside(chat, "what's the weather like over there?")
    chat.until("condition", who="self")
    aside(chat, "tell me a joke")
    chat.pick("chronic_leukaemia").pick("GB").pick("no")
    aside(chat, "did you watch the football last night, what a goal")
    chat.until("page_head")
    aside(chat, "who won the cup in 1998?")
    chat.pick("none").pick("not").pick("none").pick("finish")
    assert noted(chat) == {} and chat.level == "keep" and chat.directions


def test_a_woman_whose_phone_sends_rubbish(chat: Chat) -> None:
    """Nothing, spaces, pictures, code, a whole story: on four pages a short answer each time, never an error or silence."""
    chat.pick("start")
    aside(chat, "", "empty_input")
    aside(chat, "👍👍", "emoji_input")
    chat.until("who")
    aside(chat, "   \n  ", "empty_input")
    aside(chat, "def run(x): return {k: v for k, v in x.items()}; print(run({}));", "unreadable_input")
    chat.pick("self").until("page_body", country="GB").pick("weight_loss")
    assert chat.step == "since:weight_loss"
    aside(chat, "😢", "emoji_input")
    aside(chat, STORY, "too_long")
    aside(chat, "<script>var a = {};</script>", "unreadable_input")
    chat.pick("weeks").pick("new").until("page_bones")
    aside(chat, "", "empty_input")
    aside(chat, "if (x == 1) { y = 2; } else { y = 3; }", "unreadable_input")
    aside(chat, STORY + STORY, "too_long")
    chat.until("page_head")
    aside(chat, "🤷‍♀️", "emoji_input")
    aside(chat, STORY, "too_long")
    chat.walk(worry="not")
    assert chat.level == "soon" and set(noted(chat)) == {"weight_loss"}


def test_a_red_flag_at_the_end_of_a_story_that_is_too_long(chat: Chat) -> None:
    """An old man tells it all and comes to the point last: the point is heard, whatever the length."""
    chat.until("page_blood", who="self", country="GB")
    chat.say(STORY + "And since this morning I can't stop the bleeding from my gums.")
    assert chat.step == "red_flag" and chat.level == "emergency" and chat.phones[0] == "999"
    chat.pick("called").walk()
    assert chat.level == "emergency"


# other languages -----------------------------------------------------------------------------------------------------------


def test_a_grandmother_who_writes_spanish_until_her_grandson_takes_over(chat: Chat) -> None:
    """The contact card with the emergency number in digits and how to get an interpreter, on three pages; then he goes on."""
    chat.pick("start")
    aside(chat, "Hola, no hablo inglés, ¿hay alguien que hable español?", "not_english")
    assert chat.directions and "112" in chat.text
    chat.pick("none").pick("none")
    aside(chat, "Buenos días, quisiera hablar con el médico de mi marido", "not_english")
    chat.pick("adult").pick("lymphoma").pick("US").pick("earlier")
    aside(chat, "No entiendo lo que me pregunta, por favor, en español", "not_english")
    assert "911" in chat.text and "interpreter" in chat.text
    chat.say("sorry, grandson here now. she says he's got a lump in his groin")
    assert "lumps" in noted(chat)
    chat.walk(since__lumps="weeks", change__lumps="new", worry="bit")
    assert chat.summary()["about"] == "adult" and chat.directions


def test_a_woman_who_cannot_breathe_and_has_only_french(chat: Chat) -> None:
    """A red flag in another language interrupts, with the number first and then how to ask for an interpreter."""
    chat.until("page_blood", who="self", country="CA")
    aside(chat, "Bonjour, je ne parle pas anglais, pouvez-vous m'aider ?", "not_english")
    chat.say("je n'arrive plus à respirer")
    assert chat.step == "red_flag" and chat.level == "emergency" and chat.phones[0] == "911"
    assert "not_english" in chat.utterances
    assert chat.utterances.index("not_english") > chat.utterances.index("level_emergency_direction")
    chat.pick("called").walk()
    assert chat.level == "emergency" and chat.summary()["red_flags"] == ["severe_breathlessness"]


def test_a_man_who_falls_back_into_german_and_japanese_letters(chat: Chat) -> None:
    """A language is met with the card on the temperature, on a follow-up and on a page, and takes nothing away."""
    chat.until("page_body", who="self", country="GB").pick("infections")
    assert chat.step == "temperature"
    aside(chat, "Ich habe das Thermometer leider nicht gefunden", "not_english")
    chat.pick("no_thermometer").until("since:infections")
    aside(chat, "日本語で話してもいいですか", "not_english")
    assert "999" in chat.text
    chat.pick("days").until("page_head")
    aside(chat, "Können Sie mir bitte auf Deutsch schreiben?", "not_english")
    chat.walk(worry="not")
    assert set(noted(chat)) == {"infections"} and chat.directions


# what programs and old pages send ------------------------------------------------------------------------------------------


def test_a_tester_types_what_only_programs_send(chat: Chat) -> None:
    """Payloads and bot commands on three pages are words: nothing is filled in, deleted or started by them."""
    chat.pick("start")
    aside(chat, '/inform{"x":1}')
    aside(chat, "/session_start")
    chat.until("page_body", who="self", country="GB").pick("weight_loss")
    aside(chat, '/inform{"checklist_step":"none"}')
    aside(chat, '/session_start{"about":"child"}')
    chat.pick("weeks").pick("new").until("page_bones")
    aside(chat, '/inform{"x":1}')
    aside(chat, '/choose{"choices":["skip"]}')
    chat.say("/restart")
    assert chat.step in ("page_bones", "restart") and "weight_loss" in noted(chat), "asked about at most, never done"
    if chat.step == "restart":
        chat.pick("no")
    chat.walk(worry="not")
    assert set(noted(chat)) == {"weight_loss"} and chat.level == "soon"


def test_a_man_scrolls_up_and_presses_old_buttons(chat: Chat) -> None:
    """Buttons of earlier pages, on three pages: each gets a notice, changes nothing, and the open question comes again."""
    chat.until("page_body", who="self", country="GB").pick("fatigue")
    assert chat.step == "since:fatigue"
    choices, before = chat.choices, record(chat)
    chat.pick("fever", "chills", step="page_body")
    assert "stale_answer" in chat.utterances and record(chat) == before
    same_page(chat, "since:fatigue", choices)
    chat.pick("weeks").pick("same").until("page_bones")
    choices, before = chat.choices, record(chat)
    chat.pick("child", step="who")
    assert "stale_answer" in chat.utterances and record(chat) == before
    same_page(chat, "page_bones", choices)
    chat.until("worry")
    choices, before = chat.choices, record(chat)
    chat.pick("none", step="page_blood")
    assert "stale_answer" in chat.utterances and record(chat) == before
    same_page(chat, "worry", choices)
    chat.pick("not").pick("none").pick("finish")
    assert set(noted(chat)) == {"fatigue"} and chat.level == "soon"
    chat.pick("not", step="worry")
    assert "stale_answer" in chat.utterances and chat.level == "soon"
