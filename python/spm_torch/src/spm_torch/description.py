"""Descriptions of models and schedules, as SPM's files have them in their metadata.

A description is a flat record of modules by path. Each kind has an entry here: its fields and their
types, the modules below it with the sizes that the fields give them, and how it is built.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Iterable, Iterator, NamedTuple

import torch
from torch import nn

from . import models
from .kinds import kinds as mixer_kinds
from .layer import Mixer
from .models import Device, Fields
from .safetensors import FileError
from .schedule import Schedule, brick, butterfly, from_pairs, log2_stages, shuffle
from .structured import Structured, structured

SCHEMA = 1
_PATTERNS = {"butterfly": butterfly, "shuffle": shuffle, "brick": brick}
_LARGEST = 2**31 - 1

Children = dict[str, Any]
"""The modules below one, by the names of its parts."""
Parts = Iterator[tuple[str, Fields]]


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


class Field(NamedTuple):
    """A type of field."""

    expected: str
    fits: Callable[[Any], bool]


def _is_size(value: Any) -> bool:
    return type(value) is int and 1 <= value <= _LARGEST


def _is_schedule(value: Any) -> bool:
    if not isinstance(value, dict) or not _is_size(value.get("n")):
        return False
    if set(value) == {"name", "n", "stages"}:
        return value["name"] in _PATTERNS and _is_size(value["stages"])
    return set(value) == {"name", "n", "pairs"} and isinstance(value["pairs"], list)


def word(*words: str) -> Field:
    return Field(" or ".join(words), lambda v: isinstance(v, str) and v in words)


size = Field(f"a whole number from 1 to {_LARGEST}", _is_size)
sizes = Field(
    "a list of sizes", lambda v: isinstance(v, list) and v != [] and all(map(size.fits, v))
)
flag = Field("true or false", lambda v: isinstance(v, bool))
number = Field("a number", lambda v: type(v) in (int, float) and math.isfinite(v))
count = Field("null or a size", lambda v: v is None or _is_size(v))
schedule = Field("a schedule", _is_schedule)


class Entry(NamedTuple):
    """A kind of module in files."""

    type: type[nn.Module]
    fields: dict[str, Field]
    build: Callable[[Fields, Children, Device], nn.Module]
    """From its fields and the modules below it, on a device."""
    describe: Callable[[Any], Fields] = lambda module: dict(module.fields)
    parts: Callable[[Fields], Iterable[tuple[str, Fields]]] = lambda fields: ()
    """Those modules by name, as they are made of dense maps."""
    table: Callable[[Fields], int] = lambda fields: 0
    """Numbers that it takes besides its parameters."""


def dense(width: int, out: int) -> Fields:
    """A linear map of these sizes; one of any kind may stand for it."""
    return {"kind": "Linear", "inFeatures": width, "outFeatures": out, "bias": True}


def _norm(fields: Fields) -> Fields:
    kind, epsilon = {"layer": ("LayerNorm", 1e-5), "rms": ("RmsNorm", 1e-6)}[fields["norm"]]
    return {"kind": kind, "width": [fields["width"]], "epsilon": epsilon, "affine": True}


def _dropout(probability: float) -> Fields:
    return {"kind": "Dropout", "probability": probability}


def _picked(kind: str, fields: Fields, names: Iterable[str], **more: Any) -> Fields:
    return {"kind": kind, **{name: fields[name] for name in names if name not in more}, **more}


def _mlp_parts(fields: Fields) -> Parts:
    for k, (width, out) in enumerate(zip(fields["sizes"], fields["sizes"][1:])):
        yield f"layers.{k}", dense(width, out)


def _gpt_parts(fields: Fields) -> Parts:
    width = fields["width"]
    yield "embedding", {"kind": "Embedding", "vocabulary": fields["vocabulary"], "width": width}
    if fields["positions"] == "learned":
        yield "positions", _picked("LearnedPositions", fields, ["width"], length=fields["context"])
    yield "dropout", _dropout(fields["dropout"])
    more = {"causal": True, "rotary": fields["positions"] == "rotary"}
    for k in range(fields["layers"]):
        yield f"blocks.{k}", _picked("TransformerBlock", fields, _BLOCK, **more)
    yield "norm", _norm(fields)
    if not fields["tied"]:
        yield "head", dense(width, fields["vocabulary"])


def _block_parts(fields: Fields) -> Parts:
    yield "attentionNorm", _norm(fields)
    yield "attention", _picked("MultiHeadAttention", fields, _ATTENTION)
    yield "feedForwardNorm", _norm(fields)
    yield "feedForward", _picked("FeedForward", fields, _FEED_FORWARD)
    yield "dropout", _dropout(fields["dropout"])


def _attention_parts(fields: Fields) -> Parts:
    width, heads, groups = (fields[name] for name in ("width", "heads", "keyValueHeads"))
    if width % heads or heads % groups:
        raise FileError(f"expected heads that divide {width}, got {heads}, {groups} of keys")
    narrow = width // heads * groups
    for name, out in (("query", width), ("key", narrow), ("value", narrow), ("output", width)):
        yield name, dense(width, out)
    if fields["attentionDropout"] > 0:
        yield "dropout", _dropout(fields["attentionDropout"])


def _feed_forward_parts(fields: Fields) -> Parts:
    width, hidden = fields["width"], fields["hidden"]
    yield "up", dense(width, hidden)
    if fields["activation"] == "swiglu":
        yield "gate", dense(width, hidden)
    yield "down", dense(hidden, width)


def _numbered(children: Children, name: str) -> list[Any]:
    return [child for path, child in children.items() if path.startswith(f"{name}.")]


def _recurrent(kind: str, gates: str) -> dict[str, Entry]:
    own = {"nonlinearity": word("tanh", "relu")} if kind == "Rnn" else {}
    cell, of_cell = f"{kind}Cell", ("width", *own)

    def cell_parts(fields: Fields) -> Parts:
        for side, width in (("input", fields["inFeatures"]), ("hidden", fields["width"])):
            for gate in gates:
                yield f"{side}.{gate}", dense(width, fields["width"])

    def parts(fields: Fields) -> Parts:
        directions = 2 if fields["bidirectional"] else 1
        for k in range(fields["layers"] * directions):
            inner = directions * fields["width"]
            given = fields["inFeatures"] if k < directions else inner
            yield f"cells.{k}", _picked(cell, fields, of_cell, inFeatures=given)
        if fields["dropout"] > 0:
            yield "dropout", _dropout(fields["dropout"])

    def build_cell(fields: Fields, children: Children, _: Device) -> nn.Module:
        both = [dict(zip(gates, _numbered(children, side))) for side in ("input", "hidden")]
        return models.Cell(cell, both[0], both[1], fields)

    def build(fields: Fields, children: Children, _: Device) -> nn.Module:
        cells = _numbered(children, "cells")
        return models.Recurrent(kind, cells, children.get("dropout"), fields)

    net = {"layers": size, "bidirectional": flag, "dropout": number}
    form = {"inFeatures": size, "width": size, **own}
    return {
        kind: Entry(models.Recurrent, {**form, **net}, build, parts=parts),
        cell: Entry(models.Cell, form, build_cell, parts=cell_parts),
    }


def _gpt(fields: Fields, children: Children, _: Device) -> nn.Module:
    names = ("embedding", "positions", "dropout", "norm", "head")
    one: Children = {name: children.get(name) for name in names}
    return models.Gpt(**one, blocks=_numbered(children, "blocks"), fields=fields)


def _mixer(fields: Fields, _: Children, device: Device) -> Mixer:
    return Mixer(
        fields["inFeatures"],
        fields["outFeatures"],
        mixer_kinds[fields["mixer"]],
        schedule=schedule_of(fields["schedule"]),
        rectangular=fields["rectangular"],
        diagonals=fields["diagonals"],
        bias=fields["bias"],
        dtype=getattr(torch, fields["dtype"]),
        device=device,
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


def _mixer_table(fields: Fields) -> int:
    """The pairs of all its operators; those of one stand in the file where they are listed."""
    n = fields["schedule"]["n"]
    copies = -(-max(fields["inFeatures"], fields["outFeatures"]) // n)
    listed = fields["schedule"].get("pairs")
    if listed is not None:
        return n * len(listed) // 2 * copies
    return n * fields["schedule"]["stages"] // 2 * copies


def _butterfly_table(fields: Fields) -> int:
    stages = log2_stages(fields["inFeatures"])
    return (stages << stages) + -(-fields["outFeatures"] >> stages)


def _describe_linear(layer: Any) -> Fields:
    sizes = {"inFeatures": layer.in_features, "outFeatures": layer.out_features}
    own = {name: getattr(layer, name) for name in getattr(layer, "own", ())}
    return {**sizes, "bias": layer.bias is not None, **own}


_SIZES = {"inFeatures": size, "outFeatures": size, "bias": flag}


def _structured(type: type[Structured]) -> Entry:
    own = {name: count if type.__name__ == "Monarch" else size for name in type.own}

    def build(fields: Fields, _: Children, device: Device) -> nn.Module:
        options = {name: fields[name] for name in ("bias", *own)}
        return type(fields["inFeatures"], fields["outFeatures"], device=device, **options)

    table = _butterfly_table if type.__name__ == "Butterfly" else lambda fields: 0
    return Entry(type, {**_SIZES, **own}, build, _describe_linear, table=table)


def _embedding(fields: Fields, _: Children, device: Device) -> nn.Embedding:
    made = nn.Embedding(fields["vocabulary"], fields["width"], device=device)
    nn.init.normal_(made.weight, std=0.02)  # PyTorch's 1 is too much for a head tied to it
    return made


def _describe_norm(norm: nn.LayerNorm) -> Fields:
    affine = norm.weight is not None
    return {"width": list(norm.normalized_shape), "epsilon": norm.eps, "affine": affine}


_NORM = {"width": sizes, "epsilon": number, "affine": flag}
_ATTENTION = {
    **{"width": size, "heads": size, "keyValueHeads": size, "attentionDropout": number},
    **{"causal": flag, "rotary": flag},
}
_FEED_FORWARD = {"width": size, "activation": word("gelu", "swiglu"), "hidden": size}
_BLOCK = {**_ATTENTION, **_FEED_FORWARD, "norm": word("layer", "rms"), "dropout": number}
_GPT = {
    **{"vocabulary": size, "context": size, "layers": size},
    **{name: field for name, field in _BLOCK.items() if name not in ("causal", "rotary")},
    **{"positions": word("learned", "rotary"), "tied": flag},
}

entries: dict[str, Entry] = {
    "Mlp": Entry(
        models.Mlp,
        {"sizes": sizes, "activation": word(*models.activations)},
        lambda fields, children, _: models.Mlp(_numbered(children, "layers"), fields),
        parts=_mlp_parts,
    ),
    **_recurrent("Rnn", "h"),
    **_recurrent("Gru", "rzn"),
    **_recurrent("Lstm", "ifgo"),
    "Gpt": Entry(models.Gpt, _GPT, _gpt, parts=_gpt_parts),
    "TransformerBlock": Entry(
        models.TransformerBlock,
        _BLOCK,
        lambda fields, children, _: models.TransformerBlock(children, fields),
        parts=_block_parts,
    ),
    "MultiHeadAttention": Entry(
        models.MultiHeadAttention,
        _ATTENTION,
        lambda fields, children, _: models.MultiHeadAttention(children, fields),
        parts=_attention_parts,
    ),
    "FeedForward": Entry(
        models.FeedForward,
        _FEED_FORWARD,
        lambda fields, children, _: models.FeedForward(children, fields),
        parts=_feed_forward_parts,
    ),
    "LearnedPositions": Entry(
        models.LearnedPositions,
        {"length": size, "width": size},
        lambda fields, _, device: models.LearnedPositions(fields, device),
    ),
    "RmsNorm": Entry(
        models.RmsNorm, _NORM, lambda fields, _, device: models.RmsNorm(fields, device)
    ),
    "LayerNorm": Entry(
        nn.LayerNorm,
        _NORM,
        lambda f, _, device: nn.LayerNorm(f["width"], f["epsilon"], f["affine"], device=device),
        _describe_norm,
    ),
    "Embedding": Entry(
        nn.Embedding,
        {"vocabulary": size, "width": size},
        _embedding,
        lambda made: {"vocabulary": made.num_embeddings, "width": made.embedding_dim},
    ),
    "Dropout": Entry(
        nn.Dropout,
        {"probability": number},
        lambda fields, *_: nn.Dropout(fields["probability"]),
        lambda made: {"probability": made.p},
    ),
    "Linear": Entry(
        nn.Linear,
        _SIZES,
        lambda f, _, device: nn.Linear(f["inFeatures"], f["outFeatures"], f["bias"], device),
        _describe_linear,
    ),
    "MixerLayer": Entry(
        Mixer,
        {
            **{"mixer": word(*mixer_kinds), **_SIZES, "schedule": schedule},
            **{"rectangular": word("pad", "split"), "diagonals": flag},
            "dtype": word("float32", "float64"),
        },
        _mixer,
        _describe_mixer,
        table=_mixer_table,
    ),
    **{type.__name__: _structured(type) for type in structured.values()},
}
"""The kinds by their names in files."""

_LINEAR = {"Linear", "MixerLayer", *(type.__name__ for type in structured.values())}


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


class _Reading:
    """A description while its model is built: all of it is checked first."""

    def __init__(self, description: Any, numbers: int | None) -> None:
        given = description if isinstance(description, dict) else {}
        if given.get("schema") != SCHEMA:
            raise FileError(f"expected schema {SCHEMA} of spm.model, got {given.get('schema')}")
        if not isinstance(given.get("modules"), dict) or not isinstance(given.get("prefix"), str):
            raise FileError("expected modules and a prefix in spm.model, got others")
        self.modules: Fields = given["modules"]
        self.left = math.inf if numbers is None else 4 * numbers + 2**20
        self.numbers = numbers
        self.seen: dict[str, str] = {}
        self.made: dict[str, nn.Module] = {}
        self.check("", None)
        for path in self.modules:
            if path not in self.seen:
                raise FileError(f"expected no module at {path!r}, got {_shown(self.modules[path])}")

    def fields(self, path: str) -> tuple[str, Fields]:
        """The kind and the fields at a path."""
        given = self.modules[path]
        if not isinstance(given, dict):
            raise FileError(f"expected a module at {path!r}, got {given!r}")
        own = {name: value for name, value in given.items() if name != "kind"}
        kind = given.get("kind")
        if not isinstance(kind, str) or kind not in entries:
            known = ", ".join(entries)
            raise FileError(f"expected a module of {known}, got {kind} at {path!r}")
        entry = entries[kind]
        for name in {**entry.fields, **own}:
            if name not in entry.fields:
                raise FileError(f"expected no {name} of a {kind} at {path!r}, got {own[name]!r}")
            if name not in own or not entry.fields[name].fits(own[name]):
                got = _shown(own[name]) if name in own else "none"
                raise FileError(
                    f"expected {entry.fields[name].expected} as {name} at {path!r}, got {got}"
                )
        return kind, own

    def check(self, path: str, expected: Fields | None) -> None:
        """Checks the module at a path, and those below it, against what its owner expects."""
        if path not in self.modules:
            raise FileError(f"expected {_shown(expected)} at {path!r}, got no module")
        given = self.modules[path]
        at = path
        if isinstance(given, dict) and set(given) == {"same"}:
            at = given["same"]
            if at not in self.seen or self.seen[at] != at:
                raise FileError(f"expected a module before {path!r}, got {at!r}")
        kind, own = self.fields(at)
        self.seen[path] = at
        if expected is not None and not _fits(expected, {"kind": kind, **own}):
            raise FileError(f"expected {_shown(expected)} at {path!r}, got {_shown(given)}")
        if at != path:
            return
        self.left -= entries[kind].table(own)
        if self.left < 0:
            fit = f"sizes that fit {self.numbers} numbers"
            raise FileError(f"expected {fit}, got others at {path!r}")
        for name, part in entries[kind].parts(own):
            self.check(_at(path, name), part)

    def module(self, path: str, device: Device) -> nn.Module:
        path = self.seen[path]
        if path not in self.made:
            kind, own = self.fields(path)
            entry = entries[kind]
            names = [name for name, _ in entry.parts(own)]
            children = {name: self.module(_at(path, name), device) for name in names}
            try:
                self.made[path] = entry.build(own, children, device)
            except (KeyError, TypeError, ValueError, RuntimeError) as error:
                raise FileError(f"expected a {kind} at {path!r}, {error}") from error
        return self.made[path]


def _fits(expected: Fields, given: Fields) -> bool:
    """Whether a module has the sizes that its owner gives it: any linear map for a dense one."""
    if expected["kind"] == "Linear":
        names = ["inFeatures", "outFeatures"]
        return given["kind"] in _LINEAR and all(expected[name] == given[name] for name in names)
    same = expected["kind"] == given["kind"]
    own = entries[expected["kind"]].fields
    return same and all(expected[n] == given[n] for n in own if own[n] in (size, sizes))


def _shown(value: Any) -> str:
    """A module, or another value, in a message."""
    if not isinstance(value, dict):
        return repr(value)[:80]
    if value.get("kind") in _LINEAR and "inFeatures" in value and "outFeatures" in value:
        return f"a linear map {value['inFeatures']} → {value['outFeatures']}"
    rest = ", ".join(f"{name} {inner}" for name, inner in value.items() if name != "kind")
    return f"{value.get('kind', '')}({rest})"[:200]


def build(description: Any, numbers: int | None = None, device: Device = None) -> nn.Module:
    """The model of a description, with first parameters. All of it is checked before.

    :param numbers: those of the file's tensors: schedules that go far beyond them are refused
    :raises FileError: for a newer schema, a kind that is not known here, fields that are missing,
        unknown or of another type, or modules whose sizes are not those that the model has
    """
    return _Reading(description, numbers).module("", device)


def describe(model: nn.Module) -> Fields:
    """The description of a model that is made of these kinds.

    :raises FileError: for a module that has no kind here, or does not fit where it stands
    """
    modules: Fields = {}
    seen: dict[nn.Module, str] = {}
    for path, module in model.named_modules(remove_duplicate=False):
        if isinstance(module, (nn.ModuleList, nn.ModuleDict, nn.ParameterList)):
            continue
        if any(path.startswith(f"{at}.") for at, fields in modules.items() if "same" in fields):
            continue
        if module in seen:
            modules[path] = {"same": seen[module]}
            continue
        seen[module] = path
        modules[path] = {"kind": _kind_of(path, module), **_fields_of(module)}
    description = {"schema": SCHEMA, "prefix": "", "modules": modules}
    _Reading(description, None)
    return description


def _kind_of(path: str, module: Any) -> str:
    if isinstance(module, (models.Cell, models.Recurrent)):
        return module.kind
    for kind, entry in entries.items():
        if type(module) is entry.type:
            return kind
    raise FileError(f"expected modules that files have, got {type(module).__name__} at {path!r}")


def _fields_of(module: nn.Module) -> Fields:
    return next(e.describe(module) for e in entries.values() if type(module) is e.type)
