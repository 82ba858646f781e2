"""Stagewise Pairwise Mixers for PyTorch.

    y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + b

with L stages of disjoint pairs, a 2×2 block each: a linear map of n coordinates in O(n log n).
"""

from . import needs  # noqa: F401
from .create import gpt, gru, lstm, mlp, rnn
from .files import load, save
from .function import mixer
from .kinds import Kind, general, kinds, reflection, rotation
from .layer import Mixer
from .replace import linear, linear_kinds, parameter_groups, replace_linear
from .safetensors import FileError
from .schedule import (
    Schedule,
    block_diagonal,
    brick,
    butterfly,
    default_schedule,
    from_pairs,
    random_matching,
    shuffle,
)
from .structured import structured
from .task import text_task, vocabulary_of

__all__ = [
    "FileError",
    "Kind",
    "Mixer",
    "Schedule",
    "block_diagonal",
    "brick",
    "butterfly",
    "default_schedule",
    "from_pairs",
    "general",
    "gpt",
    "gru",
    "kinds",
    "linear",
    "linear_kinds",
    "load",
    "lstm",
    "mixer",
    "mlp",
    "parameter_groups",
    "random_matching",
    "reflection",
    "replace_linear",
    "rnn",
    "rotation",
    "save",
    "shuffle",
    "structured",
    "text_task",
    "vocabulary_of",
]
