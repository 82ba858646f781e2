/**
 * @file Every module of `@spm/nn` and `@spm/models`: first and second derivatives in float64, and
 * on wasm the reference's values and gradients.
 */
import { reference } from "@spm/core";
import * as models from "@spm/models";
import * as nn from "@spm/nn";
import { gradcheckModule, gradgradcheckModule, Module } from "@spm/nn";
import * as nnExtend from "@spm/nn/extend";
import { LinearMap } from "@spm/nn/extend";
import { wasm } from "@spm/wasm";
import { afterAll, describe, expect, test } from "vitest";
import { full } from "../full.ts";
import type { ModuleRow } from "./module-row.ts";
import { moduleRows } from "./module-table.ts";
import { distance, valueAndGradients } from "./value-and-gradients.ts";

const backend = await wasm();
afterAll(() => backend.dispose());

/** What extends Module and can be made, and stands in no row. */
function leftOut(rows: readonly ModuleRow[]): string[] {
  const present = new Set(
    rows.flatMap(({ make }) => [...make().namedModules().values()].map((m) => m.constructor)),
  );
  const abstract: readonly unknown[] = [Module, LinearMap, nnExtend.StructuredMap];
  return Object.entries({ ...nn, ...models }).flatMap(([name, value]) =>
    typeof value === "function" &&
    value.prototype instanceof Module &&
    !abstract.includes(value) &&
    !present.has(value)
      ? [name]
      : [],
  );
}

test("no module is left out, and none would be unnoticed", () => {
  expect(leftOut(moduleRows)).toEqual([]);
  expect(leftOut(moduleRows.filter(({ name }) => !name.startsWith("MaxPool2d")))).toEqual([
    "MaxPool2d",
  ]);
});

/**
 * Made of several linear maps of one kind, of which one kind is checked, or of cells that are; all
 * of them in `npm run test:full`.
 */
const several = /^(LstmCell|MultiHeadAttention), (?!rotation|causal|grouped)|^(Rnn|Gru|Lstm)$/;

describe.each(moduleRows)("$name", ({ name, make, inputs, onTheReference = [] }) => {
  if (full || !several.test(name))
    test("first and second derivatives by inputs and parameters", () => {
      gradcheckModule(make(), inputs());
      gradgradcheckModule(make(), inputs());
    });

  test("on wasm the reference's value and gradients", async () => {
    const want = await valueAndGradients(make(), inputs(), reference);
    const unexpected = () =>
      backend.report().fallbacks.filter(({ primitive }) => !onTheReference.includes(primitive));
    const before = unexpected();
    const got = await valueAndGradients(make(), inputs(), backend);
    expect(unexpected()).toEqual(before);
    expect(got.map(({ length }) => length)).toEqual(want.map(({ length }) => length));
    got.forEach((values, k) => {
      expect(distance(values, want[k]!)).toBeLessThan(1e-5);
    });
  });
});
