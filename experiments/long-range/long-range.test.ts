/**
 * @file The tasks are what they are said to be, attention in pieces is attention, growth is fitted
 * right, and records come back as tables with no training.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  noGrad,
  normal,
  rng,
  scope,
  setBackend,
  square,
  sum,
  type Tensor,
  valueAndGrad,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { Paramixer } from "@spm/models";
import { MultiHeadAttention } from "@spm/nn";
import { wasm } from "@spm/wasm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AttentionInPieces, contenderNames } from "./contenders.ts";
import { rowsOf } from "./findings.ts";
import { exponent, overtakes } from "./growth.ts";
import { longRange } from "./long-range.ts";
import { mixingPicture } from "./mixing-picture.ts";
import type { CostRecord, ErrorRecord } from "./records.ts";
import { floors, taskOf } from "./tasks.ts";
import { contenderFor } from "./training.ts";

beforeAll(async () => setBackend(await wasm({ bytes: 2 ** 28 })));

const folder = mkdtempSync(join(tmpdir(), "spm-long-range-"));
afterAll(() => rmSync(folder, { recursive: true }));

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

test.each(["adding", "maximum"] as const)(
  "%s asks of two marked numbers, one a half",
  async (name) => {
    const [n, count] = [4, 10_000];
    const { x, y } = (await taskOf(name, n, 1)).draw(count, rng(1));
    const [xs, ys] = [numbers(x), numbers(y)];
    const answer = { adding: (a: number, b: number) => (a + b) / 2, maximum: Math.max }[name];
    let [wrong, apart] = [0, 0];
    const pairs = ys.map((y, b) => {
      const marked = Array.from({ length: n }, (_, i) => i).filter(
        (i) => xs[(b * n + i) * 2 + 1] === 1,
      );
      const [i = n, j = 0] = marked;
      wrong += Number(marked.length !== 2 || i >= n / 2 || j < n / 2);
      const [first = 0, second = 0] = marked.map((i) => xs[(b * n + i) * 2] ?? 0);
      apart = Math.max(apart, Math.abs(y - answer(first, second)));
      return [first, second, y] as const;
    });
    expect(wrong).toBe(0);
    expect(apart).toBeLessThan(1e-6);
    const middle = mean(ys);
    expect(mean(ys.map((v) => (v - middle) ** 2))).toBeCloseTo(floors[name].constant, 2);
    // the best sum of functions of either number: E(max | a) = (a + 1)²/4, less the mean each
    const best = ([a, b]: readonly [number, number, number]): number =>
      name === "adding" ? (a + b) / 2 : ((a + 1) ** 2 + (b + 1) ** 2) / 4 - 1 / 3;
    expect(mean(pairs.map((p) => (p[2] - best(p)) ** 2))).toBeCloseTo(floors[name].additive, 2);
  },
);

test("digits are 784 grey values, and nobody trains on those held out", async () => {
  const task = await taskOf("digits", 128, 50);
  const { x, y } = task.draw(3, rng(1));
  expect([x.shape, y.shape, task.length]).toEqual([[3, 784, 1], [3], 784]);
  const { x: held } = task.heldOut("validation", 2);
  const seen = numbers(task.draw(200, rng(2)).x);
  const first = numbers(held).slice(0, 784);
  for (let b = 0; b < 200; b++) expect(seen.slice(b * 784, (b + 1) * 784)).not.toEqual(first);
});

test("attention in pieces has the numbers and gradients of attention", () => {
  const own = new AttentionInPieces(4, 5, rng(1));
  const usual = new MultiHeadAttention(4, { heads: 1, random: rng(1) });
  const x = normal(rng(2), [2, 13, 4]);
  const [a, b] = [own, usual].map((layer) =>
    valueAndGrad(() => sum(square(layer.forward(x))), layer.parameters()),
  );
  expect(a?.grads).toHaveLength(8);
  for (const [k, grad] of (a?.grads ?? []).entries())
    for (const [i, v] of numbers(grad).entries())
      expect(v).toBeCloseTo(numbers(b?.grads[k] as Tensor)[i] ?? Number.NaN, 4);
});

test.each(contenderNames)("%s answers every sequence", async (name) => {
  const task = await taskOf("maximum", 6, 1);
  const model = contenderFor(name, task, 4, 1);
  const { x } = task.draw(3, rng(1));
  expect(scope(() => noGrad(() => model.forward(x))).shape).toEqual([3, 1]);
});

test("the dense matrix of a model as a picture", () => {
  const model = new Paramixer({
    features: 2,
    length: 6,
    width: 4,
    outputs: 1,
    layers: 2,
    random: rng(1),
  });
  const svg = mixingPicture(model, normal(rng(2), [3, 6, 2]), "six positions");
  expect(svg).toContain("six positions");
  expect(svg).toContain("6 inputs");
});

test("exponents and crossings of known powers", () => {
  const power = (p: number, c = 1) =>
    [512, 2048, 4096, 8192].map((n) => ({ n, value: c * n ** p }));
  expect(exponent(power(1.5), 2048)).toBeCloseTo(1.5, 10);
  expect(exponent([{ n: 1, value: 9 }, ...power(2)], 2)).toBeCloseTo(2, 10);
  expect(exponent(power(2), 8192)).toBeUndefined();
  expect(overtakes(power(1, 3000), power(2))).toBe(4096);
  expect(overtakes(power(1, 1e9), power(2))).toBeUndefined();
  expect(overtakes(power(2, 3000), power(1).slice(0, 1))).toBe(2048);
});

test("records of runs become tables, each row at the rate that validates best", async () => {
  const error = (rate: number, seed: number, validation: number, test: number): ErrorRecord => ({
    ...{
      task: "maximum",
      contender: "cdil",
      n: 128,
      width: 16,
      batch: 10,
      steps: 5,
      parameters: 7,
    },
    ...{ rate, seed, validation, test, curve: [0.5, 0.25], seconds: 1 },
  });
  const errors = [error(0.01, 1, 0.2, 0.1), error(0.003, 1, 0.05, 0.3), error(0.003, 2, 0.06, 0.4)];
  expect(rowsOf(errors).best.map(({ rate, records }) => [rate, records.length])).toEqual([
    [0.003, 2],
  ]);
  const cost = (n: number): CostRecord => ({
    ...{ contender: "cdil", backend: "wasm simd", n, width: 16, batch: 1 },
    ...{ bytes: 10 * n, seconds: [n / 1e6] },
  });
  const write = (name: string, experiment: string, part: object): void => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "config.json"), JSON.stringify({ experiment }));
    writeFileSync(join(folder, name, "results.json"), JSON.stringify(part));
  };
  write("a/1", "long-range", { errors, costs: [] });
  write("b", "long-range", { errors: [], costs: [cost(2048), cost(4096)] });
  write("c", "flow", { plane: [] });
  const trial = { seed: 1, signal: new AbortController().signal, log: () => {} };
  const read = (from: string) =>
    longRange.run({ ...trial, settings: { ...longRange.settings, from } });
  const { sections, results } = await read(folder);
  expect(results).toEqual({ errors, costs: [cost(2048), cost(4096)] });
  const rows = (heading: string) =>
    sections.find((s) => s.heading.startsWith(heading))?.table?.rows;
  expect(rows("maximum: error")?.[0]?.slice(4)).toEqual(["0.003", "0.300, 0.400", "0.350"]);
  expect(rows("Growth")).toEqual([["cdil", "n^1.00", "n^1.00", "–"]]);
  mkdirSync(join(folder, "none"));
  await expect(read(join(folder, "none"))).rejects.toThrow("a folder with runs of long-range");
});
