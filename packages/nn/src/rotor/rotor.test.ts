/** @file Rotors: exponentials, planes, sandwiches, and the mixer with tied angles that they are. */
import { add, mul, normal, rng, type Tensor, take, tensor, zeros } from "@spm/core";
import { elements } from "@spm/core/extend";
import { fromPairs, rotationMixer } from "@spm/mixer";
import { describe, expect, test } from "vitest";
import { geometricProduct, reversion } from "./geometric-product.ts";
import { toPlanes } from "./planes.ts";
import { planePairs, rotor, sandwich } from "./rotor.ts";
import { RotorLinear } from "./rotor-linear.ts";

const double = { dtype: "float64" } as const;
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const drawn = (seed: number, ...shape: number[]): Tensor => normal(rng(seed), shape, 0, 1, double);

/** The largest difference of two tensors. */
const distance = (x: Tensor, y: Tensor): number => {
  const other = numbers(y);
  return numbers(x).reduce((worst, v, k) => Math.max(worst, Math.abs(v - other[k]!)), 0);
};

/** Σ σ_k e_{2k} e_{2k+1}, and its rotor by hand: Π (cos σ_k + sin σ_k e_{2k} e_{2k+1}). */
function inPlanes(n: number, angles: readonly number[]): [bivector: Tensor, rotor: Tensor] {
  const bivector = planePairs(n).map(([i, j]) => (i % 2 === 0 && j === i + 1 ? angles[i / 2]! : 0));
  const components = Array.from({ length: 2 ** n }, (_, a) =>
    angles.reduce((product, angle, k) => {
      const bits = (a >> (2 * k)) & 3;
      return product * (bits === 0 ? Math.cos(angle) : bits === 3 ? Math.sin(angle) : 0);
    }, 1),
  );
  return [tensor(bivector, double), tensor(components, double)];
}

test.each([
  ["different angles", [0.3, 1.7, -2.2, 0.9]],
  ["equal angles", [1.1, 1.1, 1.1, 1.1]],
  ["one plane", [2.5, 0, 0, 0]],
  ["no turn", [0, 0, 0, 0]],
])("the exponential at n = 8 is right to 3e-15: %s", (_, angles) => {
  const [bivector, expected] = inPlanes(8, angles);
  expect(distance(rotor(bivector), expected)).toBeLessThan(3e-15);
});

test("each of several has its own doublings; what is not finite is NaN, and alone", () => {
  const given = [1e-3, 0.5, 300, Number.POSITIVE_INFINITY, Number.NaN];
  const bivectors = given.flatMap((angle) => [0, 0, angle]);
  const r = numbers(rotor(tensor(bivectors, { shape: [given.length, 3] })));
  for (const [k, angle] of given.slice(0, 3).entries()) {
    expect(r[8 * k]).toBeCloseTo(Math.cos(angle), 4);
    expect(r[8 * k + 6]).toBeCloseTo(Math.sin(angle), 4);
  }
  for (const v of r.slice(24)) expect(v).toBeNaN();
});

test("in turned planes, too: exp(q b q†) = q exp(b) q†, and units", () => {
  const [bivector, expected] = inPlanes(8, [0.3, 1.7, -2.2, 0.9]);
  const q = rotor(mul(drawn(1, 28), 0.4));
  const places = planePairs(8).map(([i, j]) => (1 << i) | (1 << j));
  const whole = zeros([256], double);
  const given = numbers(whole);
  for (const [k, v] of numbers(bivector).entries()) given[places[k]!] = v;
  const turned = numbers(sandwich(tensor(given, double), q));
  const r = rotor(
    tensor(
      places.map((a) => turned[a]!),
      double,
    ),
  );
  expect(distance(r, sandwich(expected, q))).toBeLessThan(1e-14);
  expect(distance(geometricProduct(r, reversion(r)), inPlanes(8, [0, 0, 0, 0])[1])).toBeLessThan(
    1e-14,
  );
});

test.each([2, 3, 5, 8])("planes of Cl(%i) sum to the bivector and multiply to its rotor", (n) => {
  const bivector = drawn(n, (n * (n - 1)) / 2);
  const planes = toPlanes(bivector);
  expect(planes.length).toBe(Math.floor(n / 2));
  expect(planes.map(({ angle }) => angle)).toEqual(
    planes.map(({ angle }) => angle).sort((a, b) => b - a),
  );
  const parts = planes.map((plane) => tensor(plane.bivector, double));
  expect(distance(parts.reduce(add), bivector)).toBeLessThan(1e-13);
  const product = parts.map((part) => rotor(part)).reduce(geometricProduct);
  expect(distance(product, rotor(bivector))).toBeLessThan(1e-12);
});

