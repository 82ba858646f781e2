/** @file A captured step where nothing can be recorded: the step itself, with a device's checks. */
import { mul, parameter, type Tensor, tensor } from "@spm/core";
import { expect, test } from "vitest";
import { capture } from "./capture.ts";

const numbers = (x: Tensor): number[] => Array.from(x.ndarray().data);

test("runs as it is, and counts", () => {
  const step = capture(({ x }: { x: Tensor }, scale: number) => [mul(x, scale)]);
  for (const scale of [2, 3])
    expect(numbers(step({ x: tensor([1, 2]) }, scale)[0] as Tensor)).toEqual([scale, 2 * scale]);
  expect(step.counts).toEqual({ ran: 2, repeated: 0, launches: 0, refusal: null });
});

test("refuses the arguments and results that a device refuses", () => {
  expect(() => capture((_: () => void) => 1)(() => {})).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: capture: expected a step that can be repeated, got one with a function as an argument]`,
  );
  expect(() => capture((_: Map<string, number>) => 1)(new Map())).toThrow("an object of Map");
  expect(() => capture(async (x: Tensor) => x)(tensor(1))).toThrow("a synchronous function");
  const w = parameter([1]);
  const returning = capture(() => w);
  returning();
  expect(() => returning()).toThrow("one that returns a parameter");
});

test("or runs as always where that is asked for", () => {
  const step = capture((f: () => number) => f(), { onRefusal: "run" });
  expect([step(() => 1), step(() => 2)]).toEqual([1, 2]);
  expect(step.counts).toMatchObject({ ran: 2, refusal: "one with a function as an argument" });
});
