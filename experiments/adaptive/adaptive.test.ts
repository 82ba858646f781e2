/** @file What the experiment compares: numbers that are equal, teachers that are in reach. */
import { rng } from "@spm/core";
import { describe, expect, test } from "vitest";
import { imageNets, type Nets, studentNets, textNets } from "./students.ts";
import { loadTask } from "./tasks.ts";

const numbers = (nets: Nets): Record<string, number> =>
  Object.fromEntries(
    Object.entries(nets).map(([name, make]) => [name, make(rng(1)).parameterCount()]),
  );

describe("numbers", () => {
  test("of an MLP are those of the teacher", () => {
    const { input, mlp } = numbers(studentNets(16, 576));
    expect([input, mlp]).toEqual([576, 577]);
    const local = numbers(studentNets(16, 128));
    expect([local.local, local.mlp]).toEqual([128, 115]);
  });

  test.each([
    ["digits", imageNets(784, 10), 0.05],
    ["characters", textNets(16, 89), 0],
  ])("of the hidden mixers are equal: %s", (_, nets, tolerance) => {
    const own = numbers(nets);
    expect(own["rotation-deep"]).toBe(own.local);
    const general = (own.general ?? 0) / (own.local ?? 0);
    expect(Math.abs(general - 1)).toBeLessThanOrEqual(tolerance);
  });
});

test.each(["input", "local"] as const)("a teacher of mode %s is its student's", async (name) => {
  const task = await loadTask(name, { n: 8, samples: 6, held: 500, images: 1 });
  const { learned, test } = task.split(rng(5));
  expect(learned.x.shape).toEqual([6, 8]);
  // The student in the teacher's state: the generator draws both alike, A to a factor.
  const student = task.nets[name]?.(rng(5));
  const weights = student?.namedParameters().get("weights");
  weights?.assign(weights.mul(name === "input" ? 5 : 10));
  expect(student && (await task.score(student, test))).toBeLessThan(1e-10);
});
