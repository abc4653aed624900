"""Turn trained weights into what the product runs: `python -m training.export RUN WEIGHTS [--out bot/nlp/encoder]`.

Exports to ONNX, stores the weights as 8-bit integers, compares the answers of both on the kept-back examples, and
writes `model.onnx`, `vocab.txt` and `card.json` (labels, figures, checksums).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.encoder import LABELS, MessageEncoder
from training.examples import examples, ids_of, split
from training.messages import INTENTS, ROLES
from training.train import CHECKSUMS, check, wordpiece


def export(model: MessageEncoder, path: Path) -> None:
    """Write the network as ONNX with free batch and length."""
    model.eval()
    sample = torch.tensor([[101, 2033, 1024, 2058, 102]])
    free = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        model, (sample, torch.ones_like(sample)), str(path), opset_version=17, dynamo=False,
        input_names=["ids", "mask"], output_names=["mentions", "roles", "intents", "attention"],
        dynamic_axes={"ids": free, "mask": free, "mentions": {0: "batch"}, "roles": {0: "batch"},
                      "intents": {0: "batch"}, "attention": {0: "batch", 2: "tokens"}},
    )  # fmt: skip


def quantise(source: Path, target: Path) -> None:
    """Weights as 8-bit integers; seven bits of them are used, as processors without VNNI overflow with eight."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.onnx"
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(
            str(ready), str(target), op_types_to_quantize=["MatMul", "Gemm", "Gather"], weight_type=QuantType.QInt8,
            per_channel=True, reduce_range=True, extra_options={"MatMulConstBOnly": True},
        )  # fmt: skip


def answers(path: Path, rows: list[list[int]]) -> list[list[np.ndarray]]:
    """What an exported network says of each row."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = []
    for ids in rows:
        row = np.asarray([ids], dtype=np.int64)
        found.append([part[0] for part in session.run(None, {"ids": row, "mask": np.ones_like(row)})])
    return found


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1] / "bot" / "nlp" / "encoder")
    chosen = parser.parse_args()
    check(chosen.weights)
    model = MessageEncoder(chosen.weights)
    model.load_state_dict(torch.load(chosen.run / "state.pt"))
    chosen.out.mkdir(parents=True, exist_ok=True)
    whole, small = chosen.run / "whole.onnx", chosen.out / "model.onnx"
    export(model, whole)
    quantise(whole, small)
    vocabulary = (chosen.weights / "vocab.txt").read_bytes()
    (chosen.out / "vocab.txt").write_bytes(vocabulary)
    pieces = wordpiece(chosen.weights)
    rows = [ids_of(e.message, pieces) for e in split(examples())[1]]
    apart = [
        float(np.abs(1 / (1 + np.exp(-a[0])) - 1 / (1 + np.exp(-b[0]))).max())
        for a, b in zip(answers(whole, rows), answers(small, rows), strict=True)
    ]
    card = {
        "labels": LABELS,
        "roles": ROLES,
        "intents": INTENTS,
        "base": {"name": "sentence-transformers/all-MiniLM-L6-v2", "licence": "Apache-2.0", "sha256": CHECKSUMS},
        "trained_on": {"rows": len(examples())},
        "quantised": {"largest_difference_99": round(float(np.quantile(apart, 0.99)), 4), "rows": len(rows)},
        "sha256": {
            name: hashlib.sha256((chosen.out / name).read_bytes()).hexdigest() for name in ("model.onnx", "vocab.txt")
        },
    }
    (chosen.out / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    onnx.checker.check_model(str(small))
    print(json.dumps(card["quantised"]), small.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
