/**
 * @file vmap of every primitive of every package against the loop, with its gradients: from the
 * table of derivatives.
 */
import { at, cos, grad, mul, stack, sum, type Tensor, vmap } from "@spm/core";
import { elements, primitives } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { rows } from "./derivative-table.ts";

type Op = (...xs: Tensor[]) => Tensor;
type Gradients = (...xs: Tensor[]) => Tensor[];

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

/** Two samples: the operand, and a multiple of it. */
const samples = (x: Tensor): Tensor => stack([x, mul(x, 1.0625)]);

/** Equal within 1e-12 of the largest element. */
function close(got: Tensor, expected: Tensor): void {
  expect(got.shape).toEqual(expected.shape);
  const want = numbers(expected);
  const scale = want.reduce((top, v) => (Number.isFinite(v) ? Math.max(top, Math.abs(v)) : top), 1);
  const off = numbers(got).map((v, i) => Math.abs(v - (want[i] ?? 0)) / scale);
  expect(Math.max(0, ...off)).toBeLessThan(1e-12);
}

/** vmap of f, of all operands or of the first alone, beside a call for each sample. */
function check(f: Gradients, xs: readonly Tensor[], inAxes: readonly (number | null)[]): void {
  const operands = xs.map((x, k) => (inAxes[k] === null ? x : samples(x)));
  const [first = [], second = []] = [0, 1].map((b) =>
    f(...operands.map((x, k) => (inAxes[k] === null ? x : at(x, b)))),
  );
  const together = vmap(f, { inAxes })(...operands);
  const expected = first.flatMap((y, k) => second.slice(k, k + 1).map((z) => stack([y, z])));
  expect(together.length).toBe(expected.length);
  for (const [k, y] of together.entries()) close(y, expected[k] ?? y);
}

/** The primitives that vmap can't do at once. */
const inALoop = primitives().filter((p) => p.batch === undefined && p.composed === undefined);

test("no primitive but the updates of optimizers runs in a loop", () => {
  const updates = rows.filter((row) => row.none === "an update, outside of what is differentiated");
  expect(new Set(inALoop)).toEqual(new Set(updates.flatMap((row) => row.primitives)));
});

describe.each(rows.filter(({ calls }) => calls.length > 0))("$name", ({ calls, none }) => {
  test.each(calls)("equals the loop $what", ({ f, inputs }) => {
    const scalar: Op = (...xs) => sum(mul(f(...xs), cos(f(...xs))));
    const all = inputs.map((_, k) => k);
    const values: Gradients = (...xs) => [f(...xs)];
    const both: Gradients = (...xs) => [f(...xs), ...grad(scalar, all)(...xs)];
    for (const axes of [all.map(() => 0), all.map((k) => (k === 0 ? 0 : null))])
      check(none === undefined ? both : values, inputs, axes);
  });
});