test("a factored rotor is a mixer with tied angles", () => {
  const n = 4;
  const pairs = planePairs(n);
  const angles = drawn(3, pairs.length);
  const component = (a: number): Tensor =>
    tensor(
      Array.from({ length: 2 ** n }, (_, k) => Number(k === a)),
      double,
    );
  const masks = pairs.map(([i, j]) => (1 << i) | (1 << j));
  // e_i e_j pairs the component a with a XOR (2^i | 2^j); the angle's sign is that of e_i e_j e_a
  const stages = masks.map((mask) =>
    Array.from({ length: 2 ** n }, (_, a): [number, number] => [a, a ^ mask]).filter(
      ([a, b]) => a < b,
    ),
  );
  const schedule = fromPairs(2 ** n, stages);
  const signs = stages.flatMap((stage, l) =>
    stage.map(([a, b]) => numbers(geometricProduct(component(masks[l]!), component(a)))[b]!),
  );
  const ties = stages.flatMap((stage, l) => stage.map(() => l));
  const x = drawn(4, 5, 2 ** n);
  const tied = mul(tensor(signs, double), take(angles, tensor(ties, { dtype: "int32" })));
  const mixed = rotationMixer(x, tied, { schedule });
  const turned = pairs.reduce((y, _, l) => {
    const simple = numbers(angles).map((v, k) => (k === l ? v : 0));
    return geometricProduct(rotor(tensor(simple, double)), y);
  }, x);
  expect(distance(mixed, turned)).toBeLessThan(1e-14);
});

describe("a linear map of rotors", () => {
  test("is its matrix, whatever its sizes; one window keeps lengths", () => {
    for (const [inFeatures, outFeatures, window] of [
      [6, 11, 4],
      [11, 6, 4],
      [8, 8, 8],
      [9, 20, 8],
    ] as const) {
      const layer = new RotorLinear(inFeatures, outFeatures, { random: rng(1), window });
      const x = normal(rng(2), [2, 3, inFeatures]);
      const [w, v] = [numbers(layer.toDense()), numbers(x)];
      const y = numbers(layer.forward(x));
      y.forEach((value, at) => {
        const [row, o] = [Math.floor(at / outFeatures), at % outFeatures];
        const sum = Array.from(
          { length: inFeatures },
          (_, i) => v[row * inFeatures + i]! * w[o * inFeatures + i]!,
        ).reduce((a, b) => a + b);
        expect(value).toBeCloseTo(sum, 5);
      });
      if (inFeatures === window) expect(Math.hypot(...y)).toBeCloseTo(Math.hypot(...v), 4);
    }
  });

  test("with one rotor is r x r†: the scalar and the volume stay, and grades do", () => {
    const layer = new RotorLinear(8, 8, { random: rng(1), rotors: 1 });
    const w = numbers(layer.toDense());
    const grade = (a: number): number => (a & 1) + ((a >> 1) & 1) + (a >> 2);
    w.forEach((v, at) => {
      const [o, i] = [at >> 3, at & 7];
      if (grade(o) !== grade(i)) expect(v).toBeCloseTo(0, 6);
    });
    expect([w[0], w[63]].map((v) => v!.toFixed(5))).toEqual(["1.00000", "1.00000"]);
    expect(layer.parameterCount()).toBe(4);
  });

  test("has the published numbers of parameters", () => {
    const count = (inFeatures: number, outFeatures: number): number =>
      new RotorLinear(inFeatures, outFeatures, { random: rng(1) }).parameterCount();
    expect([count(2048, 2048), count(2048, 512)]).toEqual([111, 4 * 73]);
  });
});

test("wrong widths are refused", () => {
  expect(() => rotor(drawn(1, 4))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotor: expected bivectors [..., n(n − 1)/2], got [4]]`,
  );
  expect(() => planePairs(0)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: planePairs: expected n a whole number from 1 to 24, got 0]`,
  );
  expect(() => toPlanes(tensor([1, Number.NaN, 0]))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: toPlanes: expected finite coefficients, got NaN]`,
  );
  expect(() => toPlanes(drawn(1, 2, 3))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: toPlanes: expected one bivector [n(n − 1)/2], got [2, 3]]`,
  );
  expect(() => reversion(drawn(1, 3))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: reversion: expected multivectors [..., 2^n], got [3]]`,
  );
  expect(() => geometricProduct(drawn(1, 3), drawn(1, 3))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: geometricProduct: expected multivectors [..., 2^n], got [3]]`,
  );
  expect(
    () => new RotorLinear(4, 4, { random: rng(1), rotors: 3 as 2 }),
  ).toThrowErrorMatchingInlineSnapshot(`[ValueError: RotorLinear: expected 1 or 2 rotors, got 3]`);
  expect(() => new RotorLinear(3, 9, { random: rng(1) })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: RotorLinear: expected windows of a power of two from 4 to 3, got 2]`,
  );
});
