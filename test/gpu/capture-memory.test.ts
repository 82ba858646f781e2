/** @file The recurrent networks of the memory experiment train captured as they do uncaptured. */
import { normal, reference, rng, scope, setBackend, tensor } from "@spm/core";
import { crossEntropy } from "@spm/nn";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
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

const counts = { ran: 0, repeated: 0, launches: 0, refusal: null };

describe.runIf(device !== null)("the memory experiment on a device", () => {
  test.each(["mixer", "gru"] as const)(
    "%s: captured steps have the bits of others",
    async (row) => {
      const repeated = await trained(row);
      if (device)
        vi.spyOn(device, "capture").mockImplementation((step) => {
          const run = (...args: Parameters<typeof step>) => scope(() => step(...args));
          return Object.assign(run, { counts, refresh() {}, dispose() {}, [Symbol.dispose]() {} });
        });
      const plain = await trained(row);
      expect(repeated.left).toEqual(plain.left);
      expect([repeated.captured, plain.captured]).toEqual([1, 0]);
    },
  );
});
