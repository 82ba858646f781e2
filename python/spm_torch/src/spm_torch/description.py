"""Descriptions of models and schedules, as SPM's files have them in their metadata.

A description is a flat record of modules by path. Each kind has an entry here: how it is built
from its fields and the modules below it, and which fields describe one that was built.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

import torch
from torch import nn

from . import models
from .kinds import kinds as mixer_kinds
from .layer import Mixer
from .models import Fields
from .safetensors import FileError
from .schedule import Schedule, brick, butterfly, from_pairs, shuffle

SCHEMA = 1
_PATTERNS = {"butterfly": butterfly, "shuffle": shuffle, "brick": brick}


def schedule_of(fields: Fields) -> Schedule:
    """The schedule of a description."""
    if "pairs" in fields:
        return from_pairs(fields["n"], fields["pairs"], fields["name"])
    return _PATTERNS[fields["name"]](fields["n"], fields["stages"])


def describe_schedule(schedule: Schedule) -> Fields:
    """Its description: by name where three numbers decide it, else its pairs."""
    named = {"name": schedule.name, "n": schedule.n}
    if schedule.name in _PATTERNS:
        return {**named, "stages": len(schedule.stages)}
    return {**named, "pairs": schedule.pair_lists()}


class Below:
    """The modules below one that is being built, by the names of its fields."""

    def __init__(self, build: Callable[[str], nn.Module], paths: list[str], at: str) -> None:
        self._build, self._at = build, f"{at}." if at else ""
        self._names = [p[len(self._at) :] for p in paths if p.startswith(self._at) and p != at]

    def one(self, name: str) -> nn.Module:
        if name not in self._names:
            raise FileError(f"expected a module {self._at}{name}, got none")
        return self._build(self._at + name)

    def maybe(self, name: str) -> nn.Module | None:
        return self.one(name) if name in self._names else None

    def all(self, name: str) -> dict[str, Any]:
        """The modules name.0, name.1, …, or of other last names, in the file's order."""
        start = f"{name}."
        inner = (n[len(start) :] for n in self._names if n.startswith(start))
        return {last: self.one(start + last) for last in inner if "." not in last}


class Entry(NamedTuple):
    """A kind of module in files."""

    type: type[nn.Module]
    build: Callable[[Fields, Below], nn.Module]
    describe: Callable[[Any], Fields]


def _own_fields(module: Any) -> Fields:
    return dict(module.fields)


def _mixer(fields: Fields, _: Below) -> Mixer:
    return Mixer(
        fields["inFeatures"],
        fields["outFeatures"],
        mixer_kinds[fields["mixer"]],
        schedule=schedule_of(fields["schedule"]),
        rectangular=fields["rectangular"],
        diagonals=fields["diagonals"],
        bias=fields["bias"],
        dtype=getattr(torch, fields["dtype"]),
    )


def _describe_mixer(layer: Mixer) -> Fields:
    return {
        "mixer": layer.kind.name,
        "inFeatures": layer.in_features,
        "outFeatures": layer.out_features,
        "schedule": describe_schedule(layer.base),
        "rectangular": layer.rectangular,
        "diagonals": layer.dIn is not None,
        "bias": layer.bias is not None,
        "dtype": str(layer.dOut.dtype).removeprefix("torch."),
    }


def _linear(layer: nn.Linear) -> Fields:
    sizes = {"inFeatures": layer.in_features, "outFeatures": layer.out_features}
    return {**sizes, "bias": layer.bias is not None}


def _layer_norm(norm: nn.LayerNorm) -> Fields:
    affine = norm.weight is not None
    return {"width": list(norm.normalized_shape), "epsilon": norm.eps, "affine": affine}


def _recurrent(kind: str) -> dict[str, Entry]:
    def cell(fields: Fields, below: Below) -> nn.Module:
        return models.Cell(f"{kind}Cell", below.all("input"), below.all("hidden"), fields)

    def network(fields: Fields, below: Below) -> nn.Module:
        cells = list(below.all("cells").values())
        return models.Recurrent(kind, cells, below.maybe("dropout"), fields)

    return {
        kind: Entry(models.Recurrent, network, _own_fields),
        f"{kind}Cell": Entry(models.Cell, cell, _own_fields),
    }


def _attention(fields: Fields, below: Below) -> nn.Module:
    maps = {name: below.one(name) for name in ("query", "key", "value", "output")}
    return models.MultiHeadAttention(maps, below.maybe("dropout"), fields)


def _block(fields: Fields, below: Below) -> nn.Module:
    names = ("attentionNorm", "attention", "feedForwardNorm", "feedForward", "dropout")
    return models.TransformerBlock({name: below.one(name) for name in names}, fields)


def _feed_forward(fields: Fields, below: Below) -> nn.Module:
    return models.FeedForward(below.one("up"), below.maybe("gate"), below.one("down"), fields)


def _gpt(fields: Fields, below: Below) -> nn.Module:
    return models.Gpt(
        below.one("embedding"),
        below.maybe("positions"),
        below.one("dropout"),
        list(below.all("blocks").values()),
        below.one("norm"),
        below.maybe("head"),
        fields,
    )


