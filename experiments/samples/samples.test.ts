/**
 * @file The claim of the experiment at a small size, with controls: structure saves samples only if
 * the teacher has it.
 */
import { matmul, normal, rng, setBackend, transpose } from "@spm/core";
import { elements } from "@spm/core/extend";
import { wasm } from "@spm/wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Fit, recover } from "./recover.ts";
import { ridge } from "./ridge.ts";
import { type TeacherName, teacherNames, teachers } from "./teachers.ts";

beforeAll(async () => setBackend(await wasm()));

const n = 32;
const fit = { samples: 16, noise: 0, steps: 800, rate: 0.1 };
const error = (teacher: TeacherName, given: Pick<Fit, "student"> & Partial<Fit>): Promise<number> =>
  recover(teachers[teacher](n, rng(1)), rng(2), { ...fit, ...given }, new AbortController().signal);

describe("n / 2 samples", { timeout: 60_000 }, () => {
  test("recover a mixer of the student's own schedule, which least squares cannot", async () => {
    expect(await error("same schedule", { student: "rotation" })).toBeLessThan(1e-8);
    // 1 − N/n of W is unseen
    expect(await error("same schedule", { student: "dense" })).toBeCloseTo(0.5, 1);
  });

  test.each(["other schedule", "dense", "DFT"] as const)(
    "recover nothing of a teacher out of class: %s",
    async (teacher) => {
      expect(await error(teacher, { student: "rotation" })).toBeGreaterThan(0.5);
    },
  );

  test("with noise, leave an error in proportion to its power", async () => {
    const [low, high] = [0.01, 0.1].map((noise) =>
      error("same schedule", { student: "rotation", noise }),
    );
    expect((await high!) / (await low!)).toBeGreaterThan(50);
    expect((await high!) / (await low!)).toBeLessThan(200);
  });
});

test("n samples are enough for least squares, whatever the teacher", {
  timeout: 60_000,
}, async () => {
  for (const teacher of teacherNames)
    expect(await error(teacher, { student: "dense", samples: 2 * n })).toBeLessThan(1e-12);
});

test.each([5, 12])("ridge regression has no gradient left at %i samples", (samples) => {
  const [width, lambda] = [8, 0.3];
  const [x, w] = [normal(rng(3), [samples, width]), normal(rng(4), [width, width])];
  const y = elements(matmul(x, transpose(w)).ndarray());
  const xs = elements(x.ndarray());
  const found = ridge(xs, y, { samples, n: width, lambda });
  for (let o = 0; o < width; o++)
    for (let i = 0; i < width; i++) {
      let slope = lambda * found[o * width + i]!;
      for (let s = 0; s < samples; s++) {
        let missed = -y[s * width + o]!;
        for (let j = 0; j < width; j++) missed += found[o * width + j]! * xs[s * width + j]!;
        slope += missed * xs[s * width + i]!;
      }
      expect(slope).toBeCloseTo(0, 10);
    }
});
