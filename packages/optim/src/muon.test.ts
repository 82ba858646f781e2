/** @file Muon: orthogonal steps for matrices, AdamW for the rest. */
import {
  matmul,
  normal,
  type Parameter,
  parameter,
  rng,
  sub,
  type Tensor,
  tensor,
  transpose,
} from "@spm/core";
import { describe, expect, test } from "vitest";
import { adamw, muon } from "./index.ts";

const matrix = (rows: number, columns: number, seed = 1): Tensor =>
  normal(rng(seed), [rows, columns], 0, 1, { dtype: "float64" });
const values = (t: Tensor): number[] => [...t.ndarray().data];

describe.each([
  [8, 8],
  [12, 5],
  [5, 12],
])("the step of a [%i, %i] matrix", (rows, columns) => {
  /** The step's matrix divided by the learning rate, without decay. */
  const step = (scale: "shape" | "rms") => {
    const p = parameter(matrix(rows, columns));
    const before = parameter(p);
    muon([p], { learningRate: 1, weightDecay: 0, scale }).step([matrix(rows, columns, 2)]);
    return sub(before, p);
  };

  test("has singular values near √max(1, rows/columns)", () => {
    const s = step("shape");
    const size = Math.max(1, rows / columns);
    const gram = rows > columns ? matmul(transpose(s), s) : matmul(s, transpose(s));
    const n = Math.min(rows, columns);
    // the quintic brings every singular value into about [0.7, 1.2]: their squares' mean and sum of
    // squares tell
    const g = values(gram);
    const trace = g.filter((_, i) => i % (n + 1) === 0).reduce((a, b) => a + b) / n / size;
    const off =
      Math.sqrt(g.filter((_, i) => i % (n + 1) !== 0).reduce((a, b) => a + b * b, 0) / n) / size;
    expect(trace).toBeGreaterThan(0.49);
    expect(trace).toBeLessThan(1.44);
    expect(off).toBeLessThan(0.6);
  });

  test('"rms" scales it to 0.2·√max(rows, columns) instead', () => {
    const ratio =
      (0.2 * Math.sqrt(Math.max(rows, columns))) / Math.sqrt(Math.max(1, rows / columns));
    const [plain, scaled] = [values(step("shape")), values(step("rms"))];
    expect(scaled).toEqual(plain.map((x) => expect.closeTo(ratio * x, 12)));
  });
});

describe("the choice of update", () => {
  const options = { learningRate: 0.1, weightDecay: 0.1, epsilon: 1e-8 };
  const trace = (
    make: () => Parameter,
    optimizerOf: (p: Parameter) => { step(grads: Tensor[]): void },
  ) => {
    const p = make();
    const optimizer = optimizerOf(p);
    for (const seed of [3, 4, 5])
      optimizer.step([tensor(values(matrix(4, 2, seed)), { shape: p.shape, dtype: "float64" })]);
    return values(p);
  };

  test.each<[string, () => Parameter]>([
    ["a vector", () => parameter(tensor(values(matrix(8, 1)), { dtype: "float64" }))],
    [
      "a tensor of rank 3",
      () => parameter(tensor(values(matrix(8, 1)), { shape: [2, 2, 2], dtype: "float64" })),
    ],
    ["a structured matrix, exempt from decay", () => parameter(matrix(4, 2), { decay: false })],
  ])("%s is AdamW's, bit by bit", (_, make) => {
    expect(trace(make, (p) => muon([p], options))).toEqual(trace(make, (p) => adamw([p], options)));
  });

  test("a group decides for its matrices", () => {
    const plain = () => parameter(matrix(4, 2));
    const exempt = () => parameter(matrix(4, 2), { decay: false });
    const asAdamw = trace(plain, (p) => adamw([p], options));
    const asMuon = trace(plain, (p) => muon([p], { ...options, weightDecay: 0 }));
    expect(asMuon).not.toEqual(asAdamw);
    expect(trace(plain, (p) => muon([{ parameters: [p], update: "adamw" }], options))).toEqual(
      asAdamw,
    );
    expect(trace(exempt, (p) => muon([{ parameters: [p], update: "muon" }], options))).toEqual(
      asMuon,
    );
  });

  test("Muon on no matrix is refused", () => {
    expect(() => muon([parameter([1, 2])], { update: "muon" })).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: muon: expected matrices where update is "muon", got [2]
      help: leave it at "auto"]
    `);
    expect(() =>
      muon([parameter([1, 2])], { update: "newton" as never }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: muon: expected update to be "auto", "muon" or "adamw", got newton]`,
    );
  });
});

test("a gradient of zeros gives no step and no NaN", () => {
  const p = parameter(matrix(3, 3));
  const before = values(p);
  muon([p], { weightDecay: 0 }).step([tensor(new Float64Array(9), { shape: [3, 3] })]);
  expect(values(p)).toEqual(before);
});
