"""The mixer: its values and derivatives, its schedules, its forms, its place in a model."""

from __future__ import annotations

import math
from typing import Callable

import pytest
import torch
from torch import Tensor

from schedules import schedules
from spm_torch import (
    Mixer,
    Schedule,
    block_diagonal,
    butterfly,
    from_pairs,
    gpt,
    gru,
    kinds,
    mixer,
    mlp,
    shuffle,
    text_task,
)
from spm_torch.kinds import Kind

FLOAT64 = {"dtype": torch.float64}


def product(parameters: dict[str, Tensor], kind: Kind, schedule: Schedule) -> Tensor:
    """B_L ⋯ B₁, its blocks written into matrices one by one."""
    blocks = kind.blocks(parameters["angles"]) if kind.orthogonal else parameters["blocks"]
    scales = parameters.get("unpairedScales", torch.ones(schedule.unpaired, **FLOAT64))
    p = r = 0
    whole = torch.eye(schedule.n, **FLOAT64)
    for pairs in schedule.pair_lists():
        stage = torch.eye(schedule.n, **FLOAT64)
        for i, j in pairs:
            a, b, c, d = blocks[p]
            stage[i, i], stage[i, j], stage[j, i], stage[j, j] = a, b, c, d
            p += 1
        for q in sorted(set(range(schedule.n)) - {i for pair in pairs for i in pair}):
            stage[q, q] = scales[r]
            r += 1
        whole = stage @ whole
    return whole


def drawn(kind: Kind, schedule: Schedule) -> dict[str, Tensor]:
    return {
        name: torch.randn(shape, **FLOAT64).requires_grad_()
        for name, shape in kind.shapes(schedule).items()
    }


@pytest.mark.parametrize("kind", kinds.values(), ids=kinds)
@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 12, 17])
def test_value_is_the_product_of_the_stages(kind: Kind, n: int) -> None:
    torch.manual_seed(n)
    for schedule in schedules(n):
        parameters = drawn(kind, schedule)
        x = torch.randn(3, n, **FLOAT64)
        y = mixer(x, parameters, kind, schedule)
        expected = x @ product(parameters, kind, schedule).T
        assert torch.allclose(y, expected, rtol=1e-12, atol=1e-12), schedule.name


@pytest.mark.parametrize("kind", kinds.values(), ids=kinds)
@pytest.mark.parametrize("schedule", [butterfly(4), shuffle(5), from_pairs(3, [[(2, 0)], []])])
def test_first_and_second_derivatives(kind: Kind, schedule: Schedule) -> None:
    torch.manual_seed(1)
    n = schedule.n
    parameters = drawn(kind, schedule)
    sizes = ((2, n - 1), (n - 1,), (n - 2,), (n - 2,))
    x, d_in, d_out, bias = (torch.randn(s, **FLOAT64).requires_grad_() for s in sizes)

    def f(x: Tensor, d_in: Tensor, d_out: Tensor, bias: Tensor, *own: Tensor) -> Tensor:
        return mixer(x, dict(zip(parameters, own)), kind, schedule, d_in, d_out, bias)

    inputs = (x, d_in, d_out, bias, *parameters.values())
    assert torch.autograd.gradcheck(f, inputs)
    assert torch.autograd.gradgradcheck(f, inputs)


def test_rotations_keep_z_of_the_last_stage_only() -> None:
    kept: list[int] = []
    layer = Mixer(64, 64, schedule=butterfly(64, 24))
    pack = torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel()) or t, id)
    with pack:
        layer(torch.randn(32, 64).requires_grad_())
    assert sum(kept) < 8 * 32 * 64  # x, x ⊙ d_in, z_L, not 24 stages


