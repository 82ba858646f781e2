/** @file What stands for a projection, fits by rate, and a report of earlier runs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { matmul, normal, rng, type Tensor, transpose } from "@spm/core";
import { elements } from "@spm/core/extend";
import { BlockDiagonal, Linear } from "@spm/nn";
import { expect, test } from "vitest";
import { rotorsFindings } from "./findings.ts";
import { fitted } from "./fit.ts";
import { Replaceable } from "./language-model.ts";
import { type Outcome, readOutcomes } from "./outcomes.ts";
import { replacementNames, replacements } from "./replacements.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

test("every row has the numbers of parameters that it is compared at, 64 → 64", () => {
  const counts = replacementNames.map((name) => replacements[name]?.(64, rng(1)).parameterCount());
  expect(counts).toEqual([undefined, 128, 512, 256, 512, 192, 320, 896, 16, 31, 255]);
});

test("what stands for a map is called in its place, and its bias stays", () => {
  const dense = new Linear(4, 4, { random: rng(1) });
  dense.bias?.assign(normal(rng(2), [4]));
  const map = new Replaceable(dense);
  const x = normal(rng(3), [2, 4]);
  const before = numbers(map.forward(x));
  map.replace((y) => matmul(y, transpose(dense.weight)));
  expect(numbers(map.forward(x))).toEqual(before);
  map.replace((y) => y);
  expect(numbers(map.forward(x))).not.toEqual(before);
  map.replace(null);
  expect(numbers(map.forward(x))).toEqual(before);
});

test("the best rate of a fit wins, and a map of the class is found", async () => {
  const make = (seed: number) =>
    new BlockDiagonal(8, 8, { blocks: 4, bias: false, random: rng(seed) });
  const target = make(1);
  const samples = (seed: number) => {
    const x = normal(rng(seed), [256, 8]);
    return { x, y: target.forward(x) };
  };
  const { signal } = new AbortController();
  const options = { rates: [1e-5, 0.1], steps: 100, batch: 32, seed: 2, signal };
  const found = await fitted(() => make(7), samples(3), samples(4), options);
  expect(found?.best.rate).toBe(0.1);
  expect(found?.best.error).toBeLessThan(0.05);
  expect(found?.fits[0]?.error).toBeGreaterThan(0.5);
});

test("results of several runs make one report", () => {
  const folder = mkdtempSync(join(tmpdir(), "spm-rotors-"));
  const outcome = (seed: number, loss: number): Outcome => ({
    name: "rotor-2",
    seed,
    parameters: 31,
    nats: 2,
    fits: [1, 2, 3].map((k) => ({ error: k / 10, rate: 0.03, seconds: 0.004, byRate: [] })),
    losses: [2.01, 2.02, loss],
  });
  try {
    for (const seed of [1, 2]) {
      mkdirSync(join(folder, `run-${seed}`));
      const results = { outcomes: [outcome(seed, 2 + seed / 10)] };
      writeFileSync(join(folder, `run-${seed}`, "results.json"), JSON.stringify(results));
    }
    const { summary, sections } = rotorsFindings(readOutcomes(folder));
    expect(summary).toContain("rotor-2 +0.1500 (31)");
    expect(sections[0]?.table?.rows).toEqual([
      ["rotor-2", "31", "+0.0100", "+0.0200", "+0.1500 (+0.1000 to +0.2000)", "4.00"],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
