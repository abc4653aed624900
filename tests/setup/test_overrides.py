"""The raised pins: each explained, each needed, and nothing else amiss in the environment."""

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

OVERRIDES = Path(__file__).parents[2] / "requirements-overrides.txt"


def paragraphs() -> list[list[str]]:
    """Return the file's blocks of lines, without the opening explanation."""
    return [block.splitlines() for block in OVERRIDES.read_text().strip().split("\n\n")[1:]]


def overrides() -> dict[str, Requirement]:
    """Return name -> requirement of each raised pin."""
    requirements = [Requirement(line) for block in paragraphs() for line in block if not line.startswith("#")]
    return {requirement.name.lower(): requirement for requirement in requirements}


@pytest.mark.parametrize("block", paragraphs(), ids=lambda block: block[-1])
def test_each_raised_pin_has_its_reason(block):
    """Above every raised pin stands who asked for what, and why that will not do."""
    *reasons, pin = block
    assert not pin.startswith("#")
    assert reasons
    assert all(line.startswith("# ") for line in reasons)
    assert re.match(r"# \w+ asks for ", reasons[0])
    assert len(" ".join(reasons).split()) >= 8


def test_installed_releases_are_the_raised_ones():
    """What runs here is what the file promises."""
    for name, requirement in overrides().items():
        assert requirement.specifier.contains(metadata.version(name)), name


def test_pip_check_complains_of_nothing_else():
    """`pip check` names exactly the raised pins: none unlisted, and none listed without need."""
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    found = subprocess.run(
        [sys.executable, "-m", "pip", "check"], env=environment, capture_output=True, text=True, check=False
    )
    complaint = re.compile(r"^\S+ \S+ has requirement ([A-Za-z0-9._-]+)[^,]*.*, but you have \S+ \S+\.$")
    lines = found.stdout.strip().splitlines()
    named = [complaint.match(line) for line in lines]
    assert all(named), lines
    assert {match[1].lower() for match in named if match} == set(overrides())
