"""The network: a small sentence encoder with label-wise attention, in PyTorch, for training and export alone.

Each sign and each red flag has its own attention over the words of a message (Mullenbach et al. 2018, CAML, for
clinical coding): where it looks is the place of the mention. What it sees there decides whether the sign is spoken of
at all, and in which role; the role head is shared by all of them, so that a rare sign profits from the denials of the
others. A third head reads the intent from the whole message.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from training.messages import FLAGS, INTENTS, ROLES, SIGNS

LABELS = (*(f"sign:{s}" for s in SIGNS), *(f"flag:{f}" for f in FLAGS))
#: The publisher's all-MiniLM-L6-v2.
SHAPE = {
    "vocab_size": 30522, "hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12,
    "intermediate_size": 1536, "max_position_embeddings": 512, "layer_norm_eps": 1e-12,
}  # fmt: skip


class MessageEncoder(nn.Module):
    """Reads token ids; promises logits for mentions, roles and intents, and the attention of each label."""

    def __init__(self, folder: Path) -> None:
        """Load the pretrained encoder from a folder with `model.safetensors`.

        Raises:
            RuntimeError: the weights are not of this shape.
        """
        super().__init__()
        config = BertConfig(**SHAPE, attn_implementation="eager")
        self.bert = BertModel(config, add_pooling_layer=False)
        weights = {
            name: value for name, value in load_file(folder / "model.safetensors").items() if "pooler" not in name
        }
        weights.pop("embeddings.position_ids", None)
        self.bert.load_state_dict(weights)
        width = config.hidden_size
        self.queries = nn.Parameter(torch.randn(len(LABELS), width) * 0.02)
        self.weights = nn.Parameter(torch.randn(len(LABELS), width) * 0.02)
        self.bias = nn.Parameter(torch.full((len(LABELS),), -3.0))
        self.role = nn.Sequential(nn.Linear(width, width // 2), nn.GELU(), nn.Linear(width // 2, len(ROLES)))
        self.intent = nn.Linear(2 * width, len(INTENTS))
        self.dropout = nn.Dropout(0.1)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Ids and mask of shape (batch, tokens) to logits of mentions, roles and intents, and attention.

        Shapes: (batch, labels), (batch, labels, roles), (batch, intents), (batch, labels, tokens).
        """
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        hidden = self.dropout(hidden)
        scores = torch.einsum("btw,lw->blt", hidden, self.queries)
        attention = scores.masked_fill(mask[:, None, :] == 0, -1e4).softmax(-1)
        seen = attention @ hidden
        mentions = (seen * self.weights).sum(-1) + self.bias
        held = mask[:, :, None].to(hidden.dtype)
        mean = (hidden * held).sum(1) / held.sum(1)
        intents = self.intent(torch.cat([mean, hidden[:, 0]], -1))
        return mentions, self.role(seen), intents, attention
