/**
 * @file The same right values on every backend where float32 is at its ends: shifted logits,
 * squares out of range, infinities and NaN, in values and in derivatives.
 */
import * as c from "@spm/core";
import { type Backend, type Tensor, tensor } from "@spm/core";
import { fromArray } from "@spm/core/extend";
import { gpu } from "@spm/gpu";
import { vectorNorm } from "@spm/linalg";
import * as nn from "@spm/nn";
import * as numeric from "@spm/numeric";
import * as optim from "@spm/optim";
import { wasm } from "@spm/wasm";
import { afterAll, describe, expect, test } from "vitest";
import { openSoftwareGpu } from "../gpu/software-gpu.ts";

const { NaN: nan } = Number;
const third = 1 / 3;

/** A function of tensors, its operands, its value, and the gradient of ⟨v, f⟩ by the first. */
interface Case {
  readonly f: (x: Tensor, ...more: Tensor[]) => Tensor;
  readonly x: readonly number[] | readonly (readonly number[])[];
  /** v, ones by default. */
  readonly by?: readonly number[];
  readonly value: readonly number[];
  readonly gradient?: readonly number[];
  /** The derivative of the gradient's first element by x. */
  readonly second?: readonly number[];
}

const label = (index: number, x: Tensor): Tensor =>
  fromArray(tensor([index], { dtype: "int32" }).ndarray(), x.backend);
const crossEntropy =
  (index: number, labelSmoothing = 0) =>
  (x: Tensor): Tensor =>
    nn.crossEntropy(c.expandDims(x, 0), label(index, x), { labelSmoothing });
const same = [-1e30, -1e30, -1e30];
const p = [0.0900306, 0.2447285, 0.665241]; // softmax of 0, 1, 2
const softmaxSlopes = [p[0]! * (1 - p[0]!), -p[0]! * p[1]!, -p[0]! * p[2]!];
const far = [32768, 32769, 32770];
const lnThree = Math.log(3);
const logSum = 2.4076059; // ln(1 + e + e²)

