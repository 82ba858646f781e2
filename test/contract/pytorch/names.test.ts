/**
 * @file docs/coming-from-pytorch.md is what its script makes; its names are exported; its
 * compositions have PyTorch's values.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as core from "@spm/core";
import { elements } from "@spm/core/extend";
import * as linalg from "@spm/linalg";
import * as nn from "@spm/nn";
import * as numeric from "@spm/numeric";
import { expect, test } from "vitest";
import { beside, opInfo, otherNames } from "./names.ts";
import { entryPoints, pageOf } from "./page.ts";

const from = entryPoints();
const answers = [...opInfo.values()].filter(({ kind }) => kind !== "missing");

test("each op that PyTorch tests has an answer or a reason", () => {
  const names = [...opInfo.keys()];
  expect(names.length).toBe(571);
  expect(names.length).toBe(beside("names.txt").trimEnd().split("\n").length);
  expect(answers.length).toBeGreaterThanOrEqual(280);
});

test("each name that answers is exported", () => {
  const all = [...opInfo, ...otherNames];
  const gone = all.filter(([, answer]) => answer.kind === "export" && !from.has(answer.name));
  expect(gone).toEqual([]);
});

test("the page is made from the exports as they are: npm run -s names", () => {
  const path = fileURLToPath(new URL("../../../docs/coming-from-pytorch.md", import.meta.url));
  expect(readFileSync(path, "utf8")).toBe(pageOf(from));
});

interface Values {
  readonly shape: readonly number[];
  readonly data: readonly (number | "inf" | "-inf" | "nan")[];
}
interface Golden {
  readonly inputs: Readonly<Record<string, Values & { readonly dtype: core.DType }>>;
  readonly values: Readonly<Record<string, readonly Values[]>>;
}
const golden: Golden = JSON.parse(beside("compositions.json"));
const odd = { inf: Infinity, "-inf": -Infinity, nan: Number.NaN };
const numbersOf = ({ data }: Values): number[] =>
  data.map((v) => (typeof v === "number" ? v : odd[v]));

const given = Object.entries(golden.inputs).map(([name, values]) => {
  const { shape, dtype } = values;
  return [name, core.tensor(numbersOf(values), { shape, dtype })] as const;
});
const names = {
  ...core,
  ...numeric,
  ...linalg,
  ...nn,
  ...Object.fromEntries(given),
  double: { dtype: "float64" },
  random: core.rng(1),
};

const compositions = [...opInfo].flatMap(([name, answer]) =>
  answer.kind === "composition" ? [[name, answer.code] as const] : [],
);

test("PyTorch computed all compositions", () => {
  expect(Object.keys(golden.values)).toEqual(compositions.map(([name]) => name));
});

test.each(compositions)("%s: %s", (name, code) => {
  const [last = "", ...before] = code.split("; ").reverse();
  const body = [...before.reverse(), `return ${last}`].join("; ");
  const made: unknown = new Function(...Object.keys(names), body)(...Object.values(names));
  const results: unknown[] = Array.isArray(made) ? made : [made];
  const expected = golden.values[name] ?? [];
  expect(results.length).toBe(expected.length);
  for (const [k, result] of results.entries()) {
    if (!(result instanceof core.Tensor)) throw new Error(`expected a tensor of ${code}`);
    const [want, got] = [numbersOf(expected[k]!), [...elements(result.ndarray())]];
    expect(result.shape).toEqual(expected[k]?.shape);
    for (const [i, v] of want.entries())
      if (Number.isFinite(v)) expect(Math.abs(got[i]! - v)).toBeLessThan(1e-9 * (1 + Math.abs(v)));
      else expect(got[i]).toBe(v);
  }
});
