/** @file The picture of rounded models: lines by bits where there are several, spreads else. */
import { expect, test } from "vitest";
import { type QuantiseAttempt, quantiseFindings } from "./findings.ts";

const attempt = (seed: number, weights: number): QuantiseAttempt => ({
  ...{ row: `w${weights}a4, none`, method: "none", weights, activations: 4, rate: 0.01, seed },
  ...{ validation: 2, test: 2 + seed / 10, start: 3, float: 2, extra: 0, bytes: 100 * weights },
  seconds: { learning: 1, token: 1, float: 1 },
});
const picture = (bits: readonly number[]): string | undefined =>
  quantiseFindings(bits.flatMap((weights) => [attempt(1, weights), attempt(2, weights)]))
    .sections[0]?.figure?.svg;

test("a method of several bits is a line, one of a single has the bar of its seeds", () => {
  const [several = "", single = ""] = [picture([3, 4]), picture([3])];
  expect([several, single].map((svg) => svg.includes('aria-label="bar"'))).toEqual([false, true]);
  expect([several, single].map((svg) => svg.includes('aria-label="line"'))).toEqual([true, false]);
});
