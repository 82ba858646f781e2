"""The mixer on one GPU beside a dense layer: milliseconds forward, and forward and backward.

    python3 python/bench/butterfly.py [--n 4096] [--batch 4096] [--rounds 7] [--out FILE]
    python3 python/bench/butterfly.py --smoke

Every row runs in every round, in turn, on the same x; the smallest time of the rounds is printed,
and the error of each mixer's output and gradients beside the eager one in float64. A time is that
of `calls` calls between two events, divided by `calls`. With --compile-only it needs no GPU: it
compiles the kernels for sm_90 and prints what a thread of each holds. With --smoke it needs none
either: the same table of a few rows on the CPU, the kernels in Triton's interpreter; its errors are
measured, its times are not. Triton 3.6's interpreter needs numpy < 2.4, 3.8's does not.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable

if "--smoke" in sys.argv:
    os.environ["TRITON_INTERPRET"] = "1"  # before Triton is there

sys.path.insert(0, str(Path(__file__).parents[1] / "spm_torch/src"))
try:
    import spm_torch  # noqa: F401
except ImportError as missing:
    sys.exit(f"butterfly.py: {missing}")

import torch  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from spm_torch import Mixer, butterfly_kernel, kinds  # noqa: E402
from spm_torch import function  # noqa: E402
from spm_torch.schedule import butterfly  # noqa: E402

AIM = "aim: 0.15 ms forward, 0.6 ms forward and backward, at n = batch = 4096"


class By(nn.Module):
    """A square mixer's forward by the kernels, or by PyTorch's operations, wherever x is."""

    def __init__(self, layer: Mixer, run: function.Run) -> None:
        super().__init__()
        self.layer, self.run = layer, run

    def forward(self, x: Tensor) -> Tensor:
        m = self.layer
        own = {name: getattr(m, name) for name in m.kind.parameters}
        return self.run(x, own, m.kind, m.schedule, m.dIn, m.dOut, m.bias)


class Dense(nn.Module):
    """A dense layer whose products are in float32 or in tf32."""

    def __init__(self, n: int, tf32: bool) -> None:
        super().__init__()
        self.map, self.tf32 = nn.Linear(n, n), tf32

    def forward(self, x: Tensor) -> Tensor:
        torch.backends.cuda.matmul.allow_tf32 = self.tf32
        return self.map(x)


def rows(n: int, device: str) -> dict[str, nn.Module]:
    made: dict[str, nn.Module] = {"dense fp32": Dense(n, False), "dense tf32": Dense(n, True)}
    for name in kinds:
        layer = Mixer(n, n, name)
        eager = By(copy.deepcopy(layer), function.eager)
        made[f"{name}, Triton"] = By(layer, butterfly_kernel.mixer)
        made[f"{name}, eager"] = eager
        if device == "cuda":
            # Of the eager layer itself, whose errors come first: they put its schedule on the
            # device, which compiled code would do once and be compiled again. What is not compiled
            # raises.
            compiled = torch.compile(eager, fullgraph=True)
            made[f"{name}, compiled"] = compiled  # type: ignore[assignment]
    return {name: model.to(device) for name, model in made.items()}


def step(model: nn.Module, x: Tensor, ct: Tensor) -> list[Tensor]:
    """y and the gradients by x and all parameters."""
    y = model(x)
    return [y, *torch.autograd.grad(y, [x, *model.parameters()], ct)]


def milliseconds(run: Callable[[], Any], calls: int, device: str) -> float:
    if device == "cpu":
        begin = time.perf_counter()
        for _ in range(calls):
            run()
        return 1000 * (time.perf_counter() - begin) / calls
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    for _ in range(calls):
        run()
    end.record()
    torch.cuda.synchronize()
    return start.elapsed_time(end) / calls


def largest_error(model: Any, x: Tensor, ct: Tensor) -> float:
    """The largest difference to the eager mixer in float64, as a part of each tensor's largest."""
    exact = By(copy.deepcopy(model.layer), function.eager).double()
    theirs = step(exact, x.detach().double().requires_grad_(), ct.double())
    pairs = zip(step(model, x, ct), theirs)
    return max(_distance(a.detach(), b.detach()) for a, b in pairs if a.numel() > 0)


def _distance(a: Tensor, b: Tensor) -> float:
    return float((a - b).abs().max() / b.abs().max().clamp(min=1))


