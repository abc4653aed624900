"""Hypothesis: any state that a check can be in, with any words that a person can type."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.clinical.state import Finding, Reading, State
from bot.content.loader import Content

ODD = (
    "שלום מה שלומך",
    "مرحبا يا صديقي",
    "🙂👩‍👩‍👧 \U0001fae8",
    "a\u202egnp.exe\u202c b",
    "bell\x07 null\x00 esc\x1b[31m",
    "line one\r\nline two\u2028line three",
    '=HYPERLINK("x")',
    "<script>alert(1)</script> & ]]>",
    "{nb} {emergency} **bold** \\n %s",
    "\ud800 lone",
    "\uffff\ufeff\U0010fffd",
    "x" * 5000,
    "word " * 1000,
    "漢字かな हिन्दी",
    "   ",
)
words = st.one_of(st.sampled_from(ODD), st.text(max_size=80))


def states(content: Content) -> st.SearchStrategy[State]:
    """States in every voice, country and level."""

    def ids(step: str) -> st.SearchStrategy[str | None]:
        return st.none() | st.sampled_from([choice.id for choice in content.steps[step].choices])

    dates = st.none() | st.dates().map(lambda d: d.isoformat())
    precisions = st.sampled_from((None, "day", "days", "weeks", "months"))
    findings = st.dictionaries(
        st.sampled_from(sorted(content.signs)),
        st.builds(
            Finding,
            status=st.sampled_from(("present", "absent", "unsure", "past")),
            since=ids("since"),
            since_words=st.none() | words,
            since_date=dates,
            precision=precisions,
            change=ids("change"),
            words=st.none() | words,
        ),
        max_size=6,
    )
    readings = st.builds(Reading, st.floats(30, 43.5, width=32), ids("temperature_when"), words)
    return st.builds(
        State,
        started_at=st.none() | st.just("2026-03-06T14:00:00+00:00"),
        about=st.sampled_from((None, "self", "child", "adult")),
        condition=ids("condition"),
        country=st.none() | st.sampled_from(sorted(content.countries)),
        recent_treatment=ids("recent_treatment"),
        findings=findings,
        temperatures=st.lists(readings, max_size=2).map(tuple),
        medicines=st.lists(st.sampled_from(("paracetamol", "ibuprofen", "steroids", "unsure")), unique=True).map(tuple),
        worry=ids("worry"),
        flags=st.dictionaries(
            st.sampled_from(sorted(content.red_flags)), st.sampled_from(("present", "unsure", "withdrawn")), max_size=3
        ),
        notes=st.lists(words, max_size=3).map(tuple),
    )
