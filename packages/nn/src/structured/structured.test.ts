/**
 * @file Every structured map: its product is its matrix, its derivatives are right, its counts are
 * what it stores.
 */
import { normal, rng, type Tensor, tensor } from "@spm/core";
import { elements, sizeOf } from "@spm/core/extend";
import { apply, hadamard, toDense } from "@spm/mixer";
import fc from "fast-check";
import { assert, describe, expect, test } from "vitest";
import { gradcheckModule } from "../gradcheck-module.ts";
import { type LinearKind, linear, linearKinds, plainKinds } from "../linear-kinds.ts";
import { BlockDiagonal } from "./block-diagonal.ts";
import { BlockHadamard } from "./block-hadamard.ts";
import { Butterfly } from "./butterfly.ts";
import { Circulant } from "./circulant.ts";
import { LowRank } from "./low-rank.ts";
import { Monarch } from "./monarch.ts";
import { Toeplitz } from "./toeplitz.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const kinds = Object.keys(linearKinds) as LinearKind[];

/** x Wᵀ + b, by the definition. */
function byDefinition(x: Tensor, w: Tensor, b: Tensor): number[] {
  const [xs, ws, bs] = [numbers(x), numbers(w), numbers(b)];
  const [outFeatures, inFeatures] = w.shape as [number, number];
  return Array.from({ length: (xs.length / inFeatures) * outFeatures }, (_, at) => {
    const [row, o] = [Math.floor(at / outFeatures), at % outFeatures];
    return (
      bs[o]! +
      Array.from(
        { length: inFeatures },
        (_, i) => xs[row * inFeatures + i]! * ws[o * inFeatures + i]!,
      ).reduce((a, c) => a + c, 0)
    );
  });
}

describe.each(kinds)("%s", (kind) => {
  test("gain is a factor on the initial output before the bias", () => {
    const x = normal(rng(2), [3, 6]);
    const [once, thrice] = [1, 3].map((gain) =>
      numbers(linear(kind, 6, 5, { random: rng(1), bias: false, gain }).forward(x)),
    );
    for (const [i, v] of thrice!.entries()) expect(v).toBeCloseTo(3 * once![i]!, 4);
    const whole = numbers(linear(kind, 6, 5, { random: rng(1), bias: false }).forward(x));
    expect(once).toEqual(whole);
  });

  test("is x Wᵀ + b, whatever its sizes", () => {
    const size = fc.integer({ min: 1, max: 19 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.constantFrom<number[]>([], [3], [2, 1], [0]),
        (inFeatures, outFeatures, rows) => {
          const layer = linear(kind, inFeatures, outFeatures, {
            random: rng(inFeatures),
            gain: 1.5,
          });
          assert(layer.bias !== null);
          layer.bias.assign(normal(rng(7), [outFeatures]));
          const x = normal(rng(3), [...rows, inFeatures]);
          const w = layer.toDense();
          expect(w.shape).toEqual([outFeatures, inFeatures]);
          const y = layer.forward(x);
          expect(y.shape).toEqual([...rows, outFeatures]);
          const expected = byDefinition(x, w, layer.bias);
          for (const [i, v] of numbers(y).entries()) expect(v).toBeCloseTo(expected[i]!, 4);
        },
      ),
      {
        seed: 1,
        numRuns: 40,
        examples: [
          [4, 4, [3]],
          [8, 3, [2, 1]],
          [3, 10, []],
          [1, 1, [3]],
          [12, 12, [2]],
          [96, 96, []],
        ],
      },
    );
  });

  test("first derivatives by input and parameters", () => {
    gradcheckModule(linear(kind, 5, 6, { random: rng(1) }), [normal(rng(2), [3, 5])]);
  });

  test("counts what it stores, and nothing for a bias it does not have", () => {
    const [with_, without] = [true, false].map((bias) =>
      linear(kind, 8, 8, { random: rng(1), bias }),
    );
    expect(with_!.parameterCount() - without!.parameterCount()).toBe(8);
    expect(with_!.flops([[2, 5, 8]])).toBe(10 * with_!.flopsPerRow);
    expect(with_!.flopsPerRow - without!.flopsPerRow).toBe(8);
    expect(without!.bias).toBeNull();
  });

  test("refuses another width", () => {
    expect(() => linear(kind, 4, 4, { random: rng(1) }).forward(normal(rng(1), [2, 3]))).toThrow(
      /expected/,
    );
  });
});

