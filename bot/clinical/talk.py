"""What the bot answers to what people say beside the answers: questions, feelings, wishes. All of it reviewed text.

Each function says its piece and leaves the step on screen as it is; the caller asks the question again afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.clinical import answers
from bot.clinical.contacts import hours_words, is_open
from bot.clinical.draft import Draft, Incoming
from bot.clinical.reply import Say, Value
from bot.clinical.summary import build_summary

Talk = Callable[[Draft, Incoming], None]


def refuse(utterance: str) -> Talk:
    """A question that only the care team can answer: say so kindly, and who can, with the number."""

    def talk(draft: Draft, _message: Incoming) -> None:
        draft.tell(utterance)
        level = draft.assessment.level
        draft.direct(
            "soon" if level == "keep" else level,
            crisis=draft.assessment.crisis,
            bodily_emergency=draft.assessment.bodily_emergency,
        )

    return talk


def simple(utterance: str) -> Talk:
    """One fixed sentence."""

    def talk(draft: Draft, _message: Incoming) -> None:
        draft.tell(utterance)

    return talk


def topic(id_: str) -> Talk:
    """A reviewed topic."""

    def talk(draft: Draft, _message: Incoming) -> None:
        tell_topic(draft, id_)

    return talk


#: Topics that name the people to ring: their numbers stand below the answer.
WITH_NUMBERS = ("contacts", "fear_of_relapse", "feelings")


def tell_topic(draft: Draft, id_: str) -> None:
    """The reviewed answer of a topic."""
    draft.tell(f"topic_{id_}")
    if id_ in WITH_NUMBERS:
        draft.direct_by_state()


def definition(draft: Draft, message: Incoming) -> None:
    """A question about the illness: the topic that was understood, else the list of topics."""
    found = message.understanding.topic
    if found is not None and found in draft.content.topics:
        tell_topic(draft, found)
    elif sign_info(draft, message):
        return
    else:
        draft.tell("definition_unknown")
        draft.set(detour="topics")


def sign_info(draft: Draft, message: Incoming) -> bool:
    """What a sign looks like, also on black and brown skin. True when a sign was named."""
    signs = tuple(dict.fromkeys(m.sign for m in message.understanding.mentions if m.sign in draft.content.signs))
    for sign in signs[:2]:
        draft.tell("sign_info", values={"sign": (f"sign_{sign}_label",)})
        draft.tell(f"sign_{sign}_looks_like")
        if f"sign_{sign}_dark_skin" in draft.content.utterances:
            draft.tell(f"sign_{sign}_dark_skin")
    return bool(signs)


def _ask_sign_info(draft: Draft, message: Incoming) -> None:
    if sign_info(draft, message):
        draft.tell("question_noted")
    else:
        draft.tell("topic_sign_list" if "topic_sign_list" in draft.content.utterances else "sign_info_unknown")


def treatment(draft: Draft, message: Incoming) -> None:
    """A question about a treatment: what its name means, where a topic says so; which one, the team can say."""
    found = message.understanding.topic
    if found is not None and found in draft.content.topics:
        tell_topic(draft, found)
    refuse("say_treatment")(draft, message)


def contacts(draft: Draft, _message: Incoming) -> None:
    """Whom to call: the numbers, at the level of what is noted so far."""
    draft.tell("contact_intro")
    draft.direct_by_state()


def human(draft: Draft, _message: Incoming) -> None:
    """A wish for a person: a case is opened; say honestly who is there now, and which numbers to ring meanwhile."""
    draft.effect("open_case:asked")
    draft.tell("human_case")
    support = draft.site.support
    values: dict[str, Value] = {"team": f"={support.name}"}
    open_now = is_open(support.hours, False, draft.site, draft.now, support.closed_days)
    if open_now is None:
        draft.tell("human_no_hours", values=values)
    elif open_now:
        draft.tell("human_here", values=values)
    else:
        draft.tell("human_not_here", values={**values, "hours": f"={hours_words(support.hours)}"})
    draft.tell("human_numbers")
    draft.direct_by_state()


def distress(draft: Draft, message: Incoming) -> None:
    """Feelings are met first; then the path: the country's support line, and the care team."""
    draft.tell("distress_met")
    draft.tell_support()
    if not message.understanding.is_guess and draft.state.status("low_mood") is None:
        draft.find("low_mood", "present", message.text)
        draft.tell_signs("noted", ("low_mood",))


