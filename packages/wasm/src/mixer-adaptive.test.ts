/**
 * @file The adaptive mixer's kernels against the reference in float64; A = 0, where they are those
 * of the static mixer; lengths; second derivatives.
 */
import {
  add,
  grad,
  mul,
  type NdArray,
  normal,
  reference,
  rng,
  square,
  sum,
  type Tensor,
  vjp,
} from "@spm/core";
import { copyArray, elements, fromArray } from "@spm/core/extend";
import {
  type AdaptiveMode,
  type AdaptiveParameters,
  adaptiveMixer,
  brick,
  butterfly,
  fromPairs,
  initialAdaptive,
  rotationMixer,
  type Schedule,
  shuffle,
} from "@spm/mixer";
import { adaptiveOp } from "@spm/mixer/extend";
import { describe, expect, test } from "vitest";
import { wasmSync } from "./backend.ts";

const backend = wasmSync({ bytes: 2 ** 27 });
const random = rng(11);
const gaussian = (shape: number[], mean = 0, deviation = 1): NdArray =>
  normal(random, shape, mean, deviation).ndarray();
const onWasm = (array: NdArray): Tensor => fromArray(array, backend);
const inFloat64 = (array: NdArray): Tensor => fromArray(copyArray(array, "float64"), reference);
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const bits = (x: Tensor): Uint8Array => new Uint8Array(elements(x.ndarray()).slice().buffer);

const unpaired = fromPairs(6, [[[0, 5]], [], [[1, 2]], [[5, 1]]]);
const byTable: readonly Schedule[] = [shuffle(7), shuffle(100), brick(9), unpaired, butterfly(4)];
const schedules: readonly Schedule[] = [...byTable, butterfly(16), butterfly(64, 9)];

type Operands = [x: Tensor, dIn: Tensor, dOut: Tensor, bias: Tensor, ...own: Tensor[]];

/** x, the diagonals and the bias of some rows, n − 1 → n − 2, and a cotangent of y. */
function around({ n }: Schedule, rows: number): { inputs: NdArray[]; ct: NdArray } {
  const [width, height] = [n - 1, n - 2];
  const inputs = [
    gaussian([rows, width]),
    gaussian([width], 1, 0.3),
    gaussian([height], 1, 0.3),
    gaussian([height]),
  ];
  return { inputs, ct: gaussian([rows, height]) };
}

/** The largest difference, relative to the largest number of what is wanted, at least 1. */
function difference(got: Tensor, want: Tensor): number {
  expect(got.shape).toEqual(want.shape);
  const wanted = numbers(want);
  const scale = wanted.reduce((m, v) => Math.max(m, Math.abs(v)), 1);
  return numbers(got).reduce((m, v, k) => Math.max(m, Math.abs(v - (wanted[k] ?? NaN))), 0) / scale;
}

describe.each(["rows", "pair"] as const)("angles of %s", (source) => {
  test.each([
    ["near", 1.5, 2e-5],
    ["beyond where π/2 in four parts will do", 1e6, 2e-5],
  ])("value and gradients, %s", (_, deviation, tolerance) => {
    for (const schedule of schedules)
      for (const rows of [0, 1, 8, 29]) {
        const { inputs, ct } = around(schedule, rows);
        const pairs = schedule.first.length;
        // Weights are 0 beside angles that are far: α z would be lost in the rounding of θ.
        const own = {
          rows: [gaussian([rows, pairs], 0, deviation)],
          pair: [
            gaussian([pairs], 0, deviation),
            gaussian([pairs, 2], 0, deviation > 10 ? 0 : 0.3),
          ],
        }[source];
        const on = (place: (array: NdArray) => Tensor): Tensor[] => {
          const { value, pullback } = vjp(
            (...xs: Operands) => adaptiveOp(xs, { schedule, source }),
            ...([...inputs, ...own].map(place) as Operands),
          );
          return [value, ...pullback(place(ct))];
        };
        const [got, want] = [on(onWasm), on(inFloat64)];
        expect(got.length).toBe(want.length);
        got.forEach((array, k) => {
          expect(difference(array, want[k] ?? array)).toBeLessThan(tolerance);
        });
      }
  });
});

