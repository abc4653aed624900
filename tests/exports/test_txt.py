"""The text file: direction first, reviewed words and data only, readable in any mail program."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clinical.state import State
from bot.content.loader import Content
from bot.content.render import PLACEHOLDER
from bot.exports import EXPORTS
from bot.exports.words import UNSHOWN, clean
from tests.exports.conftest import NOW, Made, with_words
from tests.exports.states import ODD, states

Summarise = Callable[[State], Made]
ABOUT = {"self": "self", "carer": "adult", "parent": "child"}


def text(made: Made) -> str:
    """The file as text."""
    return EXPORTS["txt"].render(*made, NOW).decode("utf-8")


def flat(words: str) -> str:
    """Without line breaks, indents and bullets, to find what was wrapped."""
    return re.sub(r"\s+", "", words)


def test_the_direction_stands_first(summarise: Summarise, busy: State) -> None:
    """What to do, whom to reach and what to say come before anything that was noted."""
    made = summarise(busy)
    page, say = text(made), made[1].text
    headings = ["summary_direction", "summary_contacts", "summary_say", "summary_red_flags", "summary_present"]
    places = [page.index(f"\r\n{say(heading)}\r\n") for heading in headings]
    assert places == sorted(places)


def test_numbers_stand_uncut_on_their_own_line(summarise: Summarise, busy: State) -> None:
    """Each telephone number is a line of its own, with hours and what to do without an answer below."""
    made = summarise(busy)
    lines = text(made).split("\r\n")
    for contact in made[0]["directions"][0]["contacts"]:
        assert f"  {contact['phone']}" in lines
    assert "  Mon-Fri 09:00-17:00" in lines
    after = next(c["if_no_answer"] for c in made[0]["directions"][0]["contacts"] if c["if_no_answer"])
    assert flat(after) in flat(text(made))


def test_everything_noted_is_there(summarise: Summarise, busy: State) -> None:
    """Signs with their details, both scales, words in quotation marks, and what was not answered."""
    made = summarise(busy)
    page, say = text(made), made[1].text
    expected = [
        "“blood on the pillow twice”",
        "since Wednesday (2026-03-04)",
        "(2026-02)",
        "38.2 °C (100.8 °F)",
        "“100.8”",
        "“We are away from home this week”",
        "2026-03-06 14:05 Europe/London",
        made[0]["content_version"],
        say("step_change_choice_worse"),
        say("step_medicines_choice_steroids"),
        say("step_worry_choice_very"),
        say("step_condition_choice_lymphoma"),
        say("step_recent_treatment_choice_recent"),
        say("flag_sepsis_look_label"),
        say("summary_about_child"),
        say("draft_notice"),
        say("summary_not_diagnosis"),
        made[0]["signs"]["present"][0]["detail"][0],
        *(say(f"sign_{sign}_label") for sign in ("lumps", "weight_loss", "cough", "night_sweats")),
    ]
    assert [words for words in expected if flat(words) not in flat(page)] == []


def test_silence_is_not_a_no(summarise: Summarise, busy: State) -> None:
    """A sign that nobody asked about stands under "not answered", not under "not there"."""
    made = summarise(busy)
    page, say = text(made), made[1].text
    absent = page.split(f"\r\n{say('summary_absent')}\r\n")[1].split("\r\n\r\n")[0]
    assert say("sign_cough_label") in absent
    assert say("sign_night_sweats_label") not in absent


def test_the_draft_notice_goes_when_all_content_is_signed(summarise: Summarise, busy: State, content: Content) -> None:
    """Content that a clinician has signed is not called a draft."""
    summary, renderer = summarise(busy)
    signed = {
        file: review.model_copy(update={"reviewed": True, "reviewer": "A. Clinician"})
        for file, review in content.reviews.items()
    }
    page = text((summary, replace(renderer, content=replace(content, reviews=signed))))
    assert flat(renderer.text("draft_notice")) not in flat(page)


def test_times_are_in_the_zone_of_the_site(summarise: Summarise, busy: State) -> None:
    """A service in Sydney reads Sydney time."""
    summary, renderer = summarise(busy)
    sydney = renderer.site.model_copy(update={"time_zone": "Australia/Sydney"})  # type: ignore[attr-defined]
    assert "2026-03-07 01:05 Australia/Sydney" in text((summary, replace(renderer, site=sydney)))


def test_a_check_that_has_not_begun_still_directs(summarise: Summarise) -> None:
    """An empty check has a direction, a contact, and says that nothing was answered."""
    made = summarise(State())
    page = text(made)
    assert flat(made[0]["directions"][0]["title"]) in flat(page)
    assert flat(made[0]["directions"][0]["contacts"][0]["name"]) in flat(page)
    assert made[1].text("summary_none") in page


@pytest.mark.parametrize("voice", ["self", "carer", "parent", "plain"])
def test_each_voice_reads_its_own_words(summarise: Summarise, busy: State, voice: str) -> None:
    """The labels and the direction are in the voice of who reads."""
    state = replace(busy, about=ABOUT.get(voice, "self"))
    summary, renderer = summarise(state)
    renderer = replace(renderer, voice=voice)
    page = text((summary, renderer))
    assert renderer.text("step_change_choice_usual") in page
    others = {replace(renderer, voice=v).text("step_change_choice_usual") for v in ("self", "carer", "parent", "plain")}
    assert not [words for words in others - {renderer.text("step_change_choice_usual")} if words in page]


def test_a_sign_that_the_content_no_longer_has_is_shown_by_its_id(summarise: Summarise, busy: State) -> None:
    """A renamed sign does not cost a person the summary."""
    summary, renderer = summarise(busy)
    summary["signs"]["absent"] = ["old_sign"]
    assert "old_sign" in text((summary, renderer))


@pytest.mark.parametrize("words", ODD, ids=range(len(ODD)))
def test_odd_words_are_harmless_and_kept(summarise: Summarise, busy: State, words: str) -> None:
    """Control characters never reach the file; every character that can be shown does; no line is too long."""
    summary, renderer = summarise(busy)
    page = text((with_words(summary, words), renderer))
    assert not re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\uffff]", page)
    assert flat(clean(words)) in flat(page)
    assert max(len(line) for line in page.split("\r\n")) <= 72
    assert page.count("\n") == page.count("\r\n")


def test_nobody_can_forge_a_line(summarise: Summarise, busy: State) -> None:
    """Line breaks in a person's words do not make a heading or a direction of their own."""
    summary, renderer = summarise(busy)
    forged = with_words(summary, "hello\r\nWhat to do\r\n----------\r\nStay at home")
    lines = text((forged, renderer)).split("\r\n")
    assert lines.count(renderer.text("summary_direction")) == 1


