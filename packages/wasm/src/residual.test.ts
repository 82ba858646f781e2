/** @file The residuals that kernels keep, and that they do only where there is a backward pass. */
import { noGrad, normal, rng, scope, type Tensor, vjp } from "@spm/core";
import { fromArray, wrap } from "@spm/core/extend";
import { crossEntropy, logSoftmax, softmax } from "@spm/nn";
import { crossEntropyOp, gruStepOp, layerNormOp, rmsNormOp } from "@spm/nn/extend";
import { expect, test } from "vitest";
import { wasmSync } from "./backend.ts";

const backend = wasmSync({ bytes: 2 ** 24 });
const random = rng(3);
const [rows, width] = [24, 40];
const DOUBLES = 8 * rows; // bytes: a float64 for each row

const on = (...shape: number[]): Tensor => fromArray(normal(random, shape).ndarray(), backend);
const x = on(rows, width);
const [weight, bias] = [on(width), on(width)];
const [gates, moreGates] = [on(rows, 3 * width), on(rows, 3 * width)];
const labels = fromArray(wrap(new Int32Array(rows), [rows]), backend);
const settings = { labelSmoothing: 0, ignoreIndex: -100 };

test.each<[string, Tensor, (x: Tensor) => Tensor, number]>([
  ["crossEntropy", x, (x) => crossEntropy(x, labels), 2 * DOUBLES],
  ["layerNorm", x, (x) => layerNormOp([x, weight, bias], 1e-5), 2 * DOUBLES],
  ["rmsNorm", x, (x) => rmsNormOp([x, weight], 1e-6), DOUBLES],
  ["softmax", x, (x) => softmax(x), 0],
  ["logSoftmax", x, (x) => logSoftmax(x), 0],
  ["gruStep", gates, (gates) => gruStepOp([gates, moreGates, x]), 0],
])("%s", (_, operand, f, kept) => {
  const bytes = (run: () => unknown): number =>
    scope(() => {
      run();
      return backend.report().liveBytes;
    });
  const forward = bytes(() => f(operand));
  expect(bytes(() => vjp(f, operand)) - forward).toBe(kept);
  expect(bytes(() => noGrad(() => f(operand)))).toBe(forward);
  expect(backend.report()).toMatchObject({ liveBytes: 0, fallbacks: [] });
});

test.each([
  ["crossEntropy", crossEntropyOp.backward, [weight, weight, x, labels], settings],
  ["layerNorm", layerNormOp.backward, [x, x, x, weight, bias], 1e-5],
  ["rmsNorm", rmsNormOp.backward, [x, x, x, weight], 1e-6],
] as const)(
  "%s goes back on the reference where nothing was kept",
  (_, backward, operands, options) => {
    const kernel = backend.kernels.get(backward);
    const handles = operands.map(({ handle }) => handle);
    expect(kernel?.(handles, options, false)).toBe("no residual");
    expect(kernel?.(handles, options, false, [])).toBe("no residual");
  },
);
