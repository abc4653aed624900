"""What an author reads when a file cannot be loaded: the file, the place in it, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content.loader import content_version, load_content
from bot.errors import ContentError

Swap = Callable[[str, str, str], Path]


def message_of(root: Path) -> str:
    """The message of the error that loading raises."""
    with pytest.raises(ContentError) as caught:
        load_content(root)
    return str(caught.value)


def test_real_content_loads(copy: Path) -> None:
    """The content of the checkout loads, and its version is a hash of its bytes."""
    content = load_content(copy)
    assert content.version == content_version(copy)
    assert len(content.version) == 12


def test_missing_folder(tmp_path: Path) -> None:
    """A folder that does not exist is named, with the variable to set."""
    assert "SIGNPOST_CONTENT" in message_of(tmp_path / "nowhere")


def test_missing_file(copy: Path) -> None:
    """A missing file is named, and restoring it is the mend."""
    (copy / "urgency.yml").unlink()
    assert "urgency.yml: is missing. Restore it" in message_of(copy)


def test_bad_yaml_gives_the_line(copy: Path) -> None:
    """Unreadable YAML is reported with file and line."""
    path = copy / "signs" / "fever.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[3] = "sign: [unclosed"
    path.write_text("\n".join(lines), encoding="utf-8")
    message = message_of(copy)
    assert message.startswith("signs/fever.yml:")
    assert " line " in message
    assert "Mend" in message


def test_not_utf8(copy: Path) -> None:
    """A file in another encoding is reported, not guessed at."""
    (copy / "signs" / "fever.yml").write_bytes(b"sign: {id: f\xe9ver}")
    assert "signs/fever.yml" in message_of(copy)
    assert "not UTF-8" in message_of(copy)


def test_id_twice(copy: Path) -> None:
    """Two files with the same id are both named."""
    text = (copy / "signs" / "fever.yml").read_text(encoding="utf-8")
    (copy / "signs" / "other.yml").write_text(text, encoding="utf-8")
    message = message_of(copy)
    assert "`fever`" in message
    assert "signs/fever.yml" in message
    assert "signs/other.yml" in message
    assert "Keep one" in message


def test_unknown_key(swap: Swap) -> None:
    """A key that the model does not have is an error with its place, not a silent omission."""
    message = message_of(swap("signs/fever.yml", "  page: body\n", "  page: body\n  pgae: blood\n"))
    assert "signs/fever.yml: sign.pgae" in message
    assert "schema.py" in message


def test_unknown_top_key(swap: Swap) -> None:
    """A second payload in a file is refused."""
    message = message_of(swap("signs/fever.yml", "sign:\n", "extra: 1\nsign:\n"))
    assert "signs/fever.yml: expected the one key `sign`" in message


def test_signed_without_reviewer(swap: Swap) -> None:
    """`reviewed: true` without a name is refused: nobody signs by accident."""
    message = message_of(swap("signs/fever.yml", "reviewed: false", "reviewed: true"))
    assert "signs/fever.yml: reviewed" in message
    assert "reviewer" in message


def test_missing_voice(copy: Path) -> None:
    """A text with three voices is refused, and the missing one is named."""
    path = copy / "signs" / "fever.yml"
    text = path.read_text(encoding="utf-8")
    start = text.index("    parent:")
    end = text.index("    plain:")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    assert "signs/fever.yml: sign.question.parent" in message_of(copy)


def test_utterance_twice(swap: Swap) -> None:
    """A phrase that takes the id of another utterance is refused, naming both places."""
    message = message_of(swap("phrases.yml", "  welcome_what:", "  sign_fever_label: {text: x}\n  welcome_what:"))
    assert "phrases.yml: phrases.sign_fever_label" in message
    assert "signs/fever.yml" in message


def test_all_faults_at_once(swap: Swap, copy: Path) -> None:
    """Faults in two files are reported together, one a line."""
    (copy / "contacts.yml").unlink()
    message = message_of(swap("signs/fever.yml", "  page: body", "  page: nowhere"))
    assert len(message.splitlines()) >= 2
    assert "contacts.yml" in message
    assert "signs/fever.yml: sign.page" in message


def test_a_place_that_is_not_on_the_outline(swap: Swap) -> None:
    """It is named, and where the list of places stands."""
    message = message_of(swap("signs/lumps.yml", "places: [neck]", "places: [nape]"))
    assert "signs/lumps.yml: sign.detail.options" in message and "nape" in message and "schema.py" in message


def test_places_without_the_outline(swap: Swap) -> None:
    """Places of a line say nothing where nobody can point."""
    assert "need `where: body`" in message_of(swap("signs/lumps.yml", "    where: body\n", ""))
