"""The messages of a turn as texts for each app: whole, within its limits, with every number to ring."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.apps import APPS, SLACK, SMS, TELEGRAM, WHATSAPP, App
from bot.channels.text import Outgoing, render
from bot.channels.text_reading import button_data, read
from bot.channels.text_split import length
from bot.clinical import checklist
from bot.clinical.contacts import contacts_for
from bot.clinical.draft import Draft
from bot.clinical.reply import Say
from bot.clinical.state import State
from bot.clinical.summary import build_summary
from bot.content.render import PLACEHOLDER, Renderer
from bot.content.schema import VOICES
from tests.channels.text_questions import messages
from tests.exports.states import states
from tests.support.core import NOW, Person, content, means, site

QUESTIONS = messages()
WORDS = {"none": "none", "unsure": "not sure", "skip": "skip", "back": "back"}
apps = pytest.mark.parametrize("app", APPS.values(), ids=APPS)
voices = pytest.mark.parametrize("voice", VOICES)


def renderer(voice: str = "self", country: str | None = None, **settings: Any) -> Renderer:
    """The renderer of a reader."""
    return Renderer(content(), site(**settings), voice, country)


def said(app: App, *says: Say, by: Renderer | None = None) -> list[Outgoing]:
    """What these come to in an app."""
    by = by or renderer()
    return render([by.message(say) for say in says], app, by.text)


def flat(text: str) -> str:
    """Without white space, to find what was cut into parts."""
    return re.sub(r"\s+", "", text)


def whole(parts: Sequence[Outgoing]) -> str:
    """All parts as one."""
    return flat("".join(part.text for part in parts))


# questions ------------------------------------------------------------------------------------------------------------


@apps
def test_every_question_fits_and_shows_every_choice(app: App) -> None:
    """Every step, every voice: within the limits, and each choice can be seen, as a button or by its number."""
    for message, by in QUESTIONS:
        *before, last = render([message], app, by.text)
        limit = app.text_limit if last.style == "numbers" else app.options_limit
        assert all(length(part.text) <= limit for part in (*before, last)), message["step"]
        assert not any(part.options or part.step for part in before)
        assert last.step == message["step"]
        assert {(o.id, o.label) for o in last.options} == {(c["id"], c["label"]) for c in message["choices"]}
        assert flat(message["text"]) in whole([*before, last])
        if last.style == "numbers":
            lines = "\n".join(part.text for part in (*before, last)).splitlines()
            assert all(f"{n}. {option.label}" in lines for n, option in enumerate(last.options, 1)), message["step"]


@apps
def test_buttons_and_lists_keep_to_the_app(app: App) -> None:
    """No more of them, no longer and no larger than it takes; each tells its step; several answers never."""
    for message, by in QUESTIONS:
        last = render([message], app, by.text)[-1]
        if last.style == "numbers":
            assert last.opens is None
            continue
        most, letters = (
            (app.buttons, app.button_letters) if last.style == "buttons" else (app.list_rows, app.row_letters)
        )
        assert not message["multiple"]
        assert len(last.options) <= most
        assert len({option.label for option in last.options}) == len(last.options)
        assert all(0 < length(option.label) <= letters for option in last.options)
        assert all(len(button_data(message["step"], o.id).encode()) <= app.data_bytes for o in last.options)
        assert (last.opens is not None) == (last.style == "list")
        assert length(last.opens or "") <= 20


def test_each_way_of_showing_choices_is_used() -> None:
    """Three buttons, a list of more, and numbers where neither fits."""
    shown = {m["step"]: render([m], WHATSAPP, by.text)[-1].style for m, by in QUESTIONS}
    assert shown["confirm_flag"] == "buttons"
    assert shown["who"] == "list"
    assert shown["page_body"] == shown["topics"] == "numbers"
    assert {render([m], SMS, by.text)[-1].style for m, by in QUESTIONS} == {"numbers"}


def test_too_long_a_label_is_numbered_not_cut() -> None:
    """Half an answer is none."""
    message = {
        "author": "bot", "kind": "question", "utterance": None, "text": "Which?", "step": "who", "multiple": False,
        "choices": [{"id": "a", "label": "x" * 21, "help": None}, {"id": "b", "label": "short", "help": None}],
    }  # fmt: skip
    for app, style in ((WHATSAPP, "list"), (TELEGRAM, "buttons"), (SLACK, "buttons")):
        assert render([message], app, renderer().text)[-1].style == style
    message["choices"][0]["label"] = "x" * 80
    for app in APPS.values():
        assert render([message], app, renderer().text)[-1].style == "numbers"


@apps
def test_no_word_of_a_phone_company_is_offered(app: App) -> None:
    """To answer, one writes a number, or a word that reaches the chat; the same words pick the same everywhere."""
    for message, by in QUESTIONS:
        last = render([message], app, by.text)[-1]
        offered = re.findall(r"^You can also write: (.+)\.$", last.text, re.MULTILINE)
        words = offered[0].split(", ") if offered else []
        ids = [choice["id"] for choice in message["choices"] if choice["id"] in WORDS]
        assert words == ([] if last.style != "numbers" else [WORDS[id_] for id_ in WORDS if id_ in ids])
        assert not {word.upper() for word in words} & SMS.seized
        assert [read(word, message, app).choices for word in words] == [(id_,) for id_ in WORDS if id_ in ids][
            : len(words)
        ]


def test_reviewed_words_never_ask_to_send_a_seized_word() -> None:
    """Whatever stands in quotation marks after "type", "write", "send" or "reply" reaches the chat."""
    for utterance in content().utterances.values():
        for voice in VOICES:
            for asked in re.findall(
                r"(?i)\b(?:type|write|send|reply)[^.\n]{0,30}\"([^\"]+)\"", utterance.text.in_voice(voice)
            ):
                assert asked.upper().split()[0] not in SMS.seized, utterance.id


def test_an_example_names_lines_that_are_there() -> None:
    """ "such as 1 and 3", on a page of two, would tick a sign and deny it."""
    for message, by in QUESTIONS:
        text = render([message], SMS, by.text)[-1].text
        for number in re.findall(r"such as 1 and (\d)", text):
            own = [choice for choice in message["choices"] if choice["id"] not in WORDS]
            assert 2 <= int(number) <= len(own)
        for number in re.findall(r"like this: (\d+)\?", text):
            assert read(f"{number}?", message, SMS).asks


@apps
def test_what_a_sign_looks_like_can_be_read(app: App) -> None:
    """Every help of every question: beside its line, or asked for by number."""
    for message, by in QUESTIONS:
        shown = whole(render([message], app, by.text))
        for number, option in enumerate(render([message], app, by.text)[-1].options, 1):
            help_ = next(choice["help"] for choice in message["choices"] if choice["id"] == option.id)
            if help_ and flat(help_) not in shown:
                asked = read(f"{number}?", message, app)
                explanation = {"kind": "explanation", "question": message, "asks": asked.asks}
                parts = render([explanation], app, by.text)
                assert flat(f"{number}. {option.label}{help_}") in whole(parts)
                assert all(length(part.text) <= app.text_limit for part in parts)


# directions -----------------------------------------------------------------------------------------------------------

LEVELS = [(level, False, False) for level in ("keep", "soon", "today", "now", "emergency")]
CRISES = [("emergency", True, False), ("emergency", True, True)]


@apps
@voices
@pytest.mark.parametrize("country", sorted(content().countries))
def test_every_direction_shows_every_number_on_its_own_line(app: App, voice: str, country: str) -> None:
    """What to do, whom to reach, what to say, for every level; a number alone on a line is one to tap."""
    by = renderer(voice, country)
    for level, crisis, bodily in (*LEVELS, *CRISES):
        draft = Draft(State(country=country), content(), site(), NOW)
        draft.direct(level, crisis=crisis, bodily_emergency=bodily)
        parts = said(app, draft.say[0], by=by)
        lines = "\n".join(part.text for part in parts).splitlines()
        message = by.message(draft.say[0])
        assert all(length(part.text) <= app.text_limit for part in parts)
        assert flat(message["text"]) in whole(parts)
        assert flat(message["direction"]["say"]) in whole(parts)
        for contact in message["direction"]["contacts"]:
            assert contact["name"] in lines
            assert contact["phone"] is None or contact["phone"] in lines
            assert not contact["hours"] or contact["hours"] in lines
            assert not contact["if_no_answer"] or flat(contact["if_no_answer"]) in whole(parts)


def test_a_direction_stands_alone_and_first_things_first() -> None:
    """It is a message of its own, between what was heard and the question."""
    person = Person().pick("start")
    person.say("chest pain", flags=["chest_pain"])
    heard, card, asked = said(SMS, *person.out.say)
    assert card.text.startswith("This is an emergency. Call your local emergency number")
    assert card.options == ()
    assert "chest" in heard.text
    assert asked.step == "red_flag"


def test_a_failed_turn_still_gives_the_numbers() -> None:
    """The contact card of a failure is rendered like any other."""
    by = renderer(country="GB")
    found = contacts_for(
        "now", crisis=False, bodily_emergency=False, state=State(country="GB"), content=content(), site=site(), now=NOW
    )
    for app in APPS.values():
        direction = {"level": "now", "crisis": False, "say": "", "contacts": [by.contact(c) for c in found]}
        card = {"kind": "direction", "text": "It broke.", "direction": direction}
        text = render([card], app, by.text)[0].text
        assert text.startswith("It broke.\n\nWho to contact:\n\nDay unit\n01632 960001\n")
        assert "\n999\n" in text
        assert "What to say" not in text


# summaries ------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(states(content()), st.sampled_from(sorted(APPS)))
def test_any_summary_is_whole_and_fits(state: State, name: str) -> None:
    """Every sign, answer and word of the person, in parts that the app takes."""
    app, by = APPS[name], renderer(state.voice, state.country)
    summary = build_summary(state, content(), site(), NOW)
    parts = said(app, Say("summary_intro", "summary", summary=summary), by=by)
    text = whole(parts)
    assert all(length(part.text) <= app.text_limit for part in parts)
    assert all(not part.options for part in parts)
    signs = summary["signs"]
    named = [s for status in ("absent", "not_sure", "not_answered", "past") for s in signs[status]]
    labels = [f["label"] for f in signs["present"]] + [by.text(f"sign_{s}_label") for s in named]
    labels += [by.text(f"flag_{flag}_label") for flag in summary["red_flags"]]
    labels += [f"{reading['c']:g} °C" for reading in summary["temperatures"]]
    labels += [d for f in signs["present"] for d in f["detail"]]
    assert [label for label in labels if flat(label) not in text] == []
    assert flat(by.text("summary_not_diagnosis")) in text


def test_a_summary_reads_as_it_is_printed() -> None:
    """Headings and lines are those of the text file; the person's own words stand in quotation marks."""
    person = Person().until("page_body", who="child", country="GB").pick("fever")
    person.say("since tuesday", present=["cough"])
    summary = build_summary(person.state, content(), site(), NOW)
    text = "\n".join(part.text for part in said(SMS, Say("summary_intro", "summary", summary=summary)))
    assert "\n\nSigns noted:\n- a fever or feeling hot\n- a cough that is new or worse\n  In their words: " in text


