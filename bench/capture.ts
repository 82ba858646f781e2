/**
 * @file Claim: a captured step of a small model doesn't wait for JavaScript. Wall time of training
 * steps, captured and not, each with a batch from the host, ended by a loss that is read.
 *
 * Prints a JSON line for each model and a table at the end. `--only mlp,gpt` takes some of the
 * models, `--steps N` and `--rounds N` other lengths. `--without nothing,attention,gelu,affine`
 * measures the captured step once more for each, composed of other kernels, in the same rounds.
 * Without `nothing` it is the same step again: what differs by no more than that is noise.
 * `--software` takes a software adapter and tiny models: its times say nothing of a GPU, but
 * everything runs.
 */
import { parseArgs } from "node:util";
import { reference, reshape, rng, scope, setBackend, type Tensor, tensor } from "@spm/core";
import { type GpuBackend, gpu } from "@spm/gpu";
import { Gpt, Mlp } from "@spm/models";
import { crossEntropy, type LinearKind, type Module } from "@spm/nn";
import { affineOp, attentionOp, geluOp, maskedAttentionOp } from "@spm/nn/extend";
import { adam, capture } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { type Candidate, measure, speedup } from "../experiments/parts/harness.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    steps: { type: "string" },
    rounds: { type: "string", default: "2" },
    without: { type: "string", default: "" },
    software: { type: "boolean", default: false },
  },
});

/** Batches that are drawn before the clock runs; each step uploads the next. */
const drawnBatches = 16;
/** Steps after which a loss is read, so that the queue of the device stays short. */
const stepsPerRead = 100;
/** Steps before the clock runs: the first candidate must not pay alone for compiling code. */
const warmSteps = 100;

/** Kernels that a run may do without. */
const switches: Readonly<Record<string, readonly object[]>> = {
  nothing: [],
  attention: [attentionOp, maskedAttentionOp].flatMap((op) => [op.primitive, op.backward]),
  gelu: [geluOp.primitive, geluOp.backward],
  affine: [affineOp.primitive],
};
const without = options.without.split(",").filter((name) => name !== "");
for (const name of without)
  if (!(name in switches)) throw new Error(`--without: one of ${Object.keys(switches)}`);

/** Those that the steps which run now do without. */
let off: readonly object[] = [];

/** A model, and its batches as numbers on the host. */
interface Task {
  readonly model: Module;
  readonly x: { readonly shape: readonly number[]; readonly batches: readonly Numbers[] };
  readonly y: readonly Int32Array[];
  loss(x: Tensor, y: Tensor): Tensor;
}
type Numbers = Float32Array | Int32Array;

const random = rng(2);
const drawn = <T>(draw: () => T): T[] => Array.from({ length: drawnBatches }, draw);
const classes = (count: number, bound: number): Int32Array =>
  Int32Array.from({ length: count }, () => random.integer(bound));

function mlp(linear: LinearKind, hidden: number, batch: number): Task {
  const model = new Mlp({ sizes: [784, hidden, hidden, 10], linear, random: rng(1) });
  const pixels = () => Float32Array.from({ length: batch * 784 }, () => random.uniform());
  return {
    model,
    x: { shape: [batch, 784], batches: drawn(pixels) },
    y: drawn(() => classes(batch, 10)),
    loss: (x, y) => crossEntropy(model.forward(x), y),
  };
}

interface GptSizes {
  readonly vocabulary: number;
  readonly context: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
}

function gpt(linear: LinearKind, sizes: GptSizes, batch: number): Task {
  const model = new Gpt({ ...sizes, linear, random: rng(1) });
  const { context, vocabulary } = sizes;
  const tokens = () => classes(batch * context, vocabulary);
  return {
    model,
    x: { shape: [batch, context], batches: drawn(tokens) },
    y: drawn(tokens),
    loss: (x, y) => crossEntropy(reshape(model.forward(x), [batch * context, vocabulary]), y),
  };
}

const small = { vocabulary: 89, context: 128, width: 256, heads: 4, layers: 4 };
const large = { vocabulary: 256, context: 256, width: 1024, heads: 8, layers: 4 };
const tiny = { vocabulary: 11, context: 8, width: 16, heads: 2, layers: 1 };
const { software } = options;

const tasks: Record<string, { steps: number; make: (linear: LinearKind) => Task }> = {
  mlp: {
    steps: software ? 100 : 2000,
    make: (linear) => mlp(linear, software ? 32 : 256, software ? 8 : 128),
  },
  gpt: {
    steps: software ? 10 : 500,
    make: (linear) => gpt(linear, software ? tiny : small, software ? 2 : 32),
  },
  gpt1024: {
    steps: software ? 10 : 500,
    make: (linear) => gpt(linear, software ? tiny : large, software ? 2 : 16),
  },
};

