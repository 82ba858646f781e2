/**
 * @file Every kernel against the reference in float64: sizes 0, 1 and odd, broadcasting, views with
 * hostile strides.
 */
import {
  abs,
  add,
  argmax,
  broadcastTo,
  cast,
  concat,
  cos,
  type DType,
  div,
  equal,
  exp,
  expm1,
  greater,
  greaterEqual,
  log,
  log1p,
  logicalAnd,
  logicalOr,
  logsumexp,
  matmul,
  max,
  maximum,
  min,
  minimum,
  mul,
  type NdArray,
  neg,
  normal,
  notEqual,
  pad,
  pow,
  reference,
  relu,
  reshape,
  rng,
  type Shape,
  scope,
  sigmoid,
  sign,
  sin,
  slice,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  where,
} from "@spm/core";
import { copyArray, dtypeOf, fromArray, sizeOf, stridesOf, wrap } from "@spm/core/extend";
import { gelu, softmax } from "@spm/nn";
import { erf } from "@spm/numeric";
import { expect, test } from "vitest";
import { wasmSync } from "./backend.ts";

const backend = wasmSync({ bytes: 2 ** 28 });
const random = rng(11);

/** Ways for the same elements to lie in memory. */
const layouts: Record<string, (shape: Shape, values: ArrayLike<number>) => NdArray> = {
  "row-major": (shape, values) => wrap(Float32Array.from(values), [...shape]),
  "column-major": (shape, values) => {
    const reversed = stridesOf([...shape].reverse()).reverse();
    return scattered(shape, values, reversed, 0, sizeOf(shape));
  },
  "back to front": (shape, values) => {
    const size = sizeOf(shape);
    const stride = stridesOf(shape).map((s) => -s);
    return scattered(shape, values, stride, Math.max(0, size - 1), size);
  },
  "every third, from the fifth": (shape, values) => {
    const stride = stridesOf(shape).map((s) => 3 * s);
    return scattered(shape, values, stride, 5, 3 * sizeOf(shape) + 5);
  },
};

function scattered(
  shape: Shape,
  values: ArrayLike<number>,
  stride: number[],
  offset: number,
  room: number,
): NdArray {
  const data = new Float32Array(room).fill(Number.NaN); // what lies between must not matter
  const order = stridesOf(shape);
  for (let k = 0; k < sizeOf(shape); k++) {
    let at = offset;
    for (let axis = 0, rest = k; axis < shape.length; axis++) {
      at += Math.floor(rest / order[axis]!) * stride[axis]!;
      rest %= order[axis]!;
    }
    data[at] = values[k]!;
  }
  return wrap(data, [...shape], stride, offset);
}

const draw = (shape: Shape): Float64Array =>
  copyArray(normal(random, [...shape], 0, 1).ndarray(), "float64").data as Float64Array;

/** Runs `f` on wasm in every layout and on the reference in float64, and compares. */
function agrees(
  f: (...xs: Tensor[]) => Tensor,
  shapes: readonly Shape[],
  map: (v: number) => number,
  bound: number,
) {
  const values = shapes.map((shape) => draw(shape).map(map).map(Math.fround));
  const want = f(...values.map((v, k) => fromArray(wrap(v, [...shapes[k]!]), reference))).ndarray();
  for (const [layout, lay] of Object.entries(layouts)) {
    scope(() => {
      const inputs = values.map((v, k) => fromArray(lay(shapes[k]!, v), backend));
      const got = f(...inputs);
      expect(got.backend).toBe(backend);
      close(got.ndarray(), want, bound, layout);
    });
  }
}

function close(got: NdArray, want: NdArray, bound: number, what: string): void {
  expect(got.shape, what).toEqual(want.shape);
  const wanted: DType = dtypeOf(want) === "float64" ? "float32" : dtypeOf(want);
  expect(dtypeOf(got), what).toBe(wanted);
  const [a, b] = [copyArray(got, "float64").data, copyArray(want, "float64").data];
  for (let i = 0; i < b.length; i++) {
    const error = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    if (!(error <= bound || Object.is(a[i], b[i])))
      expect.fail(`${what}: element ${i} is ${a[i]}, expected ${b[i]}`);
  }
}

