"""The mixer as a layer: a drop-in for nn.Linear(in, out) with O(n log n) parameters."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from .function import mixer
from .kinds import Kind, kinds
from .schedule import (
    Schedule,
    block_diagonal,
    check_whole,
    default_schedule,
    next_power_of_two,
)


def _padded(x: Tensor, n: int) -> Tensor:
    return nn.functional.pad(x, (0, n - x.shape[-1]))


class Mixer(nn.Module):
    """y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, [..., in] → [..., out].

    Parameters are named as in SPM's files: those of the kind (`angles`, or `blocks` and
    `unpairedScales`), `dIn`, `dOut`, `bias`.

    :param kind: "rotation", "general", "reflection", or a Kind
    :param schedule: of one operator; default a butterfly over the next power of two
    :param rectangular: "pad": one operator as wide as the larger side. "split": as wide as the
        smaller side; for out > in they are stacked, each sees all of x and their outputs stand one
        after another; for in > out they are folded, y = q^(−1/2) Σ W_c x_c over parts x_c of x
    :param diagonals: whether there is a d_in; d_out is there in any case
    :param gain: the first value of d_out
    """

    exempt = ("bias", "angles", "blocks", "unpairedScales")
    """Parameters that weight decay leaves alone."""

    def __init__(
        self,
        in_features: int,
        out_features: int,
        kind: str | Kind = "rotation",
        *,
        schedule: Schedule | None = None,
        rectangular: str = "pad",
        bias: bool = True,
        diagonals: bool = True,
        gain: float = 1.0,
        init: str | None = None,
        noise: float = 0.1,
        generator: torch.Generator | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        check_whole("Mixer", in_features=in_features, out_features=out_features)
        if not isinstance(kind, Kind) and kind not in kinds:
            raise ValueError(f"Mixer: expected a kind of {', '.join(kinds)}, got {kind!r}")
        if schedule is not None and not isinstance(schedule, Schedule):
            raise TypeError(f"Mixer: expected a Schedule, such as butterfly(8), got {schedule!r}")
        if rectangular not in ("pad", "split"):
            raise ValueError(f"Mixer: expected rectangular pad or split, got {rectangular!r}")
        small, large = sorted((in_features, out_features))
        needed = large if rectangular == "pad" else small
        base = default_schedule(next_power_of_two(needed)) if schedule is None else schedule
        if base.n < needed:
            raise ValueError(f"Mixer: expected a schedule of width n ≥ {needed}, got {base.n}")
        self.in_features, self.out_features = in_features, out_features
        self.kind = kinds[kind] if isinstance(kind, str) else kind
        self.rectangular = rectangular
        self.base = base
        self.count = math.ceil(large / base.n)
        stacked = self.count > 1 and out_features > in_features
        folded = self.count > 1 and not stacked
        self.form = "stack" if stacked else "fold" if folded else "one"
        self.schedule = block_diagonal(base, self.count)

        like: dict[str, Any] = {"device": device, "dtype": dtype or torch.get_default_dtype()}
        first = self.kind.initial(self.schedule, init or "haar", noise, generator)
        for name, value in first.items():
            self.register_parameter(name, nn.Parameter(value.to(**like)))
        d_in = (self.count, in_features) if stacked else (in_features,)
        d_out = (self.count, out_features) if folded else (out_features,)
        self.dIn = nn.Parameter(torch.ones(d_in, **like)) if diagonals else None
        self.dOut = nn.Parameter(torch.full(d_out, float(gain), **like))
        self.bias = nn.Parameter(torch.zeros(out_features, **like)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1] != self.in_features:
            raise ValueError(f"Mixer: expected x [..., {self.in_features}], got {list(x.shape)}")
        n, count, lead = self.base.n, self.count, x.shape[:-1]
        parameters = {name: getattr(self, name) for name in self.kind.parameters}
        d_in, d_out = self.dIn, self.dOut
        if self.form == "stack":
            x = _padded(x, n).unsqueeze(-2).expand(*lead, count, n).reshape(*lead, count * n)
            wide_in = None if d_in is None else _padded(d_in, n).reshape(-1)
            return mixer(x, parameters, self.kind, self.schedule, wide_in, d_out, self.bias)
        if self.form != "fold":
            return mixer(x, parameters, self.kind, self.schedule, d_in, d_out, self.bias)
        wide = _padded(d_out, n).reshape(-1)
        parts = mixer(x, parameters, self.kind, self.schedule, d_in, wide)
        y = parts.reshape(*lead, count, n).sum(-2)[..., : self.out_features] / math.sqrt(count)
        return y if self.bias is None else y + self.bias

    def to_dense(self) -> Tensor:
        """W [out, in]."""
        unit = torch.eye(self.in_features, dtype=self.dOut.dtype, device=self.dOut.device)
        y = self(unit)
        return (y if self.bias is None else y - self.bias).T

    def extra_repr(self) -> str:
        sizes = f"{self.in_features} → {self.out_features}, {self.kind.name}"
        return f"{sizes}, {self.schedule.name}: L = {len(self.schedule.stages)}"
