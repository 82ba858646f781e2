/**
 * @file A buffer that the GPU's pool can't give: the call throws, nothing of it is left, and the
 * same call then succeeds. A sample here, every request in `npm run test:full`.
 */
import { full, parameter, reference, setBackend } from "@spm/core";
import { BackendError } from "@spm/core/extend";
import { adam } from "@spm/optim";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { every, gpuPlace, refuseEach, some } from "../contract/failing-allocations.ts";
import { sampleTrial } from "../contract/sample-trial.ts";
import { smallModels } from "../contract/small-models.ts";
import { trainingTrial } from "../contract/training-trial.ts";
import { full as all } from "../full.ts";
import { coreSamples, mixerSamples, nnSamples, optimSamples } from "./samples.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());
afterEach(() => setBackend(reference));

const samples = [
  ...[...coreSamples, ...nnSamples, ...optimSamples].filter((_, k) => all || k % 40 === 0),
  // one layout of the fused kernels: they allocate alike
  ...mixerSamples.filter(({ layout = 0 }, k) => (all ? layout === 0 : k === 0)),
];

describe.runIf(device)("each op, forward and backward", () => {
  test.each(samples)("$name", { timeout: 600_000 }, async (sample) => {
    const place = gpuPlace(device!);
    const trial = sampleTrial(place, sample);
    try {
      await refuseEach(place, trial, all ? every : some(2));
    } finally {
      for (const x of trial.inputs) x.dispose();
    }
  });
});

test.runIf(device).each(Object.keys(smallModels).filter((name) => all || name === "MLP"))(
  "a training step of %s",
  { timeout: 600_000 },
  async (name) => {
    const place = gpuPlace(device!);
    const trial = await trainingTrial(place, () => smallModels[name]!(1));
    const count = await refuseEach(place, trial, all ? every : some(3));
    expect(count).toBeGreaterThan(30);
    trial.dispose();
    expect(device!.live).toEqual({ storages: 0, bytes: 0 });
  },
);

test.runIf(device)("an optimizer that is made", { timeout: 60_000 }, async () => {
  const place = gpuPlace(device!);
  setBackend(device!);
  const weights = [100, 200, 300].map((n) => parameter(() => full([n], 1)));
  for (let n = 1; n <= 6; n++) {
    const before = { ...device!.live };
    expect(place.refusing(n, () => void adam(weights)).error).toBeInstanceOf(BackendError);
    expect(device!.live).toEqual(before);
  }
  const optimizer = adam(weights);
  expect(device!.live.storages).toBe(9);
  for (const owner of [optimizer, ...weights]) owner.dispose();
  expect(device!.live).toEqual({ storages: 0, bytes: 0 });
});