@pytest.mark.parametrize("kind", kinds)
@pytest.mark.parametrize("rectangular", ["pad", "split"])
@pytest.mark.parametrize("sizes", [(6, 3), (3, 6), (3, 10), (10, 3), (4, 4), (1, 1)])
def test_forms(kind: str, rectangular: str, sizes: tuple[int, int]) -> None:
    layer = Mixer(*sizes, kind, rectangular=rectangular, **FLOAT64)
    x = torch.randn(2, 5, sizes[0], **FLOAT64)
    y = layer(x)
    assert y.shape == (2, 5, sizes[1])
    assert torch.allclose(y, x @ layer.to_dense().T + layer.bias, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", kinds)
def test_no_rows(kind: str) -> None:
    for layer in (Mixer(6, 3, kind), Mixer(5, 5, kind, schedule=shuffle(5))):
        x = torch.zeros(2, 0, layer.in_features).requires_grad_()
        y = layer(x)
        y.sum().backward()
        assert y.shape == (2, 0, layer.out_features) and layer.dOut.grad.abs().sum() == 0


def test_orthogonal_kinds_keep_lengths() -> None:
    for kind in ("rotation", "reflection"):
        w = Mixer(20, 20, kind, schedule=shuffle(20), **FLOAT64).to_dense()
        assert torch.allclose(w @ w.T, torch.eye(20, **FLOAT64), atol=1e-12)


def test_starts() -> None:
    near = Mixer(16, 16, "general", init="identity", noise=0.01).to_dense()
    assert (near - torch.eye(16)).abs().max() < 0.2
    flat = Mixer(16, 16, init="quarter", noise=0.0).to_dense()
    assert torch.allclose(flat.abs(), torch.full((16, 16), 1 / math.sqrt(16)), atol=1e-6)
    with pytest.raises(ValueError, match="reflection: expected one of haar, quarter"):
        Mixer(4, 4, "reflection", init="identity")


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: from_pairs(4, [[(0, 1), (1, 2)]]), "disjoint pairs in .* got .1, 2. in"),
        (lambda: from_pairs(4, [[(0,)]]), "from_pairs: expected pairs, got .0,. in stage 0"),
        (lambda: shuffle(2.5), "shuffle: expected n, a whole number ≥ 1, got 2.5"),
        (lambda: butterfly(0), "butterfly: expected n, a whole number ≥ 1, got 0"),
        (lambda: butterfly(4, 0), "butterfly: expected n ≥ 1 and L ≥ 1 stages, got 4 and 0"),
        (lambda: Mixer(8, 4, schedule=butterfly(4)), "a schedule of width n ≥ 8, got 4"),
        (lambda: Mixer(8, 4, schedule="butterfly"), "Mixer: expected a Schedule, such as"),
        (lambda: Mixer(8, 4, "monarch"), "Mixer: expected a kind of rotation, .* got 'monarch'"),
        (lambda: Mixer(8.0, 4), "Mixer: expected in_features, a whole number ≥ 1, got 8.0"),
        (lambda: Mixer(8, 4, rectangular="cut"), "expected rectangular pad or split, got 'cut'"),
        (lambda: Mixer(8, 4)(torch.ones(2, 7)), r"expected x \[..., 8\], got \[2, 7\]"),
        (lambda: mlp([3]), "mlp: expected sizes, two or more of them, got .3."),
        (lambda: mlp([3, 2], linear="x"), "linear: expected one of dense, .* got 'x'"),
        (lambda: gru(3, 4, hidden=3), "Gru: expected no option as hidden, got 3"),
        (lambda: gpt(5, 8, width=9, heads=2, layers=1), "expected heads that divide 9, got 2"),
        (lambda: gpt(5, 8, width=8, heads=2, layers=0), "Gpt: .* as layers, got 0"),
        (
            lambda: gpt(5, 8, width=8, heads=2, layers=1)(torch.ones(3).long()),
            r"Gpt: expected tokens \[batch, time ≤ 8\], got \[3\]",
        ),
        (lambda: text_task("page.txt", 0), "text_task: expected context, a whole number ≥ 1"),
    ],
)
def test_refusals(call: Callable[[], object], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_schedules() -> None:
    assert butterfly(8).strides == (1, 2, 4)
    assert butterfly(6).strides is None
    assert from_pairs(4, [[(0, 2), (1, 3)], [(0, 1), (2, 3)]]).strides == (2, 1)
    assert from_pairs(4, [[(2, 0), (1, 3)]]).strides is None
    assert block_diagonal(butterfly(4), 3).strides == (1, 2)
    assert [len(shuffle(n).stages) for n in (1, 5, 8, 12, 33, 100)] == [1, 4, 3, 4, 7, 7]
