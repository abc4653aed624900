"""The set-up script: installs once, repairs what was cut off, and leaves what is not its own."""

import shutil
from pathlib import Path

import pytest

from tests.setup.programs import ROOT, World

# Plays Python, `python -m venv`, pip, and the uv that pip installs. Each installation goes into a log with the
# name of the installer; the one that the file `fail` names fails, as does uv where the file `uv-fails` lies.
ACTOR = """#!/usr/bin/env bash
note() {
    if [ -s fail ] && [[ "$*" == *"$(cat fail)" ]]; then exit 1; fi
    echo "$*" >>log
}
case "$(basename "$0") $*" in
    *version_info*) ;;
    *_base_executable*) echo "$0" ;;
    *" -m venv .venv") mkdir -p .venv/bin && touch .venv/pyvenv.cfg && cp "$0" .venv/bin/python ;;
    *deploy/standins/build.py*) mkdir -p "$2" && touch "$2/tensorflow.whl" ;;
    "python -m pip install "*)
        if [[ "$*" == *requirements-build.lock ]]; then cp "$0" .venv/bin/uv; fi
        note pip "$@" ;;
    "uv pip install "*)
        if [ -e uv-fails ]; then exit 2; fi
        note uv "$@" ;;
    "python -I -c import pip, rasa.version") ;;
    *) echo "unexpected: $0 $*" >&2 && exit 9 ;;
esac
"""


class Checkout:
    """A copy of what set-up reads, and a Python that only plays its part."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.world.add(self.world.programs / "python3.10", ACTOR)
        self.tree = folder / "tree"
        shutil.copytree(ROOT / "scripts", self.tree / "scripts")
        shutil.copytree(ROOT / "deploy" / "standins", self.tree / "deploy" / "standins")
        for lock in ROOT.glob("requirements*.lock"):
            (self.tree / lock.name).write_text(f"# {lock.name}\n")

    def set_up(self, goal: str = "run", *, fail_at: str = "") -> int:
        """Run the script; let the installation that ends with `fail_at` fail. Return its exit code."""
        (self.tree / "fail").write_text(fail_at)
        (self.tree / "log").write_text("")
        self.result = self.world.run(self.tree / "scripts" / "setup.sh", goal)
        return self.result.returncode

    @property
    def installed(self) -> list[str]:
        """What the last run installed, in order."""
        return [call.split()[-1] for call in self.calls]

    @property
    def calls(self) -> list[str]:
        """The last run's calls to an installer, whose name comes first."""
        return (self.tree / "log").read_text().splitlines()


WHEELS, BUILD, SOURCE, RUN, DEV = (
    ".venv/standins/tensorflow.whl",
    "requirements-build.lock",
    "requirements-source.lock",
    "requirements.lock",
    "requirements-dev.lock",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh checkout."""
    return Checkout(tmp_path)


def test_a_fresh_set_up_installs_in_order(checkout):
    """Stand-ins first, so that no real TensorFlow is wanted; then what builds, what is built, and the rest."""
    assert checkout.set_up() == 0, checkout.result.stderr
    assert checkout.installed == [WHEELS, BUILD, SOURCE, RUN]


def test_everything_from_an_index_is_installed_by_hash(checkout):
    """No installation takes a lock without checking its hashes, and none resolves anything."""
    checkout.set_up("dev")
    assert len(checkout.calls) == 5
    assert all("--no-deps" in call for call in checkout.calls)
    assert all("--require-hashes" in call for call in checkout.calls if call.endswith(".lock"))


def test_a_second_call_does_nothing(checkout):
    """Ready means ready, also for the smaller goal."""
    checkout.set_up("dev")
    for goal in ("dev", "run"):
        assert checkout.set_up(goal) == 0
        assert checkout.installed == []


def test_tools_are_added_to_what_is_there(checkout):
    """`make test` after `make run` installs the tools alone."""
    checkout.set_up("run")
    assert checkout.set_up("dev") == 0
    assert checkout.installed == [DEV]


@pytest.mark.parametrize("step", [WHEELS, BUILD, SOURCE, RUN, DEV])
def test_what_was_cut_off_is_made_anew(checkout, step):
    """Wherever a set-up stops, it says so by its exit code and the next call starts over."""
    assert checkout.set_up("dev", fail_at=step) != 0
    assert checkout.set_up("dev") == 0
    assert checkout.installed == [WHEELS, BUILD, SOURCE, RUN, DEV]


def test_tools_cut_off_on_a_ready_environment(checkout):
    """A half-added tool may have broken what was ready, so all is made anew."""
    checkout.set_up("run")
    assert checkout.set_up("dev", fail_at=DEV) != 0
    assert checkout.set_up("run") == 0
    assert checkout.installed == [WHEELS, BUILD, SOURCE, RUN]


@pytest.mark.parametrize("changed", [RUN, DEV, "deploy/standins/tensorflow/tensorflow/__init__.py"])
def test_changed_inputs_are_noticed(checkout, changed):
    """A new lock or stand-in gives a new environment without anybody asking."""
    checkout.set_up()
    with (checkout.tree / changed).open("a") as file:
        file.write("# changed\n")
    assert checkout.set_up() == 0
    assert RUN in checkout.installed


def test_a_moved_checkout_is_noticed(checkout):
    """Programs in an environment name their folder, so a moved one is made anew."""
    checkout.set_up()
    checkout.tree = checkout.tree.rename(checkout.tree.with_name("moved"))
    assert checkout.set_up() == 0
    assert RUN in checkout.installed


def test_an_environment_whose_python_is_gone_is_made_anew(checkout):
    """The Python below an environment may be uninstalled."""
    checkout.set_up()
    (checkout.tree / ".venv/bin/python").unlink()
    assert checkout.set_up() == 0
    assert RUN in checkout.installed


def test_a_folder_that_is_no_environment_is_left_alone(checkout):
    """A `.venv` with something else in it is not deleted; the message says what to do."""
    precious = checkout.tree / ".venv" / "precious"
    precious.parent.mkdir()
    precious.write_text("mine")
    assert checkout.set_up() == 1
    assert "Move it away" in checkout.result.stderr
    assert precious.read_text() == "mine"


def test_pip_installs_uv_and_uv_the_rest(checkout):
    """What pip fetches by hash is uv, which is quicker and does all that follows."""
    assert checkout.set_up("dev") == 0
    assert [call.split()[0] for call in checkout.calls] == ["pip", "pip", "uv", "uv", "uv"]


def test_pip_has_the_last_word_where_uv_fails(checkout):
    """Behind a mirror that only pip knows, uv fails and pip installs."""
    (checkout.tree / "uv-fails").touch()
    assert checkout.set_up() == 0
    assert checkout.installed == [WHEELS, BUILD, SOURCE, RUN]
    assert "trying pip" in checkout.result.stderr


def test_an_unknown_goal_is_refused(checkout):
    """A typing error installs nothing."""
    assert checkout.set_up("everything") == 2
    assert checkout.installed == []
