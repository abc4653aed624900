"""Urgency against its oracle: every row of `urgency_table.yml`, by the state alone and through a whole chat.

The checks are plain functions, so that `scripts/mutate_urgency.py` can run them against changed rules and code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clinical import red_flags, urgency
from bot.clinical.checklist import Incoming
from bot.clinical.red_flags import Alerts, is_fresh, is_plausible, reading_flag, stricter
from bot.clinical.state import Finding, Reading, State
from bot.content.loader import Content
from bot.content.schema import LEVELS
from bot.nlp.measurements import _convert
from tests.safety.urgency_oracle import (
    EMERGENCIES,
    FLAG_OF_DETAIL,
    NOW_FLAGS,
    ORDER,
    ROWS,
    Row,
    demanded,
    with_flags_of_details,
)
from tests.support.core import NOW, Facts, Person, content, means

EVERY_ROW = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def state_of(facts: Facts, shipped: Content) -> State:
    """The state in which these facts are noted."""
    findings = {
        sign: Finding("present", change=None if change == "skip" else change, details=details)
        for sign, (details, change) in facts.present.items()
    }
    findings |= {sign: Finding("unsure") for sign in facts.unsure} | {sign: Finding("past") for sign in facts.past}
    how = "done" if facts.screens_answered else "unsure"
    return State(
        started=True,
        last_at=NOW.isoformat(),
        findings={sign: finding for sign, finding in findings.items() if sign in shipped.signs},
        flags=with_flags_of_details(facts).flags,
        wish=facts.wish,
        temperatures=tuple(Reading(c, when, "", NOW.isoformat()) for c, when in facts.readings),
        medicines=facts.medicines,
        recent_treatment=facts.treatment,
        worry=facts.worry,
        screens={"right_now_1": how, "right_now_2": how},
    )


# the checks ---------------------------------------------------------------------------------------------------------


def check_state(row: Row, shipped: Content) -> None:
    """The level and the crisis mark of the noted state are the table's."""
    found = urgency.assess(state_of(row.facts, shipped), shipped)
    assert (found.level, found.crisis) == (row.level, row.crisis)


def check_chat(row: Row, shipped: Content) -> None:
    """Who answers the whole checklist so is directed by the table's level, and first to the table's contact."""
    person = Person(content_=shipped).tell(row.facts)
    direction = person.say("summary please", "get_summary").directions[-1]
    assert (direction.level, direction.crisis) == (row.level, row.crisis)
    assert row.leads in (None, direction.contacts[0].role)


def check_details(shipped: Content) -> None:
    """Each detail that is a red flag is the one that the table names, and no other detail is one."""
    found = {(s.id, o.id): o.flag for s in shipped.signs.values() if s.detail for o in s.detail.options if o.flag}
    assert found == FLAG_OF_DETAIL


def check_reasons(shipped: Content) -> None:
    """Every reason for a level is given, with its kind, so that staff see why."""
    state = State(
        last_at=NOW.isoformat(),
        findings={
            "fatigue": Finding("present", change="new"),
            "lumps": Finding("present", change="worse"),
            "cough": Finding("absent"),
            "pallor": Finding("past"),
            "gone_from_the_content": Finding("present"),
        },
        flags={"fever_38": "present", "seizure": "withdrawn"},
        wish="withdrawn",
        temperatures=(Reading(38.5, "now", "38.5"), Reading(35.0, "now", "35"), Reading(36.6, "now", "36.6")),
        worry="very",
        screens={"right_now_1": "done"},
    )
    found = urgency.assess(state, shipped)
    assert [(r.kind, r.id, r.level) for r in found.reasons] == [
        ("sign", "fatigue", "soon"),
        ("sign", "lumps", "soon"),
        ("flag", "fever_38", "now"),
        ("flag", "seizure", "today"),
        ("wish", "withdrawn", "today"),
        ("reading", "fever_38", "now"),
        ("reading", "low_temperature", "now"),
        ("several", "fatigue+lumps", "today"),
        ("unanswered", "right_now", "soon"),
        ("worry", "very", "now"),
    ]
    assert (found.level, found.noted, found.crisis, found.bodily_emergency) == ("now", "now", False, False)


def check_noted_leaves_out_silence(shipped: Content) -> None:
    """What merely was not answered yet counts for the level and not for what is noted; worry counts for both."""
    empty, worried = urgency.assess(State(), shipped), urgency.assess(State(worry="very"), shipped)
    assert (empty.level, empty.noted) == ("soon", "keep")
    assert (worried.level, worried.noted) == ("today", "soon")
    half = State(screens={"right_now_1": "done", "right_now_2": "skipped"})
    assert urgency.assess(half, shipped).level == "soon"


