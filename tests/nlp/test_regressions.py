"""Every sentence that was once misread, with the reason that is kept beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.nlp.understand import Understander

ROWS = yaml.safe_load((Path(__file__).parents[1] / "safety" / "regressions" / "assertion.yml").read_text("utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:40] for row in ROWS])
def test_reads_right_now(reader: Understander, row: dict[str, str]) -> None:
    """The sign is found with the role that the sentence has."""
    roles = {m.role for m in reader.understand(row["text"], row["about"]).mentions if m.sign == row["sign"]}
    assert roles == {row["role"]}, row["reason"]
