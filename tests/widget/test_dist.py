"""The widget's built files: small enough, built from the sources beside them, and free of foreign addresses."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

WIDGET = Path(__file__).resolve().parents[2] / "widget"
DIST = WIDGET / "dist"
SOURCES = ("src", "build.mjs", "package.json", "package-lock.json", "tsconfig.json", ".npmrc", "dist")


def gzipped(name: str) -> int:
    """Bytes of a built file as a browser receives it."""
    return len(gzip.compress((DIST / name).read_bytes(), 9, mtime=0))


def test_loader_is_below_one_kilobyte() -> None:
    """Every visitor of a page loads it, whether or not they open the chat."""
    assert gzipped("loader.js") <= 1024


def test_everything_to_the_first_question_is_small() -> None:
    """25 KB is what a phone on a slow line can wait for."""
    assert gzipped("loader.js") + gzipped("signpost-chat.js") <= 25 * 1024


def test_what_comes_after_the_first_question_is_small() -> None:
    """Fetched while the first page is read, on the same line."""
    assert gzipped("extras.js") <= 30 * 1024


@pytest.mark.parametrize("file", sorted((WIDGET / "src" / "text" / "locales").glob("*.ts")), ids=lambda file: file.stem)
def test_the_words_of_a_language_are_small(file: Path) -> None:
    """They are fetched beside the first question, and only where they are spoken."""
    assert gzipped(f"locales/{file.stem}.js") <= 2 * 1024


def test_built_files_name_no_foreign_address() -> None:
    """Nothing is fetched from a third party; namespaces of SVG and the like are names, not addresses."""
    for file in DIST.rglob("*.js"):
        addresses = re.findall(r"https?://[^\s\"'`)]+", file.read_text(encoding="utf-8"))
        foreign = [a for a in addresses if not a.startswith(("http://www.w3.org/", "https://lit.dev/"))]
        # The help on a wrong setting shows what an address looks like.
        foreign = [a for a in foreign if a != "https://chat.example.org"]
        assert not foreign, f"{file.name}: {foreign}"


def test_licences_of_bundled_code_are_kept() -> None:
    """Lit's licence asks for its notice beside every copy."""
    assert "BSD-3-Clause" in (DIST / "signpost-chat.js.LEGAL.txt").read_text(encoding="utf-8")
    assert "signpost-chat.js.LEGAL.txt" in (DIST / "signpost-chat.js").read_text(encoding="utf-8")


def test_lock_file_names_no_download_address() -> None:
    """Packages come from the registry that the builder has set, checked by their hashes."""
    lock = (WIDGET / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


@pytest.mark.parametrize("page", ["index.html", "chat.html"])
def test_demo_pages_hold_no_inline_script_or_style(page: str) -> None:
    """They are served under a policy that would block either, and say how to call without any script."""
    html = (WIDGET / "demo" / page).read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    assert "on the number on your treatment card" in html or "Use the number on your treatment card" in html


def test_built_files_come_from_the_sources(tmp_path: Path) -> None:
    """A rebuild elsewhere, from the locked packages, gives the same bytes."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.fail("Node 20 or newer is needed to prove the widget's build: apt-get install nodejs npm")
    copy = tmp_path / "widget"
    copy.mkdir()
    for name in SOURCES:
        source = WIDGET / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, copy / name)
    for command in (["npm", "ci", "--no-audit", "--no-fund"], ["node", "build.mjs", "--check"]):
        done = subprocess.run(command, check=False, cwd=copy, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
