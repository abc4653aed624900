"""Which part may know which: the core outlives the server, and wording stands in the content alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
#: Programs that speak to a person at a terminal, or write the answer on standard output.
SPEAKS = ("__main__.py", "cli.py", "serve.py")


def modules(*folders: str) -> list[Path]:
    """The Python files below these folders of the checkout."""
    found = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    assert found, folders
    return found


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it, with the names taken from it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute, so that they can be checked"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def forbidden(file: Path, *packages: str) -> list[str]:
    """The imports of a file that are of these packages."""
    return [name for name in imports(file) if any(name == p or name.startswith(f"{p}.") for p in packages)]


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


OUTSIDE = ("rasa", "rasa_sdk", "sanic", "sqlalchemy", "alembic", "spacy", "requests", "httpx")
OF_THE_SERVER = ("bot.records", "bot.channels", "bot.server", "bot.policies", "bot.nlu", "bot.importers", "bot.exports")


@pytest.mark.parametrize("file", modules("bot/clinical"), ids=named)
def test_the_core_knows_neither_server_nor_database_nor_language(file: Path) -> None:
    """What matters must outlive Rasa; the words are understood elsewhere."""
    assert forbidden(file, *OUTSIDE, *OF_THE_SERVER, "bot.nlp", "bot.nlg", "actions") == []


@pytest.mark.parametrize("file", modules("bot/clinical"), ids=named)
def test_the_core_reads_no_clock_and_no_environment(file: Path) -> None:
    """Time and settings are handed to it."""
    assert forbidden(file, "os", "time", "random", "secrets", "bot.clock", "bot.settings", "bot.resources") == []
    calls = [n for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Attribute)]
    assert not [
        n.attr for n in calls if n.attr in ("now", "utcnow", "today") and ast.unparse(n.value) in ("datetime", "date")
    ]


@pytest.mark.parametrize("file", modules("bot/content"), ids=named)
def test_the_content_knows_neither_server_nor_database(file: Path) -> None:
    """A clinician checks and reads it without a server."""
    assert forbidden(file, "rasa", "rasa_sdk", "sanic", "sqlalchemy", *OF_THE_SERVER) == []


@pytest.mark.parametrize("file", modules("bot/nlp"), ids=named)
def test_the_understanding_knows_no_rasa(file: Path) -> None:
    """Rasa's components stand around it, in `bot.nlu`."""
    assert forbidden(file, "rasa", "rasa_sdk", "sanic", "sqlalchemy", *OF_THE_SERVER) == []


@pytest.mark.parametrize("file", modules("actions"), ids=named)
def test_actions_import_nothing_of_the_server(file: Path) -> None:
    """They can run in an action server of their own."""
    assert forbidden(file, "rasa", "sanic", "sqlalchemy", *OF_THE_SERVER) == []


#: What decides at the desk. What adapts stands beside it, and knows the records.
PURE = ("overdue", "passwords", "roles", "throttle", "totp")


@pytest.mark.parametrize("file", [ROOT / "desk" / f"{name}.py" for name in PURE], ids=named)
def test_what_decides_at_the_desk_knows_neither_server_nor_database(file: Path) -> None:
    """Who may do what, and what is late, is told by tables and by times that are handed in."""
    assert forbidden(file, *OUTSIDE, *OF_THE_SERVER, "bot.clock", "bot.settings", "bot.resources") == []
    assert not [n for n in imports(file) if n.startswith("desk.")]


@pytest.mark.parametrize("file", modules("bot"), ids=named)
def test_the_desk_stands_above_the_bot(file: Path) -> None:
    """The chat runs without a desk; only the server, which puts everything together, knows of it."""
    if "bot/server" not in named(file):
        assert forbidden(file, "desk") == []


#: The parts of the desk that go from values to values; its pages stand around them.
DESK = [
    ROOT / "desk" / f"{name}.py"
    for name in ("counts", "exports", "fields", "handshake", "hours", "plots", "sheet", "snippets", "why", "words")
]


@pytest.mark.parametrize("file", DESK, ids=named)
def test_the_decisions_of_the_desk_know_neither_server_nor_database(file: Path) -> None:
    """Nor a clock: the present moment is handed to them. What they write, they write by the summary's own exports."""
    server = [package for package in OF_THE_SERVER if package != "bot.exports"]
    assert forbidden(file, *OUTSIDE, *server, "os", "time", "random", "bot.clock", "bot.settings", "actions") == []
    calls = [n for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Attribute)]
    assert not [n.attr for n in calls if n.attr in ("utcnow", "today", "now") and ast.unparse(n.value) == "datetime"]


def test_the_domain_has_no_wording() -> None:
    """Responses come from the content, through the importer; the domain has none, nor buttons or texts."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert not domain.get("responses")

    def keys(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield str(key)
                yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    assert not {"text", "buttons", "title", "custom", "image"} & set(keys(domain))


@pytest.mark.parametrize(
    "file", [f for f in modules("bot", "actions", "desk") if not f.name.endswith(SPEAKS)], ids=named
)
def test_nothing_is_printed_outside_the_command_line(file: Path) -> None:
    """Logs have no message text; a print would."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    assert [n.lineno for n in nodes if isinstance(n, ast.Call) and ast.unparse(n.func) in ("print", "pprint")] == []


def test_the_rules_here_can_fail(tmp_path: Path) -> None:
    """An import hidden in a function, or under another name, is seen."""
    file = tmp_path / "bad.py"
    file.write_text("def f():\n    from bot.records import store as s\n    import rasa.core as c\n", encoding="utf-8")
    assert forbidden(file, "bot.records", "rasa") == ["bot.records.store", "rasa.core"]
    assert forbidden(file, "bot.rec", "ras") == []
