"""Schedules: the coordinates that are paired with each other, stage by stage."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Iterable, Sequence

import torch
from torch import Tensor

Pairs = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Stage:
    """One stage: its pairs and unpaired coordinates, and where they lie among all of a schedule."""

    first: Tensor
    """The first coordinate of each pair, [m]."""
    second: Tensor
    """The second coordinate of each pair, [m]."""
    unpaired: Tensor
    """The coordinates without a partner, ascending, [r]."""
    place: Tensor
    """Where each coordinate stands in (first, second, unpaired), [n]."""
    pairs: slice
    """Which of the schedule's pairs these are."""
    rest: slice
    """Which of the schedule's unpaired coordinates these are."""
    stride: int | None
    """s, where each i is paired with i XOR s; None for other pairs."""

    def to(self, device: torch.device) -> Stage:
        """The same, with its index tensors on a device."""
        return Stage(
            self.first.to(device),
            self.second.to(device),
            self.unpaired.to(device),
            self.place.to(device),
            self.pairs,
            self.rest,
            self.stride,
        )

    def split(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """z [N, n] → both coordinates of each pair, [N, *shape], and the unpaired, [N, r]."""
        if self.stride is None:
            return z[:, self.first], z[:, self.second], z[:, self.unpaired]
        halves = z.reshape(len(z), z.shape[1] // (2 * self.stride), 2, self.stride)
        return halves[:, :, 0], halves[:, :, 1], z[:, :0]

    def join(self, u: Tensor, v: Tensor, rest: Tensor) -> Tensor:
        """The inverse of `split`."""
        if self.stride is None:
            return torch.cat((u, v, rest), 1)[:, self.place]
        return torch.stack((u, v), 2).reshape(len(u), 2 * len(self.first))

    def shaped(self, x: Tensor) -> Tensor:
        """Numbers of the stage's pairs, [m], in the shape that `split` gives pairs."""
        return x if self.stride is None else x.reshape(-1, self.stride)


@dataclass(frozen=True, eq=False)
class Schedule:
    """Disjoint pairs for each of L stages over n coordinates.

    Pairs are counted through all stages, P in all, and so are the unpaired coordinates, R in all:
    a mixer's parameters lie in that order.
    """

    name: str
    n: int
    stages: tuple[Stage, ...]
    _elsewhere: dict[torch.device, "Schedule"] = field(default_factory=dict, repr=False)

    @property
    def pairs(self) -> int:
        """P, the number of all pairs."""
        return self.stages[-1].pairs.stop

    @property
    def unpaired(self) -> int:
        """R, the number of unpaired coordinates of all stages."""
        return self.stages[-1].rest.stop

    @property
    def strides(self) -> tuple[int, ...] | None:
        """The stride of each stage, or None where some stage has none."""
        strides = tuple(stage.stride for stage in self.stages if stage.stride is not None)
        return strides if len(strides) == len(self.stages) else None

    def pair_lists(self) -> list[list[list[int]]]:
        """The pairs of each stage, as `from_pairs` takes them."""
        return [torch.stack((s.first, s.second), 1).tolist() for s in self.stages]

    def to(self, device: torch.device) -> Schedule:
        """The same, with its index tensors on a device: made once for each."""
        if device == self.stages[0].first.device:
            return self
        if device not in self._elsewhere:
            moved = tuple(stage.to(device) for stage in self.stages)
            self._elsewhere[device] = Schedule(self.name, self.n, moved)
        return self._elsewhere[device]


def check_whole(op: str, **values: object) -> None:
    """Refuses what is no whole number ≥ 1."""
    for name, value in values.items():
        if type(value) is not int or value < 1:
            raise ValueError(f"{op}: expected {name}, a whole number ≥ 1, got {value!r}")


def _stage(n: int, pairs: Tensor, p: int, r: int) -> Stage:
    first, second = pairs.reshape(-1, 2).unbind(1)
    alone = torch.ones(n, dtype=torch.bool)
    alone[first] = alone[second] = False
    unpaired = torch.nonzero(alone).reshape(-1)
    place = torch.argsort(torch.cat((first, second, unpaired)))
    rest = slice(r, r + len(unpaired))
    return Stage(first, second, unpaired, place, slice(p, p + len(first)), rest, _stride(n, pairs))


def _stride(n: int, pairs: Tensor) -> int | None:
    """s, if the pairs are all (i, i XOR s) in ascending order of i."""
    if 2 * len(pairs) != n or n == 0:
        return None
    s = int(pairs[0, 1] - pairs[0, 0])
    if s < 1 or s & (s - 1) or n % (2 * s):
        return None
    i = torch.arange(n)
    i = i[i & s == 0]
    return s if torch.equal(pairs, torch.stack((i, i + s), 1)) else None


def _build(name: str, n: int, stages: Iterable[Tensor]) -> Schedule:
    made: list[Stage] = []
    p = r = 0
    for pairs in stages:
        made.append(_stage(n, pairs.reshape(-1, 2).long(), p, r))
        p, r = made[-1].pairs.stop, made[-1].rest.stop
    if n < 1 or not made:
        raise ValueError(f"{name}: expected n ≥ 1 and L ≥ 1 stages, got {n} and {len(made)}")
    return Schedule(name, n, tuple(made))


def from_pairs(n: int, stages: Sequence[Pairs], name: str = "pairs") -> Schedule:
    """A schedule from the pairs of each stage, disjoint, of different coordinates in [0, n)."""
    check_whole("from_pairs", n=n)
    for l, pairs in enumerate(stages):
        met: set[int] = set()
        for pair in pairs:
            if len(pair) != 2:
                raise ValueError(f"from_pairs: expected pairs, got {pair} in stage {l}")
            i, j = pair
            if not (0 <= i < n and 0 <= j < n) or i == j or met & {i, j}:
                raise ValueError(
                    f"from_pairs: expected disjoint pairs in [0, {n}), got ({i}, {j}) in stage {l}"
                )
            met |= {i, j}
    return _build(name, n, (torch.tensor(pairs, dtype=torch.long) for pairs in stages))


def log2_stages(n: int) -> int:
    """⌈log₂ n⌉, at least 1: the fewest stages after which every output can see every input."""
    return max(1, (n - 1).bit_length())


def butterfly(n: int, stages: int | None = None) -> Schedule:
    """Stage l pairs i with i XOR 2^(l mod ⌈log₂ n⌉) where that is below n."""
    check_whole("butterfly", n=n)
    period = log2_stages(n)
    i = torch.arange(n)

    def pairs(l: int) -> Tensor:
        s = 1 << (l % period)
        low = i[(i & s == 0) & (i + s < n)]
        return torch.stack((low, low + s), 1)

    return _build("butterfly", n, map(pairs, range(period if stages is None else stages)))


def shuffle(n: int, stages: int | None = None) -> Schedule:
    """Slot q is paired with slot q + ⌊n/2⌋, then the slots are shuffled perfectly (Pease 1968)."""
    check_whole("shuffle", n=n)
    half = n // 2
    made, slots = [], torch.arange(n)
    for _ in range(_shuffle_stages(n) if stages is None else stages):
        pairs = torch.stack((slots[:half], slots[half : 2 * half]), 1)
        made.append(pairs)
        slots = torch.cat((slots[2 * half :], pairs.reshape(-1)))
    return _build("shuffle", n, made)


def _shuffle_stages(n: int) -> int:
    """The fewest stages after which a shuffle mixes fully, as counted by SPM for n ≤ 300."""
    k = log2_stages(n)
    if n % 2 == 0 or n == 1:
        return k
    return k + 2 if 3 * n > 2 ** (k + 1) and n != 2**k - 1 else k + 1


def brick(n: int, stages: int | None = None) -> Schedule:
    """Neighbours (0,1)(2,3)… and (1,2)(3,4)… in turn."""
    check_whole("brick", n=n)

    def pairs(l: int) -> Tensor:
        i = torch.arange(l % 2, n - 1, 2)
        return torch.stack((i, i + 1), 1)

    return _build("brick", n, map(pairs, range(n if stages is None else stages)))


def random_matching(n: int, stages: int, generator: torch.Generator | None = None) -> Schedule:
    """An independent, uniformly random matching for each stage."""
    check_whole("random_matching", n=n, stages=stages)
    orders = (torch.randperm(n, generator=generator) for _ in range(stages))
    return _build("random", n, (order[: n - n % 2].reshape(-1, 2) for order in orders))


def default_schedule(n: int) -> Schedule:
    """A butterfly for n = 2^k, a shuffle otherwise: what mixes fully without a table, or at all."""
    return butterfly(n) if n & (n - 1) == 0 else shuffle(n)


def block_diagonal(schedule: Schedule, count: int) -> Schedule:
    """`count` copies of a schedule side by side, in as many stages."""
    if count == 1:
        return schedule
    shift = schedule.n * torch.arange(count).reshape(-1, 1, 1)

    def copies(stage: Stage) -> Tensor:
        return (torch.stack((stage.first, stage.second), 1) + shift).reshape(-1, 2)

    name = f"{schedule.name} × {count}"
    return _build(name, schedule.n * count, map(copies, schedule.stages))


def next_power_of_two(n: int) -> int:
    """The smallest 2^k ≥ n."""
    return 1 << math.ceil(math.log2(max(1, n)))
