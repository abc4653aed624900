"""Whatever is posted to a channel, it is taken or refused: never a fault of ours, never a word of it in the log.

Bodies go the whole way in, through the route of the channel, in this process. Most are signed as the provider signs,
so that they reach what reads them. The examples are the same in each run.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.server.runtime import Runtime
from tests.channels.test_refusals import PROOF
from tests.support.turns import NOW
from tests.support.wire.apps import WIRES
from tests.support.wire.base import FORM, NotThere, Request, Wire
from tests.support.wire.inside import Inside

#: Stands in every value that holds words, so that it would be seen in a log.
MARK = "zyzzyva"
#: Bodies of each app: some in `make test`, and all of the ten thousand in `make test-long`.
FEW, MANY = 160, 1800
PERSON = 7


# what is posted -----------------------------------------------------------------------------------------------------

texts = st.one_of(
    st.text(max_size=12),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Co", "Cn"]), max_size=4),
    st.sampled_from(
        ["", " ", "\0", "\ud800", "null", "0", "-1", "1e999", "../..", "%00", "|", "a|b", "/start{}", MARK]
    ),
)
numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([0, -1, 2**31, 2**63, 2**64, -(2**63), 10**30, float("nan"), float("inf"), 1e308]),
)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside a value, its own first."""
    yield before
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*before, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from paths(inner, (*before, place))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with another value at the end of a path; without it where `new` is MISSING."""
    if not path:
        return None if new is MISSING else new
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(path) == 1 and new is MISSING:
        del copy[path[0]]
    else:
        copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


MISSING = object()


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@st.composite
def mutated(draw: st.DrawFn, whole: Any) -> Any:
    """A real body with one to three values missing, null, of another type, huge, deep, or swapped for each other."""
    for _ in range(draw(st.integers(1, 3))):
        found = list(paths(whole))
        path = draw(st.sampled_from(found))
        how = draw(st.sampled_from(["missing", "value", "huge", "deep", "wrapped", "another"]))
        if how == "missing":
            new: Any = MISSING
        elif how == "value":
            new = draw(values)
        elif how == "huge":
            new = MARK * draw(st.sampled_from([40, 1000, 9000]))
        elif how == "deep":
            new = deep(draw(st.sampled_from([50, 900, 3000])))
        elif how == "wrapped":
            new = [at(whole, path)] * draw(st.sampled_from([1, 2, 250]))
        else:
            new = at(whole, draw(st.sampled_from(found)))
        whole = changed(whole, path, new)
    return whole


def deep(times: int) -> str:
    """A value that `written` turns into brackets."""
    return f"<<deep {times}>>"


def written(value: Any, twice: str | None = None) -> bytes:
    """JSON with whatever JSON may not hold: lone surrogates, NaN, too many brackets, one key `twice`."""
    try:
        text = json.dumps(value)
    except (ValueError, RecursionError):
        text = "{}"
    for times in (50, 900, 3000):
        text = text.replace(f'"{deep(times)}"', "[" * times + "]" * times)
    if twice is not None and text.startswith("{"):
        text = f'{{{json.dumps(twice)}:"{MARK}",{text[1:]}'
    return text.encode("utf-8", "replace")


def real(wire: Wire, id: int) -> list[Request]:  # noqa: A002
    """A request of each kind that the app makes."""
    made = [wire.text(PERSON, f"{MARK} é & 🙂", id, NOW), *wire.others(PERSON, id, NOW).values()]
    data = {"slack": '{"block_id": "b", "action_id": "a", "value": "welcome|start"}'}
    data["integrator"] = '{"step": "welcome", "choices": ["start"]}'
    for make in (
        lambda: wire.press(PERSON, data.get(wire.name, "welcome|start"), MARK, id, NOW),
        lambda: wire.picture(PERSON, id, NOW),
    ):
        try:
            made.append(make())
        except NotThere:
            continue
    return made


def is_form(request: Request) -> bool:
    return request.headers["Content-Type"].startswith(FORM)


@st.composite
def bodies(draw: st.DrawFn, request: Request) -> list[bytes]:
    """Bodies of the kind of this request: mutated, the same cut off and with letters turned, and nothing like it."""
    if is_form(request) and b"payload=" not in request.body:
        whole = draw(forms(parse_qsl(request.body.decode(), keep_blank_values=True)))
    else:
        whole = draw(objects(request))
    end, place = (draw(st.integers(0, len(whole))) for _ in range(2))
    turned = whole[:place] + draw(st.binary(min_size=1, max_size=3)) + whole[place + 1 :]
    other = draw(st.just(request.body) | st.binary(max_size=300) | values.map(written) | forms([]))
    return [whole, whole[:end], turned, other]


@st.composite
def forms(draw: st.DrawFn, pairs: list[tuple[str, str]]) -> bytes:
    """A form with some of these fields left out, some changed, some twice, and some that no provider sends."""
    kept = [pair for pair in pairs if draw(st.integers(0, 9))]
    more = st.tuples(texts | st.sampled_from([key for key, _ in pairs] or ["payload"]), texts)
    return urlencode([*kept, *draw(st.lists(more, max_size=3))], errors="surrogatepass").encode()


@st.composite
def objects(draw: st.DrawFn, request: Request) -> bytes:
    """JSON as in this request, or in the field of its form, mutated."""
    twice = draw(st.none() | st.sampled_from(["message", "entry", "type", "event", "id", "person", "text"]))
    if not is_form(request):
        return written(draw(mutated(json.loads(request.body))), twice)
    ((key, payload),) = parse_qsl(request.body.decode())
    return urlencode({key: written(draw(mutated(json.loads(payload))), twice)}).encode()


@st.composite
def posts(draw: st.DrawFn, wire: Wire) -> list[Request]:
    """Four requests to a channel: three proved, and one as a rule not."""
    like = draw(st.sampled_from(real(wire, draw(st.integers(0, 10**6)))))
    now = NOW + timedelta(seconds=draw(st.integers(-299, 299)))
    whole, cut, turned, other = (wire.proved(body, now, like) for body in draw(bodies(like)))
    how = draw(st.sampled_from(["signed", "unsigned", "headers", "target"]))
    if how == "unsigned":
        proof = PROOF[wire.name][0]
        cut = replace(cut, headers={**cut.headers, proof: draw(st.sampled_from(["", "x", "v0=", "sha256=é"]))})
    if how == "headers":
        odd = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=40)
        name = draw(st.sampled_from([*other.headers, "X-Forwarded-Host", "Accept", "X-Slack-Retry-Num"]))
        other = replace(other, headers={**other.headers, name: draw(odd).strip()})
    if how == "target":
        query = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#%"), max_size=30)
        turned = replace(turned, path=f"{turned.path}?{draw(query)}")
    return [whole, cut, turned, other]


# what becomes of it ---------------------------------------------------------------------------------------------------


def fuzz(name: str, runtime: Runtime, count: int, caplog: pytest.LogCaptureFixture) -> Counter[int]:
    """Post so many bodies to a channel; how often each status came."""
    inside, found = Inside(WIRES[name], runtime), Counter[int]()

    @settings(
        max_examples=count // 4, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(posts(WIRES[name]))
    def post(requests: list[Request]) -> None:
        for request in requests:
            caplog.clear()
            with capture_logs() as lines:
                # What escapes the route is raised here.
                answer = inside.post(request)
            found[answer.status_code] += 1
            assert 200 <= answer.status_code < 500, answer.text
            assert MARK not in answer.text
            assert {line["event"] for line in lines} <= {"app.request.refused"}
            logged = f"{lines}{caplog.text}"
            assert not [word for word in (MARK, *WIRES[name].ids(PERSON)) if word in logged]

    with closing(inside), caplog.at_level(logging.INFO):
        post()
    return found


@pytest.mark.parametrize("name", WIRES)
def test_no_body_breaks_a_channel(name: str, shared_runtime: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    """Taken or refused; and enough is taken for the rest of the way in to be tried."""
    found = fuzz(name, shared_runtime, FEW, caplog)
    assert found[200] > FEW / 25, found


@pytest.mark.long
@pytest.mark.parametrize("name", WIRES)
def test_no_body_of_ten_thousand_breaks_a_channel(
    name: str, shared_runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    """The same with many more: six apps of 1,800."""
    found = fuzz(name, shared_runtime, MANY, caplog)
    assert sum(found.values()) >= MANY
    assert found[200] > MANY / 25, found
