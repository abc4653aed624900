"""The trained model: whether it fits its inputs, and training that never leaves half a model behind.

The name of a model file holds a hash of all that it was trained from, so that a fitting model is one that is there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bot.errors import ContentError, StartError

ROOT = Path(__file__).resolve().parents[2]
#: Files and folders, relative to the checkout, that a model depends on. Code counts too: Rasa's own cache looks at the
#: source of a component's class only, and takes a component for unchanged when a module that it uses was changed.
INPUTS = (
    "config.yml",
    "domain.yml",
    "data",
    "bot/content",
    "bot/importers",
    "bot/nlp",
    "bot/nlu",
    "bot/policies",
)
#: Libraries whose code decides what stands in a model.
LIBRARIES = ("rasa",)
SUFFIXES = {".py", ".yml", ".yaml", ".json", ".txt", ".tsv", ".csv"}


def model_path(model_dir: Path) -> Path:
    """Where the model for the present inputs is, or will be."""
    return model_dir / f"signpost-{inputs_hash()}.tar.gz"


def model_is_stale(model_dir: Path) -> bool:
    """Whether the folder holds no model for the present inputs."""
    return not model_path(model_dir).is_file()


def inputs_hash() -> str:
    """Twelve hex digits over the names and bytes of every input, and the versions of the libraries."""
    digest = hashlib.sha256()
    for library in LIBRARIES:
        digest.update(f"{library}=={version(library)}\0".encode())
    for name, file in _input_files():
        digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _input_files() -> Iterator[tuple[str, Path]]:
    content = Path(os.environ.get("SIGNPOST_CONTENT") or ROOT / "content")
    for name, place in [*((name, ROOT / name) for name in INPUTS), ("content", content)]:
        files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.suffix in SUFFIXES)
        for file in files:
            yield f"{name}/{file.relative_to(place).as_posix()}", file


def train(model_dir: Path) -> Path:
    """Train a model for the present inputs and return its path. The old one stays until the new one is whole.

    Raises:
        StartError: training failed.
        ContentError: the content cannot be read.
    """
    # Rasa is slow to import; asking whether a model is stale must not wait for it.
    import rasa.model_training

    target = model_path(model_dir)
    model_dir.mkdir(parents=True, exist_ok=True)
    # Beside its target, so that the last step is a rename within one file system.
    with tempfile.TemporaryDirectory(dir=model_dir, prefix=".training-") as folder:
        try:
            # Rasa draws its progress on standard output, where `parse` writes its answers.
            with contextlib.redirect_stdout(sys.stderr):
                result = rasa.model_training.train(
                    domain=str(ROOT / "domain.yml"),
                    config=str(ROOT / "config.yml"),
                    training_files=[str(ROOT / "data")],
                    output=folder,
                    force_training=True,
                    fixed_model_name="model",
                )
        except ContentError:
            raise
        except (Exception, SystemExit) as error:  # Rasa's training errors have no common root
            raise StartError(f"the model could not be trained: {type(error).__name__}: {error}") from error
        if result.code != 0 or not result.model:
            raise StartError("the model could not be trained; run `rasa data validate` to see why")
        Path(result.model).replace(target)
    for old in model_dir.glob("signpost-*.tar.gz"):
        if old != target:
            old.unlink(missing_ok=True)
    return target
