import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { sampleDataset } from "./samples.ts";
import { select, splitIndices } from "./split.ts";

test("each index is in one part, by the seed", () => {
  const { train, test } = splitIndices(10, { seed: 3, testShare: 0.3 });
  expect([train.length, test.length]).toEqual([7, 3]);
  expect([...train, ...test].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(splitIndices(10, { seed: 3, testShare: 0.3 })).toEqual({ train, test });
  expect(splitIndices(10, { seed: 4, testShare: 0.3 })).not.toEqual({ train, test });
});

test("a part without a sample and a share out of range are refused", () => {
  for (const length of [0, 1, 2])
    expect(() => splitIndices(length, { seed: 1 })).toThrow(/expected samples for a training part/);
  for (const testShare of [0, 1, -1, Number.NaN])
    expect(() => splitIndices(9, { seed: 1, testShare })).toThrow(
      /expected a testShare in \(0, 1\)/,
    );
});

test("selected samples come in their order, with a digest of their own", () => {
  const all = sampleDataset([0, 1, 2, 3].map((k) => ({ x: [k], y: k })));
  const two = select(all, Int32Array.of(3, 1));
  expect([...elements(two.batch(Int32Array.of(1, 0)).y.ndarray())]).toEqual([1, 3]);
  expect(two.digest?.()).not.toBe(select(all, Int32Array.of(1, 3)).digest?.());
  expect(() => select(all, Int32Array.of(4))).toThrow(/indices in \[0, 4\), got 4/);
});
