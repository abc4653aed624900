"""What is configured is what runs, or nothing runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa_harness import ROOT, Bot

from bot import resources
from bot.errors import StartError
from bot.server.guards import check_configured_names, check_loaded

DATA = Path(__file__).parent / "data"
FILES = {name: ROOT / f"{name}.yml" for name in ("config", "endpoints", "credentials")}


def changed(folder: Path, name: str, change: Any) -> dict[str, Path]:
    """The three files, one of them changed."""
    data = yaml.safe_load(FILES[name].read_text()) or {}
    change(data)
    file = folder / f"{name}.yml"
    file.write_text(yaml.safe_dump(data))
    return {**FILES, name: file}


def test_the_projects_own_files_pass() -> None:
    """Every name in config, endpoints and credentials can be loaded."""
    check_configured_names()


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        (
            "config",
            lambda d: d["importers"][0].update(name="bot.importers.Missing"),
            "config.yml: importers: 'bot.importers.Missing'",
        ),
        (
            "config",
            lambda d: d["pipeline"].append({"name": "bot.nlu.missing.Part"}),
            "config.yml: pipeline: 'bot.nlu.missing.Part'",
        ),
        ("config", lambda d: d["pipeline"].append({"name": "NoSuchThing"}), "config.yml: pipeline: 'NoSuchThing'"),
        ("config", lambda d: d["policies"].append({"name": "bot.policies.Missing"}), "config.yml: policies"),
        ("config", lambda d: d.update(policies=[]), "config.yml: policies: is empty"),
        ("config", lambda d: d.pop("importers"), "config.yml: importers: is empty"),
        ("endpoints", lambda d: d["tracker_store"].update(type="bot.records.Missing"), "endpoints.yml: tracker_store"),
        ("endpoints", lambda d: d["nlg"].update(type="bot.nlg.Missing"), "endpoints.yml: nlg"),
        ("endpoints", lambda d: d.update(lock_store={"type": "bot.locks.Lock"}), "endpoints.yml: lock_store"),
        ("endpoints", lambda d: d.update(event_broker={"type": "bot.Missing"}), "endpoints.yml: event_broker"),
        ("endpoints", lambda d: d.pop("action_endpoint"), "endpoints.yml: action_endpoint: is missing"),
        ("endpoints", lambda d: d["action_endpoint"].update(url="inproc:no_such_actions"), "no_such_actions"),
        ("credentials", lambda d: d.update({"bot.channels.Missing": {}}), "credentials.yml: 'bot.channels.Missing'"),
    ],
)
def test_a_name_that_cannot_be_loaded_stops_the_start(tmp_path: Path, file: str, change: Any, said: str) -> None:
    """Each of these Rasa would pass over with a warning; here file and name are said."""
    with pytest.raises(StartError) as error:
        check_configured_names(**changed(tmp_path, file, change))
    assert said in str(error.value)


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    """One line each."""
    files = changed(tmp_path, "config", lambda d: d["policies"].append({"name": "bot.policies.Missing"}))
    files |= {
        "credentials": changed(tmp_path, "credentials", lambda d: d.update({"bot.channels.Missing": {}}))["credentials"]
    }
    with pytest.raises(StartError) as error:
        check_configured_names(**files)
    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize("text", [None, "a: [", "- a list\n", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: Any) -> None:
    """Missing, broken, of the wrong shape, or no text: the file is named, and there is no traceback."""
    file = tmp_path / "endpoints.yml"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StartError, match=r"endpoints\.yml"):
        check_configured_names(**{**FILES, "endpoints": file})


@pytest.fixture
def running(bot: Bot, tmp_path: Path) -> tuple[Bot, dict[str, Path]]:
    """A bot that runs exactly what its files say."""
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text("nlg: {type: bot.nlg.reviewed_nlg.ReviewedNLG}\naction_endpoint: {url: 'inproc:actions'}\n")
    return bot, {"config": DATA / "config.yml", "endpoints": endpoints}


def test_a_bot_that_runs_as_configured_passes(running: tuple[Bot, dict[str, Path]]) -> None:
    """Nothing to complain of."""
    bot, files = running
    check_loaded(bot.agent, resources.resources().content, **files)


def test_a_model_without_a_configured_part_is_refused(running: tuple[Bot, dict[str, Path]], tmp_path: Path) -> None:
    """A pipeline or policy that config.yml names but the model does not hold."""
    bot, files = running
    config = tmp_path / "config.yml"
    config.write_text(files["config"].read_text() + "  - name: MemoizationPolicy\n")
    with pytest.raises(StartError, match="MemoizationPolicy"):
        check_loaded(bot.agent, resources.resources().content, **{**files, "config": config})


def test_a_model_of_other_content_is_refused(running: tuple[Bot, dict[str, Path]]) -> None:
    """The closed set of the model and that of the content are one."""
    bot, files = running
    content = resources.resources().content
    fewer = dict(list(content.utterances.items())[1:])
    with pytest.raises(StartError, match="other content"):
        check_loaded(bot.agent, replace(content, utterances=fewer), **files)


@pytest.mark.parametrize("part", ["model", "nlg", "tracker_store", "lock_store", "action_endpoint"])
def test_a_part_of_rasa_in_place_of_ours_is_refused(
    running: tuple[Bot, dict[str, Path]], monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Each part that Rasa falls back to is noticed."""
    bot, files = running
    fallback = {
        "model": ("processor", None),
        "nlg": ("nlg", TemplatedNaturalLanguageGenerator({})),
        "tracker_store": ("tracker_store", FailSafeTrackerStore(InMemoryTrackerStore(bot.agent.domain))),
        "lock_store": ("lock_store", InMemoryLockStore()),
        "action_endpoint": ("action_endpoint", None),
    }[part]
    monkeypatch.setattr(bot.agent, *fallback)
    text = files["endpoints"].read_text()
    if part == "tracker_store":
        text += "tracker_store: {type: bot.records.tracker_store.SignpostTrackerStore}\n"
    if part == "lock_store":
        text += "lock_store: {type: rasa.core.lock_store.RedisLockStore}\n"
    files["endpoints"].write_text(text)
    with pytest.raises(StartError, match=part):
        check_loaded(bot.agent, resources.resources().content, **files)
