"""The other structured linear maps of SPM's files: y = W x + bias, x [..., in] → [..., out].

W has far fewer numbers than a dense matrix; their names and shapes are those of files. All are made
of PyTorch's own operations, so that autograd differentiates them, to any order.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .function import mixer
from .kinds import general
from .schedule import butterfly, check_whole, log2_stages, next_power_of_two


class Structured(nn.Module):
    """A map of these sizes with a bias, 0 at first, or none; subclasses multiply by W.

    :param gain: a factor on W's first values, which have variance 1/in
    """

    own: tuple[str, ...] = ()
    """What a file says of it besides its sizes and whether there is a bias."""
    exempt: tuple[str, ...] = ("bias",)
    """Parameters that weight decay leaves alone."""

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        bias: bool = True,
        gain: float = 1.0,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        **own: int | None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        check_whole(name, in_features=in_features, out_features=out_features)
        if set(own) - set(self.own):
            known = ", ".join(("bias", "gain", "device", "dtype", *self.own))
            raise TypeError(f"{name}: expected the options {known}, got {', '.join(own)}")
        self.in_features, self.out_features = in_features, out_features
        self._like: dict[str, Any] = {"device": device, "dtype": dtype}
        self.make(gain, **own)
        self.bias = nn.Parameter(torch.zeros(out_features, **self._like)) if bias else None

    def make(self, gain: float, *_: Any, **own: Any) -> None:
        """Makes the parameters."""
        raise NotImplementedError

    def multiply(self, x: Tensor) -> Tensor:
        """W x, or more than `out` coordinates that begin with it."""
        raise NotImplementedError

    def normal(self, *shape: int, deviation: float) -> nn.Parameter:
        return nn.Parameter(deviation * torch.randn(*shape, **self._like))

    def count(self, name: str, given: int | None, default: int, most: float = math.inf) -> int:
        """An option, a whole number from 1 to `most`, or its default."""
        value = default if given is None else given
        if type(value) is not int or not 1 <= value <= most:
            at_most = "" if most == math.inf else f" to {most}"
            raise ValueError(f"{type(self).__name__}: expected {name} from 1{at_most}, got {value}")
        return value

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1] != self.in_features:
            name = type(self).__name__
            raise ValueError(f"{name}: expected x [..., {self.in_features}], got {list(x.shape)}")
        y = self.multiply(x)[..., : self.out_features]
        return y if self.bias is None else y + self.bias

    def to_dense(self) -> Tensor:
        """W [out, in]."""
        like = next(self.parameters())
        unit = torch.eye(self.in_features, dtype=like.dtype, device=like.device)
        return self.multiply(unit)[..., : self.out_features].T

    def extra_repr(self) -> str:
        own = "".join(f", {name} {getattr(self, name)}" for name in self.own)
        return f"{self.in_features} → {self.out_features}{own}"


def _parts(x: Tensor, w: Tensor) -> Tensor:
    """z[k] = w[k] x[k] of neighbouring parts of x: w [q, out, in] → [..., q · out].

    x is widened to q · in by zeros.
    """
    q, _, width = w.shape
    parts = _widened(x, q * width).reshape(*x.shape[:-1], q, width)
    return torch.einsum("...qi,qoi->...qo", parts, w).flatten(-2)


def _widened(x: Tensor, width: int) -> Tensor:
    return F.pad(x, (0, width - x.shape[-1]))


def _convolve(x: Tensor, frequencies: Tensor, n: int) -> Tensor:
    """The circular convolution over n coordinates with a kernel of these frequencies."""
    if x.numel() == 0:  # MKL refuses it
        return _widened(x, n) * frequencies.real.sum()
    return torch.fft.irfft(torch.fft.rfft(_widened(x, n)) * frequencies, n=n)


class LowRank(Structured):
    """W = U V, of rank ≤ r: u [out, r], v [r, in]. Default r = ⌈log₂ max(in, out)⌉, at least 1."""

    own = ("rank",)

    def make(self, gain: float, rank: int | None = None) -> None:
        large = max(self.in_features, self.out_features)
        self.rank = r = self.count("rank", rank, log2_stages(large))
        self.u = self.normal(self.out_features, r, deviation=gain / math.sqrt(r))
        self.v = self.normal(r, self.in_features, deviation=1 / math.sqrt(self.in_features))

    def multiply(self, x: Tensor) -> Tensor:
        return x @ self.v.T @ self.u.T


class BlockDiagonal(Structured):
    """W = diag(W₁, …, W_q), weight [q, ⌈out/q⌉, ⌈in/q⌉]. Default q = ⌈√min(in, out)⌉."""

    own = ("blocks",)

    def make(self, gain: float, blocks: int | None = None) -> None:
        small = min(self.in_features, self.out_features)
        self.blocks = q = self.count("blocks", blocks, _root(small), small)
        height, width = -(-self.out_features // q), -(-self.in_features // q)
        self.weight = self.normal(q, height, width, deviation=gain / math.sqrt(width))

    def multiply(self, x: Tensor) -> Tensor:
        return _parts(x, self.weight)


class BlockHadamard(Structured):
    """W = B₂ H B₁ / √D with H the Hadamard matrix of D = 2^k ≥ min(in, out), at least 4.

    B₁ and B₂ have q = 2^j ≤ D blocks: inner [q, D/q, ⌈in/q⌉], outer [q, ⌈out/q⌉, D/q]. Default
    the least q ≥ √D.
    """

    own = ("blocks",)

    def make(self, gain: float, blocks: int | None = None) -> None:
        bits = max(2, log2_stages(min(self.in_features, self.out_features)))
        self.blocks = q = self.count("blocks", blocks, 1 << (bits + 1) // 2, 1 << bits)
        if q & (q - 1):
            raise ValueError(f"BlockHadamard: expected a power of two of blocks, got {q}")
        height, width = -(-self.out_features // q), -(-self.in_features // q)
        rank = (1 << bits) // q
        self.inner = self.normal(q, rank, width, deviation=1 / math.sqrt(width))
        self.outer = self.normal(q, height, rank, deviation=gain / math.sqrt(rank))

    def multiply(self, x: Tensor) -> Tensor:
        return _parts(_hadamard(_parts(x, self.inner)), self.outer)


def _hadamard(z: Tensor) -> Tensor:
    """z H / √D, H = [1, 1; 1, −1]^⊗k: z [..., D]."""
    shape, s = z.shape, 1
    while s < shape[-1]:
        u, v = z.reshape(*shape[:-1], shape[-1] // (2 * s), 2, s).unbind(-2)
        z, s = torch.stack((u + v, u - v), -2), 2 * s
    return z.reshape(shape) / math.sqrt(shape[-1])


class Monarch(Structured):
    """W = P L Pᵀ R (Dao et al. 2022): right [m, q, ⌈in/m⌉], left [q, ⌈out/q⌉, m].

    P transposes: output j of R's block k is input k of L's block j. Default m = ⌈√in⌉ and
    q = ⌈√out⌉; with `blocks` both are that.
    """

    own = ("blocks",)

    def make(self, gain: float, blocks: int | None = None) -> None:
        m = self.count("blocks", blocks, _root(self.in_features))
        q = self.count("blocks", blocks, _root(self.out_features))
        self.blocks, width = blocks, -(-self.in_features // m)
        self.right = self.normal(m, q, width, deviation=1 / math.sqrt(width))
        self.left = self.normal(q, -(-self.out_features // q), m, deviation=gain / math.sqrt(m))

    def multiply(self, x: Tensor) -> Tensor:
        (m, q, _), height = self.right.shape, self.left.shape[1]
        between = _parts(x, self.right).reshape(*x.shape[:-1], m, q).transpose(-1, -2)
        y = _parts(between.flatten(-2), self.left).reshape(*x.shape[:-1], q, height)
        return y.transpose(-1, -2).flatten(-2)


class Toeplitz(Structured):
    """W[o, i] = t[o − i + in − 1], t = diagonals [in + out − 1]: by Fourier transforms."""

    def make(self, gain: float) -> None:
        size = self.in_features + self.out_features - 1
        self.diagonals = self.normal(size, deviation=gain / math.sqrt(self.in_features))

    def multiply(self, x: Tensor) -> Tensor:
        t, before = self.diagonals, self.in_features - 1
        n = next_power_of_two(len(t))
        kernel = torch.cat((t[before:], t.new_zeros(n - len(t)), t[:before]))
        return _convolve(x, torch.fft.rfft(kernel), n)


class Circulant(Structured):
    """W[o, i] = c[(o − i) mod n], n = max(in, out), c = kernel [n]: by Fourier transforms."""

    def make(self, gain: float) -> None:
        size = max(self.in_features, self.out_features)
        self.kernel = self.normal(size, deviation=gain / math.sqrt(self.in_features))

    def multiply(self, x: Tensor) -> Tensor:
        return _convolve(x, torch.fft.rfft(self.kernel), len(self.kernel))


class CirculantDiagonal(Structured):
    """W = diag(left) C diag(right), C circulant over n = max(in, out) (Feng and Liao 2025, CDFlow).

    spectrum [n] is the Fourier transform of C's first column: Re ĉ₀ … Re ĉ_⌊n/2⌋, then Im ĉ₁ …
    Im ĉ_⌈n/2⌉₋₁. It starts with modulus 1 and random phases, left [out] and right [in] with random
    signs: orthogonal, for in = out.
    """

    exempt = ("bias", "left", "spectrum", "right")

    def make(self, gain: float) -> None:
        n = max(self.in_features, self.out_features)
        phases = 2 * math.pi * torch.rand(n // 2 + 1, **self._like)
        if n % 2 == 0:
            phases[-1] = 0
        phases[0] = 0
        self.spectrum = nn.Parameter(torch.cat((phases.cos(), phases.sin()[1 : (n + 1) // 2])))
        self.left = self._signs(self.out_features, gain * math.sqrt(n / self.in_features))
        self.right = self._signs(self.in_features, 1.0)

    def _signs(self, size: int, factor: float) -> nn.Parameter:
        return nn.Parameter(factor * (1 - 2 * torch.rand(size, **self._like).round()))

    def multiply(self, x: Tensor) -> Tensor:
        n = len(self.spectrum)
        re, im = self.spectrum[: n // 2 + 1], self.spectrum[n // 2 + 1 :]
        frequencies = torch.complex(re, F.pad(im, (1, len(re) - 1 - len(im))))
        return self.left * _convolve(self.right * x, frequencies, n)[..., : self.out_features]


class Butterfly(Structured):
    """The first rows of ⌈out/n⌉ butterflies of width n = 2^k ≥ in, one below another.

    Each is a general mixer without diagonals (Dao et al. 2019): stack, of blocks [P, 4].
    """

    exempt = ("bias", "stack")

    def make(self, gain: float) -> None:
        self.schedule = butterfly(1 << log2_stages(self.in_features))
        n, stack = self.schedule.n, []
        for _ in range(-(-self.out_features // n)):
            blocks = general.initial(self.schedule)["blocks"]
            blocks[-n // 2 :] *= gain
            stack.append(nn.Parameter(blocks.to(dtype=torch.get_default_dtype()).to(**self._like)))
        self.stack = nn.ParameterList(stack)

    def multiply(self, x: Tensor) -> Tensor:
        none = x.new_zeros(0)
        own = ({"blocks": blocks, "unpairedScales": none} for blocks in self.stack)
        return torch.cat([mixer(x, one, general, self.schedule) for one in own], -1)


def _root(n: int) -> int:
    """⌈√n⌉."""
    return math.isqrt(n - 1) + 1


structured: dict[str, type[Structured]] = {
    "low-rank": LowRank,
    "block-diagonal": BlockDiagonal,
    "block-hadamard": BlockHadamard,
    "monarch": Monarch,
    "circulant": Circulant,
    "circulant-diagonal": CirculantDiagonal,
    "toeplitz": Toeplitz,
    "butterfly": Butterfly,
}
"""The maps by the names that `spm train --layer` takes."""
