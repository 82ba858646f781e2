/** @file What every kind of mixer says of its blocks: all that the record has are held to it. */
import { normal, rng, type Shape, type Tensor, type TypedArray } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { checkParameterisation } from "./check-parameterisation.ts";
import type { MixerKind } from "./mixer.ts";
import { mixers } from "./mixers.ts";
import { quadAt, times } from "./parameterisation/angles.ts";
import {
  byName,
  inOrder,
  mapParameters,
  type Named,
  type Names,
  type Parameterisation,
  type Quad,
} from "./parameterisation/define.ts";
import { shuffle } from "./patterns.ts";
import type { Schedule } from "./schedule.ts";
import type { Blocks } from "./stages.ts";

const schedule = shuffle(7); // with unpaired coordinates
const unpaired = schedule.unpaired.length;
const kinds: [name: string, kind: Parameterisation, mixer: MixerKind][] = Object.entries(
  mixers,
).map(([name, mixer]) => [name, mixer.parameterisation, mixer]);
const values = (x: Tensor): number[] => Array.from(elements(x.ndarray()));

type Own = Named<Names, Tensor>;

const random = rng(21);
const draw = (shape: Shape): Tensor => normal(random, shape, 0, 1, { dtype: "float64" });
const drawn = (kind: Parameterisation, over: Schedule = schedule): Own =>
  byName(kind, kind.shapes(over).map(draw));
const plain = (kind: Parameterisation, own: Own): Named<Names, TypedArray> =>
  mapParameters<Names, Tensor, TypedArray>(kind, own, (x) => elements(x.ndarray()));
const numbersOf = (count: number): Float64Array => Float64Array.from(values(draw([count])));
const blocksOf = (kind: Parameterisation, own: Own): Blocks =>
  kind.blocks(plain(kind, own), unpaired);
const _composedOf = (kind: Parameterisation, own: Own): Blocks => {
  const { blocks, unpairedScales } = kind.compose(own, unpaired);
  const [b, s] = [blocks, unpairedScales].map((x) => Float64Array.from(values(x)));
  return { blocks: b ?? new Float64Array(), unpairedScales: s ?? new Float64Array() };
};
const quads = ({ blocks }: Blocks): Quad[] =>
  Array.from({ length: blocks.length / 4 }, (_, p) => quadAt(blocks, p));
const transposedQuad = ([a, b, c, d]: Quad): Quad => [a, c, b, d];

function close(ours: Iterable<number>, theirs: Iterable<number>, tolerance = 1e-12): void {
  const [a, b] = [[...ours], [...theirs]];
  expect(a).toHaveLength(b.length);
  for (const [i, v] of b.entries())
    expect(Math.abs((a[i] ?? Number.NaN) - v)).toBeLessThan(tolerance);
}

const _closeBlocks = (ours: Blocks, theirs: Blocks): void => {
  close(ours.blocks, theirs.blocks);
  close(ours.unpairedScales, theirs.unpairedScales);
};

