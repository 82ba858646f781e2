/**
 * @file What the condition `csp` leads to has the views and the bits of ndarray and ndarray-ops.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import makeNdArray from "ndarray";
import loops from "ndarray-ops";
import { describe, expect, test } from "vitest";
import { sources } from "../generate/sources.ts";
import { allocate, type NdArray, type TypedArray, wrap } from "./array.ts";
import { type Rng, rng } from "./ops/random.ts";
import { each } from "./primitive.ts";
import { sizeOf, stridesOf } from "./shape.ts";

type MakeNdArray = (
  data: TypedArray,
  shape: readonly number[],
  stride: readonly number[],
  offset: number,
) => NdArray;
type Loops = Readonly<Record<string, (...arrays: NdArray[]) => unknown>>;

const load = async (name: string): Promise<unknown> =>
  (await import(new URL(`../csp/${name}`, import.meta.url).href)).default;
const strict = {
  make: (await load("ndarray.js")) as MakeNdArray,
  loops: (await load("ndarray-ops.js")) as Loops,
};
const libraries = { make: makeNdArray as unknown as MakeNdArray, loops: loops as unknown as Loops };

test("csp/ is what `pnpm --filter @spm/core generate` writes, without a call of Function", () => {
  for (const [path, text] of sources()) {
    expect(readFileSync(path, "utf8"), path).toBe(text);
    expect(text).not.toMatch(/\bFunction\b|\beval\b/);
  }
});

const dtypes = ["float32", "float64", "int32", "bool"] as const;

/** A view of random layout: axes in any order, some reversed, some that repeat one element. */
function draw(random: Rng, shape: readonly number[]): Parameters<MakeNdArray> {
  const order = [...random.permutation(shape.length)];
  const laidOut = stridesOf(order.map((axis) => shape[axis]!));
  const stride = shape.map((_, axis) => laidOut[order.indexOf(axis)]! * (random.integer(2) + 1));
  const kinds = shape.map(() => random.integer(6));
  const signed = stride.map((step, k) => (kinds[k] === 0 ? 0 : kinds[k] === 1 ? -step : step));
  const [low, high] = [-1, 1].map((sign) =>
    shape.reduce((sum, n, k) => sum + Math.max(0, sign * signed[k]! * (n - 1)), 0),
  ) as [number, number];
  const data = allocate(dtypes[random.integer(4)]!, low + high + 3);
  for (let i = 0; i < data.length; i++) data[i] = 3 * random.normal();
  return [data, shape, signed, low + 1];
}

/** What can be seen of a view. */
const seen = ({ data, shape, stride, offset, order, size, dimension, dtype }: NdArray) => ({
  ...{ data, shape, stride, offset, order, size, dimension },
  dtype,
});

describe("the views of ndarray", () => {
  test.each([...Array(13).keys()])("of %i axes", (rank) => {
    const random = rng(rank + 1);
    for (const dtype of dtypes) {
      const shape = Array.from({ length: rank }, () => 1 + random.integer(rank > 6 ? 2 : 4));
      const [, , stride, offset] = draw(random, shape);
      const data = allocate(dtype, 200).map((_, i) => i % 251);
      const [a, b] = each([libraries, strict], ({ make }) =>
        make(data.slice(), shape, stride, offset),
      );
      const at = shape.map((n) => random.integer(n));
      const some = shape.map((n) => (random.integer(2) === 1 ? random.integer(n) : -1));
      const steps = shape.map(() => random.integer(5) - 2 || 1);
      const axes = [...random.permutation(rank)];
      const parts = (x: NdArray) => [
        ...[x, x.lo(...at), x.hi(...at), x.step(...steps), x.transpose(...axes)].map(seen),
        rank > 0 && seen(x.pick(...some)),
        ...[x.get(...at), x.index(...at), x.set(...at, 7), x.get(...at)],
      ];
      expect(parts(b)).toEqual(parts(a));
    }
  });

  test("are refused above 12 axes, which the libraries do not", () => {
    const shape = Array<number>(13).fill(1);
    expect(wrap(new Float32Array(1), shape).shape).toEqual(shape);
    expect(() => strict.make(new Float32Array(1), shape, shape, 0)).toThrow(
      "array: expected at most 12 axes under the condition csp, got 13",
    );
  });
});

/** A shape, with an axis in two that the loops walk in blocks, and rarely one without elements. */
function drawShape(random: Rng): number[] {
  const rank = random.integer(7);
  const long = random.integer(2 * rank + 1);
  const shape = Array.from({ length: rank }, (_, k) =>
    k === long ? 60 + random.integer(80) : 1 + random.integer(rank > 4 ? 2 : 4),
  );
  if (rank === 2 && random.integer(2) === 1) return [130, 65 + random.integer(70)];
  return random.integer(20) === 0 ? shape.map((n, k) => (k === 0 ? 0 : n)) : shape;
}

describe("the loops of ndarray-ops", () => {
  test.each([
    ["assign", 2],
    ["addeq", 2],
    ["add", 3],
    ["sub", 3],
    ["mul", 3],
    ["div", 3],
  ] as const)("%s", (name, operands) => {
    const random = rng(name.length + 10 * operands);
    for (let k = 0; k < 60; k++) {
      const shape = drawShape(random);
      const drawn = Array.from({ length: operands }, () => draw(random, shape));
      const [want, got] = [libraries, strict].map(({ make, loops }) => {
        const arrays = drawn.map(([data, ...view]) => make(data.slice(), ...view));
        loops[name]!(...arrays);
        return arrays.map(({ data }) => Buffer.from(data.buffer).toString("base64"));
      });
      expect(got, `${shape}: ${drawn.map(([, , stride]) => stride).join(" ")}`).toEqual(want);
    }
  });

  test("refuse other shapes as the libraries do", () => {
    const [a, b] = [wrap(new Float32Array(6), [2, 3]), wrap(new Float32Array(6), [3, 2])];
    for (const { loops } of [libraries, strict])
      expect(() => loops.add!(a, a, b)).toThrow("cwise: Arrays do not all have the same shape!");
  });
});

test("a sum over repeated elements is taken in the libraries' order", () => {
  const random = rng(3);
  const shape = [70, 3, 65];
  const from = Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
  const sums = [libraries, strict].flatMap(({ make, loops }) =>
    [
      [0, 0, 0],
      [0, 1, 0],
      [1, 0, 0],
    ].map((stride) => {
      const total = make(new Float32Array(70), shape, stride, 0);
      loops.addeq!(total, make(from, shape, [1, 70, 210], 0));
      return total.data;
    }),
  );
  expect(sums.slice(3)).toEqual(sums.slice(0, 3));
  expect(sums[0]![0]).not.toBe(Math.fround(from.reduce((a, b) => a + b, 0)));
});

test("the files are read from where the package has them", () => {
  const manifest = JSON.parse(
    readFileSync(fileURLToPath(new URL("../package.json", import.meta.url)), "utf8"),
  ) as { readonly imports: Readonly<Record<string, { readonly csp?: string }>> };
  const named = Object.values(manifest.imports).flatMap(({ csp }) => csp ?? []);
  const written = [...sources().keys()];
  expect(named.map((path) => path.replace("./", "/"))).toEqual(
    written.map((path) => path.slice(path.lastIndexOf("/csp/"))),
  );
});
