/** @file Experiments that capture their steps train as they do uncaptured. */
import { normal, reference, rng, scope, setBackend, tensor } from "@spm/core";
import { crossEntropy } from "@spm/nn";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { taskOf } from "../../experiments/long-range/tasks.ts";
import { trained as trainedOnSequences } from "../../experiments/long-range/training.ts";
import { type RowName, sequenceNet } from "../../experiments/memory/recurrence.ts";
import { train } from "../../experiments/memory/training.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());
beforeEach(() => device && setBackend(device));
afterEach(() => {
  setBackend(reference);
  vi.restoreAllMocks();
});

/** The losses of five new batches, the weights after them, and the most steps captured. */
async function trained(row: RowName) {
  const net = sequenceNet(row, { features: 2, width: 4, classes: 3 }, rng(1));
  const random = rng(2);
  let captured = 0;
  const losses = await train(net, {
    iterations: 5,
    rate: 0.05,
    next: () => {
      captured = Math.max(captured, device?.report().captured.steps ?? 0);
      const [first, blank] = [normal(random, [2, 2]), normal(random, [2, 2])];
      const y = tensor(Int32Array.from({ length: 6 }, () => random.integer(3)));
      return { steps: [first, blank, blank], y }; // one tensor at two steps, as copying has
    },
    loss: (own, { steps, y }) => crossEntropy(own.forward(...steps), y),
    signal: new AbortController().signal,
  });
  const weights = await Promise.all(net.parameters().map(async (p) => Array.from(await p.data())));
  net.dispose();
  return { captured, left: { losses, weights } };
}

/** From now on steps are not captured. */
function withoutCapture(): void {
  const counts = { ran: 0, repeated: 0, launches: 0, refusal: null };
  if (device)
    vi.spyOn(device, "capture").mockImplementation((step) => {
      const run = (...args: Parameters<typeof step>) => scope(() => step(...args));
      return Object.assign(run, { counts, refresh() {}, dispose() {}, [Symbol.dispose]() {} });
    });
}

/** What a contender of long-range has learned in twelve steps, and the most steps captured. */
async function learned(contender: "cdil") {
  const task = await taskOf("maximum", 8, 1);
  let captured = 0;
  const draw: typeof task.draw = (...how) => {
    captured = Math.max(captured, device?.report().captured.steps ?? 0);
    return task.draw(...how);
  };
  const options = { width: 4, batch: 3, steps: 12, rate: 0.01, seed: 1, heldOut: 3 };
  const names = { task: "maximum", contender } as const;
  const { signal } = new AbortController();
  const result = await trainedOnSequences({ ...task, draw }, names, { ...options, signal });
  const { curve, test } = result?.record ?? { curve: [], test: Number.NaN };
  for (const p of result?.model.parameters() ?? []) p.dispose();
  return { captured, left: { curve, test } };
}

describe.runIf(device !== null)("captured steps have the bits of others", () => {
  test.each(["mixer", "gru"] as const)("memory: %s", async (row) => {
    const repeated = await trained(row);
    withoutCapture();
    const plain = await trained(row);
    expect(repeated.left).toEqual(plain.left);
    expect([repeated.captured, plain.captured]).toEqual([1, 0]);
  });

  test.each(["cdil"] as const)("long-range: %s", async (contender) => {
    const repeated = await learned(contender);
    withoutCapture();
    const plain = await learned(contender);
    expect(repeated.left).toEqual(plain.left);
    expect(plain.left.test).toBeGreaterThan(0);
    expect([repeated.captured, plain.captured]).toEqual([1, 0]);
  });
});
