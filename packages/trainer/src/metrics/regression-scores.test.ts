import { expect, test } from "vitest";
import { regressionScores } from "./regression-scores.ts";

test("R² and errors are those of a worked example", () => {
  // scikit-learn's example of r2_score: 0.9486081370449679
  const { r2, rmse, mae } = regressionScores([2.5, 0, 2, 8], [3, -0.5, 2, 7]);
  expect(r2).toBeCloseTo(0.9486081370449679, 12);
  expect(rmse).toBeCloseTo(Math.sqrt(0.375), 12);
  expect(mae).toBe(0.5);
});

test("the mean has R² 0, equal numbers have none, lists of two lengths are refused", () => {
  expect(regressionScores([2, 2, 2], [1, 2, 3]).r2).toBe(0);
  expect(regressionScores([1, 2], [3, 3]).r2).toBeNaN();
  expect(() => regressionScores([1], [1, 2])).toThrow(/expected 2 predictions, got 1/);
});
