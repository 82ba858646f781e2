/**
 * @file Every primitive of every package against central differences, to the second order, from one
 * table.
 */
import { grad, gradcheck, gradgradcheck, sum, type Tensor, vjp, zeros } from "@spm/core";
import { elements, isFloating, primitives } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { type Row, rows } from "./derivative-table.ts";

/** Names of the primitives that no row is about. */
function leftOut(table: readonly Row[]): string[] {
  const present = new Set(table.flatMap((row) => row.primitives));
  return primitives().flatMap((p) => (present.has(p) ? [] : [p.name]));
}

test("no primitive is left out, and none would be unnoticed", () => {
  expect(leftOut(rows)).toEqual([]);
  expect(leftOut(rows.filter((row) => row.name !== "tanh"))).toEqual(["tanh"]);
  expect(new Set(rows.flatMap((row) => row.primitives)).size).toBe(primitives().length);
});

describe.each(rows.filter((row) => row.none === undefined))("$name", ({ calls }) => {
  test.each(calls)("first and second derivatives $what", ({ f, inputs }) => {
    gradcheck(f, [...inputs]);
    gradgradcheck(f, [...inputs]);
  });

  test.each(calls)("no call writes into its operands $what", ({ f, inputs }) => {
    const before = inputs.map((x) => elements(x.ndarray()).slice());
    const { value, pullback } = vjp(f, ...inputs);
    pullback(zeros(value.shape, { dtype: "float64" }));
    expect(inputs.map((x) => elements(x.ndarray()))).toEqual(before);
  });
});

describe.each(rows.filter((row) => row.none === "piecewise constant"))("$name", ({ calls }) => {
  test.each(calls)("gives no gradient $what", ({ f, inputs }) => {
    const all = inputs.map((_, k) => k);
    const grads = grad((...xs: Tensor[]) => sum(f(...xs)), all)(...inputs);
    expect(inputs.every(({ dtype }) => isFloating(dtype))).toBe(true);
    expect(grads).toHaveLength(inputs.length);
    for (const g of grads) expect(elements(g.ndarray()).every((v) => v === 0)).toBe(true);
  });
});
