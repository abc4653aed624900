"""Rasa's own commands in the checkout, as its users know them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa_harness import ROOT

from bot.server import model as models


def environment(folder: Path) -> dict[str, str]:
    """The variables of a fresh machine, with everything that is written in one folder."""
    return {
        **os.environ,
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "SIGNPOST_VAR": str(folder / "var"),
        "SIGNPOST_SITE": str(Path(__file__).parent / "data" / "site.yml"),
    }


def rasa(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    command = [sys.executable, "-m", "rasa", *arguments]
    variables = {**environment(folder), **more}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=280, check=False)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own model: the trained one, where it fits its inputs, else a new one."""
    built = Path(os.environ.get("SIGNPOST_VAR") or ROOT / "var") / "models"
    if not models.model_is_stale(built):
        return models.model_path(built)
    return models.train(tmp_path_factory.mktemp("models"))


def test_data_validate_is_clean(tmp_path: Path) -> None:
    """No error, and not one warning of Rasa's about our data."""
    done = rasa(tmp_path, "data", "validate", "--fail-on-warnings")
    assert done.returncode == 0, done.stderr
    assert "rasa/shared/utils/io.py" not in done.stdout + done.stderr
    assert "not used in any story" not in done.stdout + done.stderr


def test_the_conversations_of_rasa_test(tmp_path: Path, shipped: Path) -> None:
    """`rasa test core` on the stories beside the conversations: every action as written."""
    stories = str(ROOT / "tests" / "conversations" / "rasa")
    options = ("--model", str(shipped), "--out", str(tmp_path / "out"), "--no-plot")
    done = rasa(tmp_path, "test", "core", "--stories", stories, *options)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out" / "story_report.json").read_text())
    assert report["accuracy"] == 1.0 and report["action_interrupt"]["support"] >= 4


def test_rasa_test_notices_a_wrong_action(tmp_path: Path, shipped: Path) -> None:
    """The stories can fail: a red flag that would be left to the form is an error."""
    good = (ROOT / "tests" / "conversations" / "rasa" / "test_checklist.yml").read_text()
    (tmp_path / "test_wrong.yml").write_text(good.replace("action: action_interrupt", "action: checklist_form"))
    options = ("--model", str(shipped), "--out", str(tmp_path / "out"), "--no-plot", "--fail-on-prediction-errors")
    assert rasa(tmp_path, "test", "core", "--stories", str(tmp_path), *options).returncode != 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, shipped: Path) -> Iterator[str]:
    """`rasa run` with Rasa's own REST channel, on a free port of this machine."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "credentials.yml").write_text("rest:\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port)]
    command += ["--model", str(shipped), "--credentials", str(folder / "credentials.yml")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(folder), stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "rasa run ended"
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError("rasa run did not start")


def post(server: str, text: str, **more: Any) -> list[dict[str, Any]]:
    """One message to the REST channel; the message objects that come back."""
    body = json.dumps({"sender": "visitor", "message": text, **more}).encode()
    request = urllib.request.Request(f"{server}/webhooks/rest/webhook", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return [item["custom"] for item in json.load(answer) if "custom" in item]


@pytest.mark.server
def test_rasa_run_with_its_rest_channel(server: str) -> None:
    """`rasa run` gets the actions in its process, our wording and our store, without an option."""
    first = [message["utterance"] for message in post(server, "hello")]
    assert "welcome_what" in first and "step_welcome_question" in first
    assert "welcome_what" not in [message["utterance"] for message in post(server, "start")]


@pytest.mark.server
@pytest.mark.parametrize("payload", ["/restart", "/back", "/session_start", "/crisis", " /crisis", "/crisis@0.9"])
def test_typed_payloads_are_text(server: str, payload: str) -> None:
    """What looks like a command to Rasa neither wipes the chat nor makes an intent or an entity of itself."""
    sender = f"payload {payload}"
    post(server, "I have a bad cough", sender=sender)
    said = [message["utterance"] for message in post(server, payload, sender=sender)]
    assert said and "welcome_what" not in said
    assert not [utterance for utterance in said if utterance.startswith(("level_emergency", "level_crisis"))]


@pytest.mark.long
def test_training_gives_the_same_model_each_time(tmp_path: Path) -> None:
    """Two trainings in processes with different hash seeds understand alike, to the last digit."""
    texts = ["I feel scared", "what is remission", "can I take paracetamol", "yes", "mm hm"]
    program = (
        "import asyncio, json, sys; from pathlib import Path; from bot.server.model import train;"
        "from rasa.core.agent import Agent; agent = Agent.load(train(Path(sys.argv[1])));"
        "print(json.dumps([asyncio.run(agent.parse_message(t))['intent_ranking'] for t in json.loads(sys.argv[2])]))"
    )
    found = []
    for seed in ("1", "2"):
        command = [sys.executable, "-c", program, str(tmp_path / seed), json.dumps(texts)]
        variables = {**environment(tmp_path), "PYTHONHASHSEED": seed}
        done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=280, check=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    assert found[0] == found[1]
