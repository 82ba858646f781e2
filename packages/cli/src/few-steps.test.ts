/** @file The warning of few steps: its figures, and that its advice is enough. */
import { expect, test } from "vitest";
import { fewSteps } from "./few-steps.ts";

test("counts steps as a training does, and advises flags that take at least 500", () => {
  expect(fewSteps({ epochs: 3, batchSize: 128, accumulate: 1 }, 240)).toBe(
    "3 steps in all, each on 128 of the 240 training samples, are few to learn from: " +
      "--batch-size 32 --epochs 72 takes 504",
  );
  expect(fewSteps({ epochs: 1, batchSize: 16, accumulate: 4 }, 60)).toBe(
    "1 step in all, each on 16 of the 60 training samples, are few to learn from: " +
      "--epochs 500 takes 500",
  );
  expect(fewSteps({ epochs: 99, batchSize: 30, accumulate: 1 }, 59)).toContain("99 steps in all");
  expect(fewSteps({ epochs: 100, batchSize: 30, accumulate: 1 }, 59)).toBeUndefined();
  expect(fewSteps({ epochs: 3, batchSize: 128, accumulate: 1 }, 60_000)).toBeUndefined();
});
