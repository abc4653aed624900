"""What an answer to each step does to the state. One function a kind of step; none of them asks the next question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clinical import flow, interrupts
from bot.clinical.draft import Draft, Incoming
from bot.clinical.red_flags import is_fresh, is_plausible, reading_flag
from bot.clinical.state import Finding, Reading, State
from bot.clinical.understanding import Temperature

#: Starting again within this time does not take a red flag off the record: nothing lowers a level but staff.
RED_FLAG_STANDS = timedelta(hours=24)
#: Steps whose choice id is simply the value of the field of the same name.
FIELDS = {
    "who": "about",
    "condition": "condition",
    "country": "country",
    "recent_treatment": "recent_treatment",
    "worry": "worry",
}


def answer(draft: Draft, picked: tuple[str, ...], message: Incoming) -> None:
    """Take the choices `picked` as the answer to the step on screen; they have been checked against what is offered."""
    step = draft.step
    kind, _, sign = step.partition(":")
    if "skip" in picked:
        _skip(draft, step)
    elif sign:
        SIGN_STEPS[kind](draft, sign, picked, message)
    elif step in FIELDS:
        _set_field(draft, step, picked[0])
    elif step in ("right_now_1", "right_now_2"):
        _right_now(draft, step, picked)
    elif step.startswith("page_"):
        _page(draft, step, picked, message)
    else:
        PLAIN_STEPS[step](draft, picked, message)


def _skip(draft: Draft, step: str) -> None:
    kind, _, sign = step.partition(":")
    if kind == "sign":
        draft.set(detour=None)
    elif sign:
        _asked(draft, sign, kind)
    else:
        draft.pass_step(step, "skipped")
    draft.tell("skipped")


def _asked(draft: Draft, sign: str, kind: str, **changes: object) -> None:
    finding = draft.state.findings.get(sign, Finding("present"))
    draft.state = draft.state.with_finding(sign, replace(finding, asked=(*finding.asked, kind), **changes))  # type: ignore[arg-type]


# before the signs -----------------------------------------------------------------------------------------------------


def _set_field(draft: Draft, step: str, choice: str) -> None:
    draft.set(**{FIELDS[step]: choice}, screens={**draft.state.screens, step: "done"})
    if step == "who" and choice != "self":
        _take_over_others(draft)
    if step == "condition" and choice in ("lymphoma", "myeloma"):
        draft.tell("lymphoma_myeloma_note")
    if step == "worry" and choice == "very":
        draft.tell("worry_met")


def _take_over_others(draft: Draft) -> None:
    """What was said of "my husband" before it was known that the chat is about him is his, and so is on the list.

    His signs stay remembered: "back" takes them off the list, and the same answer again puts them back.
    """
    others = draft.state.others
    flags = [id_.removeprefix(interrupts.OTHERS_FLAG) for id_, _ in others if id_ not in draft.content.signs]
    signs = {id_: words for id_, words in others if id_ in draft.content.signs and draft.state.status(id_) is None}
    for sign, words in signs.items():
        draft.find(sign, "present", words)
    draft.tell_signs("noted", tuple(signs))
    draft.record(others=tuple(other for other in others if other[0] in draft.content.signs))
    if flags:
        interrupts.raise_flags(draft, tuple(dict.fromkeys(flags)))


def _right_now(draft: Draft, step: str, picked: tuple[str, ...]) -> None:
    flags = tuple(flag for flag in draft.content.steps[step].flags if flag in picked)
    draft.pass_step(step, "unsure" if "unsure" in picked else "done")
    if flags:
        interrupts.raise_flags(draft, flags)
    elif "unsure" in picked:
        draft.interrupt("right_now_unsure", draft.content.steps[step].flags, screen=step)


# the signs ------------------------------------------------------------------------------------------------------------


def _page(draft: Draft, step: str, picked: tuple[str, ...], message: Incoming) -> None:
    """Ticked is present; the open rest is absent with "none", unsure with "not sure", and else stays unanswered."""
    still_open = flow.open_signs(draft.state, draft.content.steps[step])
    ticked = tuple(sign for sign in still_open if sign in picked)
    rest = [sign for sign in still_open if sign not in ticked]
    for sign in ticked:
        # Ticked in words: they are kept, as other words about a sign are.
        draft.find(sign, "present", "" if message.choices or message.is_bare else message.text)
    draft.tell_signs("noted", ticked)
    about_one = len(ticked) == 1 and {m.sign for m in message.understanding.mentions} <= set(ticked)
    if about_one and len(message.understanding.durations) == 1:
        since_words(draft, ticked[0], message)
    if "unsure" in picked:
        for sign in rest:
            draft.find(sign, "unsure")
        draft.tell_signs("noted_unsure", tuple(rest))
    elif "none" in picked or (message.understanding.exclusive and not message.choices):
        # "Only the sweats", typed, picks that choice and rules out the rest; beside ticks "only" may mean anything.
        for sign in rest:
            draft.find(sign, "absent")
    draft.pass_step(step, "unsure" if "unsure" in picked else "done")


def _answer_sign(draft: Draft, sign: str, picked: tuple[str, ...], message: Incoming) -> None:
    status = {"yes": "present", "no": "absent", "unsure": "unsure"}[picked[0]]
    draft.set(detour=None)
    draft.find(sign, status, message.text)
    draft.tell_signs({"present": "noted", "absent": "noted_absent", "unsure": "noted_unsure"}[status], (sign,))
    draft.tell("changed", values={"sign": (f"sign_{sign}_label",)})


def _answer_since(draft: Draft, sign: str, picked: tuple[str, ...], message: Incoming) -> None:
    date, precision = None, None
    if picked[0] == "today":
        date, precision = _local_date(draft, 0), "days"
    elif picked[0] in ("days", "weeks", "longer"):
        precision = {"days": "days", "weeks": "weeks", "longer": "months"}[picked[0]]
    _asked(
        draft,
        sign,
        "since",
        since=picked[0],
        since_words=message.text.strip()[:120] or None,
        since_date=date,
        precision=precision,
    )


def _local_date(draft: Draft, days_ago: float) -> str:
    """The calendar date of so many days ago where the site is: at eight in Sydney it is still yesterday in UTC."""
    return (draft.now.astimezone(draft.site.zone) - timedelta(days=days_ago)).date().isoformat()


def since_words(draft: Draft, sign: str, message: Incoming) -> bool:
    """Take a duration in words ("since Tuesday") as the answer to `since`; False when there is none."""
    durations = message.understanding.durations
    if not durations:
        return False
    first = durations[0]
    date = _local_date(draft, first.days) if first.days is not None and first.days < 36500 else None
    precision = None if first.days is None else _precision(first.days, loose=first.loose)
    _asked(draft, sign, "since", since_words=first.words[:120], since_date=date, precision=precision)
    return True


def _precision(days: float, *, loose: bool) -> str:
    """How exactly words give a date: to the day only for days that are not "about" so many."""
    if days < 7:
        return "days" if loose else "day"
    return "weeks" if days < 60 else "months"


def _answer_change(draft: Draft, sign: str, picked: tuple[str, ...], _message: Incoming) -> None:
    _asked(draft, sign, "change", change=picked[0])
    if picked[0] == "usual":
        draft.tell("usual_note")


def point(draft: Draft, places: tuple[str, ...]) -> None:
    """Note the places pointed at on the body outline. They answer nothing by themselves: the lines are still open."""
    sign = draft.step.partition(":")[2]
    finding = draft.state.findings.get(sign, Finding("present"))
    draft.state = draft.state.with_finding(sign, replace(finding, places=places))


def _answer_detail(draft: Draft, sign: str, picked: tuple[str, ...], _message: Incoming) -> None:
    detail = draft.content.signs[sign].detail
    if detail is None:
        return
    ticked = tuple(option for option in detail.options if option.id in picked)
    _asked(draft, sign, "detail", details=tuple(option.id for option in ticked))
    flags = tuple(dict.fromkeys(option.flag for option in ticked if option.flag))
    if flags:
        interrupts.raise_flags(draft, flags)
    elif "unsure" in picked:
        unclear = tuple(dict.fromkeys(o.flag for o in detail.options if o.flag and o.flag not in draft.state.flags))
        if unclear:
            draft.interrupt("confirm_flag", unclear)


SIGN_STEPS: dict[str, Callable[[Draft, str, tuple[str, ...], Incoming], None]] = {
    "sign": _answer_sign,
    "since": _answer_since,
    "change": _answer_change,
    "detail": _answer_detail,
}


# temperature and medicines --------------------------------------------------------------------------------------------


def take_readings(draft: Draft, temperatures: tuple[Temperature, ...], *, asked: bool) -> bool:
    """Note the readings of a message; False when none of them could be. `asked`: they answer the step `temperature`.

    An implausible one is asked again, never dropped without a word. The flags of the readings are raised by the caller.
    """
    rule = draft.content.urgency.fever
    kept = []
    for reading in temperatures:
        if not is_plausible(reading.c, rule):
            draft.tell("temp_implausible", values={"number": f"{reading.c:g}"})
            continue
        # "38.2" as an answer to "the highest reading" says nothing yet of when it was taken.
        when = None if asked and reading.when == "now" else reading.when
        kept.append(Reading(reading.c, when, reading.words, draft.now.isoformat()))
    recent = [r for r in draft.state.temperatures if is_fresh(r, draft.now.isoformat(), rule)]
    known = {(r.c, r.when, r.words) for r in recent}
    new = tuple(r for r in kept if (r.c, r.when, r.words) not in known)
    if new:
        draft.set(temperatures=(*draft.state.temperatures, *new)[-12:])
    for fresh in new:
        _tell_reading(draft, fresh)
    if kept and asked:
        draft.pass_step("temperature")
    return bool(kept)


def _tell_reading(draft: Draft, reading: Reading) -> None:
    flag = reading_flag(reading, draft.content.urgency.fever)
    draft.tell(
        "noted_temperature",
        values={
            "celsius": f"{reading.c:.2f}".rstrip("0").rstrip("."),
            "fahrenheit": f"{reading.c * 9 / 5 + 32:.1f}",
        },
    )
    draft.tell({"fever_38": "temp_noted_high", "low_temperature": "temp_noted_low"}.get(flag or "", "temp_noted"))


def _answer_temperature(draft: Draft, picked: tuple[str, ...], _message: Incoming) -> None:
    draft.pass_step("temperature", "unsure" if "unsure" in picked else "done")
    draft.tell("temp_none")


def _answer_temperature_when(draft: Draft, picked: tuple[str, ...], _message: Incoming) -> None:
    readings = tuple(replace(r, when=picked[0]) if r.when is None else r for r in draft.state.temperatures)
    draft.set(temperatures=readings, screens={**draft.state.screens, "temperature_when": "done"})


def _answer_medicines(draft: Draft, picked: tuple[str, ...], _message: Incoming) -> None:
    taken = tuple(choice for choice in picked if choice != "none") or ("none",)
    draft.set(medicines=taken, screens={**draft.state.screens, "medicines": "done"})


# the end --------------------------------------------------------------------------------------------------------------


def _answer_anything_else(draft: Draft, _picked: tuple[str, ...], message: Incoming) -> None:
    if not message.choices and not message.is_bare:
        # "I don't like to make a fuss" begins like a no, and is for the team to read.
        draft.state = draft.state.noted(message.text)
    draft.pass_step("anything_else")


def _answer_review(draft: Draft, picked: tuple[str, ...], _message: Incoming) -> None:
    kind, _, what = picked[0].partition(":")
    if kind == "change":
        change(draft, what)
    else:
        draft.pass_step("review")


def change(draft: Draft, what: str) -> None:
    """Open the answer about a sign, a page or a step again. What was noted stays until the new answer comes."""
    content, screens = draft.content, dict(draft.state.screens)
    if what in content.signs:
        draft.set(detour=f"sign:{what}")
        return
    step = content.steps.get(what)
    if step is None:
        draft.tell("change_which")
        return
    screens.pop(what, None)
    screens.pop("review", None)
    if what == "temperature":
        screens.pop("temperature_when", None)
    again = [s for s in step.signs if draft.state.status(s) in ("absent", "unsure")]
    findings = {s: f for s, f in draft.state.findings.items() if s not in again}
    draft.set(screens=screens, findings=findings, detour=None, started=True)


def _answer_restart(draft: Draft, picked: tuple[str, ...], _message: Incoming) -> None:
    draft.set(detour=None)
    if picked[0] == "yes":
        restart(draft)


def restart(draft: Draft) -> None:
    """Begin again. Answers go; a red flag of the last day stays on record, and with it the level that it demands."""
    kept = {"started_at", "last_at", "content_version", "notes", "effects"}
    flagged = draft.state.flagged_at
    if flagged and draft.now - datetime.fromisoformat(flagged) < RED_FLAG_STANDS:
        kept |= {"flags", "wish", "flagged_at", "told"}
    draft.state = State(**{name: getattr(draft.state, name) for name in kept}, started=True)
    draft.tell("restarted")


def _answer_forget(draft: Draft, picked: tuple[str, ...], _message: Incoming) -> None:
    draft.set(detour=None)
    if picked[0] == "yes":
        draft.effect("forget")
        draft.tell("forgotten")
    else:
        draft.tell("forget_declined")


def _answer_case(draft: Draft, picked: tuple[str, ...], _message: Incoming) -> None:
    draft.set(detour=None, screens={**draft.state.screens, "case": "done"})
    if picked[0] == "yes":
        draft.effect("open_case:red_flag")
        draft.tell("human_case")
        draft.tell("human_numbers")


PLAIN_STEPS: dict[str, Callable[[Draft, tuple[str, ...], Incoming], None]] = {
    "temperature": _answer_temperature,
    "temperature_when": _answer_temperature_when,
    "medicines": _answer_medicines,
    "anything_else": _answer_anything_else,
    "review": _answer_review,
    "restart": _answer_restart,
    "forget": _answer_forget,
    "case": _answer_case,
}
