"""What stops a start: one clear line each on standard error, a non-zero exit code, and no traceback."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from tests.conftest import NewServer
from tests.support.server import ROOT, START, STOP, Server, bot, environment, free_port

pytestmark = pytest.mark.server


def refused(*arguments: str, env: Mapping[str, str], lines: int | None = 1, code: int = 1) -> list[str]:
    """Run a command that must fail; what it says."""
    done = bot(*arguments, env=env)
    assert done.returncode == code, done.stderr
    said = done.stderr.splitlines()
    assert "Traceback" not in done.stderr
    assert all(line.startswith("error: ") for line in said), done.stderr
    if lines is not None:
        assert len(said) == lines, done.stderr
    return said


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An empty folder for everything that is written."""
    return {"SIGNPOST_VAR": str(tmp_path / "var")}


def test_the_command_serves_and_stops_when_asked(env: dict[str, str], trained_model: Path) -> None:
    """As an operator begins and ends it: one line when it is ready, nothing on standard error, exit code 0."""
    port = free_port()
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port), "--model", str(trained_model)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        watch = threading.Timer(START, process.kill)
        watch.start()
        try:
            assert process.stdout
            assert process.stdout.readline() == f"Signpost is ready: http://127.0.0.1:{port}/demo\n"
            answer = httpx.post(
                f"http://127.0.0.1:{port}/webhooks/widget/session", json={}, timeout=30, trust_env=False
            )
            assert answer.status_code == 201
            process.terminate()
            _, errors = process.communicate(timeout=STOP)
        finally:
            watch.cancel()
            process.kill()
    assert process.returncode == 0
    assert errors == ""


# files --------------------------------------------------------------------------------------------------------------


def test_a_port_in_use(env: dict[str, str]) -> None:
    """The line names the port and what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        (line,) = refused("serve", "--port", str(port), env=env)
    assert str(port) in line
    assert "--port" in line


def test_unreadable_content(env: dict[str, str], tmp_path: Path) -> None:
    """The line names file and place."""
    content = Path(shutil.copytree(ROOT / "content", tmp_path / "content"))
    (content / "phrases.yml").write_text("phrases: [\n", encoding="utf-8")
    (line,) = refused("serve", env={**env, "SIGNPOST_CONTENT": str(content)})
    assert "phrases.yml" in line


def test_missing_content(env: dict[str, str], tmp_path: Path) -> None:
    """The line names the variable."""
    (line,) = refused("serve", env={**env, "SIGNPOST_CONTENT": str(tmp_path / "nowhere")})
    assert "SIGNPOST_CONTENT" in line


@pytest.mark.parametrize(
    "text", [None, "name: [", "nonsense: 1\nname: x\ncountries: [GB]\n", "name: x\ncountries: []\n"]
)
def test_a_site_that_cannot_be_used(env: dict[str, str], tmp_path: Path, text: str | None) -> None:
    """Missing, unreadable, unknown keys, no country: the line names the file."""
    site = tmp_path / "site.yml"
    if text is not None:
        site.write_text(text, encoding="utf-8")
    (line,) = refused("serve", env={**env, "SIGNPOST_SITE": str(site)})
    assert "site.yml" in line


def test_a_database_of_something_else(env: dict[str, str], tmp_path: Path) -> None:
    """A file that is no database."""
    file = tmp_path / "other.db"
    file.write_text("not a database, " * 100, encoding="utf-8")
    refused("serve", env={**env, "SIGNPOST_DATABASE_URL": f"sqlite:///{file}"})


def test_a_key_that_is_none(env: dict[str, str]) -> None:
    """The line gives the place of the key, and never the key."""
    (line,) = refused("serve", env={**env, "SIGNPOST_KEYS": "my-secret-key"})
    assert "my-secret-key" not in line


def test_faults_of_the_settings_come_together(env: dict[str, str]) -> None:
    """One start names all of them."""
    faults = {"PORT": "many", "LOG_LEVEL": "loud", "SIGNPOST_METRICS_KEY": "short-key", "SIGNPOST_SITE": "/nowhere.yml"}
    said = refused("serve", env=env | faults, lines=4)
    named = ("PORT", "LOG_LEVEL", "SIGNPOST_METRICS_KEY", "/nowhere.yml")
    assert [word for word in named if not any(word in line for line in said)] == []
    assert not any("short-key" in line for line in said)


def test_a_corrupt_model(env: dict[str, str], tmp_path: Path) -> None:
    """The process ends: no healthy-looking server without a bot."""
    model = tmp_path / "model.tar.gz"
    model.write_bytes(b"\x1f\x8b" + b"rubbish" * 1000)
    said = refused("serve", "--port", str(free_port()), "--model", str(model), env=env)
    assert "model" in said[0]


def test_a_model_that_is_not_there(env: dict[str, str], tmp_path: Path) -> None:
    """A path that leads nowhere."""
    (line,) = refused("serve", "--port", str(free_port()), "--model", str(tmp_path / "none.tar.gz"), env=env)
    assert "none.tar.gz" in line


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["serve", "--port", "x"], ["serve", "--port", "0"], ["staff"]])
def test_wrong_use(env: dict[str, str], arguments: list[str]) -> None:
    """Argparse's own code and usage line."""
    done = bot(*arguments, env=env)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")


# production ---------------------------------------------------------------------------------------------------------


