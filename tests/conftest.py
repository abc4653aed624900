"""Shared by all tests: a trained model, a real server, and a person's chat with it (see `tests.support.chat`)."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.chat import Chat
from tests.support.server import ROOT, Server, bot

NewServer = Callable[..., Server]

# How fast a machine is that does other things too says nothing about what is tested. All else is as it was, also in CI.
settings.register_profile("unhurried", settings(deadline=None, suppress_health_check=[HealthCheck.too_slow]))
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def trained_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model for the present inputs: that of `var/models` when it fits, else trained there once, for all workers."""
    from bot.server import model

    models = ROOT / "var" / "models"
    models.mkdir(parents=True, exist_ok=True)
    with (models / ".tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for _ in range(2):  # twice, in case somebody edits an input while the model is trained
            if model.model_is_stale(models):
                done = bot("train", env={"SIGNPOST_VAR": str(ROOT / "var")}, limit=280)
                assert done.returncode == 0, done.stderr
        # A copy: a later training, by whomever, takes old models away.
        return Path(shutil.copy(model.model_path(models), tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="session")
def server(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One running server for all tests of this process. Do not stop it or move its clock: `new_server` is for that."""
    started = Server(tmp_path_factory.mktemp("server"), trained_model).start()
    yield started
    started.close()


@pytest.fixture
def chat(server: Server) -> Chat:
    """A fresh conversation on the shared server."""
    return Chat(server).start()


@pytest.fixture
def new_server(trained_model: Path, tmp_path: Path) -> Iterator[NewServer]:
    """Starts servers of this test alone: `new_server()`, `new_server(env={...})`; they are stopped at its end.

    `start=False` prepares one that `start()` starts later.
    """
    made: list[Server] = []

    def make(*arguments: str, start: bool = True, **options: Any) -> Server:
        made.append(Server(tmp_path / f"server-{len(made)}", trained_model, options.get("env"), *arguments))
        return made[-1].start() if start else made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def own_chat(new_server: NewServer) -> Chat:
    """A fresh conversation on a server of its own, which may be killed, restarted, and moved in time."""
    return Chat(new_server()).start()
