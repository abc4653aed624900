"""Which step is on screen, and the question that it asks. Both are derived from the state; nothing here changes it."""

from __future__ import annotations

from dataclasses import replace

from bot.clinical.reply import Choice, Place, Say, Value
from bot.clinical.state import State
from bot.clinical.understanding import OpenQuestion
from bot.clinical.urgency import FEVER_SIGNS
from bot.content.loader import Content
from bot.content.schema import PLACES, Details, Sign, Step, group_of
from bot.site import Site

INTRO = ("right_now_1", "right_now_2", "who", "condition", "country", "recent_treatment")
CLOSING = ("worry", "anything_else", "review")
#: Steps besides the signs that the review offers to change.
CHANGEABLE = ("who", "condition", "recent_treatment", "temperature", "medicines", "worry")
#: Before the id of a place on the body outline where it stands among choices: some lines have the same id.
AT = "at:"
FEVER_FLAGS = ("fever_38", "low_temperature")


def main_steps(state: State, content: Content, site: Site) -> tuple[str, ...]:
    """The steps that everybody walks through, in order; follow-ups come in between."""
    intro = [s for s in INTRO if s != "country" or len(site.countries) > 1]
    return (*intro, *content.sign_pages(group_of(state.condition)), *CLOSING)


def current_step(state: State, content: Content, site: Site) -> str:
    """The step on screen: an interruption, else a detour, else the first that is not behind."""
    if state.interrupt:
        return state.interrupt.step
    if state.detour:
        return state.detour
    if not state.started:
        return "welcome"
    steps = main_steps(state, content, site)
    pages = content.sign_pages(group_of(state.condition))
    for step in steps:
        if step in pages and (follow_up := next_follow_up(state, content)):
            return follow_up
        if step not in INTRO and step not in pages and (follow_up := next_follow_up(state, content)):
            return follow_up
        if not _is_behind(step, state, content):
            return step
    return "summary"


def next_follow_up(state: State, content: Content) -> str | None:
    """The first short question that a noted sign still needs, a reading before all else; None when all are asked."""
    if fever_step := _next_fever_step(state, content):
        return fever_step
    for id_, finding in state.findings.items():
        sign = content.signs.get(id_)
        if finding.status != "present" or sign is None:
            continue
        for kind in sign.follow_ups:
            if kind != "temperature" and kind not in finding.asked:
                return f"{kind}:{id_}"
    return None


def _next_fever_step(state: State, content: Content) -> str | None:
    if not _needs_temperature(state, content):
        return None
    if "temperature" not in state.screens:
        return "temperature"
    if any(reading.when is None for reading in state.temperatures) and "temperature_when" not in state.screens:
        return "temperature_when"
    return None if "medicines" in state.screens else "medicines"


def _needs_temperature(state: State, content: Content) -> bool:
    asks = any("temperature" in content.signs[s].follow_ups for s in state.signs("present") if s in content.signs)
    unsure = any(state.status(s) == "unsure" for s in FEVER_SIGNS)
    return asks or unsure or any(flag in state.flags for flag in FEVER_FLAGS) or bool(state.temperatures)


def open_signs(state: State, page: Step) -> tuple[str, ...]:
    """The signs of a page that have no answer yet."""
    return tuple(sign for sign in page.signs if state.status(sign) is None)


def progress(state: State, content: Content, site: Site) -> dict[str, object]:
    """How far the person is: the step on screen, and how many of the main steps come before the next open one.

    A page of signs that all have an answer is not shown, and is behind like the others.
    """
    steps = main_steps(state, content, site)
    done = next((n for n, step in enumerate(steps) if not _is_behind(step, state, content)), len(steps))
    return {"step": current_step(state, content, site), "done": done, "of": len(steps)}


def _is_behind(step: str, state: State, content: Content) -> bool:
    # A page of signs may have none left to ask: each has an answer, or is past its review date.
    return step in state.screens or (step in content.sign_pages(None) and not open_signs(state, content.steps[step]))


# the question of a step -------------------------------------------------------------------------------------------


def ask(state: State, content: Content, site: Site) -> Say:
    """The question of the step on screen."""
    id_ = current_step(state, content, site)
    kind, _, sign_id = id_.partition(":")
    if sign_id:
        return _ask_about_sign(state, content, id_, kind, content.signs[sign_id])
    if id_ in ("confirm_flag", "right_now_unsure") and state.interrupt:
        return _ask_about_flags(state, content, id_)
    step = content.steps[id_]
    own, fixed = _own_choices(state, content, site, step), _step_choices(step)
    # On the review the usual answer, "finish", comes first.
    return _question(state, step, f"step_{id_}_question", [*fixed, *own] if id_ == "review" else [*own, *fixed])


def _own_choices(state: State, content: Content, site: Site, step: Step) -> list[Choice]:
    """The choices that depend on the state or on other content."""
    if step.flags:
        return [_flag_choice(content, flag) for flag in step.flags]
    if step.signs:
        return [_sign_choice(content, sign) for sign in _by_condition(open_signs(state, step), state, content)]
    if step.id == "country":
        return [Choice(code, f"={content.countries[code].name}") for code in site.countries]
    if step.id == "topics":
        return [Choice(topic.id, f"topic_{topic.id}_label") for topic in content.topics.values() if topic.listed]
    if step.id == "review":
        return _changes(state, content)
    return []


