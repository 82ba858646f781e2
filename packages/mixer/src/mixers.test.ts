/** @file What every kind of mixer says of its blocks: all that the record has are held to it. */
import {
  normal,
  reshape,
  rng,
  type Shape,
  slice,
  stack,
  type Tensor,
  type TypedArray,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { mixers } from "./mixers.ts";
import { quadAt, times } from "./parameterisation/angles.ts";
import {
  byName,
  defineParameterisation,
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
const kinds: [name: string, kind: Parameterisation][] = Object.entries(mixers).map(
  ([name, { parameterisation }]) => [name, parameterisation],
);
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
const composedOf = (kind: Parameterisation, own: Own): Blocks => {
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

const closeBlocks = (ours: Blocks, theirs: Blocks): void => {
  close(ours.blocks, theirs.blocks);
  close(ours.unpairedScales, theirs.unpairedScales);
};

describe.each(kinds)("%s", (name, kind) => {
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

  test("its blocks in float64 are those that its ops compose", () => {
    const own = drawn(kind);
    const { blocks, unpairedScales } = composedOf(kind, own);
    expect([blocks.length, unpairedScales.length]).toEqual([4 * schedule.first.length, unpaired]);
    closeBlocks(blocksOf(kind, own), { blocks, unpairedScales });
  });

  test("leading axes pass: copies for each of two samples", () => {
    const copies = [drawn(kind), drawn(kind)];
    const both = mapParameters(kind, drawn(kind), (_, layout) =>
      stack(copies.flatMap((own) => own[layout.name] ?? [])),
    );
    const { blocks } = kind.compose(both, unpaired);
    for (const [k, own] of copies.entries()) {
      const single = kind.compose(own, unpaired).blocks;
      const sample = reshape(slice(blocks, [{ start: k, stop: k + 1 }]), single.shape);
      expect(values(sample)).toEqual(values(single));
    }
  });

  test("its closed forms are those that follow from composing", () => {
    const { blocks: _blocks, pullBack: _pullBack, shapes: _s, count: _c, ...definition } = kind;
    const bare = defineParameterisation(definition);
    const own = plain(kind, drawn(kind));
    const at = bare.blocks(own, unpaired);
    closeBlocks(kind.blocks(own, unpaired), at);
    const sums = { blocks: numbersOf(at.blocks.length), unpairedScales: numbersOf(unpaired) };
    const [ours, theirs] = [kind.pullBack(sums, at, own), bare.pullBack(sums, at, own)];
    for (const parameter of kind.parameters)
      close(ours[parameter.name] ?? [], theirs[parameter.name] ?? []);
  });

  test("orthogonal or not, and of which determinant, as it says", () => {
    const at = blocksOf(kind, drawn(kind));
    const products = quads(at).map((block) => times(transposedQuad(block), block));
    const errors = products.map(([a, b, , d]) =>
      Math.max(Math.abs(a - 1), Math.abs(b), Math.abs(d - 1)),
    );
    if (kind.orthogonal) {
      expect(Math.max(...errors)).toBeLessThan(1e-12);
      expect([...at.unpairedScales]).toEqual(new Array(unpaired).fill(1));
    } else expect(Math.max(...errors)).toBeGreaterThan(1e-3);
    const determinants = quads(at).map(([a, b, c, d]) => a * d - b * c);
    const { determinant } = kind;
    if (determinant !== "any")
      expect(determinants.map(Math.sign)).toEqual(determinants.map(() => determinant));
    const size = determinants.map(Math.abs);
    const ones = size.map(() => 1);
    if (kind.orthogonal) close(size, ones);
  });

  test("an angle turns the blocks: B(θ + t) = R(t) B(θ)", () => {
    if (kind.angle === undefined) return expect("angle" in kind).toBe(false);
    const own = plain(kind, drawn(kind));
    const by = 0.7;
    const turned = mapParameters(kind, own, (angles) => Float64Array.from(angles, (v) => v + by));
    expect(Object.keys(own)).toEqual([kind.angle]);
    const turn: Quad = [Math.cos(by), -Math.sin(by), Math.sin(by), Math.cos(by)];
    const expected = quads(kind.blocks(own, unpaired)).flatMap((block) => times(turn, block));
    close(kind.blocks(turned, unpaired).blocks, expected);
  });

  test("transpose: of every block", () => {
    const own = drawn(kind);
    const { blocks, unpairedScales } = composedOf(kind, kind.transpose(own));
    const at = composedOf(kind, own);
    close(blocks, quads(at).flatMap(transposedQuad));
    close(unpairedScales, at.unpairedScales);
  });

  test("inverse: of every block and scale, where the transpose is not the inverse already", () => {
    const own = drawn(kind);
    const invert = kind.orthogonal ? kind.transpose : kind.inverse;
    if (invert === undefined) return expect(kind.orthogonal).toBe(false);
    const [at, back] = [composedOf(kind, own), composedOf(kind, invert(own))];
    const undone = quads(at).flatMap((block, p) => times(quadAt(back.blocks, p), block));
    close(
      undone,
      quads(at).flatMap(() => [1, 0, 0, 1]),
      1e-9,
    );
    close(
      [...at.unpairedScales].map((s, r) => s * (back.unpairedScales[r] ?? 0)),
      at.unpairedScales.map(() => 1),
    );
  });

  test("nearest: its own blocks are nearest to themselves, and no others nearer to any", () => {
    const at = blocksOf(kind, drawn(kind));
    closeBlocks(kind.blocks(kind.nearest(at.blocks, at.unpairedScales), unpaired), at);
    const free = { blocks: numbersOf(at.blocks.length), unpairedScales: numbersOf(unpaired) };
    const found = kind.blocks(
      kind.nearest(free.blocks.slice(), free.unpairedScales.slice()),
      unpaired,
    );
    for (let k = 0; k < 50; k++) {
      const other = quads(blocksOf(kind, drawn(kind)));
      for (const [p, block] of quads(found).entries()) {
        const target = quadAt(free.blocks, p);
        expect(distance(block, target)).toBeLessThan(distance(other[p] ?? target, target) + 1e-12);
      }
    }
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

  test("scaleRows: of every block, and the unpairedScales", () => {
    const own = drawn(kind);
    const { length } = schedule.first;
    const [first, second, rest] = [draw([length]), draw([length]), draw([unpaired])];
    if (kind.scaleRows === undefined) return expect("scaleRows" in kind).toBe(false);
    const at = composedOf(kind, own);
    const scaled = composedOf(kind, kind.scaleRows(own, first, second, rest));
    const rows = [first, second].map(values);
    const factor = (k: number) => rows[(k >> 1) & 1]?.[k >> 2] ?? Number.NaN;
    close(
      scaled.blocks,
      at.blocks.map((v, k) => v * factor(k)),
    );
    close(
      scaled.unpairedScales,
      values(rest).map((v, r) => v * (at.unpairedScales[r] ?? Number.NaN)),
    );
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
