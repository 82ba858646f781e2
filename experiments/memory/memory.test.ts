/** @file Recurrences that keep norms, networks of as many numbers, and the sequences they read. */
import { eye, matmul, noGrad, norm, normal, rng, type Tensor, transpose, zeros } from "@spm/core";
import { elements } from "@spm/core/extend";
import { skewExponential } from "@spm/nn";
import { expect, test } from "vitest";
import { type MemoryAttempt, memoryFindings } from "./findings.ts";
import { numbersOf, rowNames, sequenceNet, widthOf } from "./recurrence.ts";
import { copyingBatch, copyingSizes, memoryless, PixelSequences } from "./tasks.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const sizes = { ...copyingSizes, width: 32 };

test.each(rowNames)("%s has the numbers that it says, at most the mixer's", (row) => {
  const own = { ...sizes, width: widthOf(row, sizes) };
  const net = sequenceNet(row, own, rng(1));
  expect(net.parameterCount()).toBe(numbersOf(row, own));
  expect(numbersOf(row, own)).toBeLessThanOrEqual(numbersOf("mixer", sizes));
  if (row !== "mixer" && row !== "one-stage")
    expect(numbersOf(row, { ...own, width: own.width + 1 })).toBeGreaterThan(
      numbersOf("mixer", sizes),
    );
});

test("at 512 the mixer has the numbers of the recipe", () => {
  expect(numbersOf("mixer", { ...copyingSizes, width: 512 })).toBe(12_553);
});

test.each(["mixer", "one-stage", "dense"] as const)("%s keeps the norm of its state", (row) => {
  const net = sequenceNet(row, sizes, rng(2));
  const bias = net.namedParameters().get("bias");
  bias?.assign(zeros([32]));
  const [x, nothing] = [normal(rng(3), [4, 10]), zeros([4, 10])];
  const states = noGrad(() => net.states([x, ...Array.from({ length: 50 }, () => nothing)]));
  const [before, after] = [states[0], states[50]].map((h) =>
    numbers(norm(h ?? nothing, { axis: 1 })),
  );
  for (const [k, value] of (after ?? []).entries()) expect(value).toBeCloseTo(before?.[k] ?? 0, 3);
  // and it is turned
  expect(numbers(states[50] ?? x)).not.toEqual(numbers(states[0] ?? x));
});

test("a skew-symmetric matrix has an orthogonal exponential", () => {
  const q = skewExponential(normal(rng(4), [(32 * 31) / 2], 0, 0.1));
  const product = numbers(matmul(q, transpose(q)));
  for (const [k, one] of numbers(eye(32)).entries()) expect(product[k]).toBeCloseTo(one, 4);
  expect(() => skewExponential(normal(rng(4), [5]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: skewExponential: expected n (n − 1) / 2 numbers, got [5]]`,
  );
});

test("what is to be copied comes first, the signal before the answers", () => {
  const { steps, y } = copyingBatch(rng(5), 7, 3);
  expect([steps.length, steps[0]?.shape, y.shape]).toEqual([27, [3, 10], [81]]);
  const said = (t: number): number[] => {
    const x = numbers(steps[t] ?? y);
    return [0, 1, 2].map((row) => x.slice(10 * row, 10 * row + 10).indexOf(1));
  };
  const answers = numbers(y);
  for (let k = 0; k < 10; k++) expect(answers.slice(3 * (17 + k), 3 * (18 + k))).toEqual(said(k));
  expect(answers.slice(0, 51).every((value) => value === 8)).toBe(true);
  expect([said(10), said(16), said(17)]).toEqual([
    [8, 8, 8],
    [9, 9, 9],
    [8, 8, 8],
  ]);
  expect(memoryless(7)).toBeCloseTo((10 * Math.log(8)) / 27, 10);
});

test("pixels are means of squares, in one order for all images", () => {
  const pixels = new Uint8Array(2 * 784);
  pixels.fill(255, 0, 784);
  pixels.fill(255, 784, 784 + 14); // half of the first row of the second
  const images = { pixels, labels: Uint8Array.of(3, 4), count: 2, features: 784, classes: 10 };
  const { steps, y } = new PixelSequences(images, 4).batch([0, 1]);
  const values = steps.map(numbers);
  expect([steps.length, numbers(y)]).toEqual([49, [3, 4]]);
  expect(values.every(([first]) => first === 1)).toBe(true);
  const second = values.map(([, value]) => value ?? 0).sort((a, b) => b - a);
  expect(second.slice(0, 5)).toEqual([0.25, 0.25, 0.25, 0.125, 0]);
  expect(values.findIndex(([, value]) => value === 0.125)).not.toBe(3); // not in reading order
});

test("a curve is the mean of the seeds, with the least and the most", () => {
  const attempt = (seed: number, loss: number): MemoryAttempt => ({
    ...{ row: "copy-5, mixer", task: "copy-5", method: "mixer", rate: 0.01, seed },
    ...{ validation: loss, test: loss, width: 8, parameters: 9, memoryless: 0.5, solvedAt: null },
    ...{ curve: [[1, loss]], seconds: 1 },
  });
  const { sections } = memoryFindings([attempt(1, 1), attempt(2, 3)]);
  expect(sections[0]?.figure?.svg).toContain("mixer: iteration 1, nats 2 (1 to 3)");
});
