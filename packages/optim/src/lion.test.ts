/** @file Lion, worked by hand. */
import { parameter, tensor } from "@spm/core";
import { expect, test } from "vitest";
import { lion } from "./index.ts";

test("decays by ηλ, steps by the sign of β₁m + (1 − β₁)g, then moves the momentum", () => {
  const p = parameter(tensor([1, -1, 2, 0], { dtype: "float64" }));
  const optimizer = lion([p], { learningRate: 0.1, weightDecay: 0.5, betas: [0.6, 0.8] });
  for (const { grad, signs, after } of [
    // m = 0.2, −0.4, 0, 0
    { grad: [1, -2, 0, 0], signs: [1, -1, 0, 0], after: [0.85, -0.85, 1.9, 0] },
    // m = 0.06, −0.52, 0.6, 0
    { grad: [-0.5, -1, 3, 0], signs: [-1, -1, 1, 0], after: [0.9075, -0.7075, 1.705, 0] },
    { grad: [-4, 0.1, -9, 0], signs: [-1, -1, -1, 0], after: [0.962125, -0.572125, 1.71975, 0] },
  ]) {
    const before = [...p.ndarray().data];
    optimizer.step([tensor(grad, { dtype: "float64" })]);
    const now = [...p.ndarray().data];
    expect(now).toEqual(after.map((x) => expect.closeTo(x, 14)));
    expect(now.map((x, i) => (0.95 * before[i]! - x) / 0.1)).toEqual(
      signs.map((s) => expect.closeTo(s, 12)),
    );
  }
});
