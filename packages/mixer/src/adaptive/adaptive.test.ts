/** @file The adaptive mixer: what it is with A = 0, what it keeps, its two forms, its refusals. */
import { mul, normal, rng, type Tensor, tensor, vjp } from "@spm/core";
import { each, elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { initialParameters } from "../initialise.ts";
import { rotationMixer } from "../parameterisation/rotation.ts";
import { butterfly, shuffle } from "../patterns.ts";
import { fromPairs } from "../schedule.ts";
import {
  type AdaptiveMode,
  type AdaptiveParameters,
  adaptiveMixer,
  initialAdaptive,
} from "./adaptive-mixer.ts";
import { adaptiveOp } from "./op.ts";

const modes: readonly AdaptiveMode[] = ["input", "stage", "local", "bottleneck"];
const schedules = [butterfly(8), shuffle(7), fromPairs(6, [[[0, 5]], [], [[1, 2]], [[5, 1]]])];
const wide = { deviation: 3, rank: 2, dtype: "float64" } as const;
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const bits = (x: Tensor | undefined) => x && new Uint8Array(elements(x.ndarray()).slice().buffer);

describe.each(modes)("%s", (mode) => {
  test.each(["float32", "float64"] as const)("A = 0: the static mixer's bits, %s", (dtype) => {
    for (const schedule of schedules) {
      const [random, n] = [rng(1), schedule.n];
      const options = { mode, dtype, deviation: 0, inFeatures: n - 1, rank: 3 };
      const own = initialAdaptive(schedule, random, options);
      const draw = (...shape: number[]) => normal(random, shape, 0, 1, { dtype });
      const inputs = [draw(6, n - 1), draw(n - 1), draw(n - 2), draw(n - 2), own.angles] as const;
      type Five = [x: Tensor, dIn: Tensor, dOut: Tensor, bias: Tensor, angles: Tensor];
      const still = (...[x, dIn, dOut, bias, angles]: Five) =>
        rotationMixer(x, angles, { schedule, dIn, dOut, bias, backward: "recompute" });
      const adaptive = (...[x, dIn, dOut, bias, angles]: Five) =>
        adaptiveMixer(x, { ...own, angles }, { schedule, mode, dIn, dOut, bias });
      const [want, got] = [vjp(still, ...inputs), vjp(adaptive, ...inputs)];
      expect(bits(got.value)).toEqual(bits(want.value));
      const ct = draw(6, n - 2);
      const [wanted, given] = [want.pullback(ct), got.pullback(ct)];
      for (const k of [0, 1, 2, 3] as const) expect(bits(given[k])).toEqual(bits(wanted[k]));
      const [slopes, expected] = [numbers(given[4]), numbers(wanted[4])];
      slopes.forEach((slope, p) => {
        expect(slope).toBeCloseTo(expected[p]!, dtype === "float32" ? 4 : 12);
      });
    }
  });

  test("the length of every sample is kept, whatever A is", () => {
    for (const schedule of schedules) {
      const random = rng(2);
      const own = initialAdaptive(schedule, random, { mode, ...wide, deviation: 100 });
      const x = normal(random, [9, schedule.n], 0, 3, { dtype: "float64" });
      const y = adaptiveMixer(x, own, { schedule, mode });
      const lengths = (z: Tensor) =>
        Array.from({ length: 9 }, (_, b) =>
          Math.hypot(...numbers(z).slice(b * schedule.n, (b + 1) * schedule.n)),
        );
      lengths(y).forEach((length, b) => {
        expect(length / lengths(x)[b]!).toBeCloseTo(1, 13);
      });
    }
  });

  test("it is not linear, and rows are independent", () => {
    const [schedule, random] = [butterfly(8), rng(3)];
    const own = initialAdaptive(schedule, random, { mode, ...wide });
    const x = normal(random, [5, 8], 0, 1, { dtype: "float64" });
    const f = (x: Tensor) => adaptiveMixer(x, own, { schedule, mode });
    const [once, twice] = [numbers(mul(2, f(x))), numbers(f(mul(2, x)))];
    expect(Math.max(...once.map((v, k) => Math.abs(v - twice[k]!)))).toBeGreaterThan(0.1);
    const last = tensor(Float64Array.from(numbers(x).slice(32)), { shape: [1, 8] });
    numbers(f(last)).forEach((v, k) => {
      expect(v).toBeCloseTo(numbers(f(x))[32 + k]!, 13);
    });
  });
});

test("the kernel's value and gradients are those of the composed form", () => {
  for (const schedule of schedules)
    for (const source of ["rows", "stage", "pair"] as const) {
      const [random, { n, first }] = [rng(5), schedule];
      const P = first.length;
      const own = { rows: [[6, P]], stage: [[P], [P, n]], pair: [[P], [P, 2]] }[source];
      const inputs = [[6, n - 1], [n - 1], [n - 2], [n - 2], ...own].map((shape) =>
        normal(random, shape, 0, 1, { dtype: "float64" }),
      );
      type Places = [Tensor, Tensor, Tensor, Tensor, ...Tensor[]];
      const ct = normal(random, [6, n - 2], 0, 1, { dtype: "float64" });
      const composed = (...xs: Tensor[]) =>
        adaptiveOp.primitive.composed?.(xs as Places, { schedule, source })[0] ?? ct;
      const both = each(
        [(...xs: Tensor[]) => adaptiveOp(xs as Places, { schedule, source }), composed],
        (f) => {
          const { value, pullback } = vjp(f, ...inputs);
          return [value, ...pullback(ct)].map(numbers);
        },
      );
      both[0].forEach((values, k) => {
        const wanted = both[1][k] ?? [];
        const scale = Math.max(1, ...wanted.map(Math.abs));
        const worst = Math.max(0, ...values.map((v, i) => Math.abs(v - (wanted[i] ?? NaN))));
        expect(worst / scale).toBeLessThan(1e-13);
      });
    }
});

test("starts are small, and angles those of a static mixer", () => {
  const schedule = butterfly(64);
  const own = initialAdaptive(schedule, rng(6), { mode: "input" });
  const still = initialParameters(rotationMixer, schedule, rng(6));
  expect(numbers(own.angles)).toEqual(numbers(still.angles));
  const weights = numbers(own.weights);
  const variance = weights.reduce((s, v) => s + v * v, 0) / weights.length;
  expect(variance / (0.01 / 64)).toBeGreaterThan(0.95);
  expect(variance / (0.01 / 64)).toBeLessThan(1.05);
});

test("refusals", () => {
  const [schedule, random] = [butterfly(4), rng(1)];
  const x = normal(random, [2, 4]);
  const local: AdaptiveParameters = initialAdaptive(schedule, random, { mode: "local" });
  const run =
    (mode: string, own: object = local, input: Tensor = x) =>
    () =>
      adaptiveMixer(input, own as AdaptiveParameters, { schedule, mode: mode as AdaptiveMode });
  expect(run("global")).toThrow('adaptiveMixer: expected "input", "stage", "local", "bottleneck"');
  expect(run("bottleneck")).toThrow("expected a bottleneck V in mode bottleneck alone, got none");
  expect(run("local", { ...local, bottleneck: x })).toThrow("got one in mode local");
  expect(run("input")).toThrow("adaptiveMixer: expected weights of shape [..., 4], got [4, 2]");
  expect(run("stage")).toThrow("adaptiveMixer: expected weights of shape [4, 4], got [4, 2]");
  expect(run("local", { angles: x, weights: local.weights })).toThrow(
    "adaptiveMixer: expected angles of shape [4], got [2, 4]",
  );
  expect(run("local", local, normal(random, [2, 5]))).toThrow("x of shape [..., in ≤ 4]");
  for (const [options, message] of [
    [{ mode: "local", deviation: -1 }, "expected a deviation ≥ 0"],
    [{ mode: "bottleneck", rank: 0 }, "expected inFeatures and rank ≥ 1"],
  ] as const)
    expect(() => initialAdaptive(schedule, random, options)).toThrow(message);
});
