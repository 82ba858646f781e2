"""The structured maps: their matrices, their derivatives, and what they refuse."""

from __future__ import annotations

import pytest
import torch

from spm_torch import linear, linear_kinds, parameter_groups, structured

SIZES = [(1, 1), (4, 4), (6, 5), (3, 10), (10, 3)]


@pytest.mark.parametrize("kind", structured)
def test_the_map_is_its_matrix(kind: str) -> None:
    torch.manual_seed(1)
    for width, out in SIZES:
        for bias in (True, False):
            layer = linear(kind, width, out, bias=bias, dtype=torch.float64)
            x = torch.randn(2, 3, width, dtype=torch.float64)
            w = layer.to_dense()
            assert w.shape == (out, width) and (layer.bias is not None) == bias
            assert torch.allclose(layer(x), x @ w.T, rtol=1e-12, atol=1e-12)
            assert layer(x[:, :0]).shape == (2, 0, out) and layer(x[0, 0]).shape == (out,)


@pytest.mark.parametrize("kind", structured)
@pytest.mark.parametrize("sizes", [(4, 4), (5, 3)])
def test_first_and_second_derivatives(kind: str, sizes: tuple[int, int]) -> None:
    torch.manual_seed(2)
    layer = linear(kind, *sizes, dtype=torch.float64)
    x = torch.randn(2, sizes[0], dtype=torch.float64).requires_grad_()

    def f(x: torch.Tensor, *_: torch.Tensor) -> torch.Tensor:
        return layer(x).pow(2)

    operands = (x, *layer.parameters())
    assert torch.autograd.gradcheck(f, operands)
    assert torch.autograd.gradgradcheck(f, operands)


@pytest.mark.parametrize("kind", linear_kinds)
def test_first_values_have_the_size_of_a_dense_layers(kind: str) -> None:
    torch.manual_seed(3)
    y = linear(kind, 64, 64, bias=False)(torch.randn(500, 64))
    assert 0.3 < float(y.std()) < 1.7


def test_starts() -> None:
    w = linear("circulant-diagonal", 9, 9, dtype=torch.float64).to_dense()
    assert torch.allclose(w @ w.T, torch.eye(9, dtype=torch.float64), atol=1e-12)
    for kind, kept in (("butterfly", 3), ("circulant-diagonal", 4), ("monarch", 1)):
        model = torch.nn.Sequential(linear(kind, 4, 8))
        assert len(parameter_groups(model, 0.1)[1]["params"]) == kept


@pytest.mark.parametrize(
    "kind, options, message",
    [
        ("sparse", {}, "linear: expected one of dense, rotation, .*, got 'sparse'"),
        ("low-rank", {"rank": 0}, "LowRank: expected rank from 1, got 0"),
        ("block-diagonal", {"blocks": 5}, "BlockDiagonal: expected blocks from 1 to 4, got 5"),
        ("block-hadamard", {"blocks": 3}, "expected a power of two of blocks, got 3"),
        ("monarch", {"blocks": 1.5}, "Monarch: expected blocks from 1, got 1.5"),
        ("toeplitz", {"rank": 2}, "Toeplitz: expected the options bias, .* got rank"),
    ],
)
def test_refusals(kind: str, options: dict[str, object], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        linear(kind, 4, 8, **options)


def test_refuses_other_inputs() -> None:
    with pytest.raises(ValueError, match=r"Monarch: expected x \[..., 4\], got \[2, 5\]"):
        linear("monarch", 4, 8)(torch.ones(2, 5))
    with pytest.raises(ValueError, match="Monarch: expected in_features, a whole number"):
        linear("monarch", 0, 8)
