/**
 * @file The water of the experiment: its gradients, its statistics at 300 K, frames that are saved
 * and read again; the network of distances as large as TensorNet, and invariant.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rng } from "@spm/core";
import { elements } from "@spm/core/extend";
import { afterAll, expect, test } from "vitest";
import { contenders } from "./contenders.ts";
import { driftOf } from "./dynamics.ts";
import { moleculesFindings } from "./findings.ts";
import { batchOf, labelled, positionsOf, splitFrames } from "./frames.ts";
import { molecules } from "./molecules.ts";
import type { TrainingRecord } from "./records.ts";
import { sampleTrimers } from "./sampler.ts";
import { predict } from "./training.ts";
import { COORDINATES, waterEnergy } from "./water.ts";

const work = mkdtempSync(join(tmpdir(), "spm-molecules-"));
afterAll(() => rmSync(work, { recursive: true }));

const sampling = { relax: 300, burnIn: 300, apart: 100, snapshots: 3 };
const sampled = sampleTrimers("pairs", 8, sampling, rng(1), async () => true);

test.each(["pairs", "three-body"] as const)(
  "%s: the gradient is that of differences",
  async (kind) => {
    const { positions } = await sampled;
    const [gradient, unused] = [new Float64Array(COORDINATES), new Float64Array(COORDINATES)];
    for (const frame of [0, 7, 20]) {
      const x = positions.slice(frame * COORDINATES, (frame + 1) * COORDINATES);
      waterEnergy(kind, x, gradient);
      for (const k of x.keys()) {
        const at = (h: number): number => waterEnergy(kind, x.with(k, x[k]! + h), unused);
        expect(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5 - gradient[k]!)).toBeLessThan(1e-6);
      }
      for (let k = 0; k < 3; k++) {
        const total = gradient.reduce((sum, g, at) => (at % 3 === k ? sum + g : sum), 0);
        expect(Math.abs(total)).toBeLessThan(1e-9);
      }
    }
  },
);

test("the three-body term is one: it is 0 where the third oxygen is far", async () => {
  const { positions } = await sampled;
  const [x, gradient] = [positions.slice(0, COORDINATES), new Float64Array(COORDINATES)];
  const term = (): number =>
    waterEnergy("three-body", x, gradient) - waterEnergy("pairs", x, gradient);
  expect(term()).toBeGreaterThan(0.1);
  for (let k = 18; k < 27; k += 3) x[k]! += 10;
  expect(term()).toBe(0);
});

test("frames at 300 K have the energies and forces of the published field", async () => {
  const { energies, forces } = await sampled;
  const mean = energies.reduce((sum, e) => sum + e / energies.length, 0);
  expect(Math.abs(mean - -11.5)).toBeLessThan(2);
  const squares = forces.reduce((sum, f) => sum + (f * f) / forces.length, 0);
  expect(Math.abs(Math.sqrt(squares) - 17.7)).toBeLessThan(3);
});

test("saved frames are read again, and sampled again for another origin", async () => {
  const lines: string[] = [];
  const source = {
    ...{ trimers: 4, sampling: { relax: 10, burnIn: 5, apart: 2, snapshots: 2 }, seed: 3 },
    folder: join(work, "data"),
    log: (line: string) => void lines.push(line),
    signal: new AbortController().signal,
  };
  const first = await positionsOf(source);
  expect(lines).toHaveLength(4);
  expect(lines.at(-1)).toBe(`trimers ${"█".repeat(20)} 4 of 4`);
  expect(await positionsOf(source)).toEqual(first);
  expect(lines).toHaveLength(4);
  expect((await positionsOf({ ...source, trimers: 5 })).length).toBe((5 / 4) * first.length);
  expect(lines).toHaveLength(8);
});

test("frames of a trimer are in one group", () => {
  const { train, validation, test: last } = splitFrames(400, 5);
  expect([train.length, validation.length, last.length]).toEqual([1500, 200, 300]);
  expect(new Set([...train, ...validation, ...last].map((i) => Math.floor(i / 5))).size).toBe(400);
  expect(train.at(-1)).toBe(1499);
});

test("the contenders are of one size; what knows no coordinates knows no rotation", async () => {
  const { positions } = await sampled;
  const frames = labelled("pairs", positions);
  const quarterTurn = [0, -1, 0, 1, 0, 0, 0, 0, 1];
  const made = (["tensornet", "distances", "coordinates"] as const).map((name) => {
    const contender = contenders[name]({
      width: 16,
      layers: 1,
      scale: 1,
      shift: 0,
      random: rng(1),
    });
    const [a, b] = [batchOf(frames, [0, 4]), batchOf(frames, [0, 4], () => quarterTurn)].map(
      (batch) => Array.from(elements(predict(contender, batch).energies.ndarray())),
    );
    const change = Math.max(...a!.map((e, i) => Math.abs(e - b![i]!)));
    return { name, size: contender.module.parameterCount(), change };
  });
  const size = (name: string): number => made.find((one) => one.name === name)?.size ?? 0;
  expect(size("tensornet")).toBe(9265);
  for (const name of ["distances", "coordinates"])
    expect(Math.abs(size(name) / 9265 - 1)).toBeLessThan(0.05);
  for (const { name, change } of made)
    if (name === "coordinates") expect(change).toBeGreaterThan(1e-3);
    else expect(change).toBeLessThan(1e-4);
});

test("the drift is a slope in kcal/mol per ps", () => {
  const times = [0, 500, 1000];
  const energies = [
    [1, -1],
    [1.5, -2],
    [2, -3],
  ];
  expect(driftOf({ times, energies })).toEqual({ slope: -0.5, size: 1.5, furthest: 2 });
});

test("a report of earlier runs is the one that they had", async () => {
  const trial = { seed: 2, signal: new AbortController().signal, log: () => {} };
  const small = { ...molecules.settings, ...molecules.quick, models: "distances,coordinates" };
  const found = await molecules.run({ ...trial, settings: small });
  const out = join(work, "runs", "one");
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "config.json"), JSON.stringify({ experiment: "molecules" }));
  writeFileSync(join(out, "results.json"), JSON.stringify(found.results));
  const again = { ...small, from: join(work, "runs") };
  expect(await molecules.run({ ...trial, settings: again })).toEqual(found);
  await expect(
    molecules.run({ ...trial, settings: { ...again, from: join(work, "data") } }),
  ).rejects.toThrow("a folder with runs of molecules");
});

test("what there is of trainings is reported: mixers alone, or few frames alone", () => {
  const errors = { energy: 1, force: 2 };
  const record = (model: TrainingRecord["model"], frames: number): TrainingRecord => ({
    ...{ set: "three-body", model, frames, seed: 1, width: 16, parameters: 9, rate: 0.01 },
    ...{ tried: [], curve: [{ step: 4, seconds: 1, ...errors }], dynamics: null },
    ...{ test: errors, turned: errors, constant: errors },
  });
  const mixers = moleculesFindings([record("tensornet-general", 8)]);
  expect(mixers.summary).toContain("three-body, 8 frames: tensornet-general 2.00");
  const few = moleculesFindings([
    record("tensornet", 4),
    record("tensornet", 6),
    record("tensornet-general", 8),
  ]);
  expect(few.sections.map(({ heading }) => heading)).toContain("Learning curve, three-body");
  expect(few.summary).toContain("6 frames: tensornet 2.00");
  expect(moleculesFindings([]).summary).toBe("Interrupted before anything was measured.");
});