const same = (v: number): number => v;
const positive = (v: number): number => Math.abs(v) + 0.01;
const ROUNDED = 2 ** -23; // one operation
const shapesOf1: Shape[] = [[], [0], [1], [3], [4], [5, 7], [2, 0, 3], [3, 4, 5], [2, 3, 1, 5]];

const unary: [string, (x: Tensor) => Tensor, (v: number) => number, number][] = [
  ["neg", neg, same, 0],
  ["abs", abs, same, 0],
  ["square", square, same, ROUNDED],
  ["sqrt", sqrt, positive, ROUNDED],
  ["exp", exp, same, 4 * ROUNDED],
  ["log", log, positive, 4 * ROUNDED],
  ["sin", sin, same, 4 * ROUNDED],
  ["cos", cos, same, 4 * ROUNDED],
  ["tanh", tanh, same, 4 * ROUNDED],
  ["relu", relu, same, 0],
  ["sigmoid", sigmoid, same, 4 * ROUNDED],
  ["sign", sign, same, 0],
  ["expm1", expm1, same, 4 * ROUNDED],
  ["log1p", log1p, positive, 4 * ROUNDED],
  ["erf", erf, same, 4 * ROUNDED],
  ["softplus", softplus, same, 4 * ROUNDED],
];
test.each(unary)("%s", (_, f, map, bound) => {
  for (const shape of shapesOf1) agrees(f, [shape], map, bound);
});

const pairs: [Shape, Shape][] = [
  ...shapesOf1.map((s): [Shape, Shape] => [s, s]),
  [[5, 7], [7]],
  [[7], [5, 7]],
  [
    [5, 7],
    [5, 1],
  ],
  [
    [1, 7],
    [5, 1],
  ],
  [[], [3, 4]],
  [[3, 4], []],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [
    [2, 1, 4],
    [1, 3, 1],
  ],
  [
    [2, 3, 4, 5],
    [2, 1, 4, 1],
  ],
  [[1], [0]],
];
const binary: [string, (a: Tensor, b: Tensor) => Tensor, number][] = [
  ["add", add, ROUNDED],
  ["sub", sub, ROUNDED],
  ["mul", mul, ROUNDED],
  ["div", div, ROUNDED],
  ["equal", (a, b) => equal(relu(a), relu(b)), 0],
  ["notEqual", (a, b) => notEqual(relu(a), relu(b)), 0],
  ["greater", greater, 0],
  ["greaterEqual", (a, b) => greaterEqual(relu(a), relu(b)), 0],
  ["maximum", maximum, 0],
  ["minimum", minimum, 0],
  ["pow", (a, b) => pow(add(abs(a), 0.1), b), 8 * ROUNDED],
  ["logicalAnd", (a, b) => logicalAnd(relu(a), relu(b)), 0],
  ["logicalOr", (a, b) => logicalOr(greater(a, 0), greater(b, 0)), 0],
  ["of integers", (a, b) => greaterEqual(cast(mul(a, 4), "int32"), cast(mul(b, 4), "int32")), 0],
  ["where", (a, b) => where(greater(a, 0), a, b), 0],
];
test.each(binary)("%s", (name, f, bound) => {
  for (const [a, b] of pairs) agrees(f, [a, b], name === "div" ? positive : same, bound);
});

const SUMMED = 1e-6; // float32 operands, float64 sums
test.each([
  ["sum", sum, SUMMED],
  ["max", max, 0],
  ["min", min, 0],
  ["logsumexp", logsumexp, 1e-6],
] as const)("%s", (name, f, bound) => {
  for (const shape of [[], [1], [5], [3, 7], [7, 3], [2, 3, 5], [0, 3]] as Shape[]) {
    const axes = [
      undefined,
      ...shape.map((_, k) => k),
      ...(shape.length > 2
        ? [
            [0, 2],
            [1, 2],
          ]
        : []),
    ];
    for (const axis of axes) {
      if (name !== "sum" && sizeOf(shape) === 0) continue;
      agrees((x) => f(x, { axis }), [shape], same, bound);
      agrees((x) => f(x, { axis, keepdims: true }), [shape], same, bound);
    }
  }
});

test("argmax", () => {
  for (const shape of [[1], [5], [3, 7]] as Shape[])
    agrees((x) => argmax(x, { axis: -1 }), [shape], same, 0);
  agrees((x) => argmax(relu(x), { axis: 0 }), [[6, 5]], same, 0);
});

