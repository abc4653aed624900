"""Finding a Python 3.10 that runs: each place, in order, and what is said when there is none."""

from pathlib import Path

import pytest

from tests.setup.programs import ROOT, SHIM, World

FINDER = ROOT / "scripts" / "find_python.sh"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A machine with no Python at all."""
    return World(tmp_path)


def found(world: World, **settings: str) -> str:
    """Return what the finder printed, which must have gone well."""
    result = world.run(FINDER, **settings)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_python310_on_path(world):
    """The plain case."""
    program = world.python(world.programs / "python3.10")
    assert found(world) == str(program)


def test_python3_on_path_when_it_is_310(world):
    """A system whose `python3` is 3.10 needs no other name."""
    program = world.python(world.programs / "python3")
    assert found(world) == str(program)


def test_a_python3_of_another_version_is_passed_over(world):
    """A newer `python3` in front does not hide the right one."""
    world.python(world.programs / "python3", works=False)
    program = world.python(world.programs / "python")
    assert found(world) == str(program)


def test_a_failing_shim_leads_to_the_pyenv_folder(world):
    """A version manager's shim that fails when called is no Python; the real one lies in its folder."""
    world.add(world.programs / "python3.10", SHIM)
    program = world.python(world.home / ".pyenv/versions/3.10.13/bin/python3.10")
    assert found(world) == str(program)


def test_a_failing_shim_does_not_hide_another_on_path(world, tmp_path):
    """Every `python3.10` on PATH is tried, not the first alone."""
    world.add(world.programs / "python3.10", SHIM)
    program = world.python(tmp_path / "later/python3.10")
    assert found(world, PATH=f"{world.programs}:{program.parent}") == str(program)


def test_pyenv_in_a_place_of_its_own(world, tmp_path):
    """`PYENV_ROOT` is honoured."""
    program = world.python(tmp_path / "pyenv/versions/3.10.4/bin/python3.10")
    assert found(world, PYENV_ROOT=str(tmp_path / "pyenv")) == str(program)


def test_a_python_without_venv_is_passed_over(world):
    """Debian splits venv off: a 3.10 without it cannot make the environment."""
    world.python(world.programs / "python3.10", works=False)
    program = world.python(world.home / ".pyenv/versions/3.10.13/bin/python3.10")
    assert found(world) == str(program)


def test_uv_alone_with_a_python_it_has(world, tmp_path):
    """With uv as the only tool, its own Python is taken."""
    program = world.python(tmp_path / "uv/python3.10")
    world.add(world.programs / "uv", f'#!/usr/bin/env bash\n[ "$*" = "python find 3.10" ] && echo "{program}"\n')
    assert found(world) == str(program)


def test_uv_alone_is_asked_to_install_one(world, tmp_path):
    """With uv and no Python 3.10 anywhere, uv fetches one."""
    program = tmp_path / "uv/python3.10"
    ready = world.python(tmp_path / "ready/python3.10")
    world.add(
        world.programs / "uv",
        f"""#!/usr/bin/env bash
case "$*" in
    "python install 3.10") mkdir -p "{program.parent}" && cp "{ready}" "{program}" ;;
    "python find 3.10") [ -e "{program}" ] && echo "{program}" ;;
esac
""",
    )
    assert found(world) == str(program)


def test_a_named_python_is_the_only_one_tried(world, tmp_path):
    """`SIGNPOST_PYTHON` decides; if it does not work, no other is taken in its place."""
    world.python(world.programs / "python3.10")
    mine = world.python(tmp_path / "mine/python3.10")
    assert found(world, SIGNPOST_PYTHON=str(mine)) == str(mine)
    broken = world.python(tmp_path / "broken/python3.10", works=False)
    assert world.run(FINDER, SIGNPOST_PYTHON=str(broken)).returncode == 1


def test_nothing_found_says_what_to_install(world):
    """No Python 3.10: nothing on standard output, and each way to get one on standard error."""
    world.add(world.programs / "python3.10", SHIM)
    result = world.run(FINDER)
    assert (result.returncode, result.stdout) == (1, "")
    ways = ["needs Python 3.10", "apt-get install", "pyenv install 3.10", "uv python install 3.10", "SIGNPOST_PYTHON="]
    for way in ways:
        assert way in result.stderr
    assert "command not found" not in result.stderr
