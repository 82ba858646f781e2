"""The stages as autograd functions, with closed-form derivatives.

A stage mixes the coordinates (i, j) of each pair by a block [a, b; c, d]:

    z_i ← a z_i + b z_j        z_j ← c z_i + d z_j        z_r ← s z_r, r without a partner

Both backward passes are made of differentiable operations on what was saved, and so can be
differentiated again.
"""

from __future__ import annotations

from typing import Any, Callable

import torch
from torch import Tensor
from torch.autograd import Function

from .kinds import Kind
from .schedule import Schedule, Stage


def _block(stage: Stage, blocks: Tensor) -> tuple[Tensor, ...]:
    """a, b, c, d of the stage's pairs."""
    return tuple(stage.shaped(entry) for entry in blocks[stage.pairs].unbind(1))


def _forward(stage: Stage, z: Tensor, blocks: Tensor, scales: Tensor | None) -> Tensor:
    u, v, rest = stage.split(z)
    a, b, c, d = _block(stage, blocks)
    rest = rest if scales is None else scales[stage.rest] * rest
    return stage.join(a * u + b * v, c * u + d * v, rest)


def _transposed(stage: Stage, g: Tensor, blocks: Tensor, scales: Tensor | None) -> Tensor:
    """Bᵀ g: g_i ← a g_i + c g_j, g_j ← b g_i + d g_j."""
    u, v, rest = stage.split(g)
    a, b, c, d = _block(stage, blocks)
    rest = rest if scales is None else scales[stage.rest] * rest
    return stage.join(a * u + c * v, b * u + d * v, rest)


def _sum(x: Tensor) -> Tensor:
    """Σ over the rows, of the numbers of each pair: [N, *shape] → [m]."""
    return x.sum(0).reshape(-1)


class FreeStages(Function):
    """z_L = B_L ⋯ B₁ z₀ of free blocks. Keeps z₀ and runs the stages again on the way back.

    ā = Σ g_i z_i, b̄ = Σ g_i z_j, c̄ = Σ g_j z_i, d̄ = Σ g_j z_j, s̄ = Σ g_r z_r, z from before the
    stage and g from behind it.
    """

    @staticmethod
    def forward(ctx: Any, z: Tensor, blocks: Tensor, scales: Tensor, schedule: Schedule) -> Tensor:
        ctx.schedule = schedule
        ctx.save_for_backward(z, blocks, scales)
        for stage in schedule.stages:
            z = _forward(stage, z, blocks, scales)
        return z

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        z, blocks, scales = ctx.saved_tensors
        stages = ctx.schedule.stages
        inputs = [z]
        for stage in stages[:-1]:
            inputs.append(_forward(stage, inputs[-1], blocks, scales))
        block_bars: list[Tensor] = []
        scale_bars: list[Tensor] = []
        for stage, z in zip(reversed(stages), reversed(inputs)):
            (u, v, rest), (gu, gv, grest) = stage.split(z), stage.split(g)
            products = (gu * u, gu * v, gv * u, gv * v)
            block_bars.insert(0, torch.stack([_sum(x) for x in products], -1))
            scale_bars.insert(0, (grest * rest).sum(0))
            g = _transposed(stage, g, blocks, scales)
        return g, torch.cat(block_bars), torch.cat(scale_bars), None


class AngleStages(Function):
    """z_L = B_L ⋯ B₁ z₀ of rotations or reflections. Keeps z_L only, whatever L is.

    On the way back each stage is undone by its transpose, z and g alike, and the angle's gradient
    is the planar cross product behind the stage, θ̄ = Σ (z_i g_j − z_j g_i).
    """

    @staticmethod
    def forward(ctx: Any, z: Tensor, angles: Tensor, kind: Kind, schedule: Schedule) -> Tensor:
        blocks = kind.blocks(angles)
        for stage in schedule.stages:
            z = _forward(stage, z, blocks, None)
        ctx.kind, ctx.schedule = kind, schedule
        ctx.save_for_backward(z, angles)
        return z

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        z, angles = ctx.saved_tensors
        blocks = ctx.kind.blocks(angles)
        bars: list[Tensor] = []
        for stage in reversed(ctx.schedule.stages):
            (u, v, _), (gu, gv, _) = stage.split(z), stage.split(g)
            bars.insert(0, _sum(u * gv - v * gu))
            z = _transposed(stage, z, blocks, None)
            g = _transposed(stage, g, blocks, None)
        return g, torch.cat(bars), None, None


def stages(z: Tensor, parameters: dict[str, Tensor], kind: Kind, schedule: Schedule) -> Tensor:
    """z_L = B_L ⋯ B₁ z₀, [N, n] → [N, n]; 3nL FLOP a row."""
    schedule = schedule.to(z.device)
    if kind.orthogonal:
        return AngleStages.apply(z, parameters["angles"], kind, schedule)
    blocks, scales = parameters["blocks"], parameters["unpairedScales"]
    return FreeStages.apply(z, blocks, scales, schedule)


Run = Callable[..., Tensor]
"""Of rows [N, in], with the operands of `mixer`."""


def mixer(
    x: Tensor,
    parameters: dict[str, Tensor],
    kind: Kind,
    schedule: Schedule,
    d_in: Tensor | None = None,
    d_out: Tensor | None = None,
    bias: Tensor | None = None,
) -> Tensor:
    """y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, [..., in] → [..., out].

    x is padded with zeros to the schedule's n, and the first `out` coordinates are kept (all,
    without d_out): W is the top-left corner of the n×n product.
    """
    from . import butterfly_kernel  # it imports this module for its own second derivatives

    lead, width = x.shape[:-1], x.shape[-1]
    if width > schedule.n:
        raise ValueError(f"mixer: expected x [..., in ≤ {schedule.n}], got {list(x.shape)}")
    rows = x.reshape(-1, width)
    operands = (rows, parameters, kind, schedule, d_in, d_out, bias)
    run = butterfly_kernel.mixer if butterfly_kernel.fits(rows, schedule) else eager
    return run(*operands).reshape(*lead, schedule.n if d_out is None else len(d_out))


def eager(
    x: Tensor,
    parameters: dict[str, Tensor],
    kind: Kind,
    schedule: Schedule,
    d_in: Tensor | None = None,
    d_out: Tensor | None = None,
    bias: Tensor | None = None,
) -> Tensor:
    """The mixer of rows [N, in] in PyTorch's own operations around the stages."""
    z = x if d_in is None else x * d_in
    z = torch.nn.functional.pad(z, (0, schedule.n - x.shape[1]))
    z = stages(z, parameters, kind, schedule)
    y = z if d_out is None else z[:, : d_out.shape[0]] * d_out
    return y if bias is None else y + bias