# turns ----------------------------------------------------------------------------------------------------------------


@apps
@voices
def test_every_wording_can_be_sent(app: App, voice: str) -> None:
    """No reviewed text is lost or too long, alone or packed with others."""
    by = renderer(voice, "GB")
    values = {
        name: "=x" for utterance in content().utterances.values() for name in PLACEHOLDER.findall(str(utterance.text))
    }
    says = [Say(utterance, values=values) for utterance in content().utterances if utterance != "welcome_kept"]
    parts = said(app, *says, by=by)
    text = whole(parts)
    assert all(0 < length(part.text) <= app.text_limit for part in parts)
    assert text == flat("".join(by.text(say.utterance, values) for say in says))


@apps
def test_the_first_contact_says_whose_copies_are_kept_where(app: App) -> None:
    """Who runs the chat, what the app's company keeps, how to be forgotten; by phone also what STOP would do."""
    greeting = checklist.greeting(checklist.new_state(content()), content(), site(), NOW)
    parts = said(app, *greeting.say)
    text = "\n".join(part.text for part in parts)
    assert "Test service runs this chat" in text
    assert "cannot delete that copy" in text
    assert '"forget me"' in text
    assert (f"The company behind {app.label}" in text) == (app.label is not None)
    assert ("01632 960002" in text) == ("the word STOP" in text) == (app is SMS)
    assert parts[-1].step == "welcome"
    assert len(parts) == 1 or app.options_limit < app.text_limit


