"""The counts: right, and with no small number shown or to be worked out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.schema import LEVELS
from desk.counts import WAITS, CaseRow, Table, count, hide, of_month, percentile

START = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
LONDON = ZoneInfo("Europe/London")
CHANNELS = ("widget", "twilio", "telegram")
OUTCOMES = {"team_called": "The team was called", "advice": "Told who to contact", "no_answer": "Nobody answered"}


def row(level: str = "today", wait: float | None = 10, **changes: object) -> CaseRow:
    """A case like any other."""
    taken = None if wait is None else START + timedelta(minutes=wait)
    values = {"level": level, "assessed": level, "channel": "widget", "opened_at": START, "taken_at": taken}
    return CaseRow(**{**values, **changes})  # type: ignore[arg-type]


def counted(rows: Sequence[CaseRow]) -> dict[str, Table]:
    found = count(rows, channels=CHANNELS, outcomes=OUTCOMES, zone=LONDON)
    return {table.id: table for table in found.tables}


def numbers(table: Table) -> dict[str, str]:
    """The cells that say anything but 0."""
    return {cell.id: cell.shown for cell in table.cells if cell.shown != "0"}


def test_cases_are_counted_by_everything() -> None:
    """Each table splits all cases, and what is in no list is counted as other."""
    rows = [
        *[row("now", 3, outcome="team_called")] * 6,
        *[row("today", 60, channel="fax", outcome="gone_from_the_list")] * 5,
        *[row("soon", None, channel="twilio", assessed="keep", opened_at=START + timedelta(hours=5))] * 7,
    ]
    found = {id_: numbers(table) for id_, table in counted(rows).items()}
    assert found == {
        "level": {"now": "6", "today": "5", "soon": "7"},
        "channel": {"widget": "6", "twilio": "7", "other": "5"},
        "hour": {"9": "11", "14": "7"},
        "wait": {"0": "6", "4": "5", "not_taken": "7"},
        "outcome": {"team_called": "6", "other": "5", "open": "7"},
        "override": {"raised": "7", "unchanged": "11"},
    }


def test_outcomes_are_told_in_the_sites_words() -> None:
    """By their ids alone nobody outside the file would know them."""
    labels = [cell.label for cell in counted([row()] * 5)["outcome"].cells]
    assert labels[:3] == list(OUTCOMES.values())


def test_lowered_levels_are_counted() -> None:
    """A level below what the checklist demanded was lowered."""
    rows = [row("soon", assessed="now")] * 5 + [row()] * 5
    assert numbers(counted(rows)["override"]) == {"lowered": "5", "unchanged": "5"}


def test_hours_are_those_of_the_site() -> None:
    """Ten at night in UTC is eleven in a London summer."""
    rows = [row(opened_at=datetime(2026, 7, 1, 22, tzinfo=timezone.utc))] * 5
    assert numbers(counted(rows)["hour"]) == {"23": "5"}


@pytest.mark.parametrize(
    ("minutes", "bin_"), [(0, "0"), (4.9, "0"), (5, "1"), (239, "5"), (240, "6"), (9000, "6"), (-3, "0")]
)
def test_a_wait_belongs_to_the_bin_that_it_reaches(minutes: float, bin_: str) -> None:
    """A bin begins with its first minute and ends before its last; a clock that is behind gives no negative wait."""
    assert numbers(counted([row(wait=minutes)] * 5)["wait"]) == {bin_: "5"}
    assert len(counted([row()] * 5)["wait"].cells) == len(WAITS) + 2


def test_median_and_percentile_of_the_waits_by_level() -> None:
    """Cases that nobody took have no wait; fewer than five waits give no figure, fewer than ten no percentile."""
    rows = [row("now", wait) for wait in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100)]
    rows += [row("today", 10 * wait) for wait in range(1, 6)] + [row("soon", 7)] * 4 + [row("soon", None)] * 4
    found = {w.level: (w.median, w.p90) for w in count(rows, channels=(), outcomes={}, zone=LONDON).waiting}
    assert found == {
        "emergency": (None, None),
        "now": (6, 9),
        "today": (30, None),
        "soon": (None, None),
        "keep": (None, None),
    }


def test_a_level_with_a_hidden_number_has_no_waiting_times() -> None:
    """Neither the small one nor the larger one beside it."""
    rows = [row("emergency")] * 12 + [row("now")] * 3 + [row("today")] * 12
    found = count(rows, channels=(), outcomes={}, zone=LONDON)
    assert [w.level for w in found.waiting if w.median is not None] == ["today"]
    assert numbers(found.tables[0]) == {"emergency": "hidden", "now": "fewer than 5", "today": "12"}


@pytest.mark.parametrize(
    ("ordered", "percent", "expected"),
    [([3], 90, 3), ([1, 2], 50, 1), (range(1, 11), 90, 9), (range(1, 12), 90, 10), ([1, 2, 3], 100, 3)],
)
def test_percentiles_are_by_nearest_rank(ordered: Sequence[float], percent: int, expected: float) -> None:
    """A value that was really there, never one between two."""
    assert percentile(ordered, percent) == expected


@pytest.mark.parametrize(("ordered", "percent"), [([], 90), ([1.0], 0), ([1.0], 101)])
def test_a_percentile_of_nothing_is_refused(ordered: Sequence[float], percent: int) -> None:
    """There is no number that would be right."""
    with pytest.raises(ValueError, match="percentile"):
        percentile(ordered, percent)


@pytest.mark.parametrize("cases", range(5))
def test_fewer_than_five_cases_are_not_counted_at_all(cases: int) -> None:
    """Neither their number nor anything else."""
    found = count([row()] * cases, channels=CHANNELS, outcomes=OUTCOMES, zone=LONDON)
    assert (found.total, found.tables, found.waiting) == (None, (), ())


def test_a_month_is_that_of_the_site() -> None:
    """Half past midnight on 1 July in London is June in UTC."""
    late = row(opened_at=datetime(2026, 6, 30, 23, 30, tzinfo=timezone.utc))
    assert of_month([row(), late], 2026, 7, LONDON) == (late,)
    assert of_month([row(), late], 2026, 3, LONDON) == (row(),)


# hiding ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "marks"),
    [
        ((0, 5, 12), (None, None, None)),
        ((1, 9, 12), ("few", "beside", None)),
        ((12, 9, 4), ("beside", None, "few")),
        ((2, 0, 3), ("few", None, "few")),
        ((1, 5, 30), ("withheld",) * 3),  # 6 can only be 1 and 5
        ((1, 1, 1, 0, 20), ("few", "few", "few", None, "beside")),
        ((4, 4, 0), ("withheld",) * 3),
        ((4, 4), ("withheld",) * 2),
        ((3, 5), ("withheld",) * 2),  # shown, it would tell that the other table of 8 is 4 and 4
    ],
)
def test_what_is_hidden(counts: tuple[int, ...], marks: tuple[str | None, ...]) -> None:
    """The small ones, the first larger one with them, or all."""
    assert hide(counts) == marks


def compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to split a number."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def view(counts: Sequence[int]) -> tuple[object, ...]:
    """All that a reader sees of a table."""
    return tuple(mark or number for number, mark in zip(counts, hide(counts), strict=True))


@pytest.mark.parametrize(("parts", "most"), [(2, 40), (3, 30), (4, 24), (5, 17), (6, 13)])
def test_nobody_who_knows_the_rule_can_work_out_a_hidden_number(parts: int, most: int) -> None:
    """For every table that looks the same, each hidden cell could be two numbers at least: all services are tried."""
    for total in range(5, most + 1):
        alike: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
        for counts in compositions(total, parts):
            alike[view(counts)].append(counts)
        for seen, possible in alike.items():
            for place, shown in enumerate(seen):
                if isinstance(shown, str):
                    assert len({counts[place] for counts in possible}) > 1, (total, seen, possible)


@given(st.lists(st.integers(0, 60), min_size=2, max_size=24).filter(lambda counts: sum(counts) >= 5))
def test_adding_and_subtracting_gives_no_hidden_number(counts: list[int]) -> None:
    """From the total, the shown cells and what the marks mean, each hidden cell still has two values at least."""
    seen = view(counts)
    small = [number for number in seen if isinstance(number, int) and 0 < number < 5]
    assert small == []
    rest = sum(counts) - sum(number for number in seen if isinstance(number, int))
    bounds = {"few": (1, 4), "beside": (5, rest), "withheld": (0, rest)}
    hidden = [bounds[mark] for mark in seen if isinstance(mark, str)]
    for place, (low, high) in enumerate(hidden):
        others = hidden[:place] + hidden[place + 1 :]
        assert min(high, rest - sum(b[0] for b in others)) > max(low, rest - sum(b[1] for b in others))


@given(st.lists(st.tuples(*[st.sampled_from(LEVELS)] * 2, st.sampled_from(CHANNELS), st.integers(0, 2000)), min_size=5))
def test_every_table_of_real_cases_hides_the_small_ones(facts: list[tuple[str, str, str, int]]) -> None:
    """Through the whole count: no cell shows 1 to 4, and a table that hides one cell never hides only that."""
    rows = [
        row(level, wait=minutes, assessed=assessed, channel=channel, opened_at=START + timedelta(minutes=minutes))
        for level, assessed, channel, minutes in facts
    ]
    found = count(rows, channels=CHANNELS, outcomes=OUTCOMES, zone=LONDON)
    assert found.total == len(rows)
    for table in found.tables:
        assert not [cell for cell in table.cells if cell.count is not None and 0 < cell.count < 5]
        hidden = [cell for cell in table.cells if cell.mark]
        assert len(hidden) != 1
        if not hidden:
            assert sum(cell.count or 0 for cell in table.cells) == len(rows)