def _by_condition(signs: tuple[str, ...], state: State, content: Content) -> list[str]:
    """Signs typical of the condition first, otherwise in the order of the file."""
    group = group_of(state.condition)
    return sorted(signs, key=lambda sign: group is not None and group not in content.signs[sign].conditions)


def _changes(state: State, content: Content) -> list[Choice]:
    signs = [s for s in state.findings if s in content.signs and state.status(s) in ("present", "unsure", "past")]
    found = [Choice(f"change:{s}", "review_change", values={"sign": (f"sign_{s}_label",)}) for s in signs]
    steps = [s for s in (*CHANGEABLE, *content.sign_pages(group_of(state.condition))) if s in state.screens]
    return found + [Choice(f"change:{s}", "review_change", values={"sign": (f"name_{s}",)}) for s in steps]


def _step_choices(step: Step) -> list[Choice]:
    def label(choice: str) -> str:
        return f"step_{step.id}_choice_{choice}"

    return [Choice(c.id, label(c.id), (f"step_{step.id}_help_{c.id}",) if c.help else ()) for c in step.choices]


def _question(
    state: State,
    step: Step,
    utterance: str,
    choices: list[Choice],
    values: dict[str, Value] | None = None,
    id_: str = "",
) -> Say:
    """A question with the reserved choices that fit the step, each once."""
    offered = {choice.id for choice in choices}
    extra = [name for name in ("none", "unsure") if step.multiple or step.flags]
    extra += ["skip"] if step.skippable else []
    extra += (
        ["back"] if state.history and not state.interrupt and step.id not in ("summary", "forget", "restart") else []
    )
    choices += [Choice(name, f"choice_{name}") for name in extra if name not in offered]
    return Say(utterance, "question", id_ or step.id, tuple(choices), step.multiple, values=values or {})


def _ask_about_sign(state: State, content: Content, id_: str, kind: str, sign: Sign) -> Say:
    step = content.steps[kind]
    values: dict[str, Value] = {"sign": (f"sign_{sign.id}_label",)}
    if kind == "detail" and sign.detail:
        options = [Choice(o.id, f"sign_{sign.id}_detail_{o.id}") for o in sign.detail.options]
        step = step.model_copy(update={"multiple": True, "skippable": True})
        asked = _question(state, step, f"sign_{sign.id}_detail", options, id_=id_)
        return replace(asked, places=_places(sign.detail))
    choices = _step_choices(step)
    if kind == "sign":
        help_ = (f"sign_{sign.id}_looks_like", *((f"sign_{sign.id}_dark_skin",) if sign.dark_skin else ()))
        choices[0] = Choice(choices[0].id, choices[0].label, help_)
        return _question(state, step, f"sign_{sign.id}_question", choices, id_=id_)
    return _question(state, step, f"step_{kind}_question", choices, values, id_)


def _places(detail: Details) -> tuple[Place, ...]:
    if detail.where is None:
        return ()
    ticks = {place: option.id for option in detail.options for place in option.places}
    return tuple(Place(AT + place, f"place_{place}", ticks.get(place)) for place in PLACES)


def _ask_about_flags(state: State, content: Content, id_: str) -> Say:
    step, interrupt = content.steps[id_], state.interrupt
    if interrupt is None:
        raise ValueError("no interruption is on")
    if id_ == "confirm_flag":
        return _question(state, step, f"flag_{interrupt.flags[0]}_question", _step_choices(step))
    return _question(state, step, f"step_{id_}_question", [_flag_choice(content, f) for f in interrupt.flags])


def _help(content: Content, kind: str, id_: str) -> tuple[str, ...]:
    return tuple(u for u in (f"{kind}_{id_}_looks_like", f"{kind}_{id_}_dark_skin") if u in content.utterances)


def _flag_choice(content: Content, flag: str) -> Choice:
    return Choice(flag, f"flag_{flag}_choice", _help(content, "flag", flag))


def _sign_choice(content: Content, sign: str) -> Choice:
    return Choice(sign, f"sign_{sign}_choice", _help(content, "sign", sign))


def open_question(state: State, content: Content, site: Site, labels: dict[str, str] | None = None) -> OpenQuestion:
    """The step on screen as short answers are read against it. `labels` are the texts shown, by choice id."""
    say = ask(state, content, site)
    shown = labels or {}
    choices = [(c.id, shown.get(c.id) or _label(content, c.label)) for c in say.choices]
    signs = {c: c for c, _ in choices if c in content.signs or c in content.red_flags}
    step = say.step or ""
    if step.startswith("sign:"):
        signs = {"yes": step.partition(":")[2]}
    return OpenQuestion.of(step, choices, multiple=say.multiple, signs=signs)


def _label(content: Content, label: str) -> str:
    return label[1:] if label.startswith("=") else content.utterances[label].text.in_voice("plain")
