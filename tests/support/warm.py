"""Programs of ours begun from a process that has imported them already.

Python's own fork server imports what `python -m bot` imports, once for each worker of the tests, and forks from there.
A start takes 2 seconds in place of 10. What runs is the same code with the same arguments, environment, files and
signals; tests/server/test_start.py begins it as an operator does.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["bot.server.app", "bot.server.serve", "bot.server.cli", "bot.records.staff_cli"])


def begin(
    arguments: Sequence[str], env: Mapping[str, str], folder: Path, *, out: Path, err: Path, feed: Path | None = None
) -> BaseProcess:
    """Run `python -m bot` with these arguments in `folder`.

    Args:
        arguments: those after `python -m bot`.
        env: its whole environment.
        folder: where it works.
        out: what it prints is added to the end of this file.
        err: the same for standard error; it may be the same file.
        feed: what it reads on standard input; nothing by default.
    """
    files = (str(feed or os.devnull), str(out), str(err))
    process = _FORKS.Process(target=_run, args=(list(arguments), dict(env), str(folder), files), daemon=True)
    process.start()
    return process


def _run(arguments: list[str], env: dict[str, str], folder: str, files: tuple[str, str, str]) -> None:
    from bot.server.cli import main

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    for number, name in enumerate(files):
        how = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_APPEND | os.O_CREAT
        file = os.open(name, how, 0o644)
        os.dup2(file, number)
        os.close(file)
    # The fork server gives its children a closed standard input.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as open as the program runs
    sys.argv = ["bot", *arguments]
    # A kill must lose nothing that was printed.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, write_through=True)  # type: ignore[union-attr]
    raise SystemExit(main(arguments))
