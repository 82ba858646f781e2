/**
 * @file What holds for each optimizer alike: convergence, flat memory, exact continuation, float32
 * beside float64, exemptions.
 */
import {
  type DType,
  matmul,
  mean,
  normal,
  type Parameter,
  parameter,
  reference,
  rng,
  scope,
  square,
  sub,
  tensor,
  transpose,
  valueAndGrad,
  zeros,
} from "@spm/core";
import { describe, expect, test } from "vitest";
import {
  adagrad,
  adam,
  type CommonOptions,
  cosine,
  muon,
  type Optimizer,
  optimizers,
  rmsprop,
  sgd,
} from "./index.ts";

type Make = (
  params: readonly Parameter[],
  options?: CommonOptions,
) => Pick<Optimizer, "step" | "state" | "restore" | "dispose" | "steps">;

/** Every optimizer by name, and those whose options change what they keep or how they step. */
const rules: Record<string, Make> = {
  ...Object.fromEntries(
    Object.entries(optimizers).map(([name, entry]): [string, Make] => [
      name,
      (p, o) => entry.create(p, { ...o }),
    ]),
  ),
  "sgd without momentum": sgd,
  "sgd with nesterov": (p, o) => sgd(p, { momentum: 0.9, nesterov: true, ...o }),
  amsgrad: (p, o) => adam(p, { amsgrad: true, ...o }),
  "rmsprop with momentum": (p, o) => rmsprop(p, { momentum: 0.5, ...o }),
  "rmsprop, centered": (p, o) => rmsprop(p, { centered: true, momentum: 0.5, ...o }),
  "adagrad, falling": (p, o) => adagrad(p, { learningRateDecay: 1e-3, ...o }),
  "muon, as large as AdamW": (p, o) => muon(p, { scale: "rms", ...o }),
};

/** A [3, 2] matrix and a [2] vector, the same each time. */
const model = (dtype: DType = "float64"): Parameter[] => {
  const random = rng(5);
  return [normal(random, [3, 2]), normal(random, [2])].map((t) =>
    parameter(tensor(t.ndarray(), { dtype })),
  );
};

/** Gradients of step t, the same each time. */
const gradients = (t: number, dtype: DType = "float64") => {
  const random = rng(100 + t);
  return [normal(random, [3, 2]), normal(random, [2])].map((g) => tensor(g.ndarray(), { dtype }));
};

const bits = (params: readonly Parameter[]) =>
  Promise.all(params.map(async (p) => [...(await p.data())]));

describe.each(Object.entries(rules))("%s", (name, make) => {
  test("finds the weights of a linear map", async () => {
    const random = rng(1);
    const w = parameter(zeros([2, 2]));
    const truth = tensor([
      [1, -2],
      [0.5, 0.25],
    ]);
    const base = name.startsWith("adagrad") ? 0.5 : 0.05;
    const optimizer = make([w], {
      learningRate: cosine({ learningRate: base, steps: 800 }),
      weightDecay: 0,
    });
    for (let i = 0; i < 800; i++) {
      const x = normal(random, [8, 2]);
      const { grads } = valueAndGrad(() => mean(square(sub(matmul(x, w), matmul(x, truth)))), [w]);
      optimizer.step(grads);
    }
    const data = await w.data();
    for (const [i, want] of [1, -2, 0.5, 0.25].entries()) expect(data[i]).toBeCloseTo(want, 2);
    optimizer.dispose();
  });

  test("leaves memory flat over hundreds of steps, and nothing behind", () => {
    const before = reference.report().liveStorages;
    const params = model("float32");
    const optimizer = make(params);
    const live = reference.report();
    for (let t = 0; t < 200; t++) scope(() => optimizer.step(gradients(t % 10, "float32")));
    expect(reference.report()).toEqual(live);
    optimizer.dispose();
    for (const p of params) p.dispose();
    expect(reference.report().liveStorages).toBe(before);
  });

  test("goes on from a saved state bit by bit", async () => {
    const learningRate = cosine({ learningRate: 0.1, steps: 20 });
    const options = { learningRate, weightDecay: 0.01 };
    const whole = model();
    const first = make(whole, options);
    for (let t = 0; t < 7; t++) first.step(gradients(t));
    const state = Object.fromEntries(
      await Promise.all(
        Object.entries(first.state()).map(async ([key, value]) => [
          key,
          typeof value === "number" ? value : tensor(await value.data(), { shape: value.shape }),
        ]),
      ),
    );
    const pairs = whole.map((p) => ({ p, copy: parameter(p) }));
    const resumed = pairs.map(({ copy }) => copy);
    const second = make(resumed, options);
    second.step(gradients(99)); // a state of its own, to be replaced
    for (const { p, copy } of pairs) copy.assign(p);
    second.restore(state);
    expect(second.steps).toBe(7);
    for (let t = 7; t < 15; t++) {
      first.step(gradients(t));
      second.step(gradients(t));
    }
    expect(await bits(resumed)).toEqual(await bits(whole));
  });

  test("takes the same path in float32 as in float64, but for rounding", async () => {
    const [wide, narrow] = [model("float64"), model("float32")];
    const [a, b] = [make(wide, { learningRate: 0.01 }), make(narrow, { learningRate: 0.01 })];
    for (let t = 0; t < 20; t++) {
      a.step(gradients(t, "float64"));
      b.step(gradients(t, "float32"));
    }
    const [x, y] = [(await bits(wide)).flat(), (await bits(narrow)).flat()];
    for (const [i, want] of x.entries()) expect(Math.abs(y[i]! - want)).toBeLessThan(2e-5);
  });

  test("spares exempt parameters from weight decay, and only from that", async () => {
    const run = async (decay: boolean, weightDecay: number) => {
      const p = parameter(tensor([1, -2, 3], { dtype: "float64" }), { decay });
      const optimizer = make([p], { learningRate: 0.1, weightDecay });
      for (const g of [0.5, -0.25, 1])
        optimizer.step([tensor([g, 2 * g, -g], { dtype: "float64" })]);
      return [...(await p.data())];
    };
    expect(await run(false, 0.5)).toEqual(await run(false, 0));
    expect(await run(true, 0)).toEqual(await run(false, 0));
    expect(await run(true, 0.5)).not.toEqual(await run(true, 0));
  });

  test("takes gradients as views, scalars and empty tensors", async () => {
    const run = async (view: boolean) => {
      const p = parameter(
        tensor(
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
          { dtype: "float64" },
        ),
      );
      const g = tensor(
        [
          [1, 4],
          [2, 5],
          [3, 7],
        ],
        { dtype: "float64" },
      );
      const whole = tensor([1, 2, 3, 4, 5, 7], { shape: [2, 3], dtype: "float64" });
      const optimizer = make([p, parameter(tensor(1.5)), parameter(zeros([0, 2]))]);
      optimizer.step([view ? transpose(g) : whole, tensor(1), zeros([0, 2])]);
      return [...(await p.data())];
    };
    expect(await run(true)).toEqual(await run(false));
  });
});
