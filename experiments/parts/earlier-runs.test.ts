/** @file The results of earlier runs: those of one experiment, by the names of their folders. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { earlierRuns } from "./earlier-runs.ts";

const folder = mkdtempSync(join(tmpdir(), "spm-earlier-runs-"));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, experiment: string, results: object): void => {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "config.json"), JSON.stringify({ experiment }));
  writeFileSync(join(folder, name, "results.json"), JSON.stringify(results));
};

test("are joined by the names of their folders, other experiments' left out", () => {
  expect(() => earlierRuns(folder, "adaptive")).toThrow("expected a folder with runs of adaptive");
  write("b", "adaptive", { score: 2 });
  write("a", "adaptive", { score: 1 });
  write("c", "teacher", { score: 3 });
  writeFileSync(join(folder, "d.log"), "what the jobs printed");
  expect(earlierRuns(folder, "adaptive")).toEqual([{ score: 1 }, { score: 2 }]);
  expect(() => earlierRuns(join(folder, "none"), "adaptive")).toThrow("expected a folder");
  const file = join(folder, "c", "results.json");
  expect(() => earlierRuns(file, "adaptive")).toThrow("expected a folder");
});

test("that are cut short are named, and no matter to other experiments", () => {
  write("cut", "deep", {});
  const file = join(folder, "cut", "results.json");
  writeFileSync(file, '{"score": ');
  expect(() => earlierRuns(folder, "deep")).toThrow(`expected JSON, whole, got "${file}"`);
  expect(earlierRuns(folder, "teacher")).toEqual([{ score: 3 }]);
});
