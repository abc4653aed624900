"""The command line: `python -m bot <command>`. Every fault is one line on standard error, and never a traceback."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.errors import SignpostError

#: Exit codes: something is wrong; the command was used wrongly (argparse's own).
FAILED, USAGE = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    args = parser().parse_args(arguments)
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    try:
        return int(args.run(args) or 0)
    except SignpostError as error:
        for line in str(error).splitlines() or [type(error).__name__]:
            print(f"error: {line}", file=sys.stderr)
    except BrokenPipeError:
        # The reader of our output has gone (`... | head`); there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    except Exception as error:  # noqa: BLE001 - a fault of ours: its place, and no text that could hold a person's words
        from bot.server.logs import trace

        print(f"error: unexpected {trace(type(error), error.__traceback__)}. Please report this line.", file=sys.stderr)
    return FAILED


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; each sets `run`, a function from the arguments to the exit code."""
    from bot.content import cli as content_cli
    from bot.records import staff_cli
    from desk import accounts_cli

    root = argparse.ArgumentParser(prog="python -m bot", description="Signpost: a chat checklist of warning signs.")
    commands = root.add_subparsers(required=True, metavar="command")
    serve = commands.add_parser("serve", help="run the chat")
    serve.add_argument(
        "--production", action="store_true", help="refuse to start with anything that is only for trying out"
    )
    serve.add_argument("--port", type=_port, help="the port (PORT, else 5005)")
    serve.add_argument("--model", type=Path, help="a trained model, in place of the one for the present inputs")
    serve.set_defaults(run=_serve)
    train = commands.add_parser("train", help="train the model, if it is older than its inputs")
    train.add_argument("--force", action="store_true", help="train in any case")
    train.set_defaults(run=_train)
    parse = commands.add_parser("parse", help="what is understood of each line of standard input, as JSON lines")
    parse.add_argument("--model", type=Path, help="a trained model, in place of the one for the present inputs")
    parse.add_argument("--page", type=Path, help="write an HTML page that shows it in the texts, instead of JSON")
    parse.set_defaults(run=_parse)
    commands.add_parser("new-key", help="print a new key for SIGNPOST_KEYS").set_defaults(run=_new_key)
    content_cli.add_parsers(commands)
    accounts_cli.add_parsers(staff_cli.add_parsers(commands))
    for name, command in commands.choices.items():
        if name in ("staff", "purge", "rotate-keys", "verify-audit"):
            command.set_defaults(run=_records)
    return root


def _port(value: str) -> int:
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise argparse.ArgumentTypeError(f"{value!r} is not a port; use a number from 1 to 65535")
    return int(value)


def _serve(args: argparse.Namespace) -> int:
    from bot.server.serve import serve

    return serve(production=args.production, port=args.port, model_file=args.model)


def _train(args: argparse.Namespace) -> int:
    from bot import resources
    from bot.server import logs, model
    from bot.settings import Settings

    settings = Settings.from_env()
    resources.use(resources.read(settings))
    folder = settings.var / "models"
    if not args.force and not model.model_is_stale(folder):
        print(f"The model is up to date: {model.model_path(folder)}")
        return 0
    logs.configure(settings.log_level)
    print(f"Trained: {model.train(folder)}")
    return 0


def _parse(args: argparse.Namespace) -> int:
    from bot.server import parse

    return parse.show(args.page) if args.page else parse.run(args.model)


def _new_key(_args: argparse.Namespace) -> int:
    from bot.records.cipher import new_key

    print(new_key())
    return 0


def _records(args: argparse.Namespace) -> int:
    from bot.server import staff
    from bot.server.runtime import open_runtime
    from bot.settings import Settings

    runtime = open_runtime(Settings.from_env())
    out = io.StringIO()
    try:
        code = staff.run(args, runtime, out)
    finally:
        runtime.records.dispose()
    # The commands print their faults too; a fault belongs on standard error.
    for line in out.getvalue().splitlines():
        print(line, file=sys.stderr if line.startswith("error:") else sys.stdout)
    return code
