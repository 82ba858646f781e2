"""Layers that TypeScript drew, computed by PyTorch, and layers that PyTorch draws.

`compare.py FOLDER`: reads FOLDER/cases.json, a list of layers, and FOLDER/given.safetensors, the
parameters of each with x and the cotangent of y. Writes FOLDER/found.safetensors: y and the
gradients by x and each parameter; and all of that, with parameters of its own, under `drawn`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[2] / "python/spm_torch/src"))

from spm_torch import linear  # noqa: E402
from spm_torch.description import schedule_of  # noqa: E402
from spm_torch.safetensors import read, write  # noqa: E402


def results(layer: nn.Module, x: Tensor, ct: Tensor) -> dict[str, Tensor]:
    x = x.clone().requires_grad_()
    y = layer(x)
    parameters = dict(layer.named_parameters())
    grads = torch.autograd.grad(y, [x, *parameters.values()], ct)
    return {"y": y, **{f"grad.{name}": g for name, g in zip(["x", *parameters], grads)}}


def main(folder: Path) -> None:
    given, _ = read(folder / "given.safetensors")
    found: dict[str, Tensor] = {}

    def keep(prefix: str, tensors: dict[str, Tensor]) -> None:
        found.update({f"{prefix}.{name}": tensor.clone() for name, tensor in tensors.items()})

    for k, case in enumerate(json.loads((folder / "cases.json").read_text())):
        torch.manual_seed(k)
        options = {"dtype": getattr(torch, case["dtype"])}
        if "schedule" in case:
            options["schedule"] = schedule_of(case["schedule"])
            options["rectangular"] = case["rectangular"]
        layer = linear(case["kind"], case["inFeatures"], case["outFeatures"], **options)
        drawn = {"x": torch.randn_like(given[f"{k}.x"]), "ct": torch.randn_like(given[f"{k}.ct"])}
        keep(f"drawn.{k}", {**layer.state_dict(), **drawn, **results(layer, **drawn)})
        layer.load_state_dict({name: given[f"{k}.{name}"] for name in layer.state_dict()})
        keep(f"given.{k}", results(layer, given[f"{k}.x"], given[f"{k}.ct"]))
    write(folder / "found.safetensors", found)


main(Path(sys.argv[1]))
