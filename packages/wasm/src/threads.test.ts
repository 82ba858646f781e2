/**
 * @file Threads: the same bits for every number of them, no process kept alive, and what the report
 * says.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import {
  add,
  type Backend,
  exp,
  grad,
  matmul,
  mul,
  type NdArray,
  normal,
  parameter,
  reference,
  rng,
  scope,
  setBackend,
  square,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@spm/core";
import { fromArray, ValueError } from "@spm/core/extend";
import { type MixerKind, mixers } from "@spm/mixer";
import { Mlp } from "@spm/models";
import { crossEntropy, MixerLayer, neighbourSum } from "@spm/nn";
import { adam } from "@spm/optim";
import { buildSync } from "esbuild";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { full } from "../../../test/full.ts";
import { wasm, wasmSync } from "./backend.ts";
import { bindKernels, compileKernelsSync } from "./kernel-exports.ts";
import { WasmMemory } from "./memory.ts";
import { CONTROL_BYTES, type KernelCall, ThreadPool } from "./thread-pool.ts";

afterEach(() => {
  setBackend(reference);
  vi.unstubAllGlobals();
});

/** Backends of 1, 2 and 3 threads, whose workers have started. */
const backends = [1, 2, 3].map((threads) => wasmSync({ threads, bytes: 2 ** 28 }));
beforeAll(() => new Promise((resolve) => setTimeout(resolve, 500)));
afterAll(() => Promise.all(backends.map((backend) => backend.dispose())));

/** Runs what `f` computes on 1, 2 and 3 threads; often, so that workers take part. */
function onThreads(f: (backend: Backend) => readonly Tensor[], times: number): string[][] {
  return backends.map((backend) => {
    setBackend(backend);
    let last: string[] = [];
    for (let k = 0; k < times; k++) last = scope(() => f(backend).map(bits));
    return last;
  });
}

/** What stands for a tensor's bits: a hash. */
const bits = (t: Tensor): string =>
  createHash("sha256")
    .update(t.ndarray().data as Float32Array)
    .digest("hex");

const copied = (t: Tensor): Float32Array => Float32Array.from(t.ndarray().data as Float32Array);

const input = (backend: Backend, rows: number, n: number): Tensor =>
  fromArray(normal(rng(2), [rows, n]).ndarray() as NdArray, backend);

/** Often enough that workers take part in some; `npm run test:full` tries for longer. */
const times = full ? 5 : 2;
const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);
test.each(
  kinds.flatMap(([kind, mixer]) => [
    { kind, mixer, n: 256, rows: 200 },
    { kind, mixer, n: 512, rows: 131 },
    { kind, mixer, n: 1024, rows: 131 },
  ]),
)(
  "$kind mixer $n, $rows rows: forward and gradients, bit by bit",
  { timeout: 60_000 },
  ({ mixer, n, rows }) => {
    const [one, ...others] = onThreads((backend) => {
      const layer = new MixerLayer(mixer, n - 1, n, { random: rng(1) });
      const x = input(backend, rows, n - 1);
      const { value, grads } = valueAndGrad(
        () => sum(square(layer.forward(x))),
        layer.parameters(),
      );
      return [layer.forward(x), value, ...grads];
    }, times);
    for (const other of others) expect(other).toEqual(one);
  },
);

test("products, element-wise ops and a training run, bit by bit", { timeout: 60_000 }, () => {
  const [one, ...others] = onThreads((backend) => {
    const a = input(backend, 300, 200);
    const model = new Mlp({ sizes: [200, 256, 10], linear: "dense", random: rng(1) });
    const optimizer = adam(model.parameters(), { learningRate: 1e-3 });
    const labels = tensor(Int32Array.from({ length: 300 }, (_, i) => i % 10));
    const { grads } = valueAndGrad(
      () => crossEntropy(model.forward(a), labels),
      model.parameters(),
    );
    optimizer.step(grads);
    const b = input(backend, 200, 300);
    const shifts = Array.from({ length: 200 }, (_, k) => k * k);
    const along = (w: Tensor): Tensor => neighbourSum(w, a, shifts);
    const neighbours = [along(a), grad((w: Tensor) => sum(square(along(w))))(a)];
    return [matmul(a, b), exp(a), add(mul(a, a), a), ...neighbours, ...model.parameters()];
  }, times);
  for (const other of others) expect(other).toEqual(one);
});

test("the report says how many threads, and why not", { timeout: 30_000 }, async () => {
  const two = await wasm({ threads: 2 });
  expect(two.report().name).toBe("wasm simd ×2");
  await two.dispose();
  vi.stubGlobal("SharedArrayBuffer", undefined);
  const one = await wasm({ threads: 2 });
  expect(one.report().name).toBe("wasm simd, one thread: no SharedArrayBuffer here");
  expect(
    await scope(() => add(tensor([1], { backend: one }), tensor([2], { backend: one }))).data(),
  ).toEqual(Float32Array.of(3));
  const refusal = (got: number): ValueError =>
    new ValueError(
      "wasm",
      "a whole number of threads from 1 to 256",
      got,
      `this machine runs ${availableParallelism()} at once`,
    );
  for (const threads of [0, 1.5, 257, 1e9, Number.NaN]) {
    await expect(wasm({ threads })).rejects.toThrow(refusal(threads));
    expect(() => wasmSync({ threads })).toThrow(refusal(threads));
  }
});