const bare = { random: rng(1), bias: false };

test("parameters and FLOP by hand", () => {
  const cost = (layer: LowRank | BlockDiagonal | BlockHadamard | Monarch | Butterfly) => [
    layer.parameterCount(),
    layer.flopsPerRow,
  ];
  expect(cost(new LowRank(64, 32, { ...bare, rank: 4 }))).toEqual([4 * 96, 8 * 96]);
  expect(cost(new BlockDiagonal(64, 64, { ...bare, blocks: 8 }))).toEqual([512, 1024]);
  expect(cost(new BlockHadamard(64, 64, { ...bare, blocks: 16 }))).toEqual([512, 1024 + 3 * 384]);
  expect(cost(new Monarch(64, 64, bare))).toEqual([1024, 2048]);
  expect(cost(new Butterfly(64, 256, bare))).toEqual([4 * 768, 4 * 1152]);
});

test("low rank has that rank: all its 3 × 3 minors vanish at rank 2", () => {
  const w = numbers(new LowRank(3, 3, { ...bare, rank: 2 }).toDense());
  const [a, b, c, d, e, f, g, h, i] = w as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  expect(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)).toBeCloseTo(0, 6);
});

test("block diagonal is zero off its blocks", () => {
  const w = numbers(new BlockDiagonal(4, 6, { ...bare, blocks: 2 }).toDense());
  w.forEach((v, at) => {
    expect(v === 0).toBe(Math.floor(Math.floor(at / 4) / 3) !== Math.floor((at % 4) / 2));
  });
});

test("Monarch with one matrix of ones sees every input in every output", () => {
  const layer = new Monarch(9, 9, bare);
  for (const p of layer.parameters())
    p.assign(tensor(new Float32Array(sizeOf(p.shape)).fill(1), { shape: p.shape }));
  expect(numbers(layer.toDense())).toEqual(new Array(81).fill(1));
});

test("a Monarch entry is R[k][j][i] · L[j][s][k]: input (k, i), output (s, j)", () => {
  const layer = new Monarch(6, 6, { ...bare, blocks: 2 });
  const [r, l, w] = [layer.right, layer.left, layer.toDense()].map(numbers) as [
    number[],
    number[],
    number[],
  ];
  for (let k = 0; k < 2; k++)
    for (let i = 0; i < 3; i++)
      for (let s = 0; s < 3; s++)
        for (let j = 0; j < 2; j++)
          expect(w[(s * 2 + j) * 6 + k * 3 + i]).toBeCloseTo(
            r[(k * 2 + j) * 3 + i]! * l[(j * 3 + s) * 2 + k]!,
            6,
          );
});

test("a butterfly of width 4 is the product of its two stages", () => {
  const layer = new Butterfly(4, 4, bare);
  const m = layer.stack.flatMap(numbers);
  const stage = (from: number, pairs: [number, number][]): number[][] => {
    const out = [0, 1, 2, 3].map(() => [0, 0, 0, 0]);
    pairs.forEach(([i, j], p) => {
      const [a, b, c, d] = m.slice(4 * (from + p)) as [number, number, number, number];
      [out[i]![i], out[i]![j], out[j]![i], out[j]![j]] = [a, b, c, d];
    });
    return out;
  };
  const [first, second] = [
    stage(0, [
      [0, 1],
      [2, 3],
    ]),
    stage(2, [
      [0, 2],
      [1, 3],
    ]),
  ];
  const w = numbers(layer.toDense());
  for (let o = 0; o < 4; o++)
    for (let i = 0; i < 4; i++)
      expect(w[4 * o + i]).toBeCloseTo(
        [0, 1, 2, 3].reduce((t, k) => t + second[o]![k]! * first[k]![i]!, 0),
        6,
      );
});