@voices
def test_without_a_number_of_the_site_the_card_is_named(voice: str) -> None:
    """The number to ring after an operator's STOP is then the one on the treatment card."""
    text = renderer(voice, numbers={}).text("text_stop_word")
    assert re.search(r"call the number on (your|their|your child's|the) treatment card\.", text)


def test_what_stands_together_is_sent_together_in_order() -> None:
    """Few messages, since networks may swap two; none beyond the limit."""
    by = renderer()
    says = [Say("thanks"), Say("later_text"), Say("greet")]
    (part,) = said(SMS, *says)
    assert part == Outgoing("\n\n".join(by.text(say.utterance) for say in says))


def test_a_question_with_buttons_keeps_to_the_shorter_limit() -> None:
    """What stands before it is sent alone when both together are too long for a message with buttons."""
    by = renderer()
    question = next(m for m, r in QUESTIONS if m["step"] == "paused" and r.voice == "self")
    notes = [
        by.message(Say("topic_sign_list_text" if "topic_sign_list_text" in content().utterances else "later_text"))
    ]
    long = [{**notes[0], "text": "A sentence. " * 85}]
    before, last = render([*long, question], WHATSAPP, by.text)
    assert (before.step, last.step) == (None, "paused")
    assert last.text == question["text"]


def test_nothing_comes_of_nothing() -> None:
    """No message, no text."""
    assert render([], SMS, renderer().text) == []


