/**
 * @file Models that are made, trained a step and released, one after the other, leave the memory of
 * wasm and of a GPU as it was.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { mean, ones, reference, rng, scope, setBackend, square, valueAndGrad } from "@spm/core";
import { Gpt } from "@spm/models";
import { Linear, type Module } from "@spm/nn";
import { adam } from "@spm/optim";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { gpuPlace, type Place, wasmPlace } from "../contract/failing-allocations.ts";
import { lossOf, smallModels } from "../contract/small-models.ts";
import { full } from "../full.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());
afterEach(() => setBackend(reference));

const places: Readonly<Record<string, Place | null>> = {
  wasm: wasmPlace(2 ** 23, 1),
  "the software GPU": device && gpuPlace(device),
};

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test.each(Object.keys(places))("on %s", { timeout: 600_000 }, async (name) => {
  const place = places[name];
  if (!place) return;
  const { backend } = place;
  setBackend(backend);
  const kinds = Object.values(smallModels);
  let most = 0;
  for (let k = 0; k < (full ? 200 : 12); k++) {
    const { model: made, batch } = kinds[k % kinds.length]!(1);
    using model: Module = made;
    using optimizer = adam(model.parameters());
    scope(() => {
      const { x, y } = batch(rng(k));
      optimizer.step(valueAndGrad(() => lossOf(model, x, y), model.parameters()).grads);
    });
    await model.parameters()[0]?.data();
    expect(backend.live.storages).toBeGreaterThan(10);
    if (k < kinds.length) most = Math.max(most, place.used());
  }
  expect(backend.live).toEqual({ storages: 0, bytes: 0 });
  await vi.waitFor(() => {
    collect(); // a schedule's tables go with the schedule
    expect(place.used()).toBeLessThan(most / 2);
  }, 20_000);
});

test("200 models in a memory that has room for a few", () => {
  const { backend } = wasmPlace(2 ** 21, 1);
  setBackend(backend);
  for (let k = 0; k < 200; k++) {
    using model = new Linear(128, 128, { random: rng(k) }); // 64 KiB, and 128 of Adam's
    using optimizer = adam(model.parameters());
    const loss = () => mean(square(model.forward(ones([4, 128]))));
    scope(() => optimizer.step(valueAndGrad(loss, model.parameters()).grads));
  }
  expect(backend.live).toEqual({ storages: 0, bytes: 0 });
});

test("a module says that it was released, and dispose may be called again", () => {
  const before = { ...reference.live }; // of other files in this process
  const model = new Gpt({
    vocabulary: 7,
    context: 4,
    width: 8,
    heads: 2,
    layers: 1,
    random: rng(1),
  });
  model.dispose();
  model.dispose();
  expect(reference.live).toEqual(before);
  expect(() => model.forward(ones([1, 4], { dtype: "int32" }))).toThrow("got a released one");
});
