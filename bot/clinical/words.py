"""Takes what a person said in their own words: signs, readings, medicines. Nothing said is dropped in silence."""

from __future__ import annotations

from bot.clinical import answers, flow
from bot.clinical.draft import Draft, Incoming
from bot.clinical.red_flags import Alerts

#: How many signs of somebody else are remembered, in case the chat turns out to be about them.
OTHERS = 10
MEDICINES = {"paracetamol": "paracetamol", "ibuprofen": "ibuprofen", "steroid": "steroids"}


def take(draft: Draft, message: Incoming, found: Alerts) -> bool:
    """Note the signs, readings and medicines in the words; True when anything was noted or acknowledged."""
    page = draft.step
    roles = _by_role(draft, message)
    present = roles.get("present", ())
    _take_present(draft, message, present)
    for role in ("absent", "past"):
        _take_not_now(draft, message, role, tuple(s for s in roles.get(role, ()) if s not in present))
    other = tuple(s for s in roles.get("other", ()) if s not in present)
    _take_other(draft, message, other)
    draft.tell_signs("noted", present)
    readings = answers.take_readings(draft, message.understanding.temperatures, asked=draft.step == "temperature")
    _take_medicines(draft, message, with_reading=readings)
    _close_page(draft, message, page, noted=bool(present))
    if present or found.present:
        draft.set(started=True, detour=None if draft.state.detour == "paused" else draft.state.detour)
    return bool(present or other or roles.get("absent") or roles.get("past") or readings)


def _by_role(draft: Draft, message: Incoming) -> dict[str, tuple[str, ...]]:
    """The signs of each role, in the order of the text, each once."""
    found: dict[str, list[str]] = {}
    understanding = message.understanding
    # "Change my answer about the fever" names an answer, and says nothing yet of a fever: it is asked about next.
    named = understanding.change if understanding.intent == "go_back" else None
    for mention in understanding.mentions:
        if mention.sign in draft.content.signs and mention.sign != named:
            found.setdefault(mention.role, []).append(mention.sign)
    return {role: tuple(dict.fromkeys(signs)) for role, signs in found.items()}


def _take_present(draft: Draft, message: Incoming, signs: tuple[str, ...]) -> None:
    # With a tick the step has moved on already, and the words belong to what was ticked.
    asked_since = draft.step.startswith("since:") and not message.choices
    for sign in signs:
        draft.find(sign, "present", message.text)
        # With two times in the words nobody can tell which is the sign's: it is asked.
        sure = len(signs) == 1 and len(message.understanding.durations) == 1
        if not asked_since and sure and "since" not in draft.state.findings[sign].asked:
            answers.since_words(draft, sign, message)


def _take_not_now(draft: Draft, message: Incoming, role: str, signs: tuple[str, ...]) -> None:
    """Absent and past. Where it differs from an earlier answer neither wins in silence: the question is asked again."""
    differing = ("present", "unsure") if role == "absent" else ("present",)
    fresh = tuple(sign for sign in signs if draft.state.status(sign) not in differing)
    again = [sign for sign in signs if sign not in fresh]
    for sign in fresh:
        draft.find(sign, role, message.text)
    draft.tell_signs(f"noted_{role}", fresh)
    if again and not draft.state.detour and not draft.state.interrupt:
        draft.set(detour=f"sign:{again.pop(0)}")
    if again:
        # Only one question at a time: the rest of it is left to the team, in the person's words.
        draft.state = draft.state.noted(message.text)


def _take_other(draft: Draft, message: Incoming, signs: tuple[str, ...]) -> None:
    """Somebody else's signs are not on the list, unless the chat turns out to be about that person."""
    draft.tell_signs("noted_other", signs)
    if draft.state.about is None:
        words = message.text.strip()[:300]
        draft.record(others=(*draft.state.others, *((sign, words) for sign in signs))[-OTHERS:])


def _take_medicines(draft: Draft, message: Incoming, *, with_reading: bool) -> None:
    named = message.understanding.medicines
    # "Can I take paracetamol?" does not say that it was taken.
    if not named or message.understanding.intent == "ask_medication_advice" or "medicines" in draft.state.screens:
        return
    draft.set(medicines=tuple(MEDICINES.get(medicine, medicine) for medicine in named))
    if with_reading:
        draft.pass_step("medicines")


def _close_page(draft: Draft, message: Incoming, step: str, *, noted: bool) -> None:
    """Words such as "only the sweats" rule out the rest of the page. Without such words the rest stays open.

    `step` is the page on which they were said: what was noted has put a follow-up on screen since.
    """
    if noted and message.understanding.exclusive and step.startswith("page_"):
        for sign in flow.open_signs(draft.state, draft.content.steps[step]):
            draft.find(sign, "absent")
        draft.pass_step(step)
