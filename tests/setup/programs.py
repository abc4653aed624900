"""A small world of programs: a folder to be the whole PATH, with stand-ins for Python and uv in it."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

# What the scripts call. Nothing else is found on the PATH of a test, least of all a real Python or uv.
TOOLS = (
    "basename",
    "bash",
    "cat",
    "cp",
    "cut",
    "dirname",
    "env",
    "find",
    "flock",
    "ls",
    "mkdir",
    "mv",
    "rm",
    "sha256sum",
    "sort",
    "touch",
)

# Answers as a Python of the given version would when asked which it is, and where its program lies.
PYTHON = """#!/usr/bin/env bash
case "$*" in
    *version_info*) exit {wrong} ;;
    *_base_executable*) echo "$0" ;;
    *) exit 9 ;;
esac
"""

SHIM = """#!/usr/bin/env bash
echo "pyenv: $(basename "$0"): command not found" >&2
exit 127
"""


class World:
    """One folder of programs, one home, and runs of the scripts that see nothing else."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "programs"
        self.home = folder / "home"
        self.programs.mkdir(parents=True)
        self.home.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, f"these tests need {tool}"
            (self.programs / tool).symlink_to(found)

    def add(self, path: Path, text: str) -> Path:
        """Write an executable script."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def python(self, path: Path, *, works: bool = True) -> Path:
        """Add a Python 3.10, or one that is of another version or lacks venv."""
        return self.add(path, PYTHON.format(wrong=0 if works else 1))

    def run(self, script: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the tree with this world's programs alone."""
        return subprocess.run(
            ["bash", str(script), *arguments],
            env={"PATH": str(self.programs), "HOME": str(self.home), **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
