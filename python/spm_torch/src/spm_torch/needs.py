"""PyTorch, new enough, or one line that says what is missing."""

from __future__ import annotations

HELP = "help: pip install torch"

try:
    import torch
except ModuleNotFoundError:
    raise ImportError(f"expected PyTorch 1.13 or newer, got none; {HELP}") from None

if tuple(map(int, torch.__version__.split(".")[:2])) < (1, 13):
    raise ImportError(f"expected PyTorch 1.13 or newer, got {torch.__version__}; {HELP}")
