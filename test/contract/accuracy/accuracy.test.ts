/** @file The errors in docs/accuracy.md are those that our functions have. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { abs, cast, matmul, normal, reference, rng, type Tensor, to } from "@spm/core";
import { wasm } from "@spm/wasm";
import { afterAll, expect, test } from "vitest";
import { type Case, cases } from "./cases.ts";
import { errorOf, resultOf } from "./measure.ts";

const path = fileURLToPath(new URL("../../../docs/accuracy.md", import.meta.url));
const rows = new Map(
  readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length > 8)
    .map(([, , name = "", ...numbers]) => [name, numbers.map(Number)]),
);
const titleOf = ({ name, ulpOf }: Case): string =>
  ulpOf === "each" ? name : `${name}, of the largest`;

/** A last digit of the page, and what libraries of another machine may round otherwise. */
const slack = 0.5;

const machine = await wasm();
afterAll(() => machine.dispose());

test.each(cases.map((one) => [titleOf(one), one] as const))("%s", async (title, one) => {
  const [onReference = Number.NaN, , onWasm = Number.NaN] = rows.get(title) ?? [];
  const truth = await resultOf(one, "float64");
  for (const [backend, written] of [
    [reference, onReference],
    [machine, onWasm],
  ] as const) {
    const { largest } = errorOf(one, await resultOf(one, "float32", backend), truth);
    expect(largest).toBeLessThan(written + slack);
  }
});

test.each([3, 300, 2000])(
  "products of %d terms on wasm are as exact as their sums' order allows",
  async (k) => {
    const random = rng(k);
    const [a, b] = [normal(random, [7, k]), normal(random, [k, 9])];
    const there = await Promise.all([a, b].map((x) => to(x, machine)));
    const got = await matmul(...(there as [Tensor, Tensor])).data();
    const [x, y] = [cast(a, "float64"), cast(b, "float64")];
    const [truth, sizes] = [await matmul(x, y).data(), await matmul(abs(x), abs(y)).data()];
    for (const [i, v] of truth.entries()) {
      const bound = Math.min(k + 1, 257 + k / 256) * 2 ** -24 * (sizes[i] ?? 0);
      expect(Math.abs((got[i] ?? Number.NaN) - v)).toBeLessThanOrEqual(bound);
    }
  },
);

test("each row is a case", () => {
  expect([...rows.keys()].filter((name) => /[a-zA-Z]/.test(name))).toEqual(cases.map(titleOf));
});
