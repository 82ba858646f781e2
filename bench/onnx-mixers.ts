/**
 * @file Claim: a mixer takes less time in our wasm kernels than its ONNX file takes in
 * onnxruntime-web, which is WebAssembly, too; many times less where the file has each stage as
 * nodes of its own, as an exporter writes it that doesn't know mixers.
 *
 * `npm run bench:onnx [-- ROUNDS]` measures CPU time, one thread, float32, forward, in rounds that
 * alternate, so that other work on the machine counts less. Prints microseconds a call, medians of
 * the rounds, and the medians of the rounds' ratios to ours. Exits with 1 where the claim does not
 * hold.
 */
import { noGrad, normal, rng, scope, setBackend, type Tensor } from "@spm/core";
import { butterfly, rotationMixer, type Schedule } from "@spm/mixer";
import { buildSchedule, eachPair } from "@spm/mixer/extend";
import { Mlp } from "@spm/models";
import { MixerLayer, type Module } from "@spm/nn";
import { exportOnnx } from "@spm/onnx";
import { wasmSync } from "@spm/wasm";
import { median } from "../experiments/parts/statistics.ts";
import { importPeer, peerVersion } from "./peers.ts";

/** The part of its interface that is used. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<{ run(feeds: object): Promise<unknown> }>;
  };
  readonly Tensor: new (type: "float32", data: unknown, dims: readonly number[]) => unknown;
}

type Job = () => unknown;

/** CPU microseconds a call, of calls that take 30 ms together. */
async function time(job: Job): Promise<number> {
  const start = process.cpuUsage();
  for (let calls = 1; ; calls++) {
    await job();
    const { user } = process.cpuUsage(start);
    if (user >= 30_000) return user / calls;
  }
}

const rounds = Number(process.argv[2] ?? 9);
const web = await importPeer<Runtime>("onnxWeb");
const native = await importPeer<Runtime>("onnx");
web.env.wasm.numThreads = 1;
const backend = wasmSync({ threads: 1 });
setBackend(backend);

/** Medians of the jobs, which take turns, and of the rounds' ratios to the first. */
async function measured(jobs: ReadonlyMap<string, Job>): Promise<void> {
  const names = [...jobs.keys()];
  for (let k = 0; k < 3; k++) for (const job of jobs.values()) await time(job); // compiled
  const turns: number[][] = [];
  for (let k = 0; k < rounds; k++) {
    const turn: number[] = [];
    for (const job of jobs.values()) turn.push(await time(job));
    turns.push(turn);
  }
  for (const [i, name] of names.entries()) {
    const own = turns.map((turn) => turn[i] ?? Number.NaN);
    const ratio = median(turns.map((turn) => (turn[i] ?? Number.NaN) / (turn[0] ?? 1)));
    console.log(
      `${name.padEnd(44)}${median(own).toFixed(1).padStart(11)}${ratio.toFixed(2).padStart(9)}`,
    );
    const claimed = name.startsWith("onnxruntime-web") && name.includes("mixer");
    if (claimed && ratio < 1) process.exitCode = 1;
  }
}

/** A job of a model in a runtime. */
async function jobIn(runtime: Runtime, bytes: Uint8Array, x: Tensor): Promise<Job> {
  const session = await runtime.InferenceSession.create(bytes, {
    // in one process they share a list of providers, of which the native one comes first
    ...(runtime === web && { executionProviders: ["wasm"] }),
    ...{ intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 },
  });
  const input = new runtime.Tensor("float32", Float32Array.from(await x.data()), x.shape);
  return () => session.run({ x: input });
}

/** The pairs of a schedule without its strides, which an exporter could find axes by. */
const withoutStrides = (schedule: Schedule): Schedule =>
  buildSchedule("pairs", schedule.n, schedule.stages, (l, addPair) =>
    eachPair(schedule, l, (i, j) => addPair(i, j)),
  );

/** Ours, and the same model in both runtimes, in several forms by name. */
async function jobsOf(
  model: Module,
  x: Tensor,
  forms: Readonly<Record<string, readonly [model: Module, largestMatrix: number]>>,
): Promise<Map<string, Job>> {
  const jobs = new Map<string, Job>([
    ["ours, wasm", () => scope(() => void noGrad(() => model.forward(x)))],
  ]);
  for (const [runtime, name] of [
    [web, "onnxruntime-web"],
    [native, "onnxruntime-node"],
  ] as const)
    for (const [form, [written, largestMatrix]] of Object.entries(forms)) {
      const inputs = { x: { shape: x.shape.slice(1) } };
      const { bytes } = await exportOnnx(written, { inputs, largestMatrix });
      jobs.set(`${name}, ${form}`, await jobIn(runtime, bytes, x));
    }
  return jobs;
}

const random = rng(1);
const head = (what: string): void =>
  console.log(`\n${what.padEnd(44)}${"µs".padStart(11)}${"ratio".padStart(9)}`);
console.log(`${peerVersion("onnxWeb")}, ${peerVersion("onnx")}; ${rounds} rounds, CPU time`);

for (const [n, rows] of [
  [256, 256],
  [1024, 256],
  [4096, 64],
  [1024, 1],
] as const) {
  head(`rotation mixer, n = ${n}, ${rows} rows`);
  const schedule = butterfly(n);
  const layer = new MixerLayer(rotationMixer, n, n, { schedule, random });
  const plain = withoutStrides(schedule);
  const apart = new MixerLayer(rotationMixer, n, n, { schedule: plain, random });
  const jobs = await jobsOf(layer, normal(random, [rows, n]), {
    "mixer by axes": [layer, 0],
    "mixer stage by stage": [apart, 0],
    ...(n <= 1024 && { "its matrix": [layer, n] as const }),
  });
  await measured(jobs);
}

for (const kind of ["rotation", "dense"] as const) {
  head(`perceptron 784-1024-1024-10, ${kind}, 256 rows`);
  const model = new Mlp({ sizes: [784, 1024, 1024, 10], linear: kind, random });
  await measured(await jobsOf(model, normal(random, [256, 784]), { file: [model, 256] }));
}
await backend.dispose();
