"""Models that TypeScript saved, computed by PyTorch, and saved again with other numbers.

`models.py FOLDER`: reads FOLDER/inputs.safetensors, an input of each model by name, and
FOLDER/NAME.safetensors. Writes FOLDER/found.safetensors, the output of each model as it was read,
under NAME, and after its parameters moved, under NAME.moved; and FOLDER/NAME.moved.safetensors.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parents[2] / "python/spm_torch/src"))

from spm_torch import load, save  # noqa: E402
from spm_torch.safetensors import read, write  # noqa: E402


def main(folder: Path) -> None:
    inputs, _ = read(folder / "inputs.safetensors")
    found: dict[str, Tensor] = {}
    torch.manual_seed(1)
    with torch.no_grad():
        for name, x in inputs.items():
            x = x.long() if x.dtype == torch.int32 else x
            model = load(folder / f"{name}.safetensors")
            found[name] = model(x)
            for parameter in model.parameters():
                parameter += 0.1 * torch.randn_like(parameter)
            found[f"{name}.moved"] = model(x)
            file = folder / f"{name}.moved.safetensors"
            save(model, file, like=folder / f"{name}.safetensors")
    write(folder / "found.safetensors", found)


main(Path(sys.argv[1]))
