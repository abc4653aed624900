"""Where the comparison keeps what it makes: below `var/bench`, which git ignores."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = ROOT / "var" / "bench"
HELD_OUT = ROOT / "tests" / "heldout"
EVAL = ROOT.parent / "shared" / "eval"