def test_controls_become_a_visible_mark() -> None:
    """What would ring, colour or turn the text is shown as a mark, and white space as one space."""
    assert clean("a\x07b\x1b[31m") == f"a{UNSHOWN}b{UNSHOWN}[31m"
    assert clean("x\u202ey") == f"x{UNSHOWN}y"
    assert clean(" a \t\r\n\u2028 b ") == "a b"
    assert clean("👩‍👧") == "👩‍👧"


def closed_set(content: Content, voice: str) -> re.Pattern[str]:
    """Every reviewed wording in one voice, with anything where a placeholder stands; spaces are left out."""
    wordings = {flat(entry.text.in_voice(voice)) for entry in content.utterances.values()}
    patterns = [".*?".join(map(re.escape, PLACEHOLDER.split(w)[::2])) for w in sorted(wordings, key=len, reverse=True)]
    return re.compile("|".join(patterns))


@pytest.mark.parametrize("voice", ["self", "carer", "parent", "plain"])
def test_nothing_but_reviewed_words_and_data(summarise: Summarise, busy: State, content: Content, voice: str) -> None:
    """Take away the data and every reviewed wording: no word is left."""
    state = replace(busy, about=ABOUT.get(voice, "self"), findings={}, flags={}, notes=(), temperatures=())
    summary, renderer = summarise(state)
    findings = replace(state, findings={k: replace(f, words=None, since_words=None) for k, f in busy.findings.items()})
    summary = {**summarise(findings)[0], "directions": []}
    page = text((summary, replace(renderer, voice=voice)))
    for data in ("Northern Haematology", summary["content_version"], "Europe/London"):
        page = page.replace(data, "")
    for present in summary["signs"]["present"]:  # rendered in the voice of the check itself
        for label in (present["label"], *present["detail"], (present["since"] or {}).get("words") or ""):
            page = page.replace(label, "") if label else page
    left = closed_set(content, voice).sub("", flat(page))
    assert re.findall(r"[A-Za-z]{2,}", left) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_summary_becomes_text(summarise: Summarise, content: Content, data: st.DataObject) -> None:
    """Whatever was said, the file is UTF-8, has its direction, and holds the words."""
    state = data.draw(states(content))
    made = summarise(state)
    page = text(made)
    assert flat(made[0]["directions"][0]["title"]) in flat(page)
    assert all(flat(clean(note)) in flat(page) for note in state.notes)
    assert max(len(line) for line in page.split("\r\n")) <= 72
