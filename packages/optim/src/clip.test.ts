/** @file Clipping keeps directions, limits sizes, and leaves small gradients as they are. */
import { parameter, reference, scope, sum, type Tensor, tensor, valueAndGrad } from "@spm/core";
import { elements } from "@spm/core/extend";
import fc from "fast-check";
import { expect, test } from "vitest";
import { clipByGlobalNorm, clipByValue, globalNorm } from "./index.ts";

const vector = (data: readonly number[]): Tensor => tensor(Float64Array.from(data));
const values = (t: Tensor): number[] => [...elements(t.ndarray())];
const gradients = fc.array(
  fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 0, maxLength: 5 }),
  {
    minLength: 1,
    maxLength: 4,
  },
);

test("by norm: one factor for all, at most the norm asked for, nothing below it changes", () => {
  fc.assert(
    fc.property(gradients, fc.double({ min: 0.01, max: 50, noNaN: true }), (data, maxNorm) => {
      const before = data.map(vector);
      const { grads, norm } = clipByGlobalNorm(before, maxNorm);
      const want = Math.hypot(...data.flat());
      expect(values(norm)[0]).toBeCloseTo(want, 8);
      const after = grads.flatMap(values);
      expect(Math.hypot(...after)).toBeLessThanOrEqual(maxNorm);
      if (want + 1e-6 <= maxNorm) expect(after).toEqual(data.flat());
      else
        expect(after).toEqual(
          data.flat().map((x) => expect.closeTo((x * maxNorm) / (want + 1e-6), 10)),
        );
      expect(before.map(values)).toEqual(data);
    }),
  );
});

test("by value: each element into the limits, those inside untouched", () => {
  fc.assert(
    fc.property(gradients, fc.double({ min: 0.01, max: 50, noNaN: true }), (data, limit) => {
      const after = clipByValue(data.map(vector), limit).flatMap(values);
      expect(after).toEqual(data.flat().map((x) => Math.max(-limit, Math.min(x, limit))));
    }),
  );
});

test("NaN is not hidden", () => {
  const { grads, norm } = clipByGlobalNorm([vector([1]), vector([Number.NaN, 2])], 1);
  expect([norm, ...grads].flatMap(values).every(Number.isNaN)).toBe(true);
  expect(clipByValue([vector([Number.NaN, 9])], 1).flatMap(values)).toEqual([Number.NaN, 1]);
});

test("float32 stays float32, and nothing but the results is left behind", () => {
  scope(() => {
    const grads = [tensor([3, 4])];
    const before = reference.report().liveStorages;
    const clipped = clipByGlobalNorm(grads, 1);
    expect(clipped.grads.map(({ dtype }) => dtype)).toEqual(["float32"]);
    expect(reference.report().liveStorages).toBe(before + 2);
  });
});

test("goes between the gradient and the step", () => {
  const p = parameter([1, 1]);
  const { grads } = valueAndGrad(() => sum(p), [p]);
  expect(values(globalNorm(grads))[0]).toBeCloseTo(Math.SQRT2, 6);
});

test("what makes no sense is refused", () => {
  expect(() => clipByGlobalNorm([], 1)).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: clipByGlobalNorm: expected at least 1 gradient, got 0]`,
  );
  expect(() => clipByGlobalNorm([vector([1])], 0)).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: clipByGlobalNorm: expected a finite maxNorm > 0, got 0]`,
  );
  expect(() => clipByValue([vector([1])], Number.NaN)).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: clipByValue: expected a finite limit > 0, got NaN]`,
  );
});