test("matmul: every transpose form, odd sizes, batches, single rows and columns", () => {
  const sizes: [number, number, number][] = [
    [1, 1, 1],
    [4, 8, 4],
    [5, 9, 7],
    [1, 33, 70],
    [37, 1, 19],
    [3, 0, 2],
    [0, 3, 2],
    [2, 3, 0],
    [130, 17, 300],
  ];
  for (const [m, n, k] of sizes) {
    const bound = 2e-6 * Math.sqrt(k + 1);
    agrees(
      matmul,
      [
        [m, k],
        [k, n],
      ],
      same,
      bound,
    );
    agrees(
      (a, b) => matmul(transpose(a), b),
      [
        [k, m],
        [k, n],
      ],
      same,
      bound,
    );
    agrees(
      (a, b) => matmul(a, transpose(b)),
      [
        [m, k],
        [n, k],
      ],
      same,
      bound,
    );
  }
  agrees(
    matmul,
    [
      [2, 3, 5, 4],
      [3, 4, 6],
    ],
    same,
    2e-6,
  );
  agrees(
    matmul,
    [
      [2, 1, 5, 4],
      [3, 4, 1],
    ],
    same,
    2e-6,
  );
  agrees((a, b) => matmul(broadcastTo(a, [4, 3]), b), [[3], [3, 2]], same, 2e-6);
});

test("what moves elements", () => {
  agrees((x) => reshape(transpose(x), [-1]), [[5, 7]], same, 0);
  agrees((x) => reshape(transpose(x, [2, 0, 1]), [6, 4]), [[2, 3, 4]], same, 0);
  agrees((x) => pad(x, [1, 2], [0, 3], { value: 7 }), [[3, 5]], same, 0);
  agrees((x) => pad(x, [1], [0]), [[0]], same, 0);
  agrees(
    (x, y) => concat([x, y, x], 1),
    [
      [3, 2],
      [3, 5],
    ],
    same,
    0,
  );
  agrees(
    (x, y) => concat([x, y], 0),
    [
      [2, 3],
      [0, 3],
    ],
    same,
    0,
  );
  agrees((x) => cast(greater(x, 0), x.dtype), [[3, 37]], same, 0);
  agrees((x) => add(slice(x, [{ step: -1 }, { start: 1 }]), 0), [[4, 9]], same, 0);
});

/** A function of many numbers at a time. */
type Exact = (xs: Float64Array) => Float64Array;

/** Errors in units in the last place of the exact result. */
function inUlp(f: (x: Tensor) => Tensor, exact: Exact, xs: Float32Array): Float64Array {
  const ys = scope(() =>
    f(fromArray(wrap(xs, [xs.length]), backend))
      .ndarray()
      .data.slice(),
  );
  return exact(Float64Array.from(xs)).map((want, i) => {
    const unit = 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(want))) - 23);
    return Math.abs(ys[i]! - want) / unit;
  });
}

/** Largest error of a function over [low, high]. */
function worstUlp(f: (x: Tensor) => Tensor, exact: Exact, low: number, high: number): number {
  const count = 100_000;
  const xs = Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
  return inUlp(f, exact, xs).reduce((a, b) => Math.max(a, b));
}

const all =
  (f: (x: number) => number): Exact =>
  (xs) =>
    xs.map(f);
const onTheReference =
  (f: (x: Tensor) => Tensor): Exact =>
  (xs) =>
    copyArray(f(tensor(xs, { backend: reference })).ndarray(), "float64").data as Float64Array;
const exactSoftplus = all((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));

// Stated at wasm() in backend.ts: change them together.
test.each([
  ["exp", exp, all(Math.exp), -87, 88.7, 2],
  ["exp of small", exp, all(Math.exp), -1, 1, 1],
  ["log", log, all(Math.log), 1e-6, 100, 1],
  ["tanh", tanh, all(Math.tanh), -10, 10, 2],
  ["sigmoid", sigmoid, all((x) => 1 / (1 + Math.exp(-x))), -80, 20, 3],
  ["expm1", expm1, all(Math.expm1), -30, 88, 2],
  ["expm1 of small", expm1, all(Math.expm1), -1, 1, 2],
  ["log1p", log1p, all(Math.log1p), -0.99, 100, 2],
  ["log1p of small", log1p, all(Math.log1p), -1e-3, 1e-3, 2],
  ["softplus", softplus, exactSoftplus, -80, 80, 3],
  ["erf", erf, onTheReference(erf), -5, 5, 1.5],
  ["erf of small", erf, onTheReference(erf), -1e-3, 1e-3, 1.5],
  ["gelu", gelu, onTheReference(gelu), 0, 10, 2],
  ["gelu of small", gelu, onTheReference(gelu), -1, 0, 3],
] as const)("%s is within its error", (_, f, exact, low, high, ulp) => {
  expect(worstUlp(f, exact, low, high)).toBeLessThan(ulp);
});