const cases: Readonly<Record<string, Case>> = {
  "softmax far below": {
    ...{ f: (x) => nn.softmax(x), x: same, by: [1, 0, 0], value: [third, third, third] },
    gradient: [2 / 9, -1 / 9, -1 / 9],
  },
  "softmax far above": {
    ...{ f: (x) => nn.softmax(x), x: far, by: [1, 0, 0], value: p, gradient: softmaxSlopes },
    second: softmaxSlopes.map((s) => s * (1 - 2 * p[0]!)),
  },
  "logSoftmax far below": {
    ...{ f: (x) => nn.logSoftmax(x), x: same, by: [1, 0, 0] },
    ...{ value: [-lnThree, -lnThree, -lnThree], gradient: [1 - third, -third, -third] },
    second: [-2 / 9, 1 / 9, 1 / 9],
  },
  "logSoftmax far above": {
    ...{ f: (x) => nn.logSoftmax(x), x: far, by: [1, 0, 0] },
    value: [-logSum, 1 - logSum, 2 - logSum],
    gradient: [1 - p[0]!, -p[1]!, -p[2]!],
    second: softmaxSlopes.map((s) => -s),
  },
  "crossEntropy far below": {
    ...{ f: crossEntropy(0), x: same, value: [lnThree], gradient: [third - 1, third, third] },
    second: [2 / 9, -1 / 9, -1 / 9],
  },
  "crossEntropy far above": {
    ...{ f: crossEntropy(0), x: far, value: [logSum], gradient: [p[0]! - 1, p[1]!, p[2]!] },
    second: softmaxSlopes,
  },
  "crossEntropy far above, smoothed": {
    ...{ f: crossEntropy(0, 0.3), x: far, value: [logSum - 0.3] },
    gradient: [p[0]! - 0.8, p[1]! - 0.1, p[2]! - 0.1],
  },
  "logsumexp far below": {
    ...{ f: (x) => c.logsumexp(x), x: same, value: [-1e30], gradient: [third, third, third] },
    second: [2 / 9, -1 / 9, -1 / 9],
  },
  "categoricalLogProb far above": {
    ...{ f: (x) => numeric.categoricalLogProb(c.squeeze(label(0, x)), x), x: far },
    ...{ value: [-logSum], gradient: [1 - p[0]!, -p[1]!, -p[2]!] },
  },
  "softmax with +∞": { f: (x) => nn.softmax(x), x: [Infinity, 1], value: [nan, nan] },
  "softmax of −∞": { f: (x) => nn.softmax(x), x: [-Infinity, -Infinity], value: [nan, nan] },
  "softmax with −∞": {
    ...{ f: (x) => nn.softmax(x), x: [-Infinity, 1], by: [1, 0], value: [0, 1] },
    gradient: [0, 0],
  },
  "logSoftmax with +∞": { f: (x) => nn.logSoftmax(x), x: [Infinity, 1], value: [nan, nan] },
  "logSoftmax with −∞": {
    ...{ f: (x) => nn.logSoftmax(x), x: [-Infinity, 1], by: [0, 1], value: [-Infinity, 0] },
    gradient: [0, 0],
  },
  "crossEntropy of +∞": { f: crossEntropy(0), x: [Infinity, 1], value: [nan] },
  "crossEntropy beside +∞": { f: crossEntropy(1), x: [Infinity, 1], value: [nan] },
  "crossEntropy of −∞": {
    ...{ f: crossEntropy(0), x: [-Infinity, 1], value: [Infinity], gradient: [-1, 1] },
  },
  "crossEntropy beside −∞": {
    ...{ f: crossEntropy(1), x: [-Infinity, 1], value: [0], gradient: [0, 0] },
  },
  "crossEntropy beside −∞, smoothed": {
    ...{ f: crossEntropy(1, 0.2), x: [-Infinity, 1], value: [Infinity], gradient: [-0.1, 0.1] },
  },
  "crossEntropy of −∞ alone": { f: crossEntropy(0), x: [-Infinity, -Infinity], value: [nan] },
  "logsumexp with +∞": { f: (x) => c.logsumexp(x), x: [Infinity, -Infinity], value: [Infinity] },
  "logsumexp with NaN": { f: (x) => c.logsumexp(x), x: [Infinity, nan], value: [nan] },
  "logsumexp of −∞": {
    ...{ f: (x) => c.logsumexp(x), x: [-Infinity, -Infinity] },
    ...{ value: [-Infinity], gradient: [0, 0], second: [0, 0] },
  },
  "logsumexp of nothing": {
    f: (x) => c.logsumexp(x, 1),
    x: [[], []],
    value: [-Infinity, -Infinity],
  },
  "norm of nothing": { f: (x) => c.norm(x, 1), x: [[], []], value: [0, 0] },
  "norm, large": {
    ...{ f: (x) => c.norm(x), x: [3e20, 4e20], value: [5e20], gradient: [0.6, 0.8] },
  },
  "norm, small": {
    ...{ f: (x) => c.norm(x), x: [3e-30, 4e-30], value: [5e-30], gradient: [0.6, 0.8] },
  },
  "norm of zeros": { f: (x) => c.norm(x), x: [0, 0], value: [0], gradient: [0, 0] },
  "norm with ∞": { f: (x) => c.norm(x), x: [Infinity, 1], value: [Infinity] },
  "norm with NaN": { f: (x) => c.norm(x), x: [Infinity, nan], value: [nan] },
  "clipByGlobalNorm, large": {
    ...{ f: (x) => optim.clipByGlobalNorm([x], 1).grads[0] ?? x, x: [1e20, 1e20] },
    value: [Math.SQRT1_2, Math.SQRT1_2],
  },
  "vectorNorm of order 3": {
    f: (x) => vectorNorm(x, { ord: 3 }),
    ...{
      x: [1e20, 1e20],
      value: [2 ** third * 1e20],
      gradient: [2 ** (third - 1), 2 ** (third - 1)],
    },
  },
  "std, large": {
    ...{ f: (x) => c.std(x, { correction: 0 }), x: [1e20, -1e20], value: [1e20] },
    gradient: [0.5, -0.5],
  },
  "std, small": {
    ...{ f: (x) => c.std(x, { correction: 0 }), x: [1e-30, -1e-30], value: [1e-30] },
    gradient: [0.5, -0.5],
  },
  "variance far from 0": {
    ...{ f: (x) => c.variance(x), x: [100000, 100000.0078125, 100000.0234375] },
    ...{ value: [1.4241536e-4], gradient: [-0.01041667, -0.00260417, 0.01302083] },
  },
  "attention to nothing": {
    f: (x) => {
      const rows = c.reshape(x, [1, 2]);
      const mask = c.greater(c.zeros([1, 1], { backend: x.backend }), 1);
      return nn.scaledDotProductAttention(rows, rows, rows, { mask });
    },
    ...{ x: [1e15, -1e17], value: [0, 0], gradient: [0, 0] },
  },
  "attention, far below": {
    f: (x) => {
      const [q, k] = [c.reshape(x, [1, 2]), c.reshape(c.neg(c.stopGradient(x)), [1, 2])];
      const keys = c.concat([k, c.mul(k, 0)]);
      const mask = c.greater(tensorOn(x.backend, [1, 0]), 0);
      return nn.scaledDotProductAttention(q, keys, keys, { mask });
    },
    ...{ x: [1e17, 1e17], value: [-1e17, -1e17], gradient: [0, 0] },
  },
  "huber at ∞": {
    ...{
      f: (x) => nn.huber(x, c.mul(c.zeros([3], { backend: x.backend }), 1), { reduction: "sum" }),
    },
    ...{ x: [Infinity, -Infinity, 0.5], value: [Infinity], gradient: [1, -1, 0.5] },
  },
  "maximum at NaN": {
    f: (x) => c.maximum(x, tensorOn(x.backend, [1, nan, 1, 1, 1])),
    ...{ x: [nan, 1, 2, 1, 0], value: [nan, nan, 2, 1, 1], gradient: [1, 1, 1, 0.5, 0] },
  },
  "minimum at NaN": {
    f: (x) => c.minimum(x, tensorOn(x.backend, [1, nan, 1, 1, 1])),
    ...{ x: [nan, 1, 2, 1, 0], value: [nan, nan, 1, 1, 0], gradient: [1, 1, 0, 0.5, 1] },
  },
  "relu at NaN": { f: c.relu, x: [nan, 0, -1], value: [nan, 0, 0], gradient: [1, 0, 0] },
  "max pooling of −∞": {
    f: (x) => nn.maxPool1d(c.reshape(x, [1, 1, 4]), 2, { padding: 1 }),
    x: [-Infinity, -Infinity, 3, -Infinity],
    ...{ value: [-Infinity, 3, -Infinity], gradient: [1, 0, 1, 1] },
  },
  "klDiv of a class that cannot be, by the target": {
    f: (x) => nn.klDiv(tensorOn(x.backend, [-Infinity, 0]), x),
    ...{ x: [0, 1], value: [0], gradient: [0, 1] },
  },
};

