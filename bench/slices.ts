/**
 * @file Claim: slices that are taken, summed by segment and rolled on wasm, and their derivatives,
 * take at most three times PyTorch's time.
 *
 * `npm run bench:slices [-- ROUNDS]` measures CPU time, of one thread on either side, float32, in
 * rounds that alternate: other work on the machine counts less then. Prints microseconds a call and
 * the ratio, medians of the rounds, and exits with 1 where a ratio is above 3, with 77 without
 * PyTorch.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  normal,
  rng,
  roll,
  scope,
  segmentSum,
  setBackend,
  type Tensor,
  take,
  tensor,
  vjp,
} from "@spm/core";
import { wasmSync } from "@spm/wasm";
import { median } from "../experiments/parts/statistics.ts";
import { notRun } from "../test/ledger/budgets.ts";
import { pythonWith } from "../test/python.ts";

const LIMIT = 3;
const [nodes, edges] = [10_000, 60_000];
const script = fileURLToPath(new URL("slices-torch.py", import.meta.url));

type Times = Readonly<Record<string, number>>;

/** Microseconds of a call: the best of fifteen. */
function best(job: () => unknown): number {
  const calls = Array.from({ length: 15 }, () => {
    const start = process.cpuUsage();
    scope(() => {
      job();
    });
    return process.cpuUsage(start).user;
  });
  return Math.min(...calls);
}

/** Calls and their pullbacks, by name. */
function ours(): Times {
  const random = rng(0);
  const ids = tensor(Int32Array.from({ length: edges }, (_, i) => (i * 7919) % nodes));
  const times: Record<string, number> = {};
  for (const width of [4, 16, 64]) {
    const [x, messages] = [normal(random, [nodes, width]), normal(random, [edges, width])];
    const calls: Record<string, [f: (t: Tensor) => Tensor, x: Tensor]> = {
      take: [(t) => take(t, ids), x],
      segmentSum: [(t) => segmentSum(t, ids, nodes), messages],
      roll: [(t) => roll(t, 1000, 0), messages],
    };
    for (const [name, [f, input]] of Object.entries(calls)) {
      times[`${name} ${width}`] = best(() => f(input));
      scope(() => {
        const { value, pullback } = vjp(f, input);
        const ct = normal(random, value.shape);
        times[`${name} ${width}, vjp`] = best(() => pullback(ct));
      });
    }
  }
  return times;
}

function torch(python: string): Times {
  const { status, stdout, stderr } = spawnSync(python, [script, `${nodes}`, `${edges}`], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Times;
}

const python = pythonWith("torch");
if (python === null) {
  console.log("not run: no python3 has PyTorch");
  process.exit(notRun);
}
setBackend(wasmSync({ bytes: 2 ** 29 }));
const rounds = Array.from({ length: Number(process.argv[2] ?? 3) }, () => ({
  ours: ours(),
  torch: torch(python),
}));
console.log(
  "op width".padEnd(20) + ["ours", "PyTorch", "ratio"].map((s) => s.padStart(10)).join(""),
);
for (const name of Object.keys(rounds[0]?.ours ?? {})) {
  const times = (of: "ours" | "torch") => rounds.map((round) => round[of][name] ?? Number.NaN);
  const [mine, theirs] = [median(times("ours")), median(times("torch"))];
  const cells = [mine, theirs, mine / theirs].map((v) => v.toFixed(2).padStart(10));
  console.log(name.padEnd(20) + cells.join(""));
  if (mine / theirs > LIMIT) process.exitCode = 1;
}
