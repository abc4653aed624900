"""The integrator's OpenAPI document against a real server: Schemathesis posts what it allows and what it does not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import NewServer
from tests.support.server import ROOT
from tests.support.wire.apps import WIRES
from tests.support.wire.listening import Providers

pytestmark = [pytest.mark.server, pytest.mark.long]

#: Made by `make schemathesis`: it needs newer packages than Rasa allows.
PROGRAM = ROOT / "var" / "schemathesis" / "bin" / "schemathesis"


def test_every_answer_is_as_the_document_says(new_server: NewServer, tmp_path: Path) -> None:
    """Status, content type and schema; bad requests refused, good ones taken; no 5xx; the same cases in each run."""
    assert PROGRAM.exists(), "run `make schemathesis` first"
    credentials = tmp_path / "credentials.yml"
    with Providers({"integrator": WIRES["integrator"]}) as providers:
        credentials.write_text(providers.credentials(), encoding="utf-8")
        env = providers.environment()
        server = new_server(env={"SIGNPOST_CREDENTIALS": str(credentials), **env})
        done = subprocess.run(
            [
                PROGRAM, "run", f"{server.url}/webhooks/integrator/openapi.json", "--url", server.url,
                "--checks", "all", "--max-examples", "100", "--generation-deterministic", "--workers", "1",
                "--no-color",
            ],
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "signing", "PYTHONPATH": str(Path(__file__).parent), **env},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in server.output()
