"""Every question that the real content can ask, as the message object that a channel renders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.clinical import flow
from bot.clinical.reply import Say
from bot.clinical.state import Finding, Interrupt, State
from bot.content.render import Renderer
from tests.support.core import content, site

#: Whom a check can be about, and so each voice in which a person is asked.
ABOUT = ("self", "child", "adult")
INTERRUPTIONS = ("red_flag", "cannot_call", "not_meant", "whose", "confirm_flag", "right_now_unsure")


def states() -> Iterator[State]:
    """A state for every step and every voice, each with something behind it, so that one can go back."""
    known = content()
    findings = {sign: Finding("present") for sign in known.signs}
    follow_ups = [f"{kind}:{sign}" for sign in known.signs for kind in ("sign", "since", "change", "detail")]
    asked = [f for f in follow_ups if not f.startswith("detail:") or known.signs[f[7:]].detail]
    plain = [step for step in known.steps if step not in (*INTERRUPTIONS, "sign", "since", "change", "detail")]
    for about in ABOUT:
        begun = State(about=about).answer(started=True)
        yield from (begun.answer(detour=step) for step in plain)
        full = begun.answer(
            findings=findings, screens=dict.fromkeys((*flow.CHANGEABLE, *known.sign_pages(None)), "done")
        )
        yield from (full.answer(detour=step) for step in ("review", *asked))
        for flag in known.red_flags:
            yield from (State(about=about, interrupt=Interrupt(step, (flag,))) for step in INTERRUPTIONS)
        all_flags = tuple(known.red_flags)
        yield State(about=about, interrupt=Interrupt("right_now_unsure", all_flags))


def messages() -> list[tuple[dict[str, Any], Renderer]]:
    """Each question once, with the renderer for its reader; the plain voice of the desk too."""
    found: dict[str, tuple[dict[str, Any], Renderer]] = {}
    for state in states():
        say: Say = flow.ask(state, content(), site())
        for voice in (state.voice, "plain"):
            renderer = Renderer(content(), site(), voice, state.country)
            message = renderer.message(say)
            found.setdefault(repr(message), (message, renderer))
    return list(found.values())
