"""Models that PyTorch makes, for TypeScript to load.

`made.py FOLDER TEXT`: writes FOLDER/NAME.safetensors, a Gpt of the text, trained for a few steps, a
Gru and an Lstm, and FOLDER/outputs.safetensors: an input and the output of each, and the Gpt's loss
on the last tenth of the text.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parents[2] / "python/spm_torch/src"))

from spm_torch import gpt, gru, lstm, parameter_groups, save, text_task, vocabulary_of  # noqa: E402
from spm_torch.safetensors import write  # noqa: E402

CONTEXT = 8


def main(folder: Path, file: Path) -> None:
    torch.manual_seed(1)
    text = file.read_bytes().decode()
    vocabulary = vocabulary_of(text)
    tokens = torch.tensor([vocabulary.index(c) for c in text])
    cut = int(0.9 * len(tokens))
    sizes = {"width": 16, "heads": 2, "layers": 1}
    model = gpt(len(vocabulary), CONTEXT, **sizes, linear="monarch", norm="rms")
    optimizer = torch.optim.AdamW(parameter_groups(model, 0.01), lr=0.01)

    def loss_at(starts: torch.Tensor) -> torch.Tensor:
        windows = tokens[starts[:, None] + torch.arange(CONTEXT + 1)]
        return F.cross_entropy(model(windows[:, :-1]).flatten(0, 1), windows[:, 1:].flatten())

    for _ in range(40):
        loss = loss_at(torch.randint(cut - CONTEXT, (16,)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    outputs: dict[str, torch.Tensor] = {}
    with torch.no_grad():
        outputs["loss"] = loss_at(torch.arange(cut, len(tokens) - CONTEXT, CONTEXT))
        x = torch.randn(2, 5, 3)
        made = {
            "gpt": (model, tokens[:CONTEXT][None]),
            "gru": (gru(3, 6, linear="circulant", layers=2, bidirectional=True), x),
            "lstm": (lstm(3, 4, linear="rotation"), x),
        }
        for name, (one, given) in made.items():
            task = text_task(file, CONTEXT) if name == "gpt" else None
            save(one, folder / f"{name}.safetensors", task=task)
            outputs[f"{name}.x"] = given.int() if name == "gpt" else given
            outputs[f"{name}.y"] = one.eval()(given)
    write(folder / "outputs.safetensors", outputs)


main(Path(sys.argv[1]), Path(sys.argv[2]))
