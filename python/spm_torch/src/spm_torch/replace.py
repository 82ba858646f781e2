"""Linear maps by name, and models whose nn.Linear they replace."""

from __future__ import annotations

import warnings
from typing import Any, Callable

from torch import nn

from .kinds import Kind, kinds
from .layer import Mixer
from .structured import structured

linear_kinds: tuple[str, ...] = ("dense", *kinds, *structured)
"""The names that `spm train --layer` takes."""


def linear(
    kind: str | Kind, in_features: int, out_features: int, **options: Any
) -> nn.Linear | nn.Module:
    """A linear map of a kind, [..., in] → [..., out].

    :param options: those of the kind's class, such as bias, device and dtype
    :raises ValueError: for another name
    """
    if kind == "dense":
        return nn.Linear(in_features, out_features, **options)
    if isinstance(kind, str) and kind in structured:
        return structured[kind](in_features, out_features, **options)
    if kind not in linear_kinds and not isinstance(kind, Kind):
        raise ValueError(f"linear: expected one of {', '.join(linear_kinds)}, got {kind!r}")
    return Mixer(in_features, out_features, kind, **options)


def replace_linear(
    model: nn.Module,
    kind: str | Kind = "rotation",
    *,
    where: Callable[[str, nn.Linear], bool] = lambda path, layer: True,
    **options: Any,
) -> list[str]:
    """Replaces the nn.Linear of a model in place by maps of a kind, of their sizes and device.

    A layer in two places gets one map. What others reach into stays, with a warning: subclasses of
    nn.Linear, such as the output of nn.MultiheadAttention, layers that share their weight with
    another module, and those with hooks. An nn.TransformerEncoderLayer calls its layers from then
    on in evaluation, too, where it would read their weights for a fused kernel.

    :param where: whether the layer at a path is replaced
    :param options: of each map
    :returns: the paths of those that were replaced
    :raises ValueError: for an unknown kind, or a model without an nn.Linear to replace; it is as it
        was then
    """
    linear(kind, 1, 1)  # refuses an unknown one
    owners = _owners(model)
    found: list[tuple[str, nn.Module, str, nn.Linear]] = []
    for at, owner in model.named_modules(remove_duplicate=False):
        for name, layer in owner._modules.items():
            path = f"{at}.{name}" if at else name
            if not isinstance(layer, nn.Linear) or not where(path, layer):
                continue
            reason = _why_not(layer, owners)
            if reason is None:
                found.append((path, owner, name, layer))
            else:
                warnings.warn(f"replace_linear: {path} stays, {reason}", stacklevel=2)
    if not found:
        got = "an nn.Linear itself, which has no place" if isinstance(model, nn.Linear) else "none"
        raise ValueError(f"replace_linear: expected at least one nn.Linear to replace, got {got}")
    made: dict[nn.Module, nn.Module] = {}
    for _, _, _, layer in found:
        if layer not in made:
            made[layer] = _like(layer, kind, options)
    for _, owner, name, layer in found:
        setattr(owner, name, made[layer])
    _leave_fast_paths(model, set(made.values()))
    return [path for path, _, _, _ in found]


def _owners(model: nn.Module) -> dict[int, set[nn.Module]]:
    """The modules that have a parameter, by its identity."""
    owners: dict[int, set[nn.Module]] = {}
    for module in model.modules():
        for parameter in module._parameters.values():
            owners.setdefault(id(parameter), set()).add(module)
    return owners


def _why_not(layer: nn.Linear, owners: dict[int, set[nn.Module]]) -> str | None:
    """The reason why a layer can't be replaced."""
    if type(layer) is not nn.Linear:
        return f"a {type(layer).__name__}, whose weight others may read"
    if set(layer._parameters) != {"weight", "bias"}:
        return f"its parameters are {', '.join(layer._parameters)}"
    if layer._forward_hooks or layer._forward_pre_hooks or layer._backward_hooks:
        return "it has hooks"
    if len(owners[id(layer.weight)]) > 1:
        return "another module has the same weight"
    return None


def _like(layer: nn.Linear, kind: str | Kind, options: dict[str, Any]) -> nn.Module:
    """A map of a layer's sizes, device, dtype and mode."""
    like = {"device": layer.weight.device, "dtype": layer.weight.dtype}
    given = {"bias": layer.bias is not None, **like, **options}
    made = linear(kind, layer.in_features, layer.out_features, **given)
    made.requires_grad_(layer.weight.requires_grad)
    return made.train(layer.training)


def _leave_fast_paths(model: nn.Module, made: set[nn.Module]) -> None:
    """Lets encoders with such a layer call it: PyTorch 1.13 to 2.13 ask these attributes."""
    for module in model.modules():
        replaced = any(inner in made for inner in module.modules())
        if replaced and isinstance(module, nn.TransformerEncoderLayer):
            module.activation_relu_or_gelu = 0
        if replaced and isinstance(module, nn.TransformerEncoder):
            module.enable_nested_tensor = module.use_nested_tensor = False


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Groups for an optimizer: biases and what blocks are made of are exempt from weight decay.

    Decay would draw the stages to the identity or to zero, L-fold.
    """
    exempt = {
        id(parameter)
        for module in model.modules()
        for name, parameter in module.named_parameters()
        if name.split(".")[0] in getattr(module, "exempt", ("bias",))
    }
    decayed = [p for p in model.parameters() if id(p) not in exempt]
    kept = [p for p in model.parameters() if id(p) in exempt]
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": kept, "weight_decay": 0.0},
    ]
