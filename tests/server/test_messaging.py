"""Messaging apps on a real server, each in the wire format of its provider, with all their APIs on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest

from tests.channels.test_refusals import guessed
from tests.conftest import NewServer
from tests.support.server import Server, bot, free_port
from tests.support.serving import SITE
from tests.support.wire.apps import WIRES
from tests.support.wire.base import Request
from tests.support.wire.listening import Providers
from tests.support.wire.messenger import Messenger

pytestmark = pytest.mark.server

PERSON, OTHER = 123, 124
MESSENGER = Messenger()
ASKED, FORGOTTEN = "Do you want me to delete what you told me here?", "What you told me here is now deleted"
BLEEDING = "my nose has been bleeding for an hour and will not stop"


@pytest.fixture
def providers() -> Iterator[Providers]:
    with Providers() as opened:
        yield opened


@pytest.fixture
def env(tmp_path: Path, providers: Providers) -> dict[str, str]:
    """All channels, with what they need, and a British service."""
    file, site = tmp_path / "credentials.yml", tmp_path / "site.yml"
    file.write_text(providers.credentials(), encoding="utf-8")
    site.write_text(SITE, encoding="utf-8")
    return {"SIGNPOST_CREDENTIALS": str(file), "SIGNPOST_SITE": str(site), **providers.environment()}


def now(server: Server) -> datetime:
    return datetime.now(timezone.utc) + timedelta(seconds=server.clock.seconds)


def post(server: Server, request: Request) -> httpx.Response:
    return server.http.post(request.path, content=request.body, headers=dict(request.headers))


#: Seconds in which nobody has read a question and answered it.
READ = 0.5


def write(server: Server, app: str, number: int, words: str, person: int = PERSON) -> Request:
    """Deliver a message, which is taken; the request."""
    # Whoever answers by number has read the question, and the server has noted by then that it arrived.
    time.sleep(READ)
    request = WIRES[app].text(person, words, number, now(server))
    answer = post(server, request)
    assert answer.status_code == 200, answer.text
    return request


@pytest.mark.long
def test_a_chat_in_each_app_over_a_restart(new_server: NewServer, env: dict[str, str], providers: Providers) -> None:
    """Greeted, asked, a red flag met, failing sends repeated, staff heard, taken messages answered after a kill."""
    server = new_server(env=env)
    for app in WIRES:
        wire = WIRES[app]
        first = write(server, app, 1, "hello")
        providers.wait(app, PERSON, "Start the checklist")
        # A repeat, and a forged one: neither is answered.
        assert post(server, wire.again(first, now(server) + timedelta(seconds=1))).status_code == 200
        assert post(server, guessed(wire, now(server))).status_code == 401
        write(server, app, 2, "1")
        providers.wait(app, PERSON, "right now")
        providers.faults += [lambda _, __, wire=wire: wire.broken(), lambda _, __, wire=wire: wire.busy()]
        write(server, app, 3, BLEEDING)
        providers.wait(app, PERSON, "It cannot wait")
        providers.wait(app, PERSON, "999")
        assert providers.count(app, PERSON, "Start the checklist") == 1, app
        # What nobody is to answer is taken, and makes no difference.
        for request in wire.others(PERSON, 4, now(server)).values():
            assert post(server, request).status_code == 200

    write(server, "integrator", 5, "hello", OTHER)
    providers.wait("integrator", OTHER, "Start the checklist")
    # Taken, and killed before it could be answered or while it was: the next process answers, once.
    write(server, "integrator", 8, "forget me", OTHER)
    server.kill()
    server.clock.advance(minutes=1)
    server.start()
    providers.wait("integrator", OTHER, ASKED)
    write(server, "integrator", 9, "1", OTHER)
    providers.wait("integrator", OTHER, FORGOTTEN)
    write(server, "integrator", 10, "good morning", OTHER)
    providers.wait("integrator", OTHER, "Hello. This is a checklist in a chat.", times=2)
    assert providers.count("integrator", OTHER, ASKED) == 1
    write(server, "integrator", 11, "I want to talk to a person", OTHER)
    providers.wait("integrator", OTHER, "note for the support team")
    case = server.staff("list").split()[0]
    server.staff("reply", case, "Hello, this is a nurse")
    providers.wait("integrator", OTHER, "Hello, this is a nurse")

    assert providers.broken_rules == []
    assert server.stop() == 0
    stored = b"".join(file.read_bytes() for file in server.var.glob("signpost.db*")) + server.log.read_bytes()
    names = {name for app in WIRES for person in (PERSON, OTHER) for name in WIRES[app].ids(person)}
    secrets = {value for name, value in env.items() if name.endswith(("TOKEN", "SECRET"))}
    assert not [word for word in {*names, *secrets, "nose"} if word.encode() in stored]


def test_buttons_files_and_what_is_logged(new_server: NewServer, env: dict[str, str], providers: Providers) -> None:
    """A start button greets, a press leads on, a summary comes as a file; the log at INFO has no word, id or token."""
    server = new_server(env={**env, "LOG_LEVEL": "INFO"})
    trial = MESSENGER.challenge("1158201444")
    assert server.http.get(trial.path).text == "1158201444"
    assert server.http.get(MESSENGER.challenge("1158201444", token="w" * 40).path).status_code == 403
    for app in ("telegram", "messenger", "slack", "whatsapp"):
        write(server, app, 1, "/start leaflet" if app == "telegram" else "hello")
        providers.wait(app, PERSON, "Start the checklist")
        label, data = next(button for sent in providers.sent if sent.app == app for button in sent.buttons)
        answer = post(server, WIRES[app].press(PERSON, data, label, 2, now(server)))
        assert answer.status_code == 200
        # Telegram turns the button until it is told that the press arrived.
        assert ("answerCallbackQuery" in answer.text) == (app == "telegram")
        providers.wait(app, PERSON, "right now")
        write(server, app, 3, "give me my summary please")
        providers.wait(app, PERSON, "It is not a diagnosis")
        write(server, app, 4, BLEEDING)
        providers.wait(app, PERSON, "This is an emergency")
        files = [sent.file for sent in providers.sent if sent.app == app and sent.file]
        assert files == ([] if app == "whatsapp" else ["signpost-summary.pdf"])
    assert providers.broken_rules == []
    assert server.stop() == 0
    log = server.log.read_text(encoding="utf-8")
    tokens = {value.rpartition(":")[2] for name, value in env.items() if name.endswith(("TOKEN", "SECRET"))}
    assert not [word for app in WIRES for word in (*WIRES[app].ids(PERSON), *tokens, "nose", "leaflet") if word in log]


@pytest.mark.parametrize("app", ["messenger", "slack"])
def test_a_channel_without_its_secret_stops_the_start(
    env: dict[str, str], tmp_path: Path, trained_model: Path, app: str
) -> None:
    """One line that names the variable; no server."""
    (missing, *_) = [name for name in WIRES[app].environment("") if name.endswith(("SECRET", "AUTH_TOKEN"))]
    without = {name: value for name, value in env.items() if name != missing}
    options = ["--port", str(free_port()), "--model", str(trained_model)]
    done = bot("serve", *options, env={**without, "SIGNPOST_VAR": str(tmp_path / "var")})
    assert done.returncode == 1
    assert missing in done.stderr
    assert "Traceback" not in done.stderr
