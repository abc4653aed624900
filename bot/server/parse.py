"""`python -m bot parse` with the trained model, and with every step as a question that a line can name."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from pathlib import Path

from bot import resources
from bot.clinical import flow
from bot.clinical.state import Interrupt, State
from bot.clinical.understanding import OpenQuestion
from bot.resources import Resources
from bot.server import logs
from bot.settings import Settings

#: Steps that stand before everything else; they need a red flag to ask about.
INTERRUPTS = ("red_flag", "cannot_call", "not_meant", "confirm_flag", "whose", "right_now_unsure")
ABOUT_A_SIGN = ("sign", "since", "change", "detail")


def run(model_file: Path | None) -> int:
    """Answer the lines of standard input on standard output.

    Raises:
        SignpostError: settings, content or model cannot be used.
    """
    settings = Settings.from_env()
    kit = resources.use(resources.read(settings))
    logs.configure(settings.log_level).serving = True
    # Rasa is imported here, after what can fail without it.
    from bot.nlp import parse_cli
    from bot.nlu.interpreter import rasa_interpreter
    from bot.server.serve import trained

    model = trained(settings, model_file)
    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace", newline="\n")
    parse_cli.main(lines, sys.stdout, lambda: rasa_interpreter(model), questions(kit))
    return 0


def show(page: Path) -> int:
    """Write what is understood of the lines of standard input as an HTML page.

    Raises:
        SignpostError: settings or content cannot be used.
    """
    resources.use(resources.read(Settings.from_env()))
    from bot.nlp import spacy_pipe

    lines = [line.rstrip("\r\n") for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")]
    page.write_text(spacy_pipe.page([line for line in lines if line]), encoding="utf-8")
    return 0


def questions(kit: Resources) -> Mapping[str, OpenQuestion]:
    """The question of every step, by the id of the step, as it stands when nothing was noted yet."""
    content = kit.content
    flags = tuple(content.red_flags)
    plain = [step for step in content.steps if step not in (*INTERRUPTS, *ABOUT_A_SIGN, "welcome")]
    of_signs = [
        f"{kind}:{sign}"
        for sign in content.signs
        for kind in ABOUT_A_SIGN
        if kind != "detail" or content.signs[sign].detail
    ]
    states = {step: State(started=True, detour=step) for step in (*plain, *of_signs)}
    states["welcome"] = State()
    states |= {step: State(interrupt=Interrupt(step, flags)) for step in INTERRUPTS if step in content.steps}
    return {step: flow.open_question(state, content, kit.site) for step, state in states.items()}
