/**
 * @file Another peer: PyTorch's nn.Linear on one thread, where Python has torch (Debian:
 * python3-torch).
 */
import { spawnSync } from "node:child_process";
import type { DenseTimes } from "./openblas.ts";

const script = `
import json, sys, time, statistics
try:
    import torch
except ImportError:
    sys.exit(3)
n, batch, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
torch.set_num_threads(1)
layer = torch.nn.Linear(n, n)
x = torch.randn(batch, n, requires_grad=True)
ct = torch.randn(batch, n)
def forward():
    with torch.no_grad():
        layer(x)
def train():
    torch.autograd.grad(layer(x), [x, layer.weight, layer.bias], ct)
def median(run):
    run()
    times, start = [], time.perf_counter()
    while len(times) < 2 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        run()
        times.append(time.perf_counter() - before)
    return statistics.median(times)
times = {"forward": median(forward), "train": median(train)}
print(json.dumps({"version": torch.__version__, **times}))
`;

/** Median times and the version; null where there is no torch. */
export function torchLinear(
  n: number,
  batch: number,
  seconds: number,
): (DenseTimes & { version: string }) | null {
  const options = { encoding: "utf8" as const, env: { ...process.env, OMP_NUM_THREADS: "1" } };
  const { status, stdout } = spawnSync(
    "/usr/bin/python3",
    ["-c", script, `${n}`, `${batch}`, `${seconds}`],
    options,
  );
  return status === 0 ? (JSON.parse(stdout) as DenseTimes & { version: string }) : null;
}
