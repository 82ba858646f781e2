import { expect, test } from "vitest";
import { sweepPlan } from "./sweep-plan.ts";

const nothing = { grid: [], range: [], trials: 3, seed: 1 };

test("a grid gives every combination, over the file and the flags", () => {
  const plan = sweepPlan(
    { ...nothing, grid: ["layer=dense,rotation", "log-every=5,20"] },
    { epochs: 9 },
    { dataset: "clusters" },
  );
  expect(plan.map(({ name, varied }) => [name, varied])).toEqual([
    ["trial-001", { layer: "dense", logEvery: 5 }],
    ["trial-002", { layer: "dense", logEvery: 20 }],
    ["trial-003", { layer: "rotation", logEvery: 5 }],
    ["trial-004", { layer: "rotation", logEvery: 20 }],
  ]);
  expect(plan[3]?.options).toMatchObject({
    dataset: "clusters",
    epochs: 9,
    layer: "rotation",
    logEvery: 20,
  });
});

test("ranges are drawn for each combination, the same each time", () => {
  const options = {
    ...nothing,
    grid: ["layer=dense,rotation"],
    range: ["lr=1e-4:1e-1:log", "hidden=8:64"],
  };
  const plan = sweepPlan(options, {}, { dataset: "clusters" });
  expect(plan).toHaveLength(6);
  for (const { options: o } of plan) {
    expect(o.lr).toBeGreaterThanOrEqual(1e-4);
    expect(o.lr).toBeLessThanOrEqual(1e-1);
    expect(Number.isInteger(o.hidden)).toBe(true);
  }
  expect(new Set(plan.map(({ options: o }) => o.lr)).size).toBe(6);
  expect(sweepPlan(options, {}, { dataset: "clusters" })).toEqual(plan);
});

test.each([
  [{ grid: ["speed=1"] }, "sweep: expected name=… with one of dataset, file"],
  [{ grid: ["epochs=0"] }, "train: expected epochs to be >= 1, got 0"],
  [{ range: ["lr=1:0"] }, "a range as name=from:to"],
  [{ range: ["lr=0:1:log"] }, "a range as name=from:to"],
  [{ range: ["layer=a:b"] }, "a range as name=from:to"],
])("%j is refused", (options, message) => {
  expect(() => sweepPlan({ ...nothing, ...options }, {}, { dataset: "clusters" })).toThrow(message);
});