def measure(n: int, batch: int, rounds: int, calls: int, device: str) -> dict[str, Any]:
    torch.manual_seed(1)
    x = torch.randn(batch, n, device=device).requires_grad_()
    ct = torch.randn(batch, n, device=device)
    models = rows(n, device)
    errors = {name: largest_error(m, x[:256].detach().requires_grad_(), ct[:256])
              for name, m in models.items() if name.endswith(("Triton", "eager"))}
    for model in models.values():  # compiles, and fills caches
        step(model, x, ct)
        with torch.no_grad():
            model(x)
    times: dict[str, list[list[float]]] = {name: [[], []] for name in models}
    for _ in range(rounds):
        for name, model in models.items():
            with torch.no_grad():
                times[name][0].append(milliseconds(lambda: model(x), calls, device))
            times[name][1].append(milliseconds(lambda: step(model, x, ct), calls, device))
    table = {
        name: {"forward": min(f), "forward and backward": min(b), "error": errors.get(name)}
        for name, (f, b) in times.items()
    }
    where = torch.cuda.get_device_name() if device == "cuda" else "smoke on the CPU: no times"
    return {"n": n, "batch": batch, "device": where, "rows": table}


def show(result: dict[str, Any]) -> None:
    print(f"{result['device']}, torch {torch.__version__}, n = {result['n']}, "
          f"batch = {result['batch']}; {AIM}")
    print(f"{'':24}{'forward':>10}{'and back':>10}   error")
    timed = "smoke" not in result["device"]
    for name, row in result["rows"].items():
        error = "" if row["error"] is None else f"{row['error']:.1e}"
        pair = (row["forward"], row["forward and backward"])
        times = "".join(f"{ms:10.3f}" if timed else f"{'–':>10}" for ms in pair)
        print(f"{name:24}{times}   {error}")


def compile_only(n: int) -> None:
    """Registers a thread and bytes that it spills, of each kernel at width n, for sm_90."""
    import triton
    from triton.backends import nvidia
    from triton.backends.compiler import GPUTarget

    tool = Path(nvidia.__file__ or nvidia.__path__[0]).parent / "nvidia/bin/cuobjdump"
    tool = tool if tool.exists() else Path(list(nvidia.__path__)[0]) / "bin/cuobjdump"
    integers = {"rows", "n", "width", "height", "pairs", "start", "each"}
    for name in ("rotation", "general"):
        kind = kinds[name]
        most = butterfly_kernel.most_stages(kind)
        passes = butterfly_kernel.plan(butterfly(n).strides or (), most)
        for k, part in enumerate(passes):
            first, last = k == 0, k == len(passes) - 1
            constants = dict(
                K0=part.low, K=part.width, STAGES=len(part.bits), ORDER=part.order,
                DET=kind.determinant or 0, FIRST=first, LAST=last, KEEP=last and kind.orthogonal,
                ROWS=butterfly_kernel.ROWS, LANES=butterfly_kernel.LANES,
            )
            for fn in (butterfly_kernel._forward, butterfly_kernel._backward):
                types = {a: "constexpr" if a in constants else "i32" if a in integers else "*fp32"
                         for a in fn.arg_names}
                places = {i: a for i, a in enumerate(fn.arg_names)}
                source = triton.compiler.ASTSource(
                    fn=fn,
                    signature=types,
                    constexprs={(i,): constants[a] for i, a in places.items() if a in constants},
                    attrs={(i,): [["tt.divisibility", 16]]
                           for i, a in places.items() if a not in constants},
                )
                made = triton.compile(
                    source, target=GPUTarget("cuda", 90, 32), options={"num_warps": 8}
                )
                with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
                    file.write(made.asm["cubin"])
                    file.flush()
                    words = [str(tool), "-res-usage", file.name]
                    done = subprocess.run(words, capture_output=True, text=True, check=True)
                use = dict(re.findall(r"(REG|STACK|SHARED):(\d+)", done.stdout + done.stderr))
                strides = ", ".join(str(1 << bit) for bit in part.bits)
                print(f"{name}{fn.__name__}, strides {strides}: {use['REG']} registers, "
                      f"{use['STACK']} bytes spilled, {use['SHARED']} shared", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=4096)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--compile-only", action="store_true")
    parser.add_argument("--smoke", action="store_true", help="n = 64 on the CPU, 4 rows, one round")
    options = parser.parse_args()
    if butterfly_kernel.triton is None:
        sys.exit("butterfly.py: expected Triton, got none (pip install triton)")
    if options.compile_only:
        return compile_only(options.n)
    if not options.smoke and not torch.cuda.is_available():
        sys.exit("butterfly.py: expected a CUDA device, got none (--smoke and --compile-only run)")
    sizes = (options.n, options.batch, options.rounds, options.calls)
    result = measure(64, 4, 1, 1, "cpu") if options.smoke else measure(*sizes, "cuda")
    show(result)
    if options.out:
        options.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
