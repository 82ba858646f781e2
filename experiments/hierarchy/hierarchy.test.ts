/** @file The hierarchy: its samples, its networks, its small form, and records read back. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noGrad, rng, setBackend, tensor } from "@spm/core";
import { pairingFromData } from "@spm/mixer/analysis";
import { wasm } from "@spm/wasm";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  randomHierarchy,
  rightGroups,
  sequenceTensors,
  sidesTold,
} from "../parts/random-hierarchy.ts";
import { chosenRows } from "./findings.ts";
import { hierarchy } from "./hierarchy.ts";
import { type NetName, netOf } from "./nets.ts";
import type { Records, TrainingRecord } from "./records.ts";
import { readRows } from "./rows.ts";

beforeAll(async () => setBackend(await wasm({ bytes: 2 ** 28 })));

const folder = mkdtempSync(join(tmpdir(), "spm-hierarchy-"));
afterAll(() => rmSync(folder, { recursive: true }));

const trial = { seed: 1, signal: new AbortController().signal, log: () => {} };

test("siblings allow v · m pairs of symbols, others more; the parts of the data are apart", () => {
  const [n, v, m] = [8, 6, 3];
  const { places, draw } = randomHierarchy({ n, v, m, noise: 0 }, 1);
  const { symbols, labels } = draw("training", 3000);
  const pairsOf = (place: number, other: number): number => {
    const [i, j] = [place, other].map((one) => places.indexOf(one)) as [number, number];
    const seen = Array.from(labels, (_, k) => [symbols[k * n + i], symbols[k * n + j]].join());
    return new Set(seen).size;
  };
  for (let place = 0; place < n; place += 2) {
    expect(pairsOf(place, place + 1)).toBeLessThanOrEqual(v * m);
    expect(pairsOf(place, (place + 2) % n)).toBeGreaterThan(v * m);
  }
  for (let label = 0; label < v; label++)
    expect(labels.filter((one) => one === label).length).toBeGreaterThan(400);
  const again = randomHierarchy({ n, v, m, noise: 0 }, 1);
  expect(again.draw("training", 3000)).toEqual({ symbols, labels });
  expect(again.draw("test", 3000).symbols).not.toEqual(symbols);
  expect(() => randomHierarchy({ n: 6, v, m, noise: 0 }, 1)).toThrow("n as a power of two");
  expect(() => randomHierarchy({ n, v, m: 7, noise: 0 }, 1)).toThrow("at most v = 6 rules");
});

test("noise replaces its share of the symbols", () => {
  const sizes = { n: 16, v: 8, m: 4 };
  const [clean, noisy] = [0, 0.25].map((noise) => randomHierarchy({ ...sizes, noise }, 2));
  const pairs = (made: typeof clean): number => {
    const { symbols = new Int32Array() } = made?.draw("training", 4000) ?? {};
    const [i = 0, j = 0] = [0, 1].map((place) => made?.places.indexOf(place) ?? 0);
    return new Set(
      Array.from({ length: 4000 }, (_, k) => [symbols[k * 16 + i], symbols[k * 16 + j]].join()),
    ).size;
  };
  expect([pairs(clean) <= 32, pairs(noisy)]).toEqual([true, 64]);
});

test("the found order with its sides told is that of the hierarchy", () => {
  const made = randomHierarchy({ n: 16, v: 8, m: 4, noise: 0 }, 3);
  const { x, y } = sequenceTensors(made.draw("training", 2000));
  const found = pairingFromData(x, y, { permutations: 0 });
  expect(rightGroups(found, made.places)).toEqual([8, 4, 2, 1].map((of) => ({ right: of, of })));
  const order = sidesTold(found, made.places).map((input) => made.places[input]);
  expect(order).toEqual(Array.from({ length: 16 }, (_, place) => place));
});

test("networks answer every sequence, and have the numbers that the page names", () => {
  const sizes = { n: 8, v: 6, channels: 16, hidden: 32, random: rng(1) };
  const x = tensor(
    Int32Array.from({ length: 24 }, (_, k) => k % 6),
    { shape: [3, 8] },
  );
  const numbers = (["mixer", "butterflies", "tree", "convolution", "dense 64"] as NetName[]).map(
    (name) => {
      const net = netOf(name, sizes);
      expect(noGrad(() => net.forward(x)).shape).toEqual([3, 6]);
      return net.parameterCount();
    },
  );
  expect(numbers).toEqual([9222, 7686, 8102, 4774, 11846]);
});

test("rows by their names", () => {
  expect(readRows("mixer found, dense 64")).toEqual([
    { name: "mixer found", net: "mixer", order: "found" },
    { name: "dense 64", net: "dense 64", order: "given" },
  ]);
  for (const text of ["mixer", "mixer sideways", "dense", "dense 0.5", "mlp true"])
    expect(() => readRows(text)).toThrow('rows like "dense 64"');
});

test("the small form: the pairs are found, and a mixer gains by them", async () => {
  const settings = { ...hierarchy.settings, ...hierarchy.quick };
  const { results, sections } = await hierarchy.run({ ...trial, settings });
  const { trainings, pairings } = results as unknown as Records;
  expect(pairings.map(({ right }) => right)).toEqual([[4, 2, 1].map((of) => ({ right: of, of }))]);
  const test = (name: string): number => trainings.find(({ row }) => row === name)?.test ?? 0;
  expect(test("mixer found")).toBeGreaterThan(test("mixer given") + 0.1);
  const picture = sections.find(({ figure }) => figure?.name.startsWith("found-"))?.figure?.svg;
  expect(picture).toContain("mixer, pairs found");
});

test("records of runs make the tables, each row at the rate that validates best", async () => {
  const record = (
    seed: number,
    rate: number,
    validation: number,
    test: number,
  ): TrainingRecord => ({
    ...{ row: "mixer found", n: 8, v: 6, m: 3, noise: 0, samples: 1000, steps: 5 },
    ...{ parameters: 9222, seen: 1, seconds: 1 },
    ...{ seed, rate, validation, test },
  });
  const own = [record(1, 0.01, 0.9, 0.8), record(1, 0.02, 0.95, 0.7), record(1, 0.04, 0.4, 0.99)];
  const others = [record(2, 0.02, 0.1, 0.6), record(3, 0.02, 0.1, 0.5)];
  expect(chosenRows([...own, ...others])).toMatchObject([
    { rate: 0.02, edge: false, records: [{ test: 0.7 }, { test: 0.6 }, { test: 0.5 }] },
  ]);
  for (const [name, trainings] of Object.entries({ a: own, b: others })) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "config.json"), JSON.stringify({ experiment: "hierarchy" }));
    writeFileSync(join(folder, name, "results.json"), JSON.stringify({ trainings, pairings: [] }));
  }
  const { sections } = await hierarchy.run({
    ...trial,
    settings: { ...hierarchy.settings, from: folder },
  });
  expect(sections[0]?.table?.rows).toEqual([
    ["mixer found", "9,222", "0.02", "70.0, 60.0, 50.0", "60.0", "100.0", "1"],
  ]);
  expect(sections[1]?.table?.rows[0]).toEqual(["mixer found", "1,000", "90.0", "95.0", "40.0"]);
});