entries: dict[str, Entry] = {
    "Mlp": Entry(
        models.Mlp, lambda f, below: models.Mlp(list(below.all("layers").values()), f), _own_fields
    ),
    **_recurrent("Rnn"),
    **_recurrent("Gru"),
    **_recurrent("Lstm"),
    "Gpt": Entry(models.Gpt, _gpt, _own_fields),
    "TransformerBlock": Entry(models.TransformerBlock, _block, _own_fields),
    "MultiHeadAttention": Entry(models.MultiHeadAttention, _attention, _own_fields),
    "FeedForward": Entry(models.FeedForward, _feed_forward, _own_fields),
    "LearnedPositions": Entry(
        models.LearnedPositions, lambda f, _: models.LearnedPositions(f), _own_fields
    ),
    "RmsNorm": Entry(models.RmsNorm, lambda f, _: models.RmsNorm(f), _own_fields),
    "LayerNorm": Entry(
        nn.LayerNorm, lambda f, _: nn.LayerNorm(f["width"], f["epsilon"], f["affine"]), _layer_norm
    ),
    "Embedding": Entry(
        nn.Embedding,
        lambda f, _: nn.Embedding(f["vocabulary"], f["width"]),
        lambda e: {"vocabulary": e.num_embeddings, "width": e.embedding_dim},
    ),
    "Dropout": Entry(
        nn.Dropout, lambda f, _: nn.Dropout(f["probability"]), lambda d: {"probability": d.p}
    ),
    "Linear": Entry(
        nn.Linear, lambda f, _: nn.Linear(f["inFeatures"], f["outFeatures"], f["bias"]), _linear
    ),
    "MixerLayer": Entry(Mixer, _mixer, _describe_mixer),
}
"""The kinds by their names in files."""


def _pairs(fields: Fields) -> int:
    """The pairs of a module's schedule, which take memory before any tensor does."""
    schedule = fields.get("schedule", {})
    if "pairs" in schedule:
        return 0  # they stand in the file
    return int(schedule.get("n", 0)) * int(schedule.get("stages", 0)) // 2


def build(description: Fields, numbers: int | None = None) -> nn.Module:
    """The model of a description, with first parameters.

    :param numbers: those of the file's tensors: schedules that go far beyond them are refused
    :raises FileError: for a newer schema, a kind that is not known here, or a field that is missing
    """
    if description.get("schema") != SCHEMA:
        raise FileError(f"expected schema {SCHEMA} of spm.model, got {description.get('schema')}")
    modules: Fields = description["modules"]
    for path, fields in modules.items():
        if numbers is not None and _pairs(fields) > 4 * numbers + 2**20:
            raise FileError(f"expected sizes that fit {numbers} numbers, got others at {path!r}")
    paths = list(modules)
    made: dict[str, nn.Module] = {}

    def module(path: str) -> nn.Module:
        if path not in made:
            fields = {name: value for name, value in modules[path].items() if name != "kind"}
            if "same" in fields:
                return module(fields["same"])
            kind = modules[path]["kind"]
            if kind not in entries:
                known = ", ".join(entries)
                raise FileError(f"expected a module of {known}, got {kind} at {path!r}")
            try:
                made[path] = entries[kind].build(fields, Below(module, paths, path))
            except FileError:
                raise
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise FileError(f"expected a {kind} at {path!r}, {error!r}") from error
        return made[path]

    model = module("")
    _check(modules, describe(model)["modules"])
    return model


def _check(modules: Fields, built: Fields) -> None:
    """Refuses what was read and not built: a field or a module that is not known here."""
    for path in {**modules, **built}:
        given, made = modules.get(path, "no module"), built.get(path, "no module")
        if given != made:
            raise FileError(f"expected {made} at {path!r}, got {given}")


def describe(model: nn.Module) -> Fields:
    """The description of a model that is made of these kinds.

    :raises FileError: for a module that has no kind here
    """
    modules: Fields = {}
    seen: dict[nn.Module, str] = {}
    for path, module in model.named_modules(remove_duplicate=False):
        if isinstance(module, (nn.ModuleList, nn.ModuleDict)):
            continue
        if any(path.startswith(f"{at}.") for at, fields in modules.items() if "same" in fields):
            continue
        if module in seen:
            modules[path] = {"same": seen[module]}
            continue
        seen[module] = path
        modules[path] = {"kind": _kind_of(path, module), **_fields_of(module)}
    return {"schema": SCHEMA, "prefix": "", "modules": modules}


def _kind_of(path: str, module: Any) -> str:
    if isinstance(module, (models.Cell, models.Recurrent)):
        return module.kind
    for kind, entry in entries.items():
        if type(module) is entry.type:
            return kind
    raise FileError(f"expected modules that files have, got {type(module).__name__} at {path!r}")


def _fields_of(module: nn.Module) -> Fields:
    return next(e.describe(module) for e in entries.values() if type(module) is e.type)
