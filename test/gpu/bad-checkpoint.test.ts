/**
 * @file No checkpoint of a training that went wrong on a device, however long the log that would
 * tell is in coming.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { add, mul, reference, rng, setBackend, sqrt, square, sub, sum, tensor } from "@spm/core";
import { DataLoader, gaussianClusters, type LabelledBatch } from "@spm/data";
import { gpu } from "@spm/gpu";
import { Mlp } from "@spm/models";
import { adam } from "@spm/optim";
import { classification, fit, type Measurement, NonFiniteError } from "@spm/trainer";
import { checkpoints, latestCheckpoint } from "@spm/trainer/node";
import { afterAll, afterEach, expect, test } from "vitest";

const device = await gpu({ mode: "cpu" });
const folder = mkdtempSync(join(tmpdir(), "spm-bad-"));
afterEach(() => setBackend(reference));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await device.dispose();
});

/** Twelve steps of which the fifth goes wrong, a checkpoint after every one, a log at the end. */
async function train(
  path: string,
  spoil: (measured: Measurement, model: Mlp) => Measurement,
): Promise<void> {
  setBackend(device);
  const model = new Mlp({ sizes: [4, 3], random: rng(1) });
  const data = gaussianClusters({ count: 40, features: 4, classes: 3, seed: 1 });
  let step = 0;
  await fit(model, new DataLoader(data, { batchSize: 10, seed: 1 }), {
    loss: (m: Mlp, batch: LabelledBatch) => {
      const measured = classification(m, batch);
      return ++step === 5 ? spoil(measured, m) : measured;
    },
    optimizer: adam(model.parameters(), { learningRate: 1e-2 }),
    epochs: 3,
    logEvery: 100,
    callbacks: [checkpoints({ folder: path, everySteps: 1 })],
  });
}

test("after a loss that is NaN", async () => {
  const path = join(folder, "loss");
  const training = train(path, ({ loss }) => ({ loss: mul(loss, tensor(Number.NaN)) }));
  await expect(training).rejects.toBeInstanceOf(NonFiniteError);
  await expect(training).rejects.toThrowErrorMatchingInlineSnapshot(`
    [NonFiniteError: fit: expected a finite loss and finite gradients, got loss NaN at step 5
    help: lower the learning rate, or look at the batches; the parameters are no longer good, a checkpoint may be]
  `);
  expect(latestCheckpoint(path)?.progress.step).toBe(4);
});

test("after a finite loss whose gradient is NaN", async () => {
  const path = join(folder, "gradient");
  // √(w − w)² is 0, its derivative 0/0.
  const zeros = (model: Mlp) => model.parameters().map((w) => sum(sqrt(square(sub(w, w)))));
  const training = train(path, ({ loss }, model) => ({ loss: zeros(model).reduce(add, loss) }));
  await expect(training).rejects.toThrow(
    /got loss [\d.]+ but a gradient that is not finite at step 5\n/,
  );
  expect(latestCheckpoint(path)?.progress.step).toBe(4);
});
