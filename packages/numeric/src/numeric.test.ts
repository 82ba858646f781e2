/** @file Transforms, products and triangles: values, derivatives, refusals. */
import { gradcheck, gradgradcheck, type Tensor, tensor, zeros } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { complexMul, fft, irfft, outer, rfft, tril, triu } from "./index.ts";

const double = (...values: number[]): Tensor => tensor(values, { dtype: "float64" });

test("a convolution by FFT is that convolution, with its gradient", () => {
  const circular = (a: Tensor, b: Tensor) => irfft(complexMul(rfft(a), rfft(b)));
  const [a, b] = [double(1, 2, 3, 4), double(1, 0, -1, 0)];
  expect([...elements(circular(a, b).ndarray())].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([
    -2, -2, 2, 2,
  ]);
  gradcheck(circular as (...xs: Tensor[]) => Tensor, [a, b]);
  gradgradcheck(circular as (...xs: Tensor[]) => Tensor, [a, b]);
});

test("triangles keep their side of a diagonal", () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect([...elements(triu(x, 1).ndarray())]).toEqual([0, 2, 3, 0, 0, 6]);
  expect([...elements(tril(x).ndarray())]).toEqual([1, 0, 0, 4, 5, 0]);
});

describe("refusals", () => {
  test.each([
    [() => triu(zeros([3])), "triu: expected a matrix or a batch of them, got [3]"],
    [() => outer(zeros([2, 2]), zeros([2])), "outer: expected two vectors, got "],
    [() => fft(zeros([3, 3])), "fft: expected pairs [..., n, 2], n ≥ 1, got [3, 3]"],
  ])("%s", (run, message) => expect(run).toThrow(message));
});
