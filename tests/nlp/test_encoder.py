"""The network as it is shipped: what it hears, where, the same every time, and a clear word when its files are broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.nlp.encoder import FOLDER, Encoder, EncoderError
from training.messages import FLAGS, INTENTS, ROLES, SIGNS

#: Everyday wording that no word list has; written for this test.
OBLIQUE = [
    ("had to wring my nightie out over the bath again at 4am", "sign:night_sweats"),
    ("my rings keep sliding off in the washing up and i havent been dieting", "sign:weight_loss"),
    ("one flight of stairs and im puffing like a steam train", "sign:breathlessness"),
    ("the basin goes pink every time i do my teeth", "sign:bleeding"),
    ("theres a pea under the skin by my collarbone that wasnt there at easter", "sign:lumps"),
    ("he went down like a tree in the kitchen and we cant get him to open his eyes", "flag:collapse"),
    ("one side of her face has slid and her words are mush", "flag:stroke_like"),
]


@pytest.mark.parametrize(("text", "label"), OBLIQUE)
def test_everyday_wording_is_heard(network: Encoder, text: str, label: str) -> None:
    """As present, and somewhere in the text."""
    found = {h.label: h for h in network.hear(text, "adult" if "him" in text or "her" in text else "self").heard}
    assert found[label].present > 0.5
    assert 0 <= found[label].start < found[label].end <= len(text)


def test_the_same_text_gives_the_same_answer(network: Encoder) -> None:
    """Nothing of an earlier message is kept."""
    first = network.hear(OBLIQUE[0][0])
    network.hear(OBLIQUE[1][0])
    assert network.hear(OBLIQUE[0][0]) == first


def test_likelihoods_add_up(network: Encoder) -> None:
    """Roles of a label and intents of a message each sum to one."""
    hearing = network.hear("no sweats but my gums bleed")
    assert abs(sum(hearing.intents.values()) - 1) < 1e-3
    assert all(abs(sum(h.roles.values()) - 1) < 1e-3 for h in hearing.heard)


def test_the_card_names_what_the_product_knows() -> None:
    """Every sign, flag, role and intent of the product, and no other."""
    card = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))
    assert set(card["labels"]) == {f"sign:{s}" for s in SIGNS} | {f"flag:{f}" for f in FLAGS}
    assert tuple(card["roles"]) == ROLES and tuple(card["intents"]) == INTENTS
    assert card["base"]["licence"] == "Apache-2.0"


def test_a_sign_at_the_end_of_a_long_message_is_heard(network: Encoder) -> None:
    """Messages longer than the network's window are read in several."""
    talk = "we went to the garden centre with my sister and looked at the roses and had a scone. " * 12
    found = {h.label: h for h in network.hear(talk + OBLIQUE[3][0]).heard}
    assert found["sign:bleeding"].present > 0.5 and found["sign:bleeding"].start > len(talk) - 100


@pytest.mark.parametrize("name", ["model.onnx", "vocab.txt", "card.json"])
@pytest.mark.parametrize("fault", ["missing", "broken", "changed"])
def test_a_broken_file_is_named_at_the_start(tmp_path: Path, name: str, fault: str) -> None:
    """One clear line, not a riddle in the middle of a chat."""
    folder = tmp_path / "encoder"
    shutil.copytree(FOLDER, folder)
    if fault == "missing":
        (folder / name).unlink()
    elif fault == "broken":
        (folder / name).write_bytes(b"\x00nothing")
    else:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        card["sha256"]["vocab.txt" if name == "card.json" else name] = "0" * 64
        (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(EncoderError, match=str(folder)):
        Encoder(folder)
