"""Descriptions of schedules and models, as SPM's files have them in their metadata."""

from __future__ import annotations

from typing import Any

from .schedule import Schedule, brick, butterfly, from_pairs, shuffle

_PATTERNS = {"butterfly": butterfly, "shuffle": shuffle, "brick": brick}


def schedule_of(fields: dict[str, Any]) -> Schedule:
    """The schedule of a description."""
    if "pairs" in fields:
        return from_pairs(fields["n"], fields["pairs"], fields["name"])
    return _PATTERNS[fields["name"]](fields["n"], fields["stages"])


def describe_schedule(schedule: Schedule) -> dict[str, Any]:
    """Its description: by name where three numbers decide it, else its pairs."""
    named = {"name": schedule.name, "n": schedule.n}
    if schedule.name in _PATTERNS:
        return {**named, "stages": len(schedule.stages)}
    return {**named, "pairs": schedule.pair_lists()}
