/**
 * @file Trainings, evaluations and a server's handler side by side in one process, each on a
 * backend of its own: the bits of each alone.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Backend,
  currentBackend,
  detectAnomaly,
  grad,
  noGrad,
  printTape,
  recompute,
  reference,
  rng,
  scope,
  setBackend,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
  vmap,
  withBackend,
} from "@spm/core";
import { drawnFrom, inspectCalls } from "@spm/core/extend";
import { DataLoader, gaussianClusters } from "@spm/data";
import { Gpt, generate, Mlp } from "@spm/models";
import { Dropout, Module } from "@spm/nn";
import { withEvaluation } from "@spm/nn/extend";
import { adam } from "@spm/optim";
import { classification, evaluate, fit, type Metrics } from "@spm/trainer";
import { wasm } from "@spm/wasm";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { rows } from "../contract/derivative-table.ts";
import { moduleRows } from "../contract/module-table.ts";
import { valueAndGradients } from "../contract/value-and-gradients.ts";
import { openSoftwareGpu } from "../gpu/software-gpu.ts";

const threaded = await wasm({ threads: 2, bytes: 2 ** 26 });
const device = await openSoftwareGpu();
const backends = [reference, threaded, ...(device ? [device] : [])];
afterAll(async () => {
  await threaded.dispose();
  await device?.dispose();
});

/** Nobody's: no new tensor may land on it. */
const nobodys: Backend = {
  ...reference,
  name: "nobody's",
  upload() {
    throw new Error("expected a backend of its own for every new tensor, got the current one");
  },
};

/** Makes it the current one, for a test. */
function withNoBackend(): void {
  setBackend(nobodys);
  onTestFinished(() => setBackend(reference));
}

class Noisy extends Module {
  readonly mlp: Mlp;
  readonly dropout: Dropout;
  constructor() {
    super();
    this.mlp = new Mlp({ sizes: [8, 16, 3], linear: "rotation", random: rng(1) });
    this.dropout = new Dropout(0.2, { random: rng(2) });
  }
  forward(x: Tensor): Tensor {
    return this.mlp.forward(this.dropout.forward(x));
  }
}

const data = gaussianClusters({ count: 96, features: 8, classes: 3, seed: 1 });
const loader = (): DataLoader<{ x: Tensor; y: Tensor }> => new DataLoader(data, { batchSize: 16 });

/** What a training leaves. */
interface Trained {
  readonly losses: readonly number[];
  readonly evaluation: Metrics | undefined;
  readonly weights: readonly (readonly number[])[];
}

/**
 * Trains a model on the backend of its parameters, and gives way after every batch.
 * @param steps - is told where each step was taken
 */
async function trained(model: Noisy, steps: Backend[] = []): Promise<Trained> {
  const losses: number[] = [];
  const { evaluation } = await fit(model, loader(), {
    loss: classification,
    optimizer: adam(model.parameters(), { learningRate: 1e-2 }),
    ...{ epochs: 2, yieldAfter: 0, logEvery: 1, evaluate: { data: loader() } },
    callbacks: [
      {
        onLog: ({ metrics }) => void losses.push(metrics.loss),
        onStep: () => void steps.push(scope(() => tensor([1]).backend)),
      },
    ],
  });
  const weights = await Promise.all(model.parameters().map(async (p) => [...(await p.data())]));
  return { losses, evaluation, weights };
}

const modelOn = (backend: Backend): Noisy => withBackend(backend, () => new Noisy());

test("trainings on several backends take turns, and have the bits of each alone", async () => {
  withNoBackend();
  const alone: Trained[] = [];
  for (const backend of backends) alone.push(await trained(modelOn(backend)));

  const steps: Backend[] = [];
  const together = await Promise.all(backends.map((backend) => trained(modelOn(backend), steps)));
  expect(together).toEqual(alone);
  expect(alone[0]!.losses.at(-1)).toBeLessThan(alone[0]!.losses[0]!);
  const turns = steps.filter((backend, k) => k > 0 && backend !== steps[k - 1]);
  expect(turns.length).toBeGreaterThan(steps.length / 2);
  expect(new Set(steps)).toEqual(new Set(backends));
  expect(currentBackend()).toBe(nobodys);
});

