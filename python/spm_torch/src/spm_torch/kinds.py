"""Kinds of mixer: where the 2×2 blocks of the pairs come from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .schedule import Schedule


@dataclass(frozen=True)
class Kind:
    """A parameterisation: one angle a pair, or the blocks themselves.

    With angles, the blocks are R(θ) diag(1, det), R a rotation and det = ±1, and a coordinate
    without a partner passes. Free blocks have four numbers a pair, [P, 4], rows [a, b, c, d], and a
    factor for each unpaired coordinate, [R].
    """

    name: str
    description: str
    determinant: int | None
    """That of each block, 1 or −1; None for free blocks."""
    inits: tuple[str, ...] = ("haar", "identity", "quarter")

    @property
    def orthogonal(self) -> bool:
        return self.determinant is not None

    @property
    def parameters(self) -> tuple[str, ...]:
        """Their names, as SPM's files have them."""
        return ("angles",) if self.orthogonal else ("blocks", "unpairedScales")

    def shapes(self, schedule: Schedule) -> dict[str, tuple[int, ...]]:
        if self.orthogonal:
            return {"angles": (schedule.pairs,)}
        return {"blocks": (schedule.pairs, 4), "unpairedScales": (schedule.unpaired,)}

    def blocks(self, angles: Tensor) -> Tensor:
        """[c, −det s; s, det c] of angles [P], in radians: [P, 4]."""
        assert self.determinant is not None
        c, s = angles.cos(), angles.sin()
        return torch.stack((c, -self.determinant * s, s, self.determinant * c), -1)

    def initial(
        self,
        schedule: Schedule,
        init: str = "haar",
        noise: float = 0.1,
        generator: torch.Generator | None = None,
    ) -> dict[str, Tensor]:
        """First parameters, all orthogonal.

        haar: angles uniform in [−π, π), and of free blocks half are reflections; identity: angles
        N(0, noise²); quarter: ±π/4 + N(0, noise²).
        """
        if init not in self.inits:
            raise ValueError(f"{self.name}: expected one of {', '.join(self.inits)}, got {init!r}")
        size = (schedule.pairs,)
        uniform = torch.rand(size, generator=generator)
        normal = torch.randn(size, generator=generator)
        flip = torch.ones(size)
        if init == "haar":
            angles = (2 * uniform - 1) * math.pi
            flip = torch.rand(size, generator=generator).lt(0.5).float() * -2 + 1
        elif init == "identity":
            angles = noise * normal
        else:
            angles = torch.where(uniform < 0.5, -math.pi / 4, math.pi / 4) + noise * normal
        if self.orthogonal:
            return {"angles": angles}
        c, s = angles.cos(), angles.sin()
        blocks = torch.stack((c, -flip * s, s, flip * c), -1)
        return {"blocks": blocks, "unpairedScales": torch.ones(schedule.unpaired)}


rotation = Kind("rotation", "rotations of pairs, one angle each: orthogonal", 1)
reflection = Kind(
    "reflection",
    "reflections of pairs, one angle each: orthogonal, and no identity among them",
    -1,
    inits=("haar", "quarter"),
)
general = Kind("general", "free 2×2 blocks, started orthogonal", None)

kinds: dict[str, Kind] = {kind.name: kind for kind in (rotation, general, reflection)}
"""The kinds by name."""
