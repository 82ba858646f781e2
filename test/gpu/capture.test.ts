/** @file Captured steps: the same bits as uncaptured ones, step for step, and what they refuse. */
import {
  normal,
  reference,
  rng,
  scope,
  setBackend,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@spm/core";
import { Mlp } from "@spm/models";
import { crossEntropy, Dropout } from "@spm/nn";
import { adam, capture, clipByGlobalNorm, cosine, MovingAverage } from "@spm/optim";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());
beforeEach(() => device && setBackend(device));
afterEach(() => setBackend(reference));

const classes = (count: number, shift: number): Tensor =>
  tensor(
    Int32Array.from({ length: count }, (_, i) => (i * 7 + shift) % 3),
    { shape: [count] },
  );

/** All that ten steps with a fresh batch each leave. */
async function train(captured: boolean) {
  const model = new Mlp({ sizes: [6, 8, 8, 3], linear: "rotation", random: rng(1) });
  const parameters = model.parameters();
  const dropout = new Dropout(0.3, { random: rng(7) });
  const optimizer = adam(parameters, {
    learningRate: cosine({ learningRate: 0.05, steps: 12 }),
    weightDecay: 0.01,
  });
  const average = new MovingAverage(parameters, { decay: (t) => t / (t + 3) });
  const body = (x: Tensor, y: Tensor): Tensor => {
    const { value, grads } = valueAndGrad(
      () => crossEntropy(model.forward(dropout.forward(x)), y),
      parameters,
    );
    optimizer.step(clipByGlobalNorm(grads, 1).grads);
    average.update();
    return value;
  };
  const step = captured ? capture(body) : (x: Tensor, y: Tensor) => scope(() => body(x, y));
  const losses: Tensor[] = [];
  const data = rng(3);
  for (let k = 0; k < 10; k++) {
    const [x, y] = [normal(data, [5, 6]), classes(5, k)];
    losses.push(step(x, y));
  }
  const read = async (t: Tensor | number): Promise<number[]> =>
    typeof t === "number" ? [t] : Array.from(await t.data());
  return {
    counts: captured ? (step as ReturnType<typeof capture>).counts : null,
    losses: await Promise.all(losses.map(read)),
    weights: await Promise.all(parameters.map(read)),
    optimizer: await Promise.all(Object.values(optimizer.state()).map(read)),
    average: await Promise.all(Object.values(average.state()).map(read)),
    random: dropout.random.state,
  };
}

describe.runIf(device !== null)("a captured step", () => {
  test("has the bits of the step itself", async () => {
    const [{ counts, ...got }, { counts: _, ...want }] = [await train(true), await train(false)];
    expect(counts).toMatchObject({ ran: 3, repeated: 7, refusal: null });
    expect(got).toEqual(want);
  });
});
