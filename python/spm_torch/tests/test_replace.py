"""replace_linear: on models of PyTorch, and what it leaves as it is."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spm_torch import Mixer, linear_kinds, parameter_groups, replace_linear, structured

FLOAT64 = {"dtype": torch.float64}


def quietly(model: nn.Module, *args: Any, **options: Any) -> list[str]:
    """Replaces with no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return replace_linear(model, *args, **options)


def test_layers_in_several_places() -> None:
    shared = nn.Linear(8, 8)
    twice = nn.Sequential(shared, nn.ReLU(), shared).eval()
    model = nn.ModuleDict({"a": twice, "b": nn.Linear(8, 4, bias=False)}).double()
    paths = quietly(model, "general", gain=2.0)
    assert sorted(paths) == ["a.0", "a.2", "b"]
    assert model["a"][0] is model["a"][2] and model["b"].bias is None
    assert model["b"].dOut.dtype == torch.float64 and model["b"].dOut[0] == 2
    assert not model["a"][0].training and model["b"].training
    # a model of mixers trains
    optimizer = torch.optim.AdamW(parameter_groups(model["a"], 0.1), lr=0.01)
    x = torch.randn(64, 8, **FLOAT64)
    losses = []
    for _ in range(30):
        loss = (model["a"](x) - x).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
    decayed = {id(p) for p in parameter_groups(model["a"], 0.1)[0]["params"]}
    assert decayed == {id(shared_d) for shared_d in (model["a"][0].dIn, model["a"][0].dOut)}


@pytest.mark.parametrize("kind", linear_kinds)
def test_every_kind(kind: str) -> None:
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3, bias=False)).double()
    model[0].requires_grad_(False)
    assert quietly(model, kind) == ["0", "2"]
    expected = {**structured, "dense": nn.Linear}.get(kind, Mixer)
    assert type(model[0]) is expected and model[2].bias is None
    assert not any(p.requires_grad for p in model[0].parameters())
    assert model(torch.ones(2, 6, **FLOAT64)).shape == (2, 3)


def outputs(model: nn.Module, x: Tensor, **options: Any) -> Tensor:
    with torch.no_grad():
        return model(x, **options)


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("only_second", [True, False])
def test_encoders_call_their_layers_in_evaluation(batch_first: bool, only_second: bool) -> None:
    """Where PyTorch would read the weights of linear1 and linear2 for a fused kernel."""
    torch.manual_seed(1)
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=batch_first)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of nested tensors, where batch_first is not
        model = nn.TransformerEncoder(layer, 2)
    place = "layers.1." if only_second else "layers."
    with pytest.warns(UserWarning, match="self_attn.out_proj stays, a NonDynamicallyQ"):
        paths = replace_linear(model, "rotation", where=lambda path, _: path.startswith(place))
    assert len(paths) == (2 if only_second else 4)
    assert type(model.layers[1].self_attn.out_proj) is not Mixer
    x = torch.randn(3, 5, 8)
    padding = torch.zeros(3, 5, dtype=torch.bool)
    padding[0, 3:] = True
    options = [{}, {"src_key_padding_mask": padding}] if batch_first else [{}]
    for given in options:
        in_training = outputs(model.train(), x, **given)
        keep = ~padding if given else torch.ones(x.shape[:2], dtype=torch.bool)
        in_evaluation = outputs(model.eval(), x, **given)
        assert torch.allclose(in_training[keep], in_evaluation[keep], atol=1e-6)
    with torch.no_grad():
        model.layers[1].linear1.dOut.zero_()
        model.layers[1].linear2.bias.fill_(1.0)
    assert not torch.allclose(outputs(model, x), in_evaluation, atol=1e-2)


def test_whole_transformers() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = nn.Transformer(8, 2, 1, 1, 16, dropout=0.0, batch_first=True)
        paths = replace_linear(model, "general")
    assert len(paths) == 4
    x, y = torch.randn(2, 5, 8), torch.randn(2, 3, 8)
    with torch.no_grad():
        assert torch.allclose(model.train()(x, y), model.eval()(x, y), atol=1e-6)


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.head = nn.Embedding(9, 8), nn.Linear(8, 9, bias=False)
        self.head.weight = self.embedding.weight
        self.body = nn.Linear(8, 8)


def hooked() -> nn.Module:
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    model[0].register_forward_hook(lambda *_: None)
    return model


def normed() -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is an old way in 2.x
        return nn.Sequential(nn.utils.weight_norm(nn.Linear(4, 4)), nn.Linear(4, 4))


def orthogonal() -> nn.Module:
    return nn.Sequential(
        nn.utils.parametrizations.orthogonal(nn.Linear(4, 4)), nn.Linear(4, 4)
    )


@pytest.mark.parametrize(
    "make, message",
    [
        (Tied, "head stays, another module has the same weight"),
        (hooked, "0 stays, it has hooks"),
        (normed, "0 stays, its parameters are bias, weight_g, weight_v"),
        (orthogonal, "0 stays, a ParametrizedLinear, whose weight others may read"),
        (lambda: nn.Sequential(nn.LazyLinear(3), nn.Linear(3, 3)), "0 stays, a LazyLinear"),
    ],
)
def test_what_stays(make: Any, message: str) -> None:
    model = make()
    with pytest.warns(UserWarning, match=f"replace_linear: {message}"):
        assert len(replace_linear(model)) == 1


def test_refusals() -> None:
    attention = nn.MultiheadAttention(8, 2)
    before = list(attention.modules())
    with pytest.warns(UserWarning), pytest.raises(ValueError, match="one nn.Linear .* got none"):
        replace_linear(attention)
    with pytest.raises(ValueError, match="got an nn.Linear itself"):
        replace_linear(nn.Linear(3, 3))
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(2, 9))
    with pytest.raises(ValueError, match="linear: expected one of dense, .* got 'star'"):
        replace_linear(model, "star")
    with pytest.raises(ValueError, match="expected blocks from 1 to 2, got 3"):
        replace_linear(model, "block-diagonal", blocks=3)
    assert [type(m) for m in model] == [nn.Linear, nn.Linear]  # as it was
    assert list(attention.modules()) == before
