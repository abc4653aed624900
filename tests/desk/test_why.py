"""Level and why: what decides stands first, nothing is left out, and the person's words are shown where they were said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clinical.state import Finding, Reading, State
from bot.clinical.understanding import FlagMention, Mention, Temperature, Understanding
from bot.clinical.urgency import assess
from bot.content.loader import Content
from bot.content.render import Renderer
from bot.content.schema import LEVELS
from bot.exports.words import clean
from desk.why import QUOTES, Quote, Said, Why, headline, reasons
from tests.exports.states import ODD, states

AT = datetime(2026, 3, 6, 14, 1, tzinfo=timezone.utc)
ASKED = {"right_now_1": "done", "right_now_2": "done"}


def why(state: State, plain: Renderer, *said: Said) -> tuple[Why, ...]:
    return reasons(state, assess(state, plain.content), plain, said)


def heard(text: str, **understood: object) -> Said:
    """A message with what was understood of it."""
    return Said(text, Understanding(text=text, **understood), AT)  # type: ignore[arg-type]


def mention(text: str, words: str, sign: str, role: str = "present", cue: str | None = None) -> Mention:
    return Mention(sign, role, text.index(words), text.index(words) + len(words), cue)


def flagged(text: str, words: str, flag: str, role: str = "present", *, unclear: bool = False) -> FlagMention:
    return FlagMention(flag, role, text.index(words), text.index(words) + len(words), None, unclear)


TABLE: dict[str, tuple[State, list[tuple[str, str, str, bool]]]] = {
    "nothing said, nothing asked": (State(), [("unanswered", "right_now", "soon", True)]),
    "nothing noted": (State(screens=ASKED), []),
    "a sign above another": (
        State(
            screens=ASKED,
            findings={"fatigue": Finding("present", change="usual"), "bruising": Finding("present", change="new")},
        ),
        [("sign", "bruising", "today", True), ("sign", "fatigue", "soon", False)],
    ),
    "two that add up": (
        State(
            screens=ASKED,
            findings={"fatigue": Finding("present", change="new"), "cough": Finding("present", change="worse")},
        ),
        [
            ("several", "fatigue+cough", "today", True),
            ("sign", "fatigue", "soon", False),
            ("sign", "cough", "soon", False),
        ],
    ),
    "worry that raises": (
        State(screens=ASKED, worry="very", findings={"fatigue": Finding("present", change="usual")}),
        [("worry", "very", "today", True), ("sign", "fatigue", "soon", False)],
    ),
    "worry beside a level that stands without it": (
        State(screens=ASKED, worry="very", flags={"fever_38": "present"}),
        [("flag", "fever_38", "now", True), ("worry", "very", "soon", False)],
    ),
    "a reading, its flag and the sign noted for it are one": (
        State(
            screens=ASKED,
            flags={"fever_38": "present"},
            findings={"fever": Finding("present", by_flag=True)},
            temperatures=(Reading(38.4, "now", "38.4"), Reading(38.0, "last_24h", "38")),
        ),
        [("flag", "fever_38", "now", True)],
    ),
    "a fever that was also said is a sign of its own": (
        State(screens=ASKED, flags={"fever_38": "present"}, findings={"fever": Finding("present", words="boiling")}),
        [("flag", "fever_38", "now", True), ("sign", "fever", "now", True)],
    ),
    "a bodily emergency before the crisis": (
        State(screens=ASKED, flags={"self_harm": "present", "overdose": "unsure"}, wish="present"),
        [
            ("wish", "present", "emergency", True),
            ("flag", "overdose", "emergency", True),
            ("flag", "self_harm", "emergency", True),
        ],
    ),
    "taken back keeps its floor": (
        State(screens=ASKED, flags={"chest_pain": "withdrawn"}, wish="withdrawn"),
        [("withdrawn", "chest_pain", "today", True), ("withdrawn", "withdrawn", "today", True)],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_decides_comes_first(plain: Renderer, name: str) -> None:
    """In order of urgency; what is one thing to a nurse is one entry."""
    state, expected = TABLE[name]
    assert [(w.kind, w.id, w.level, w.decides) for w in why(state, plain)] == expected


def test_a_sign_has_its_answers_in_words(plain: Renderer) -> None:
    """Since when, how it changed, what was picked below it and to what that raises."""
    bleeding = Finding(
        "present",
        since_words="since Wednesday",
        since_date="2026-03-04",
        precision="day",
        change="worse",
        details=("keeps_coming_back",),
    )
    (only,) = why(State(screens=ASKED, findings={"bleeding": bleeding}), plain)
    detail = plain.text("sign_bleeding_detail_keeps_coming_back")
    assert only.title == plain.text("sign_bleeding_label")
    assert only.answers == (
        "Since: since Wednesday (2026-03-04)",
        plain.text("step_change_choice_worse"),
        f"{detail} (raises to Now)",
    )


def test_a_fever_says_what_may_hide_it(plain: Renderer) -> None:
    """Readings of the last day, medicines and recent treatment decide how soon; each is told, also when not answered."""
    state = State(screens=ASKED, findings={"fever": Finding("present")}, medicines=("paracetamol", "steroids"))
    (without,) = why(state, plain)
    assert without.answers == (
        "No temperature of the last hours",
        "Medicines that may hide a fever: Paracetamol, Steroids",
        "Treatment, low counts or no spleen: not answered",
    )
    old = Reading(36.8, "now", "36.8", "2026-03-01T09:00:00+00:00")
    new = Reading(37.1, "last_24h", "37.1", "2026-03-06T13:00:00+00:00")
    state = replace(state, temperatures=(old, new), last_at="2026-03-06T14:00:00+00:00", recent_treatment="no")
    (normal,) = why(state, plain)
    assert normal.answers[0] == "37.1 °C (98.8 °F), In the last 24 hours, told 2026-03-06 13:00 Europe/London"
    assert normal.answers[-1] == "Treatment, low counts or no spleen: None of these"


def test_a_flag_that_was_picked_below_a_sign_names_the_line(plain: Renderer) -> None:
    """And one that the person was not sure of says that this counts as present."""
    state = State(
        screens=ASKED,
        flags={"uncontrolled_bleeding": "unsure"},
        findings={"bleeding": Finding("present", details=("not_stopped",))},
    )
    first = why(state, plain)[0]
    line = f"{plain.text('sign_bleeding_label')}: {plain.text('sign_bleeding_detail_not_stopped')}"
    assert first.answers == ("Not sure, which counts as present", line)


def test_company_that_raises_is_named(plain: Renderer, content: Content) -> None:
    """Fatigue with breathlessness is raised by it, and says so."""
    assert any("breathlessness" in rule.signs for rule in content.signs["fatigue"].urgency.with_)
    state = State(
        screens=ASKED, findings={s: Finding("present", change="usual") for s in ("fatigue", "breathlessness")}
    )
    tired = next(w for w in why(state, plain) if w.id == "fatigue")
    assert f"Raised by what comes with it: {plain.text('sign_breathlessness_label')}" in tired.answers


def test_screens_of_red_flags_that_are_open_are_told(plain: Renderer) -> None:
    """Skipped, not sure and not reached are three things."""
    (skipped,) = why(State(screens={"right_now_1": "skipped"}), plain)
    assert skipped.answers == ("Screen 1 of the red flags: skipped", "Screen 2 of the red flags: not reached yet")
    (unsure,) = why(State(screens={**ASKED, "right_now_2": "unsure"}), plain)
    assert unsure.answers == ("Screen 2 of the red flags: answered with not sure",)


def test_words_are_quoted_where_they_were_said(plain: Renderer) -> None:
    """With what stands around them, the cue, and when; what speaks against the sign comes after what speaks for it."""
    no, yes = "no bruises last week", "covered in bruises since Sunday,\nno idea why"
    said = (
        heard(no, mentions=(mention(no, "bruises", "bruising", "absent", "no"),)),
        heard(yes, mentions=(mention(yes, "bruises", "bruising"),)),
    )
    (only,) = why(
        State(screens=ASKED, findings={"bruising": Finding("present", change="new", words=yes)}), plain, *said
    )
    assert only.quotes == (
        Quote("covered in", "bruises", "since Sunday, no idea why", "present", None, AT),
        Quote("no", "bruises", "last week", "absent", "no", AT),
    )
    assert only.words == ()


def test_without_the_messages_the_words_that_were_kept_are_shown(plain: Renderer) -> None:
    """They are in the state as long as the check is."""
    (only,) = why(State(screens=ASKED, findings={"bruising": Finding("present", words="black\tand blue")}), plain)
    assert (only.words, only.quotes) == (("black and blue",), ())


def test_a_reading_is_quoted_for_its_flag(plain: Renderer) -> None:
    """The figures themselves; a reading that is no flag is not."""
    text = "was 39.1, now 37"
    said = heard(text, temperatures=(Temperature(39.1, "last_24h", "39.1"), Temperature(37.0, "now", "37")))
    state = State(screens=ASKED, flags={"fever_38": "present"}, temperatures=(Reading(39.1, "last_24h", "39.1"),))
    (only,) = why(state, plain, said)
    assert [(q.before, q.words, q.after) for q in only.quotes] == [("was", "39.1", ", now 37")]


def test_a_flag_that_was_unclear_is_quoted_as_such(plain: Renderer) -> None:
    """The role is told beside the words."""
    text = "not sure if it was a fit"
    (only,) = why(
        State(screens=ASKED, flags={"seizure": "unsure"}),
        plain,
        heard(text, red_flag_mentions=(flagged(text, "a fit", "seizure", "present", unclear=True),)),
    )
    assert [(q.words, q.role) for q in only.quotes] == [("a fit", "unclear")]


def test_a_crisis_without_words_that_matched_quotes_the_message(plain: Renderer) -> None:
    """So does the wish for an ambulance."""
    state = State(screens=ASKED, flags={"self_harm": "present"}, wish="present")
    wish, crisis = why(
        state, plain, heard("I can't do this any more", intent="crisis"), heard("send someone", intent="emergency")
    )
    assert [q.words for q in crisis.quotes] == ["I can't do this any more"]
    assert [q.words for q in wish.quotes] == ["send someone"]


def test_long_messages_are_cut_around_the_words_and_many_are_counted(plain: Renderer) -> None:
    """Half a minute is not enough for a novel."""
    text = "a " * 500 + "bruises" + " b" * 500
    said = [heard(text, mentions=(mention(text, "bruises", "bruising"),))] * 5
    (only,) = why(State(screens=ASKED, findings={"bruising": Finding("present")}), plain, *said)
    assert len(only.quotes) == QUOTES and only.more == 5 - QUOTES
    assert only.quotes[0].before.startswith("…a a") and only.quotes[0].after.endswith("b…")
    assert sum(len(part) for part in (only.quotes[0].before, only.quotes[0].after)) < 170


def test_the_headline_names_what_decides(plain: Renderer) -> None:
    """Three by name, the rest by number, and the crisis in words."""
    flags = dict.fromkeys(("chest_pain", "seizure", "collapse", "overdose"), "present")
    whys = why(State(screens=ASKED, flags=flags), plain)
    names = "; ".join(plain.text(f"flag_{flag}_label") for flag in ("chest_pain", "seizure", "collapse"))
    assert headline("emergency", whys) == f"Emergency: {names}; and 1 more"
    assert headline("keep", ()) == "Keep appointments: nothing noted"
    assert headline("keep", (), crisis=True).endswith("CRISIS: thoughts of suicide or self-harm")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_state_has_its_reasons(content: Content, plain: Renderer, data: st.DataObject) -> None:
    """In order, the first of them at the level of the case, none of the assessment's left out, all of it plain lines."""
    state = data.draw(states(content))
    found = assess(state, content)
    whys = why(state, plain, *[heard(words) for words in ODD[:3]])
    if whys:
        assert whys[0].level == found.level and whys[0].decides
    else:
        assert (found.level, found.reasons) == ("keep", ())
    for one, other in pairwise(whys):
        assert LEVELS.index(one.level) >= LEVELS.index(other.level)
    shown = {w.id for w in whys}
    assert {r.id for r in found.reasons} <= shown
    for w in whys:
        lines = [w.title, *w.answers, *w.words]
        assert all(line and line == clean(line) for line in lines)
