"""Schedules of all names over n coordinates."""

from __future__ import annotations

import torch

from spm_torch import Schedule, brick, butterfly, from_pairs, random_matching, shuffle


def schedules(n: int) -> list[Schedule]:
    draw = torch.Generator().manual_seed(n)
    named = [butterfly(n), shuffle(n), brick(n), random_matching(n, 3, draw)]
    ends = [[(0, n - 1)], []] if n > 1 else [[]]
    return [*named, butterfly(n, 2 * len(named[0].stages) + 1), from_pairs(n, ends)]
