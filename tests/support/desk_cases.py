"""Cases for tests and measurements of the desk: many at once, and what they are worked on with."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.clinical.state import Finding, State
from bot.clock import Clock
from bot.content.loader import Content
from bot.records import LEVELS, Case, Records, Transaction
from bot.server.runtime import Runtime
from bot.settings import Settings
from bot.site import Site

#: Channels that a case may come from, the widget more often than each app.
CHANNELS = ("widget", "widget", "widget", "sms", "whatsapp", "telegram", "messenger", "slack")
#: One case in so many has the crisis mark.
CRISIS_OF = 25
#: No case has waited longer than this, in minutes.
LONGEST_WAIT = 3 * 24 * 60
_WORDS = ("I am so tired since Monday", "my gums bleed again", "can somebody ring me?", "<b>is this new?</b>")
_SIGNS = ("fatigue", "bruising", "bleeding", "night_sweats", "cough", "lumps", "headache", "low_mood")


def runtime_on(records: Records, content: Content, site: Site, clock: Clock) -> Runtime:
    """What the handover and the desk work with, on a store of the test's own."""
    return Runtime(Settings.from_env({}), content, site, records, clock)


def add_cases(records: Records, n: int, seed: int) -> list[Case]:
    """Add `n` cases that wait, in one transaction; return them, in the order in which they were made.

    The same seed gives the same levels, channels, waits and words. From five on all levels are there, each about as
    often. The chats are short, their states plausible but not played: what they hold is for listing and opening, not
    for judging. Nothing is sent to anybody.
    """
    chance = random.Random(seed)
    with records.transaction() as store:
        clock = store.clock
        now = clock()
        levels = [LEVELS[place % len(LEVELS)] for place in range(n)]
        chance.shuffle(levels)
        try:
            made = [_add(store, level, now - timedelta(minutes=_wait(chance)), chance) for level in levels]
        finally:
            store.clock = clock
        return made


def _wait(chance: random.Random) -> int:
    """Minutes, short ones more often than long ones."""
    return int(LONGEST_WAIT * chance.random() ** 4)


def _add(store: Transaction, level: str, at: Any, chance: random.Random) -> Case:
    store.clock = lambda: at
    channel = chance.choice(CHANNELS)
    chat = store.create_conversation(channel, "en-GB").id
    words = chance.choice(_WORDS)
    signs = chance.sample(_SIGNS, chance.randint(0, 3))
    moment = at.isoformat(timespec="milliseconds")
    state = State(
        started_at=moment,
        last_at=moment,
        started=True,
        about=chance.choice(("self", "child", "adult")),
        findings={sign: Finding("present", change="new", words=words) for sign in signs},
        notes=(words,),
    )
    store.save_state(chat, state.to_json())
    store.append_messages(chat, _said(("bot", "person", "bot"), words, moment, chance))
    crisis = level == "emergency" and chance.randrange(CRISIS_OF) == 0
    return store.open_case(chat, words, level, chance.choice(("person", "red_flag")), crisis=crisis)


def _said(authors: Sequence[str], words: str, moment: str, chance: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{chance.getrandbits(64):016x}",
            "at": moment,
            "author": author,
            "utterance": None,
            "kind": "statement",
            "text": words if author == "person" else "What would you like to do?",
            "step": None,
            "choices": [],
            "multiple": False,
            "direction": None,
        }
        for author in authors
    ]
