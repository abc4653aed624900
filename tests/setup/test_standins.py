"""The stand-ins: importable, subclassable, and clear when they refuse."""

import hashlib
import runpy
import subprocess
import sys
import zipfile
from importlib import import_module, metadata
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "deploy" / "standins"
REFUSAL = "needs the real TensorFlow"


@pytest.mark.parametrize("name", ["tensorflow", "tensorflow-text", "tensorflow-hub", "tensorflow-io-gcs-filesystem"])
def test_what_is_installed_says_that_it_is_a_standin(name):
    """The version label tells it from the real package at a glance."""
    assert metadata.version(name).endswith("+standin")


@pytest.mark.parametrize(
    ("module", "call"),
    [
        ("tensorflow", "constant"),
        ("tensorflow", "Tensor"),
        ("tensorflow.keras", "Model"),
        ("tensorflow.keras.layers", "Dense"),
        ("tensorflow.python.eager.wrap_function", "VariableHolder"),
        ("tensorflow.types.experimental", "GenericFunction"),
        ("keras", "Sequential"),
        ("keras.utils.control_flow_util", "smart_cond"),
        ("tensorflow_text", "BertTokenizer"),
        ("tensorflow_hub", "load"),
        ("tensorflow_io_gcs_filesystem", "plugin"),
    ],
)
def test_a_call_is_refused_with_a_clear_sentence(module, call):
    """Whatever would need TensorFlow names itself and the file that says what to do."""
    with pytest.raises(RuntimeError, match=REFUSAL) as refusal:
        getattr(import_module(module), call)(1, shape=2)
    assert str(refusal.value).startswith(f"{module}.{call} ")
    assert "deploy/standins/README.md" in str(refusal.value)


def test_nested_names_are_refused_too():
    """A name reached through attributes refuses like one that was imported."""
    import tensorflow as tf

    with pytest.raises(RuntimeError, match=r"^tensorflow\.data\.Dataset\.from_tensors needs"):
        tf.data.Dataset.from_tensors([1])


def test_a_subclass_can_be_made_but_not_called():
    """Rasa's models inherit at import; only making one needs TensorFlow."""
    import tensorflow as tf

    class Model(tf.keras.Model):
        size = 3

    assert Model.size == 3
    assert not isinstance(Model.size, tf.Tensor)
    with pytest.raises(RuntimeError, match=REFUSAL):
        Model()


def test_decorators_hand_back_what_they_got():
    """Rasa decorates functions while its modules load, with and without options."""
    import tensorflow as tf

    def double(number):
        return 2 * number

    assert tf.function(double) is double
    assert tf.function(jit_compile=True)(double) is double
    assert tf.keras.utils.register_keras_serializable()(double) is double


def test_rasa_says_why_a_tensorflow_component_fails():
    """DIET, taken into the pipeline by mistake, stops with the same sentence."""
    from rasa.nlu.classifiers.diet_classifier import DIET

    with pytest.raises(RuntimeError, match=REFUSAL):
        DIET({}, {}, False, {})


def test_the_same_sources_give_the_same_wheels(tmp_path):
    """Building twice gives equal bytes, whole archives, and nothing but the listed files."""
    for folder in ("one", "two"):
        subprocess.run([sys.executable, str(SOURCES / "build.py"), str(tmp_path / folder)], check=True)
    first, second = sorted((tmp_path / "one").iterdir()), sorted((tmp_path / "two").iterdir())
    assert [path.name for path in first] == [path.name for path in second]
    assert [digest(path) for path in first] == [digest(path) for path in second]
    assert len(first) == len(runpy.run_path(str(SOURCES / "build.py"))["VERSIONS"])
    for wheel in first:
        with zipfile.ZipFile(wheel) as archive:
            assert archive.testzip() is None
            record = next(name for name in archive.namelist() if name.endswith("/RECORD"))
            listed = {line.partition(",")[0] for line in archive.read(record).decode().splitlines()}
            assert listed == set(archive.namelist())


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
