/** @file Neural collapse: zero on a simplex, blind to what it should not see, undefined by name. */
import {
  add,
  div,
  eye,
  matmul,
  mul,
  normal,
  ones,
  rng,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import { qr } from "@spm/linalg";
import { expect, test } from "vitest";
import { type CollapseMetrics, classStatistics, neuralCollapse } from "./neural-collapse.ts";

const float64 = { dtype: "float64" } as const;
const draw = (seed: number, ...shape: number[]): Tensor => normal(rng(seed), shape, 0, 1, float64);
const int32 = (values: readonly number[]): Tensor => tensor(Int32Array.from(values));
const labels = int32([0, 0, 0, 1, 1, 2, 2, 2, 2, 3]);
const [h, w, b] = [draw(1, 10, 6), draw(2, 4, 6), draw(3, 4)];
const { q: rotation } = qr(draw(4, 6, 6));

/** The greatest difference of two readings, except in some of them. */
function differ(a: CollapseMetrics, b: CollapseMetrics, ...except: (keyof CollapseMetrics)[]) {
  const keys = (Object.keys(a) as (keyof CollapseMetrics)[]).filter((k) => !except.includes(k));
  return Math.max(...keys.map((key) => Math.abs(a[key] - b[key])));
}

const undefinedOf = (metrics: CollapseMetrics): string[] =>
  Object.entries(metrics).flatMap(([key, value]) => (Number.isNaN(value) ? [key] : []));

test("on a simplex all are 0; with classes of other sizes, the spread within them", () => {
  const simplex = sub(eye(4, undefined, float64), 0.25);
  const points = matmul(simplex, take(rotation, int32([0, 1, 2, 3]), 0));
  const even = int32([0, 1, 2, 3, 0, 1, 2, 3]);
  // moved by 5, which the bias takes back
  const bias = mul(-15, sum(points, 1));
  const found = neuralCollapse(add(take(points, even, 0), 5), even, mul(3, points), { bias });
  for (const value of Object.values(found)) expect(Math.abs(value)).toBeLessThan(1e-13);
  const uneven = neuralCollapse(take(points, labels, 0), labels, points);
  expect(uneven.nc1Trace).toBeLessThan(1e-30);
  expect(uneven.nc2Norms).toBeGreaterThan(0.1); // the mean over samples is not that of the means
});

test("a rotation of features and weights changes nothing, a scale only the centre's logits", () => {
  const before = neuralCollapse(h, labels, w, { bias: b });
  const turned = neuralCollapse(matmul(h, rotation), labels, matmul(w, rotation), { bias: b });
  expect(differ(before, turned)).toBeLessThan(1e-12);
  const scaled = neuralCollapse(mul(h, 7), labels, mul(w, 0.2), { bias: mul(b, 1.4) });
  expect(differ(before, scaled, "centreLogits")).toBeLessThan(1e-12);
  expect(scaled.centreLogits / before.centreLogits).toBeCloseTo(1.4, 12);
});

test("the whitened form alone does not see an invertible map where d = C − 1", () => {
  const [features, map] = [draw(5, 10, 3), draw(6, 3, 3)];
  const [a, c] = [features, matmul(features, map)].map((x) =>
    neuralCollapse(x, labels, draw(7, 4, 3)),
  ) as [CollapseMetrics, CollapseMetrics];
  expect(Math.abs(a.nc1Whitened / c.nc1Whitened - 1)).toBeLessThan(1e-10);
  expect(Math.abs(a.nc1Trace / c.nc1Trace - 1)).toBeGreaterThan(0.01);
});

test("float32 features are measured in float64", () => {
  const single = tensor(Float32Array.from([1, 2, 3, 4, 5, 6.5]), { shape: [3, 2] });
  const y = int32([0, 0, 1]);
  const same = tensor([1, 2, 3, 4, 5, 6.5], { shape: [3, 2], ...float64 });
  const weight = ones([2, 2], float64);
  expect(neuralCollapse(single, y, weight)).toEqual(neuralCollapse(same, y, weight));
  expect(classStatistics(single, y, 2).means.dtype).toBe("float64");
});

test("what is undefined is NaN, and nothing else", () => {
  const empty = neuralCollapse(h, int32([0, 0, 0, 1, 1, 2, 2, 2, 2, 2]), w);
  expect(undefinedOf(empty).sort()).toEqual(
    [
      ...["nc1Trace", "nc1Whitened", "nc2Angles", "nc2Means", "nc2Norms", "nc3Duality"],
      ...["nc3Products", "nc4"],
    ].sort(),
  );
  const atOne = neuralCollapse(ones([4, 6], float64), int32([0, 1, 2, 3]), w);
  expect(undefinedOf(atOne).sort()).toEqual(
    [
      ...["nc1Trace", "nc1Whitened", "nc2Angles", "nc2Means", "nc2Norms", "nc3Cosines"],
      ...["nc3Duality", "nc3Products"],
    ].sort(),
  );
  const noWeights = neuralCollapse(h, labels, zeros([4, 6], float64));
  expect(undefinedOf(noWeights).sort()).toEqual(
    [...["nc2WeightNorms", "nc2Weights", "nc3Cosines", "nc3Duality", "nc3Products"]].sort(),
  );
});

test("NC4 is the share of samples that the nearest mean puts elsewhere", () => {
  const features = tensor([[0], [1], [4], [5]], float64);
  const y = int32([0, 0, 1, 1]);
  const weight = tensor([[-1], [1]], float64);
  const at = (bias: number): number =>
    neuralCollapse(features, y, weight, { bias: tensor([bias, 0], float64) }).nc4;
  expect([at(5), at(1), at(11)]).toEqual([0, 0.25, 0.5]);
});

test.each<[string, () => unknown]>([
  ["features [N, d], N ≥ 1, got [6]", () => neuralCollapse(draw(1, 6), labels, w)],
  ["neuralCollapse: expected labels [10], got [3]", () => neuralCollapse(h, int32([0, 1, 2]), w)],
  ["int32 labels, got", () => neuralCollapse(h, ones([10]), w)],
  ["weights [C, 6], C ≥ 2, got [4, 5]", () => neuralCollapse(h, labels, draw(1, 4, 5))],
  ["weights [C, 6], C ≥ 2, got [1, 6]", () => neuralCollapse(h, labels, draw(1, 1, 6))],
  ["a bias [4], got [3]", () => neuralCollapse(h, labels, w, { bias: ones([3]) })],
  ["labels in [0, 2), got 2", () => neuralCollapse(h, labels, draw(1, 2, 6))],
])("refuses by name: %s", (message, attempt) => {
  expect(attempt).toThrow(message);
});

test("covariances are those of the definition", () => {
  const { means, globalMean, within } = classStatistics(h, labels, 4);
  const rows = sub(h, take(means, labels, 0));
  const expected = div(matmul(transpose(rows), rows), 10);
  const off = sub(within, expected).ndarray();
  expect(off.shape).toEqual([6, 6]);
  expect(sub(globalMean, h.mean(0)).abs().max().ndarray().get()).toBeLessThan(1e-15);
  expect(sub(within, expected).abs().max().ndarray().get()).toBeLessThan(1e-15);
});