describe.each(kinds)("%s", (name, kind, mixer) => {
  test("stands in the record under its own name, with a line that says what it is", () => {
    expect(kind.name).toBe(name);
    expect(kind.description).toMatch(/^\S.*\S$/);
  });

  test("its shapes and its count follow from its parameters", () => {
    const { first } = schedule;
    const expected = kind.parameters.map(({ per, each }) => [
      per === "pair" ? first.length : unpaired,
      ...each,
    ]);
    expect(kind.shapes(schedule)).toEqual(expected);
    const sizes = expected.map((shape) => shape.reduce((a, b) => a * b, 1));
    expect(kind.count(schedule)).toBe(sizes.reduce((a, b) => a + b, 0));
    expect(new Set(kind.parameters.map((parameter) => parameter.name)).size).toBe(expected.length);
  });

  test("its functions fit what it composes, all that it has", () => {
    const { orthogonal, angle, inverse, scaleRows } = kind;
    expect(Object.keys(checkParameterisation(mixer)).sort()).toEqual(
      [
        ...["compose", "blocks", "pullBack", "determinant", "transpose", "nearest", "derivatives"],
        ...(orthogonal ? ["orthogonal"] : []),
        ...(angle === undefined ? [] : ["angle"]),
        ...(orthogonal || inverse === undefined ? [] : ["inverse"]),
        ...(scaleRows === undefined ? [] : ["scaleRows"]),
      ].sort(),
    );
  });

  test("it says that it is orthogonal where it is", () => {
    if (kind.orthogonal) return;
    const products = quads(blocksOf(kind, drawn(kind))).map((b) => times(transposedQuad(b), b));
    const errors = products.map(([a, b, , d]) =>
      Math.max(Math.abs(a - 1), Math.abs(b), Math.abs(d - 1)),
    );
    expect(Math.max(...errors)).toBeGreaterThan(1e-3);
  });

  test("improve: to a block of the kind, than which no other of the kind leaves less", () => {
    for (let k = 0; k < 20; k++) {
      const [a, c] = [
        [numbersOf(5), numbersOf(5)],
        [numbersOf(4), numbersOf(4)],
      ] as const;
      const residual = Array.from({ length: 5 }, () => numbersOf(4));
      const block = quadAt(blocksOf(kind, drawn(kind)).blocks, 0);
      const change = kind.improve?.(block, correlation(residual, a, c), gram(a), gram(c));
      if (change === undefined) return expect("improve" in kind).toBe(false);
      const better = added(block, change);
      const count = kind.shapes(schedule)[0]?.[0] ?? 0;
      const repeated = Float64Array.from({ length: 4 * count }, (_, e) => better[e % 4] ?? 0);
      const unpairedScales = new Float64Array(unpaired).fill(1);
      const nearest = kind.blocks(kind.nearest(repeated, unpairedScales), unpaired);
      expect(distance(quadAt(nearest.blocks, 0), better)).toBeLessThan(1e-12);
      const left = leftBy(residual, a, c, change);
      for (const other of quads(blocksOf(kind, drawn(kind))))
        expect(left).toBeLessThan(leftBy(residual, a, c, subtracted(other, block)) + 1e-9);
      expect(left).toBeLessThan(leftBy(residual, a, c, [0, 0, 0, 0]) + 1e-9);
    }
  });

  test("its parameters by name and in order", () => {
    const own = drawn(kind);
    expect(Object.keys(own)).toEqual(kind.parameters.map((parameter) => parameter.name));
    expect(byName(kind, inOrder(kind, own))).toEqual(own);
  });
});

test("a name is one kind's alone", () => {
  const all = kinds.map(([, kind]) => kind);
  expect(new Set(all).size).toBe(all.length);
});

const added = ([a, b, c, d]: Quad, [e, f, g, h]: Quad): Quad => [a + e, b + f, c + g, d + h];
const subtracted = ([a, b, c, d]: Quad, [e, f, g, h]: Quad): Quad => [a - e, b - f, c - g, d - h];
const distance = (a: Quad, b: Quad): number => Math.hypot(...subtracted(a, b));

type Two = readonly [Float64Array, Float64Array];
const inner = (u: Float64Array, v: Float64Array): number =>
  u.reduce((total, x, k) => total + x * (v[k] ?? Number.NaN), 0);
const gram = ([u, v]: Two): Quad => [inner(u, u), inner(u, v), inner(v, u), inner(v, v)];

/** ⟨a_p, R c_q⟩ */
function correlation(residual: Float64Array[], [a0, a1]: Two, [c0, c1]: Two): Quad {
  const [i0, i1] = [c0, c1].map((c) => Float64Array.from(residual, (row) => inner(row, c)));
  const [first, second] = [i0 ?? new Float64Array(), i1 ?? new Float64Array()];
  return [inner(a0, first), inner(a0, second), inner(a1, first), inner(a1, second)];
}

/** ‖R − Aᵀ Δ C‖² */
function leftBy(residual: Float64Array[], [a0, a1]: Two, [c0, c1]: Two, change: Quad): number {
  const [d0, d1, d2, d3] = change;
  let total = 0;
  for (const [o, row] of residual.entries())
    for (const [i, v] of row.entries()) {
      const [u, w] = [a0[o] ?? 0, a1[o] ?? 0];
      const [x, y] = [c0[i] ?? 0, c1[i] ?? 0];
      total += (v - u * (d0 * x + d1 * y) - w * (d2 * x + d3 * y)) ** 2;
    }
  return total;
}
