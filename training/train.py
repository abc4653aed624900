"""Train the encoder: `python -m training.train WEIGHTS OUT` (see training/README.md).

WEIGHTS is a folder with the publisher's files of all-MiniLM-L6-v2; their checksums are compared first. OUT receives
`state.pt` with the trained weights and `dev.json` with figures on the tenth of the examples that was kept back, or
only `state.pt` with `--all`, which trains on everything.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from bot.nlp.wordpiece import WordPiece
from training.encoder import LABELS, MessageEncoder
from training.examples import Example, examples, ids_of, roles_of, split, varied
from training.messages import INTENTS

#: Of the publisher's repository, sentence-transformers/all-MiniLM-L6-v2 at revision 1110a243.
CHECKSUMS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
BATCH_TOKENS = 1600


def check(weights: Path) -> None:
    """Refuse weights that are not the publisher's.

    Raises:
        SystemExit: a file differs.
    """
    for name, wanted in CHECKSUMS.items():
        found = hashlib.sha256((weights / name).read_bytes()).hexdigest()
        if found != wanted:
            raise SystemExit(f"{weights / name}: not the publisher's file (sha256 {found}, wanted {wanted})")


def wordpiece(weights: Path) -> WordPiece:
    """The tokenizer of the publisher's vocabulary."""
    lines = (weights / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return WordPiece({piece: number for number, piece in enumerate(lines) if piece})


def batches(
    rows: Sequence[Example], pieces: WordPiece, rng: random.Random | None
) -> list[list[tuple[Example, list[int]]]]:
    """Batches of rows of like length; varied and shuffled where there is a generator."""
    drawn = [varied(e, rows, rng) for e in rows] if rng else list(rows)
    coded = [(e, ids_of(e.message, pieces)) for e in drawn]
    coded.sort(key=lambda pair: len(pair[1]) + (rng.random() * 4 if rng else 0))
    made: list[list[tuple[Example, list[int]]]] = [[]]
    for pair in coded:
        if made[-1] and (len(made[-1]) + 1) * len(pair[1]) > BATCH_TOKENS:
            made.append([])
        made[-1].append(pair)
    if rng:
        rng.shuffle(made)
    return made


def tensors(batch: Sequence[tuple[Example, list[int]]]) -> tuple[Tensor, Tensor]:
    """Padded ids and mask."""
    longest = max(len(ids) for _, ids in batch)
    ids = torch.tensor([row + [0] * (longest - len(row)) for _, row in batch])
    return ids, (ids != 0).long()


def loss_of(model: MessageEncoder, batch: Sequence[tuple[Example, list[int]]]) -> Tensor:
    """Mentions, roles and intents together."""
    mentions, roles, intents, _ = model(*tensors(batch))
    wanted = torch.tensor([roles_of(e.message, LABELS) for e, _ in batch])
    signed = torch.tensor([e.signed for e, _ in batch])
    intent = torch.tensor([INTENTS.index(e.message.intent) if e.has_intent else -100 for e, _ in batch])
    named = (wanted >= 0).float()
    each = F.binary_cross_entropy_with_logits(mentions, named * 0.98 + 0.005, reduction="none").sum(-1)
    total = (each * signed).sum() / max(1, int(signed.sum()))
    if bool((wanted >= 0).any()):
        total = total + 0.5 * F.cross_entropy(roles[wanted >= 0], wanted[wanted >= 0], label_smoothing=0.05)
    if bool((intent >= 0).any()):
        total = total + 0.7 * F.cross_entropy(intents, intent, label_smoothing=0.05)
    return total


def predictions(model: MessageEncoder, rows: Sequence[Example], pieces: WordPiece) -> list[dict[str, object]]:
    """What the model says of each row: likelihood and roles of each label, and of each intent."""
    model.eval()
    found = []
    with torch.no_grad():
        for batch in batches(rows, pieces, None):
            mentions, roles, intents, _ = model(*tensors(batch))
            for i, (example, _) in enumerate(batch):
                found.append({
                    "place": example.message.place,
                    "mentions": mentions[i].sigmoid().tolist(),
                    "roles": roles[i].softmax(-1).tolist(),
                    "intents": intents[i].softmax(-1).tolist(),
                    "wanted": roles_of(example.message, LABELS),
                    "intent": INTENTS.index(example.message.intent),
                    "signed": example.signed,
                })  # fmt: skip
    return found


def figures(found: Sequence[dict], threshold: float = 0.5) -> dict[str, float]:
    """Micro recall, precision and F1 of labels present, accuracy of roles and of intents."""
    tp = fp = fn = role_right = role_all = right = 0
    for row in found:
        right += max(range(len(INTENTS)), key=row["intents"].__getitem__) == row["intent"]
        for i, wanted in enumerate(row["wanted"]):
            got = row["mentions"][i] * row["roles"][i][0] >= threshold
            if row["signed"]:
                tp += got and wanted == 0
                fp += got and wanted != 0
                fn += not got and wanted == 0
            if wanted >= 0:
                role_all += 1
                role_right += max(range(5), key=row["roles"][i].__getitem__) == wanted
    return {
        "recall": tp / max(1, tp + fn),
        "precision": tp / max(1, tp + fp),
        "f1": 2 * tp / max(1, 2 * tp + fp + fn),
        "roles": role_right / max(1, role_all),
        "intents": right / max(1, len(found)),
    }


def train(
    model: MessageEncoder, rows: Sequence[Example], dev: Sequence[Example], pieces: WordPiece, epochs: int
) -> None:
    """Train in place; prints a line an epoch. What is kept is a running mean of the weights, steadier than the last."""
    rng = random.Random(1)
    heads = [p for n, p in model.named_parameters() if not n.startswith("bert.")]
    groups = [{"params": model.bert.parameters(), "lr": 1.2e-4}, {"params": heads, "lr": 2e-3}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    per_epoch = len(batches(rows, pieces, random.Random(0)))
    steps = per_epoch * epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.08 * steps), max(0.02, 1 - step / (steps * 1.02)))
    )
    mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.99))
    for epoch in range(epochs):
        start, summed = time.perf_counter(), 0.0
        model.train()
        made = batches(rows, pieces, rng)
        for batch in made:
            loss = loss_of(model, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            mean.update_parameters(model)
            summed += loss.item()
        line = f"epoch {epoch + 1} loss {summed / len(made):.3f} in {time.perf_counter() - start:.0f} s"
        if dev:
            reached = figures(predictions(mean.module, dev, pieces))
            line += " " + json.dumps({name: round(value, 4) for name, value in reached.items()})
        print(line, flush=True)
    model.load_state_dict(mean.module.state_dict())


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--all", action="store_true", help="train on everything, keep nothing back")
    parser.add_argument("--start", type=Path, help="go on from the state of an earlier run")
    chosen = parser.parse_args()
    check(chosen.weights)
    torch.manual_seed(1)
    pieces = wordpiece(chosen.weights)
    rows, dev = (examples(), []) if chosen.all else split(examples())
    print(f"{len(rows)} examples to learn, {len(dev)} kept back", flush=True)
    model = MessageEncoder(chosen.weights)
    if chosen.start:
        model.load_state_dict(torch.load(chosen.start / "state.pt"))
    train(model, rows, dev, pieces, chosen.epochs)
    chosen.out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), chosen.out / "state.pt")
    if dev:
        (chosen.out / "dev.json").write_text(json.dumps(predictions(model, dev, pieces)))


if __name__ == "__main__":
    main()
