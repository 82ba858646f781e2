"""The mixer of butterflies in Triton: forward and backward in a few passes over memory.

A pass takes up to K stages whose strides lie within 2^K0 … 2^(K0 + K − 1). The 2^K coordinates
base + j·2^K0 then meet nobody else: a thread holds them in registers, one Triton tensor for each j,
does all stages of the pass on them, and goes on to the next rows with the same blocks. Gradients of
the blocks are summed in registers over a program's rows, over its threads at its end, and over the
programs by PyTorch: there are no atomics. The first pass multiplies by d_in, the last by d_out and
adds the bias.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from .function import eager
from .kinds import Kind
from .schedule import Schedule

try:
    import triton
    import triton.language as tl
except ImportError:
    triton = None

ROWS = 8
"""Rows that a program takes at a time, one a warp."""
LANES = 32
"""Groups of coordinates that a program takes, one a thread of a warp."""
PROGRAMS = 1024
"""How many programs share the rows of a pass, at least where there are so many rows."""


def fits(x: Tensor, schedule: Schedule) -> bool:
    """Whether the kernels take rows x: float32 on CUDA, of a schedule of strides."""
    usable = triton is not None and x.is_cuda and x.dtype == torch.float32
    return usable and schedule.strides is not None


@dataclass(frozen=True)
class Pass:
    """Stages that are done in registers, in one reading and writing of all rows."""

    start: int
    """Its first stage."""
    bits: tuple[int, ...]
    """log₂ of each stage's stride."""

    @property
    def low(self) -> int:
        """K0, log₂ of the smallest stride."""
        return min(self.bits)

    @property
    def width(self) -> int:
        """K, so that a thread holds 2^K coordinates."""
        return max(self.bits) - self.low + 1

    @property
    def order(self) -> int:
        """The stages' places in the pass, three bits each, the first stage lowest."""
        return sum((bit - self.low) << (3 * t) for t, bit in enumerate(self.bits))


def plan(strides: tuple[int, ...], most: int) -> list[Pass]:
    """The fewest passes of at most `most` neighbouring stages, on 2^most coordinates at most."""
    passes: list[Pass] = []
    for l, stride in enumerate(strides):
        bit = stride.bit_length() - 1
        last = passes.pop() if passes else Pass(l, ())
        wider = Pass(last.start, (*last.bits, bit))
        if len(wider.bits) <= most and wider.width <= most:
            passes.append(wider)
        else:
            passes += [last, Pass(l, (bit,))]
    return passes


def most_stages(kind: Kind) -> int:
    """Stages of a pass: what a thread has registers for, with the sums of all their gradients.

    A pass of four has 32 blocks, of two numbers and one sum each where there are angles; free
    blocks have four of either, and take a pass of three with its 12.
    """
    return 4 if kind.orthogonal else 3


