"""The checklist core: (state, one message) -> (new state, what to say). Pure, and total: every message gets an answer.

What is done with a message, in this order: take the choices and the signs in it; deal with red flags; else answer the
step on screen; else answer what was asked; then ask the question of the step on screen. The order of these rules is
the safety of the product: a red flag outranks everything, and nothing that was said is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clinical import answers, flow, interrupts, talk, words
from bot.clinical.draft import Draft, Incoming
from bot.clinical.red_flags import Alerts, alerts, stricter
from bot.clinical.reply import Say
from bot.clinical.state import State
from bot.clinical.summary import unanswered
from bot.clinical.urgency import assess
from bot.content.loader import Content
from bot.site import Site

__all__ = ["Incoming", "Outcome", "greeting", "level_now", "new_state", "resume", "turn"]

#: Intents whose words are the answer to "anything else?".
OWN_WORDS = ("inform", "out_of_scope", "affirm", "express_distress")
#: Steps whose choices are questions and wishes themselves; elsewhere a question or a wish picks no answer.
SIDE_STEPS = ("welcome", "topics", "paused", "summary", "restart", "forget", "case")
#: What tells that the record was ended by the same message: said beside a red flag too, after its direction.
ENDED_RECORD = ("restarted", "forgotten")
#: The longest list of signs without a finding that the review reads out.
LISTED = 7
#: A pause longer than this is met with one line on what is remembered.
PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Outcome:
    """What a turn gives. `effects` are for the server: `open_case:<reason>` and `forget`."""

    state: State
    say: tuple[Say, ...]
    effects: tuple[str, ...] = ()


def new_state(content: Content) -> State:
    """The state of a chat in which nothing was said yet."""
    return State(content_version=content.version)


def greeting(state: State, content: Content, site: Site, now: datetime) -> Outcome:
    """The first messages: what this is and is not, where emergencies go, what is kept; then the first question."""
    draft = Draft(_begin(state, now), in_force(content, site, now), site, now)
    if content.unreviewed():
        draft.tell("draft_notice", kind="notice")
    if content.withheld(now.date()):
        draft.tell("expired_content", kind="notice")
    for utterance in ("welcome_what", "welcome_not", "welcome_emergency", "welcome_kept"):
        draft.tell(utterance)
    draft.ask()
    return _end(draft)


def resume(state: State, content: Content, site: Site, now: datetime) -> Outcome:
    """The messages after a pause: one line on what is remembered, and the same question again."""
    draft = Draft(_begin(state, now), in_force(content, site, now), site, now)
    interrupt = draft.state.interrupt
    if interrupt and interrupt.step != "confirm_flag":
        # The call may not have been made: the direction comes again, before anything that is remembered.
        interrupts.insist(draft)
        return _end(draft)
    if not interrupt:
        _tell_remembered(draft)
    draft.ask()
    return _end(draft)


def turn(state: State, message: Incoming, content: Content, site: Site, now: datetime) -> Outcome:
    """Answer one message. Never raises for anything a person can send, and never says nothing."""
    paused = _paused(state, now)
    draft = Draft(_begin(state, now), in_force(content, site, now), site, now)
    history = len(draft.state.history)
    if paused and not draft.state.interrupt:
        _tell_remembered(draft)
    _answer(draft, message)
    interrupts.settle(draft)
    going_back = len(draft.state.history) < history
    if not going_back:
        draft.state = draft.state.merge_history(min(history, len(draft.state.history)))
    return _end(draft)


def in_force(content: Content, site: Site, now: datetime) -> Content:
    """The content of this day and site: nothing past its review date is asked, and the site's thresholds hold."""
    today = content.in_force(now.date())
    own = site.thresholds
    if own.raised_c is None and own.low_c is None:
        return today
    fever = stricter(today.urgency.fever, own.raised_c, own.low_c)
    return replace(today, urgency=today.urgency.model_copy(update={"fever": fever}))


def level_now(state: State, content: Content) -> str | None:
    """The level to show beside an unfinished check: None while nothing was noted that asks for one."""
    found = assess(state, content)
    if "review" in state.screens:
        return found.level
    return found.noted if found.noted != "keep" else None


# the order of things ----------------------------------------------------------------------------------------------


