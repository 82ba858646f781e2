"""Training steps a second on one GPU and on two, of dense, rotation and general layers.

    python3 python/bench/data_parallel.py [--width 4096] [--layers 4] [--batch 4096] [--out FILE]
    python3 python/bench/data_parallel.py --smoke

A step is forward, backward, DistributedDataParallel's all-reduce of the gradients, and SGD, of
layers of one width with ReLU between them; the batch is that of one GPU. It starts the processes
itself, needs NCCL for two, and prints samples a second, and the bytes of gradients that a step
all-reduces (a ring of N moves 2 (N − 1) / N times as many in and out of each GPU). Without a GPU
it prints the bytes alone, which are counted, not measured; with --smoke the same lines of a small
model on one and two processes of the CPU, over gloo, which say nothing of speed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "spm_torch/src"))
try:
    from spm_torch import linear
except ImportError as missing:
    sys.exit(f"data_parallel.py: {missing}")

import torch  # noqa: E402
import torch.distributed as dist  # noqa: E402
import torch.multiprocessing  # noqa: E402
from torch import nn  # noqa: E402

KINDS = ("dense", "rotation", "general")


def model_of(kind: str, width: int, layers: int) -> nn.Sequential:
    made: list[nn.Module] = []
    for _ in range(layers):
        made += [linear(kind, width, width), nn.ReLU()]
    return nn.Sequential(*made[:-1])


def gradient_bytes(model: nn.Module) -> int:
    return sum(p.numel() * p.element_size() for p in model.parameters())


def steps_a_second(kind: str, options: argparse.Namespace, world: int, rank: int) -> float:
    """The best of the rounds, each of `steps` steps."""
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = True
    device = torch.device("cpu") if options.smoke else torch.device("cuda", rank)
    synchronize = (lambda: None) if options.smoke else torch.cuda.synchronize
    model: nn.Module = model_of(kind, options.width, options.layers).to(device)
    if world > 1:
        ids = None if options.smoke else [rank]
        model = nn.parallel.DistributedDataParallel(model, device_ids=ids)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x = torch.randn(options.batch, options.width, device=device)

    def step() -> None:
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()

    best = 0.0
    for round in range(options.rounds + 1):  # the first compiles
        synchronize()
        if world > 1:
            dist.barrier()
        start = time.perf_counter()
        for _ in range(options.steps):
            step()
        synchronize()
        if round > 0:
            best = max(best, options.steps / (time.perf_counter() - start))
    return best


def process(rank: int, options: argparse.Namespace, world: int, results: Any) -> None:
    if not options.smoke:
        torch.cuda.set_device(rank)
    if world > 1:
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=f"{options.port}")
        dist.init_process_group("gloo" if options.smoke else "nccl", rank=rank, world_size=world)
    for kind in KINDS:
        rate = steps_a_second(kind, options, world, rank)
        if rank == 0:
            results[kind, world] = rate
    if world > 1:
        dist.destroy_process_group()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--width", type=int, default=4096)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--port", type=int, default=29531, help="free, for two processes")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--smoke", action="store_true", help="width 64, on the CPU")
    options = parser.parse_args()
    if options.smoke:
        small = {"width": 64, "layers": 2, "batch": 8, "steps": 2, "rounds": 1}
        parser.set_defaults(**small)
        options = parser.parse_args()
        torch.set_num_threads(1)
    sizes = {kind: gradient_bytes(model_of(kind, options.width, options.layers)) for kind in KINDS}
    worlds = [n for n in (1, 2) if options.smoke or n <= torch.cuda.device_count()]
    rates: dict[tuple[str, int], float] = {}
    for world in worlds:
        results = torch.multiprocessing.Manager().dict()
        torch.multiprocessing.spawn(process, (options, world, results), nprocs=world)
        rates.update(results)
    where = "process: smoke on the CPU, no measurement" if options.smoke else "GPU"
    print(f"width {options.width}, {options.layers} layers, batch {options.batch} a {where}")
    for kind in KINDS:
        cells = [f"{rates[kind, n] * n * options.batch:14,.0f} samples/s on {n}" for n in worlds]
        less = sizes["dense"] / sizes[kind]
        print(f"{kind:9}{sizes[kind]:14,} bytes a step, 1/{less:.0f} of dense", *cells, sep="  ")
    if not worlds:
        print("samples a second are not measured: no CUDA device")
    if options.out:
        rows = [{"kind": k, "gpus": n, "steps a second": r} for (k, n), r in rates.items()]
        options.out.write_text(json.dumps({"bytes": sizes, "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