@pytest.mark.parametrize(("name", "first"), [("Sam", "Sam, who is a person, writes:"), (None, "A person writes:")])
def test_a_person_of_the_staff_is_named(name: str | None, first: str) -> None:
    """In an app all comes under one name, so each message of staff says that a person wrote it."""
    message = {
        "author": "staff", "name": name, "utterance": None, "kind": "statement", "text": "How are you?\nSam",
        "step": None, "choices": [], "multiple": False, "direction": None,
    }  # fmt: skip
    (part,) = render([message], SMS, renderer().text)
    assert part.text == f"{first}\nHow are you?\nSam"


def test_a_late_answer_is_told_so_with_the_open_question() -> None:
    """The old button changed nothing, and what is asked now stands below, with its choices."""
    person = Person().until("who").pick("child", step="right_now_1")
    (part,) = said(SMS, *person.out.say)
    assert part.text.startswith("That answer is for an earlier question. It has not changed anything.")
    assert (part.step, part.options[0].id) == ("who", "self")


def test_after_a_pause_one_line_says_what_is_remembered() -> None:
    """The first message after days is met with it and a way to start afresh, then the question that was open."""
    person = Person().until("page_body").say("tired", present=["fatigue"])
    person.send(checklist.Incoming(means("hello", "greet")), hours=70)
    (part,) = said(SMS, *person.out.say)
    assert part.text.startswith("Welcome back. So far I have noted: ")
    assert 'To start afresh, write "begin again".' in part.text
    assert part.step == "since:fatigue"
