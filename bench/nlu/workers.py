"""Each system as a process of its own, with its own Python where it needs one, asked message by message in turn."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.nlu.paths import MADE, ROOT
from bench.nlu.said import Ask, Said, said

NAMES = ("ours", "starter", "medspacy", "word_list")
#: One thread each, whatever library does the arithmetic; and no byte code into other people's folders.
_SINGLE = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"),
    **dict.fromkeys(("TF_INTRA_OP_PARALLELISM_THREADS", "TF_INTER_OP_PARALLELISM_THREADS"), "1"),
}
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "PYTHONWARNINGS": "ignore",
}
_MODULES = {
    "ours": "bench.nlu.systems.ours",
    "starter": "bench.nlu.systems.starter",
    "medspacy": "bench.nlu.systems.medspacy_context",
    "word_list": "bench.nlu.systems.word_list",
}


def environment(name: str) -> Path:
    """The Python of a virtual environment below `var/bench`, made from its lock where it is missing or old."""
    folder, lock = MADE / name, ROOT / "bench" / f"requirements-{name}.lock"
    python, stamp = folder / "bin" / "python", folder / "made-from"
    wanted = hashlib.sha256(lock.read_bytes() + bytes(folder)).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return python
    print(f"Making the environment of {name}", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    found = subprocess.run([ROOT / "scripts" / "find_python.sh"], check=True, capture_output=True, text=True)
    subprocess.run([found.stdout.strip(), "-m", "venv", folder], check=True)
    by_uv: list[str | Path] = [ROOT / ".venv" / "bin" / "uv", "pip", "install", "--quiet", "--python", python]
    by_pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--no-input"]
    what: list[str | Path] = ["--require-hashes", "--requirement", lock]
    # as in set-up: uv is faster, and pip knows the settings of a site with a mirror
    if subprocess.run([*by_uv, *what], check=False).returncode:
        subprocess.run([*by_pip, *what], check=True)
    stamp.write_text(wanted, encoding="ascii")
    return python


def starter_model(python: Path, rows: int) -> tuple[Path, dict[str, Any]]:
    """The starter's model and a record of its training; trained only where its inputs are new."""
    from bench.nlu.starter_data import CONFIG, digest, draw, training_yaml

    drawn = draw(rows)
    lock = (ROOT / "bench" / "requirements-starter.lock").read_bytes()
    name = "starter-" + hashlib.sha256(lock + digest(drawn).encode()).hexdigest()[:16]
    folder = MADE / name
    record = folder / "record.json"
    if not record.is_file():
        data, counts = training_yaml(drawn)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "nlu.yml").write_text(data, encoding="utf-8")
        (folder / "config.yml").write_text(CONFIG, encoding="utf-8")
        print(f"Training the starter pipeline (minutes; log in {folder.name}/train.log)", file=sys.stderr, flush=True)
        began = time.monotonic()
        command: list[str | Path] = [
            python,
            "-m",
            "rasa",
            "train",
            "nlu",
            "--nlu",
            "nlu.yml",
            "--config",
            "config.yml",
            "--out",
            ".",
        ]
        with (folder / "train.log").open("w", encoding="utf-8") as log:
            subprocess.run(
                [*command, "--fixed-model-name", "model"],
                cwd=folder, env={**os.environ, **_QUIET}, stdout=log, stderr=log, check=True,
            )  # fmt: skip
        record.write_text(json.dumps({"seconds": round(time.monotonic() - began), **counts}), encoding="utf-8")
    known: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    return folder / "model.tar.gz", known


class Worker:
    """One system, running."""

    def __init__(self, name: str, python: Path, *arguments: str) -> None:
        """Start it and wait until it is ready.

        Raises:
            RuntimeError: it ended before that; what it wrote is in its log.
        """
        MADE.mkdir(parents=True, exist_ok=True)
        self.name = name
        self._log = MADE / f"{name}.log"
        with self._log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [python, "-m", _MODULES[name], *arguments], cwd=ROOT, env={**os.environ, **_QUIET, **_SINGLE},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8",
            )  # fmt: skip
        self._line()

    def ask(self, ask: Ask) -> Said:
        """Its answer to one message.

        Raises:
            RuntimeError: it ended instead.
        """
        if self._process.stdin is None:
            raise RuntimeError(f"{self.name}: closed")
        self._process.stdin.write(json.dumps(asdict(ask)) + "\n")
        self._process.stdin.flush()
        return said(self._line())

    def close(self) -> None:
        """Let it end."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(60)

    def _line(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self.name} ended:\n" + self._log.read_text(encoding="utf-8")[-2000:])
        return line


def start(names: Sequence[str], starter_rows: int) -> tuple[list[Worker], Mapping[str, Any]]:
    """The systems asked for, and the record of the starter's training."""
    workers: list[Worker] = []
    record: dict[str, Any] = {}
    for name in names:
        if name == "starter":
            python = environment("starter")
            model, record = starter_model(python, starter_rows)
            workers.append(Worker(name, python, str(model)))
        else:
            workers.append(Worker(name, environment(name) if name == "medspacy" else Path(sys.executable)))
    return workers, record


def interleaved(workers: Sequence[Worker], asks: Sequence[Ask]) -> dict[str, list[Said]]:
    """Every system's answers.

    Each message goes round all systems, another one first each time, so that what else the machine does meets them
    alike.
    """
    answers: dict[str, list[Said]] = {worker.name: [] for worker in workers}
    for number, ask in enumerate(asks):
        for turn in range(len(workers)):
            worker = workers[(number + turn) % len(workers)]
            answers[worker.name].append(worker.ask(ask))
        if number % 500 == 499:
            print(f"{number + 1} of {len(asks)} messages", file=sys.stderr, flush=True)
    return answers