/** Training steps of a model of its own, as a candidate; its time is that of one step. */
function training(
  name: string,
  task: Task,
  steps: number,
  captured: boolean,
  missing: readonly object[] = [],
) {
  const optimizer = adam(task.model.parameters(), { learningRate: 1e-3 });
  const body = (x: Tensor, y: Tensor): Tensor => trainStep(optimizer, () => task.loss(x, y));
  const recorded = captured ? capture(body) : undefined;
  const step = recorded ?? body;
  const { shape, batches } = task.x;
  let taken = 0;
  let last = Number.NaN;
  const take = async (count: number): Promise<void> => {
    off = missing;
    for (let k = 1; k <= count; k++) {
      const at = taken++ % batches.length;
      const loss = scope(() => {
        const x = tensor(batches[at] ?? [], { shape });
        return step(x, tensor(task.y[at] ?? []));
      });
      if (k % stepsPerRead === 0 || k === count) last = await loss.item();
      loss.dispose();
    }
  };
  const one: Candidate = {
    name,
    warm: () => take(Math.min(warmSteps, steps)),
    async time() {
      const start = performance.now();
      await take(steps);
      return (performance.now() - start) / 1000 / steps;
    },
  };
  return {
    one,
    last: () => last,
    counts: () => recorded?.counts,
    dispose: () => {
      recorded?.dispose();
      optimizer.dispose();
      task.model.dispose();
    },
  };
}

/** Measures one model, captured and not by turns. */
async function row(device: GpuBackend, name: string, linear: LinearKind) {
  const { steps: usual, make } = tasks[name] ?? { steps: 0, make: () => mlp(linear, 1, 1) };
  const steps = Number(options.steps ?? usual);
  random.state = rng(2).state; // the same batches for both
  const plain = training("uncaptured", make(linear), steps, false);
  random.state = rng(2).state;
  const fast = training("captured", make(linear), steps, true);
  const others = without.map((kernel) => {
    random.state = rng(2).state;
    return training(`without ${kernel}`, make(linear), steps, true, switches[kernel]);
  });
  const [slow, quick, ...rest] = await measure(
    [plain.one, fast.one, ...others.map(({ one }) => one)],
    { rounds: Number(options.rounds) },
  );
  const found = {
    model: name,
    linear,
    steps,
    uncapturedMs: 1000 * slow.seconds,
    capturedMs: 1000 * quick.seconds,
    roundsMs: [slow, quick].map(({ rounds }) => rounds.map((s) => 1000 * s)),
    speedup: speedup(slow, quick),
    without: rest.map(({ seconds }, k) => ({
      kernel: without[k],
      capturedMs: 1000 * seconds,
      launches: others[k]?.counts()?.launches,
    })),
    launches: fast.counts()?.launches,
    repeated: fast.counts()?.repeated,
    refusal: fast.counts()?.refusal,
    sameLoss: Object.is(plain.last(), fast.last()),
    loss: fast.last(),
    buffers: device.report().buffers,
    captured: device.report().captured,
  };
  for (const { dispose } of [plain, fast, ...others]) dispose();
  console.log(JSON.stringify(found));
  return found;
}

const device = await gpu({ mode: "webgpu", adapter: software ? "software" : "hardware" });
const { kernels } = device;
Object.defineProperty(device, "kernels", {
  value: {
    get: (primitive: object) => (off.includes(primitive) ? undefined : kernels.get(primitive)),
    has: (primitive: object) => !off.includes(primitive) && kernels.has(primitive),
  },
});
setBackend(device);
console.log(device.name);
const rows: Awaited<ReturnType<typeof row>>[] = [];
for (const name of options.only?.split(",") ?? Object.keys(tasks))
  for (const linear of ["dense", "rotation", "general"] as const)
    rows.push(await row(device, name, linear));
setBackend(reference);
await device.dispose();
console.log(`\n| model | kind | launches | uncaptured, ms | captured, ms | same loss |`);
console.log("| --- | --- | --- | --- | --- | --- |");
for (const { model, linear, launches, uncapturedMs, capturedMs, sameLoss } of rows)
  console.log(
    `| ${model} | ${linear} | ${launches} | ${uncapturedMs.toPrecision(3)} | ` +
      `${capturedMs.toPrecision(3)} | ${sameLoss} |`,
  );
