/**
 * @file Schedules beyond PyTorch's trajectories: their ends, their composition, and what they
 * refuse.
 */

import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  chained,
  constant,
  cosine,
  cosineRestarts,
  cyclic,
  exponentialDecay,
  linearDecay,
  multistep,
  oneCycle,
  polynomial,
  type RateSchedule,
  sequence,
  stepDecay,
  warmup,
} from "../index.ts";

const rates = (schedule: RateSchedule, count: number) =>
  Array.from({ length: count }, (_, t) => schedule(t));

test("those with an end keep their last rate", () => {
  expect(rates(cosine({ learningRate: 1, steps: 2, min: 0.5 }), 5)).toEqual([
    1, 0.75, 0.5, 0.5, 0.5,
  ]);
  expect(rates(linearDecay({ from: 0, to: 1, steps: 2 }), 5)).toEqual([0, 0.5, 1, 1, 1]);
  expect(rates(polynomial({ learningRate: 1, steps: 2, power: 2, min: 0 }), 5)).toEqual([
    1, 0.25, 0, 0, 0,
  ]);
  expect(rates(polynomial({ learningRate: 1, steps: 4, min: 0.5 }), 6)).toEqual([
    1, 0.875, 0.75, 0.625, 0.5, 0.5,
  ]);
  const cycle = oneCycle({ learningRate: 1, steps: 10, divide: 10, finalDivide: 2 });
  expect(rates(cycle, 12).slice(9)).toEqual([0.05, 0.05, 0.05].map((x) => expect.closeTo(x, 15)));
});

test("restarts begin at the base each time", () => {
  const same = rates(cosineRestarts({ learningRate: 1, period: 3 }), 9);
  expect(same.slice(3, 6)).toEqual(same.slice(0, 3));
  const growing = cosineRestarts({ learningRate: 1, period: 2, growth: 3 });
  expect([0, 2, 8, 26, 80].map(growing)).toEqual([1, 1, 1, 1, 1]);
  expect(growing(7)).toBeLessThan(0.1);
});

test("warm-up leads to the schedule's first rate, and then to its own steps", () => {
  const decay = linearDecay({ from: 0.8, to: 0, steps: 4 });
  const schedule = warmup(decay, { steps: 4 });
  expect(rates(schedule, 10)).toEqual(
    [0, 0.2, 0.4, 0.6, 0.8, 0.6, 0.4, 0.2, 0, 0].map((x) => expect.closeTo(x, 15)),
  );
  expect(warmup(decay, { steps: 4, from: 0.5 })(0)).toBe(0.4);
});

test("a sequence hands over at each milestone, and nests", () => {
  const tick: RateSchedule = (t) => t;
  expect(rates(sequence([tick, tick, tick], [2, 3]), 6)).toEqual([0, 1, 0, 0, 1, 2]);
  const inner = sequence([constant({ learningRate: 5 }), tick], [1]);
  expect(rates(sequence([tick, inner], [2]), 6)).toEqual([0, 1, 5, 0, 1, 2]);
  expect(rates(sequence([tick], []), 3)).toEqual([0, 1, 2]);
});

test("cycles of straight lines, whose tops stay, halve or fall", () => {
  const line = { learningRate: 8, up: 2, down: 4 };
  expect(rates(cyclic(line), 9)).toEqual([0, 4, 8, 6, 4, 2, 0, 4, 8]);
  const halved = cyclic({ learningRate: 8, min: 4, up: 1, mode: "triangular2" });
  expect(rates(halved, 6)).toEqual([4, 8, 4, 6, 4, 5]);
  const falling = cyclic({ learningRate: 8, up: 1, mode: "exp_range", factor: 0.5 });
  expect(rates(falling, 4)).toEqual([0, 4, 0, 1]);
});

test("chained schedules multiply at each step", () => {
  const tick: RateSchedule = (t) => t;
  const half = constant({ learningRate: 0.5 });
  expect(rates(chained([tick, half, tick]), 4)).toEqual([0, 0.5, 2, 4.5]);
  expect(rates(chained([tick]), 3)).toEqual([0, 1, 2]);
  expect(() => chained([])).toThrow("chained: expected at least 1 schedule, got 0");
  expect(() => cyclic({ learningRate: 1, mode: "cosine" as "triangular" })).toThrow(
    "cyclic: expected mode to be one of triangular, triangular2, exp_range, got cosine",
  );
});

test("falls happen at the step named", () => {
  expect(rates(stepDecay({ learningRate: 8, every: 2, factor: 0.5 }), 5)).toEqual([8, 8, 4, 4, 2]);
  expect(rates(multistep({ learningRate: 8, milestones: [1, 3], factor: 0.5 }), 5)).toEqual([
    8, 4, 4, 2, 2,
  ]);
  expect(rates(exponentialDecay({ learningRate: 8, factor: 0.5 }), 3)).toEqual([8, 4, 2]);
});