if triton is not None:

    @triton.jit
    def _columns(K0: tl.constexpr, K: tl.constexpr, LANES: tl.constexpr):
        """Of the program's groups: their numbers, and their first coordinates, [LANES]."""
        q = tl.program_id(0) * LANES + tl.arange(0, LANES)
        base = ((q >> K0) << (K0 + K)) + (q & ((1 << K0) - 1))
        if K0 > 0:  # neighbours up to 2^K0: or a warp would read a column of rows
            base = tl.max_contiguous(base, min(1 << K0, LANES))
        return q, base

    @triton.jit
    def _deal(z, COUNT: tl.constexpr, SHAPE: tl.constexpr):
        """The numbers at even places of each of `COUNT` tensors, then those at odd places."""
        even, odd = (), ()
        for j in tl.static_range(COUNT):
            e, o = tl.split(tl.reshape(z[j], SHAPE))
            even, odd = even + (e,), odd + (o,)
        return even + odd

    @triton.jit
    def _gather(z, COUNT: tl.constexpr, SHAPE: tl.constexpr):
        """The inverse of `_deal`."""
        joined = ()
        for j in tl.static_range(COUNT):
            joined = joined + (tl.reshape(tl.join(z[j], z[j + COUNT]), SHAPE),)
        return joined

    @triton.jit
    def _load(at, row, rows, width, K0: tl.constexpr, K: tl.constexpr, LANES: tl.constexpr):
        """Of rows [R, 1] of at [rows, width]: 2^K tensors [R, LANES], zeros beyond the edges."""
        z = ()
        if K0 == 0:  # neighbours: read as they lie, then dealt to the threads
            column = tl.program_id(0) * (LANES << K) + tl.arange(0, LANES << K)[None, :]
            tile = tl.load(at + row * width + column, (row < rows) & (column < width), 0.0)
            z = (tl.reshape(tile, (row.shape[0], LANES, 1 << K)),)
            for level in tl.static_range(K):
                z = _deal(z, 1 << level, (row.shape[0], LANES, 1 << (K - level - 1), 2))
            flat = ()
            for j in tl.static_range(1 << K):
                flat = flat + (tl.reshape(z[j], (row.shape[0], LANES)),)
            z = flat
        else:
            _, base = _columns(K0, K, LANES)
            for j in tl.static_range(1 << K):
                column = (base + (j << K0))[None, :]
                one = tl.load(at + row * width + column, (row < rows) & (column < width), 0.0)
                z = z + (one,)
        return z

    @triton.jit
    def _store(at, z, row, rows, width, K0: tl.constexpr, K: tl.constexpr, LANES: tl.constexpr):
        """The inverse of `_load`."""
        if K0 == 0:
            for level in tl.static_range(K):
                z = _gather(z, 1 << (K - level - 1), (row.shape[0], LANES, 2 << level))
            column = tl.program_id(0) * (LANES << K) + tl.arange(0, LANES << K)[None, :]
            tile = tl.reshape(z[0], (row.shape[0], LANES << K))
            tl.store(at + row * width + column, tile, (row < rows) & (column < width))
        else:
            _, base = _columns(K0, K, LANES)
            for j in tl.static_range(1 << K):
                column = (base + (j << K0))[None, :]
                tl.store(at + row * width + column, z[j], (row < rows) & (column < width))

    @triton.jit
    def _vector(at, width, K0: tl.constexpr, K: tl.constexpr, LANES: tl.constexpr):
        """Of a vector [width]: 2^K tensors [1, LANES], zeros beyond its end."""
        _, base = _columns(K0, K, LANES)
        v = ()
        for j in tl.static_range(1 << K):
            column = base + (j << K0)
            v = v + (tl.load(at + column, column < width, 0.0)[None, :],)
        return v

    @triton.jit
    def _pair(n, m: tl.constexpr, K0: tl.constexpr, K: tl.constexpr, LANES: tl.constexpr):
        """The number, in its stage, of the m-th pair of each group, [LANES]; whether it exists."""
        q, _ = _columns(K0, K, LANES)
        return ((q >> K0) << (K0 + K - 1)) + (m << K0) + (q & ((1 << K0) - 1)), q < (n >> K)

    @triton.jit
    def _numbers(
        at, n, pairs, start,
        K0: tl.constexpr, K: tl.constexpr, STAGES: tl.constexpr, DET: tl.constexpr,
        LANES: tl.constexpr,
    ):
        """What the pass multiplies by: of each of its pairs cos θ and sin θ, or a, b, c and d."""
        w = ()
        for s in tl.static_range(STAGES):
            for m in tl.static_range(1 << (K - 1)):
                pair, there = _pair(n, m, K0, K, LANES)
                for entry in tl.static_range(4 if DET == 0 else 2):
                    place = at + entry * pairs + (start + s) * (n // 2) + pair
                    w = w + (tl.load(place, there, 0.0)[None, :],)
        return w

    @triton.jit
    def _block(w, pair: tl.constexpr, DET: tl.constexpr):
        """a, b, c, d of a pair."""
        if DET == 0:
            return w[4 * pair], w[4 * pair + 1], w[4 * pair + 2], w[4 * pair + 3]
        else:
            return w[2 * pair], -DET * w[2 * pair + 1], w[2 * pair + 1], DET * w[2 * pair]

    @triton.jit
    def _stage(
        z, w, s: tl.constexpr, t: tl.constexpr,
        K: tl.constexpr, DET: tl.constexpr, BACK: tl.constexpr,
    ):
        """Stage s of the pass, which pairs j with j XOR 2^t, or its transpose."""
        out = ()
        for j in tl.static_range(1 << K):
            a, b, c, d = _block(
                w, (s << (K - 1)) + ((j >> (t + 1)) << t) + (j & ((1 << t) - 1)), DET
            )
            partner = z[j ^ (1 << t)]
            if (j >> t) & 1 == 0:
                out = out + (a * z[j] + (c if BACK else b) * partner,)
            else:
                out = out + (d * z[j] + (b if BACK else c) * partner,)
        return out

    @triton.jit
    def _zeros(count: tl.constexpr, ROWS: tl.constexpr, LANES: tl.constexpr):
        zeros = ()
        for _ in tl.static_range(count):
            zeros = zeros + (tl.zeros((ROWS, LANES), tl.float32),)
        return zeros

    @triton.jit
    def _times(a, b, K: tl.constexpr):
        out = ()
        for j in tl.static_range(1 << K):
            out = out + (a[j] * b[j],)
        return out

    @triton.jit
    def _plus(a, b, K: tl.constexpr):
        out = ()
        for j in tl.static_range(1 << K):
            out = out + (a[j] + b[j],)
        return out

    @triton.jit
    def _products(
        sums, at: tl.constexpr, g, z, t: tl.constexpr, K: tl.constexpr, DET: tl.constexpr
    ):
        """The sums of a stage's blocks, which begin with block `at`, with one more tile of rows."""
        out = ()
        for m in tl.static_range(1 << (K - 1)):
            out = out + _product(
                sums, at + m, g, z,
                ((m >> t) << (t + 1)) + (m & ((1 << t) - 1)),
                ((m >> t) << (t + 1)) + (m & ((1 << t) - 1)) + (1 << t),
                DET,
            )
        return out

    @triton.jit
    def _product(
        sums, at: tl.constexpr, g, z, i: tl.constexpr, j: tl.constexpr, DET: tl.constexpr
    ):
        if DET == 0:
            return (
                sums[4 * at] + g[i] * z[i],
                sums[4 * at + 1] + g[i] * z[j],
                sums[4 * at + 2] + g[j] * z[i],
                sums[4 * at + 3] + g[j] * z[j],
            )
        else:
            return (sums[at] + (z[i] * g[j] - z[j] * g[i]),)

    @triton.jit
    def _store_sums(at, sums, width, K0: tl.constexpr, K: tl.constexpr, LANES: tl.constexpr):
        """Sums over a program's rows, of each coordinate, to its line of at [programs, width]."""
        if K >= 0:
            _, base = _columns(K0, K, LANES)
            for j in tl.static_range(1 << K):
                column = base + (j << K0)
                place = at + tl.program_id(1) * width + column
                tl.store(place, tl.sum(sums[j], 0), column < width)

    @triton.jit
    def _forward(
        x, numbers, d_in, d_out, bias, y, z_last,
        rows, n, width, height, pairs, start, each,
        K0: tl.constexpr, K: tl.constexpr, STAGES: tl.constexpr, ORDER: tl.constexpr,
        DET: tl.constexpr, FIRST: tl.constexpr, LAST: tl.constexpr, KEEP: tl.constexpr,
        ROWS: tl.constexpr, LANES: tl.constexpr,
    ):
        """A pass: x [rows, width] → y [rows, height]; z_last [rows, n] where LAST and KEEP."""
        w = _numbers(numbers, n, pairs, start, K0, K, STAGES, DET, LANES)
        scale_in = _vector(d_in, width, K0, K, LANES) if FIRST else ()
        scale_out = _vector(d_out, height, K0, K, LANES) if LAST else ()
        shift = _vector(bias, height, K0, K, LANES) if LAST else ()
        begin = tl.program_id(1) * each
        for top in range(begin, min(begin + each, rows), ROWS):
            row = (top + tl.arange(0, ROWS)).to(tl.int64)[:, None]
            z = _load(x, row, rows, width, K0, K, LANES)
            if FIRST:
                z = _times(z, scale_in, K)
            for s in tl.static_range(STAGES):
                z = _stage(z, w, s, (ORDER >> (3 * s)) & 7, K, DET, False)
            if LAST:
                if KEEP:
                    _store(z_last, z, row, rows, n, K0, K, LANES)
                z = _plus(_times(z, scale_out, K), shift, K)
            _store(y, z, row, rows, height, K0, K, LANES)

    @triton.jit
    def _backward(
        ct, z_at, x, numbers, d_in, d_out, ct_out, z_out, sums, sums_in, sums_out, sums_bias,
        rows, n, width, height, pairs, start, each,
        K0: tl.constexpr, K: tl.constexpr, STAGES: tl.constexpr, ORDER: tl.constexpr,
        DET: tl.constexpr, FIRST: tl.constexpr, LAST: tl.constexpr,
        ROWS: tl.constexpr, LANES: tl.constexpr,
    ):
        """A pass back: the cotangent ct [rows, height] of its output → ct_out [rows, width].

        z_at [rows, n] is the pass's output where there are angles, which is undone into z_out on
        the way; its input for free blocks (x in the first pass). Sums over the program's rows: of
        the pass's blocks, [programs, 1 or 4, STAGES · n/2], of d_in [programs, width], of d_out and
        the bias [programs, height].
        """
        w = _numbers(numbers, n, pairs, start, K0, K, STAGES, DET, LANES)
        scale_in = _vector(d_in, width, K0, K, LANES) if FIRST else ()
        scale_out = _vector(d_out, height, K0, K, LANES) if LAST else ()
        HALF: tl.constexpr = 1 << (K - 1)
        ENTRIES: tl.constexpr = 4 if DET == 0 else 1
        block_sums = _zeros(STAGES * HALF * ENTRIES, ROWS, LANES)
        in_sums = _zeros((1 << K) if FIRST else 0, ROWS, LANES)
        out_sums = _zeros((1 << K) if LAST else 0, ROWS, LANES)
        bias_sums = _zeros((1 << K) if LAST else 0, ROWS, LANES)
        begin = tl.program_id(1) * each
        for top in range(begin, min(begin + each, rows), ROWS):
            row = (top + tl.arange(0, ROWS)).to(tl.int64)[:, None]
            g = _load(ct, row, rows, height, K0, K, LANES)
            z = _load(z_at, row, rows, width if DET == 0 else n, K0, K, LANES)
            history = ()
            if DET == 0:
                if FIRST:
                    z = _times(z, scale_in, K)
                for s in tl.static_range(STAGES):
                    history = history + z
                    z = _stage(z, w, s, (ORDER >> (3 * s)) & 7, K, DET, False)
            if LAST:
                bias_sums = _plus(bias_sums, g, K)
                out_sums = _plus(out_sums, _times(g, z, K), K)
                g = _times(g, scale_out, K)
            added = ()  # the sums, last stage first
            for s in tl.static_range(STAGES - 1, -1, -1):
                if DET == 0:
                    z = history[s << K : (s + 1) << K]
                added = added + _products(
                    block_sums, (STAGES - 1 - s) * HALF, g, z, (ORDER >> (3 * s)) & 7, K, DET
                )
                if DET != 0:
                    z = _stage(z, w, s, (ORDER >> (3 * s)) & 7, K, DET, True)
                g = _stage(g, w, s, (ORDER >> (3 * s)) & 7, K, DET, True)
            block_sums = added
            if FIRST:
                x_row = _load(x, row, rows, width, K0, K, LANES)
                in_sums = _plus(in_sums, _times(g, x_row, K), K)
                g = _times(g, scale_in, K)
            elif DET != 0:
                _store(z_out, z, row, rows, n, K0, K, LANES)
            _store(ct_out, g, row, rows, width, K0, K, LANES)
        for back in tl.static_range(STAGES):
            for m in tl.static_range(HALF):
                pair, there = _pair(n, m, K0, K, LANES)
                pair += (STAGES - 1 - back) * (n // 2)
                for entry in tl.static_range(ENTRIES):
                    total = tl.sum(block_sums[(back * HALF + m) * ENTRIES + entry], 0)
                    plane = tl.program_id(1) * ENTRIES + entry
                    tl.store(sums + plane * STAGES * (n // 2) + pair, total, there)
        _store_sums(sums_in, in_sums, width, K0, K if FIRST else -1, LANES)
        _store_sums(sums_out, out_sums, height, K0, K if LAST else -1, LANES)
        _store_sums(sums_bias, bias_sums, height, K0, K if LAST else -1, LANES)


def _shape(x: Tensor, part: Pass, n: int) -> tuple[tuple[int, int], dict[str, int]]:
    """The grid of a pass over rows x, and what its kernel is told of it."""
    lanes = min(LANES, triton.next_power_of_2(n >> part.width))
    columns = triton.cdiv(n >> part.width, lanes)
    tiles = max(1, triton.cdiv(len(x), ROWS))
    each = ROWS * triton.cdiv(tiles, max(1, min(tiles, PROGRAMS // columns)))
    grid = (columns, triton.cdiv(tiles * ROWS, each))
    options = dict(K0=part.low, K=part.width, STAGES=len(part.bits), ORDER=part.order)
    return grid, dict(start=part.start, each=each, ROWS=ROWS, LANES=lanes, num_warps=8, **options)


class ButterflyMixer(Function):
    """y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias of rows x [N, in], by the kernels.

    `own` are the angles or the blocks, `none` the factors of unpaired coordinates, of which a
    schedule of strides has none; autograd and DistributedDataParallel still want their gradient.

    For the way back angles keep z_L, free blocks what each pass reads. Second derivatives are those
    of the eager mixer.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, d_in: Tensor, d_out: Tensor, bias: Tensor, own: Tensor, none: Tensor,
        kind: Kind, schedule: Schedule,
    ) -> Tensor:
        n, rows, height = schedule.n, len(x), len(d_out)
        x, d_in, d_out, bias = (v.contiguous() for v in (x, d_in, d_out, bias))
        numbers = _numbers_of(own, kind)
        passes = plan(schedule.strides or (), most_stages(kind))
        keep = any(ctx.needs_input_grad)
        z_last = x.new_empty((rows, n) if keep and kind.orthogonal else (0, n))
        kept: list[Tensor] = []
        z, width = x, x.shape[1]
        for k, part in enumerate(passes):
            last = k == len(passes) - 1
            y = x.new_empty(rows, height if last else n)
            grid, shape = _shape(x, part, n)
            _forward[grid](
                z, numbers, d_in, d_out, bias, y, z_last,
                rows, n, width, height if last else n, schedule.pairs,
                DET=kind.determinant or 0, FIRST=k == 0, LAST=last, KEEP=len(z_last) > 0, **shape,
            )
            kept += [] if kind.orthogonal or last or not keep else [y]
            z, width = y, n
        ctx.kind, ctx.schedule, ctx.passes = kind, schedule, passes
        ctx.save_for_backward(x, d_in, d_out, bias, own, none, z_last, *kept)
        return z

    @staticmethod
    def backward(ctx: Any, ct: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        x, d_in, d_out, bias, own, none, z_last, *kept = ctx.saved_tensors
        kind, schedule, passes = ctx.kind, ctx.schedule, ctx.passes
        if torch.is_grad_enabled():
            needs = ctx.needs_input_grad[:6]
            wanted = [v for v, need in zip((x, d_in, d_out, bias, own, none), needs) if need]
            y = eager(x, _named(own, none, kind), kind, schedule, d_in, d_out, bias)
            found = iter(torch.autograd.grad(y, wanted, ct, create_graph=True))
            return *(next(found) if need else None for need in needs), None, None
        n, rows, entries = schedule.n, len(x), 1 if kind.orthogonal else 4
        numbers = _numbers_of(own, kind)
        own_bar = x.new_empty(entries, schedule.pairs)
        g, z = ct.contiguous(), z_last
        spare = [torch.empty_like(z_last), torch.empty_like(z_last)]
        for k, part in reversed(list(enumerate(passes))):
            first, last = k == 0, k == len(passes) - 1
            grid, shape = _shape(x, part, n)
            lines = grid[1]
            g_out = x.new_empty(rows, x.shape[1] if first else n)
            z_out = spare[k % 2] if kind.orthogonal else z_last
            z = z if kind.orthogonal else x if first else kept[k - 1]
            sums = x.new_empty(lines, entries, len(part.bits) * (n // 2))
            at_in = x.new_empty(lines if first else 0, len(d_in))
            at_out, at_bias = (x.new_empty(lines if last else 0, len(d_out)) for _ in range(2))
            _backward[grid](
                g, z, x, numbers, d_in, d_out, g_out, z_out, sums, at_in, at_out, at_bias,
                rows, n, g_out.shape[1], g.shape[1], schedule.pairs,
                DET=kind.determinant or 0, FIRST=first, LAST=last, **shape,
            )
            at = part.start * (n // 2)
            own_bar[:, at : at + sums.shape[2]] = sums.sum(0)
            if first:
                d_in_bar = at_in.sum(0)
            if last:
                d_out_bar, bias_bar = at_out.sum(0), at_bias.sum(0)
            g, z = g_out, z_out
        own_bar = own_bar.T.reshape(own.shape)
        return g, d_in_bar, d_out_bar, bias_bar, own_bar, torch.zeros_like(none), None, None


def _numbers_of(own: Tensor, kind: Kind) -> Tensor:
    """cos θ and sin θ, [2, P], or a, b, c and d, [4, P]."""
    planes = torch.stack((own.cos(), own.sin())) if kind.orthogonal else own.T
    return planes.contiguous()


def _named(own: Tensor, none: Tensor, kind: Kind) -> dict[str, Tensor]:
    """The operands as parameters by name."""
    return {"angles": own} if kind.orthogonal else {"blocks": own, "unpairedScales": none}


def mixer(
    x: Tensor,
    parameters: dict[str, Tensor],
    kind: Kind,
    schedule: Schedule,
    d_in: Tensor | None = None,
    d_out: Tensor | None = None,
    bias: Tensor | None = None,
) -> Tensor:
    """The mixer of rows [N, in], as `function.eager`."""
    height = schedule.n if d_out is None else len(d_out)
    d_in = x.new_ones(x.shape[1]) if d_in is None else d_in
    d_out = x.new_ones(height) if d_out is None else d_out
    bias = x.new_zeros(height) if bias is None else bias
    own = parameters["angles" if kind.orthogonal else "blocks"]
    none = parameters.get("unpairedScales", x.new_zeros(0))
    return ButterflyMixer.apply(x, d_in, d_out, bias, own, none, kind, schedule)
