"""The reading of the code that finds the utterances it names."""

from __future__ import annotations

from pathlib import Path

from bot.content.usage import mentioned, named

CODE = '''
def talk(draft, flag, found):
    """Docstring words are not ids."""
    draft.tell("greet")
    for name in ("one", "two"):
        draft.tell(f"noted_{name}")
    utterance = "flag_again" if flag else "flag_heard"
    draft.tell(utterance)
    draft.tell({"a": "temp_high"}.get(flag, "temp_other"))
    draft.tell(f"topic_{flag}")
    other("not_said")
'''


def tree(tmp_path: Path) -> Path:
    """A checkout with one module of the core."""
    (tmp_path / "bot" / "clinical").mkdir(parents=True)
    (tmp_path / "bot" / "content").mkdir()
    (tmp_path / "bot" / "content" / "render.py").write_text("", encoding="utf-8")
    (tmp_path / "bot" / "clinical" / "talk.py").write_text(CODE, encoding="utf-8")
    return tmp_path


def test_named_utterances(tmp_path: Path) -> None:
    """Literals, branches, loops over words and f-strings are read; a dictionary gives its values, not its keys."""
    found = {name.pattern for name in named(tree(tmp_path))}
    assert found == {
        "greet",
        "noted_one",
        "noted_two",
        "flag_again",
        "flag_heard",
        "temp_high",
        "temp_other",
        "topic_.+",
    }


def test_place_is_given(tmp_path: Path) -> None:
    """A missing utterance can be reported with file and line."""
    greet = next(name for name in named(tree(tmp_path)) if name.pattern == "greet")
    assert (greet.file, greet.line) == ("bot/clinical/talk.py", 4)


def test_mentioned(tmp_path: Path) -> None:
    """Any string counts as a use, a docstring does not."""
    said = mentioned(tree(tmp_path), ("bot",))
    assert said.fullmatch("not_said")
    assert said.fullmatch("topic_anything")
    assert not said.fullmatch("words")


def test_the_core_is_read() -> None:
    """The real core names more than a hundred utterances, among them those of an outage of help."""
    patterns = {name.pattern for name in named()}
    assert len(patterns) > 100
    assert {"welcome_emergency", "flag_heard", "crisis_heard", "not_english"} <= patterns
