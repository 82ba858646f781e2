"""SPM's models made here, with first parameters: what `save` writes, TypeScript reads."""

from __future__ import annotations

from typing import Any, Sequence

from torch import nn

from .description import Entry, entries
from .kinds import Kind
from .models import Fields
from .replace import linear as linear_map


def mlp(
    sizes: Sequence[int], *, linear: str | Kind = "dense", activation: str = "relu"
) -> nn.Module:
    """An Mlp: linear maps of a kind, an activation between them. x [..., in] → [..., out]."""
    if not isinstance(sizes, (list, tuple)) or len(sizes) < 2:
        raise ValueError(f"mlp: expected sizes, two or more of them, got {sizes!r}")
    return _make("Mlp", linear, sizes=list(sizes), activation=activation)


def gru(in_features: int, width: int, *, linear: str | Kind = "dense", **options: Any) -> nn.Module:
    """A Gru, x [batch, time, in] → h of the last layer, [batch, time, directions · width].

    :param options: layers (1), bidirectional (False), dropout (0)
    """
    return _recurrent("Gru", in_features, width, linear, options)


def lstm(
    in_features: int, width: int, *, linear: str | Kind = "dense", **options: Any
) -> nn.Module:
    """An Lstm, as `gru`."""
    return _recurrent("Lstm", in_features, width, linear, options)


def rnn(in_features: int, width: int, *, linear: str | Kind = "dense", **options: Any) -> nn.Module:
    """An Elman network, as `gru`, with the option nonlinearity ("tanh", or "relu")."""
    return _recurrent("Rnn", in_features, width, linear, {"nonlinearity": "tanh", **options})


def _recurrent(
    kind: str, in_features: int, width: int, linear: str | Kind, options: Fields
) -> nn.Module:
    fields = {"inFeatures": in_features, "width": width, "layers": 1, "bidirectional": False}
    return _make(kind, linear, **{**fields, "dropout": 0, **options})


def gpt(
    vocabulary: int,
    context: int,
    *,
    width: int,
    heads: int,
    layers: int,
    linear: str | Kind = "dense",
    key_value_heads: int | None = None,
    activation: str = "gelu",
    hidden: int | None = None,
    norm: str = "layer",
    positions: str = "learned",
    dropout: float = 0,
    attention_dropout: float = 0,
    tied: bool = True,
) -> nn.Module:
    """A Gpt: tokens [batch, time ≤ context] → logits of the next ones, [batch, time, vocabulary].

    :param linear: the kind of all maps in its blocks
    :param activation: "gelu", or "swiglu"
    :param hidden: default 4 · width, or 8/3 · width up to a multiple of 8 of swiglu
    :param norm: "layer", or "rms"
    :param positions: "learned", or "rotary"
    :param tied: whether the head is the transposed embedding
    """
    usual = 4 * width if activation == "gelu" else 8 * -(-width // 3)
    return _make(
        "Gpt",
        linear,
        vocabulary=vocabulary,
        context=context,
        layers=layers,
        width=width,
        heads=heads,
        keyValueHeads=heads if key_value_heads is None else key_value_heads,
        attentionDropout=attention_dropout,
        activation=activation,
        hidden=usual if hidden is None else hidden,
        norm=norm,
        dropout=dropout,
        positions=positions,
        tied=tied,
    )


def _make(kind: str, linear: str | Kind, **fields: Any) -> Any:
    """A module of a kind, and those below it; its linear maps of another kind."""
    entry: Entry = entries[kind]
    for name in {**fields, **entry.fields}:
        if name not in entry.fields or not entry.fields[name].fits(fields.get(name)):
            expected = entry.fields[name].expected if name in entry.fields else "no option"
            raise ValueError(f"{kind}: expected {expected} as {name}, got {fields.get(name)!r}")
    children = {}
    for name, part in entry.parts(fields):
        inner = {field: value for field, value in part.items() if field != "kind"}
        chosen = "dense" if kind == "Gpt" else linear  # its head
        children[name] = (
            linear_map(chosen, part["inFeatures"], part["outFeatures"])
            if part["kind"] == "Linear"
            else _make(part["kind"], linear, **inner)
        )
    return entry.build(fields, children, None)
