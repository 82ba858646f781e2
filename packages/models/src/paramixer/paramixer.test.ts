/** @file Paramixer beside its definition: dense matrices, rolled sequences, forms and counts. */
import { add, at, cast, normal, type Rng, rng, roll, type Tensor, tensor, zeros } from "@spm/core";
import { elements } from "@spm/core/extend";
import { functionalCall, Module } from "@spm/nn";
import { describe, expect, test } from "vitest";
import { type LinkProtocol, linkShifts, Paramixer, ParamixerBlock } from "../index.ts";

const float64 = { dtype: "float64" } as const;
const draw = (random: Rng, ...shape: number[]): Tensor => normal(random, shape, 0, 1, float64);
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];

/** A module's forward in float64. */
const double = (module: Module, ...inputs: Tensor[]): Tensor =>
  functionalCall(
    module,
    Object.fromEntries(
      [...module.namedParameters()].map(([path, p]) => [path, cast(p, "float64")]),
    ),
    ...inputs,
  );

/** A block's dense matrix as a forward. */
class Dense extends Module {
  readonly block: ParamixerBlock;
  constructor(block: ParamixerBlock) {
    super();
    this.block = block;
  }
  forward(x: Tensor): Tensor {
    return this.block.toDense(x);
  }
}

const identity = (n: number): number[] =>
  Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0));

/** a [n, n] · b [n, columns] */
const product = (a: readonly number[], b: readonly number[], n: number, columns: number) =>
  Array.from({ length: n * columns }, (_, at) => {
    const [i, c] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (a[i * n + j] ?? 0) * (b[j * columns + c] ?? 0);
    return sum;
  });

function expectClose(got: Tensor | readonly number[], want: Tensor | readonly number[]): void {
  const [a, b] = [got, want].map((x) => ("dtype" in x ? numbers(x) : [...x])) as [
    number[],
    number[],
  ];
  expect(a.length).toBe(b.length);
  const scale = Math.max(1, ...b.map(Math.abs));
  expect(Math.max(0, ...a.map((v, i) => Math.abs(v - (b[i] ?? 0)) / scale))).toBeLessThan(1e-12);
}

test.each<[LinkProtocol, number, "floor" | "ceil", number[][]]>([
  ["chord", 1, "ceil", []],
  ["chord", 2, "ceil", [[0, 1]]],
  ["chord", 6, "floor", Array(2).fill([0, 1, 2])],
  ["chord", 6, "ceil", Array(3).fill([0, 1, 2, 4])],
  ["chord", 8, "floor", Array(3).fill([0, 1, 2, 4])],
  [
    "cdil",
    7,
    "floor",
    [
      [0, 1, 2, 3, 4, -1, -2, -3, -4],
      [0, 2, 4, 6, 8, -2, -4, -6, -8],
    ],
  ],
])("links of %s, n = %d, %s", (protocol, n, rounding, expected) => {
  expect(linkShifts(protocol, n, { rounding })).toEqual(expected);
});

test.each([1999, 4097])("both forms at n = %d", (n) => {
  const forms = (["floor", "ceil"] as const).map((rounding) => ({ rounding }));
  const links = forms.map((form) => linkShifts("chord", n, form).length);
  expect(links).toEqual([Math.floor(Math.log2(n)), Math.floor(Math.log2(n)) + 1]);
});

test.each(["chord", "cdil"] as const)("every position sees all in the end, %s", (links) => {
  for (const n of [1, 2, 3, 5, 8, 13, 100]) {
    let seen = new Set([0]);
    for (const shifts of linkShifts(links, n))
      seen = new Set([...seen].flatMap((i) => shifts.map((by) => (((i + by) % n) + n) % n)));
    expect(seen.size).toBe(n);
  }
});

const blocks = (["chord", "cdil"] as const).flatMap((links) =>
  ([1, 2, 3, 6, 8, 13] as const).flatMap((n) =>
    (["floor", "ceil"] as const).map((rounding) => ({ links, n, rounding })),
  ),
);