def _answer(draft: Draft, message: Incoming) -> None:
    understanding = message.understanding
    found = alerts(understanding, draft.content.urgency.fever)
    in_time = message.step is None or message.step == draft.step
    if draft.state.interrupt:
        _answer_interrupted(draft, message, found, in_time=in_time)
        return
    before = len(draft.say)
    if not found and _upset(message):
        draft.tell("distress_met")
        before += 1
    # Words written under an earlier question are kept, and a wish in them is granted; they do not answer this one.
    asked = draft.step if in_time or message.choices else None
    answered = _take_choices(draft, message, in_time=in_time)
    by_choice, draft.say = draft.say[before:], draft.say[:before]
    noted = words.take(draft, message, found)
    if found or draft.state.interrupt:
        # What else was said is kept and named in one line; nothing else stands between a red flag and its direction.
        ended = [s for s in by_choice if s.utterance in ENDED_RECORD]
        told = [*by_choice, *(s for s in draft.say[before:] if s not in by_choice)]
        draft.say[before:] = [s for s in told if s.utterance == "noted"]
        if found:
            interrupts.raise_alerts(draft, _with_ticked_flags(draft, found))
            if understanding.language not in ("en", "und"):
                # After the direction, so that nothing stands before the number: how to ask for an interpreter.
                draft.say.insert(-1, Say("not_english", "notice"))
            draft.say[-1:-1] = ended
        else:
            draft.say += [s for s in by_choice if s.utterance != "noted"]
            if not draft.say or draft.say[-1].kind != "question":
                draft.ask()
        return
    draft.say[before:before] = [s for s in by_choice if s not in draft.say[before:]]
    if not answered and not _answer_words(draft, message, asked, noted=noted):
        _not_understood(draft, message, asked)
    elif message.choices and not noted:
        draft.state = draft.state.noted(message.text)
    _finish_turn(draft)


def _answer_interrupted(draft: Draft, message: Incoming, found: Alerts, *, in_time: bool) -> None:
    """While a red flag is on screen, only its ways on lead on. New flags come first; words are kept."""
    if news := interrupts.news(draft, found):
        words.take(draft, message, found)
        interrupts.raise_alerts(draft, news)
        return
    if not in_time and message.choices:
        draft.tell("stale_answer", kind="notice")
        # A red flag in the words of a stale answer still gets its direction.
        interrupts.insist(draft) if found else draft.ask()
        return
    if in_time and interrupts.answer_interrupt(draft, message):
        return
    words.take(draft, message, found)
    if message.understanding.intent == "go_back" or "back" in message.choices:
        draft.tell("back_not_now")
    elif message.understanding.intent == "ask_human":
        draft.effect("open_case:asked")
        draft.tell("human_case")
    elif message.understanding.readability == "ok" and message.text.strip():
        draft.state = draft.state.noted(message.text)
    interrupts.insist(draft)


def _with_ticked_flags(draft: Draft, found: Alerts) -> Alerts:
    """The flags of the words together with those just ticked, so that one direction answers both."""
    interrupt = draft.state.interrupt
    ticked = interrupt.flags if interrupt and interrupt.step == "red_flag" else ()
    return replace(found, present=tuple(dict.fromkeys([*ticked, *found.present])))


def _take_choices(draft: Draft, message: Incoming, *, in_time: bool) -> bool:
    """Take pressed choices, or those that the words pick. True when that settled it."""
    if not in_time:
        if message.choices:
            draft.tell("stale_answer", kind="notice")
        return bool(message.choices)
    question = flow.ask(draft.state, draft.content, draft.site)
    offered = {choice.id for choice in question.choices}
    picked = tuple(dict.fromkeys(message.choices))
    pointed = tuple(place.id for place in question.places if place.id in picked)
    if pointed:
        answers.point(draft, tuple(place.removeprefix(flow.AT) for place in pointed))
        picked = tuple(choice for choice in picked if choice not in pointed)
    if not picked and not message.understanding.red_flag_mentions:
        picked = _by_words(draft, message, offered) or _by_intent(draft, message, offered)
    if not picked:
        return False
    if "back" in picked:
        talk.back(draft, message)
        return True
    if set(picked) - offered or ("none" in picked and len(picked) > 1) or (len(picked) > 1 and not question.multiple):
        draft.tell("unknown_choice", kind="notice")
        return True
    if draft.step in ("welcome", "topics", "paused", "summary"):
        _side_choice(draft, picked[0], message)
    else:
        answers.answer(draft, picked, message)
    return True


def _by_words(draft: Draft, message: Incoming, offered: set[str]) -> tuple[str, ...]:
    """The choices that the words pick. What is said of a sign in another role ("no cough now") is no tick."""
    understanding = message.understanding
    if not _can_answer(message) or (draft.step not in SIDE_STEPS and understanding.intent in talk.WISHES):
        # "Give me my summary" is not "Me", and "I don't understand" is no "no".
        return ()
    said = {m.sign: m.role for m in understanding.mentions if m.role != "present"}
    said |= {m.sign: m.role for m in understanding.mentions if m.role == "present"}
    return tuple(c for c in understanding.picks if c in offered and said.get(c, "present") == "present")


