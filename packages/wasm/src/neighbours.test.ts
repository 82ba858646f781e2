/** @file The memory of sums along neighbours: the operands' and results' own. */
import { grad, normal, rng, square, sum, type Tensor, take, tensor } from "@spm/core";
import { BackendError, fromArray } from "@spm/core/extend";
import { neighbourSum } from "@spm/nn";
import { expect, test } from "vitest";
import { wasmSync } from "./backend.ts";

const [n, width] = [4096, 16];
const shifts = Array.from({ length: 17 }, (_, k) => k - 8);
/** Room for 14 times the values; a copy of them for each link would be 17 times as much. */
const bytes = 14 * 4 * n * width;

test("a sum and its gradients hold nothing of n · links · width", () => {
  const backend = wasmSync({ bytes });
  const [w, v] = [
    [n, shifts.length],
    [n, width],
  ].map((shape) => fromArray(normal(rng(1), shape).ndarray(), backend)) as [Tensor, Tensor];
  const loss = (w: Tensor, v: Tensor): Tensor => sum(square(neighbourSum(w, v, shifts)));
  const grads = grad(loss, [0, 1])(w, v);
  expect(grads.map(({ shape }) => shape)).toEqual([w.shape, v.shape]);
  expect(backend.report().fallbacks).toEqual([]);
  const places = Int32Array.from({ length: n * shifts.length }, (_, i) => i % n);
  const index = tensor(places, { shape: [n, shifts.length], backend });
  expect(() => take(v, index)).toThrow(BackendError);
});