def check_bodily_emergency(shipped: Content) -> None:
    """A crisis alone is no emergency of the body; a red flag, a wish or a sign beside it is one."""
    crisis = {"self_harm": "present"}
    cases = [
        (State(flags=crisis), (True, False)),
        (State(flags={**crisis, "seizure": "present"}), (True, True)),
        (State(flags=crisis, wish="present"), (True, True)),
        (State(flags=crisis, findings={"fracture": Finding("present", details=("cannot_stand",))}), (True, True)),
        (State(flags={"self_harm": "withdrawn"}), (False, False)),
    ]
    for state, expected in cases:
        found = urgency.assess(state, shipped)
        assert (found.crisis, found.bodily_emergency) == expected


def check_flags_alone(shipped: Content) -> None:
    """A red flag that stands demands its level by itself, also when the reading behind it is gone."""
    for flag in shipped.red_flags:
        level = "emergency" if flag in EMERGENCIES else "now"
        for how in ("present", "unsure"):
            assert urgency.assess(State(flags={flag: how}), shipped).level == level
        assert urgency.assess(State(flags={flag: "withdrawn"}), shipped).level == "today"
    assert set(shipped.red_flags) == EMERGENCIES | NOW_FLAGS


def check_urgent_is_told_at_once(shipped: Content) -> None:
    """What cannot wait is told in the turn in which it is reached, once; an emergency by a sign waits for the call."""
    person = Person(content_=shipped).until("page_bones").pick("fracture")
    assert [d.level for d in person.directions] == ["now"] and person.step == "since:fracture"
    person.pick("days")
    assert not person.directions and person.step == "detail:fracture"
    person.pick("cannot_stand")
    assert [d.level for d in person.directions] == ["emergency"] and person.step == "red_flag"
    assert person.choices == ["called", "cannot_call", "not_meant"]
    person.pick("called").pick("no")
    assert not person.directions and not person.state.interrupt
    assert "called_ack" in person.said or person.step != "red_flag"


def check_age_of_readings(shipped: Content) -> None:
    """A reading says something of the present for 24 hours; a normal one of days ago is as no reading."""
    rule, told = shipped.urgency.fever, NOW.isoformat()
    for hours, fresh in ((0, True), (23.99, True), (24, False), (72, False)):
        later = (NOW + _hours(hours)).isoformat()
        for when in ("now", "last_24h", None):
            assert is_fresh(Reading(36.8, when, "", told), later, rule) is fresh
        assert not is_fresh(Reading(36.8, "earlier", "", told), later, rule)
        state = State(
            findings={"fever": Finding("present")},
            temperatures=(Reading(36.8, "now", "", told),),
            last_at=later,
            medicines=("none",),
        )
        assert urgency.assess(state, shipped).noted == ("today" if fresh else "now")
    # Of a state that kept no times, nothing is known to be old.
    assert is_fresh(Reading(36.8, "now", ""), told, rule) and is_fresh(Reading(36.8, "now", "", told), None, rule)


def check_readings(shipped: Content) -> None:
    """Which red flag a single reading is, by the reviewed rule and by a stricter one of a site."""
    rule = shipped.urgency.fever
    flags = {29.9: None, 30.0: "low_temperature", 35.9: "low_temperature", 36.0: None, 37.4: None}
    flags |= {37.5: "fever_38", 38.0: "fever_38", 43.5: "fever_38", 43.6: None}
    for celsius, flag in flags.items():
        for when in ("now", "last_24h", None):
            assert reading_flag(Reading(celsius, when, ""), rule) == flag
        assert reading_flag(Reading(celsius, "earlier", ""), rule) is None
        assert is_plausible(celsius, rule) is (30.0 <= celsius <= 43.5)
    assert stricter(rule, None, None) == rule
    own = stricter(rule, 37.2, None)
    assert (own.raised_c, own.low_c) == (37.2, 36.0)
    own = stricter(rule, None, 36.2)
    assert (own.raised_c, own.low_c) == (37.5, 36.2)


def check_alerts(shipped: Content) -> None:
    """Which red flags a message raises: present, unclear, somebody else's, or the wish for an ambulance."""
    for message, expected in ALERTS:
        found = red_flags.alerts(message, shipped.urgency.fever)
        assert found == expected
        assert bool(found) is (expected != Alerts())