def _can_answer(message: Incoming) -> bool:
    """Whether words can be an answer: not in another language ("no entiendo"), and not what only programs send."""
    return message.understanding.language in ("en", "und") and not message.text.lstrip().startswith("/")


def _by_intent(draft: Draft, message: Incoming, offered: set[str]) -> tuple[str, ...]:
    """A plain yes, no or not sure, read in the light of the step on screen; nothing when other words came with it."""
    understanding = message.understanding
    if understanding.mentions or understanding.is_guess or not _can_answer(message):
        return ()
    step, intent = draft.step, understanding.intent
    if step == "welcome" and intent in ("affirm", "start_checklist"):
        return ("start",)
    if step == "paused" and intent in ("affirm", "start_checklist", "skip"):
        # "Carry on" passes over a question, and ends a pause.
        return ("continue",)
    if step == "review" and intent in ("affirm", "deny"):
        # "Is there anything to change?" "No" and "Is that right?" "Yes": both finish; a wish to change names itself.
        return ("finish",)
    wanted = {"affirm": "yes", "deny": "no", "unsure": "unsure"}.get(intent)
    if wanted == "no" and "no" not in offered:
        wanted = "none"
    if step == "anything_else" and intent in ("deny", "goodbye", "thanks"):
        wanted = "none"
    return (wanted,) if wanted in offered else ()


def _side_choice(draft: Draft, choice: str, message: Incoming) -> None:
    """The buttons of the welcome, the list of topics, a pause and the summary."""
    step = draft.step
    if step == "topics":
        talk.tell_topic(draft, choice)
    elif choice in ("start", "continue"):
        draft.set(started=True, detour=None)
    elif choice == "person":
        talk.human(draft, message)
    elif choice == "summary":
        talk.show_summary(draft)
    else:
        draft.set(detour={"ask": "topics"}.get(choice, choice))


# words ---------------------------------------------------------------------------------------------------------------


def _answer_words(draft: Draft, message: Incoming, asked: str | None, *, noted: bool) -> bool:
    """Answer words that picked no choice. False when there is nothing to say to them.

    `asked` is the step they met; None when they were written under an earlier one.
    """
    understanding, step = message.understanding, draft.step
    if _readability(message) != "ok":
        return _answer_unreadable(draft, _readability(message))
    if understanding.language not in ("en", "und") or (
        understanding.language == "und" and not noted and understanding.intent == "out_of_scope"
    ):
        draft.tell("not_english", kind="notice")
        draft.direct_by_state()
        return True
    if step == asked and step.startswith("since:") and answers.since_words(draft, step.partition(":")[2], message):
        return True
    if understanding.change and understanding.intent in ("go_back", "inform"):
        talk.change(draft, message)
        return True
    handler = _handler(message, asked)
    if step == "anything_else" and asked and _take_own_words(draft, message):
        return True
    if handler and not (noted and understanding.intent in ("greet", "thanks", "goodbye", "skip", "stop")):
        handler(draft, message)
        return True
    if noted:
        _after_noting(draft, message, step)
    return noted


def _take_own_words(draft: Draft, message: Incoming) -> bool:
    """The answer to "anything else?"; True when that was all. Words are kept also where they are read as a question."""
    understanding = message.understanding
    question = understanding.intent.startswith("ask_")
    if not question and understanding.intent not in OWN_WORDS and not understanding.is_guess:
        return False
    draft.state = draft.state.noted(message.text)
    guessed = understanding.is_guess and understanding.intent not in ("ask_human", "ask_contact")
    if question and not guessed:
        return False
    draft.tell("noted_words")
    draft.pass_step("anything_else")
    return understanding.intent != "express_distress"


def _handler(message: Incoming, asked: str | None) -> talk.Talk | None:
    """What answers a question or a wish. What leads away from the page is not done on a guess."""
    understanding = message.understanding
    if asked is None and understanding.intent in ("skip", "go_back"):
        # They meant the question that they were written under.
        return None
    guessed = understanding.is_guess and understanding.intent in talk.MOVES
    payload = message.text.lstrip().startswith("/") and "{" in message.text
    return None if guessed or payload or not message.has_letters else talk.INTENTS.get(understanding.intent)