test("after dispose it refuses to compute, and what it computed can be read", async () => {
  const refusal =
    /^wasm: expected an open backend, got a disposed one\nhelp: open another: wasm\(\)$/;
  for (const threads of [1, 3]) {
    const backend = wasmSync({ threads, bytes: 2 ** 24 });
    const x = input(backend, 130, 130);
    const doubles = tensor(Float64Array.of(1, 2), { backend });
    const p = parameter(scope(() => matmul(x, x)));
    const before = copied(p);
    await backend.dispose();
    await backend.dispose();
    for (const compute of [
      () => matmul(x, x),
      () => add(p, p),
      () => square(doubles), // on the reference
      () => tensor([1, 2], { backend }),
      () => p.assign(x),
    ])
      expect(() => scope(() => void compute())).toThrow(refusal);
    expect(copied(p)).toEqual(before);
    expect(await x.data()).toHaveLength(130 * 130);
    p.dispose();
    expect(backend.report().liveStorages).toBe(0);
  }
});

test("`await using` disposes of a backend", async () => {
  const open = async (): Promise<Backend> => {
    await using backend = await wasm({ bytes: 2 ** 24 });
    expect(tensor([1, 2], { backend }).shape).toEqual([2]);
    return backend;
  };
  const backend = await open();
  expect(() => tensor([1, 2], { backend })).toThrow("got a disposed one");
});

/** Runs `f` while workers end at the first job that they take. */
function withMortalWorkers<T>(f: () => T): T {
  const node = process.getBuiltinModule("node:worker_threads");
  const { Worker } = node;
  const [call, last] = ["kernels[", "process.exit(),kernels["].map(encodeURIComponent);
  const Mortal = class extends Worker {
    constructor(url: URL, options: object) {
      super(
        new URL(String(url).replace(`try%20%7B%0A%20%20%20%20%20%20%20%20${call}`, `try{${last}`)),
        options,
      );
    }
  };
  try {
    Object.assign(node, { Worker: Mortal });
    return f();
  } finally {
    Object.assign(node, { Worker });
  }
}

test("a thread that ends in the middle of its work is an error; the next op is right", {
  timeout: 60_000,
}, async () => {
  const backend = withMortalWorkers(() => wasmSync({ threads: 3, bytes: 2 ** 24 }));
  const x = input(backend, 300, 300);
  const alone = input(wasmSync({ bytes: 2 ** 24 }), 300, 300);
  const right = copied(scope(() => matmul(alone, alone)));
  const said: string[] = [];
  const start = performance.now();
  while (!said.at(-1)?.endsWith("left: 1") && performance.now() - start < 50_000) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    try {
      expect(copied(scope(() => matmul(x, x)))).toEqual(right);
    } catch (error) {
      said.push(String(error));
    }
    expect(backend.report().liveStorages).toBe(0);
  }
  expect(said.at(-1)).toMatch(/left: 1$/);
  for (const error of said)
    expect(error).toMatch(
      new RegExp(
        "^BackendError: wasm: expected threads that end their work, " +
          "got one that ended in the middle of gemm\nhelp: run the step again; threads left: [12]$",
      ),
    );
  for (let k = 0; k < 3; k++) expect(copied(scope(() => matmul(x, x)))).toEqual(right);
  await backend.dispose();
});

const folder = mkdtempSync(join(tmpdir(), "spm-threads-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script with this package, as one bundle, in a process of its own. */
function run(script: string, ...flags: string[]): string {
  const contents =
    "import { matmul, ones, rng, scope, setBackend } " +
    `from "@spm/core"; import { wasm } from "@spm/wasm"; ${script}`;
  const outfile = join(folder, "script.mjs");
  buildSync({
    stdin: { contents, resolveDir: import.meta.dirname },
    ...{ outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" },
    conditions: ["@spm/source"],
  });
  return execFileSync(process.execPath, [...flags, outfile], {
    encoding: "utf8",
    timeout: 60_000,
  });
}

test("workers take part, and a trap in one is an error", { timeout: 30_000 }, async () => {
  const module = compileKernelsSync(true);
  const memory = new WasmMemory(2 ** 20, true);
  const kernels = bindKernels(module, memory.memory);
  const team = new ThreadPool(module, memory.memory, kernels, memory.block(CONTROL_BYTES), 2);
  const some = Array.from({ length: 100 }, (): KernelCall => ["multiplyAdd", 1000, 0.9, 0.1]);
  for (const start = performance.now(); team.helped === 0 && performance.now() - start < 20_000; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    team.run(some);
  }
  expect(team.helped).toBeGreaterThan(0);
  const outside: KernelCall = ["fill4", 2 ** 30, 4, 1];
  expect(() => team.run([outside, outside, outside])).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: wasm: expected kernels that run through, got a trap in fill4]`,
  );
  expect(() => team.run(some)).not.toThrow();
  await team.stop();
});

test("a process ends by itself, without dispose", { timeout: 70_000 }, () => {
  const script = `setBackend(await wasm({ threads: 3 }));
    const x = ones([512, 512]);
    for (let k = 0; k < 5; k++) console.log(scope(() => matmul(x, x).ndarray().data[7]));
    await new Promise((resolve) => setTimeout(resolve, 100)); // so that workers fall asleep`;
  expect(run(script)).toBe("512\n".repeat(5));
});

const products = `const backend = await wasm({ relaxed: true, threads: 2 });
  setBackend(backend);
  const x = ones([64, 64]);
  console.log(backend.report().name, scope(() => matmul(x, x).ndarray().data[7]));`;

test("relaxed SIMD where the engine has it, otherwise without, and the report says which", {
  timeout: 130_000,
}, () => {
  const [major] = process.versions.node.split(".").map(Number);
  const with20 = "--experimental-wasm-relaxed-simd";
  if (major! < 22) expect(run(products)).toBe("wasm simd ×2, no relaxed simd here 64\n");
  expect(run(products, ...(major! < 22 ? [with20] : []))).toBe("wasm relaxed simd ×2 64\n");
});
