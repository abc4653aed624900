"""The log sheet: every field of the safety rules, filled with what is known, and with what is missing by name."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clinical.state import Finding, Reading, State
from bot.clinical.urgency import assess
from bot.content.loader import Content
from bot.content.render import Renderer
from bot.exports.words import clean
from desk.fields import FIELDS, IDENTIFIERS
from desk.sheet import CaseFacts, Override, Row, Sheet, fill
from desk.why import reasons
from tests.exports.states import states, words

CASE = CaseFacts(
    id="K3F9QX",
    opened_at=datetime(2026, 3, 6, 14, 5, tzinfo=timezone.utc),
    channel="widget",
    level="emergency",
    staff="Ann Lee",
    role="helper",
)
ENTRIES = {
    "caller": "Mrs Lee",
    "diagnosis": "Hodgkin lymphoma",
    "last_treatment": "ABVD",
    "last_treatment_date": "2025-11",
    "where_sent": "Day unit",
    "follow_up": "2026-07-09T09:00+01:00",
    "told": "Dr Rao",
    "action:flag:sepsis_look": "rang 999 with her",
    "advice:flag:sepsis_look": "go now",
    "action:sign:bleeding": "told to press",
    "patient_name": "Kit Lee",
}


def sheet(state: State, plain: Renderer, entries: dict[str, str] | None = None, case: CaseFacts = CASE) -> Sheet:
    return fill(case, state, reasons(state, assess(state, plain.content), plain), entries or {}, plain)


def rows(found: Sheet) -> dict[str, Row]:
    return {row.field: row for row in (*found.rows, *found.identifiers)}


def test_a_busy_check_fills_most_of_it(plain: Renderer, busy: State) -> None:
    """The system's part alone, in words and in the zone of the site."""
    known = {row.field: row.known for row in rows(sheet(busy, plain)).values() if row.known}
    assert known == {
        "opened": ("2026-03-06 14:05 Europe/London",),
        "channel": ("widget",),
        "level": ("Emergency",),
        "direction": (plain.text("level_emergency_title"),),
        "relationship": ("A parent of the patient, or who looks after the child",),
        "reason": ("“We are away from home this week”",),
        "diagnosis": ("Lymphoma",),
        "last_treatment_date": ("In the last 6 months",),
        "temperature": ("38.2 °C (100.8 °F)",),
        "temperature_when": ("In the last 24 hours, told 2026-03-06 14:03 Europe/London",),
        "medicines": ("Paracetamol", "Steroids"),
        "staff": ("Ann Lee, helper",),
        "content_version": (plain.content.version,),
    }


def test_what_is_missing_is_named(plain: Renderer, busy: State) -> None:
    """In the order of the sheet; "in the last 6 months" is no date; each sign lacks what was done and said."""
    found = sheet(busy, plain)
    assert found.missing[:6] == (
        "Who is calling",
        "Last treatment",
        "Date of the last treatment",
        "Where sent",
        "Follow-up due",
        "Who was told",
    )
    flag = plain.text("flag_sepsis_look_label")
    assert found.missing[6:8] == (f"{flag}: Action", f"{flag}: Advice given")
    assert len(found.missing) == 6 + 2 * len(found.signs)


def test_what_staff_typed_stands_beside_what_is_known(plain: Renderer, busy: State) -> None:
    """It replaces nothing, and is no longer missing."""
    found = sheet(busy, plain, ENTRIES)
    by_field = rows(found)
    assert by_field["diagnosis"].shown == "Hodgkin lymphoma; Lymphoma"
    assert by_field["follow_up"].shown == "2026-07-09 09:00 Europe/London"
    assert by_field["patient_name"].typed == "Kit Lee"
    signs = {row.field: (row.action, row.advice) for row in found.signs}
    assert signs["flag:sepsis_look"] == ("rang 999 with her", "go now")
    assert signs["sign:bleeding"] == ("told to press", None)
    bleeding = plain.text("sign_bleeding_label")
    assert f"{bleeding}: Advice given" in found.missing and f"{bleeding}: Action" not in found.missing
    assert not {row.label for row in found.rows} & set(found.missing)


def test_signs_have_level_and_answers_by_urgency(plain: Renderer, busy: State) -> None:
    """Signs that are absent or past are not on the sheet."""
    found = sheet(busy, plain)
    assert [(row.field, row.level) for row in found.signs][:2] == [
        ("flag:sepsis_look", "Emergency"),
        ("flag:fever_38", "Now"),
    ]
    assert {"sign:bleeding", "sign:fatigue", "sign:lumps"} <= {row.field for row in found.signs}
    assert not {"sign:weight_loss", "sign:cough"} & {row.field for row in found.signs}
    assert any("since Wednesday (2026-03-04)" in answer for row in found.signs for answer in row.answers)


def test_nothing_typed_about_a_sign_gets_lost(plain: Renderer) -> None:
    """A sign that the person took back keeps its row, without a level; nothing more is asked of it."""
    found = sheet(
        State(),
        plain,
        {"advice:sign:bleeding": "ring the day unit", "action:flag:wish": "x"},
        replace(CASE, level="keep"),
    )
    assert [(row.label, row.level, row.advice) for row in found.signs] == [
        (plain.text("sign_bleeding_label"), "", "ring the day unit"),
        ("wish", "", None),
    ]
    assert not [label for label in found.missing if "Action" in label]