describe.each(blocks)("$links, n = $n, $rounding", ({ links, n, rounding }) => {
  const random = rng(n);
  const block = new ParamixerBlock(n, 3, { links, rounding, hidden: 4, random });
  const [v, x] = [draw(random, n, 3), draw(random, n, 3)];

  test("equals the product of its dense matrices, which toDense is, too", () => {
    const shifts = linkShifts(links, n, { rounding });
    let [rows, dense] = [numbers(double(block.value, v)), identity(n)];
    for (const [m, factor] of shifts.entries()) {
      const f = block.weights[m];
      const w = f === undefined ? [] : numbers(double(f, x));
      const matrix = identity(n);
      for (let i = 0; i < n; i++)
        for (const [k, shift] of factor.entries())
          matrix[i * n + ((((i + shift) % n) + n) % n)]! += w[i * factor.length + k]!;
      rows = product(matrix, rows, n, 3);
      dense = product(matrix, dense, n, n);
    }
    expectClose(double(block, v, x), rows);
    const toDense = double(new Dense(block), x);
    expect(toDense.shape).toEqual([n, n]);
    expectClose(toDense, dense);
  });

  test("rolled sequences have rolled results", () => {
    for (const by of [1, 2, -3])
      expectClose(double(block, roll(v, by, 0), roll(x, by, 0)), roll(double(block, v, x), by, 0));
  });

  test("without weights it is g(V)", () => {
    const state = [...block.namedParameters()].map(([path, p]) => {
      const last = /^weights\.\d+\.layers\.1\./.test(path);
      return [path, last ? zeros(p.shape, float64) : cast(p, "float64")] as const;
    });
    const y = functionalCall(block, Object.fromEntries(state), v, x);
    expect(numbers(y)).toEqual(numbers(double(block.value, v)));
  });
});

const sizes = { features: 2, length: 128, width: 32, outputs: 1, random: rng(1) };

test.each([
  [1, 15_545],
  [2, 26_897],
])("%d layers have the published number of parameters", (layers, count) => {
  expect(new Paramixer({ ...sizes, layers }).parameterCount()).toBe(count);
});

test("tokens, positions, three layers and the first position's head", () => {
  const random = rng(3);
  const own = { vocabulary: 5, length: 5, width: 3, outputs: 2, layers: 3, random };
  const model = new Paramixer({ ...own, head: "first", positions: true, hidden: 2, links: "cdil" });
  const tokens = tensor(
    [
      [0, 4, 1, 1, 2],
      [3, 3, 0, 2, 1],
    ],
    { dtype: "int32" },
  );
  const y = double(model, tokens);
  const { embedding, positions, blocks, head } = model;
  const x = add(double(embedding, tokens), cast(positions?.weight ?? zeros([]), "float64"));
  const v = blocks.reduce((v, block) => double(block, v, x), x);
  expect(y.shape).toEqual([2, 2]);
  expectClose(y, double(head, at(v, {}, 0)));
});

test("a model's dense matrices are its blocks', for the embedded input with its positions", () => {
  const model = new Paramixer({ ...sizes, length: 6, width: 3, layers: 2, positions: true });
  const input = normal(rng(2), [4, 6, 2]);
  const embedded = model.embedding.forward(input);
  const x = model.positions?.forward(embedded) ?? embedded;
  const dense = model.toDense(input);
  expect(dense.map(({ shape }) => shape)).toEqual(Array(2).fill([4, 6, 6]));
  for (const [k, block] of model.blocks.entries())
    expectClose(dense[k] ?? zeros([]), block.toDense(x));
});

test("the FLOP of the factors", () => {
  const block = new ParamixerBlock(8, 3, { random: rng(1) });
  expect(block.flops([[2, 8, 3]])).toBe(3 * (2 * 4 + 1) * 48);
});

test("dropout comes after the last factor, in training alone", () => {
  const block = new ParamixerBlock(64, 8, { dropout: 0.4, random: rng(2) });
  const x = draw(rng(5), 64, 8);
  const [trained, kept] = [numbers(double(block, x)), numbers(double(block.eval(), x))];
  const dropped = trained.filter((y) => y === 0).length / trained.length;
  expect(Math.abs(dropped - 0.4)).toBeLessThan(0.1);
  expectClose(
    trained,
    kept.map((y, i) => (trained[i] === 0 ? 0 : y / 0.6)),
  );
});

test.each<[string, () => unknown]>([
  [
    "Paramixer: expected features or vocabulary, got neither",
    () => new Paramixer({ length: 4, width: 2, outputs: 1, random: rng(1) }),
  ],
  [
    "Paramixer: expected features or vocabulary, got both",
    () => new Paramixer({ ...sizes, vocabulary: 3 }),
  ],
  [
    "Paramixer: expected length, width, layers and outputs ≥ 1",
    () => new Paramixer({ ...sizes, layers: 0 }),
  ],
  [
    "ParamixerBlock: expected [..., 128, 32], got [1, 64, 32]",
    () => new Paramixer(sizes).forward(zeros([1, 64, 2])),
  ],
  [
    `linkShifts: expected chord, cdil, got "ring"`,
    () => new Paramixer({ ...sizes, links: "ring" as LinkProtocol }),
  ],
])("%s", (message, attempt) => {
  expect(attempt).toThrow(message);
});
