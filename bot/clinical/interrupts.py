"""Red flags and crises: they come before everything else, in every state, and each ends in a direction.

After a direction the only ways on are "I have called", "I can't call" and "that is not what I meant". Nothing here
ever takes a red flag off the record: a withdrawn one keeps its floor (`flag_withdrawn`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.clinical.draft import Draft, Incoming
from bot.clinical.red_flags import Alerts
from bot.clinical.reply import Say
from bot.clinical.state import Interrupt
from bot.clinical.urgency import highest

#: Before the flags among what was said of somebody else (`State.others`); signs stand there by their id alone.
OTHERS_FLAG = "flag:"
#: Flags that are a sign under another name.
SIGN_OF_FLAG = {"fever_38": "fever"}
#: The questions that decide what a fever is; the last one only where there is a reading.
READING_STEPS = ("temperature", "temperature_when", "medicines")
#: Interruptions that ask a closed question; the others give a direction and wait for the call.
CLOSED = ("confirm_flag", "whose", "right_now_unsure")


# what waits ---------------------------------------------------------------------------------------------------------


def _put(draft: Draft, new: Interrupt) -> None:
    """Put an interruption before everything else. What it does not answer stays under it and comes back."""
    waiting: Interrupt | None = None
    for old in reversed(_chain(draft.state.interrupt)):
        if new.step == old.step and old.step in CLOSED:
            new = replace(new, flags=tuple(dict.fromkeys([*new.flags, *old.flags])), wish=new.wish or old.wish)
        elif left := _left(old, new):
            waiting = replace(left, under=waiting)
    draft.record(interrupt=replace(new, under=waiting))


def _left(old: Interrupt, new: Interrupt) -> Interrupt | None:
    """What is left of an interruption after a newer one; None when the newer one answers it."""
    if new.step in CLOSED:
        return old
    if old.step == "confirm_flag":
        rest = tuple(flag for flag in old.flags if flag not in new.flags)
        return replace(old, flags=rest) if rest else None
    if old.step in CLOSED:
        return None if set(old.flags) & set(new.flags) else old
    answered = set(old.flags) <= set(new.flags) and (new.wish or not old.wish)
    return None if answered else replace(old, step="red_flag")


def _chain(interrupt: Interrupt | None) -> list[Interrupt]:
    """The interruption on screen and those under it, in this order."""
    found = []
    while interrupt:
        found.append(interrupt)
        interrupt = interrupt.under
    return found


def news(draft: Draft, found: Alerts) -> Alerts:
    """What a message adds to the interruptions that are on. A flag said again is no news while its call is awaited."""
    chain = _chain(draft.state.interrupt)
    mine = found.emergency and not found.other  # the wish for an ambulance
    on_screen = [i for i in chain[:1] if i.step in ("red_flag", "cannot_call")]
    awaited = {f for i in on_screen for f in i.flags}
    asked = {f for i in chain if i.step == "confirm_flag" for f in i.flags}
    others = {f for i in chain if i.step == "whose" and (i.wish or not found.emergency) for f in i.flags}
    standing = {flag for flag, how in draft.state.flags.items() if how != "withdrawn"}
    fresh = Alerts(
        present=tuple(f for f in found.present if f not in awaited),
        unclear=tuple(f for f in found.unclear if f not in asked | standing),
        other=tuple(f for f in found.other if f not in others),
        emergency=mine and not any(i.wish for i in on_screen),
    )
    if not fresh:
        return fresh
    # Beside something new, what was said again gets its direction again; a wish for somebody else stays with them.
    return replace(fresh, present=found.present, emergency=found.emergency if fresh.other else mine)


# raising ------------------------------------------------------------------------------------------------------------


def raise_alerts(draft: Draft, found: Alerts) -> None:
    """Answer red flags: the direction for those that are present, and for somebody else's; then what is unclear.

    Nothing of a message is set aside for the rest of it: a closed question that must wait comes after the direction.
    """
    # "Send an ambulance, my husband collapsed": it is meant for him.
    emergency = found.emergency and not found.other
    if found.unclear:
        _put(draft, Interrupt("confirm_flag", found.unclear))
    if found.other:
        _tell_other(draft, found.other, wish=found.emergency)
    if found.present or emergency:
        raise_flags(draft, found.present, emergency=emergency)
        return
    if found.other:
        _put(draft, Interrupt("whose", found.other, wish=found.emergency))
    draft.ask()


def raise_flags(draft: Draft, flags: tuple[str, ...], *, unsure: bool = False, emergency: bool = False) -> None:
    """Record these flags and give their direction with the three ways on."""
    known = all(draft.flags_before.get(flag) in ("present", "unsure") for flag in flags) and bool(flags)
    how = "unsure" if unsure else "present"
    recorded = {flag: "present" if draft.state.flags.get(flag) == "present" else how for flag in flags}
    wish = "present" if emergency else draft.state.wish
    draft.record(flags={**draft.state.flags, **recorded}, wish=wish, flagged_at=draft.now.isoformat())
    _note_signs(draft, flags)
    _say_heard(draft, flags, known=known, unsure=unsure)
    _direct_flags(draft, flags, wish=emergency)
    _put(draft, Interrupt("red_flag", flags, unsure=unsure, wish=emergency))
    if draft.site.support.case_required:
        # At once, not only after "I have called": staff may be the quicker ones.
        draft.effect("open_case:red_flag")
    draft.ask()


def raise_level(draft: Draft) -> None:
    """Tell a level that cannot wait in the turn in which it is reached, not at the end of the list.

    An emergency waits for the call, as a red flag does. Readings are waited for: they decide what a fever is.
    """
    level, told = draft.assessment.noted, draft.state.told
    waits = draft.step in READING_STEPS[: 3 if draft.state.temperatures else 2]
    if level == "emergency" and told != "emergency":
        draft.direct_by_state()
        _put(draft, Interrupt("red_flag"))
    elif level == "now" and not told and not waits:
        draft.direct_by_state()


def settle(draft: Draft) -> None:
    """Forget that an urgent direction was told once it is no longer demanded, so that the next one is told again."""
    level, told = draft.assessment.noted, draft.state.told
    if told and level != "emergency" and told != level:
        draft.record(told="now" if level == "now" else None)


def _note_signs(draft: Draft, flags: tuple[str, ...]) -> None:
    """A flag that is also a sign of the list is noted as one, so that it is not asked again."""
    for flag in flags:
        sign = SIGN_OF_FLAG.get(flag, flag)
        if sign in draft.content.signs and draft.state.status(sign) != "present":
            draft.find(sign, "present")
            draft.state = draft.state.with_finding(sign, replace(draft.state.findings[sign], by_flag=True))


def _say_heard(draft: Draft, flags: tuple[str, ...], *, known: bool, unsure: bool) -> None:
    crisis = [f for f in flags if draft.content.red_flags[f].crisis]
    bodily = [f for f in flags if f not in crisis]
    if bodily:
        utterance = "flag_again" if known else "flag_heard_unsure" if unsure else "flag_heard"
        draft.tell(utterance, values={"flags": tuple(f"flag_{f}_label" for f in bodily)})
    if "overdose" in bodily:
        draft.tell("overdose_note")
    if crisis:
        draft.tell("crisis_heard")


def _direct_flags(draft: Draft, flags: tuple[str, ...], *, mine: bool = True, wish: bool = False) -> None:
    """The direction for these flags; never below what the state as a whole demands."""
    entries = [draft.content.red_flags[flag] for flag in flags]
    crisis = any(entry.crisis for entry in entries)
    bodily = wish or any(entry.level == "emergency" and not entry.crisis for entry in entries)
    level = "emergency" if wish else highest(entry.level for entry in entries)
    if mine:
        whole = draft.assessment
        level, crisis, bodily = (
            highest((level, whole.level)),
            crisis or whole.crisis,
            bodily or whole.bodily_emergency,
        )
    draft.direct(level, crisis=crisis, bodily_emergency=bodily, mine=mine)


def _tell_other(draft: Draft, flags: tuple[str, ...], *, wish: bool) -> None:
    crisis = any(draft.content.red_flags[flag].crisis for flag in flags)
    draft.tell("crisis_other" if crisis else "flag_other")
    _direct_flags(draft, flags, mine=False, wish=wish)


# answering an interruption ------------------------------------------------------------------------------------------


def answer_interrupt(draft: Draft, message: Incoming) -> bool:
    """Answer the interruption on screen; False when the message picks none of its choices."""
    interrupt = draft.state.interrupt
    if interrupt is None:
        return False
    offered = {choice.id for choice in _open(draft).choices}
    picked = tuple(c for c in (message.choices or message.understanding.picks) if c in offered)
    # A no that is only guessed at must not set a red flag aside.
    sure = not message.understanding.is_guess
    if not picked and sure and message.choices == () and {"yes", "no", "unsure"} <= offered:
        by_intent = {"affirm": "yes", "deny": "no", "unsure": "unsure"}.get(message.understanding.intent)
        picked = (by_intent,) if by_intent else ()
    return HANDLERS[interrupt.step](draft, picked)


def _open(draft: Draft) -> Say:
    probe = Draft(draft.state, draft.content, draft.site, draft.now)
    probe.ask()
    return probe.say[0]


def insist(draft: Draft) -> None:
    """A message that answers nothing, while an interruption is on: say the direction again. No answer is never a no."""
    interrupt = draft.state.interrupt
    if interrupt is None:
        return
    if interrupt.step == "confirm_flag":
        raise_flags(draft, interrupt.flags, unsure=True)
        return
    if interrupt.step == "right_now_unsure":
        draft.ask()
        return
    _direct_flags(draft, interrupt.flags, mine=interrupt.step != "whose", wish=interrupt.wish)
    draft.ask()


def _go_on(draft: Draft, *, directed: bool = False) -> None:
    """Leave the interruption for the one under it, else for the flow, which asks next about a flagged fever."""
    under = draft.state.interrupt.under if draft.state.interrupt else None
    draft.record(interrupt=under)
    if under and under.step not in CLOSED and not directed:
        _direct_flags(draft, under.flags, wish=under.wish)
    draft.ask()


def _after_call(interrupt: Interrupt | None) -> Interrupt | None:
    """The questions that wait. One call answers every direction, and no question."""
    if interrupt is None:
        return None
    rest = _after_call(interrupt.under)
    return replace(interrupt, under=rest) if interrupt.step in CLOSED else rest


def _answer_red_flag(draft: Draft, picked: tuple[str, ...]) -> bool:
    interrupt = draft.state.interrupt
    if interrupt is None or not picked:
        return False
    if "cannot_call" in picked:
        draft.interrupt("cannot_call", interrupt.flags, unsure=interrupt.unsure)
        _direct_flags(draft, interrupt.flags, wish=interrupt.wish)
        draft.ask()
    elif "not_meant" in picked:
        draft.interrupt("not_meant", interrupt.flags, unsure=interrupt.unsure)
        draft.ask()
    else:
        _acknowledge_call(draft)
        offer_case(draft)
        draft.record(interrupt=_after_call(interrupt))
        draft.ask()
    return True


def _acknowledge_call(draft: Draft) -> None:
    """Thanks for the call, by the most urgent of what it was about."""
    called = [i for i in _chain(draft.state.interrupt) if i.step not in CLOSED]
    entries = [draft.content.red_flags[flag] for i in called for flag in i.flags]
    if any(entry.crisis for entry in entries):
        draft.tell("crisis_called_ack")
    else:
        # Without flags it was a sign's answer that made it an emergency.
        emergency = any(i.wish or not i.flags for i in called) or any(e.level == "emergency" for e in entries)
        draft.tell("called_ack" if emergency else "now_called_ack")


def offer_case(draft: Draft) -> None:
    """At `now` and above: tell staff where the site requires it, else ask whether to, where somebody would read it."""
    if draft.assessment.level not in ("now", "emergency") or "case" in draft.state.screens:
        return
    if draft.site.support.case_required:
        draft.effect("open_case:red_flag")
    elif draft.site.support.hours:
        draft.set(detour="case")


def _answer_not_meant(draft: Draft, picked: tuple[str, ...]) -> bool:
    interrupt = draft.state.interrupt
    if interrupt is None or not picked:
        return False
    if "no" not in picked:
        raise_flags(draft, interrupt.flags, unsure="unsure" in picked, emergency=interrupt.wish)
        return True
    withdrawn = dict.fromkeys(interrupt.flags, "withdrawn")
    wish = "withdrawn" if interrupt.wish else draft.state.wish
    draft.record(flags={**draft.state.flags, **withdrawn}, wish=wish)
    for flag in interrupt.flags:
        finding = draft.state.findings.get(SIGN_OF_FLAG.get(flag, flag))
        # Noted only because of the flag, or the very same as it: no longer sure, but not taken as no. The words stay.
        if finding and finding.status == "present" and (finding.by_flag or flag in draft.content.signs):
            draft.find(SIGN_OF_FLAG.get(flag, flag), "unsure")
    draft.tell("not_meant_kept")
    draft.direct_by_state()
    _go_on(draft, directed=True)
    return True


def _answer_confirm(draft: Draft, picked: tuple[str, ...]) -> bool:
    interrupt = draft.state.interrupt
    if interrupt is None or not picked:
        return False
    if "no" in picked:
        # A no can be hard to take back: whoever was asked about self-harm reads where to turn, whatever they said.
        if draft.content.red_flags[interrupt.flags[0]].crisis:
            draft.tell_support()
        rest = interrupt.flags[1:]
        if rest:
            draft.interrupt("confirm_flag", rest)
            draft.ask()
        else:
            _go_on(draft)
        return True
    # The question was about the first one alone; the rest is asked afterwards.
    raise_flags(draft, interrupt.flags[:1], unsure="yes" not in picked)
    return True


def _answer_whose(draft: Draft, picked: tuple[str, ...]) -> bool:
    interrupt = draft.state.interrupt
    if interrupt is None or not picked:
        return False
    if "patient" in picked:
        raise_flags(draft, interrupt.flags, emergency=interrupt.wish)
        return True
    if draft.state.about is None:
        # A parent's first words are often about the child that the check then turns out to be for.
        draft.record(others=(*draft.state.others, *((OTHERS_FLAG + flag, "") for flag in interrupt.flags)))
    draft.tell("whose_noted_other")
    _go_on(draft)
    return True


def _answer_unsure_screen(draft: Draft, picked: tuple[str, ...]) -> bool:
    interrupt = draft.state.interrupt
    if interrupt is None or not picked:
        return False
    ticked = tuple(flag for flag in interrupt.flags if flag in picked)
    if ticked:
        raise_flags(draft, ticked, unsure=True)
    elif "none" in picked:
        _go_on(draft)
    else:
        raise_flags(draft, interrupt.flags, unsure=True)
    return True


HANDLERS: dict[str, Callable[[Draft, tuple[str, ...]], bool]] = {
    "red_flag": _answer_red_flag,
    "cannot_call": _answer_red_flag,
    "not_meant": _answer_not_meant,
    "confirm_flag": _answer_confirm,
    "whose": _answer_whose,
    "right_now_unsure": _answer_unsure_screen,
}
