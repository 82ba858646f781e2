/** @file Anomaly mode names the first op that made a NaN or an infinity. */
import { expect, test } from "vitest";
import {
  add,
  detectAnomaly,
  div,
  exp,
  grad,
  log,
  matmul,
  mul,
  sqrt,
  sub,
  sum,
  tensor,
  where,
} from "./index.ts";

test("names op, value, index and shapes", () => {
  const x = tensor([
    [1, 2],
    [3, -1],
  ]);
  expect(() => detectAnomaly(() => exp(matmul(log(x), x)))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: log: expected finite results (anomaly mode), got NaN at [1, 1] of [2, 2] from ([2, 2])]`,
  );
});

test("names an infinity, too, and where it was called", () => {
  const call = () => detectAnomaly(() => div(tensor([1, 1, 1]), tensor([2, 0, 1])));
  expect(call).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: div: expected finite results (anomaly mode), got Infinity at [1] of [3] from ([3], [3])]`,
  );
  try {
    call();
  } catch (error) {
    expect((error as Error).stack).toContain("debug.test.ts");
  }
});

test("says in whose derivative", () => {
  const slope = () => grad((x) => sum(sqrt(x)))(tensor([4, 0]));
  expect(() => detectAnomaly(slope)).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: div: expected finite results (anomaly mode), got Infinity at [1] of [2] from ([2], [2]) in the vjp of sqrt]`,
  );
});

test("blames nobody for what came in, but an infinity that becomes NaN", () => {
  const masked = tensor([1, Number.NEGATIVE_INFINITY]);
  expect(detectAnomaly(() => exp(masked)).shape).toEqual([2]);
  expect(detectAnomaly(() => mul(tensor([Number.NaN]), 2)).shape).toEqual([1]);
  expect(() => detectAnomaly(() => sub(masked, masked))).toThrow(
    /^sub: expected finite results .* got NaN at \[1\]/,
  );
});

test("looks only while it is on, and only at floats", () => {
  const bad = () => log(tensor([-1]));
  expect(detectAnomaly(() => where(tensor([true]), 1, tensor([2]))).shape).toEqual([1]);
  expect(() => detectAnomaly(bad)).toThrow(/log/);
  expect(bad().shape).toEqual([1]); // off again, though it threw
  expect(add(bad(), 1).shape).toEqual([1]);
});