test("no rate ever leaves its range", () => {
  const size = fc.double({ min: 1e-6, max: 10, noNaN: true });
  const count = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(
      size,
      size,
      count,
      count,
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (a, b, steps, t, rise) => {
        const [min, base] = [Math.min(a, b), Math.max(a, b)];
        const all: [RateSchedule, number, number][] = [
          [cosine({ learningRate: base, steps, min }), min, base],
          [cosineRestarts({ learningRate: base, period: steps, growth: 2, min }), min, base],
          [linearDecay({ from: base, to: min, steps }), min, base],
          [polynomial({ learningRate: base, steps, power: 3, min }), min, base],
          [warmup(cosine({ learningRate: base, steps, min: 0 }), { steps }), 0, base],
          [oneCycle({ learningRate: base, steps, rise }), 0, base],
        ];
        for (const [schedule, low, high] of all) {
          const rate = schedule(t);
          expect(rate).toBeGreaterThanOrEqual(low * (1 - 1e-12));
          expect(rate).toBeLessThanOrEqual(high * (1 + 1e-12));
        }
      },
    ),
  );
});

describe("what makes no sense is refused", () => {
  test("whatever is out of range", () => {
    const senseless = [
      () => cosine({ learningRate: -1, steps: 1 }),
      () => cosine({ learningRate: 1, steps: 0 }),
      () => cosine({ learningRate: 1, steps: 1.5 }),
      () => linearDecay({ from: Number.NaN, to: 0, steps: 1 }),
      () => polynomial({ learningRate: 1, steps: 1, power: 0 }),
      () => cosineRestarts({ learningRate: 1, period: 1, growth: 0.5 }),
      () => oneCycle({ learningRate: 1, steps: 10, rise: 1 }),
      () => oneCycle({ learningRate: 1, steps: 10, divide: 0 }),
      () => multistep({ learningRate: 1, milestones: [3, 3] }),
      () => sequence([constant({ learningRate: 1 })], [1]),
      () => sequence([constant({ learningRate: 1 }), constant({ learningRate: 1 })], [-1]),
      () => warmup(constant({ learningRate: 1 }), { steps: 0 }),
      () => constant({ learningRate: Number.POSITIVE_INFINITY }),
      () => stepDecay({ learningRate: 1, every: 0 }),
      () => exponentialDecay({ learningRate: 1, factor: -1 }),
    ];
    for (const make of senseless) expect(make, String(make)).toThrow(/^\w+: expected .*, got /);
  });

  test("by name", () => {
    expect(() => cosine({ learningRate: 1, steps: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: cosine: expected whole steps ≥ 1, got 0]`,
    );
    expect(() =>
      multistep({ learningRate: 1, milestones: [9, 3] }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: multistep: expected whole milestones ≥ 0 that ascend, got [9, 3]]`,
    );
    expect(() => sequence([constant({ learningRate: 1 })], [1])).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: sequence: expected 0 milestones for 1 schedules, got 1]`,
    );
  });
});

test("each prints as the call that makes it, with its defaults", () => {
  const all = [
    constant({ learningRate: 1 }),
    stepDecay({ learningRate: 1, every: 10 }),
    multistep({ learningRate: 1, milestones: [3, 5] }),
    exponentialDecay({ learningRate: 1, factor: 0.5 }),
    linearDecay({ from: 0, to: 1, steps: 2 }),
    polynomial({ learningRate: 1, steps: 2 }),
    cosine({ learningRate: 1, steps: 2 }),
    cosineRestarts({ learningRate: 1, period: 3 }),
    oneCycle({ learningRate: 1, steps: 10 }),
    warmup(cosine({ learningRate: 1, steps: 2 }), { steps: 5 }),
    sequence([constant({ learningRate: 1 }), (t) => 1 / t, Math.exp], [5, 7]),
  ];
  expect(all.map(String).join("\n")).toMatchInlineSnapshot(`
    "constant({ learningRate: 1 })
    stepDecay({ learningRate: 1, every: 10, factor: 0.1 })
    multistep({ learningRate: 1, milestones: [3, 5], factor: 0.1 })
    exponentialDecay({ learningRate: 1, factor: 0.5 })
    linearDecay({ from: 0, to: 1, steps: 2 })
    polynomial({ learningRate: 1, steps: 2, power: 1, min: 0 })
    cosine({ learningRate: 1, steps: 2, min: 0 })
    cosineRestarts({ learningRate: 1, period: 3, growth: 1, min: 0 })
    oneCycle({ learningRate: 1, steps: 10, rise: 0.3, divide: 25, finalDivide: 10000 })
    warmup(cosine({ learningRate: 1, steps: 2, min: 0 }), { steps: 5, from: 0 })
    sequence([constant({ learningRate: 1 }), a function, exp], [5, 7])"
  `);
  expect(inspect(all[0])).toBe("constant({ learningRate: 1 })");
});
