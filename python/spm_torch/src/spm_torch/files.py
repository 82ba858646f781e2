"""Models from SPM's files, and back."""

from __future__ import annotations

import json
import os
from typing import Any

import torch
from torch import Tensor, nn

from .description import build, describe
from .models import Fields
from .safetensors import FileError, read, write


def load(path: str | os.PathLike[str], into: nn.Module | None = None) -> nn.Module:
    """The model of a file that TypeScript or `save` wrote, in evaluation mode.

    Parameters have the dtype that they have in the file. A checkpoint of `spm train` will do, too.

    :param into: the model to load the tensors into; default the one that the file describes
    :raises FileError: for a file that is damaged, describes no model or one that is not known here,
        or whose tensors are not those of the model
    """
    tensors, metadata = read(path)
    described = _description(path, metadata)
    if into is None and described is None:
        raise FileError(f"{path}: expected a description, spm.model, got none; load(path, into=…)")
    if "spm.packed" in metadata:
        raise FileError(f"{path}: expected tensors as they are, got some packed into few bits")
    try:
        numbers = sum(t.numel() for t in tensors.values())
        model = build(described, numbers, device="meta") if into is None else into
    except FileError as error:
        raise FileError(f"{path}: {error}") from error
    prefix = described["prefix"] if isinstance(described, dict) else ""
    own = {name[len(prefix) :]: t for name, t in tensors.items() if name.startswith(prefix)}
    _assign(path, model, own)
    return model.eval()


def _description(path: object, metadata: dict[str, str]) -> dict[str, Any] | None:
    try:
        return json.loads(metadata["spm.model"]) if "spm.model" in metadata else None
    except ValueError as error:
        raise FileError(f"{path}: expected JSON under spm.model, {error}") from error


def _assign(path: object, model: nn.Module, tensors: dict[str, Tensor]) -> None:
    """Puts the tensors in the places of the model's parameters and buffers."""
    places = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    wrong = sorted(
        name
        for name in {*places, *tensors}
        if name not in places or name not in tensors or places[name].shape != tensors[name].shape
    )
    if wrong:
        name = wrong[0]
        shapes = [list(t[name].shape) if name in t else "none" for t in (places, tensors)]
        raise FileError(f"{path}: expected {name} of shape {shapes[0]}, got {shapes[1]}")
    for name, place in places.items():
        if place.is_meta:
            owner, _, last = name.rpartition(".")
            setattr(model.get_submodule(owner), last, nn.Parameter(tensors[name]))
        else:
            place.data = tensors[name].to(place.device)


def save(
    model: nn.Module,
    path: str | os.PathLike[str],
    *,
    like: str | os.PathLike[str] | None = None,
    task: Fields | None = None,
) -> None:
    """Writes a model as a file that TypeScript and `load` read.

    :param like: a file whose task is copied: what the model was trained for, and its preprocessing
    :param task: another task, such as `text_task` makes
    :raises FileError: for a model with modules that files do not have, or whose sizes don't fit
    """
    metadata = {"spm.model": json.dumps(describe(model))}
    if task is not None:
        metadata["spm.task"] = json.dumps(task)
    elif like is not None:
        copied = read(like)[1].get("spm.task")
        metadata.update({} if copied is None else {"spm.task": copied})
    named = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    write(path, named, metadata)
