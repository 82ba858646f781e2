/** @file Activation functions where naive ones go wrong. */
import { grad, sum, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { elu, gelu, leakyRelu, silu } from "./activation.ts";

const slope = (f: (x: Tensor) => Tensor, ...values: number[]): number[] => {
  const x = tensor(values, { dtype: "float64" });
  return [...elements(grad((y: Tensor) => sum(f(y)))(x).ndarray())];
};

test("derivatives of pieces meet, also where the exponential overflows", () => {
  expect(slope((x) => elu(x), -800, 0, 800)).toEqual([0, 1, 1]);
  expect(slope((x) => leakyRelu(x, 0.1), -1, 0, 1)).toEqual([0.1, 0.1, 1]);
});

test.each([silu, gelu, elu])("NaN goes through %o", (f) => {
  expect(elements(f(tensor([Number.NaN, 1])).ndarray())[0]).toBeNaN();
});