def test_production_names_every_reason_in_one_list(env: dict[str, str], tmp_path: Path) -> None:
    """No key, a moved clock, no numbers, no reviewer, no review, no model: six lines from one start."""
    clock = tmp_path / "clock"
    clock.write_text("0")
    said = refused("serve", "--production", env={**env, "SIGNPOST_CLOCK_FILE": str(clock)}, lines=None)
    for reason in (
        "SIGNPOST_KEYS",
        "SIGNPOST_CLOCK_FILE",
        "numbers.day",
        "numbers.out_of_hours",
        "reviewer",
        "has signed",
        "python -m bot train",
    ):
        assert sum(reason in line for line in said) == 1, (reason, said)


@pytest.fixture
def ready_for_people(tmp_path: Path) -> dict[str, str]:
    """The environment of a site that is reviewed, has numbers and a key."""
    content = Path(shutil.copytree(ROOT / "content", tmp_path / "content"))
    for file in content.rglob("*.yml"):
        lines = [
            line
            for line in file.read_text(encoding="utf-8").splitlines()
            if not line.startswith(("reviewed:", "reviewer:", "review_by:"))
        ]
        signed = ["reviewed: true", "reviewer: Dr Test", "review_by: 2999-01-01"]
        file.write_text("\n".join([*signed, *lines]) + "\n", encoding="utf-8")
    site = tmp_path / "site.yml"
    site.write_text(
        "name: Clinic\ncountries: [GB]\ntime_zone: Europe/London\nreviewer: Dr Test\n"
        "numbers: {day: {name: Day unit, phone: 0100 000 000, all_day: true}}\n",
        encoding="utf-8",
    )
    key = bot("new-key").stdout.strip()
    return {
        "SIGNPOST_VAR": str(tmp_path / "var"),
        "SIGNPOST_CONTENT": str(content),
        "SIGNPOST_SITE": str(site),
        "SIGNPOST_KEYS": key,
    }


def test_production_needs_a_model_for_its_content(ready_for_people: dict[str, str]) -> None:
    """With all else in order, the one reason left is the model."""
    (line,) = refused("serve", "--production", env=ready_for_people)
    assert "python -m bot train" in line


def test_production_refuses_an_expired_review(ready_for_people: dict[str, str]) -> None:
    """A review date that has passed is a reason, with the file."""
    file = Path(ready_for_people["SIGNPOST_CONTENT"]) / "steps.yml"
    file.write_text(file.read_text().replace("review_by: 2999-01-01", "review_by: 2020-01-01"), encoding="utf-8")
    said = refused("serve", "--production", env=ready_for_people, lines=None)
    assert any("expired" in line and "steps.yml" in line for line in said)


def test_production_serves_when_all_is_in_order(ready_for_people: dict[str, str], tmp_path: Path) -> None:
    """Trained, reviewed, with numbers and a key: it serves, and the site's number stands in the direction."""
    assert bot("train", env=ready_for_people, limit=280).returncode == 0
    server = Server(tmp_path / "var", None, {**ready_for_people, "SIGNPOST_CLOCK_FILE": ""}, "--production")
    from tests.support.chat import Chat

    try:
        chat = Chat(server.start()).start()
        assert chat.answer["draft"] is False
        assert "draft_notice" not in chat.utterances
        assert "0100 000 000" in chat.say("who can I call").phones
    finally:
        server.close()


# other commands -----------------------------------------------------------------------------------------------------


def test_new_key_prints_a_key_that_works(env: dict[str, str]) -> None:
    """The key can be used at once."""
    done = bot("new-key", env=env)
    assert done.returncode == 0
    key = done.stdout.strip()
    assert bot("verify-audit", env={**env, "SIGNPOST_KEYS": key}).returncode == 0


def test_keys_rotate_and_a_lost_key_is_said_to_lose_the_text(new_server: NewServer) -> None:
    """Both keys: everything is written anew; then the new one alone reads it, and a third does not."""
    from tests.support.chat import Chat

    old, new, third = (bot("new-key").stdout.strip() for _ in range(3))
    server = new_server(env={"SIGNPOST_KEYS": old})
    chat = Chat(server).start().pick("start")
    before = chat.history()
    server.stop()
    var = {"SIGNPOST_VAR": str(server.var), "SIGNPOST_CLOCK_FILE": str(server.clock.file)}
    rotated = bot("rotate-keys", env={**var, "SIGNPOST_KEYS": f"{new},{old}"})
    assert rotated.returncode == 0, rotated.stderr
    (line,) = refused("verify-audit", env={**var, "SIGNPOST_KEYS": third})
    assert "lost" in line
    server.env["SIGNPOST_KEYS"] = new
    server.start()
    assert chat.history() == before


def test_parse_writes_one_object_a_line(env: dict[str, str], trained_model: Path) -> None:
    """Plain text and JSON lines, in the same order; every field of the contract."""
    lines = ["I feel very tired", '{"text": "he has no fever", "about": "child"}', "", "I can't stop the bleeding"]
    done = bot("parse", "--model", str(trained_model), env=env, input="\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [item["text"] for item in found] == ["I feel very tired", "he has no fever", "", "I can't stop the bleeding"]
    fields = {
        "text",
        "intent",
        "confidence",
        "topic",
        "mentions",
        "red_flags",
        "red_flag_mentions",
        "temperatures",
        "language",
    }
    assert all(fields <= item.keys() for item in found)
    assert found[0]["mentions"][0]["sign"] == "fatigue"
    assert found[3]["red_flags"] == ["uncontrolled_bleeding"]


def test_output_into_a_closed_pipe_is_no_fault(env: dict[str, str]) -> None:
    """`... | head` ends without a word on standard error."""
    import sys

    from tests.support.server import environment

    reader = f"{sys.executable} -m bot --help | head -1"
    done = subprocess.run(  # noqa: S602 - a pipe of our own making
        reader, shell=True, cwd=ROOT, env=environment(env), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
