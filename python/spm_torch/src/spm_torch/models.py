"""SPM's models in PyTorch, module by module, with the same paths of parameters.

Each module has a field for every module below it, and `fields`, what a file says of it besides.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Sequence, Union

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Fields = dict[str, Any]
Device = Union[torch.device, str, None]

activations: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "gelu": F.gelu,
    "silu": F.silu,
}
"""Functions by their names in files."""


class Mlp(nn.Module):
    """h ← W_k φ(h) + b_k: an activation between linear maps. x [..., in] → [..., out]."""

    def __init__(self, layers: Sequence[nn.Module], fields: Fields) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.activation = activations[fields["activation"]]
        self.fields = fields

    def forward(self, x: Tensor) -> Tensor:
        for k, layer in enumerate(self.layers):
            x = layer(x if k == 0 else self.activation(x))
        return x



class Cell(nn.Module):
    """A step of an Elman network, a GRU or an LSTM, with a linear map of x and of h for each gate.

    Elman: h' = tanh(W x + U h), or relu. GRU: r = σ(W_r x + U_r h), z alike, n = tanh(W_n x + r ⊙
    U_n h), h' = (1 − z) ⊙ n + z ⊙ h. LSTM: i, f, o = σ(W x + U h), g = tanh(W x + U h), c' = f ⊙ c
    + i ⊙ g, h' = o ⊙ tanh c'.
    """

    def __init__(
        self, kind: str, input: dict[str, nn.Module], hidden: dict[str, nn.Module], fields: Fields
    ) -> None:
        super().__init__()
        self.kind, self.fields = kind, fields
        self.input, self.hidden = nn.ModuleDict(input), nn.ModuleDict(hidden)

    def start(self, x: Tensor) -> tuple[Tensor, ...]:
        zero = x.new_zeros(len(x), self.fields["width"])
        return (zero, zero) if self.kind == "LstmCell" else (zero,)

    def project(self, x: Tensor) -> Tensor:
        """W x of all gates: [..., in] → [gates, ..., width]."""
        return torch.stack([gate(x) for gate in self.input.values()])

    def advance(self, projected: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """The state after a step with W x, [gates, batch, width]."""
        h = state[0]
        recurrent = [gate(h) for gate in self.hidden.values()]
        if self.kind == "GruCell":
            (xr, xz, xn), (ur, uz, un) = projected, recurrent
            r, z = torch.sigmoid(xr + ur), torch.sigmoid(xz + uz)
            return ((1 - z) * torch.tanh(xn + r * un) + z * h,)
        sums = [a + b for a, b in zip(projected, recurrent)]
        if self.kind == "RnnCell":
            return (activations[self.fields["nonlinearity"]](sums[0]),)
        i, f, g, o = sums
        c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class Recurrent(nn.Module):
    """Cells along sequences, a cell for each layer and direction.

    x [batch, time, in] → h of the last layer at each step, [batch, time, directions · width].
    """

    def __init__(
        self, kind: str, cells: Sequence[Cell], dropout: nn.Module | None, fields: Fields
    ) -> None:
        super().__init__()
        self.kind, self.fields = kind, fields
        self.cells = nn.ModuleList(cells)
        self.dropout = dropout
        self.directions = 2 if fields["bidirectional"] else 1

    def forward(self, x: Tensor) -> Tensor:
        return self.scan(x)[0]

    def scan(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The output, and each cell's state at the end, [layers · directions, batch, width]."""
        ends = []
        for first in range(0, len(self.cells), self.directions):
            given = self.dropout(x) if first > 0 and self.dropout is not None else x
            outputs = []
            for d in range(self.directions):
                output, end = _along(self.cells[first + d], given, reverse=d == 1)
                outputs.append(output)
                ends.append(end)
            x = torch.cat(outputs, -1)
        return x, tuple(torch.stack(part) for part in zip(*ends))


def _along(cell: Any, x: Tensor, reverse: bool) -> tuple[Tensor, tuple[Tensor, ...]]:
    steps = cell.project(x).unbind(-2)
    state, outputs = cell.start(x), []
    for step in reversed(steps) if reverse else steps:
        state = cell.advance(step, state)
        outputs.append(state[0])
    return torch.stack(outputs[::-1] if reverse else outputs, 1), state


class LearnedPositions(nn.Module):
    """y[..., t, :] = x[..., t, :] + weight[t, :]."""

    def __init__(self, fields: Fields, device: Device = None) -> None:
        super().__init__()
        self.fields = fields
        first = torch.randn(fields["length"], fields["width"], device=device)
        self.weight = nn.Parameter(0.02 * first)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight[: x.shape[-2]]