ALERTS = [
    (means(), Alerts()),
    (means(flags=["seizure"]), Alerts(("seizure",))),
    (means(flags=["seizure", "collapse", "seizure"]), Alerts(("seizure", "collapse"))),
    (means(flags_absent=["seizure"]), Alerts()),
    (means(flags_question=["seizure"]), Alerts(unclear=("seizure",))),
    (means(intent="ask_sign_info", flags_question=["seizure"]), Alerts()),
    (means(intent="why_ask", flags_question=["seizure"]), Alerts()),
    (means(intent="ask_contact", flags_question=["self_harm"]), Alerts(unclear=("self_harm",))),
    (means(intent="ask_sign_info", flags_unclear=["seizure"]), Alerts(unclear=("seizure",))),
    (means(intent="ask_sign_info", flags=["seizure"]), Alerts(("seizure",))),
    (means(flags_unclear=["seizure"]), Alerts(unclear=("seizure",))),
    (means(flags_unclear=["seizure", "seizure"]), Alerts(unclear=("seizure",))),
    (means(flags=["seizure"], flags_unclear=["seizure", "collapse"]), Alerts(("seizure",), ("collapse",))),
    (means(flags_other=["seizure", "seizure"]), Alerts(other=("seizure",))),
    (means(flags=["seizure"], flags_other=["seizure", "collapse"]), Alerts(("seizure",), other=("collapse",))),
    (means(intent="emergency"), Alerts(emergency=True)),
    (means(intent="crisis"), Alerts(("self_harm",))),
    (means(intent="crisis", flags=["self_harm"]), Alerts(("self_harm",))),
    (means(intent="crisis", flags_other=["self_harm"]), Alerts(other=("self_harm",))),
    (means(readings=[38.0]), Alerts(("fever_38",))),
    (means(readings=[(35.0, "last_24h")]), Alerts(("low_temperature",))),
    (means(readings=[(38.0, "earlier"), 36.8]), Alerts()),
    (means(flags=["seizure"], readings=[37.5, 38.5]), Alerts(("seizure", "fever_38"))),
]

#: The checks that are not by row: of the content and the code as a whole.
CHECKS = (
    check_details,
    check_reasons,
    check_noted_leaves_out_silence,
    check_bodily_emergency,
    check_flags_alone,
    check_urgent_is_told_at_once,
    check_age_of_readings,
    check_readings,
    check_alerts,
)


def _hours(hours: float) -> timedelta:
    return timedelta(hours=hours)


# the tests ----------------------------------------------------------------------------------------------------------


@EVERY_ROW
def test_a_noted_state_has_the_level_that_the_table_demands(row: Row) -> None:
    """The level of a state is the table's."""
    check_state(row, content())


@EVERY_ROW
def test_a_whole_chat_ends_with_the_level_that_the_table_demands(row: Row) -> None:
    """Whoever answers the checklist so is directed by the table's level, first to the table's contact."""
    check_chat(row, content())


@EVERY_ROW
def test_the_second_implementation_agrees_with_the_table(row: Row) -> None:
    """`demanded`, which random walks are held against, is right for every row."""
    assert demanded(with_flags_of_details(row.facts)) == row.level


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_rules_hold(check: Callable[[Content], None]) -> None:
    """Each rule that is no single row; see the check."""
    check(content())


def test_the_table_names_every_sign_detail_and_flag() -> None:
    """A sign, detail or red flag that is added to the content must be added to the table."""
    named = {sign for row in ROWS for sign in row.facts.present}
    details = {(sign, d) for row in ROWS for sign, (ticked, _) in row.facts.present.items() for d in ticked}
    flags = {flag for row in ROWS for flag in row.facts.flags}
    shipped = {(s.id, o.id) for s in content().signs.values() if s.detail for o in s.detail.options}
    assert (named, details, flags) == (set(content().signs), shipped, set(content().red_flags))


def test_the_table_is_long_and_no_row_is_named_twice() -> None:
    """At least 150 cases, each with a name of its own."""
    assert len(ROWS) == len({row.name for row in ROWS}) >= 150


def test_levels_are_ordered_as_in_the_table() -> None:
    """Keep < soon < today < now < emergency."""
    assert list(LEVELS) == ORDER


@pytest.mark.parametrize(("fahrenheit", "celsius"), [(99.5, 37.5), (100.4, 38.0), (96.8, 36.0), (98.6, 37.0)])
def test_fahrenheit_is_converted_before_it_is_compared(fahrenheit: float, celsius: float) -> None:
    """A reading in Fahrenheit lands exactly on the threshold that it is."""
    assert _convert(fahrenheit, "f") == celsius


@pytest.mark.parametrize(
    ("hours", "step", "level"), [(1, "page_body", "today"), (23, "page_body", "today"), (25, "temperature", "now")]
)
def test_a_fever_noted_later_is_not_judged_by_a_reading_of_yesterday(hours: int, step: str, level: str) -> None:
    """After a day a normal reading counts no more: as without a reading, and the temperature is asked for again."""
    person = Person().pick("start").say("it was", readings=[36.8])
    person.until("page_body", recent_treatment="no", medicines="none", temperature="skip")
    person.send(Incoming(means("I feel hot", present=["fever"])), hours=hours)
    person.until(step) if step == "temperature" else person.until("page_blood")
    assert urgency.assess(person.state, content()).noted == level
    assert ("temperature" in person.state.screens) is (level == "today")


def test_every_row_and_check_can_fail() -> None:
    """A row with another level is not met: the checks compare what they say they compare."""
    row = replace(ROWS[0], level="soon")
    for check in (check_state, check_chat):
        with pytest.raises(AssertionError):
            check(row, content())
