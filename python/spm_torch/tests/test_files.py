"""Models of files: beside PyTorch's own modules, through a file and back, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from spm_torch import (
    FileError,
    Mixer,
    from_pairs,
    gpt,
    gru,
    linear_kinds,
    load,
    lstm,
    mlp,
    replace_linear,
    rnn,
    save,
)
from spm_torch.description import build, describe
from spm_torch.safetensors import read, write


def linear(width: int, out: int) -> dict[str, Any]:
    return {"kind": "Linear", "inFeatures": width, "outFeatures": out, "bias": True}


def described(modules: dict[str, Any]) -> dict[str, Any]:
    return {"schema": 1, "prefix": "", "modules": modules}


MLP = described(
    {
        "": {"kind": "Mlp", "sizes": [6, 5, 3], "activation": "relu"},
        "layers.0": {
            "kind": "MixerLayer",
            "mixer": "general",
            "inFeatures": 6,
            "outFeatures": 5,
            "schedule": {"name": "pairs", "n": 6, "pairs": [[[0, 5], [1, 2]], [[3, 0]]]},
            "rectangular": "pad",
            "diagonals": False,
            "bias": True,
            "dtype": "float64",
        },
        "layers.1": linear(5, 3),
    }
)


def recurrent(kind: str, gates: str, layers: int, both: bool) -> nn.Module:
    cells: dict[str, Any] = {}
    directions = 2 if both else 1
    for k in range(layers * directions):
        width = 3 if k < directions else 4 * directions
        cells[f"cells.{k}"] = {"kind": f"{kind}Cell", "inFeatures": width, "width": 4}
        cells[f"cells.{k}"].update({"nonlinearity": "tanh"} if kind == "Rnn" else {})
        for gate in gates:
            cells[f"cells.{k}.input.{gate}"] = linear(width, 4)
        for gate in gates:
            cells[f"cells.{k}.hidden.{gate}"] = linear(4, 4)
    sizes = {"inFeatures": 3, "width": 4, "layers": layers, "bidirectional": both, "dropout": 0}
    sizes.update({"nonlinearity": "tanh"} if kind == "Rnn" else {})
    return build(described({"": {"kind": kind, **sizes}, **cells}))


@pytest.mark.parametrize(
    "kind, gates, theirs", [("Gru", "rzn", nn.GRU), ("Lstm", "ifgo", nn.LSTM), ("Rnn", "h", nn.RNN)]
)
@pytest.mark.parametrize("both", [False, True])
def test_recurrent_networks_are_pytorchs(kind: str, gates: str, theirs: Any, both: bool) -> None:
    torch.manual_seed(3)
    ours = recurrent(kind, gates, 2, both)
    other = theirs(3, 4, 2, batch_first=True, bidirectional=both)
    names = [f"l{k}{end}" for k in range(2) for end in ("", "_reverse")[: 2 if both else 1]]
    for cell, name in zip(ours.cells, names):
        for maps, part in ((cell.input, "ih"), (cell.hidden, "hh")):
            for field in ("weight", "bias"):
                joined = torch.cat([getattr(gate, field) for gate in maps.values()])
                getattr(other, f"{field}_{part}_{name}").data = joined.detach()
    x = torch.randn(2, 5, 3)
    output, state = other(x)
    mine, ends = ours.scan(x)
    assert torch.allclose(mine, output, atol=1e-6)
    state = state if isinstance(state, tuple) else (state,)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(ends, state))


def test_through_a_file_and_back(tmp_path: Path) -> None:
    model = build(MLP)
    path, again = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    save(model, path)
    tensors, metadata = read(path)
    assert json.loads(metadata["spm.model"]) == MLP
    write(path, tensors, {**metadata, "spm.task": '{"schema":1}'})
    loaded = load(path)
    x = torch.randn(2, 6, dtype=torch.float64)
    assert not loaded.training and loaded.layers[0].blocks.dtype == torch.float64
    assert torch.equal(loaded.layers[0](x), model.layers[0](x))
    replace_linear(loaded, "rotation", schedule=from_pairs(5, [[(0, 4)]]))
    loaded.layers[0] = Mixer(6, 5)
    save(loaded, again, like=path)
    assert read(again)[1]["spm.task"] == '{"schema":1}'
    other = load(again)
    assert torch.equal(other(x.float()), loaded(x.float()))
    assert sorted(tmp_path.iterdir()) == [path, again]  # and nothing half written beside them


def test_a_module_in_two_places(tmp_path: Path) -> None:
    square = {**MLP["modules"][""], "sizes": [5, 5, 5]}
    twice = described({"": square, "layers.0": linear(5, 5), "layers.1": {"same": "layers.0"}})
    model = build(twice)
    assert model.layers[0] is model.layers[1]
    save(model, tmp_path / "a.safetensors")
    assert list(read(tmp_path / "a.safetensors")[0]) == ["layers.0.weight", "layers.0.bias"]
    assert torch.equal(load(tmp_path / "a.safetensors").layers[1].bias, model.layers[0].bias)


def changed(path: str, **fields: Any) -> dict[str, Any]:
    modules = {**MLP["modules"], path: {**MLP["modules"].get(path, {}), **fields}}
    return {**MLP, "modules": modules}


@pytest.mark.parametrize(
    "description, message",
    [
        ({**MLP, "schema": 2}, "expected schema 1 of spm.model, got 2"),
        ([], "expected schema 1 of spm.model, got None"),
        ({**MLP, "modules": []}, "expected modules and a prefix"),
        (described({"": {"same": ""}}), "expected a module before '', got ''"),
        (changed("layers.0", kind="Conv2d"), "expected a module of Mlp, .* got Conv2d at"),
        (changed("layers.1", color="red"), "no color of a Linear at 'layers.1', got 'red'"),
        (changed("layers.2", **linear(3, 3)), "no module at 'layers.2', got a linear map 3 → 3"),
        (changed("layers.0", schedule={"name": "star", "n": 6}), "a schedule as schedule at 'l"),
        (changed("layers.0", inFeatures=True), "a whole number from 1 .* as inFeatures at 'layers"),
        (
            changed("layers.0", schedule={"name": "butterfly", "n": 16, "stages": 60_000_000}),
            "expected sizes that fit 46 numbers, got others at 'layers.0'",
        ),
        (changed("layers.1", outFeatures=4), "map 5 → 3 at 'layers.1', got a linear map 5 → 4"),
        (changed("", sizes=[6, 5, 3, 2]), "expected a linear map 3 → 2 at 'layers.2', got no mod"),
        (changed("layers.1", bias=False), "expected layers.1.bias of shape none, got .3."),
    ],
)
def test_refusals(tmp_path: Path, description: dict[str, Any], message: str) -> None:
    path = tmp_path / "a.safetensors"
    save(build(MLP), path)
    tensors, _ = read(path)
    write(path, tensors, {"spm.model": json.dumps(description)})
    with pytest.raises(FileError, match=message):
        load(path)


MODELS = {
    **{kind: mlp([12, 20, 3], linear=kind) for kind in linear_kinds},
    "gru": gru(3, 4, linear="rotation", layers=2, bidirectional=True),
    "lstm": lstm(3, 4, dropout=0.5),
    "rnn": rnn(3, 4, nonlinearity="relu"),
    "gpt": gpt(7, 5, width=8, heads=2, layers=2, linear="monarch", tied=False),
    "rotary": gpt(
        *(7, 5),
        **dict(width=8, heads=4, layers=1, key_value_heads=2, attention_dropout=0.1),
        **dict(positions="rotary", norm="rms", activation="swiglu"),
    ),
}


SIZES = {
    *("inFeatures", "outFeatures", "width", "layers", "vocabulary", "context", "length"),
    *("heads", "keyValueHeads", "hidden", "rank", "blocks"),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_size_of_a_description(tmp_path: Path, model: nn.Module) -> None:
    """One that is not that of the tensors, or of the module above, is refused."""
    path = tmp_path / "a.safetensors"
    save(model.eval(), path)
    given = load(path)
    tensors, metadata = read(path)
    assert describe(given) == describe(model)
    assert all(torch.equal(p, tensors[name]) for name, p in given.named_parameters())
    modules = json.loads(metadata["spm.model"])["modules"]
    refused = 0
    for at, fields in modules.items():
        for name, value in fields.items():
            if type(value) is int and name in SIZES:
                others: list[Any] = [value + 1, 2 * value]
            elif name in ("sizes", "width"):
                others = [[*value[:k], value[k] + 1, *value[k + 1 :]] for k in range(len(value))]
                others += [[*value, 3]]
            else:
                continue
            if name == "context" and fields["positions"] == "rotary":
                continue  # no tensor has it
            for other in others:
                wrong = {**modules, at: {**fields, name: other}}
                write(path, tensors, {"spm.model": json.dumps(described(wrong))})
                with pytest.raises(FileError, match="expected"):
                    load(path)
                refused += 1
    assert refused > 10


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    for damage in (b"", b"\xff" * 20, b"\x02\0\0\0\0\0\0\0[]", b"\x02\0\0\0\0\0\0\0{]"):
        path.write_bytes(damage)
        with pytest.raises(FileError, match="expected"):
            load(path)
    write(path, {"weight": torch.ones(3, 2), "bias": torch.zeros(3)})
    with pytest.raises(FileError, match="expected a description, spm.model, got none"):
        load(path)
    layer = load(path, into=nn.Linear(2, 3))
    assert torch.equal(layer.weight, torch.ones(3, 2))
    whole = path.read_bytes()
    for changed_size in (whole[:-1], whole + b"\0"):
        path.write_bytes(changed_size)
        with pytest.raises(FileError, match="expected the header of a safetensors file"):
            load(path)
    with pytest.raises(FileError, match="got Conv2d at"):
        save(nn.Conv2d(1, 1, 1), path)
    wider = mlp([2, 3])
    wider.layers[0] = nn.Linear(2, 4)
    with pytest.raises(FileError, match="expected a linear map 2 → 3 at 'layers.0'"):
        save(wider, path)
    write(path, {"a": torch.ones(1)}, {"spm.model": json.dumps(MLP), "spm.packed": "{}"})
    with pytest.raises(FileError, match="expected tensors as they are, got some packed"):
        load(path)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16, torch.int64])
def test_dtypes(tmp_path: Path, dtype: torch.dtype) -> None:
    path = tmp_path / "a.safetensors"
    tensors = {"a": torch.arange(6).reshape(2, 3).to(dtype), "none": torch.zeros(0, 2, dtype=dtype)}
    tensors["odd"] = torch.arange(3, dtype=torch.uint8)
    tensors["strided"] = torch.arange(6).to(dtype)[::2][1:2]
    tensors["column"] = torch.arange(6).reshape(2, 3).to(dtype).T[1:]
    write(path, tensors)
    found, _ = read(path)
    assert {name: (t.dtype, t.tolist()) for name, t in found.items()} == {
        name: (t.dtype, t.tolist()) for name, t in tensors.items()
    }