function tensorOn(backend: Backend, values: readonly number[]): Tensor {
  return fromArray(tensor([...values]).ndarray(), backend);
}

const opened = await Promise.all([wasm(), gpu({ mode: "cpu" }), openSoftwareGpu()]);
const backends = [c.reference, ...opened.filter((backend) => backend !== null)];
afterAll(() => Promise.all(opened.map((backend) => backend?.dispose())));

const close = (got: ArrayLike<number>, want: readonly number[]): boolean =>
  got.length === want.length &&
  want.every(
    (w, i) => Object.is(got[i], w) || Math.abs(got[i]! - w) <= 4e-6 * Math.max(Math.abs(w), 1e-6),
  );

describe.each(backends.map((backend) => [backend.name, backend] as const))("%s", (_, backend) => {
  test.each(Object.entries(cases))("%s", async (_, { f, x, by, value, gradient, second }) => {
    const given = fromArray(tensor(x).ndarray(), backend);
    const got = await f(given).data();
    expect(close(got, value), `${got}, want ${value}`).toBe(true);
    const weights = tensorOn(backend, by ?? value.map(() => 1));
    const weighed = (x: Tensor) => c.sum(c.mul(weights, c.reshape(f(x), [-1])));
    if (gradient !== undefined) {
      const slope = await c.grad(weighed)(given).data();
      expect(close(slope, gradient), `gradient ${slope}, want ${gradient}`).toBe(true);
    }
    if (second === undefined) return;
    const first = (x: Tensor) => c.at(c.grad(weighed)(x), 0);
    const slopes = await c.grad(first)(given).data();
    expect(close(slopes, second), `second ${slopes}, want ${second}`).toBe(true);
  });
});

test.each(
  backends.flatMap((backend) =>
    [optim.adam, optim.nadam].map((make) => [make.name, backend.name, make, backend] as const),
  ),
)("%s on %s steps by a gradient of 1e20 as by one of 1", async (_, __, make, backend) => {
  const steps = [1e20, 1].map((size) => {
    const p = c.parameter(tensorOn(backend, [0]));
    const optimizer = make([p], { learningRate: 0.1 });
    for (let k = 0; k < 8; k++) optimizer.step([tensorOn(backend, [size])]);
    return p.data();
  });
  const [large, small] = await Promise.all(steps);
  expect(small![0]).toBeLessThan(-0.1);
  expect(large![0]).toBeCloseTo(small![0]!, 5);
});
