"""Compare ways to hear signs and red flags beyond the word lists: `python -m training.compare WEIGHTS`.

Each learns from `data/messages` and is asked which signs and flags are present in the held-out sets, as labels of the
whole message: n-grams with logistic regression, a frozen sentence embedding with a trained layer, both averaged, and
spaCy's text categoriser (bag of words and convolutional). Needs training/requirements.txt, spaCy and scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import spacy
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_union
from spacy.training import Example as SpacyExample
from spacy.util import minibatch

from training.encoder import LABELS, MessageEncoder
from training.examples import ids_of
from training.messages import ROOT, Labelled, read_all
from training.train import check, wordpiece


def held_out() -> list[Labelled]:
    """The rows of the two held-out sets of signs and flags."""
    found = []
    for name in ("signs", "flags"):
        for line in (ROOT / "tests" / "heldout" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            signs = {m["sign"]: m["role"] for m in row.get("mentions", ())} if name == "signs" else {}
            flags = {m["flag"]: m["role"] for m in row["red_flag_mentions"]}
            found.append(Labelled(row["text"], row["about"], signs, flags, place=name))
    return found


def matrix(rows: list[Labelled]) -> np.ndarray:
    """One column a label, 1 where it is present."""
    made = np.zeros((len(rows), len(LABELS)), dtype=int)
    for i, row in enumerate(rows):
        for j, label in enumerate(LABELS):
            kind, _, name = label.partition(":")
            made[i, j] = (row.signs if kind == "sign" else row.flags).get(name) == "present"
    return made


def written(row: Labelled) -> str:
    """The text with the person that the chat is about."""
    return f"{row.about}person {row.text}"


def ngrams(train: list[Labelled], test: list[Labelled]) -> np.ndarray:
    """Word and character n-grams, one logistic regression a label."""
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3),
    )
    x = features.fit_transform([written(r) for r in train])
    head = OneVsRestClassifier(LogisticRegression(C=10, max_iter=200, solver="liblinear"))
    return head.fit(x, matrix(train)).predict_proba(features.transform([written(r) for r in test]))


def frozen(weights: Path, train: list[Labelled], test: list[Labelled]) -> np.ndarray:
    """The publisher's sentence embedding, untouched, with one trained layer for all labels."""
    model, pieces = MessageEncoder(weights).eval(), wordpiece(weights)

    def embed(rows: list[Labelled]) -> torch.Tensor:
        made = torch.zeros(len(rows), 384)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i].text))
        for at in range(0, len(order), 64):
            chosen = order[at : at + 64]
            ids = [ids_of(rows[i], pieces) for i in chosen]
            longest = max(map(len, ids))
            padded = torch.tensor([one + [0] * (longest - len(one)) for one in ids])
            mask = (padded != 0).long()
            hidden = model.bert(input_ids=padded, attention_mask=mask).last_hidden_state
            made[chosen] = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(made)

    with torch.no_grad():
        x, y = embed(train), torch.tensor(matrix(train), dtype=torch.float)
        unseen = embed(test)
    head = torch.nn.Linear(384, len(LABELS))
    optimizer = torch.optim.AdamW(head.parameters(), lr=0.1, weight_decay=1e-4)
    for _ in range(400):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(head(x), y).backward()
        optimizer.step()
    with torch.no_grad():
        return head(unseen).sigmoid().numpy()


def textcat(architecture: dict[str, object], train: list[Labelled], test: list[Labelled]) -> np.ndarray:
    """The multi-label text categoriser of spaCy."""
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("textcat_multilabel", config={"model": architecture})
    for label in LABELS:
        pipe.add_label(label)
    wanted = matrix(train)
    made = []
    for i, row in enumerate(train):
        cats = {label: float(present) for label, present in zip(LABELS, wanted[i], strict=True)}
        made.append(SpacyExample.from_dict(nlp.make_doc(written(row)), {"cats": cats}))
    optimizer = nlp.initialize(lambda: made[:200])
    random = np.random.default_rng(1)
    for _ in range(10):
        random.shuffle(made)
        for batch in minibatch(made, 32):
            nlp.update(batch, sgd=optimizer, drop=0.2)
    return np.array([[doc.cats[k] for k in LABELS] for doc in nlp.pipe([written(r) for r in test])])


def score(likely: np.ndarray, rows: list[Labelled], threshold: float) -> str:
    """Micro precision, recall and F1 at a threshold; signs are not labelled in the rows of the set of flags."""
    counted = np.ones((len(rows), len(LABELS)), dtype=bool)
    for i, row in enumerate(rows):
        counted[i] = [row.place == "signs" or label.startswith("flag:") for label in LABELS]
    wanted, got = matrix(rows).astype(bool) & counted, (likely >= threshold) & counted
    tp = (wanted & got).sum()
    precision, recall = tp / max(1, got.sum()), tp / max(1, wanted.sum())
    return f"P {precision:.3f} R {recall:.3f} F1 {2 * tp / max(1, got.sum() + wanted.sum()):.3f}"


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--only", nargs="+", help="these ways alone, by name")
    chosen = parser.parse_args()
    check(chosen.weights)
    train, test = read_all(), held_out()
    bow = {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": False,
        "ngram_size": 2,
        "no_output_layer": False,
    }
    cnn = {
        "@architectures": "spacy.TextCatReduce.v1", "exclusive_classes": False, "use_reduce_mean": True,
        "use_reduce_max": True, "use_reduce_first": False, "use_reduce_last": False,
        "tok2vec": {"@architectures": "spacy.HashEmbedCNN.v2", "width": 96, "depth": 4, "embed_size": 4000,
                    "window_size": 1, "maxout_pieces": 3, "subword_features": True, "pretrained_vectors": None},
    }  # fmt: skip
    known: dict[str, np.ndarray] = {}
    ways = {
        "n-grams": lambda: ngrams(train, test),
        "frozen embedding": lambda: frozen(chosen.weights, train, test),
        "both averaged": lambda: (known["n-grams"] + known["frozen embedding"]) / 2,
        "spaCy textcat, bag of words": lambda: textcat(bow, train, test),
        "spaCy textcat, convolutional": lambda: textcat(cnn, train, test),
    }
    print(f"{len(train)} messages to learn, {len(test)} held-out rows")
    for name, way in ways.items():
        if chosen.only and name not in chosen.only:
            continue
        start = time.perf_counter()
        known[name] = way()
        scores = [f"at {t}: {score(known[name], test, t)}" for t in (0.3, 0.5)]
        print(f"{name:30} {'  '.join(scores)}  ({time.perf_counter() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
