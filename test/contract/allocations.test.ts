/**
 * @file Every allocation may fail: a call that throws for it leaves nothing behind, and the same
 * call then succeeds. A sample here; `npm run test:allocations` refuses every request of every call.
 */
import { keep, reference, scope, setBackend, type Tensor, tensor, vjp } from "@spm/core";
import { fromArray, isFloating } from "@spm/core/extend";
import { afterEach, describe, expect, test } from "vitest";
import { full } from "../full.ts";
import type { Sample } from "../gpu/samples.ts";
import { every, refuseEach, some, type Trial, wasmPlace } from "./failing-allocations.ts";
import { smallModels } from "./small-models.ts";
import { trainingTrial } from "./training-trial.ts";
import { samples } from "./wasm-samples.ts";

afterEach(() => setBackend(reference));

const MIB = 2 ** 20;

/** The value of a sample, and what a fixed cotangent pulls back to. */
function computed({ f, differentiable }: Sample, inputs: readonly Tensor[]): Tensor[] {
  if (!differentiable) return [f(...inputs)];
  const floats = inputs.filter(({ dtype }) => isFloating(dtype));
  const { value, pullback } = vjp(
    (...xs: Tensor[]) => {
      const given = [...xs];
      return f(...inputs.map((x) => (isFloating(x.dtype) ? (given.shift() ?? x) : x)));
    },
    ...floats,
  );
  const weights = Float32Array.from({ length: value.shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    Math.cos(i),
  );
  return [value, ...pullback(tensor(weights, { shape: value.shape, backend: value.backend }))];
}

describe("each op with a kernel on wasm, forward and backward", () => {
  const place = wasmPlace(64 * MIB, 1);
  const tried = samples.filter((_, k) => full || k % 12 === 0);
  test.each(tried)("$name", { timeout: 60_000 }, async (sample) => {
    const inputs = sample.inputs.map((x, k) => {
      const there = fromArray(x.ndarray(), place.backend);
      // in turn on the heap, and in the memory itself
      return k % 2 === 0 ? there : scope(() => keep(there.clone()));
    });
    let bits: number[][] = [];
    const trial: Trial = {
      act: () => {
        setBackend(place.backend);
        bits = scope(() =>
          computed(sample, inputs).map((t) => [...t.reshape([-1]).ndarray().data]),
        );
      },
      finish: async () => bits,
      kept: () => Promise.all(inputs.map((x) => x.data())),
    };
    await refuseEach(place, trial, full ? every : some(3));
    for (const x of inputs) x.dispose();
  });
});

describe.each(Object.keys(smallModels))("a training step of %s", (name) => {
  test.each([1, 2] as const)("%i threads", { timeout: 600_000 }, async (threads) => {
    const place = wasmPlace(64 * MIB, threads);
    const trial = await trainingTrial(place, () => smallModels[name]!(full ? 2 : threads));
    const count = await refuseEach(place, trial, full ? every : some(5));
    expect(count).toBeGreaterThan(30);
    trial.dispose();
    expect(place.backend.live).toEqual({ storages: 0, bytes: 0 });
    await place.backend.dispose();
  });
});

test("a request that caches make room for comes to the same bits", async () => {
  const place = wasmPlace(64 * MIB, 1, true);
  const trial = await trainingTrial(place, () => smallModels.MLP!(1));
  trial.act();
  const right = await trial.finish();
  for (let n = 1; n < 40; n++) {
    expect(place.refusing(n, trial.act).error).toBeUndefined();
    expect(await trial.finish()).toEqual(right);
  }
});
