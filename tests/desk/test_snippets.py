"""Snippets: what the store refuses, what staff are offered, what a supervisor is warned of, and the shipped drafts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.apps import APPS
from bot.content.citations import cited
from bot.content.language import KINDS
from bot.content.loader import load_content
from bot.snippets import REVIEW_YEARS, SOURCE_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Snippet, Wording, checked
from desk.snippets import drafts, from_draft, shelf, warnings
from desk.words import catalogue

TODAY = date(2024, 3, 1)
WORDING = Wording("Ring the team", "Please ring.\n\nDo it now.", "A leaflet", TODAY)


def snippet(id_: str = "ABC123", review_by: date = TODAY, retired: bool = False, draft: str | None = None) -> Snippet:
    at = datetime(2024, 1, 1, tzinfo=timezone.utc)
    return Snippet(id_, 1, f"Title {id_}", "Please ring.", "A leaflet", review_by, retired, "Boss", at, draft)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": " "}, "title is empty: say what it is for"),
        ({"text": "\n \n"}, "text is empty: write what"),
        ({"source": ""}, "source is empty: name the page"),
        ({"title": "x" * (TITLE_LENGTH + 1)}, f"make it {TITLE_LENGTH} or fewer"),
        ({"text": "x" * (TEXT_LENGTH + 1)}, f"has {TEXT_LENGTH + 1} characters: make it {TEXT_LENGTH}"),
        ({"source": "x" * (SOURCE_LENGTH + 1)}, "the source has"),
        ({"text": "Ring \u202e now"}, "cannot be shown"),
        ({"review_by": TODAY - timedelta(days=1)}, "2024-02-29 has passed"),
        ({"review_by": date(2026, 3, 2)}, "too far away: choose one until 2026-03-01"),
    ],
)
def test_what_holds_to_no_limit_is_refused(change: dict[str, object], says: str) -> None:
    """With what to do about it."""
    with pytest.raises(ValueError, match=says):
        checked(replace(WORDING, **change), TODAY)


def test_every_fault_is_told_at_once() -> None:
    """A supervisor need not send the form four times."""
    with pytest.raises(ValueError, match="the title") as caught:
        checked(Wording("", "", "", date(2020, 1, 1)), TODAY)
    assert len(str(caught.value).splitlines()) == 4


@pytest.mark.parametrize("day", [TODAY, date(2024 + REVIEW_YEARS, 3, 1)])
def test_a_wording_is_kept_without_space_around_it(day: date) -> None:
    """Paragraphs stay; the first and the last possible review date are taken."""
    typed = Wording("  Ring  the team ", "Please ring. \r\n\r\nDo it now.\n", "A leaflet\n", day)
    assert checked(typed, TODAY) == replace(WORDING, review_by=day)


def test_two_texts_fit_into_one_message_of_every_app() -> None:
    """With a line between them that staff wrote."""
    assert all(app.text_limit >= 2 * TEXT_LENGTH + 100 for app in APPS.values())


@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans()), max_size=8))
def test_every_snippet_stands_on_one_part_of_the_shelf(made: list[tuple[int, bool]]) -> None:
    """Offered up to its review date and not retired; nothing is lost, nothing stands twice."""
    all_ = [snippet(f"ID{n}", TODAY + timedelta(days=days), retired) for n, (days, retired) in enumerate(made)]
    found = shelf(all_, TODAY, ())
    assert all(one.review_by >= TODAY and not one.retired for one in found.offered)
    assert all(one.review_by < TODAY and not one.retired for one in found.past_review)
    assert all(one.retired for one in found.retired)
    parts = [*found.offered, *found.past_review, *found.retired]
    assert sorted(one.id for one in parts) == sorted(one.id for one in all_)


def test_a_draft_is_shown_until_it_was_taken_over() -> None:
    """Never offered by itself, and gone for good once a snippet was made of it, a retired one too."""
    first, *rest = drafts()
    assert shelf([], TODAY).offered == () and shelf([], TODAY).drafts == drafts()
    assert shelf([snippet(draft=first.id, retired=True)], TODAY).drafts == tuple(rest)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello. You are fine.", ["You are fine"]),
        ("It sounds like a virus.", ["It sounds like a virus"]),
        ("Please ring the care team now.", []),
        ("I cannot tell from here what causes a sign.", []),
    ],
)
def test_a_supervisor_is_warned_of_words_by_name(text: str, words: list[str]) -> None:
    """Each once, in its longest form, and the warning quotes them."""
    found = warnings(text)
    assert [one.words for one in found] == words
    assert all(one.words in one.warning for one in found)


def test_every_kind_of_warning_has_words() -> None:
    """A rule of a new kind would otherwise break the page that shows it."""
    assert all(f"snippets.warnings.{kind}" in catalogue() for kind in KINDS)


def test_the_drafts_are_fit_to_be_taken_over() -> None:
    """Within the limits, with sources that the content knows, and nothing that a supervisor would be warned of."""
    sources = load_content().sources
    assert len({draft.id for draft in drafts()}) == len(drafts()) > 3
    for draft in drafts():
        wording = from_draft(draft, sources, TODAY)
        assert checked(wording, TODAY) == wording
        assert warnings(draft.text) == warnings(draft.title) == (), draft.id


def test_the_drafts_rest_on_what_the_content_cites() -> None:
    """Each of their words from a source is cited by the content as well, where a check holds it to the document."""
    known: dict[tuple[str, str], set[str]] = {}
    for _, _, citation in cited(load_content()):
        known.setdefault((citation.source, citation.section), set()).update(citation.terms)
    for draft in drafts():
        for citation in draft.sources:
            assert set(citation.terms) <= known.get((citation.source, citation.section), set()), draft.id
