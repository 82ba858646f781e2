/** @file The floor against its closed forms, lines and their intervals, the sets, saved runs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rng } from "@spm/core";
import { elements } from "@spm/core/extend";
import type { Json } from "@spm/trainer";
import { afterAll, expect, test } from "vitest";
import { runExperiment } from "../parts/run-experiment.ts";
import { collapse } from "./collapse.ts";
import { unconstrainedFloor } from "./floor.ts";
import { onPlane } from "./plane.ts";
import { lineThrough, studentT } from "./slope.ts";
import { digits, genres } from "./training-sets.ts";

const work = mkdtempSync(join(tmpdir(), "spm-collapse-"));
afterAll(() => rmSync(work, { recursive: true }));

test("the floor of cross entropy is a simplex's, of the least loss by its one number", () => {
  const [classes, lambda] = [5, 0.005];
  // logits w for the own class, −w/(C − 1) for the others; ‖W‖² = C w²
  const simplex = (w: number): number =>
    Math.log1p((classes - 1) * Math.exp((-w * classes) / (classes - 1))) +
    (lambda / 2) * classes * w * w;
  const least = Math.min(...Array.from({ length: 20_000 }, (_, k) => simplex(k / 2000)));
  const { loss, metrics } = unconstrainedFloor("CE", classes, 8, lambda);
  expect(Math.abs(loss - least)).toBeLessThan(1e-7);
  expect(metrics.nc2Means + metrics.nc2Weights + metrics.nc3Duality).toBeLessThan(1e-5);
});

test("that of squared errors has orthogonal features, whose centred means are a simplex", () => {
  const [classes, lambda] = [5, 0.005];
  const { loss, metrics } = unconstrainedFloor("MSE", classes, 8, lambda);
  const each = lambda * classes;
  expect(Math.abs(loss - each / (1 + each) / 2)).toBeLessThan(1e-9);
  expect(metrics.nc2Means).toBeLessThan(1e-5);
  expect(metrics.nc2Weights).toBeGreaterThan(0.1);
});

test("lines have their slope, and an interval by Student's t", () => {
  const line = lineThrough([
    [0, 1],
    [1, 3],
    [2, 4],
    [3, 8],
  ]);
  expect(line?.slope).toBeCloseTo(2.2, 12);
  // residuals 0.3, 0.1, −1.1, 0.7: σ² = 1.8/2, over Σ(x − x̄)² = 5, times 4.303
  expect(line?.half).toBeCloseTo(4.303 * Math.sqrt(0.9 / 5), 10);
  expect(
    lineThrough([
      [1, 2],
      [1, 3],
    ]),
  ).toBeUndefined();
  expect(
    lineThrough([
      [1, 2],
      [2, 3],
    ])?.half,
  ).toBeNaN();
  for (const [freedom, t] of [
    [1, 12.706],
    [3, 3.182],
    [5, 2.571],
    [19, 2.093],
    [100, 1.984],
  ] as const)
    expect(Math.abs(studentT(freedom) / t - 1)).toBeLessThan(0.01);
});

test("the sets have as many samples of each class, others for another seed", async () => {
  const { x, y, classes } = await digits(3, false, rng(1));
  expect([x.shape, classes]).toEqual([[30, 64], 10]);
  expect([...elements(y.ndarray())]).toEqual(
    Array.from({ length: 30 }, (_, k) => Math.floor(k / 3)),
  );
  const values = [...elements(x.ndarray())];
  expect(Math.min(...values)).toBe(0);
  expect(Math.max(...values)).toBeLessThanOrEqual(1);
  const other = await digits(3, false, rng(2));
  expect([...elements(other.x.ndarray())]).not.toEqual(values);
  expect((await digits(1, true, rng(1))).x.shape).toEqual([10, 784]);
  const texts = await genres(2, { words: 6, vocabulary: 50 }, rng(1));
  expect([texts.x.shape, texts.classes]).toEqual([[10, 6], 5]);
  expect(Math.max(...elements(texts.x.ndarray()))).toBeLessThan(50);
});

test("three classes stand on the plane of their means at the end", () => {
  const corner = (k: number): number[] => [0, 1, 2, 3].map((i) => Number(i === k));
  const at = (scale: number) =>
    Float64Array.from([0, 1, 2].flatMap((k) => corner(k).map((v) => v * scale)));
  const planes = onPlane(
    [
      { step: 0, features: at(0.5) },
      { step: 9, features: at(1) },
    ],
    [0, 1, 2],
  );
  const last = planes[1]?.classes.map(([x = 0, y = 0]) => [x, y] as const) ?? [];
  const distance = (a: number, b: number): number => {
    const [[x, y], [u, v]] = [last[a] ?? [0, 0], last[b] ?? [0, 0]];
    return Math.hypot(x - u, y - v);
  };
  for (const [a, b] of [
    [0, 1],
    [1, 2],
    [0, 2],
  ] as const)
    expect(distance(a, b)).toBeCloseTo(Math.SQRT2, 2);
});

test("nets that ran apart make the page of those that ran together, without training", async () => {
  const settings = { rows: "resnet-1", depths: "1,2", seeds: 1, each: 2, steps: 4 };
  const { signal } = new AbortController();
  const run = async (name: string, given: Record<string, string | number>) => {
    const options = { seed: 1, command: "spm experiment", signal, log: () => {} };
    const out = join(work, name);
    return (await runExperiment(collapse, { ...options, settings: given, out })).findings;
  };
  const together = await run("together", settings);
  const apart = join(work, "apart");
  const nets = together.results.nets as readonly Json[];
  for (const [k, net] of nets.entries()) {
    mkdirSync(join(apart, `job-${k}`), { recursive: true });
    const write = (name: string, value: object): void =>
      writeFileSync(join(apart, `job-${k}`, name), JSON.stringify(value));
    write("config.json", { experiment: "collapse" });
    write("results.json", { nets: [net], failures: [] });
  }
  const joined = await run("joined", { from: apart });
  expect(joined.summary).toBe(together.summary);
  expect(joined.sections.map(({ table }) => table)).toEqual(
    together.sections.map(({ table }) => table),
  );
});
