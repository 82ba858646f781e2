/** @file Averages of the weights: their value, swapping in and out, state. */
import {
  type Parameter,
  parameter,
  reference,
  scope,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@spm/core";
import { describe, expect, test } from "vitest";
import { MovingAverage } from "./index.ts";

const vector = (...data: number[]): Tensor => tensor(data, { dtype: "float64" });
const values = (t: Tensor): number[] => [...t.ndarray().data];
const averages = (average: MovingAverage) =>
  Object.values(average.state()).flatMap((v) => (typeof v === "number" ? [] : [values(v)]));

/** A parameter that takes these values one after another, averaged after each. */
const follow = (p: Parameter, average: MovingAverage, ...steps: number[][]) => {
  for (const step of steps) {
    p.assign(vector(...step));
    average.update();
  }
};

test("a ← d·a + (1 − d)·p, from the parameter as it was", () => {
  const p = parameter(vector(1, -1));
  const average = new MovingAverage([p], { decay: 0.75 });
  follow(p, average, [2, 0], [4, 8]);
  expect(averages(average)).toEqual([[1.9375, 1.4375]]);
  expect(values(p)).toEqual([4, 8]);
});

test("decay may grow with the updates", () => {
  const p = parameter(vector(0));
  const asked: number[] = [];
  const decay = (t: number) => {
    asked.push(t);
    return Math.min(0.999, t / (1 + t));
  };
  const average = new MovingAverage([p], { decay });
  asked.length = 0;
  follow(p, average, [1], [2], [3]); // the plain mean
  expect(asked).toEqual([0, 1, 2]);
  expect(averages(average)).toEqual([[expect.closeTo(2, 14)]]);
});

describe("swap", () => {
  test("puts the averages in, and the weights back with the same bits", () => {
    const start = [0.1, -0, 1e-300, Number.MAX_VALUE];
    const p = parameter(vector(...start));
    const average = new MovingAverage([p], { decay: 0.5 });
    follow(p, average, [0.3, 0, 1, 2]);
    const [averaged] = averages(average);
    average.swap();
    expect(average.swapped).toBe(true);
    expect(values(p)).toEqual(averaged);
    average.swap();
    expect(values(p)).toEqual([0.3, 0, 1, 2]);
    expect(averages(average)).toEqual([averaged]);
  });

  test("is refused inside a derivative; update, state and restore are while swapped", () => {
    const p = parameter(vector(1));
    const average = new MovingAverage([p]);
    const loss = () => {
      const y = sum(p);
      average.swap();
      return y;
    };
    expect(() => valueAndGrad(loss, [p])).toThrow("no open tape");
    expect(average.swapped).toBe(false);
    const state = average.state();
    average.swap();
    expect(() => average.update()).toThrowErrorMatchingInlineSnapshot(`
      [TapeError: movingAverage: expected the parameters in place, got the averages there
      help: swap() back first]
    `);
    expect(() => average.state()).toThrow("swap() back first");
    expect(() => average.restore(state)).toThrow("swap() back first");
  });
});

test("goes on from a saved state bit by bit", () => {
  const make = () => {
    const p = parameter(vector(0.3, 0.7));
    return { p, average: new MovingAverage([p], { decay: (t) => 0.9 - 0.1 / (1 + t) }) };
  };
  const [a, b] = [make(), make()];
  follow(a.p, a.average, [0.1, 0.2], [0.3, 0.4]);
  b.average.restore(a.average.state());
  expect(b.average.updates).toBe(2);
  follow(a.p, a.average, [0.5, 0.6]);
  follow(b.p, b.average, [0.5, 0.6]);
  expect(averages(b.average)).toEqual(averages(a.average));
});

test("a state that does not fit is refused", () => {
  const average = new MovingAverage([parameter(vector(1, 2))]);
  expect(() => average.restore({ "adam.steps": 1 })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: movingAverage.restore: expected the state of movingAverage (keys "movingAverage.…"), got "adam.steps"]`,
  );
  expect(() => average.restore({ "movingAverage.updates": 1 })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: movingAverage.restore: expected the key "movingAverage.0", got a state without it]`,
  );
  expect(() =>
    average.restore({ "movingAverage.updates": 1, "movingAverage.0": vector(1) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: movingAverage.restore: expected "movingAverage.0" of shape [2], got [1]]`,
  );
  expect(() => new MovingAverage([], { decay: 1.1 })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: movingAverage: expected a decay in [0, 1] at update 0, got 1.1]`,
  );
  expect(average.updates).toBe(0);
});

test("memory is flat over thousands of updates and swaps, and nothing is left behind", () => {
  const before = reference.report().liveStorages;
  const p = parameter([1, 2, 3]);
  const average = new MovingAverage([p]);
  const live = reference.report();
  for (let i = 0; i < 3000; i++)
    scope(() => {
      p.assign(tensor([i, i, i]));
      average.update();
      average.swap();
      average.swap();
    });
  expect(reference.report()).toEqual(live);
  average.dispose();
  p.dispose();
  expect(reference.report().liveStorages).toBe(before);
});
