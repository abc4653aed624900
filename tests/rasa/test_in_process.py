"""Actions in the server, and on a server of their own: the same answers, the same checks."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.utils.endpoints import EndpointConfig
from rasa_harness import ROOT, Bot, flag, sign, utterances

from bot.errors import StartError
from bot.server import in_process
from bot.server.in_process import InProcessEndpoint, ReviewedEndpoint

SERVER = """
import sys
from rasa_sdk.endpoint import create_app
create_app("actions").run("127.0.0.1", int(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def action_server() -> Iterator[str]:
    """The standard action server of rasa-sdk with our actions, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SIGNPOST_SITE": str(Path(__file__).parent / "data" / "site.yml"),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port)], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the action server ended"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the action server did not start")


def call(endpoint: EndpointConfig, action: str, slots: Any = None) -> dict[str, Any]:
    """One action, called as Rasa calls it."""
    tracker = {"sender_id": "person", "slots": slots or {}, "latest_message": {}, "events": [], "paused": False}
    body = {
        "next_action": action,
        "sender_id": "person",
        "tracker": {**tracker, "active_loop": {}, "latest_action_name": ""},
    }
    return asyncio.run(endpoint.request(json=body, method="post", timeout=10, compress=False))


def test_an_action_server_of_its_own_gives_the_same_chat(model: str, bot: Bot, action_server: str) -> None:
    """The standard action server works, and nothing in the chat tells which one it was."""
    there = Bot(model, action_server)
    for text, intent, entities in (
        ("hello", "greet", []),
        ("I have a cough", "inform", [sign("cough")]),
        ("my chest hurts", "inform", [flag("chest_pain")]),
    ):
        assert there.send(text, intent, entities) == bot.send(text, intent, entities)
    assert there.actions() == bot.actions()


def test_without_the_action_server_there_are_still_contacts(model: str) -> None:
    """An action server that is down is an outage that is said, with the numbers."""
    said = Bot(model, "http://127.0.0.1:9/webhook").send("hello", "greet")
    assert set(utterances(said)) == {"outage"} and said[0]["direction"]["contacts"]


def test_an_unknown_action_gives_the_contacts() -> None:
    """What goes wrong inside the executor is an outage too; the country that is known is used."""
    answer = call(InProcessEndpoint("actions"), "action_that_does_not_exist", {"checklist": {"country": "AU"}})
    assert answer["responses"] == [{"response": "utter_outage", "country": "AU"}]
    assert answer["events"] == [{"event": "slot", "name": "answer", "value": None}]


def test_actions_are_registered_once() -> None:
    """Rasa makes an action object for every turn; the executor behind them is the same."""
    assert InProcessEndpoint("actions")._executor is InProcessEndpoint("actions")._executor


def test_a_package_that_cannot_be_imported_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the package and the reason."""
    (tmp_path / "broken_actions.py").write_text("import no_such_library\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(StartError, match=r"broken_actions.*no_such_library"):
        InProcessEndpoint("broken_actions")


@pytest.mark.parametrize(
    ("url", "kind"), [("inproc:actions", InProcessEndpoint), ("http://127.0.0.1:5055/webhook", ReviewedEndpoint)]
)
def test_every_address_is_held_to_the_closed_set(bot: Bot, url: str, kind: type) -> None:
    """Whatever endpoints.yml says, Rasa's actions get our endpoint, with the options that were set."""
    endpoint = RemoteAction("any", EndpointConfig(url, token="secret", enable_selective_domain=True)).action_endpoint
    assert type(endpoint) is kind and endpoint.kwargs["enable_selective_domain"] is True


def test_an_endpoint_keeps_its_credentials() -> None:
    """Token and headers of an action server survive."""
    plain = EndpointConfig(
        "http://127.0.0.1:5055", headers={"a": "b"}, token="secret", token_name="key", cafile="ca.pem"
    )
    ours = in_process.reviewed_endpoint(plain)
    assert ours is not None and ours == plain and ours.cafile == "ca.pem"


def test_no_endpoint_stays_none() -> None:
    """`rasa test` runs no actions."""
    assert in_process.reviewed_endpoint(None) is None


def test_answers_are_still_validated(bot: Bot) -> None:
    """The validator compiled once refuses what Rasa's own refuses."""
    action = RemoteAction("any", None)
    assert action._validate_action_result({"events": [{"event": "slot", "name": "a", "value": 1}], "responses": []})
    with pytest.raises(Exception, match="not of type"):
        action._validate_action_result({"events": "none", "responses": []})


def test_event_types_are_found(bot: Bot) -> None:
    """The remembered look-up gives what the search gives, and still refuses unknown events."""
    assert Event.resolve_by_type("user").__name__ == "UserUttered"
    with pytest.raises(ValueError, match="no_such_event"):
        Event.resolve_by_type("no_such_event")


def test_the_domain_of_a_model_is_read_whole(bot: Bot) -> None:
    """Reading it without the schema loses nothing."""
    domain = bot.agent.domain
    assert domain.session_config.session_expiration_time == 0 and domain.session_config.carry_over_slots
    assert domain.form_names == ["checklist_form"] and "utter_outage" in domain.responses
    assert {slot.name for slot in domain.slots} >= {"checklist", "answer", "requested_slot"}