def why(draft: Draft, _message: Incoming) -> None:
    """Why this is asked: the step's own reason, or the sign's with its source."""
    kind, _, sign = draft.step.partition(":")
    for utterance in (f"sign_{sign}_why", f"step_{kind}_why", "why_default"):
        if utterance in draft.content.utterances:
            draft.tell(utterance)
            return


def explain(draft: Draft, _message: Incoming) -> None:
    """Say it again; a sign on its own also with what it looks like."""
    _, _, sign = draft.step.partition(":")
    draft.tell("repeat_intro")
    if sign:
        draft.tell(f"sign_{sign}_looks_like")


def back(draft: Draft, _message: Incoming) -> None:
    """One answer back. The record stays."""
    before = draft.state.back()
    if before is None:
        draft.tell("back_at_start")
    else:
        draft.state = before
        draft.tell("back_done")


def change(draft: Draft, message: Incoming) -> None:
    """A wish to change an answer; without a subject, the review opens when all is asked, else one answer back."""
    what = message.understanding.change
    if what and (what in draft.content.signs or what in draft.content.steps):
        answers.change(draft, what)
        label = f"sign_{what}_label" if what in draft.content.signs else f"name_{what}"
        if label in draft.content.utterances:
            draft.tell("change_now", values={"sign": (label,)})
    elif draft.step == "review":
        draft.tell("change_which")
    else:
        back(draft, message)


def skip(draft: Draft, _message: Incoming) -> None:
    """Skip in words; where a step cannot be skipped, its question simply comes again."""
    step = draft.content.steps.get(draft.step.partition(":")[0])
    if step and (step.skippable or draft.step.startswith("detail:")):
        answers.answer(draft, ("skip",), Incoming())
    elif draft.step == "anything_else":
        draft.pass_step("anything_else", "skipped")
    else:
        draft.tell("choose_something")


def detour(step: str, utterance: str | None = None, *, direct: bool = False) -> Talk:
    """Open a side step: the list of topics, a pause, a fresh start, forgetting."""

    def talk(draft: Draft, _message: Incoming) -> None:
        if utterance:
            draft.tell(utterance)
        if direct:
            draft.direct_by_state()
        draft.set(detour=step)

    return talk


def show_summary(draft: Draft, _message: Incoming | None = None) -> None:
    """The summary, then the direction: who, how soon, which number, what to say. Also in mid-check."""
    summary = build_summary(draft.state, draft.content, draft.site, draft.now)
    draft.say.append(Say("summary_intro", "summary", summary=summary))
    draft.direct_by_state()
    if draft.assessment.level == "keep":
        draft.tell("keep_note")
    draft.tell("summary_take")


INTENTS: dict[str, Talk] = {
    "greet": simple("greet"),
    "goodbye": detour("paused", "goodbye", direct=True),
    "thanks": simple("thanks"),
    "ask_diagnosis": refuse("say_diagnosis"),
    "ask_prognosis": refuse("say_prognosis"),
    "ask_results": refuse("say_results"),
    "ask_medication_advice": refuse("say_medicine"),
    "ask_treatment": treatment,
    "ask_definition": definition,
    "ask_sign_info": _ask_sign_info,
    "ask_contact": contacts,
    "ask_human": human,
    "express_distress": distress,
    "ask_privacy": topic("privacy"),
    "delete_my_data": detour("forget"),
    "ask_bot_identity": topic("about_bot"),
    "why_ask": why,
    "go_back": change,
    "repeat": explain,
    "skip": skip,
    "stop": detour("paused", "stop_text", direct=True),
    "later": detour("paused", "later_text", direct=True),
    "restart": detour("restart"),
    "get_summary": show_summary,
}

#: Intents that are a question or a wish of their own, and never an answer to the step on screen.
WISHES = (
    "ask_diagnosis",
    "ask_prognosis",
    "ask_results",
    "ask_medication_advice",
    "ask_treatment",
    "ask_definition",
    "ask_contact",
    "ask_human",
    "ask_privacy",
    "ask_bot_identity",
    "delete_my_data",
    "why_ask",
    "repeat",
    "get_summary",
    "restart",
    "stop",
    "later",
)

#: Intents that lead away from the page on screen.
MOVES = ("skip", "go_back", "stop", "later", "goodbye", "restart", "delete_my_data")