def test_a_temperature_of_staff_shows_both_scales_and_their_words(plain: Renderer) -> None:
    """And lacks its time until somebody gives it."""
    found = sheet(State(), plain, {"temperature": "100.8 F"})
    assert rows(found)["temperature"].typed == "38.22 °C (100.8 °F), typed as “100.8 F”"
    assert "When the temperature was taken" in found.missing
    found = sheet(State(), plain, {"temperature": "100.8 F", "temperature_when": "2026-03-06T13:00+00:00"})
    assert "When the temperature was taken" not in found.missing


def test_a_temperature_that_the_content_no_longer_takes_keeps_its_words(plain: Renderer) -> None:
    """What was written down is shown, even when the bounds have changed since."""
    assert rows(sheet(State(), plain, {"temperature": "burning"}))["temperature"].typed == "burning"


@pytest.mark.parametrize(
    ("state", "missing"),
    [
        (State(), {"temperature"}),
        (State(screens={"temperature": "done"}), set()),
        (State(screens={"temperature": "unsure"}), set()),
        (State(screens={"temperature": "skipped"}), {"temperature"}),
        (State(temperatures=(Reading(38.2, None, "38.2"),)), {"temperature_when"}),
        (State(temperatures=(Reading(38.2, "now", "38.2"),)), set()),
    ],
)
def test_a_temperature_is_missing_unless_it_was_asked(plain: Renderer, state: State, missing: set[str]) -> None:
    """No thermometer is an answer; a skipped question is none; without a reading there is no time to give."""
    found = rows(sheet(state, plain))
    assert {field for field in ("temperature", "temperature_when") if found[field].missing} == missing


@pytest.mark.parametrize(("condition", "missing"), [(None, True), ("other", True), ("myeloma", False)])
def test_not_sure_is_no_diagnosis(plain: Renderer, condition: str | None, missing: bool) -> None:
    """It is shown, and still asked for."""
    assert rows(sheet(State(condition=condition), plain))["diagnosis"].missing is missing


def test_none_is_an_answer(plain: Renderer) -> None:
    """No follow-up, and never a treatment, are things to write down."""
    found = sheet(State(), plain, {"follow_up": "none", "last_treatment_date": "none"})
    assert rows(found)["follow_up"].typed == "None" and "Follow-up due" not in found.missing
    assert "Date of the last treatment" not in found.missing


def test_the_records_know_more(plain: Renderer) -> None:
    """The follow-up of the case, the words with which the person asked for somebody, and who has it."""
    due = datetime(2026, 7, 9, 8, tzinfo=timezone.utc)
    case = replace(CASE, follow_up_at=due, words="can I\nspeak to a nurse", staff=None)
    found = rows(sheet(State(notes=("a note",)), plain, case=case))
    assert found["follow_up"].known == ("2026-07-09 09:00 Europe/London",)
    assert found["reason"].known == ("“can I speak to a nurse”",)
    assert found["staff"].missing


def test_changed_levels_stand_with_who_and_why(plain: Renderer) -> None:
    """And the level says what the checklist demands where that is something else."""
    lowered = Override(CASE.opened_at, "Ann Lee", "clinician", "now", "today", "known\nreaction")
    state = State(screens={"right_now_1": "done", "right_now_2": "done"}, flags={"fever_38": "present"})
    found = sheet(state, plain, case=replace(CASE, level="today", overrides=(lowered,)))
    assert found.overrides == (
        "2026-03-06 14:05 Europe/London: from Now to Today by Ann Lee, clinician. Reason: known reaction",
    )
    assert rows(found)["level"].known == ("Today", "by the checklist: Now")


@pytest.mark.parametrize(
    ("flags", "title"), [(("self_harm",), "level_crisis_title"), (("self_harm", "seizure"), "level_emergency_title")]
)
def test_a_crisis_has_its_own_advice(plain: Renderer, flags: tuple[str, ...], title: str) -> None:
    """Unless there is a bodily emergency beside it: then the emergency number stands first."""
    found = rows(sheet(State(flags=dict.fromkeys(flags, "present")), plain, case=replace(CASE, crisis=True)))
    assert found["direction"].known == (plain.text(title),)
    assert "CRISIS" in found["level"].known[1]


def test_every_field_of_the_safety_rules_is_there(plain: Renderer, busy: State) -> None:
    """Rows for each; signs and changed levels have their own parts."""
    found = sheet(busy, plain)
    assert [row.field for row in found.rows] == [
        "opened", "channel", "level", "direction", "caller", "relationship", "reason", "diagnosis", "last_treatment",
        "last_treatment_date", "temperature", "temperature_when", "medicines", "where_sent", "follow_up", "told", "staff",
        "content_version",
    ]  # fmt: skip
    assert {f.name for f in fields(Sheet)} >= {"signs", "overrides", "identifiers", "missing"}
    assert not [row for row in found.identifiers if row.known or row.missing]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_case_has_a_sheet(content: Content, plain: Renderer, data: st.DataObject) -> None:
    """Whatever was said and typed, every row is one line of text, and what is missing has no words in it."""
    state = data.draw(states(content))
    names = [f.id for f in (*FIELDS, *IDENTIFIERS) if f.kind in ("line", "text")] + [
        "action:sign:cough",
        "advice:sign:cough",
    ]
    entries = data.draw(st.dictionaries(st.sampled_from(names), words))
    case = replace(CASE, words=data.draw(st.none() | words), staff=data.draw(st.none() | words), role=data.draw(words))
    found = sheet(state, plain, entries, case)
    for row in (*found.rows, *found.identifiers):
        assert row.typed is None or row.typed == clean(row.typed)
        assert all(line == clean(line) for line in row.known)
        assert not (row.missing and row.typed)
    if state.findings.get("cough", Finding("absent")).status != "present":
        assert len({row.field for row in found.signs}) == len(found.signs)
