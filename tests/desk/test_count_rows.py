"""From the store to the counts: what a case was taken for, when somebody took it, and which months may be asked for."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from bot.records import LEVELS, Entry, Records, Secrets
from bot.records.case_figures import CaseHistory
from desk.count_rows import around, assessed, months_over, read_month, row_of, rows_of
from desk.counts import CaseRow, of_month

UTC = timezone.utc
EARLY, LATE = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
SECRETS = Secrets("$argon2id$hash", "JBSWY3DPEHPK3PXP")


@pytest.fixture(autouse=True)
def people(request: pytest.FixtureRequest) -> None:
    """Anna is a helper, Cleo a clinician, Sue a supervisor: where there is a store."""
    if "records" in request.fixturenames:
        with request.getfixturevalue("records").transaction() as store:
            for name, role in (("Anna", "helper"), ("Cleo", "clinician"), ("Sue", "supervisor")):
                store.add_account(name, role, SECRETS, "root")


@pytest.fixture
def chat(records: Records) -> str:
    """The id of a conversation."""
    with records.transaction() as store:
        return store.create_conversation("widget", "en").id


def rows(records: Records) -> list[CaseRow]:
    """All cases as they are counted."""
    with records.reading() as store:
        return rows_of(store.case_histories(EARLY, LATE))


# the query, on SQLite and on PostgreSQL -------------------------------------------------------------------------------


def test_a_case_from_opening_to_closing(records: Records, clock: Any, chat: str) -> None:
    """Opened at `today`, raised by a red flag, lowered by a clinician, taken twice, closed."""
    opened = clock()
    with records.transaction() as store:
        case = store.open_case(chat, "asked", "today", "person").id
        store.open_case(chat, "a fever of 38.4", "now", "red_flag")
    clock.advance(minutes=7)
    with records.transaction() as store:
        store.claim(case, "Anna")
        store.release(case, "Anna")
    clock.advance(minutes=30)
    with records.transaction() as store:
        store.claim(case, "Cleo")
        store.lower_level(case, "Cleo", "soon", "spoke with her")
        store.close(case, "Cleo", "advised")
    taken = opened + timedelta(minutes=7)
    assert rows(records) == [CaseRow("soon", "now", "widget", opened, taken, "advised")]


def test_a_case_that_nobody_took(records: Records, clock: Any, chat: str) -> None:
    """No moment of taking, no outcome, and the level that it was opened at."""
    with records.transaction() as store:
        store.open_case(chat, "asked", "keep", "person")
    assert rows(records) == [CaseRow("keep", "keep", "widget", clock(), None, None)]


def test_what_staff_raise_is_theirs(records: Records, clock: Any, chat: str) -> None:
    """The level that the checklist gave stays beside it; a case that was handed over was taken then."""
    with records.transaction() as store:
        case = store.open_case(chat, "asked", "soon", "person").id
        store.raise_level(case, "Anna", "crisis", "heard it in the voice")
        store.assign(case, "Sue", "Anna")
    assert rows(records) == [CaseRow("emergency", "soon", "widget", clock(), clock(), None)]


def test_a_forgotten_case_is_still_counted(records: Records, chat: str) -> None:
    """Its words are gone; that there was a case is not."""
    with records.transaction() as store:
        store.open_case(chat, "asked", "now", "red_flag")
        store.forget(chat)
    (row,) = rows(records)
    assert (row.level, row.assessed, row.outcome) == ("now", "now", "forgotten")


def test_the_span_takes_its_beginning_and_leaves_its_end(records: Records, clock: Any) -> None:
    """So that two spans that touch hold every case once."""
    with records.transaction() as store:
        store.open_case(store.create_conversation("widget", "en").id, "asked", "now", "person")
    at, minute = clock(), timedelta(minutes=1)
    with records.reading() as store:
        assert store.first_case_at() == at
        assert len(store.case_histories(at, at + minute)) == 1
        assert store.case_histories(at - minute, at) == []


def test_nothing_that_anybody_wrote_is_read(records: Records, chat: str) -> None:
    """Two statements, whatever the number of cases, and none asks for a column that is encrypted."""
    with records.transaction() as store:
        store.open_case(chat, "a fever of 38.4", "now", "red_flag")
    asked: list[str] = []
    event.listen(records._engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))
    with records.reading() as store:
        store.case_histories(EARLY, LATE)
    selects = [statement for statement in asked if statement.startswith("SELECT")]
    assert len(selects) == 2
    assert not [s for s in selects if "reason" in s or "data" in s]


def test_cases_from_before_the_log_kept_levels(records: Records, chat: str) -> None:
    """The earliest that is known of them counts as assessed."""
    with records.transaction() as store:
        case = store.open_case(chat, "asked", "today", "person").id
        store.raise_level(case, "Anna", "now", "")
        store.execute(text("UPDATE audit SET facts = NULL WHERE what = 'case.opened'"))
    assert [(row.level, row.assessed) for row in rows(records)] == [("now", "today")]


# replies that did not arrive ------------------------------------------------------------------------------------------


def undelivered(records: Records) -> list[tuple[str, bool]]:
    """Cases with a last reply that did not arrive, and whether a part of it did."""
    with records.reading() as store:
        return [(one.case.id, one.partly) for one in store.undelivered()]


def test_a_reply_that_did_not_arrive_is_listed_until_the_next_one(records: Records, clock: Any) -> None:
    """And no longer once the case is closed."""
    with records.transaction() as store:
        chat, person = store.create_conversation("telegram", "en").id, store.person_of("telegram", "4711")
        store.add_app_person(chat, "telegram", person, "4711")
        case = store.open_case(chat, "asked", "now", "person").id
        said = store.record_reply(case, "Anna", "How are you?")
    assert undelivered(records) == []
    with records.transaction() as store:
        store.note_undelivered(person, [said["id"]], partly=True)
    assert undelivered(records) == [(case, True)]
    clock.advance(minutes=1)
    with records.transaction() as store:
        again = store.record_reply(case, "Anna", "Can you read this?")
    assert undelivered(records) == []
    with records.transaction() as store:
        store.note_undelivered(person, [again["id"]], partly=False)
    assert undelivered(records) == [(case, False)]
    with records.transaction() as store:
        store.close(case, "Anna", "not_reached")
    assert undelivered(records) == []


# levels, as values ----------------------------------------------------------------------------------------------------


def history(level: str, *entries: tuple[str, str, dict[str, str]]) -> CaseHistory:
    """A case with this level and these entries: what, who, facts."""
    made = tuple(
        Entry(n, EARLY + timedelta(minutes=n), what, who, "K7QM4T", facts)
        for n, (what, who, facts) in enumerate(entries)
    )
    return CaseHistory("sms", level, EARLY, None, made)


@given(
    st.sampled_from(LEVELS),
    st.lists(st.tuples(st.sampled_from(("person", "red_flag", "Anna", "Cleo")), st.sampled_from(LEVELS))),
)
def test_only_what_came_without_staff_is_assessed(first: str, raised: list[tuple[str, str]]) -> None:
    """The highest of the first level and of what the checklist or the person raised it to, in any order."""
    entries = [("case.raised", who, {"old": first, "new": new}) for who, new in raised]
    case = history(first, ("case.opened", "person", {"level": first}), *entries)
    without_staff = [first, *(new for who, new in raised if who in ("person", "red_flag"))]
    assert assessed(case) == max(without_staff, key=LEVELS.index)


def test_the_first_who_takes_it_counts() -> None:
    """By a claim or by a hand-over, whichever was first."""
    case = history("now", ("case.assigned", "Sue", {"to": "A1"}), ("case.claimed", "Anna", {}))
    assert row_of(case).taken_at == EARLY


# months ---------------------------------------------------------------------------------------------------------------

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("first", "now", "months"),
    [
        (None, LATE, ()),
        (datetime(2024, 3, 5, tzinfo=UTC), datetime(2024, 3, 31, 22, 59, tzinfo=UTC), ()),
        # In London it is April an hour before it is anywhere on the meridian's time.
        (datetime(2024, 3, 5, tzinfo=UTC), datetime(2024, 3, 31, 23, 0, tzinfo=UTC), ((2024, 3),)),
        (datetime(2023, 11, 30, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC), ((2024, 1), (2023, 12), (2023, 11))),
    ],
)
def test_only_months_that_are_over(first: datetime | None, now: datetime, months: tuple[tuple[int, int], ...]) -> None:
    """From that of the first case on, in the site's own calendar, the latest first."""
    assert months_over(first, now, LONDON) == months


@pytest.mark.parametrize("typed", ["", "2024", "2024-13", "2024-04", "2024-2", "2024-02-01", " 2024-03", "٢٠٢٤-٠٣x"])
def test_no_other_span_can_be_asked_for(typed: str) -> None:
    """Not the present month, no day, no nonsense; it says what to do."""
    with pytest.raises(ValueError, match="Choose a month from the list"):
        read_month(typed, ((2024, 3), (2024, 2)))
    assert read_month("2024-03", ((2024, 3), (2024, 2))) == (2024, 3)


@given(
    st.integers(631152000, 2114380800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(["Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Havana", "Asia/Kathmandu"]),
)
def test_the_span_around_a_month_has_all_of_it(moment: datetime, zone: str) -> None:
    """Every moment of a month, in any zone, lies in the span that the store is asked for."""
    local = moment.astimezone(ZoneInfo(zone))
    month = (local.year, local.month)
    begins, ends = around(month)
    assert begins <= moment < ends
    assert of_month([CaseRow("now", "now", "sms", moment)], *month, ZoneInfo(zone))