def _after_noting(draft: Draft, message: Incoming, step: str) -> None:
    """What follows signs noted from words: a low mood gets its path, and a page that is still open is offered again."""
    if _low_mood_said(message):
        talk.distress(draft, message)
    if step.startswith("page_") and draft.step == step:
        draft.tell("page_more")


def _upset(message: Incoming) -> bool:
    """Whether feelings are to be met before anything else is answered."""
    distress = message.understanding.intent == "express_distress" and message.has_letters
    return (distress and _readability(message) == "ok") or _low_mood_said(message)


def _low_mood_said(message: Incoming) -> bool:
    return any(m.sign == "low_mood" and m.role == "present" for m in message.understanding.mentions)


def _readability(message: Incoming) -> str:
    """Whether it can be read. Signs and red flags are taken from a text over the limit; it answers nothing else."""
    return "too_long" if len(message.text) > LIMIT else message.understanding.readability


def _answer_unreadable(draft: Draft, readability: str) -> bool:
    utterance = {"empty": "empty_input", "emoji": "emoji_input", "too_long": "too_long"}.get(
        readability, "unreadable_input"
    )
    draft.tell(utterance, kind="notice", values={"limit": LIMIT} if readability == "too_long" else None)
    return True


def _not_understood(draft: Draft, message: Incoming, asked: str | None) -> None:
    """Nothing matched: the words are kept for the team, and the question comes again."""
    if not message.text.strip():
        draft.tell("choose_something", kind="notice")
        return
    guessed = message.understanding.is_guess
    if asked == draft.step == "temperature":
        draft.tell("temp_invalid")
    elif message.understanding.intent in ("affirm", "unsure", "start_checklist") and not guessed:
        if not message.is_bare:
            # "Yes, but only at night" says more than yes.
            draft.state = draft.state.noted(message.text)
        draft.tell("choose_something", kind="notice")
    elif message.understanding.intent == "out_of_scope" or guessed:
        # Kept in both cases: what looks like small talk may be a sign in words that nobody thought of.
        draft.state = draft.state.noted(message.text)
        draft.tell("not_understood" if guessed else "off_topic")
    else:
        draft.state = draft.state.noted(message.text)
        draft.tell("noted_words")


# the end of a turn --------------------------------------------------------------------------------------------------


def _finish_turn(draft: Draft) -> None:
    """Ask the question of the step on screen; when the last one was just answered, show the summary first."""
    if "forget" in draft.state.effects:
        draft.direct_by_state()
        return
    if draft.step == "summary" and "summary" not in draft.state.screens:
        talk.show_summary(draft)
        draft.pass_step("summary")
        interrupts.offer_case(draft)
    elif draft.step == "review":
        _tell_review(draft)
    elif draft.step != "summary" and "summary" in draft.state.screens and "review" not in draft.state.screens:
        # No answer of the person: an entry for "back" would make one press of it do nothing.
        draft.record(screens={k: v for k, v in draft.state.screens.items() if k != "summary"})
    interrupts.raise_level(draft)
    draft.ask()


def _tell_review(draft: Draft) -> None:
    """Everything noted, before it is handed over; each line can be changed."""
    state = draft.state
    draft.tell("review_intro")
    flags = tuple(f"flag_{flag}_label" for flag, how in state.flags.items() if how != "withdrawn")
    if flags:
        draft.tell("review_flags", values={"flags": flags})
    for status in ("present", "unsure", "past"):
        draft.tell_signs(f"review_{status}", tuple(s for s in state.signs(status) if s in draft.content.signs))
    for utterance, signs in (
        ("review_absent", state.signs("absent")),
        ("review_unanswered", unanswered(state, draft.content)),
    ):
        # Two dozen names in a row are read by nobody on a phone; the summary lists them all.
        draft.tell_signs(utterance, signs if len(signs) <= LISTED else ())
    if not state.signs("present") and not state.signs("unsure") and not flags:
        draft.tell("review_nothing")


def _tell_remembered(draft: Draft) -> None:
    signs = draft.state.signs("present")
    if signs:
        draft.tell_signs("resumed", signs)
    else:
        draft.tell("resumed_nothing")


def _paused(state: State, now: datetime) -> bool:
    return bool(state.started and state.last_at and now - datetime.fromisoformat(state.last_at) > PAUSE)


def _begin(state: State, now: datetime) -> State:
    return replace(state, started_at=state.started_at or now.isoformat(), last_at=now.isoformat(), effects=())


def _end(draft: Draft) -> Outcome:
    return Outcome(draft.state, tuple(draft.say), draft.state.effects)


#: The longest message that is read, in code points; the understanding and the channel use the same.
LIMIT = 1000
