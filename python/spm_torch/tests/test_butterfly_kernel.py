"""The Triton kernels beside the eager mixer: on CUDA, or in Triton's interpreter on the CPU.

The interpreter is chosen before Triton is imported: TRITON_INTERPRET=1 python3 -m pytest.
"""

from __future__ import annotations

import os

import pytest
import torch
from torch import Tensor

from spm_torch import Kind, Schedule, block_diagonal, butterfly, from_pairs, kinds
from spm_torch import butterfly_kernel as kernel
from spm_torch.function import eager

if kernel.triton is None:
    pytest.skip("Triton is not installed", allow_module_level=True)
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
if not INTERPRETED and not torch.cuda.is_available():
    pytest.skip("no CUDA, and TRITON_INTERPRET is not 1", allow_module_level=True)
DEVICE = "cpu" if INTERPRETED else "cuda"

FORTH = butterfly(64).pair_lists()
CASES = {
    "two coordinates": (butterfly(2), 2, 2, 3),
    "one pass": (butterfly(8), 8, 8, 5),
    "rows and columns cut off": (butterfly(128), 100, 70, 17),
    "three passes": (butterfly(1024), 784, 256, 3),
    "groups that are no power of two": (block_diagonal(butterfly(4), 3), 12, 11, 9),
    "there and back": (from_pairs(64, FORTH + FORTH[::-1]), 64, 64, 5),
    "no rows": (butterfly(8), 8, 8, 0),
}


@pytest.mark.parametrize("kind", kinds.values(), ids=kinds)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_kernels_are_the_eager_mixer(
    kind: Kind, case: tuple[Schedule, int, int, int]
) -> None:
    schedule, width, height, rows = case
    torch.manual_seed(rows)
    own = {name: v.to(DEVICE) for name, v in kind.initial(schedule).items()}
    shapes = ((rows, width), (width,), (height,), (height,))
    x, d_in, d_out, bias = (torch.randn(s, device=DEVICE).requires_grad_() for s in shapes)
    for parameter in own.values():  # every one, also of no elements
        parameter.requires_grad_()
    ct = torch.randn(rows, height, device=DEVICE)

    def run(mixer) -> list[Tensor]:
        y = mixer(x, own, kind, schedule, d_in, d_out, bias)
        return [y, *torch.autograd.grad(y, (x, d_in, d_out, bias, *own.values()), ct)]

    for ours, theirs in zip(run(kernel.mixer), run(eager)):
        assert torch.allclose(ours, theirs, rtol=1e-5, atol=1e-5 * max(1.0, rows**0.5))


@pytest.mark.parametrize("kind", kinds.values(), ids=kinds)
def test_second_derivatives(kind: Kind) -> None:
    schedule = butterfly(8)
    torch.manual_seed(2)
    own = {name: v.to(DEVICE) for name, v in kind.initial(schedule).items()}
    first = next(iter(own.values())).requires_grad_()
    x = torch.randn(3, 8, device=DEVICE)

    def slope_of_slope(mixer) -> Tensor:
        (slope,) = torch.autograd.grad(
            mixer(x, own, kind, schedule).pow(3).sum(), first, create_graph=True
        )
        return torch.autograd.grad(slope.pow(2).sum(), first)[0]

    assert torch.allclose(slope_of_slope(kernel.mixer), slope_of_slope(eager), rtol=1e-4, atol=1e-3)


def test_plan() -> None:
    def bits(strides: tuple[int, ...], most: int) -> list[tuple[int, ...]]:
        return [part.bits for part in kernel.plan(strides, most)]

    assert bits(tuple(1 << k for k in range(12)), 4) == [(0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10, 11)]
    assert bits((8, 4, 2, 1), 3) == [(3, 2, 1), (0,)]
    assert bits((1, 64, 2), 4) == [(0,), (6,), (1,)]


def test_where_they_run() -> None:
    x = torch.zeros(1, 8)
    assert not kernel.fits(x, butterfly(8))
    if torch.cuda.is_available():
        assert kernel.fits(x.cuda(), butterfly(8))
        assert not kernel.fits(x.cuda().double(), butterfly(8))
