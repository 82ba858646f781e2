"""safetensors files: tensors by name, and metadata, text by name."""

from __future__ import annotations

import ctypes
import json
import os
from pathlib import Path
from typing import Any, Mapping

import torch
from torch import Tensor

_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_LARGEST_HEADER = 100_000_000


class FileError(ValueError):
    """A file that breaks its format, or holds what this package does not know."""


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and the metadata of a file.

    :raises FileError: for a file that breaks the format
    """
    if Path(path).is_dir():
        raise FileError(f"{path}: expected a file, got a folder; a run has model.safetensors in it")
    data = Path(path).read_bytes()
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(len(data) - 8, _LARGEST_HEADER):
        raise FileError(f"{path}: expected a safetensors file, got {len(data)} bytes that are none")
    try:
        header = json.loads(data[8 : 8 + size])
        metadata = header.pop("__metadata__", {})
        tensors = {name: _tensor(entry, data, 8 + size) for name, entry in header.items()}
        last = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        if len(data) - 8 - size != last:
            raise ValueError(f"{last} bytes of data, got {len(data) - 8 - size}")
    except (AttributeError, KeyError, TypeError, UnicodeDecodeError, ValueError) as error:
        raise FileError(f"{path}: expected the header of a safetensors file, {error}") from error
    return tensors, metadata


def _tensor(entry: dict[str, Any], data: bytes, start: int) -> Tensor:
    dtype = _DTYPES[entry["dtype"]]
    shape = [int(n) for n in entry["shape"]]
    begin, end = entry["data_offsets"]
    count = torch.Size(shape).numel()
    if not 0 <= begin <= end <= len(data) - start or end - begin != count * _bytes(dtype):
        raise ValueError(f"got {shape} of {entry['dtype']} in bytes {begin} to {end}")
    if count == 0:
        return torch.empty(shape, dtype=dtype)
    part = bytearray(data[start + begin : start + end])
    return torch.frombuffer(part, dtype=dtype).reshape(shape)


def _bytes(dtype: torch.dtype) -> int:
    return torch.empty(0, dtype=dtype).element_size()


def write(
    path: str | os.PathLike[str],
    tensors: Mapping[str, Tensor],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes a file, whole or not at all: first beside its place, then renamed.

    Larger elements come first, so that each tensor is aligned.
    """
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    ordered = sorted(tensors.items(), key=lambda item: -_bytes(item[1].dtype))
    at = 0
    for name, tensor in ordered:
        end = at + tensor.numel() * _bytes(tensor.dtype)
        header[name] = {
            "dtype": _NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [at, end],
        }
        at = end
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    temporary = Path(f"{path}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            for _, tensor in ordered:
                file.write(_raw(tensor))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _raw(tensor: Tensor) -> bytes:
    """The elements' bytes in row-major order; without NumPy, which PyTorch may lack."""
    whole = tensor.detach().cpu().resolve_neg().contiguous()
    return ctypes.string_at(whole.data_ptr(), whole.numel() * _bytes(whole.dtype))
