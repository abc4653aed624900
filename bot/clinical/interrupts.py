"""Red flags and crises: they come before everything else, in every state, and each ends in a direction.

After a direction the only ways on are "I have called", "I can't call" and "that is not what I meant". Nothing here
ever takes a red flag off the record: a withdrawn one keeps its floor (`flag_withdrawn`).
"""

from __future__ import annotations

from collections.abc import Callable

from bot.clinical.draft import Draft, Incoming
from bot.clinical.red_flags import Alerts
from bot.clinical.reply import Say
from bot.clinical.urgency import highest

#: Flags that are a sign under another name.
SIGN_OF_FLAG = {"fever_38": "fever"}


def raise_alerts(draft: Draft, found: Alerts) -> None:
    """Answer red flags: those that are present, then somebody else's, then unclear ones."""
    if found.present or found.emergency:
        raise_flags(draft, found.present, emergency=found.emergency)
    elif found.other:
        _raise_other(draft, found.other)
    else:
        draft.interrupt("confirm_flag", found.unclear)
        draft.ask()


def raise_flags(draft: Draft, flags: tuple[str, ...], *, unsure: bool = False, emergency: bool = False) -> None:
    """Record these flags and give their direction with the three ways on."""
    known = all(draft.state.flags.get(flag) in ("present", "unsure") for flag in flags) and bool(flags)
    how = "unsure" if unsure else "present"
    recorded = {flag: "present" if draft.state.flags.get(flag) == "present" else how for flag in flags}
    wish = "present" if emergency else draft.state.wish
    draft.record(flags={**draft.state.flags, **recorded}, wish=wish, flagged_at=draft.now.isoformat())
    _note_signs(draft, flags)
    _say_heard(draft, flags, known=known, unsure=unsure)
    _direct_flags(draft, flags)
    draft.interrupt("red_flag", flags, unsure=unsure)
    if draft.site.support.case_required:
        # At once, not only after "I have called": staff may be the quicker ones.
        draft.effect("open_case:red_flag")
    draft.ask()


def _note_signs(draft: Draft, flags: tuple[str, ...]) -> None:
    """A flag that is also a sign of the list is noted as one, so that it is not asked again."""
    for flag in flags:
        sign = SIGN_OF_FLAG.get(flag, flag)
        if sign in draft.content.signs and draft.state.status(sign) != "present":
            draft.find(sign, "present")


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


def _direct_flags(draft: Draft, flags: tuple[str, ...], *, mine: bool = True) -> None:
    """The direction for these flags; never below what the state as a whole demands."""
    entries = [draft.content.red_flags[flag] for flag in flags]
    crisis = any(entry.crisis for entry in entries)
    bodily = any(entry.level == "emergency" and not entry.crisis for entry in entries)
    level = highest(entry.level for entry in entries) if entries else "emergency"
    if mine:
        whole = draft.assessment
        level, crisis, bodily = (
            highest((level, whole.level)),
            crisis or whole.crisis,
            bodily or whole.bodily_emergency,
        )
    draft.direct(level, crisis=crisis, bodily_emergency=bodily, mine=mine)


def _raise_other(draft: Draft, flags: tuple[str, ...]) -> None:
    crisis = any(draft.content.red_flags[flag].crisis for flag in flags)
    draft.tell("crisis_other" if crisis else "flag_other")
    _direct_flags(draft, flags, mine=False)
    draft.interrupt("whose", flags)
    draft.ask()


# answering an interruption ------------------------------------------------------------------------------------------


def answer_interrupt(draft: Draft, message: Incoming) -> bool:
    """Answer the interruption on screen; False when the message picks none of its choices."""
    interrupt = draft.state.interrupt
    if interrupt is None:
        return False
    offered = {choice.id for choice in _open(draft).choices}
    picked = tuple(c for c in (message.choices or message.understanding.picks) if c in offered)
    if not picked and message.choices == () and {"yes", "no", "unsure"} <= offered:
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
    _direct_flags(draft, interrupt.flags, mine=interrupt.step != "whose")
    draft.ask()


def _go_on(draft: Draft) -> None:
    """Leave the interruption; the fever that was flagged is asked about next, by the flow."""
    draft.record(interrupt=None)
    draft.ask()


def _answer_red_flag(draft: Draft, picked: tuple[str, ...]) -> bool:
    interrupt = draft.state.interrupt
    if interrupt is None or not picked:
        return False
    if "cannot_call" in picked:
        draft.interrupt("cannot_call", interrupt.flags, unsure=interrupt.unsure)
        _direct_flags(draft, interrupt.flags)
        draft.ask()
    elif "not_meant" in picked:
        draft.interrupt("not_meant", interrupt.flags, unsure=interrupt.unsure)
        draft.ask()
    else:
        entries = [draft.content.red_flags[flag] for flag in interrupt.flags]
        if any(entry.crisis for entry in entries):
            draft.tell("crisis_called_ack")
        else:
            emergency = not entries or any(entry.level == "emergency" for entry in entries)
            draft.tell("called_ack" if emergency else "now_called_ack")
        offer_case(draft)
        _go_on(draft)
    return True


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
        raise_flags(draft, interrupt.flags, unsure="unsure" in picked)
        return True
    withdrawn = dict.fromkeys(interrupt.flags, "withdrawn")
    wish = draft.state.wish if interrupt.flags else "withdrawn"
    draft.record(flags={**draft.state.flags, **withdrawn}, wish=wish)
    for flag in interrupt.flags:
        finding = draft.state.findings.get(SIGN_OF_FLAG.get(flag, flag))
        # Noted only because of the flag, without the person's own words: no longer sure, but not taken as no.
        if finding and finding.status == "present" and not finding.words:
            draft.find(SIGN_OF_FLAG.get(flag, flag), "unsure")
    draft.tell("not_meant_kept")
    draft.direct_by_state()
    _go_on(draft)
    return True


def _answer_confirm(draft: Draft, picked: tuple[str, ...]) -> bool:
    interrupt = draft.state.interrupt
    if interrupt is None or not picked:
        return False
    if "no" in picked:
        rest = interrupt.flags[1:]
        if rest:
            draft.interrupt("confirm_flag", rest)
            draft.ask()
        else:
            _go_on(draft)
        return True
    raise_flags(draft, interrupt.flags, unsure="yes" not in picked)
    return True


def _answer_whose(draft: Draft, picked: tuple[str, ...]) -> bool:
    interrupt = draft.state.interrupt
    if interrupt is None or not picked:
        return False
    if "patient" in picked:
        raise_flags(draft, interrupt.flags)
        return True
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
