/**
 * @file One training step of each kind of model on the device: loss, gradients and new weights are
 * the reference's, nothing falls back.
 */
import * as c from "@spm/core";
import { reference, rng, scope, setBackend, type Tensor, valueAndGrad } from "@spm/core";
import { mixers } from "@spm/mixer";
import { Gpt, Mlp } from "@spm/models";
import { crossEntropy, Gru, Linear, type LinearKind, Module } from "@spm/nn";
import { adamw, clipByGlobalNorm } from "@spm/optim";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());
afterEach(() => setBackend(reference));

/** Logits of classes at every time, from the states of a GRU. */
class Recurrent extends Module {
  readonly gru: Gru;
  readonly head: Linear;
  constructor(linear: LinearKind) {
    super();
    const random = rng(1);
    this.gru = new Gru(4, 8, { linear, random });
    this.head = new Linear(8, 4, { random });
  }
  forward(x: Tensor): Tensor {
    return this.head.forward(this.gru.forward(x));
  }
}

/** A model, its input and the class of each row of logits. */
interface Task {
  readonly model: Module & { forward(x: Tensor): Tensor };
  readonly x: Tensor;
  readonly y: Tensor;
}

const classes = (count: number, of: number): Tensor =>
  c.tensor(
    Int32Array.from({ length: count }, (_, i) => (i * 7) % of),
    { shape: [count] },
  );

const tasks: Record<string, (linear: LinearKind) => Task> = {
  MLP: (linear) => ({
    model: new Mlp({ sizes: [6, 8, 8, 3], linear, random: rng(1) }),
    x: c.normal(rng(2), [5, 6]),
    y: classes(5, 3),
  }),
  GRU: (linear) => ({
    model: new Recurrent(linear),
    x: c.normal(rng(2), [2, 3, 4]),
    y: classes(6, 4),
  }),
  GPT: (linear) => ({
    model: new Gpt({
      vocabulary: 7,
      context: 4,
      width: 8,
      heads: 2,
      layers: 1,
      linear,
      random: rng(1),
    }),
    x: c.reshape(classes(8, 7), [2, 4]),
    y: classes(8, 7),
  }),
};

/**
 * What a step of AdamW with clipped gradients leaves: the loss, the gradients and the weights, by
 * name. Its ε is large: some gradients are 0 but for rounding, of which 1e-8 would make a whole
 * step; with 0.01 a step's error is at most that of its gradient.
 */
async function step({ model, x, y }: Task): Promise<Record<string, Float32Array>> {
  const parameters = model.parameters();
  const optimizer = adamw(parameters, { learningRate: 1e-2, weightDecay: 0.1, epsilon: 1e-2 });
  const { loss, grads } = scope(() => {
    const { value, grads } = valueAndGrad(() => {
      const logits = model.forward(x);
      return crossEntropy(c.reshape(logits, [-1, logits.shape.at(-1)!]), y);
    }, parameters);
    optimizer.step(clipByGlobalNorm(grads, 1).grads);
    return { loss: value, grads };
  });
  const named = Object.entries(model.stateDict());
  const read = async (name: string, t: Tensor) => [name, (await t.data()) as Float32Array] as const;
  return Object.fromEntries(
    await Promise.all([
      read("loss", loss),
      ...grads.map((grad, i) => read(`gradient ${i}`, grad)),
      ...named.map(([name, weight]) => read(name, weight)),
    ]),
  );
}

/** Largest difference, relative to the largest element or, where that is smaller, to 0.01. */
function distance(got: Float32Array, want: Float32Array): number {
  expect(got.length).toBe(want.length);
  const scale = want.reduce((most, v) => Math.max(most, Math.abs(v)), 0.01);
  return want.reduce((worst, v, i) => Math.max(worst, Math.abs(v - got[i]!) / scale), 0);
}

const kinds = ["dense", ...Object.keys(mixers)] as LinearKind[];
const cases = Object.keys(tasks).flatMap((name) => kinds.map((linear) => [name, linear] as const));

describe.runIf(device !== null)("a training step on the device is the reference's", () => {
  test.each(cases)("%s, %s", async (name, linear) => {
    const want = await step(tasks[name]!(linear));
    setBackend(device!);
    const got = await step(tasks[name]!(linear));
    expect(Object.keys(got)).toEqual(Object.keys(want));
    const distances = Object.keys(want).map(
      (key) => [key, distance(got[key]!, want[key]!)] as const,
    );
    expect(distances.filter(([, far]) => !(far <= 1e-5))).toEqual([]);
    expect(device!.report().fallbacks).toEqual([]);
  });
});
