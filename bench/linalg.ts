/**
 * @file Claim: factorisations of batches of small matrices, n = 8 … 64, float64, take at most twice
 * NumPy's time on wasm.
 *
 * `npm run bench:linalg [-- ROUNDS]` measures CPU time, of one thread on either side, in rounds
 * that alternate: other work on the machine counts less then. Prints microseconds a matrix and the
 * ratios to NumPy's, medians of the rounds, and exits with 1 where one is above 2 on wasm, with 77
 * without NumPy.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  add,
  type Backend,
  eye,
  matmul,
  mul,
  normal,
  reference,
  rng,
  scope,
  setBackend,
  type Tensor,
  transpose,
} from "@spm/core";
import * as linalg from "@spm/linalg";
import { wasm } from "@spm/wasm";
import { median } from "../experiments/parts/statistics.ts";
import { notRun } from "../test/ledger/budgets.ts";
import { pythonWith } from "../test/python.ts";

const LIMIT = 2;
const script = fileURLToPath(new URL("linalg-numpy.py", import.meta.url));
const double = { dtype: "float64" } as const;

type Times = Readonly<Record<string, number>>;

/** Microseconds for one matrix, by op and n: the median of fifteen calls, once compiled. */
function ours(backend: Backend): Times {
  setBackend(backend);
  const random = rng(0);
  const times: Record<string, number> = {};
  for (const n of [8, 16, 32, 64]) {
    const count = 2 ** 17 / n ** 2;
    const a = normal(random, [count, n, n], 0, 1, double);
    const b = normal(random, [count, n, 4], 0, 1, double);
    const definite = add(matmul(a, transpose(a, [0, 2, 1])), mul(n, eye(n, n, double)));
    const jobs: Record<string, () => Tensor> = {
      solve: () => linalg.solve(a, b),
      inverse: () => linalg.inverse(a),
      det: () => linalg.det(a),
      cholesky: () => linalg.cholesky(definite),
      qr: () => linalg.qr(a).q,
      eigh: () => linalg.eigh(definite).eigenvectors,
      svd: () => linalg.svd(a, { fullMatrices: false }).u,
      pinv: () => linalg.pinv(a),
    };
    for (const [name, job] of Object.entries(jobs)) {
      const calls = Array.from({ length: 15 }, () => {
        const start = process.cpuUsage();
        scope(() => void job());
        const { user, system } = process.cpuUsage(start);
        return user + system;
      });
      times[`${name} ${n}`] = median(calls) / count;
    }
  }
  return times;
}

function numpy(python: string): Times {
  const env = { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };
  const { status, stdout, stderr } = spawnSync(python, [script], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Times;
}

const python = pythonWith("numpy");
if (python === null) {
  console.log("not run: no python3 has NumPy");
  process.exit(notRun);
}
const machine = await wasm();
const rounds = Array.from({ length: Number(process.argv[2] ?? 3) }, () => ({
  reference: ours(reference),
  wasm: ours(machine),
  numpy: numpy(python),
}));
const heads = ["reference", "wasm", "NumPy", "ref./NumPy", "wasm/NumPy"];
console.log("op n".padEnd(14) + heads.map((s) => s.padStart(12)).join(""));
for (const name of Object.keys(rounds[0]?.numpy ?? {})) {
  const time = (of: "reference" | "wasm" | "numpy") =>
    median(rounds.map((round) => round[of][name] ?? Number.NaN));
  const [plain, fast, theirs] = [time("reference"), time("wasm"), time("numpy")];
  const cells = [plain, fast, theirs, plain / theirs, fast / theirs];
  console.log(name.padEnd(14) + cells.map((v) => v.toFixed(2).padStart(12)).join(""));
  if (fast / theirs > LIMIT) process.exitCode = 1;
}
await machine.dispose();
