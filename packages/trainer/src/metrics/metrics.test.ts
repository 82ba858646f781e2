import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accuracyOf, classScores, confusionMatrix, macroF1 } from "./confusion.ts";
import { calibrationError, perplexity, topKAccuracy } from "./ranking.ts";

describe("the confusion matrix", () => {
  // scikit-learn's documentation of classification_report: y_true = [0, 1, 2, 2, 2], y_pred =
  // [0, 0, 2, 2, 1]
  const confusion = confusionMatrix([0, 0, 2, 2, 1], [0, 1, 2, 2, 2], 3);

  test("counts by actual and predicted class", () => {
    expect(confusion).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [0, 1, 2],
    ]);
    expect(accuracyOf(confusion)).toBe(0.6);
  });

  test("gives scikit-learn's scores", () => {
    const rounded = classScores(confusion).map(({ precision, recall, f1, support }) =>
      [precision, recall, f1, support].map((v) => Number(v.toFixed(2))),
    );
    expect(rounded).toEqual([
      [0.5, 1, 0.67, 1],
      [0, 0, 0, 1],
      [1, 0.67, 0.8, 3],
    ]);
    expect(macroF1(confusion)).toBeCloseTo(0.49, 2);
  });

  test("says what does not fit", () => {
    expect(() => confusionMatrix([0], [0, 1], 2)).toThrow(
      "confusionMatrix: expected 2 predictions, got 1",
    );
    expect(() => confusionMatrix([2], [0], 2)).toThrow("classes in [0, 2), got 2 for 0 at 0");
    expect(accuracyOf([[0]])).toBeNaN();
  });
});

describe("top-k accuracy", () => {
  const logits = [1, 2, 3, 3, 2, 1, 0, 0, 0];
  test("grows with k to 1, and a tie ranks last", () => {
    expect([1, 2, 3].map((k) => topKAccuracy(logits, [2, 1, 0], k))).toEqual([1 / 3, 2 / 3, 1]);
    expect(() => topKAccuracy(logits, [2, 1, 0], 4)).toThrow("a whole k in [1, 3], got 4");
    expect(() => topKAccuracy(logits, [0, 1], 1)).toThrow("logits of [2, classes], got 9 of them");
    expect(() => topKAccuracy(logits, [0, 1, 3], 1)).toThrow("labels in [0, 3), got 3 at 2");
  });

  test("a NaN is never right by chance", () => {
    expect(topKAccuracy([Number.NaN, Number.NaN], [0], 1)).toBe(0);
  });
});

test("perplexity of a uniform guess is the number of choices", () => {
  expect(perplexity(Math.log(50))).toBeCloseTo(50, 10);
});

describe("calibration error", () => {
  test("by hand: two bins", () => {
    const odds = (p: number): number[] => [Math.log(p / (1 - p)), 0];
    // confidence 0.8, right once of two: |0.5 − 0.8|; confidence 0.6, right: |1 − 0.6|
    const logits = [...odds(0.8), ...odds(0.8), ...odds(0.6)];
    expect(calibrationError(logits, [0, 1, 0], { bins: 5 })).toBeCloseTo(
      (2 * 0.3 + 1 * 0.4) / 3,
      12,
    );
  });

  test("is in [0, 1] and does not see a shift of the logits", () => {
    const sample = fc.tuple(
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 3 }),
      fc.nat(2),
    );
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 20 }), (samples) => {
        const labels = samples.map(([, label]) => label);
        const error = calibrationError(
          samples.flatMap(([logits]) => logits),
          labels,
        );
        expect(error).toBeGreaterThanOrEqual(0);
        expect(error).toBeLessThanOrEqual(1);
        const shifted = calibrationError(
          samples.flatMap(([logits]) => logits.map((v) => v + 4)),
          labels,
          { bins: 1 },
        );
        expect(shifted).toBeCloseTo(
          calibrationError(
            samples.flatMap(([logits]) => logits),
            labels,
            { bins: 1 },
          ),
          9,
        );
      }),
    );
  });
});
