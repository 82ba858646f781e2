/** @file Which products are done by tiles. */
import { expect, test } from "vitest";
import type { WgslLauncher } from "../executor.ts";
import { planTiles } from "./tiled-matmul.ts";

const launcher = { invocations: 256, sharedBytes: 16_384 } as WgslLauncher;
const splitsOf = (m: number, k: number, n: number, ...batch: number[]): number | undefined => {
  const operand = { offset: 0, batch: batch.map(() => 1), matrix: [1, 1] } as const;
  const product = { m, k, n, batch, a: operand, b: operand, bias: null };
  return planTiles(launcher, product)?.splits;
};

test("few sums over a long axis are cut into parts, so that no thread adds all of it", () => {
  expect(splitsOf(1, 32_768, 1)).toBe(256);
  expect(splitsOf(2, 1024, 3)).toBe(8);
});

test("small products are done without tiles, large ones with them", () => {
  expect([splitsOf(12, 40, 9), splitsOf(1, 1023, 1)]).toEqual([undefined, undefined]);
  expect([splitsOf(1, 2048, 2, 4096), splitsOf(1, 1024, 1, 60_000)]).toEqual([
    undefined,
    undefined,
  ]);
  expect(splitsOf(64, 64, 64)).toBe(1);
});