const onWasmAll = ({ angles, weights, bottleneck }: AdaptiveParameters): AdaptiveParameters => ({
  angles: onWasm(angles.ndarray()),
  weights: onWasm(weights.ndarray()),
  ...(bottleneck && { bottleneck: onWasm(bottleneck.ndarray()) }),
});

/** y, x̄, d̄_in, d̄_out, b̄ and θ̄⁰, adaptive with A = 0 and static. */
function still(schedule: Schedule, mode: AdaptiveMode): [adaptive: Tensor[], fixed: Tensor[]] {
  const { inputs, ct } = around(schedule, 29);
  const own = initialAdaptive(schedule, random, { mode, deviation: 0, inFeatures: schedule.n - 1 });
  const placed = onWasmAll(own);
  const operands = [...inputs, own.angles.ndarray()].map(onWasm) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const both = [
    (...[x, dIn, dOut, bias, angles]: typeof operands) =>
      adaptiveMixer(x, { ...placed, angles }, { schedule, mode, dIn, dOut, bias }),
    (...[x, dIn, dOut, bias, angles]: typeof operands) =>
      rotationMixer(x, angles, { schedule, dIn, dOut, bias }),
  ].map((f) => {
    const { value, pullback } = vjp(f, ...operands);
    return [value, ...pullback(onWasm(ct))];
  });
  return [both[0] ?? [], both[1] ?? []];
}

describe.each(["input", "local", "bottleneck"] as const)("mode %s", (mode) => {
  test("A = 0: the bits of the static mixer by table, within 1e-6 of the fused one", () => {
    for (const schedule of schedules) {
      const [got, want] = still(schedule, mode);
      const [angles, wanted] = [got.pop(), want.pop()];
      if (byTable.includes(schedule)) expect(got.map(bits)).toEqual(want.map(bits));
      got.forEach((x, k) => {
        expect(difference(x, want[k] ?? x)).toBeLessThan(1e-6);
      });
      if (angles && wanted) expect(difference(angles, wanted)).toBeLessThan(1e-6);
    }
  });

  test("the length of every sample is kept, whatever A is", () => {
    for (const schedule of schedules) {
      const { n } = schedule;
      const own = initialAdaptive(schedule, random, { mode, deviation: 30 });
      const x = onWasm(gaussian([19, n], 0, 3));
      const y = adaptiveMixer(x, onWasmAll(own), { schedule, mode });
      const length = (z: Tensor, b: number): number =>
        Math.hypot(...numbers(z).slice(b * n, (b + 1) * n));
      for (let b = 0; b < 19; b++)
        expect(Math.abs(length(y, b) / length(x, b) - 1)).toBeLessThan(1e-6);
    }
  });

  test("second derivatives: the gradient of a gradient's length", () => {
    for (const schedule of [shuffle(7), butterfly(16)]) {
      const own = initialAdaptive(schedule, random, { mode, deviation: 1, rank: 2 });
      const { angles, weights, bottleneck } = own;
      const arrays = [gaussian([5, schedule.n]), angles.ndarray(), weights.ndarray()];
      const ct = gaussian([5, schedule.n]);
      const on = (place: (array: NdArray) => Tensor): Tensor[] => {
        const V = bottleneck && { bottleneck: place(bottleneck.ndarray()) };
        const f = (x: Tensor, angles: Tensor, weights: Tensor): Tensor =>
          sum(mul(place(ct), adaptiveMixer(x, { angles, weights, ...V }, { schedule, mode })));
        const slope = (...xs: [Tensor, Tensor, Tensor]): Tensor => {
          const [gx, ga, gw] = grad(f, [0, 1, 2])(...xs);
          return add(sum(square(gx)), add(sum(square(ga)), sum(square(gw))));
        };
        const [x, a, w] = arrays.map(place) as [Tensor, Tensor, Tensor];
        return grad(slope, [0, 1, 2])(x, a, w);
      };
      const [got, want] = [on(onWasm), on(inFloat64)];
      got.forEach((x, k) => {
        expect(difference(x, want[k] ?? x)).toBeLessThan(2e-5);
      });
    }
  });
});

test("nothing ran on the reference", () => {
  expect(backend.report().fallbacks).toEqual([]);
});
