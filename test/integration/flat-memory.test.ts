/**
 * @file Many steps of the README's loop, with a fresh batch each and evaluation in between, hold no
 * storage more than one; and so do MLP, GRU and GPT on every backend, with checkpoints. In
 * `npm run test:memory` each is 20,000 steps.
 */
import {
  add,
  matmul,
  mean,
  noGrad,
  normal,
  parameter,
  reference,
  rng,
  scope,
  setBackend,
  square,
  sub,
  tanh,
  tensor,
  valueAndGrad,
  zeros,
} from "@spm/core";
import { adam } from "@spm/optim";
import { afterAll, afterEach, expect, test } from "vitest";
import { gpuPlace, type Place, wasmPlace } from "../contract/failing-allocations.ts";
import { lossOf, smallModels } from "../contract/small-models.ts";
import { full } from "../full.ts";
import { openSoftwareGpu } from "../gpu/software-gpu.ts";

test("memory stays flat", { timeout: 120_000 }, async () => {
  const random = rng(1);
  const [w1, b1, w2] = [
    parameter(normal(random, [2, 4])),
    parameter(zeros([4])),
    parameter(normal(random, [4, 1])),
  ];
  const params = [w1, b1, w2];
  const optimizer = adam(params, { learningRate: 0.01 });
  const batch = () => normal(random, [8, 2]);
  const loss = (x: ReturnType<typeof batch>) => {
    const y = mean(x, { axis: 1, keepdims: true });
    return mean(square(sub(matmul(tanh(add(matmul(x, w1), b1)), w2), y)));
  };
  const held = () => {
    const { liveStorages, liveBytes } = reference.report();
    return { liveStorages, liveBytes };
  };
  const step = () => {
    const x = batch();
    const { value, grads } = valueAndGrad(() => loss(x), params);
    optimizer.step(grads);
    return value;
  };
  const first = await step().item();
  const before = held();
  let heap = 0;
  for (let k = 1; k <= (full ? 20_000 : 3000); k++) {
    step();
    if (k % 500 !== 0) continue;
    const x = batch();
    expect(Number.isFinite(await noGrad(() => loss(x)).item())).toBe(true);
    expect(held()).toEqual(before);
    if (k === 1000) heap = process.memoryUsage().arrayBuffers;
  }
  expect(before.liveStorages).toBe(9); // three parameters, and two moments of each
  expect(process.memoryUsage().arrayBuffers).toBeLessThan(heap + 64 * 2 ** 20);
  expect(await step().item()).toBeLessThan(first / 10);
});

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());
afterEach(() => setBackend(reference));

const places: Readonly<Record<string, () => Place | null>> = {
  reference: () => ({
    backend: reference,
    used: () => reference.live.bytes,
    refusing: () => ({ requests: [], error: undefined }),
  }),
  "wasm, 1 thread": () => wasmPlace(2 ** 22, 1),
  "wasm, 2 threads": () => wasmPlace(2 ** 22, 2),
  "the software GPU": () => device && gpuPlace(device),
};

const cases = Object.keys(places)
  .flatMap((place) => Object.keys(smallModels).map((model) => [place, model] as const))
  .filter(([place, model]) => full || place !== "the software GPU" || model === "MLP");
test.each(cases)("on %s, %s", { timeout: 3_600_000 }, async (name, kind) => {
  const place = places[name]?.() ?? null;
  if (place === null) return;
  const { backend } = place;
  setBackend(backend);
  const before = { ...backend.live };
  const steps = full ? 20_000 : 24;
  const every = full ? steps / 20 : 6; // between two looks at the memory
  const { model, batch } = smallModels[kind]!(1);
  const optimizer = adam(model.parameters(), { learningRate: 1e-3 });
  const random = rng(3);
  const step = (): void =>
    scope(() => {
      const { x, y } = batch(random);
      optimizer.step(valueAndGrad(() => lossOf(model, x, y), model.parameters()).grads);
    });
  /** Evaluates, and writes a state down and reads it again. */
  const pause = async (): Promise<void> => {
    const loss = noGrad(() => {
      const { x, y } = batch(random);
      return lossOf(model, x, y);
    });
    expect(Number.isFinite(await loss.item())).toBe(true);
    loss.dispose();
    const weights = Object.fromEntries(model.namedParameters());
    const state = { ...weights, ...optimizer.state() };
    const read = Object.entries(state).map(async ([key, v]) => {
      if (typeof v === "number") return [key, v] as const;
      return [key, { values: await v.data(), shape: v.shape }] as const;
    });
    const written = await Promise.all(read);
    scope(() => {
      const again = written.map(([key, v]) => [
        key,
        typeof v === "number" ? v : tensor(v.values, { shape: v.shape }),
      ]);
      const isWeight = ([key]: unknown[]): boolean => String(key) in weights;
      model.loadStateDict(Object.fromEntries(again.filter(isWeight)));
      optimizer.restore(Object.fromEntries(again.filter((entry) => !isWeight(entry))));
    });
  };
  const held: { storages: number; bytes: number; used: number; heap: number }[] = [];
  for (let k = 1; k <= steps; k++) {
    step();
    if (k % every !== 0) continue;
    await pause();
    const heap = process.memoryUsage().arrayBuffers;
    held.push({ ...backend.live, used: place.used(), heap });
  }
  const [first] = held;
  for (const { heap, used, ...live } of held) {
    expect(live).toEqual({ storages: first?.storages, bytes: first?.bytes });
    expect(used).toBeLessThanOrEqual(first?.used ?? 0);
    expect(heap).toBeLessThan((first?.heap ?? 0) + 64 * 2 ** 20);
  }
  for (const owner of [model, optimizer]) owner.dispose();
  expect(backend.live).toEqual(before);
});
