"""The program of the page runs, up to the lines that need a run of `spm train`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def test_the_program_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).parents[1] / "README.md").read_text("utf8")
    program = re.findall(r"```python\n(.*?)```", page, re.S)[0]
    lines = program.splitlines()
    names: dict[str, object] = {}
    exec("\n".join(line for line in lines if "runs/first" not in line), names)
    layer, model = names["layer"], names["model"]
    assert sum(p.numel() for p in names["Mixer"](784, 256).parameters()) == 6416  # as it says
    assert layer.in_features == 100 and type(model[0]) is names["Mixer"]
    assert (tmp_path / "third.safetensors").exists()