test("block-Hadamard is blocks, the Hadamard transform, blocks", () => {
  const layer = new BlockHadamard(16, 8, { ...bare, blocks: 4 });
  const [first, last] = [16, 8].map((n) => new BlockDiagonal(n, 8, { ...bare, blocks: 4 })) as [
    BlockDiagonal,
    BlockDiagonal,
  ];
  first.weight.assign(layer.inner);
  last.weight.assign(layer.outer);
  const x = normal(rng(2), [3, 16]);
  const between = apply(hadamard(8, { dtype: "float32" }), first.forward(x));
  const expected = numbers(last.forward(between));
  for (const [k, v] of numbers(layer.forward(x)).entries()) expect(v).toBeCloseTo(expected[k]!, 5);
});

test("block-Hadamard is low rank, but for the signs of a Hadamard matrix on its parts", () => {
  const w = new BlockHadamard(16, 8, { ...bare, blocks: 4 }).toDense(); // parts of [2, 4]
  const signs = numbers(toDense(hadamard(4))).map(Math.sign);
  const unsigned = numbers(w).map((v, at) => {
    const [o, i] = [Math.floor(at / 16), at % 16];
    return v * signs[4 * Math.floor(o / 2) + Math.floor(i / 4)]!;
  });
  const low = new LowRank(16, 8, { ...bare, rank: 2 });
  expect(low.assignDense(tensor(unsigned, { shape: [8, 16] }))).toBeLessThan(1e-6);
  expect(low.assignDense(w)).toBeGreaterThan(0.3);
});

test("what can't be built is refused", () => {
  expect(() => new LowRank(4, 4, { ...bare, rank: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: LowRank: expected a rank ≥ 1, got 0]`,
  );
  expect(() => new BlockDiagonal(4, 6, { ...bare, blocks: 5 })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: BlockDiagonal: expected 1 to 4 blocks, got 5]`,
  );
  for (const blocks of [3, 16])
    expect(() => new BlockHadamard(5, 9, { ...bare, blocks })).toThrow(
      `BlockHadamard: expected a power of two from 1 to 8 blocks, got ${blocks}`,
    );
  expect(() => new Monarch(4, 4, { ...bare, blocks: 0.5 })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Monarch: expected at least 1 block, got 0.5]`,
  );
  expect(() =>
    new Monarch(4, 4, bare).forward(normal(rng(1), [2, 3])),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: Monarch: expected x of shape [..., 4], got [2, 3]]`,
  );
});

test("circulant and Toeplitz matrices, written out", () => {
  const circulant = new Circulant(3, 3, bare);
  circulant.kernel.assign(tensor([1, 2, 3]));
  expect(numbers(circulant.toDense())).toEqual([1, 3, 2, 2, 1, 3, 3, 2, 1]);
  const toeplitz = new Toeplitz(3, 2, bare);
  toeplitz.diagonals.assign(tensor([1, 2, 3, 4]));
  expect(numbers(toeplitz.toDense())).toEqual([3, 2, 1, 4, 3, 2]);
  expect([circulant.parameterCount(), toeplitz.parameterCount()]).toEqual([3, 4]);
  expect(new Circulant(8, 8, bare).flopsPerRow).toBe(10 * 8 * 3 + 6 * 5);
  expect(new Circulant(6, 6, bare).flopsPerRow).toBe(new Toeplitz(6, 6, bare).flopsPerRow);
});

