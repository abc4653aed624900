"""The model: stale or not, and never half there."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import rasa.model_training
from rasa.shared.exceptions import RasaException

from bot.errors import StartError
from bot.server import model


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of everything that a model depends on."""
    root = tmp_path / "project"
    for name in (*model.INPUTS, "content"):
        source = model.ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name)
        elif source.is_file():
            root.mkdir(exist_ok=True)
            shutil.copy(source, root / name)
    monkeypatch.setattr(model, "ROOT", root)
    monkeypatch.delenv("SIGNPOST_CONTENT", raising=False)
    return root


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Rasa's training, which writes a file; `fails` makes it fail after that."""
    how = SimpleNamespace(fails=None, code=0, calls=0)

    def train(output: str, fixed_model_name: str, **_: Any) -> Any:
        how.calls += 1
        file = Path(output) / f"{fixed_model_name}.tar.gz"
        file.write_bytes(b"a model")
        if how.fails:
            raise how.fails
        return SimpleNamespace(model=str(file), code=how.code)

    monkeypatch.setattr(rasa.model_training, "train", train)
    return how


def test_no_model_is_stale(project: Path, tmp_path: Path) -> None:
    """Neither a missing folder nor an empty one holds a model."""
    assert model.model_is_stale(tmp_path / "none") and model.model_is_stale(tmp_path)


def test_a_trained_model_is_not_stale(project: Path, tmp_path: Path, training: SimpleNamespace) -> None:
    """Until something changes, it is used as it is."""
    path = model.train(tmp_path / "models")
    assert path == model.model_path(tmp_path / "models") and path.read_bytes() == b"a model"
    assert not model.model_is_stale(tmp_path / "models")


@pytest.mark.parametrize(
    "changed",
    [
        "config.yml",
        "domain.yml",
        "data/rules/checklist.yml",
        "content/phrases.yml",
        "content/signs/cough.yml",
        "bot/content/loader.py",
        "bot/importers/content_importer.py",
        "bot/policies/safety_policy.py",
        "bot/nlp/lexicon.py",
        "bot/nlu/new_component.py",
        "data/nlu/new_examples.yml",
    ],
)
def test_any_change_makes_it_stale(project: Path, tmp_path: Path, training: SimpleNamespace, changed: str) -> None:
    """Also a change in a module that a component merely uses, which Rasa's own cache does not see."""
    model.train(tmp_path)
    file = project / changed
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((file.read_text() if file.exists() else "") + "\n# changed\n")
    assert model.model_is_stale(tmp_path)


def test_what_a_model_does_not_depend_on_leaves_it(project: Path, tmp_path: Path, training: SimpleNamespace) -> None:
    """Compiled files come and go."""
    model.train(tmp_path)
    cache = project / "bot" / "policies" / "__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "safety_policy.cpython-310.pyc").write_bytes(b"compiled")
    assert not model.model_is_stale(tmp_path)


def test_content_elsewhere_counts(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash is over the content that is used."""
    before = model.inputs_hash()
    shutil.copytree(project / "content", tmp_path / "elsewhere")
    monkeypatch.setenv("SIGNPOST_CONTENT", str(tmp_path / "elsewhere"))
    assert model.inputs_hash() == before
    (tmp_path / "elsewhere" / "phrases.yml").write_text("changed")
    assert model.inputs_hash() != before


@pytest.mark.parametrize("failure", [RasaException("no data"), SystemExit(1), None], ids=["error", "exit", "code"])
def test_failed_training_leaves_the_old_model(
    project: Path, tmp_path: Path, training: SimpleNamespace, failure: Any
) -> None:
    """There is an error in one line, and neither half a model nor a draft of one."""
    old = model.train(tmp_path)
    (project / "config.yml").write_text("changed")
    training.fails, training.code = failure, 1
    with pytest.raises(StartError, match="could not be trained"):
        model.train(tmp_path)
    assert [file.name for file in tmp_path.iterdir() if file != project] == [old.name]


def test_a_new_model_replaces_the_old_one(project: Path, tmp_path: Path, training: SimpleNamespace) -> None:
    """One model is kept: disk does not fill up with every change of a word."""
    model.train(tmp_path / "models")
    (project / "config.yml").write_text("changed")
    new = model.train(tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == [new]
