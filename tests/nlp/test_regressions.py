"""Every sentence that was once misread, with the reason that is kept beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.nlp.understand import Understander

FOLDER = Path(__file__).parents[1] / "safety" / "regressions"
ROWS = yaml.safe_load((FOLDER / "assertion.yml").read_text("utf-8"))
FLAGS = yaml.safe_load((FOLDER / "red_flags.yml").read_text("utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:40] for row in ROWS])
def test_reads_right_now(product: Understander, row: dict[str, str]) -> None:
    """The sign is found with the role that the sentence has."""
    roles = {m.role for m in product.understand(row["text"], row["about"]).mentions if m.sign == row["sign"]}
    assert roles == {row["role"]}, row["reason"]


@pytest.mark.parametrize("row", FLAGS, ids=[row["text"][:40] for row in FLAGS])
def test_red_flag_right_now(product: Understander, row: dict[str, str]) -> None:
    """Raised, asked about, somebody else's, or silent."""
    found = [
        m for m in product.understand(row["text"], row.get("about", "self")).red_flag_mentions if m.flag == row["flag"]
    ]
    raised = any(m.role == "present" and not m.unclear for m in found)
    heard = raised or any(m.unclear for m in found)
    got = {
        "raised": raised,
        "heard": heard,
        "asked": heard and not raised,
        "other": not raised and any(m.role == "other" for m in found),
        "silent": not heard and not any(m.role == "other" for m in found),
    }
    assert got[row["is"]], (row["reason"], found)
