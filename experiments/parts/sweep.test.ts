/** @file Which rate a row is reported at, from trainings of one run and of many. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Attempt, atBestRates, earlierAttempts, ratesSections, sweep } from "./sweep.ts";

const { signal } = new AbortController();
const attempt = (row: string, rate: number, seed: number, validation: number): Attempt => ({
  ...{ row, rate, seed, validation },
  test: 10 * validation,
});

test("all rates train from the first seed, the best of each row from the others", async () => {
  const rows = ["near", "far"].map((row) => ({ row, ownRate: 1, target: row === "near" ? 1 : 3 }));
  const asked: string[] = [];
  const found = await sweep(rows, { rates: "1,2,3", seeds: [7, 8], signal }, async (plans, seed) =>
    plans.map(({ row, rate, target }) => {
      asked.push(`${row} ${rate} ${seed}`);
      return attempt(row, rate, seed, Math.abs(rate - target));
    }),
  );
  expect(asked.filter((one) => one.endsWith("8"))).toEqual(["near 1 8", "far 3 8"]);
  expect(asked).toHaveLength(8);
  expect(atBestRates(found).map(({ row, rate, runs }) => [row, rate, runs.length])).toEqual([
    ["near", 1, 2],
    ["far", 3, 2],
  ]);
});

test("without rates each row trains at its own", async () => {
  const rows = [{ row: "one", ownRate: 0.5 }];
  const found = await sweep(rows, { rates: "", seeds: [1], signal }, async (plans, seed) =>
    plans.map(({ row, rate }) => attempt(row, rate, seed, 1)),
  );
  expect(found.map(({ rate }) => rate)).toEqual([0.5]);
  expect(ratesSections(atBestRates(found), "", String)).toEqual([]);
});

test("validation decides, not the test, and only seeds that tried every rate", () => {
  const runs = [
    { ...attempt("a", 0.01, 1, 2), test: 0 },
    attempt("a", 0.03, 1, 1),
    attempt("a", 0.03, 2, 100), // as if 0.01 had not been tried from seed 2
  ];
  const [best] = atBestRates([...runs, ...runs]); // what two jobs had in common counts once
  expect([best?.rate, best?.runs.map(({ seed }) => seed)]).toEqual([0.03, [1, 2]]);
  expect(best?.tried).toEqual([
    { rate: 0.01, validation: 2 },
    { rate: 0.03, validation: 1 },
  ]);
  // from both seeds 0.01 is the better one, in whatever order the runs come
  const [other] = atBestRates([attempt("a", 0.01, 2, 3), ...runs].reverse());
  expect([other?.rate, other?.runs.map(({ seed }) => seed)]).toEqual([0.01, [1, 2]]);
  expect(ratesSections(atBestRates(runs), "", String)[0]?.table?.rows).toEqual([["a", "2", "1 *"]]);
});

test("a training that failed is never the best, nor when it comes from a file", () => {
  const runs = [attempt("a", 1, 1, Number.NaN), attempt("a", 2, 1, 5)];
  expect(atBestRates(runs)[0]?.rate).toBe(2);
  const folder = mkdtempSync(join(tmpdir(), "spm-sweep-"));
  try {
    mkdirSync(join(folder, "run"));
    writeFileSync(join(folder, "run", "config.json"), JSON.stringify({ experiment: "some" }));
    writeFileSync(join(folder, "run", "results.json"), JSON.stringify({ attempts: runs }));
    expect(atBestRates(earlierAttempts(folder, "some"))[0]?.rate).toBe(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