class RmsNorm(nn.Module):
    """y = x / √(mean(x²) + ε) ⊙ weight over the last axes."""

    def __init__(self, fields: Fields, device: Device = None) -> None:
        super().__init__()
        self.fields = fields
        ones = torch.ones(fields["width"], device=device)
        self.weight = nn.Parameter(ones) if fields["affine"] else None

    def forward(self, x: Tensor) -> Tensor:
        axes = tuple(range(-len(self.fields["width"]), 0))
        y = x * (x.square().mean(axes, keepdim=True) + self.fields["epsilon"]).rsqrt()
        return y if self.weight is None else y * self.weight


def rotary(x: Tensor, base: float = 10000.0) -> Tensor:
    """Rotates coordinates k and k + d/2 of the token at time t by t · base^(−2k/d)."""
    time, d = x.shape[-2:]
    k = torch.arange(d // 2, dtype=torch.float64, device=x.device)
    t = torch.arange(time, dtype=torch.float64, device=x.device)
    angles = (t[:, None] * base ** (-2 * k / d)).repeat(1, 2)
    turned = torch.cat((-x[..., d // 2 :], x[..., : d // 2]), -1)
    return x * angles.cos().to(x.dtype) + turned * angles.sin().to(x.dtype)


class MultiHeadAttention(nn.Module):
    """y = O · concat over heads of softmax(q kᵀ / √d + mask) v, [batch, time, width]."""

    def __init__(self, parts: dict[str, nn.Module], fields: Fields) -> None:
        super().__init__()
        self.query, self.key, self.value = parts["query"], parts["key"], parts["value"]
        self.output, self.dropout = parts["output"], parts.get("dropout")
        self.fields = fields

    def forward(self, x: Tensor) -> Tensor:
        fields = self.fields
        heads, groups = fields["heads"], fields["keyValueHeads"]
        batch, time, width = x.shape

        def split(t: Tensor, count: int) -> Tensor:
            return t.reshape(batch, time, count, -1).transpose(1, 2)

        q, k = split(self.query(x), heads), split(self.key(x), groups)
        if fields["rotary"]:
            q, k = rotary(q), rotary(k)
        k, v = (t.repeat_interleave(heads // groups, 1) for t in (k, split(self.value(x), groups)))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        if fields["causal"]:
            later = torch.ones(time, time, dtype=torch.bool, device=x.device).triu(1)
            scores = scores.masked_fill(later, -math.inf)
        weights = scores.softmax(-1)
        weights = weights if self.dropout is None else self.dropout(weights)
        return self.output((weights @ v).transpose(1, 2).reshape(batch, time, width))


class FeedForward(nn.Module):
    """down(gelu(up x)), or down(silu(gate x) ⊙ up x) where there is a gate."""

    def __init__(self, parts: dict[str, nn.Module], fields: Fields) -> None:
        super().__init__()
        self.up, self.gate, self.down = parts["up"], parts.get("gate"), parts["down"]
        self.fields = fields

    def forward(self, x: Tensor) -> Tensor:
        up = self.up(x)
        return self.down(F.gelu(up) if self.gate is None else F.silu(self.gate(x)) * up)


class TransformerBlock(nn.Module):
    """x ← x + attention(norm₁(x)), then x ← x + feedForward(norm₂(x)). Names are those of files."""

    def __init__(self, parts: dict[str, nn.Module], fields: Fields) -> None:
        super().__init__()
        self.attentionNorm, self.attention = parts["attentionNorm"], parts["attention"]
        self.feedForwardNorm, self.feedForward = parts["feedForwardNorm"], parts["feedForward"]
        self.dropout = parts["dropout"]
        self.fields = fields

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.dropout(self.attention(self.attentionNorm(x)))
        return x + self.dropout(self.feedForward(self.feedForwardNorm(x)))


class Gpt(nn.Module):
    """A decoder-only language model: tokens [batch, time ≤ context] → logits of the next ones."""

    def __init__(
        self,
        embedding: nn.Module,
        positions: nn.Module | None,
        dropout: nn.Module,
        blocks: Sequence[nn.Module],
        norm: nn.Module,
        head: nn.Module | None,
        fields: Fields,
    ) -> None:
        super().__init__()
        self.embedding, self.positions, self.dropout = embedding, positions, dropout
        self.blocks = nn.ModuleList(blocks)
        self.norm, self.head = norm, head
        self.fields = fields

    def forward(self, tokens: Tensor) -> Tensor:
        if tokens.dim() != 2 or tokens.shape[1] > self.fields["context"]:
            raise ValueError(
                f"Gpt: expected tokens [batch, time ≤ {self.fields['context']}], "
                f"got {list(tokens.shape)}"
            )
        x = self.embedding(tokens)
        x = self.dropout(x if self.positions is None else self.positions(x))
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return x @ self.embedding.weight.T if self.head is None else self.head(x)
