"""Write the tokens that the publisher's tokenizer gives for some texts: `python -m training.reference WEIGHTS`.

tests/nlp/wordpiece_reference.json holds them, so that the product's own tokenizer can be compared without theirs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

from training.messages import ROOT

TEXTS = (
    "cant shift this cold", "I've lost 2½ stone — no reason!!", "temp 38,4°C at 3:15pm", "PYJAMAS WRINGING again",
    "naïve café Zoë's über-tired", "don't / won't / it's", "😷🤒 feeling rough", "x" * 130, "no puedo respirar",
    "мне плохо", "胸が痛い", "مرحبا كيف حالك", "e\u0301toile", "a_b snake_case", "100.4f", "#tired @nurse",
    "gums...bleeding,again", "hmmmmmmmm", "\u200bzero\u200bwidth", "tab\tand\nline", "“quoted” ‘single’", "½ ¼ ²",
    "antidisestablishmentarianism petechiae myeloma CAR-T R-CHOP", "", "   ", "Ünïcödé ŁÓDŹ", "क्या हाल है",
)  # fmt: skip


def main() -> None:
    """See the module."""
    tokenizer = Tokenizer.from_file(str(Path(sys.argv[1]) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    rows = [{"text": text, "ids": tokenizer.encode(text, add_special_tokens=False).ids} for text in TEXTS]
    target = ROOT / "tests" / "nlp" / "wordpiece_reference.json"
    target.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
