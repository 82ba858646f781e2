/**
 * @file Every layer trains on wasm as on the reference, and holds no more memory after a step than
 * before it.
 */
import {
  type Backend,
  mean,
  normal,
  reference,
  rng,
  setBackend,
  square,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { Gpt, type GptOptions, generate, Mlp, ResNet } from "@spm/models";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  Conv2d,
  ConvTranspose2d,
  crossEntropy,
  GroupNorm,
  Gru,
  type LinearKind,
  linearKinds,
  MaxPool2d,
  type Module,
  Sequential,
  Upsample,
} from "@spm/nn";
import { adam } from "@spm/optim";
import { wasm } from "@spm/wasm";
import { afterAll, describe, expect, test } from "vitest";

const backend = await wasm();
afterAll(async () => {
  setBackend(reference);
  await backend.dispose();
});

interface Case {
  readonly model: () => Module;
  readonly input: () => Tensor;
  readonly loss: (y: Tensor) => Tensor;
}

const tokens = (...rows: number[][]): Tensor => tensor(rows, { dtype: "int32" });
const gpt = (options: Partial<GptOptions>): Case => ({
  model: () =>
    new Gpt({
      vocabulary: 11,
      context: 8,
      width: 16,
      heads: 2,
      layers: 1,
      dropout: 0.1,
      random: rng(1),
      ...options,
    }),
  input: () => tokens([1, 2, 3, 4, 5], [5, 4, 3, 2, 1]),
  loss: (y) => crossEntropy(y, tokens([2, 3, 4, 5, 6], [4, 3, 2, 1, 0])),
});
const squared = (shape: number[], model: () => Module): Case => ({
  model,
  input: () => normal(rng(2), shape),
  loss: (y) => mean(square(square(y))),
});
const random = (): { random: ReturnType<typeof rng> } => ({ random: rng(1) });

const cases: Record<string, Case> = {
  ...Object.fromEntries(
    (Object.keys(linearKinds) as LinearKind[]).flatMap((linear) => [
      [`GPT, ${linear}`, gpt({ linear })],
      [`GRU, ${linear}`, squared([2, 4, 3], () => new Gru(3, 5, { ...random(), linear }))],
    ]),
  ),
  "GPT, rotary, swiglu, rms": gpt({
    positions: "rotary",
    activation: "swiglu",
    norm: "rms",
    tied: false,
  }),
  "convolution and pooling": squared(
    [2, 1, 6, 6],
    () =>
      new Sequential([
        new Conv2d(1, 3, { kernel: 3, padding: 1, ...random() }),
        new MaxPool2d(2),
        new AvgPool2d(2),
      ]),
  ),
  "ResNet, mixers": squared([2, 1, 4, 4], () => {
    const sizes = { channels: 1, width: 2, blocks: [1, 1], classes: 3, expansion: 2 };
    return new ResNet({ ...sizes, linear: "rotation", ...random() });
  }),
  "up and down": squared(
    [2, 2, 5, 3],
    () =>
      new Sequential([
        new ConvTranspose2d(2, 4, { kernel: 3, stride: 2, groups: 2, ...random() }),
        new GroupNorm(2, 4),
        new MaxPool2d(2, { ceilMode: true }),
        new Upsample({ size: [7, 4], mode: "bilinear" }),
        new AdaptiveAvgPool2d([3, 2]),
      ]),
  ),
  MLP: squared([5, 9], () => new Mlp({ sizes: [9, 7, 3], ...random() })),
  "batch norm": squared([4, 3], () => new BatchNorm1d(3)),
};

/** The losses of five steps, and how many storages were alive after each. */
function train(
  { model: make, input, loss }: Case,
  on: Backend,
): { losses: number[]; alive: number[] } {
  setBackend(on);
  const model = make();
  const optimizer = adam(model.parameters(), { learningRate: 0.01 });
  const x = input();
  const [losses, alive]: [number[], number[]] = [[], []];
  for (let step = 0; step < 5; step++) {
    const { value, grads } = valueAndGrad(() => loss(model.forward(x)), optimizer.parameters);
    losses.push(elements(value.ndarray())[0]!);
    optimizer.step(grads);
    for (const t of [value, ...grads]) t.dispose();
    alive.push(on.live.storages);
  }
  return { losses, alive };
}

test.each(Object.keys(cases))("%s", (name) => {
  const before = backend.report().fallbacks;
  const [expected, got] = [train(cases[name]!, reference), train(cases[name]!, backend)];
  const fallen = backend.report().fallbacks.filter((f, k) => f.count !== before[k]?.count);
  expect(fallen).toEqual([]);
  for (const [step, loss] of got.losses.entries())
    expect(loss / expected.losses[step]!).toBeCloseTo(1, 4);
  expect(new Set(got.alive.slice(1)).size).toBe(1);
});

describe("generation", () => {
  test("releases its caches", async () => {
    setBackend(backend);
    const model = gpt({ layers: 2 }).model() as Gpt;
    const before = backend.live.storages;
    expect(await generate(model, [1, 2], { count: 20, random: rng(1) })).toHaveLength(22);
    expect(backend.live.storages).toBe(before);
  });
});

test("a model moves to a backend and back, its buffers with it", async () => {
  setBackend(reference);
  const before = backend.report().liveBytes;
  const model = new Sequential([
    new Mlp({ sizes: [6, 8, 3], linear: "rotation", random: rng(1) }),
    new BatchNorm1d(3),
  ]).eval();
  const x = normal(rng(2), [5, 6]);
  const y = elements(model.forward(x).ndarray());
  expect(await model.to(backend)).toBe(model);
  expect(Object.values(model.stateDict()).every((p) => p.backend === backend)).toBe(true);
  setBackend(backend);
  const onWasm = await model.forward(tensor(x.ndarray())).data();
  for (const [i, v] of onWasm.entries()) expect(v).toBeCloseTo(y[i]!, 5);
  setBackend(reference);
  await model.to(reference);
  expect([...elements(model.forward(x).ndarray())]).toEqual([...y]);
  expect(backend.report().liveBytes).toBe(before);
});
