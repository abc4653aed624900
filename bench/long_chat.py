"""What one message costs as a chat grows: milliseconds by turn, with our tracker store and with Rasa's own in memory.

    .venv/bin/python -m bench.long_chat [--turns 300]

A model is trained first when `var/models` holds none for the present inputs. The rest happens in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from pathlib import Path

import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.utils.endpoints import EndpointConfig

from bot.clock import system_clock
from bot.records import Cipher, Records
from bot.records.cipher import new_key
from bot.records.tracker_store import SignpostTrackerStore
from bot.server import model
from bot.settings import Settings

#: Said in turn: signs, small talk, a question, a fear, something unclear.
MESSAGES = (
    "I have been tired for two weeks",
    "thank you",
    "what does remission mean",
    "no fever",
    "I am scared it is back",
    "not sure",
    "why do you ask",
    "mm",
)
MARKS = (10, 50, 100, 200, 300)
#: Turns on each side of a mark that its median is taken over.
WINDOW = 5


def main() -> None:
    """Run both stores and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=MARKS[-1] + WINDOW)
    turns = parser.parse_args().turns
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.disable(logging.WARNING)
    models = Settings.from_env().var / "models"
    path = model.train(models) if model.model_is_stale(models) else model.model_path(models)
    print("turn".ljust(12) + "".join(f"{mark:>8}" for mark in MARKS if mark <= turns))
    with tempfile.TemporaryDirectory() as folder:
        records = Records.open(f"sqlite:///{folder}/bench.db", Cipher([new_key()]), system_clock, 30)
        for name, store in (
            ("our store", SignpostTrackerStore(records=records)),
            ("in memory", InMemoryTrackerStore(None)),
        ):
            print(name.ljust(12) + "".join(f"{value:8.1f}" for value in measure(path, store, turns)))
        records.dispose()


def measure(path: Path, store: TrackerStore, turns: int) -> list[float]:
    """Median milliseconds for a message around each mark."""
    agent = Agent.load(
        path,
        generator=EndpointConfig(type="bot.nlg.reviewed_nlg.ReviewedNLG"),
        tracker_store=store,
        action_endpoint=EndpointConfig("inproc:actions", enable_selective_domain=True),
    )
    times = asyncio.run(_talk(agent, turns))
    return [statistics.median(times[mark - WINDOW : mark + WINDOW]) for mark in MARKS if mark <= turns]


async def _talk(agent: Agent, turns: int) -> list[float]:
    times = []
    for turn in range(turns):
        message = UserMessage(MESSAGES[turn % len(MESSAGES)], CollectingOutputChannel(), "bench")
        start = time.perf_counter()
        answers = await agent.handle_message(message)
        times.append((time.perf_counter() - start) * 1000)
        if not answers:
            raise SystemExit(f"turn {turn} was not answered; the numbers would mean nothing")
    return times


if __name__ == "__main__":
    main()
