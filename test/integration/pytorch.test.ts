/**
 * @file `python/spm_torch` beside our own: the same mixers, both ways, where a Python has PyTorch.
 */
import { expect, test } from "vitest";
import { full } from "../full.ts";
import { pythonWith } from "../python.ts";
import { differences, plainCases, rectangularCases, squareCases } from "../pytorch/layers.ts";
import { modelCases, thereAndBack } from "../pytorch/models.ts";

const python = pythonWith("torch");
if (python === null)
  process.stderr.write("PyTorch tests don't run: no torch; apt-get install python3-torch\n");

const rectangles = [
  [10, 3],
  [3, 10],
  [784, 256],
  [256, 784],
] as const;
const squares = [1, 2, 3, 5, 8, 17, 33];
const plainOf = ([inFeatures, outFeatures]: readonly [number, number]) =>
  plainCases(inFeatures, outFeatures);

test.runIf(python !== null)(
  "outputs and gradients of every kind, schedule and form",
  () => {
    const sizes = full ? Array.from({ length: 33 }, (_, k) => k + 1) : [1, 5, 8];
    const cases = [
      ...squareCases(sizes),
      ...rectangularCases(10, 3),
      ...rectangularCases(3, 10),
      ...(full ? rectangularCases(784, 256) : []),
      ...(full ? [...squares.map((n) => [n, n] as const), ...rectangles].flatMap(plainOf) : []),
    ];
    const found = differences(python ?? "", cases);
    const above = (dtype: string, bound: number): string[] =>
      found
        .filter((one) => one.dtype === dtype && !(one.error < bound))
        .map(({ what, error }) => `${what}: ${error}`);
    expect(found.length).toBeGreaterThan(10 * cases.length);
    expect(above("float64", 1e-12)).toEqual([]);
    expect(above("float32", 1e-5)).toEqual([]);
  },
  full ? 900_000 : 120_000,
);

test.runIf(python !== null)("models there and back in files", async () => {
  const found = await thereAndBack(python ?? "", modelCases());
  expect(found.length).toBe(9);
  for (const { name, there, back } of found) {
    expect(there, name).toBeLessThan(1e-5);
    expect(back, `${name}, back`).toBeLessThan(1e-5);
  }
});