test("evaluations and requests meanwhile change nothing, and have their own bits", async () => {
  const alone = await trained(modelOn(reference));
  const serving = modelOn(threaded);
  const row = [1, 2, 3, 4, 5, 6, 7, 8];
  const scores = () =>
    withBackend(threaded, () =>
      withEvaluation(serving, () => noGrad(() => serving.forward(tensor([row])))),
    ).data();
  const want = [...(await scores())];
  withNoBackend();
  const server = createServer(async (_, response) => {
    response.end(JSON.stringify([...(await scores())]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  let answers = 0;
  let training = true;
  const asking = async (): Promise<void> => {
    while (training) {
      const response = await fetch(`http://127.0.0.1:${port}`);
      expect(await response.json()).toEqual(want);
      answers++;
    }
  };
  const model = modelOn(reference);
  const evaluated = async (of: Noisy): Promise<number> => {
    let count = 0;
    for (; training; count++)
      await evaluate(of, loader(), classification, { yieldAfter: 0 }).then(() => {});
    return count;
  };
  const asked = asking();
  const evaluations = [evaluated(model), evaluated(serving)]; // also of the model that is trained
  const together = await trained(model);
  training = false;
  expect(together).toEqual(alone);
  for (const count of await Promise.all(evaluations)) expect(count).toBeGreaterThan(2);
  await asked;
  expect(answers).toBeGreaterThan(2);
});

test("a text is drawn on the model's backend, whose mode is its own between tokens", async () => {
  const sizes = { vocabulary: 11, context: 8, width: 8, heads: 2, layers: 1 };
  const make = (): Gpt => new Gpt({ ...sizes, dropout: 0.5, random: rng(1) });
  const models = backends.map((backend) => withBackend(backend, make));
  withNoBackend();
  const draw = (model: Gpt) => generate(model, [1], { count: 12, random: rng(2) });
  const alone: number[][] = [];
  for (const model of models) alone.push(await draw(model));
  const drawing = models.map(draw);
  for (const model of models) expect(model.training).toBe(true);
  expect(await Promise.all(drawing)).toEqual(alone);
});

test("no vjp and no module makes a tensor anywhere but where its operands are", async () => {
  const models = moduleRows.map(({ name, make, inputs }) => ({ name, model: make(), x: inputs() }));
  withNoBackend();
  for (const { calls, none } of rows)
    for (const { f, inputs } of none === undefined ? calls : []) {
      // calls of the table make masks and indices themselves
      const { value, pullback } = withBackend(reference, () => vjp(f, ...inputs));
      grad((ct) => sum(pullback(ct)[0] ?? ct))(value);
    }
  for (const { name, model, x } of models)
    expect(await valueAndGradients(model, x, threaded), name).not.toEqual([]);
});

test("what is set for all while a function runs does not wait for a promise", () => {
  const model = new Dropout(0.5, { random: rng(1) });
  const f = async () => tensor([1]);
  const g = f as unknown as (x: Tensor) => Tensor;
  const x = tensor([1]);
  const all: Readonly<Record<string, () => unknown>> = {
    scope: () => scope(f),
    noGrad: () => noGrad(f),
    withBackend: () => withBackend(reference, f),
    withEvaluation: () => withEvaluation(model, f),
    detectAnomaly: () => detectAnomaly(f),
    inspectCalls: () => inspectCalls(() => {}, f),
    drawnFrom: () => drawnFrom(f),
    printTape: () => printTape(f),
    grad: () => grad(g)(x),
    vjp: () => vjp(g, x),
    valueAndGrad: () => valueAndGrad(() => g(x), []),
    vmap: () => vmap(g)(x),
    recompute: () => recompute(g)(x),
  };
  for (const [name, call] of Object.entries(all))
    expect(call, name).toThrow(/expected a synchronous function, got a promise/);
  expect(currentBackend()).toBe(reference);
  expect(model.training).toBe(true);
});
