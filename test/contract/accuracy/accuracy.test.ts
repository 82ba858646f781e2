/** @file The errors in docs/accuracy.md are those that our functions have. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { reference } from "@spm/core";
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

test("each row is a case", () => {
  expect([...rows.keys()].filter((name) => /[a-zA-Z]/.test(name))).toEqual(cases.map(titleOf));
});