test(
  "a Monarch map of 4 × 4 blocks holds the butterfly of width 16: " +
    "R its first two stages, L the others",
  () => {
    const butterfly = new Butterfly(16, 16, bare);
    const half = (keep: (p: number) => boolean): number[] => {
      const part = new Butterfly(16, 16, bare);
      const blocks = butterfly.stack
        .flatMap(numbers)
        .map((v, at) => (keep(at >> 2) ? v : at % 4 === 0 || at % 4 === 3 ? 1 : 0));
      for (const p of part.stack) p.assign(tensor(blocks, { shape: [32, 4] }));
      return numbers(part.toDense());
    };
    // 8 pairs a stage; the other stages the identity
    const [first, last] = [half((p) => p < 16), half((p) => p >= 16)];
    const entry = (w: number[], o: number, i: number): number => w[16 * o + i]!;
    const indices = Array.from(
      { length: 64 },
      (_, at) => [at >> 4, (at >> 2) % 4, at % 4] as const,
    );
    const monarch = new Monarch(16, 16, bare);
    const right = indices.map(([k, j, i]) => entry(first, 4 * k + j, 4 * k + i));
    const left = indices.map(([j, s, k]) => entry(last, 4 * s + j, 4 * k + j));
    monarch.right.assign(tensor(right, { shape: [4, 4, 4] }));
    monarch.left.assign(tensor(left, { shape: [4, 4, 4] }));
    const expected = numbers(butterfly.toDense());
    for (const [at, v] of numbers(monarch.toDense()).entries())
      expect(v).toBeCloseTo(expected[at]!, 5);
  },
);

describe("the nearest to a matrix", () => {
  const peers = Object.keys(plainKinds) as (keyof typeof plainKinds)[];

  test.each(peers)("%s finds a matrix of its own", (kind) => {
    const sizes = [
      [8, 8],
      ...(kind === "butterfly"
        ? []
        : [
            [5, 7],
            [8, 3],
          ]),
    ] as [number, number][];
    for (const [inFeatures, outFeatures] of sizes) {
      const [from, to] = [1, 2].map((seed) =>
        linear(kind, inFeatures, outFeatures, { random: rng(seed) }),
      );
      expect(to!.assignDense(from!.toDense())).toBeLessThan(1e-5);
    }
  });

  test("a stack of cut butterflies comes nearer than nothing: no closed form is known", () => {
    const target = new Butterfly(5, 11, { ...bare, random: rng(3) }).toDense();
    const layer = new Butterfly(5, 11, bare);
    const error = layer.assignDense(target);
    const left = numbers(layer.toDense()).map((v, k) => v - numbers(target)[k]!);
    expect(error).toBeCloseTo(Math.hypot(...left) / Math.hypot(...numbers(target)), 6);
    expect(error).toBeLessThan(0.5);
  });

  test.each(
    peers.filter((kind) => !["dense", "butterfly", "monarch", "circulant-diagonal"].includes(kind)),
  )("%s: no small step in any parameter comes nearer", (kind) => {
    const target = normal(rng(5), [6, 5]);
    const layer = linear(kind, 5, 6, { random: rng(1), bias: false });
    layer.assignDense(target);
    const distance = (): number =>
      numbers(layer.toDense()).reduce((t, v, k) => t + (v - numbers(target)[k]!) ** 2, 0);
    const least = distance();
    for (const p of layer.parameters())
      for (const [k, v] of numbers(p).entries())
        for (const step of [-0.05, 0.05]) {
          p.assign(tensor(numbers(p).with(k, v + step), { shape: p.shape }));
          expect(distance()).toBeGreaterThan(least - 1e-6);
          p.assign(tensor(numbers(p).with(k, v), { shape: p.shape }));
        }
  });

  test("refuses another shape, and a map of one's own that does not know", () => {
    const layer = new LowRank(4, 4, bare);
    expect(() => layer.assignDense(normal(rng(1), [4, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: assignDense: expected W of shape [4, 4], got [4, 3]]`,
    );
  });
});