test("gelu of negative numbers loses digits with 1 + erf, but no more than 10⁻⁷", () => {
  const xs = Float32Array.from({ length: 10_000 }, (_, i) => -i / 1000);
  const ys = scope(() =>
    gelu(fromArray(wrap(xs, [xs.length]), backend))
      .ndarray()
      .data.slice(),
  );
  const exact = onTheReference(gelu)(Float64Array.from(xs));
  expect(Math.max(...exact.map((y, i) => Math.abs(ys[i]! - y)))).toBeLessThan(1e-7);
});

// Math.sin and Math.cos in float64 are right for every float32: they take as much of π as it needs.
test.each([
  ["sin", sin, all(Math.sin)],
  ["cos", cos, all(Math.cos)],
] as const)(
  "%s is within its error from 1e-38 to 3e38, and where it is next to nothing",
  (_, f, exact) => {
    const draw = rng(11);
    const magnitudes = Float32Array.from({ length: 200_000 }, () => {
      const size = 10 ** (-38 + 76.5 * draw.uniform());
      return draw.uniform() < 0.5 ? -size : size;
    });
    const quarterTurns = Float32Array.from(
      { length: 60_000 },
      (_, k) => (k - 30_000) * (Math.PI / 2),
    );
    // near and far, side by side
    const both = Float32Array.of(3e5, 1e10, 3.4e38, -3.4e38, 8192, 8192.001, 1, 2, 1e20);
    for (const xs of [magnitudes, quarterTurns, both]) {
      const worst = inUlp(f, exact, xs);
      expect(worst.reduce((a, b) => Math.max(a, b))).toBeLessThan(2.5);
      const far = worst.filter((_, i) => Math.abs(xs[i]!) > 8192);
      expect(far.length).toBeGreaterThan(0);
      expect(far.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(0.501);
    }
  },
);

test("special values", () => {
  const values = [
    0,
    -0,
    1e-45,
    -1e-45,
    1e38,
    -1e38,
    Infinity,
    -Infinity,
    Number.NaN,
    200,
    -200,
    88.72,
    -103,
  ];
  const at = (f: (x: Tensor) => Tensor) =>
    scope(() => [
      ...f(fromArray(wrap(Float32Array.from(values), [values.length]), backend)).ndarray().data,
    ]);
  for (const [f, exact] of [
    [exp, all(Math.exp)],
    [log, all(Math.log)],
    [tanh, all(Math.tanh)],
    [relu, all((x) => Math.max(x, 0))],
    [sigmoid, all((x) => 1 / (1 + Math.exp(-x)))],
    [expm1, all(Math.expm1)],
    [log1p, all(Math.log1p)],
    [erf, onTheReference(erf)],
    [softplus, exactSoftplus],
    [sign, all(Math.sign)],
    [sin, all(Math.sin)],
    [cos, all(Math.cos)],
  ] as const) {
    const exactly = exact(Float64Array.from(values, Math.fround));
    at(f).forEach((y, i) => {
      const want = Math.fround(exactly[i]!);
      if (Number.isFinite(want))
        expect(Math.abs(y - want)).toBeLessThanOrEqual(1e-6 * Math.abs(want) + 2e-38);
      else expect(y, `${values[i]}`).toBe(want);
    });
  }
});

test("softmax is 0 where it would be subnormal, and NaN where a row has one", () => {
  const rows = [0, -87, -87.4, -100, -Infinity, 0, -1, Number.NaN, -100, -Infinity];
  const x = fromArray(wrap(Float32Array.from(rows), [2, 5]), backend);
  const y = scope(() => [...softmax(x).ndarray().data]);
  expect(y[1]! / Math.exp(-87)).toBeCloseTo(1, 5);
  expect(y).toEqual([1, y[1], 0, 0, 0, ...Array(5).fill(Number.NaN)]);
});
